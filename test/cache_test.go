package test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/together/togethertest"
)

// TestAnswersAreKeptOnlyWhenTheyAreNobodysOwn lets one customer ask after another.
func TestAnswersAreKeptOnlyWhenTheyAreNobodysOwn(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	model := togethertest.New(t, func(r togethertest.Request) togethertest.Answer {
		if down.Load() {
			return togethertest.Answer{Status: http.StatusInternalServerError}
		}
		return sensible(r)
	})
	s := start(t, app.All, withModel(model, databases["sqlite"](t))...).ready(t)
	ask := func(user, session, message string) answer {
		t.Helper()
		a := call(t, http.MethodPost, s.URL(app.Concierge)+"/api/v1/chat", map[string]any{"message": message, "user_id": user, "session_id": session})
		if a.status != http.StatusOK {
			t.Fatalf("%s: %d %s", message, a.status, a.raw)
		}
		return a
	}
	const question = "How do I freeze my card?"
	first := ask("demo-alex", "", question)
	asked := len(model.Requests())
	second := ask("demo-sam", "", " how do i FREEZE my card ")
	if first.body["engine"] != "together" || second.body["engine"] != "cache" || second.message() != first.message() ||
		!strings.Contains(second.raw, "freezing-and-unfreezing-your-card") || len(model.Requests()) != asked {
		t.Errorf("the second customer: %s", second.raw)
	}
	// A customer's own figures come from a tool, and each customer has others.
	balance := ask("demo-alex", "", "What is my checking balance?")
	if other := ask("demo-sam", "", "What is my checking balance?"); other.body["engine"] == "cache" || other.message() == balance.message() {
		t.Errorf("one customer read another's: %s", other.raw)
	}
	for name, own := range map[string]struct{ session, message string }{
		"in a conversation":  {"talk", question},
		"with personal data": {"", "My card 4111 1111 1111 1111: how do I freeze my card?"},
	} {
		if own.session != "" {
			ask("demo-alex", own.session, "What is my checking balance?")
		}
		for range 2 {
			if a := ask("demo-alex", own.session, own.message); a.body["engine"] != "together" {
				t.Errorf("%s: %s", name, a.raw)
			}
		}
	}
	// Another article, another answer; yet the old one is better than none.
	article := call(t, http.MethodGet, s.URL(app.RAG)+"/api/v1/rag/documents/freezing-and-unfreezing-your-card", nil)
	article.body["content"] = article.body["content"].(string) + "\n\nFreezing your card works at night, too. Freeze my card how.\n"
	if a := call(t, http.MethodPost, s.URL(app.RAG)+"/api/v1/rag/documents", map[string]any{"documents": []any{article.body}}); a.status != http.StatusOK {
		t.Fatal(a.raw)
	}
	down.Store(true)
	if a := ask("demo-alex", "", question); a.body["engine"] != "cache" || a.body["degraded"] != true || !strings.Contains(a.message(), first.message()) {
		t.Errorf("the model is down: %s", a.raw)
	}
	down.Store(false)
	if a := ask("demo-alex", "", question); a.body["engine"] != "together" || a.body["degraded"] != false {
		t.Errorf("the article has changed: %s", a.raw)
	}
	metrics := call(t, http.MethodGet, s.URL(app.Concierge)+"/metrics", nil).raw
	for _, want := range []string{`response_cache_requests_total{result="hit"} 1`, `response_cache_requests_total{result="stale"} 1`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
}

// TestOverloadIsRefused keeps the only place taken and knocks.
func TestOverloadIsRefused(t *testing.T) {
	t.Parallel()
	running, release := make(chan struct{}), make(chan struct{})
	model := togethertest.New(t, func(r togethertest.Request) togethertest.Answer {
		if strings.Contains(r.Said(), "slowly") {
			close(running)
			<-release
		}
		return sensible(r)
	})
	s := start(t, app.All, withModel(model, databases["sqlite"](t), "MAX_CONCURRENT_TURNS=1", "MAX_WAITING_TURNS=0", "TOGETHER_TIMEOUT=20")...).ready(t)
	var slow sync.WaitGroup
	slow.Go(func() {
		if a := s.chat(t, "", "Tell me hello slowly"); a.status != http.StatusOK {
			t.Errorf("the turn that runs: %d %s", a.status, a.raw)
		}
	})
	<-running
	for _, accept := range []string{"application/json", "text/event-stream"} {
		if a := s.chat(t, "", "hello", "Accept", accept); a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
			t.Errorf("one too many (%s): %d %s", accept, a.status, a.raw)
		}
	}
	close(release)
	slow.Wait()
	if a := s.chat(t, "", "hello"); a.status != http.StatusOK {
		t.Errorf("afterwards: %d %s", a.status, a.raw)
	}
}
