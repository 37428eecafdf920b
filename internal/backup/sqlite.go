package backup

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// SQLite copies the file of a SQLite database.
type SQLite struct {
	Path string
	// Figures are as in Postgres.
	Figures map[string]string
	// Idle, when set, says why the target can't be replaced now: programs have it
	// open. It returns what lets them in again.
	Idle func() (release func(), err error)
}

// sqliteMagic begins every SQLite file.
const sqliteMagic = "SQLite format 3\x00"

// Kind returns "sqlite".
func (SQLite) Kind() string { return "sqlite" }

// Extension returns ".db".
func (SQLite) Extension() string { return ".db" }

func openSQLite(path, mode string) (*sql.DB, error) {
	u := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{"mode": {mode}, "_pragma": {"busy_timeout(10000)"}}.Encode()}
	db, err := sql.Open("sqlite", u.String())
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// Dump copies the database page by page within one read transaction, so that the
// services go on writing, and then writes the copy.
func (s SQLite) Dump(ctx context.Context, w io.Writer, dir string) (c Contents, err error) {
	path, err := filepath.Abs(s.Path)
	if err != nil {
		return c, err
	}
	if _, err := os.Stat(path); err != nil {
		return c, fmt.Errorf("there is no data file %s", s.Path)
	}
	part, err := os.CreateTemp(dir, partPrefix+"*") // empty and for us alone: VACUUM INTO keeps the mode
	if err != nil {
		return c, err
	}
	defer removeQuietly(part.Name())
	defer part.Close()
	db, err := openSQLite(path, "rw")
	if err != nil {
		return c, err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, part.Name())
	if err = errors.Join(err, db.Close()); err != nil {
		return c, err
	}
	if c, err = s.contents(ctx, part.Name()); err != nil {
		return c, err
	}
	_, err = io.Copy(w, part)
	return c, err
}

// contents proves that a file is a sound database and reads what is in it.
func (s SQLite) contents(ctx context.Context, path string) (c Contents, err error) {
	db, err := openSQLite(path, "ro")
	if err != nil {
		return c, err
	}
	defer db.Close()
	var sound string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&sound); err != nil || sound != "ok" {
		return c, errors.Join(fmt.Errorf("the database file is damaged: %s", sound), err)
	}
	if err := db.QueryRowContext(ctx, schemaQuery).Scan(&c.Schema); err != nil {
		return c, fmt.Errorf("the database has no schema of this product: %w", err)
	}
	if c.Rows, err = countRows(ctx, db); err != nil {
		return c, err
	}
	c.Figures = map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(s.Figures)) {
		var value string
		if err := db.QueryRowContext(ctx, s.Figures[name]).Scan(&value); err != nil {
			return c, fmt.Errorf("figure %s: %w", name, err)
		}
		c.Figures[name] = value
	}
	return c, nil
}

func countRows(ctx context.Context, db *sql.DB) (map[string]int64, error) {
	names, err := db.QueryContext(ctx, `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`)
	if err != nil {
		return nil, err
	}
	defer names.Close()
	rows := map[string]int64{}
	for names.Next() {
		var name string
		if err := names.Scan(&name); err != nil {
			return nil, err
		}
		rows[name] = 0
	}
	if err := errors.Join(names.Err(), names.Close()); err != nil {
		return nil, err
	}
	for name := range rows {
		var n int64
		if err := db.QueryRowContext(ctx, `SELECT count(*) FROM "`+strings.ReplaceAll(name, `"`, `""`)+`"`).Scan(&n); err != nil {
			return nil, err
		}
		rows[name] = n
	}
	return rows, nil
}

