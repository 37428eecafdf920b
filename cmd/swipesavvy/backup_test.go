package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/backup"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/demo"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store/sqlite"
)

// installation is a data file with demo customers and a folder for backups.
type installation struct {
	t    *testing.T
	dir  string
	data string
}

func newInstallation(t *testing.T) installation {
	t.Helper()
	i := installation{t: t, dir: t.TempDir()}
	i.data = filepath.Join(i.dir, "live.db")
	s, err := sqlite.Open(t.Context(), sqlite.Options{Path: i.data})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Migrate(t.Context()), demo.Seed(t.Context(), s.Bank(), time.Now()), s.Close()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(i.dir, ".env"), []byte("LOG_LEVEL=DEBUG\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return i
}

// run executes a command line on the installation.
func (i installation) run(args ...string) (code int, stdout, stderr string) {
	var out, errOut bytes.Buffer
	env := &environment{
		ctx: i.t.Context(), stdout: &out, stderr: &errOut,
		vars: []string{"SQLITE_PATH=" + i.data, "BACKUP_DIR=" + filepath.Join(i.dir, "backups")},
	}
	code = run(env, append([]string{"--env-file", filepath.Join(i.dir, ".env")}, args...))
	return code, out.String(), errOut.String()
}

// want runs a command line that must end in a way and say something.
func (i installation) want(code int, said string, args ...string) string {
	i.t.Helper()
	got, stdout, stderr := i.run(args...)
	if got != code || !strings.Contains(stdout+stderr, said) {
		i.t.Errorf("%v: exit %d, want %d and %q:\n%s%s", args, got, code, said, stdout, stderr)
	}
	return stdout
}

func TestBackupCommands(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	i.want(exitFailure, "backup folder", "backup", "verify")
	i.want(exitOK, "schema version", "backup")
	newest, err := backup.Latest(filepath.Join(i.dir, "backups"))
	if err != nil {
		t.Fatal(err)
	}
	i.want(exitOK, "is complete", "backup", "verify")
	i.want(exitOK, "is complete", "backup", "verify", "--latest")
	i.want(exitOK, "is complete", "backup", "verify", newest.Path)
	i.want(exitUsage, "not both", "backup", "verify", newest.Path, "--latest")
	i.want(exitOK, "effective-settings.txt, version.txt, files/.env", "backup", "--config")
	i.want(exitOK, "OK: backed up in", "dr-test")
	i.want(exitFailure, "--force-with-name live.db", "restore", newest.Path)
	i.want(exitOK, "was not touched", "restore", newest.Path, "--rehearse")
	i.want(exitOK, "the former database is kept as", "restore", newest.Path, "--force-with-name", "live.db")
	i.want(exitOK, "OK: the books are sound", "ledger", "verify")
	i.want(exitOK, "restore", "events", "--kind", "restore")
	i.want(exitOK, "PROMETHEUS_URL is not set", "report", "--since", "1h")
	i.want(exitFailure, "PROMETHEUS_URL is not set", "slo")
	i.want(exitUsage, "no month", "slo", "--month", "May")
	i.want(exitUsage, "a minute or more", "report", "--since", "0s")
	i.want(exitUsage, "more than nothing", "evidence", "export", "--since", "0s")
	i.want(exitOK, "ID", "incident", "list")
	i.want(exitFailure, "no such incident", "incident", "report", "INC-0")
	evidence := filepath.Join(i.dir, "evidence.tar.gz")
	i.want(exitOK, "audit chain whole", "evidence", "export", "--out", evidence)
	i.want(exitFailure, "exists", "evidence", "export", "--out", evidence)
	archive := i.want(exitOK, "standard output: 10 files", "evidence", "export", "--out", "-")
	if gz, err := gzip.NewReader(strings.NewReader(archive)); err != nil {
		t.Error(err)
	} else if _, err := io.Copy(io.Discard, gz); err != nil {
		t.Errorf("the archive on standard output: %v", err)
	}
	i.want(exitUsage, "a minute or more", "backup", "--every", "1s")
	i.want(exitUsage, "time of day", "backup", "--schedule", "noon")
	i.want(exitUsage, "can't be used together", "backup", "--schedule", "02:00", "--every", "1h")
}

func TestDoctorCommand(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	services := []string{"--concierge", "http://127.0.0.1:1", "--rag", "http://127.0.0.1:1", "--guardrails", "http://127.0.0.1:1"}
	i.want(exitFailure, "✗ concierge", append([]string{"doctor"}, services...)...)
	i.want(exitFailure, "in Compose, swipesavvy is docker-compose run", append([]string{"doctor"}, services...)...)
	stdout := i.want(exitFailure, "something is broken", append([]string{"doctor", "--json"}, services...)...)
	var found struct {
		Healthy  bool
		Findings []struct{ Check, Outcome, Do, Runbook string }
	}
	if err := json.Unmarshal([]byte(stdout), &found); err != nil || found.Healthy || len(found.Findings) < 5 {
		t.Errorf("%v: %s", err, stdout)
	}
	if err := os.WriteFile(filepath.Join(i.dir, ".env"), []byte("LOG_LEVEL=LOUD\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	i.want(exitFailure, "✗ configuration", "doctor")
}

func TestTimetable(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	daily, err := backupCreateCommand{Schedule: "02:00"}.timetable()
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[string]string{
		"2026-11-02T01:59:00+01:00": "2026-11-02T02:00:00+01:00",
		"2026-11-02T02:00:00+01:00": "2026-11-03T02:00:00+01:00",
		"2026-12-31T23:00:00+01:00": "2027-01-01T02:00:00+01:00",
		"2026-10-24T12:00:00+02:00": "2026-10-25T02:00:00+01:00", // there are two, one is taken
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := daily(at.In(berlin)).Format(time.RFC3339); got != want {
			t.Errorf("after %s comes %s, want %s", now, got, want)
		}
	}
	spring, err := time.Parse(time.RFC3339, "2026-03-29T00:00:00+01:00") // there is no 02:00
	if err != nil {
		t.Fatal(err)
	}
	if next := daily(spring.In(berlin)); !next.After(spring) || next.Sub(spring) > 25*time.Hour {
		t.Errorf("on the day without that time: %v", next)
	}
}
