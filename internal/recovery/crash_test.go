package recovery

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/backup"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
)

func execSQLite(path, statement string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	_, err = db.Exec(statement)
	return errors.Join(err, db.Close())
}

// crashWorker holds, in a worker's environment, what it does until it is killed.
const crashWorker = "SWIPESAVVY_RECOVERY_WORKER"

type crashWork struct {
	DatabaseURL, SQLitePath, Dir, File, Confirm string
	// At is where it says that it is there: dump, load, prove or install.
	At string
	// Bytes is how far dump and load get.
	Bytes int
}

func TestMain(m *testing.M) {
	if work := os.Getenv(crashWorker); work != "" {
		fmt.Fprintln(os.Stderr, "the worker ended by itself:", workUntilKilled(work))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func workUntilKilled(text string) error {
	var w crashWork
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		return err
	}
	c, err := config.Load([]string{"AUDIT_KEY=" + auditKey, "DATABASE_URL=" + w.DatabaseURL, "SQLITE_PATH=" + w.SQLitePath}, w.Dir+"/none")
	if err != nil {
		return err
	}
	s := Service{Config: c, Version: "test"}
	e := stopping{s.engine(), w}
	if w.At == "dump" {
		_, err := backup.Create(context.Background(), e, backup.CreateOptions{Dir: w.Dir})
		return err
	}
	_, err = backup.Restore(context.Background(), e, backup.RestoreOptions{
		File: w.File, Confirm: w.Confirm, MaxSchema: 1 << 30,
		Verify: func(ctx context.Context, address string) error {
			if w.At == "prove" {
				here()
			}
			_, err := s.prove(ctx, address)
			return err
		},
	})
	if err == nil { // killed too late to be stopped
		return waitForever()
	}
	return err
}

// here tells the parent that its moment has come, and waits to be killed.
func here() {
	fmt.Println("here")
	_ = waitForever()
}

func waitForever() error { select {} }

// stopping is an engine that stops in the middle.
type stopping struct {
	backup.Engine
	work crashWork
}

func (e stopping) Dump(ctx context.Context, w io.Writer, dir string) (backup.Contents, error) {
	return e.Engine.Dump(ctx, &stopAfter{left: e.work.Bytes, w: w}, dir)
}

func (e stopping) Load(ctx context.Context, r io.Reader) (backup.Scratch, error) {
	if e.work.At == "load" {
		r = &stopAfter{left: e.work.Bytes, r: r}
	}
	s, err := e.Engine.Load(ctx, r)
	return announcing{s, e.work}, err
}

type stopAfter struct {
	left int
	w    io.Writer
	r    io.Reader
}

func (s *stopAfter) count(n int) {
	if s.left -= n; s.left < 0 {
		here()
	}
}

func (s *stopAfter) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.count(n)
	return n, err
}

func (s *stopAfter) Read(p []byte) (int, error) {
	n, err := s.r.Read(p[:min(len(p), 512)])
	s.count(n)
	return n, err
}

// announcing says that the switch begins and then switches: the kill comes at any
// moment of it.
type announcing struct {
	backup.Scratch
	work crashWork
}

func (s announcing) Install(ctx context.Context) (string, error) {
	fmt.Println("here")
	return s.Scratch.Install(ctx)
}

// killAt runs a worker and kills it where it says that it is there.
func killAt(t *testing.T, w crashWork) {
	t.Helper()
	text, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	worker := exec.CommandContext(t.Context(), os.Args[0])
	worker.Env = append(os.Environ(), crashWorker+"="+string(text))
	worker.Stderr = os.Stderr
	out, err := worker.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	if !bufio.NewScanner(out).Scan() {
		t.Errorf("%s: the worker never got there", w.At)
	}
	_ = worker.Process.Kill()
	_ = worker.Wait()
}

func TestKilledInTheMiddleOfABackup(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, service func() Service) {
		s := service()
		seeded(t, s)
		dir := t.TempDir()
		good, err := s.Backup(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, bytes := range []int{0, 2000} {
			killAt(t, crashWork{DatabaseURL: s.Config.PostgresURL(), SQLitePath: s.Config.SQLitePath, Dir: dir, At: "dump", Bytes: bytes})
			if newest, err := backup.Latest(dir); err != nil || newest.Path != good.File {
				t.Errorf("a killed backup is among the backups: %+v, %v", newest, err)
			}
		}
		made, err := s.Backup(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".part-*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		if _, err := s.VerifyFile(t.Context(), made.File, ""); err != nil {
			t.Error(err)
		}
	})
}

func TestKilledInTheMiddleOfARestore(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, service func() Service) {
		source, target := service(), service()
		seeded(t, source)
		if _, err := transfer(t.Context(), tellerOn(open(t, source)), 0); err != nil {
			t.Fatal(err)
		}
		made, err := source.Backup(t.Context(), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		db := seeded(t, target)
		before := contents(t, target)
		_ = db.Close()
		name, _, err := target.engine().Target(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		work := crashWork{DatabaseURL: target.Config.PostgresURL(), SQLitePath: target.Config.SQLitePath, Dir: t.TempDir(), File: made.File, Confirm: name}
		for _, at := range []crashWork{{At: "load", Bytes: 0}, {At: "load", Bytes: 5000}, {At: "prove"}} {
			w := work
			w.At, w.Bytes = at.At, at.Bytes
			killAt(t, w)
			if diff := cmp.Diff(before, contents(t, target)); diff != "" {
				t.Errorf("killed at %s: the target changed: %s", at.At, diff)
			}
		}
		work.At = "install"
		killAt(t, work)
		if got := contents(t, target); !cmp.Equal(got, before) && !cmp.Equal(got, made.Manifest.Contents) {
			t.Errorf("killed at the switch: the target is neither the old nor the new one: %+v", got)
		}
		if _, _, err := target.Restore(t.Context(), Options{File: made.File, Confirm: name}); err != nil {
			t.Fatalf("after the crashes: %v", err)
		}
		if diff := cmp.Diff(made.Manifest.Contents, contents(t, target)); diff != "" {
			t.Error(diff)
		}
		noScratchIsLeft(t, target)
		if target.Config.PostgresURL() != "" {
			dropKept(t, target, name)
		}
	})
}

// dropKept removes the databases that restores put aside.
func dropKept(t *testing.T, s Service, name string) {
	t.Helper()
	for _, kept := range databasesLike(t, s, name+"_before_") {
		_ = formerly(t, s, kept)
	}
}

// databasesLike lists a server's databases whose names begin in some way.
func databasesLike(t *testing.T, s Service, prefix string) (names []string) {
	t.Helper()
	out, err := query(t, s, fmt.Sprintf(`SELECT coalesce(string_agg(datname, ' '), '') FROM pg_database WHERE starts_with(datname, '%s')`, prefix))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(out)
}
