package doctor

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/event"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/pgtest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

// settings loads settings with a data file of their own.
func settings(t *testing.T, extra ...string) config.Config {
	t.Helper()
	dir := t.TempDir()
	c, err := config.Load(append([]string{
		"SQLITE_PATH=" + filepath.Join(dir, "db"), "BACKUP_DIR=" + filepath.Join(dir, "backups"), "BIND_ADDRESS=127.0.0.1",
		"CONCIERGE_PORT=0", "RAG_PORT=0", "GUARDRAILS_PORT=0",
	}, extra...), filepath.Join(dir, "none"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// start runs services and returns their addresses.
func start(t *testing.T, c config.Config, names ...app.Name) Options {
	t.Helper()
	a, err := app.New(t.Context(), app.Options{Config: c, Services: names, Logs: io.Discard, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
	if err := a.WaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	return Options{Config: c, Concierge: a.URL(app.Concierge), RAG: a.URL(app.RAG), Guardrails: a.URL(app.Guardrails)}
}

// nowhere is an address where nobody listens.
func nowhere(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// find returns the finding of a check.
func find(t *testing.T, o Options, check string) Finding {
	t.Helper()
	all := Examine(t.Context(), o)
	for _, f := range all {
		if f.Check == check {
			return f
		}
	}
	t.Fatalf("no check %q among %+v", check, all)
	return Finding{}
}

// broken wants a check to fail for a reason, and to say what to do.
func broken(t *testing.T, o Options, check, cause string) {
	t.Helper()
	f := find(t, o, check)
	if f.Outcome != Failed || !strings.Contains(f.Cause+" "+f.Detail, cause) || f.Do == "" || f.Runbook == "" {
		t.Errorf("%s: %+v, want it to fail because %q", check, f, cause)
	}
}

func TestAWellInstallationIsWell(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]string{"sqlite": "LOG_LEVEL=INFO", "postgres": "DATABASE_URL="} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "postgres" {
				database += pgtest.URL(t)
			}
			c := settings(t, database, "DEMO_DATA=true")
			o := start(t, c, app.All...)
			recordBackup(t, c, event.Event{At: time.Now(), OK: true})
			o.DiskUsed = func(string) (float64, error) { return 0.5, nil }
			for _, f := range Examine(t.Context(), o) {
				if f.Outcome == Failed {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

func recordBackup(t *testing.T, c config.Config, e event.Event) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{DatabaseURL: c.PostgresURL(), SQLitePath: c.SQLitePath})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.Kind = event.Backup
	if err := event.Record(t.Context(), s.Events(), e); err != nil {
		t.Fatal(err)
	}
}

func TestDatabaseFaultsAreToldApart(t *testing.T) {
	t.Parallel()
	existing := pgtest.URL(t)
	change := func(fn func(*url.URL)) Options {
		u, err := url.Parse(existing)
		if err != nil {
			t.Fatal(err)
		}
		fn(u)
		return Options{Config: settings(t, "DATABASE_URL="+u.String())}
	}
	broken(t, change(func(u *url.URL) { u.User = url.UserPassword("nobody_of_this_name", "hunter2-hunter2") }), "database", "refuses the password or the user")
	broken(t, Options{Config: settings(t, "DATABASE_URL="+refusingPasswords(t))}, "database", "refuses the password or the user")
	broken(t, change(func(u *url.URL) { u.Path = "/no_such_database" }), "database", "no database of this name")
	broken(t, change(func(u *url.URL) { u.Host = nowhere(t) }), "database", "the server is down")
	broken(t, change(func(u *url.URL) { u.Host = "no-such-host.invalid:5432" }), "database", "name is not known")
	broken(t, change(func(*url.URL) {}), "migrations", "migrations are pending")
	broken(t, Options{Config: settings(t)}, "database", "no such file")
}

// refusingPasswords speaks PostgreSQL's protocol far enough to refuse a password;
// the server of the tests trusts everybody.
func refusingPasswords(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			server := pgproto3.NewBackend(conn, conn)
			if _, err := server.ReceiveStartupMessage(); err == nil {
				server.Send(&pgproto3.AuthenticationCleartextPassword{})
				_ = server.Flush()
				_, _ = server.Receive()
				server.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: "28P01", Message: "password authentication failed"})
				_ = server.Flush()
			}
			_ = conn.Close()
		}
	}()
	return "postgres://swipesavvy:hunter2-hunter2@" + l.Addr().String() + "/swipesavvy_ai?sslmode=disable"
}

func TestNoSecretIsShown(t *testing.T) {
	t.Parallel()
	refused := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	defer refused.Close()
	o := Options{Config: settings(t, "DATABASE_URL="+refusingPasswords(t), "TOGETHER_API_KEY=hunter2-key", "TOGETHER_BASE_URL="+refused.URL)}
	for _, f := range Examine(t.Context(), o) {
		if all := f.Detail + f.Cause + f.Do; strings.Contains(all, "hunter2") {
			t.Errorf("%+v", f)
		}
	}
}

func TestTogetherFaultsAreToldApart(t *testing.T) {
	t.Parallel()
	answering := func(status int) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer k" || r.URL.Path != "/v1/models" {
				status = http.StatusBadRequest
			}
			w.WriteHeader(status)
		}))
		t.Cleanup(s.Close)
		return s.URL + "/v1"
	}
	with := func(base string) Options {
		return Options{Config: settings(t, "TOGETHER_API_KEY=k", "TOGETHER_BASE_URL="+base)}
	}
	broken(t, with(answering(401)), "together.ai", "the key is refused")
	broken(t, with(answering(503)), "together.ai", "the provider")
	broken(t, with("http://"+nowhere(t)), "together.ai", "not reachable")
	if f := find(t, with(answering(200)), "together.ai"); f.Outcome != OK {
		t.Errorf("a good key: %+v", f)
	}
	if f := find(t, with(answering(429)), "together.ai"); f.Outcome != Warning {
		t.Errorf("a used up limit: %+v", f)
	}
	if f := find(t, Options{Config: settings(t)}, "together.ai"); f.Outcome != Skipped {
		t.Errorf("no key: %+v", f)
	}
}

