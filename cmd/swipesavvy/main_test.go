package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/demo"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store/sqlite"
)

// command runs one command line with settings, in an empty folder.
func command(t *testing.T, settings []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errOut bytes.Buffer
	env := &environment{
		ctx: t.Context(), stdin: strings.NewReader("What is my balance?\n"), stdout: &out, stderr: &errOut,
		vars: append(settings, "SQLITE_PATH="+filepath.Join(t.TempDir(), "db")),
	}
	code = run(env, append([]string{"--env-file", filepath.Join(t.TempDir(), ".env")}, args...))
	return code, out.String(), errOut.String()
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() }) // after the parallel cases
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	for name, tc := range map[string]struct {
		settings []string
		args     []string
		code     int
		stdout   string
		stderr   string
	}{
		"version":             {nil, []string{"version"}, exitOK, "swipesavvy ", ""},
		"help":                {nil, []string{"--help"}, exitOK, "Exit codes", ""},
		"help of a command":   {nil, []string{"up", "--help"}, exitOK, "demo customers", ""},
		"no command":          {nil, nil, exitUsage, "", "see swipesavvy --help"},
		"unknown command":     {nil, []string{"dance"}, exitUsage, "", "unexpected argument dance"},
		"unknown flag":        {nil, []string{"version", "--loud"}, exitUsage, "", "--loud"},
		"settings":            {[]string{"JWT_SECRET=0123456789abcdef0123456789abcdef"}, []string{"config"}, exitOK, "JWT_SECRET=[hidden]", ""},
		"all settings":        {nil, []string{"config", "--example"}, exitOK, "#RAG_PORT=8001", ""},
		"wrong setting":       {[]string{"RAG_PORT=x"}, []string{"up"}, exitConfig, "", `swipesavvy: RAG_PORT is "x", allowed is a whole number`},
		"port in use":         {[]string{"GUARDRAILS_PORT=" + port, "BIND_ADDRESS=127.0.0.1"}, []string{"guardrails"}, exitCannotStart, "", "GUARDRAILS_PORT"},
		"migration":           {nil, []string{"migrate"}, exitOK, ", was 0", ""},
		"audit of nothing":    {nil, []string{"audit", "verify"}, exitFailure, "", "there is no data file"},
		"lockdown how":        {nil, []string{"lockdown", "maybe", "--reason", "r"}, exitUsage, "", "maybe"},
		"lockdown why":        {nil, []string{"lockdown", "on"}, exitUsage, "", "--reason"},
		"agents need a token": {nil, []string{"handoffs"}, exitFailure, "", "OPERATOR_TOKEN is not set"},
		"no desk":             {[]string{operatorToken}, []string{"handoffs", "--url", "http://127.0.0.1:1"}, exitUnreachable, "", "the concierge is not reachable"},
		"nobody to chat to":   {nil, []string{"chat", "--url", "http://127.0.0.1:1"}, exitUnreachable, "", "start one with swipesavvy up"},
		"wrong load":          {nil, []string{"loadtest", "--profile", "dance"}, exitUsage, "", "dance"},
		"nobody to load":      {nil, []string{"loadtest", "--url", "http://127.0.0.1:1"}, exitUnreachable, "", "connection refused"},
		"no service":          {[]string{"RAG_PORT=1"}, []string{"health", "rag"}, exitUnreachable, "", "no answer at http://127.0.0.1:1"},
		"no such service":     {nil, []string{"health", "dance"}, exitUsage, "", "dance"},
		"completion":          {nil, []string{"completion", "bash", "--code"}, exitOK, "complete", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := command(t, tc.settings, tc.args...)
			if code != tc.code || !strings.Contains(stdout, tc.stdout) || !strings.Contains(stderr, tc.stderr) {
				t.Errorf("exit %d, want %d\nstdout: %s\nstderr: %s", code, tc.code, stdout, stderr)
			}
			if tc.stderr != "" && strings.Count(strings.TrimSpace(stderr), "\n") > 0 {
				t.Errorf("more than one line:\n%s", stderr)
			}
		})
	}
}

