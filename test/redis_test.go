package test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/doctor"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/pgtest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/redistest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/together/togethertest"
)

// burst is how many requests the tests' limits let through, and not one more.
const burst = 6

// TestReplicasShareLimitsAndAnswers runs two replicas, kills their Redis and
// brings it back.
func TestReplicasShareLimitsAndAnswers(t *testing.T) {
	t.Parallel()
	const secret = "a secret of at least thirty-two characters"
	server := redistest.New(t)
	model := togethertest.New(t, sensible)
	settings := withModel(model, "DATABASE_URL="+pgtest.URL(t), "REDIS_URL=redis://"+server.Addr, "REDIS_TIMEOUT=10",
		"RATE_LIMIT_TOKENS_PER_SECOND=0.0001", "RATE_LIMIT_BUCKET_SIZE=6",
		"AUTH_REQUIRED=true", "JWT_SECRET="+secret, "CIRCUIT_BREAKER_FAILURE_THRESHOLD=2", "CIRCUIT_BREAKER_TIMEOUT=0.01", "CIRCUIT_BREAKER_HALF_OPEN_MAX_CALLS=1")
	replicas := []*system{start(t, app.All, settings...).ready(t), start(t, app.All, settings...).ready(t)}
	// granted is how many requests in turn to both replicas a customer is let.
	granted := func(customer string, requests int) (n int) {
		t.Helper()
		for i := range requests {
			a := call(t, http.MethodGet, replicas[i%2].URL(app.Concierge)+"/api/v1/accounts", nil, "Authorization", "Bearer "+token(t, secret, customer, time.Now().Add(time.Hour)))
			switch {
			case a.status == http.StatusOK, a.status == http.StatusNotFound: // the bank knows but a few
				n++
			case a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "":
				t.Errorf("%d %s", a.status, a.raw)
			}
		}
		return n
	}
	if n := granted("demo-alex", 2*burst+2); n != burst {
		t.Errorf("two replicas let %d requests through, the limit is %d", n, burst)
	}
	ask := func(replica int, customer string) answer {
		return call(t, http.MethodPost, replicas[replica].URL(app.Concierge)+"/api/v1/chat", map[string]any{"message": "How do I freeze my card?"},
			"Authorization", "Bearer "+token(t, secret, customer, time.Now().Add(time.Hour)))
	}
	first, second := ask(0, "demo-sam"), ask(1, "demo-maria")
	if first.body["engine"] != "together" || second.body["engine"] != "cache" || second.message() != first.message() {
		t.Errorf("the other replica doesn't know the answer: %s\n%s", first.raw, second.raw)
	}

	server.Kill(t)
	if n := granted("demo-casey", 4*burst); n != 2*burst {
		t.Errorf("without Redis each replica's own limit holds: %d let through, not %d", n, 2*burst)
	}
	if n := granted("demo-alex", 2); n != 0 {
		t.Errorf("a customer over the limit got %d more when Redis went away", n)
	}
	redisCheck := func() string {
		ready := call(t, http.MethodGet, replicas[0].URL(app.Concierge)+"/ready", nil)
		if ready.status != http.StatusOK {
			t.Errorf("not ready without Redis: %s", ready.raw)
		}
		return ready.body["checks"].(map[string]any)["redis"].(map[string]any)["status"].(string)
	}
	if status := redisCheck(); status == "ok" {
		t.Error("/ready says that Redis is well")
	}
	if metrics := call(t, http.MethodGet, replicas[0].URL(app.Concierge)+"/metrics", nil).raw; !strings.Contains(metrics, `circuit_breaker_state{name="redis"}`) {
		t.Error("no metric shows it")
	}
	if logs := replicas[0].logs.String(); !strings.Contains(logs, "redis did not answer") {
		t.Error("no line says it")
	}
	found := doctor.Examine(t.Context(), doctor.Options{
		Config: replicas[0].config, Concierge: replicas[0].URL(app.Concierge), RAG: replicas[0].URL(app.RAG), Guardrails: replicas[0].URL(app.Guardrails),
	})
	if !slices.ContainsFunc(found, func(f doctor.Finding) bool { return f.Check == "redis" && f.Outcome == doctor.Warning }) {
		t.Errorf("doctor doesn't see it: %+v", found)
	}

	server.Restart(t)
	eventually(t, "Redis to be used again", func() bool {
		_ = granted("demo-jordan", 1)
		return redisCheck() == "ok"
	})
	if n := granted("demo-morgan", 2*burst+2); n != burst {
		t.Errorf("with Redis again, two replicas let %d requests through", n)
	}
}