func TestServices(t *testing.T) {
	t.Parallel()
	o := start(t, settings(t), app.All...) // without articles
	broken(t, o, "rag: knowledge_base", "no article")
	skewed := o
	skewed.Now = func() time.Time { return time.Now().Add(-5 * time.Minute) }
	broken(t, skewed, "clock (concierge)", "clocks is wrong")
	mixed := o
	mixed.RAG = o.Guardrails
	broken(t, mixed, "rag", "is the service guardrails")
	gone := o
	gone.Concierge = "http://" + nowhere(t)
	broken(t, gone, "concierge", "nothing listens")
	foreign := httptest.NewServer(http.NotFoundHandler())
	defer foreign.Close()
	gone.Concierge = foreign.URL
	broken(t, gone, "concierge", "another program")
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	gone.Concierge = secure.URL
	broken(t, gone, "concierge", "certificate isn't valid")
	gone.Concierge = strings.Replace(foreign.URL, "http:", "https:", 1)
	broken(t, gone, "concierge", "doesn't speak TLS")
	small := o
	small.Config.MemoryCeilMB = 1
	broken(t, small, "concierge: memory", "of 1 MiB")
}

func TestDatabaseClockSkew(t *testing.T) {
	t.Parallel()
	o := Options{Config: settings(t, "DATABASE_URL="+pgtest.URL(t)), Now: func() time.Time { return time.Now().Add(time.Minute) }}
	broken(t, o, "clock (database)", "clocks is wrong")
	o.Now = nil
	if f := find(t, o, "clock (database)"); f.Outcome != OK {
		t.Errorf("%+v", f)
	}
}

