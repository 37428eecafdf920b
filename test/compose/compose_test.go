// Package compose brings the real docker-compose.yml up and holds it to
// docs/RUNBOOK.md: every command of the runbook runs, replicas come and go under
// load without a lost request, and a killed PostgreSQL costs no payment. It builds
// its images itself and needs Docker; TEST_COMPOSE=1 asks for it.
package compose

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/loadtest"
)

const root = "../.."

// block is one fenced command block of the runbook.
type block struct {
	section  string
	commands string
	notRun   string // why it isn't run here; empty where it is
}

var (
	fence  = regexp.MustCompile("(?ms)^(<!-- not run: ([^\n]+?) -->\n)?```bash\n(.*?)^```$")
	header = regexp.MustCompile(`(?m)^#{2,3} (.+)$`)
)

func blocks(t *testing.T) []block {
	t.Helper()
	raw, err := os.ReadFile(root + "/docs/RUNBOOK.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	var found []block
	for _, m := range fence.FindAllStringSubmatchIndex(text, -1) {
		b := block{commands: text[m[6]:m[7]]}
		if m[4] >= 0 {
			b.notRun = text[m[4]:m[5]]
		}
		for _, h := range header.FindAllStringSubmatchIndex(text[:m[0]], -1) {
			b.section = text[h[2]:h[3]]
		}
		found = append(found, b)
	}
	if n := strings.Count(text, "\n```bash\n"); n != len(found) || n < 20 {
		t.Fatalf("%d blocks of commands, %d understood", n, len(found))
	}
	return found
}

// TestEveryMarkerHasItsReason needs no Docker: a block is run by TestRunbook, or a
// note right before it says why not.
func TestEveryMarkerHasItsReason(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(root + "/docs/RUNBOOK.md")
	if err != nil {
		t.Fatal(err)
	}
	notes := strings.Count(string(raw), "<!-- not run:")
	for _, b := range blocks(t) {
		if b.notRun != "" {
			notes--
		}
	}
	if notes != 0 {
		t.Errorf("%d notes stand before nothing", notes)
	}
}

// project is the system in Compose.
type project struct {
	dir string
	env []string
	url string
}

// start copies what Compose reads into a folder of its own, with an .env of the
// test's, builds the images and brings the system up.
func start(t *testing.T) *project {
	t.Helper()
	if os.Getenv("TEST_COMPOSE") == "" {
		t.Skip("NOT RUN: TEST_COMPOSE=1 brings the real Compose file up; it needs Docker")
	}
	for _, name := range []string{"docker", "docker-compose", "jq"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("TEST_COMPOSE is set, and there is no %s here", name)
		}
	}
	p := &project{dir: t.TempDir()}
	p.env = append(os.Environ(), fmt.Sprintf("COMPOSE_PROJECT_NAME=swipesavvytest%d", os.Getpid()))
	p.env = append(p.env, strings.Fields(run(t, p, root, "test/compose/images"))...)
	run(t, p, root, "cp", "-r", "docker-compose.yml", "docker-compose.monitoring.yml", "deploy", p.dir)
	settings := "POSTGRES_PASSWORD=of-this-test-alone\nDEMO_DATA=true\nRATE_LIMIT_TOKENS_PER_SECOND=0\n"
	for _, name := range []string{"CONCIERGE_PORT", "RAG_PORT", "GUARDRAILS_PORT", "POSTGRES_PORT"} {
		port := freePort(t)
		settings += name + "=" + port + "\n"
		p.env = append(p.env, "TEST_"+name+"="+port)
		if name == "CONCIERGE_PORT" {
			p.url = "http://localhost:" + port
		}
	}
	if err := os.WriteFile(filepath.Join(p.dir, ".env"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		down := exec.Command("docker-compose", "down", "--volumes", "--remove-orphans", "--timeout", "5")
		down.Dir, down.Env = p.dir, p.env
		if out, err := down.CombinedOutput(); err != nil {
			t.Errorf("down: %v\n%s", err, out)
		}
	})
	p.run(t, "docker-compose", "up", "-d", "postgres", "migrate", "guardrails", "rag", "concierge", "proxy")
	p.healthy(t)
	return p
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

func (p *project) run(t *testing.T, args ...string) string {
	t.Helper()
	return run(t, p, p.dir, args...)
}

// run executes a command and returns its standard output; failing is fatal.
func run(t *testing.T, p *project, dir string, args ...string) string {
	t.Helper()
	out, errOut, err := try(t.Context(), p, dir, args...)
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(args, " "), err, out, errOut)
	}
	return out
}

