// Package sqlite keeps the product's data in one SQLite file.
//
// It implements the storage interfaces of the domain packages, a file per
// domain; this file holds what they share. One connection writes and a few
// read, in WAL mode, so that readers never wait for the writer. A commit is on
// disk before it is acknowledged.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/pressly/goose/v3"
	"github.com/prometheus/client_golang/prometheus"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store/observe"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	// readers bounds the connections that read. Reads take microseconds, so
	// more than a few would only wait for a core.
	readers = 4
	// busyTimeout is how long work waits for a writer in another process.
	busyTimeout = 5 * time.Second
	// pageCacheKiB bounds the memory of one connection.
	pageCacheKiB = 1024
)

// Options say where the data is. Path is required.
type Options struct {
	Path       string
	Log        *slog.Logger
	Registerer prometheus.Registerer
}

// DB is an open SQLite file.
type DB struct {
	path    string
	writer  *sql.DB
	reader  *sql.DB
	writing *statements // the writer's
	reading *statements // the reader's
	observe *observe.Observer
	wrote   atomic.Int64 // when a transaction was last committed, Unix nanoseconds
}

// querier reads within one consistent snapshot.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Open opens the file, creating it and its folder when they don't exist. It
// fails with one line that says what is wrong with the path.
func Open(ctx context.Context, o Options) (*DB, error) {
	path, err := filepath.Abs(o.Path)
	if err != nil {
		return nil, fmt.Errorf("data file %s: %w", o.Path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("data folder %s can't be made: %w", filepath.Dir(o.Path), cause(err))
	}
	if err := writable(path); err != nil {
		return nil, fmt.Errorf("data file %s can't be written: %w", o.Path, cause(err))
	}
	db := &DB{path: path}
	if db.writer, err = sql.Open("sqlite", dsn(path, "journal_mode(WAL)", "synchronous(FULL)")); err != nil {
		return nil, fmt.Errorf("open %s: %w", o.Path, err)
	}
	if db.reader, err = sql.Open("sqlite", dsn(path, "query_only(1)")); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", o.Path, err), db.writer.Close())
	}
	db.writing, db.reading = newStatements(db.writer), newStatements(db.reader)
	db.writer.SetMaxOpenConns(1)
	db.reader.SetMaxOpenConns(readers)
	db.reader.SetMaxIdleConns(readers)
	db.reader.SetConnMaxIdleTime(time.Minute) // an idle system gives the memory back
	if err := db.writer.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("data file %s is not usable: %w", o.Path, err), db.Close())
	}
	db.observe = observe.New(o.Registerer, o.Log, db.pool)
	return db, nil
}

// writable opens the file the way the engine will, whose own message would be
// "unable to open database file" for whatever reason.
func writable(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// cause is the reason in a path error, without the path that the message names.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func dsn(path string, pragmas ...string) string {
	q := url.Values{"_txlock": {"immediate"}}
	for _, p := range append(pragmas, "foreign_keys(1)", fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()),
		fmt.Sprintf("cache_size(-%d)", pageCacheKiB)) {
		q.Add("_pragma", p)
	}
	if len(pragmas) == 1 { // a reader must not take the write lock
		q.Set("_txlock", "deferred")
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}
	return u.String()
}

// Close waits for work in progress and closes the file.
func (db *DB) Close() error { return errors.Join(db.reader.Close(), db.writer.Close()) }

// recent is how long a commit proves that the file can be written.
const recent = 2 * time.Second

// Ping does what a turn needs: it reads and it takes the write lock, unless work
// has just done that. Behind a queue of writers it would wait too long, and busy
// is not down.
func (db *DB) Ping(ctx context.Context) error {
	if time.Since(time.Unix(0, db.wrote.Load())) < recent {
		return db.read(ctx, "ping", func(q querier) error {
			var one int
			return q.QueryRowContext(ctx, `SELECT 1`).Scan(&one)
		})
	}
	return db.write(ctx, "ping", func(tx *transaction) error {
		var one int
		return tx.QueryRowContext(ctx, `SELECT 1`).Scan(&one)
	})
}

// Report logs pool and query times at every interval until ctx ends.
func (db *DB) Report(ctx context.Context, interval time.Duration) { db.observe.Run(ctx, interval) }

func (db *DB) pool() observe.Pool {
	r, w := db.reader.Stats(), db.writer.Stats()
	return observe.Pool{
		Active: r.InUse + w.InUse, Idle: r.Idle + w.Idle, Max: readers + 1,
		Waited: r.WaitCount + w.WaitCount, WaitFor: r.WaitDuration + w.WaitDuration,
	}
}

// Migrate brings the schema up to date. Processes that start together on one
// file take turns.
func (db *DB) Migrate(ctx context.Context) error {
	lock := flock.New(db.path + ".migrate.lock")
	if _, err := lock.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		return fmt.Errorf("wait for another migration: %w", err)
	}
	defer lock.Unlock()
	p, err := db.provider()
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// SchemaVersion returns the version that the file has and the one that this
// binary knows.
func (db *DB) SchemaVersion(ctx context.Context) (have, want int64, err error) {
	p, err := db.provider()
	if err != nil {
		return 0, 0, err
	}
	return p.GetVersions(ctx)
}

func (db *DB) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db.writer, files)
}

// read runs fn on a consistent snapshot. The label names the work in metrics.
func (db *DB) read(ctx context.Context, label string, fn func(querier) error) error {
	return db.work(ctx, db.reading, label, func(tx *transaction) error { return fn(tx) })
}

// readOne is read for a single statement, which is a snapshot by itself: a
// transaction around it would cost as much again.
func (db *DB) readOne(ctx context.Context, label string, fn func(querier) error) error {
	defer db.observe.Done(ctx, label, time.Now())
	t := &transaction{on: db.reader, prepared: db.reading}
	err := fn(t)
	db.reading.prepare(ctx, t.met)
	return unavailable(label, err)
}

// write runs fn in a transaction that commits when fn returns nil and leaves
// nothing behind otherwise.
func (db *DB) write(ctx context.Context, label string, fn func(*transaction) error) error {
	err := db.work(ctx, db.writing, label, fn)
	if err == nil {
		db.wrote.Store(time.Now().UnixNano())
	}
	return err
}

func (db *DB) work(ctx context.Context, prepared *statements, label string, fn func(*transaction) error) error {
	defer db.observe.Done(ctx, label, time.Now())
	tx, err := prepared.db.BeginTx(ctx, nil)
	if err != nil {
		return unavailable(label, err)
	}
	t := &transaction{on: tx, prepared: prepared}
	if err := fn(t); err != nil {
		_ = tx.Rollback() // the reason is err; a failed rollback ends with the connection
		return unavailable(label, err)
	}
	err = tx.Commit()
	prepared.prepare(ctx, t.met)
	return unavailable(label, err)
}

// unavailable turns what the caller can only wait for (a busy or full disk)
// into the contract's 503 and labels what is our own mistake.
func unavailable(label string, err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff { // the primary result code
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
		return fault.New(fault.Connection, "the database is not available, try again shortly").
			WithRetryAfter(5 * time.Second).WithCause(err)
	case sqlite3.SQLITE_INTERRUPT:
		return fault.New(fault.Timeout, "the database took too long").WithCause(err)
	}
	return fmt.Errorf("%s: %w", label, err)
}

// micros is how times are stored: Unix microseconds, as precise as PostgreSQL.
func micros(t time.Time) int64 { return t.UnixMicro() }

func fromMicros(us int64) time.Time { return time.UnixMicro(us).UTC() }
