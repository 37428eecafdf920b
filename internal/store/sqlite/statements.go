package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"sync"
)

// maxStatements bounds what one pool keeps prepared. The product has about a
// hundred texts; those that depend on the length of a list must not fill memory.
const maxStatements = 300

// statements are the prepared statements of one pool. To the engine, reading a
// text costs about as much as running it.
type statements struct {
	db     *sql.DB
	mu     sync.RWMutex
	byText map[string]*sql.Stmt
}

func newStatements(db *sql.DB) *statements {
	return &statements{db: db, byText: map[string]*sql.Stmt{}}
}

func (s *statements) get(text string) *sql.Stmt {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byText[text]
}

// prepare keeps texts for the next time. It takes a connection, so it waits
// until whoever met them has given his back. What can't be prepared runs unprepared.
func (s *statements) prepare(ctx context.Context, texts []string) {
	for _, text := range texts {
		s.mu.RLock()
		full := len(s.byText) >= maxStatements
		s.mu.RUnlock()
		if full || s.get(text) != nil {
			continue
		}
		statement, err := s.db.PrepareContext(ctx, text)
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.byText[text] == nil && len(s.byText) < maxStatements {
			s.byText[text], statement = statement, nil
		}
		s.mu.Unlock()
		if statement != nil {
			_ = statement.Close() // somebody else was faster
		}
	}
}

// runner is what statements run on: a transaction, or the pool for one statement
// on its own.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// transaction runs statements prepared where they are.
type transaction struct {
	on       runner
	prepared *statements
	met      []string // texts that weren't prepared
}

func (t *transaction) statement(ctx context.Context, text string) *sql.Stmt {
	s := t.prepared.get(text)
	if s == nil {
		if !slices.Contains(t.met, text) {
			t.met = append(t.met, text)
		}
		return nil
	}
	if tx, ok := t.on.(*sql.Tx); ok {
		return tx.StmtContext(ctx, s)
	}
	return s
}

// ExecContext is as in database/sql.
func (t *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s := t.statement(ctx, query); s != nil {
		return s.ExecContext(ctx, args...)
	}
	return t.on.ExecContext(ctx, query, args...)
}

// QueryContext is as in database/sql.
func (t *transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := t.statement(ctx, query); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return t.on.QueryContext(ctx, query, args...)
}

// QueryRowContext is as in database/sql.
func (t *transaction) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if s := t.statement(ctx, query); s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return t.on.QueryRowContext(ctx, query, args...)
}