func try(ctx context.Context, p *project, dir string, args ...string) (stdout, stderr string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	var out, errOut bytes.Buffer
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, p.env, &out, &errOut
	err = cmd.Run()
	return out.String(), errOut.String(), err
}

// healthy waits until the proxy reaches all three services.
func (p *project) healthy(t *testing.T) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for _, port := range []string{"CONCIERGE_PORT", "RAG_PORT", "GUARDRAILS_PORT"} {
		for {
			_, _, err := try(t.Context(), p, p.dir, "bash", "-c", "curl -fsS localhost:$TEST_"+port+"/health")
			if err == nil {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("no service behind %s:\n%s", port, p.run(t, "docker-compose", "logs", "--tail=30"))
			}
			<-time.After(200 * time.Millisecond)
		}
	}
}

// TestCompose is one system, used in order.
func TestCompose(t *testing.T) {
	p := start(t)
	t.Run("hardened", func(t *testing.T) { hardened(t, p) })
	t.Run("runbook", func(t *testing.T) { runbook(t, p) })
	t.Run("scaling and replacing under load", func(t *testing.T) { replacing(t, p) })
	t.Run("a killed database", func(t *testing.T) { killedDatabase(t, p) })
}

// hardened looks at what runs, not at what the file says.
func hardened(t *testing.T, p *project) {
	for _, id := range strings.Fields(p.run(t, "docker-compose", "ps", "-q")) {
		got := strings.TrimSpace(p.run(t, "docker", "inspect", "--format",
			"{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.HostConfig.CapAdd}} {{ne .Config.User \"\"}} {{gt .HostConfig.Memory 0}} {{.HostConfig.LogConfig.Config}}", id))
		want := "true [ALL] [no-new-privileges:true] [] true true map[max-file:5 max-size:20m]"
		if got != want {
			t.Errorf("%s: %s, want %s", p.run(t, "docker", "inspect", "--format", "{{.Name}}", id), got, want)
		}
	}
	if out, _, err := try(t.Context(), p, p.dir, "docker-compose", "exec", "-T", "concierge", "sh", "-c", "true"); err == nil {
		t.Errorf("the image has a shell: %s", out)
	}
	history := p.run(t, "bash", "-c", `docker history --no-trunc "$SWIPESAVVY_IMAGE"; docker inspect --format '{{.Config.Env}}' "$SWIPESAVVY_IMAGE"`)
	for _, word := range []string{"PASSWORD", "SECRET", "TOKEN", "KEY="} {
		if strings.Contains(strings.ToUpper(history), word) {
			t.Errorf("the image mentions %s", word)
		}
	}
}

// runbook runs every block of docs/RUNBOOK.md that has no note, as it is written
// but for the ports, which are free ones here.
func runbook(t *testing.T, p *project) {
	for _, b := range blocks(t) {
		if b.notRun != "" {
			t.Logf("not run, %s: %s", b.section, b.notRun)
			continue
		}
		t.Run(b.section, func(t *testing.T) {
			commands := b.commands
			for port, name := range map[string]string{"8000": "CONCIERGE_PORT", "8001": "RAG_PORT", "8002": "GUARDRAILS_PORT"} {
				commands = strings.ReplaceAll(commands, "localhost:"+port, "localhost:$TEST_"+name)
			}
			for line := range strings.Lines(commands) {
				if strings.TrimSpace(line) == "" {
					continue
				}
				out, errOut, err := try(t.Context(), p, p.dir, "bash", "-o", "pipefail", "-c", line)
				if err != nil || strings.Contains(errOut, "parse error") {
					t.Errorf("%s\n%v\n%s%s", line, err, out, errOut)
				}
			}
			p.healthy(t)
		})
	}
}

