// Package postgres keeps the product's data in PostgreSQL.
//
// It implements the storage interfaces of the domain packages, a file per
// domain; this file holds what they share: a bounded pool that outlives its
// server, and units of work that are tried again where that can't do harm.
package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store/observe"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	defaultMaxConns   = 10
	connectTimeout    = 5 * time.Second
	acquireTimeout    = 5 * time.Second
	statementTimeout  = 15 * time.Second
	idleInTransaction = 30 * time.Second
	// attempts bounds how often one unit of work is tried: once on a connection
	// that turns out dead, once on a fresh one, and again after a deadlock.
	attempts = 4
)

// Options say which server. URL is required.
type Options struct {
	URL string
	// MaxConns bounds the pool; zero means 10.
	MaxConns int32
	// Application is shown in pg_stat_activity.
	Application string
	Log         *slog.Logger
	Registerer  prometheus.Registerer
}

// DB is a pool of connections to one database.
type DB struct {
	pool    *pgxpool.Pool
	observe *observe.Observer
}

// querier reads from one connection.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// Open prepares the pool. It connects when there is work, so that it doesn't
// fail where the server is down; an unusable URL is an error.
func Open(ctx context.Context, o Options) (*DB, error) {
	c, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, errors.New("the PostgreSQL settings can't be understood") // err may hold the password
	}
	c.MaxConns = defaultMaxConns
	if o.MaxConns > 0 {
		c.MaxConns = o.MaxConns
	}
	c.MaxConnLifetime = time.Hour
	c.MaxConnLifetimeJitter = 5 * time.Minute
	c.MaxConnIdleTime = 5 * time.Minute
	c.HealthCheckPeriod = 30 * time.Second
	c.ConnConfig.ConnectTimeout = connectTimeout
	params := c.ConnConfig.RuntimeParams
	params["application_name"] = "swipesavvy " + o.Application
	params["statement_timeout"] = fmt.Sprint(statementTimeout.Milliseconds())
	params["idle_in_transaction_session_timeout"] = fmt.Sprint(idleInTransaction.Milliseconds())
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("prepare the PostgreSQL pool: %w", err)
	}
	db := &DB{pool: pool}
	db.observe = observe.New(o.Registerer, o.Log, db.poolState)
	return db, nil
}

// Close waits for work in progress and closes all connections.
func (db *DB) Close() error {
	db.pool.Close()
	return nil
}

// Ping proves that a transaction can be made and ended.
func (db *DB) Ping(ctx context.Context) error {
	return db.read(ctx, "ping", func(q querier) error {
		var one int
		return q.QueryRow(ctx, `SELECT 1`).Scan(&one)
	})
}

// Report logs pool and query times at every interval until ctx ends.
func (db *DB) Report(ctx context.Context, interval time.Duration) { db.observe.Run(ctx, interval) }

func (db *DB) poolState() observe.Pool {
	s := db.pool.Stat()
	return observe.Pool{
		Active: int(s.AcquiredConns()), Idle: int(s.IdleConns()), Max: int(s.MaxConns()),
		Waited: s.EmptyAcquireCount(), WaitFor: s.EmptyAcquireWaitTime(),
	}
}

// Migrate brings the schema up to date. Replicas that start together take turns
// under an advisory lock.
func (db *DB) Migrate(ctx context.Context) error {
	return db.migration(func(p *goose.Provider) error {
		_, err := p.Up(ctx)
		return err
	})
}

// SchemaVersion returns the version that the database has and the one that this
// binary knows.
func (db *DB) SchemaVersion(ctx context.Context) (have, want int64, err error) {
	err = db.migration(func(p *goose.Provider) error {
		have, want, err = p.GetVersions(ctx)
		return err
	})
	return have, want, err
}

func (db *DB) migration(fn func(*goose.Provider) error) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	conn := stdlib.OpenDBFromPool(db.pool)
	defer conn.Close()
	p, err := goose.NewProvider(goose.DialectPostgres, conn, files, goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	return unavailable("migrations", fn(p))
}

