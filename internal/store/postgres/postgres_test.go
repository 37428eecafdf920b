package postgres

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/pgtest"
)

func open(t *testing.T, address string) *DB {
	t.Helper()
	db, err := Open(t.Context(), Options{URL: address, Application: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// counter makes a table with one number and returns how to add to it and read it.
func counter(t *testing.T, db *DB) (add func(context.Context) error, value func() int) {
	t.Helper()
	err := db.write(t.Context(), "test", func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `CREATE TABLE counter (n int); INSERT INTO counter VALUES (0)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	add = func(ctx context.Context) error {
		return db.write(ctx, "test", func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE counter SET n = n + 1`)
			return err
		})
	}
	value = func() (n int) {
		err := db.read(t.Context(), "test", func(q querier) error {
			return q.QueryRow(t.Context(), `SELECT n FROM counter`).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return add, value
}

func TestKillingIdleConnectionsCostsNothing(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	db := open(t, address)
	add, value := counter(t, db)
	for i := range 5 {
		var wg sync.WaitGroup
		for range 10 { // fill the pool
			wg.Go(func() {
				if err := add(t.Context()); err != nil {
					t.Errorf("round %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		pgtest.Execute(t, address, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	}
	if n := value(); n != 50 {
		t.Errorf("50 acknowledged additions left %d", n)
	}
}

// TestKillingBusyConnections ends connections in the middle of transactions:
// each addition is either acknowledged and there, or refused with the
// contract's 503 because its commit may or may not have arrived.
func TestKillingBusyConnections(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	db := open(t, address)
	add, value := counter(t, db)
	const workers, each = 8, 50
	var mu sync.Mutex
	acknowledged, unknown := 0, 0
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range each {
				err := add(t.Context())
				mu.Lock()
				switch {
				case err == nil:
					acknowledged++
				case fault.Is(err, fault.Connection):
					unknown++
				default:
					t.Error(err)
				}
				mu.Unlock()
			}
		})
	}
	for range 10 {
		pgtest.Execute(t, address, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	}
	wg.Wait()
	if n := value(); n < acknowledged || n > acknowledged+unknown {
		t.Errorf("%d acknowledged and %d unknown additions left %d", acknowledged, unknown, n)
	}
}

func TestServerDownAtStartAndBack(t *testing.T) {
	t.Parallel()
	p := pgtest.NewProxy(t, pgtest.URL(t))
	p.Down()
	db := open(t, p.URL)
	if err := db.Ping(t.Context()); !fault.Is(err, fault.Connection) || fault.As(err).RetryAfter == 0 {
		t.Fatalf("while down: %v", err)
	}
	if err := db.Migrate(t.Context()); !fault.Is(err, fault.Connection) {
		t.Fatalf("migrating while down: %v", err)
	}
	p.Up()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatalf("once up: %v", err)
	}
	p.Down()
	if err := db.Ping(t.Context()); !fault.Is(err, fault.Connection) {
		t.Fatalf("down again: %v", err)
	}
	p.Up()
	if err := db.Ping(t.Context()); err != nil {
		t.Fatalf("up again: %v", err)
	}
}

func TestReplicasMigrateTogether(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	var wg sync.WaitGroup
	for range 4 {
		db := open(t, address)
		wg.Go(func() {
			if err := db.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	have, want, err := open(t, address).SchemaVersion(t.Context())
	if err != nil || have != want || want == 0 {
		t.Errorf("schema %d of %d, %v", have, want, err)
	}
}

func TestPoolIsBounded(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	db, err := Open(t.Context(), Options{URL: address, MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := db.Ping(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if p := db.poolState(); p.Max != 2 || p.Active+p.Idle > 2 {
		t.Errorf("%+v", p)
	}
}

func TestDeadlockVictimIsTriedAgain(t *testing.T) {
	t.Parallel()
	db := open(t, pgtest.URL(t))
	err := db.write(t.Context(), "test", func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `CREATE TABLE rows (id int PRIMARY KEY, n int); INSERT INTO rows VALUES (1, 0), (2, 0)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// Both hold one row before either asks for the other's: a certain deadlock
	// on the first try.
	var meet sync.WaitGroup
	meet.Add(2)
	move := func(first, second int) error {
		once := sync.OnceFunc(func() { meet.Done(); meet.Wait() })
		return db.write(t.Context(), "test", func(tx pgx.Tx) error {
			if _, err := tx.Exec(t.Context(), `UPDATE rows SET n = n + 1 WHERE id = $1`, first); err != nil {
				return err
			}
			once()
			_, err := tx.Exec(t.Context(), `UPDATE rows SET n = n + 1 WHERE id = $1`, second)
			return err
		})
	}
	var wg sync.WaitGroup
	for _, order := range [][2]int{{1, 2}, {2, 1}} {
		wg.Go(func() {
			if err := move(order[0], order[1]); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestSettingsThatCannotBeUsedHideThePassword(t *testing.T) {
	t.Parallel()
	_, err := Open(t.Context(), Options{URL: "postgres://u:hunter2@host:port-is-no-number/d"})
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func TestLogLinesOfTheRunbook(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	db, err := Open(t.Context(), Options{URL: pgtest.URL(t), Log: slog.New(slog.NewJSONHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	db.observe.Report(t.Context())
	for _, words := range []string{`"connection pool"`, `"max":10`, `"database_query_time"`, `"queries":1`} {
		if !strings.Contains(log.String(), words) {
			t.Errorf("%s is missing from\n%s", words, log.String())
		}
	}
}

func TestClassesOfErrors(t *testing.T) {
	t.Parallel()
	if err := unavailable("x", nil); err != nil {
		t.Errorf("no error became %v", err)
	}
	plain := errors.New("plain")
	if err := unavailable("x", plain); !errors.Is(err, plain) || fault.Is(err, fault.Connection) {
		t.Errorf("a plain error became %v", err)
	}
	if err := unavailable("x", context.DeadlineExceeded); fault.Is(err, fault.Connection) {
		t.Errorf("the caller's deadline became %v", err)
	}
}
