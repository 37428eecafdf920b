package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func open(t *testing.T, path string) *DB {
	t.Helper()
	db, err := Open(t.Context(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestUnusablePaths(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, tc := range map[string]struct{ path, want string }{
		"a folder":           {dir, "can't be written: is a directory"},
		"below a plain file": {filepath.Join(write("file", "x"), "data", "db"), "can't be made: not a directory"},
		"not a database":     {write("text", strings.Repeat("this is no database ", 100)), "is not usable: "},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(t.Context(), Options{Path: tc.path})
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one line with %q", err, tc.want)
			}
		})
	}
}

func TestOddFileNames(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a b?c#d%41", "ü.db")
	db := open(t, path)
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestProcessesMigrateTogether(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "db")
	var wg sync.WaitGroup
	for range 4 {
		db := open(t, path)
		wg.Go(func() {
			if err := db.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	have, want, err := open(t, path).SchemaVersion(t.Context())
	if err != nil || have != want || want == 0 {
		t.Errorf("schema %d of %d, %v", have, want, err)
	}
}

func TestReadersSeeOneSnapshotAndDontWrite(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "db"))
	exec := func(statement string) {
		t.Helper()
		err := db.write(t.Context(), "test", func(tx *transaction) error {
			_, err := tx.ExecContext(t.Context(), statement)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	exec(`CREATE TABLE t (n INTEGER)`)
	exec(`INSERT INTO t VALUES (1)`)
	err := db.read(t.Context(), "test", func(q querier) error {
		count := func() (n int, err error) {
			return n, q.QueryRowContext(t.Context(), `SELECT count(*) FROM t`).Scan(&n)
		}
		before, err := count()
		if err != nil {
			return err
		}
		exec(`INSERT INTO t VALUES (2)`) // a writer in the middle doesn't wait and isn't seen
		after, err := count()
		if before != 1 || after != 1 {
			t.Errorf("%d rows, then %d", before, after)
		}
		if _, err := q.(*transaction).ExecContext(t.Context(), `DELETE FROM t`); err == nil {
			t.Error("a reader could write")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFailedWriteLeavesNothing(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "db"))
	stop := errors.New("stop")
	err := db.write(t.Context(), "test", func(tx *transaction) error {
		if _, err := tx.ExecContext(t.Context(), `CREATE TABLE t (n INTEGER)`); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	err = db.read(t.Context(), "test", func(q querier) error {
		var n int
		if err := q.QueryRowContext(t.Context(), `SELECT count(*) FROM sqlite_schema WHERE name = 't'`).Scan(&n); err != nil || n != 0 {
			t.Errorf("the table is there: %d, %v", n, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAcknowledgedWritesOutliveTheProcess(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "db"))
	for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1"} {
		var got string
		if err := db.writer.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, want %s (%v)", pragma, got, want, err)
		}
	}
}

func TestTimesKeepMicroseconds(t *testing.T) {
	t.Parallel()
	at := time.Date(1969, 12, 31, 23, 59, 59, 123456000, time.FixedZone("", -7200))
	if got := fromMicros(micros(at)); !got.Equal(at) || got.Location() != time.UTC {
		t.Errorf("%v became %v", at, got)
	}
}

func TestCancelledWorkFails(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "db"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Ping(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestBusyIsNotDown pings while a writer holds the lock.
func TestBusyIsNotDown(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Ping(t.Context()); err != nil { // takes the lock, as nobody has
		t.Fatal(err)
	}
	err = db.write(t.Context(), "test", func(*transaction) error {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		return db.Ping(ctx)
	})
	if err != nil {
		t.Errorf("ping behind a writer: %v", err)
	}
}