func TestOpenBreaker(t *testing.T) {
	t.Parallel()
	dead := "http://" + nowhere(t)
	o := start(t, settings(t, "RAG_SERVICE_URL="+dead, "GUARDRAILS_SERVICE_URL="+dead, "CIRCUIT_BREAKER_FAILURE_THRESHOLD=1"), app.Concierge)
	answer, err := http.Post(o.Concierge+"/api/v1/chat", "application/json", strings.NewReader(`{"message":"hello","user_id":"u"}`))
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(answer, err)
	}
	_ = answer.Body.Close()
	o.RAG, o.Guardrails = dead, dead
	broken(t, o, "concierge: breaker guardrails", "open")
	broken(t, o, "rag", "nothing listens")
}

func TestBackups(t *testing.T) {
	t.Parallel()
	none := Options{Config: settings(t)}
	broken(t, none, "backups", "there is none")

	down := Options{Config: settings(t, "DATABASE_URL=postgres://u@"+nowhere(t)+"/db")}
	broken(t, down, "backups", "can't be read")

	old := settings(t)
	recordBackup(t, old, event.Event{At: time.Now().Add(-27 * time.Hour), OK: true})
	broken(t, Options{Config: old}, "backups", "27h0m0s old")
	if err := os.MkdirAll(old.BackupDir, 0o700); err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(old.BackupDir, "backup_"+time.Now().UTC().Format("20060102_150405")+".db.gz")
	if err := os.WriteFile(fresh, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if f := find(t, Options{Config: old}, "backups"); f.Outcome != OK {
		t.Errorf("a new file in the folder: %+v", f)
	}

	failing := settings(t)
	recordBackup(t, failing, event.Event{At: time.Now().Add(-time.Hour), OK: true})
	recordBackup(t, failing, event.Event{At: time.Now(), Summary: "failed: no space left on device"})
	broken(t, Options{Config: failing}, "backups", "no space left")
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	o := Options{Config: settings(t)}
	name := "disk (" + o.Config.BackupDir + ")"
	for used, want := range map[float64]Outcome{0.5: OK, 0.85: Warning, 0.95: Failed} {
		o.DiskUsed = func(string) (float64, error) { return used, nil }
		if f := find(t, o, name); f.Outcome != want {
			t.Errorf("%v used: %+v", used, f)
		}
	}
	o.DiskUsed = func(string) (float64, error) { return 0, errors.New("no such folder") }
	if f := find(t, o, name); f.Outcome != Skipped {
		t.Errorf("no folder: %+v", f)
	}
	if used, err := diskUsed(t.TempDir()); err != nil || used <= 0 || used > 1 {
		t.Errorf("this machine's disk: %v, %v", used, err)
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	c := settings(t)
	if f := find(t, Options{Config: c}, "flags"); f.Outcome != Skipped {
		t.Errorf("without a database: %+v", f)
	}
	recordBackup(t, c, event.Event{At: time.Now(), OK: true}) // makes the database
	if f := find(t, Options{Config: c}, "flags"); f.Outcome != OK {
		t.Errorf("%+v", f)
	}
	s, err := store.Open(t.Context(), store.Options{SQLitePath: c.SQLitePath})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	f, err := feature.New(feature.Options{Store: s.Flags()})
	if err != nil {
		t.Fatal(err)
	}
	for name, on := range map[feature.Name]bool{feature.Lockdown: true, feature.Retrieval: false, feature.LLM: true} {
		if _, err := f.Set(t.Context(), name, on, "dana", "suspected breach"); err != nil {
			t.Fatal(err)
		}
	}
	for _, check := range []string{"lockdown", "flag retrieval"} {
		f := find(t, Options{Config: c}, check)
		if f.Outcome != Warning || !strings.Contains(f.Detail, `by "dana": "suspected breach"`) || f.Do == "" {
			t.Errorf("%s: %+v", check, f)
		}
	}
	for _, f := range Examine(t.Context(), Options{Config: c}) {
		if f.Check == "flag llm" {
			t.Errorf("a flag that is as it is by default: %+v", f)
		}
	}
}