// TestEvidenceWhileTheDatabaseIsDown keeps what there is, says what is missing and
// doesn't end well.
func TestEvidenceWhileTheDatabaseIsDown(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "evidence.tar.gz")
	code, stdout, stderr := command(t, []string{"DATABASE_URL=postgres://127.0.0.1:1/none"}, "evidence", "export", "--out", out)
	if code != exitFailure || !strings.Contains(stdout, out+": 4 files") || !strings.Contains(stdout, "audit chain not read") ||
		!strings.Contains(stderr, "without\n  everything of the database: ConnectionError") {
		t.Errorf("exit %d\n%s\n%s", code, stdout, stderr)
	}
}

func TestStoppedServiceExitsWell(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errOut bytes.Buffer
	env := &environment{ctx: ctx, stdout: &out, stderr: &errOut, vars: []string{"GUARDRAILS_PORT=0", "BIND_ADDRESS=127.0.0.1", "SQLITE_PATH=" + filepath.Join(t.TempDir(), "db")}}
	if code := run(env, []string{"guardrails"}); code != exitOK && code != exitCannotStart {
		t.Errorf("exit %d: %s", code, errOut.String())
	}
}

func TestLedgerVerify(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "db")
	verify := func(settings ...string) (int, string, string) {
		var out, errOut bytes.Buffer
		env := &environment{ctx: t.Context(), stdout: &out, stderr: &errOut, vars: append(settings, "SQLITE_PATH="+path)}
		code := run(env, []string{"--env-file", filepath.Join(t.TempDir(), ".env"), "ledger", "verify"})
		return code, out.String(), errOut.String()
	}
	if code, _, stderr := verify(); code != exitFailure || !strings.Contains(stderr, "there is no data file") {
		t.Errorf("without a file: exit %d, %s", code, stderr)
	}
	s, err := sqlite.Open(t.Context(), sqlite.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if code, _, stderr := verify(); code == exitOK || !strings.Contains(stderr, "run swipesavvy migrate") {
		t.Errorf("without a schema: exit %d, %s", code, stderr)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := demo.Seed(t.Context(), s.Bank(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if code, stdout, stderr := verify(); code != exitOK || !strings.Contains(stdout, "OK: the books are sound") || !strings.Contains(stdout, "USD $0.00") {
		t.Errorf("sound books: exit %d\n%s%s", code, stdout, stderr)
	}
	if err := tamper(path, `UPDATE accounts SET balance = balance + 1 WHERE id = 'demo-alex-checking'`); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := verify()
	if code != exitFailure || !strings.Contains(stdout, "PROBLEM account demo-alex-checking: the balance is not the sum of its entries") || !strings.Contains(stderr, "2 problems") {
		t.Errorf("a cent too much: exit %d\n%s%s", code, stdout, stderr)
	}
}

// tamper changes a database behind the program's back.
func tamper(path, statement string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	_, err = db.Exec(statement)
	return errors.Join(err, db.Close())
}

// TestFlagsWithoutAService changes flags in the database, and finds in the audit
// log that it did.
func TestFlagsWithoutAService(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "db")
	do := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		env := &environment{ctx: t.Context(), stdout: &out, stderr: &errs, vars: []string{"SQLITE_PATH=" + path}}
		if code := run(env, append([]string{"--env-file", filepath.Join(t.TempDir(), "no.env")}, args...)); code != want {
			t.Fatalf("%v: exit %d\n%s%s", args, code, &out, &errs)
		}
		return out.String()
	}
	do(exitOK, "migrate")
	do(exitOK, "lockdown", "on", "--reason", "a drill", "--operator", "dana")
	do(exitFailure, "flags", "set", "nonsense", "off", "--reason", "r")
	if list := do(exitOK, "flags", "list"); !strings.Contains(list, "a drill") || !strings.Contains(list, "operator:dana (database)") {
		t.Error(list)
	}
	if report := do(exitOK, "audit", "verify"); !strings.Contains(report, "1 not yet") || !strings.Contains(report, "OK") {
		t.Error(report)
	}
}