// read runs fn in a read-only transaction on one snapshot. It is tried again on
// another connection when the one it had is lost, so fn must start afresh.
func (db *DB) read(ctx context.Context, label string, fn func(querier) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return db.work(ctx, label, func(conn *pgxpool.Conn) (bool, error) {
		return transact(ctx, conn, options, func(tx pgx.Tx) error { return fn(tx) })
	})
}

// readOne is read for a single statement, which is a snapshot by itself: a
// transaction around it would cost two more round trips.
func (db *DB) readOne(ctx context.Context, label string, fn func(querier) error) error {
	return db.work(ctx, label, func(conn *pgxpool.Conn) (bool, error) {
		err := fn(conn)
		return lost(err), err
	})
}

// write runs fn in a transaction that commits when fn returns nil and leaves
// nothing behind otherwise. It is tried again, fn from its start, when the
// server chose it as a deadlock's victim or when the connection was lost before
// the commit was sent; a commit whose answer is lost is not tried again.
func (db *DB) write(ctx context.Context, label string, fn func(pgx.Tx) error) error {
	return db.work(ctx, label, func(conn *pgxpool.Conn) (bool, error) { return transact(ctx, conn, pgx.TxOptions{}, fn) })
}

// work lets fn work on a connection, again where it says that it may.
func (db *DB) work(ctx context.Context, label string, fn func(*pgxpool.Conn) (again bool, err error)) error {
	defer db.observe.Done(ctx, label, time.Now())
	var err error
	for range attempts {
		var again bool
		if again, err = db.try(ctx, fn); !again || ctx.Err() != nil {
			break
		}
		if lost(err) {
			db.pool.Reset() // what one connection met, its neighbours will meet too
		}
	}
	return unavailable(label, err)
}

// try runs fn once and says whether it may be run again.
func (db *DB) try(ctx context.Context, fn func(*pgxpool.Conn) (bool, error)) (again bool, err error) {
	acquire, cancel := context.WithTimeout(ctx, acquireTimeout)
	defer cancel()
	conn, err := db.pool.Acquire(acquire)
	if err != nil {
		return false, &acquireError{err}
	}
	defer conn.Release()
	return fn(conn)
}

// transact runs fn in a transaction and says whether it may be run again.
func transact(ctx context.Context, conn *pgxpool.Conn, options pgx.TxOptions, fn func(pgx.Tx) error) (again bool, err error) {
	tx, err := conn.BeginTx(ctx, options)
	if err != nil {
		return lost(err), err
	}
	if err := fn(tx); err != nil {
		_ = tx.Rollback(ctx) // the reason is err; a failed rollback ends with the connection
		return lost(err) || victim(err), err
	}
	err = tx.Commit(ctx)
	return victim(err) || options.AccessMode == pgx.ReadOnly && lost(err), err
}

// acquireError marks a failure to get a connection at all.
type acquireError struct{ err error }

func (e *acquireError) Error() string { return "acquire a connection: " + e.err.Error() }
func (e *acquireError) Unwrap() error { return e.err }

// victim says whether the server gave a transaction up for the sake of others.
func victim(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}

// lost says whether the connection is gone: cut, or ended by an administrator
// (class 57P of the SQLSTATE codes) or by the protocol (class 08).
func lost(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return len(e.Code) == 5 && (e.Code[:3] == "57P" || e.Code[:2] == "08")
	}
	var n net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.As(err, &n) && !errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, pgconn.ErrConnClosed) || pgconn.SafeToRetry(err)
}

// unavailable turns what the caller can only wait for into the contract's 503
// and labels what is our own mistake.
func unavailable(label string, err error) error {
	var acquire *acquireError
	var connect *pgconn.ConnectError
	var e *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &acquire), errors.As(err, &connect), lost(err), victim(err),
		errors.As(err, &e) && e.Code[:2] == "53": // the server lacks a resource
		return fault.New(fault.Connection, "the database is not available, try again shortly").
			WithRetryAfter(5 * time.Second).WithCause(err)
	case errors.As(err, &e) && e.Code == "57014": // statement timeout, or our own cancel
		return fault.New(fault.Timeout, "the database took too long").WithCause(err)
	case errors.As(err, &e):
		return fmt.Errorf("%s: %w", label, err)
	}
	return err
}
