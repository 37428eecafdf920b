package compose

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/loadtest"
)

// monitored waits until Prometheus reaches all that runs here and knows
// Alertmanager, and every rule can be evaluated.
func monitored(t *testing.T, p *project) {
	for query, want := range map[string]string{
		`min by (job) (up{job!="containers"})`: "concierge 1,guardrails 1,node 1,postgres 1,prometheus 1,rag 1",
		`pg_up`:                                "postgres 1",
		`node_filesystem_avail_bytes{mountpoint="/"} > bool 0`: "node 1",
		`prometheus_notifications_alertmanagers_discovered`:    "prometheus 1",
	} {
		eventually(t, p, query, func() error {
			if got, err := p.query(t.Context(), query); got != want {
				return fmt.Errorf("%q, want %q; %v", got, want, err)
			}
			return nil
		})
	}
	eventually(t, p, "rules", func() error {
		raw, err := p.get(t.Context(), "PROMETHEUS_PORT", "/api/v1/rules")
		if err == nil && (strings.Contains(raw, `"health":"err"`) || !strings.Contains(raw, "DatabaseDown")) {
			err = fmt.Errorf("%s", raw)
		}
		return err
	})
	eventually(t, p, "Alertmanager", func() error {
		_, err := p.get(t.Context(), "ALERTMANAGER_PORT", "/-/ready")
		return err
	})
}

// query returns job and value of each result, in order.
func (p *project) query(ctx context.Context, expression string) (string, error) {
	raw, err := p.get(ctx, "PROMETHEUS_PORT", "/api/v1/query?query="+url.QueryEscape(expression))
	if err != nil {
		return "", err
	}
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if err := json.Unmarshal([]byte(raw), &answer); err != nil {
		return "", err
	}
	var results []string
	for _, r := range answer.Data.Result {
		results = append(results, fmt.Sprint(r.Metric["job"], " ", r.Value[1]))
	}
	slices.Sort(results)
	return strings.Join(results, ","), nil
}

// restored brings a backup back with the runbook's commands: what was acknowledged
// before it is there, what came later isn't.
func restored(t *testing.T, p *project) {
	p.chat(t, "before")
	p.operate(t, "backup")
	p.chat(t, "after")
	commands := 0
	for _, b := range blocks(t) {
		if b.section == "Restore" && b.notRun == "" {
			p.paste(t, b)
			commands++
		}
	}
	if commands == 0 {
		t.Fatal("the runbook doesn't say how to restore")
	}
	for session, want := range map[string]int{"before": http.StatusOK, "after": http.StatusNotFound} {
		a, err := p.ask(t.Context(), http.MethodGet, "CONCIERGE_PORT", "/api/v1/conversations/"+session+"?user_id=demo-alex", "")
		if err != nil || a.status != want {
			t.Errorf("the conversation %s the backup: %d %s, want %d; %v", session, a.status, a.body, want, err)
		}
	}
}

func (p *project) chat(t *testing.T, session string) {
	t.Helper()
	a, err := p.ask(t.Context(), http.MethodPost, "CONCIERGE_PORT", "/api/v1/chat",
		`{"message":"What is my balance?","user_id":"demo-alex","session_id":"`+session+`"}`)
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("%d %s %v", a.status, a.body, err)
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
			BaseURL: p.url("CONCIERGE_PORT"), Customers: []loadtest.Customer{{ID: "demo-alex"}, {ID: "demo-maria"}, {ID: "demo-sam"}},
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
	p.operate(t, "ledger", "verify")
	p.operate(t, "audit", "verify")
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

// killedDatabase pulls the plug of the database: customers are told when to come
// back, what needs no database goes on, and nothing that was acknowledged is lost.
func killedDatabase(t *testing.T, p *project) {
	p.underLoad(t, time.Minute, func() {
		p.morePayments(t)
		id := strings.TrimSpace(p.run(t, "docker-compose", "ps", "-q", "postgres"))
		p.run(t, "docker", "kill", id)
		for path, method := range map[string]string{"/health": http.MethodGet, "/api/v1/chat": http.MethodPost} {
			eventually(t, p, path, func() error {
				a, err := p.ask(t.Context(), method, "CONCIERGE_PORT", path, `{"message":"What is my balance?","user_id":"demo-alex"}`)
				if err == nil && (a.status != http.StatusServiceUnavailable || a.retryAfter == "") {
					err = fmt.Errorf("%d, Retry-After %q: %s", a.status, a.retryAfter, a.body)
				}
				return err
			})
		}
		for port, request := range map[string][2]string{
			"RAG_PORT":        {"/api/v1/rag/search", `{"query":"How do I freeze my card?"}`},
			"GUARDRAILS_PORT": {"/api/v1/guardrails/check", `{"text":"hello","direction":"input"}`},
		} {
			a, err := p.ask(t.Context(), http.MethodPost, port, request[0], request[1])
			if err != nil || a.status != http.StatusOK {
				t.Errorf("without a database %s: %d %s %v", request[0], a.status, a.body, err)
			}
		}
		p.run(t, "docker", "start", id)
		p.healthy(t)
		p.morePayments(t)
	})
}

// morePayments waits until customers have made some.
func (p *project) morePayments(t *testing.T) {
	t.Helper()
	const some = 10
	count := func() (n int, err error) {
		out, _, err := try(t.Context(), p, p.dir, "docker-compose", "exec", "-T", "postgres",
			"psql", "-U", "swipesavvy", "-d", "swipesavvy_ai", "-Atc", "SELECT count(*) FROM orders")
		if err == nil {
			n, err = strconv.Atoi(strings.TrimSpace(out))
		}
		return n, err
	}
	before, err := count()
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, p, "payments", func() error {
		now, err := count()
		if err == nil && now < before+some {
			err = fmt.Errorf("%d, and %d before", now, before)
		}
		return err
	})
}
