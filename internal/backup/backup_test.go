package backup

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// fixed is an engine whose database is a text.
type fixed struct{ text string }

func (fixed) Kind() string      { return "sqlite" }
func (fixed) Extension() string { return ".db" }

func (f fixed) Dump(_ context.Context, w io.Writer, _ string) (Contents, error) {
	_, err := io.WriteString(w, f.text)
	return Contents{Schema: 1}, err
}

func (fixed) Target(context.Context) (string, bool, error) { return "target", false, nil }

func (fixed) Load(context.Context, io.Reader) (s Scratch, err error) { return s, io.ErrUnexpectedEOF }

func create(t *testing.T, dir string, at time.Time, keep time.Duration) Created {
	t.Helper()
	c, err := Create(t.Context(), fixed{"rows"}, CreateOptions{Dir: dir, Version: "1", Keep: keep, Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNamesChecksumsAndRights(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "backups")
	at := time.Date(2026, 11, 2, 3, 4, 5, 0, time.UTC)
	first, second := create(t, dir, at, 0), create(t, dir, at, 0)
	if filepath.Base(first.File) != "backup_20261102_030405.db.gz" || filepath.Base(second.File) != "backup_20261102_030406.db.gz" {
		t.Errorf("%s, %s", first.File, second.File)
	}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s may be read by others: %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(first.File, []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Inspect(t.Context(), first.File, ""); err == nil || !strings.Contains(err.Error(), "SHA-256") {
		t.Errorf("a file that isn't what its checksum says: %v", err)
	}
	if newest, err := Latest(dir); err != nil || newest.Path != second.File {
		t.Errorf("%+v, %v", newest, err)
	}
}

func TestRetention(t *testing.T) {
	t.Parallel()
	dir, day := t.TempDir(), 24*time.Hour
	now := time.Date(2026, 11, 30, 2, 0, 0, 0, time.UTC)
	for _, age := range []time.Duration{40 * day, 31 * day, 29 * day, day} {
		create(t, dir, now.Add(-age), 0)
	}
	other := filepath.Join(dir, "backup_of_something_else.sql.gz")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	made := create(t, dir, now, 30*day)
	if want := []string{"backup_20261030_020000.db.gz", "backup_20261021_020000.db.gz"}; !slices.Equal(made.Pruned, want) {
		t.Errorf("removed %v, want %v", made.Pruned, want)
	}
	if _, err := os.Stat(other); err != nil {
		t.Error("a file that is none of ours was removed")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*20261021*")); len(left) > 0 {
		t.Errorf("left of a removed backup: %v", left)
	}
	// A clock that is years ahead removes all older ones, and never the newest.
	made = create(t, dir, now.AddDate(5, 0, 0), 30*day)
	if files, err := List(dir); err != nil || len(files) != 1 || files[0].Path != made.File {
		t.Errorf("%+v, %v", files, err)
	}
}

func TestOneBackupAtATime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unlock, err := lockFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(t.Context(), fixed{}, CreateOptions{Dir: dir}); err == nil || !strings.Contains(err.Error(), "another backup") {
		t.Errorf("got %v", err)
	}
	unlock()
	create(t, dir, time.Now(), 0)
}

func TestUnusableFolders(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(t.Context(), fixed{}, CreateOptions{Dir: filepath.Join(file, "backups")}); err == nil || !strings.Contains(err.Error(), "can't be made") {
		t.Errorf("got %v", err)
	}
	if _, err := Create(t.Context(), fixed{}, CreateOptions{Dir: t.TempDir(), Recipient: "age1nonsense"}); err == nil {
		t.Error("a wrong recipient was accepted")
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	source, dir := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{".env": "A=1\n", "monitoring/rules.yml": "groups: []\n"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(source, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(source, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(source, "monitoring", "link")); err != nil {
		t.Fatal(err)
	}
	c, err := Files(dir, FilesOptions{
		Texts: map[string]string{"version.txt": "1\n"},
		Paths: []string{filepath.Join(source, ".env"), filepath.Join(source, "monitoring"), filepath.Join(source, "missing")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"version.txt", "files/.env", "files/monitoring/rules.yml"}; !slices.Equal(c.Names, want) {
		t.Errorf("packed %v, want %v", c.Names, want)
	}
	if files, err := List(dir); err != nil || len(files) > 0 {
		t.Errorf("taken for a backup of the database: %v, %v", files, err)
	}
}

func FuzzInspect(f *testing.F) {
	dir := f.TempDir()
	c, err := Create(f.Context(), fixed{"rows"}, CreateOptions{Dir: dir, Version: "1"})
	if err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(c.File)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte("age-encryption.org/v1\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "backup.db.gz")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if m, err := Inspect(t.Context(), path, ""); err == nil && (m.Product != manifestProduct || m.ContentBytes < 0) {
			t.Errorf("accepted as %+v", m)
		}
	})
}
