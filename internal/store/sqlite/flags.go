package sqlite

import (
	"context"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store/books"
)

type flags struct{ db *DB }

// Flags returns the store of the feature flags.
func (db *DB) Flags() feature.Store { return flags{db} }

const flagColumns = `SELECT c.id, c.name, c.is_on, c.reason, c.operator, c.at FROM flag_changes c`

func scanFlag(row row) (c feature.Change, err error) {
	var at int64
	err = row.Scan(&c.ID, &c.Name, &c.On, &c.Reason, &c.Operator, &at)
	c.At = fromMicros(at)
	return c, err
}

func (s flags) Flags(ctx context.Context) (list []feature.Change, err error) {
	err = s.db.read(ctx, "flags.all", func(q querier) error {
		list, err = collect(ctx, q, scanFlag, flagColumns+` JOIN flags f ON f.change = c.seq ORDER BY c.name`)
		return err
	})
	return list, err
}

func (s flags) Changes(ctx context.Context, name feature.Name, limit int) (list []feature.Change, err error) {
	err = s.db.read(ctx, "flags.changes", func(q querier) error {
		list, err = collect(ctx, q, scanFlag, flagColumns+` WHERE c.name = ? ORDER BY c.seq DESC LIMIT ?`, name, limit)
		return err
	})
	return list, err
}

func (s flags) SetFlag(ctx context.Context, c feature.Change) error {
	return s.db.write(ctx, "flags.set", func(tx *transaction) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO flag_changes (id, name, is_on, reason, operator, at) VALUES (?, ?, ?, ?, ?, ?)`,
			c.ID, c.Name, c.On, c.Reason, c.Operator, micros(c.At))
		if err != nil {
			return err
		}
		seq, err := result.LastInsertId()
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO flags (name, change) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET change = excluded.change`, c.Name, seq); err != nil {
			return err
		}
		return appendAudit(ctx, tx, audit.Record{At: c.At, Kind: "flag." + string(c.Name), Actor: c.Operator, Subject: c.ID, Digest: c.Digest()})
	})
}

// switches reads what operators have switched off. In a transaction that writes
// they stay so until its end, because nobody else writes meanwhile.
func switches(ctx context.Context, q querier) (bank.Switches, error) {
	list, err := collect(ctx, q, scanFlag, flagColumns+` JOIN flags f ON f.change = c.seq`)
	return books.Switches(list), err
}

func (s bankStore) Switches(ctx context.Context) (found bank.Switches, err error) {
	err = s.db.read(ctx, "bank.switches", func(q querier) error {
		found, err = switches(ctx, q)
		return err
	})
	return found, err
}