// underLoad runs do while customers use the system; patience is 0 where nothing at
// all may fail.
func (p *project) underLoad(t *testing.T, patience time.Duration, do func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	type ending struct {
		result *loadtest.Result
		err    error
	}
	ended := make(chan ending, 1)
	go func() {
		result, err := loadtest.Run(ctx, loadtest.Options{
			BaseURL: p.url, Customers: []loadtest.Customer{{ID: "demo-alex"}, {ID: "demo-maria"}, {ID: "demo-sam"}},
			Profile:  loadtest.Profile{Name: "baseline", Stages: []loadtest.Stage{{Duration: 10 * time.Minute, From: 20, To: 20}}},
			Transfer: "send 0.01 to Jordan", Bill: "pay 0.01 to my electricity bill", Amount: 1, Patience: patience,
		})
		ended <- ending{result, err}
	}()
	do()
	stop()
	e := <-ended
	if e.err != nil {
		t.Fatal(e.err)
	}
	if err := e.result.Judge(loadtest.Thresholds{P95: 10 * time.Minute}); err != nil {
		var page bytes.Buffer
		_ = e.result.Report(&page, err)
		t.Errorf("%v\n%s", err, page.String())
	}
	all := e.result.All()
	t.Logf("%d operations, %d payments, P50 %v, P99 %v, slowest %v", all.Count(), e.result.Money.Executed, all.Quantile(.5), all.Quantile(.99), all.Max())
	if all.Count() < 50 || e.result.Money.Executed == 0 {
		t.Errorf("hardly anybody used the system: %+v", e.result.Money)
	}
}

func replacing(t *testing.T, p *project) {
	p.underLoad(t, 0, func() {
		p.run(t, "docker-compose", "up", "-d", "--no-deps", "--no-recreate", "--scale", "concierge=3", "concierge")
		before := p.run(t, "docker-compose", "ps", "-q", "concierge")
		p.run(t, "deploy/compose/rolling-restart", "concierge")
		after := p.run(t, "docker-compose", "ps", "-q", "concierge")
		if n := len(strings.Fields(after)); n != 3 {
			t.Errorf("%d replicas, want 3", n)
		}
		for _, id := range strings.Fields(before) {
			if strings.Contains(after, id) {
				t.Errorf("%s was not replaced", id)
			}
		}
	})
	// All of them answer: the proxy spreads the load.
	for _, id := range strings.Fields(p.run(t, "docker-compose", "ps", "-q", "concierge")) {
		if !strings.Contains(p.run(t, "docker", "logs", id), `"request_id"`) {
			t.Errorf("%s got no request", id)
		}
	}
}

func killedDatabase(t *testing.T, p *project) {
	p.underLoad(t, time.Minute, func() {
		id := strings.TrimSpace(p.run(t, "docker-compose", "ps", "-q", "postgres"))
		p.run(t, "docker", "kill", id)
		out, _, err := try(t.Context(), p, p.dir, "bash", "-c", `curl -sS -o /dev/null -w '%{http_code} %header{retry-after}' "localhost:$TEST_CONCIERGE_PORT/health"`)
		if err != nil || !regexp.MustCompile(`^503 \d+$`).MatchString(out) {
			t.Errorf("without a database /health answers %q, %v", out, err)
		}
		p.run(t, "docker", "start", id)
		p.healthy(t)
	})
}
