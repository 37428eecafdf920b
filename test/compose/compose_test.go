// Package compose brings the real docker-compose.yml up and holds it to
// docs/RUNBOOK.md: every command of the runbook runs, replicas come and go under
// load without a lost request, a killed PostgreSQL costs no payment, and a backup
// brings the data back. It builds its images itself and needs Docker;
// TEST_COMPOSE=1 asks for it, which scripts/test does where a Docker daemon answers.
package compose

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
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
	dir   string
	env   []string
	ports map[string]string // by the setting that names them
}

// start copies what Compose reads into a folder of its own, with an .env of the
// test's, builds the images and brings the system up.
func start(t *testing.T) *project {
	t.Helper()
	if os.Getenv("TEST_COMPOSE") != "1" {
		t.Skip("NOT RUN: TEST_COMPOSE=1 brings the real Compose file up; it needs Docker")
	}
	for _, name := range []string{"docker", "docker-compose", "jq"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("TEST_COMPOSE is set, and there is no %s here", name)
		}
	}
	lookAtInputs(t)
	p := &project{dir: t.TempDir(), ports: map[string]string{}}
	p.env = append(os.Environ(), fmt.Sprintf("COMPOSE_PROJECT_NAME=swipesavvytest%d", os.Getpid()))
	p.env = append(p.env, strings.Fields(run(t, p, root, "test/compose/images"))...)
	run(t, p, root, "cp", "-r", "docker-compose.yml", "docker-compose.monitoring.yml", "deploy", p.dir)
	run(t, p, root, "cp", "-r", "scripts", "knowledge", p.dir)
	settings := "POSTGRES_PASSWORD=of-this-test-alone\nDEMO_DATA=true\nRATE_LIMIT_TOKENS_PER_SECOND=0\n" +
		"PROFILING_ADDRESS=127.0.0.1:6060\nOPERATOR_TOKEN=" + token + "\nINCIDENT_WEBHOOK_TOKEN=" + webhookToken + "\n"
	for _, name := range []string{
		"CONCIERGE_PORT", "RAG_PORT", "GUARDRAILS_PORT", "POSTGRES_PORT", "PROMETHEUS_PORT", "ALERTMANAGER_PORT",
	} {
		port := freePort(t)
		settings += name + "=" + port + "\n"
		p.ports[name] = port
	}
	if err := os.WriteFile(filepath.Join(p.dir, ".env"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	// Nobody is called: the addresses lead nowhere.
	for name, text := range map[string]string{
		"pagerduty_routing_key": "none", "slack_webhook_url": "http://localhost:1/", "grafana_admin_password": "none",
		"incident_webhook_token": webhookToken,
	} {
		if err := os.WriteFile(filepath.Join(p.dir, "deploy/monitoring/secrets", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		down := exec.Command("docker-compose", append(both, "down", "--volumes", "--remove-orphans", "--timeout", "5")...)
		down.Dir, down.Env = p.dir, p.env
		if out, err := down.CombinedOutput(); err != nil {
			t.Errorf("down: %v\n%s", err, out)
		}
	})
	p.run(t, "docker-compose", "up", "-d")
	p.healthy(t)
	p.run(t, append(append([]string{"docker-compose"}, both...), append([]string{"up", "-d"}, monitors...)...)...)
	return p
}

// lookAtInputs looks at all that goes into the system. go test takes an earlier result
// for this run's unless a file that the test itself has looked at was changed, and
// what is built from these files is built by others.
func lookAtInputs(t *testing.T) {
	t.Helper()
	for _, folder := range []string{"", "cmd", "internal", "knowledge", "deploy", "scripts", "test/compose"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err == nil && folder == "" && d.IsDir() && path != root {
				err = fs.SkipDir
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

const (
	token        = "the-operators-token-of-this-test-alone"
	webhookToken = "the-webhook-token-of-this-test-alone-"
)

var (
	both = []string{"-f", "docker-compose.yml", "-f", "docker-compose.monitoring.yml"}
	// monitors is the monitoring without Grafana and cAdvisor: Debian packages neither.
	monitors = []string{"prometheus", "alertmanager", "postgres-exporter", "node-exporter"}
)

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

// url is where a service or a monitor is, by the setting of its port.
func (p *project) url(port string) string { return "http://localhost:" + p.ports[port] }

// get asks once and returns the answer's text; anything but 200 is an error.
func (p *project) get(ctx context.Context, port, path string) (string, error) {
	a, err := p.ask(ctx, http.MethodGet, port, path, "")
	if err == nil && a.status != http.StatusOK {
		err = fmt.Errorf("%s: %d %s", path, a.status, a.body)
	}
	return a.body, err
}

type answer struct {
	status     int
	retryAfter string
	body       string
}

func (p *project) ask(ctx context.Context, method, port, path, body string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, p.url(port)+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header.Get("Retry-After"), string(raw)}, err
}

// eventually asks until the answer is right.
func eventually(t *testing.T, p *project, what string, holds func() error) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		err := holds()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %v\n%s", what, err, p.run(t, "docker-compose", "logs", "--tail=30"))
		}
		<-time.After(200 * time.Millisecond)
	}
}

// healthy waits until the proxy reaches all three services.
func (p *project) healthy(t *testing.T) {
	t.Helper()
	for _, port := range []string{"CONCIERGE_PORT", "RAG_PORT", "GUARDRAILS_PORT"} {
		eventually(t, p, port, func() error {
			_, err := p.get(t.Context(), port, "/health")
			return err
		})
	}
}

// operate runs one of the program's commands as an operator does.
func (p *project) operate(t *testing.T, args ...string) string {
	t.Helper()
	return p.run(t, append([]string{"docker-compose", "run", "--rm", "-T", "operator"}, args...)...)
}

// TestCompose is one system, used in order.
func TestCompose(t *testing.T) {
	p := start(t)
	t.Run("hardened", func(t *testing.T) { hardened(t, p) })
	t.Run("monitoring", func(t *testing.T) { monitored(t, p) })
	t.Run("a backup brings the data back", func(t *testing.T) { restored(t, p) })
	t.Run("runbook", func(t *testing.T) { runbook(t, p) })
	t.Run("scaling and replacing under load", func(t *testing.T) { replacing(t, p) })
	t.Run("a killed database", func(t *testing.T) { killedDatabase(t, p) })
}

// hardened looks at what runs, not at what the files say.
func hardened(t *testing.T, p *project) {
	for _, service := range []string{"postgres", "guardrails", "rag", "concierge"} {
		id := strings.TrimSpace(p.run(t, "docker-compose", "ps", "-q", service))
		eventually(t, p, service, func() error {
			if health := p.run(t, "docker", "inspect", "--format", "{{.State.Health.Status}}", id); health != "healthy\n" {
				return fmt.Errorf("its own health check says %s", health)
			}
			return nil
		})
	}
	for _, id := range strings.Fields(p.run(t, append(append([]string{"docker-compose"}, both...), "ps", "-q")...)) {
		got := strings.TrimSpace(p.run(t, "docker", "inspect", "--format",
			"{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{index .HostConfig.SecurityOpt 0}} {{.HostConfig.CapAdd}} {{.HostConfig.Privileged}} {{gt .HostConfig.Memory 0}} {{.HostConfig.LogConfig.Config}}", id))
		want := "true [ALL] no-new-privileges:true [] false true map[max-file:5 max-size:20m]"
		name := p.run(t, "docker", "inspect", "--format", "{{.Name}}", id)
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		user := strings.TrimSpace(p.run(t, "docker", "inspect", "--format", "{{.Config.User}}", id))
		if id, _, _ := strings.Cut(user, ":"); id == "" || id == "0" || id == "root" {
			t.Errorf("%s runs as root", name)
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
		t.Run(b.section, func(t *testing.T) { p.paste(t, b) })
	}
}

// paste runs a block as one paste of an operator's: a line may set a variable for
// the next ones. -x shows which one failed.
func (p *project) paste(t *testing.T, b block) {
	t.Helper()
	commands := b.commands
	for port, name := range map[string]string{"8000": "CONCIERGE_PORT", "8001": "RAG_PORT", "8002": "GUARDRAILS_PORT"} {
		commands = strings.ReplaceAll(commands, "localhost:"+port, "localhost:"+p.ports[name])
	}
	out, errOut, err := try(t.Context(), p, p.dir, "bash", "-exo", "pipefail", "-c", commands)
	if err != nil || strings.Contains(errOut, "parse error") {
		t.Errorf("%v\n%s%s", err, out, errOut)
	}
	p.healthy(t)
}