// Target names the file, without its folder. A file without tables is as good as
// none; one that can't be read is full.
func (s SQLite) Target(ctx context.Context) (name string, occupied bool, err error) {
	name = filepath.Base(s.Path)
	info, err := os.Stat(s.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return name, false, nil
	case err != nil:
		return name, false, err
	case info.Size() == 0:
		return name, false, nil
	}
	path, err := filepath.Abs(s.Path)
	if err != nil {
		return name, true, err
	}
	db, err := openSQLite(path, "rw") // a journal of a killed program is read, too
	if err != nil {
		return name, true, err
	}
	defer db.Close()
	var tables int
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE type = 'table'`).Scan(&tables); err != nil {
		return name, true, nil //nolint:nilerr // damaged, and therefore worth keeping
	}
	return name, tables > 0, nil
}

// Load writes a dump into a file beside the target.
func (s SQLite) Load(_ context.Context, r io.Reader) (_ Scratch, err error) {
	path, err := filepath.Abs(s.Path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("data folder %s can't be made: %w", filepath.Dir(s.Path), cause(err))
	}
	lock := flock.New(path + ".restore.lock")
	if locked, err := lock.TryLock(); err != nil || !locked {
		return nil, errors.Join(fmt.Errorf("another restore or rehearsal of %s is running, or its folder can't be written", s.Path), err)
	}
	scratch := &sqliteScratch{s: s, path: path, lock: lock}
	defer func() {
		if err != nil {
			err = errors.Join(err, scratch.Drop(context.Background()))
		}
	}()
	left, _ := filepath.Glob(path + ".scratch-*") // of killed restores: this one has the lock
	for _, f := range left {
		removeQuietly(f)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".scratch-*")
	if err != nil {
		return nil, err
	}
	scratch.name = f.Name()
	start := make([]byte, len(sqliteMagic))
	if _, err = io.ReadFull(r, start); err != nil || string(start) != sqliteMagic {
		return nil, errors.Join(errors.New("the backup holds no SQLite database"), err, f.Close())
	}
	_, err = io.Copy(f, io.MultiReader(bytes.NewReader(start), r))
	return scratch, errors.Join(err, f.Sync(), f.Close())
}

type sqliteScratch struct {
	s    SQLite
	path string // of the target, absolute
	name string // of the scratch file; empty once it is gone
	lock *flock.Flock
}

func (c *sqliteScratch) Address() string { return c.name }

func (c *sqliteScratch) Contents(ctx context.Context) (Contents, error) {
	return c.s.contents(ctx, c.name)
}

// Install renames the scratch file over the target. The former file gets another
// name first; both point to it for a moment, so that no crash leaves no file.
func (c *sqliteScratch) Install(ctx context.Context) (kept string, err error) {
	if c.s.Idle != nil {
		release, err := c.s.Idle()
		if err != nil {
			return "", err
		}
		defer release()
	}
	_, occupied, err := c.s.Target(ctx)
	if err != nil {
		return "", err
	}
	if err := settle(ctx, c.name); err != nil {
		return "", err
	}
	if kept, err = c.keepFormer(ctx, occupied); err != nil {
		return "", err
	}
	if err := os.Rename(c.name, c.path); err != nil {
		return "", err
	}
	removeQuietly(c.name + ".migrate.lock")
	c.name = ""
	return kept, syncFolder(filepath.Dir(c.path))
}

// keepFormer gives the target's file a second name. Its journal goes with it:
// left beside the new file it would be taken for that one's.
func (c *sqliteScratch) keepFormer(ctx context.Context, occupied bool) (kept string, err error) {
	if _, err := os.Stat(c.path); errors.Is(err, fs.ErrNotExist) {
		return "", c.moveJournal(c.path + ".orphan")
	}
	settled := settle(ctx, c.path) // fails on a damaged file, whose journal is kept then
	if occupied {
		kept = freeName(filepath.Dir(c.path), filepath.Base(c.path)+".before-", time.Now(), "")
		if err := os.Link(c.path, kept); err != nil {
			return "", err
		}
	}
	if err := c.moveJournal(kept); err != nil {
		return "", errors.Join(err, settled)
	}
	return kept, nil
}

// moveJournal moves what is left of the target's journal beside another name, or
// away where there is none.
func (c *sqliteScratch) moveJournal(beside string) error {
	for _, suffix := range []string{"-wal", "-shm"} {
		var err error
		if beside == "" {
			err = os.Remove(c.path + suffix)
		} else {
			err = os.Rename(c.path+suffix, beside+suffix)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// settle writes a database's journal into the file, so that the file is all.
func settle(ctx context.Context, path string) error {
	db, err := openSQLite(path, "rw")
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return errors.Join(err, db.Close())
}

func (c *sqliteScratch) Drop(context.Context) error {
	if c.name != "" {
		for _, suffix := range []string{"", "-wal", "-shm", ".migrate.lock"} {
			removeQuietly(c.name + suffix)
		}
		c.name = ""
	}
	return c.lock.Close()
}
