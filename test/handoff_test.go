package test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/pgtest"
)

func TestHandoff(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, app.All, database(t), "OPERATOR_TOKEN="+operatorToken).ready(t)
			t.Run("to a person and back", func(t *testing.T) { personAndBack(t, s) })
			t.Run("why", func(t *testing.T) { reasonsForAPerson(t, s) })
			t.Run("the customer's buttons", func(t *testing.T) { handoffButtons(t, s) })
			t.Run("agents in a race", func(t *testing.T) { agentsRace(t, s) })
			t.Run("strangers", func(t *testing.T) { handoffStrangers(t, s) })
			t.Run("streams and retries", func(t *testing.T) { handoffStreams(t, s) })
		})
	}
}

// handoffOf is the hand-off in an answer.
func handoffOf(a answer) (id, reason, state string) {
	h, _ := a.body["handoff"].(map[string]any)
	id, _ = h["id"].(string)
	reason, _ = h["reason"].(string)
	state, _ = h["state"].(string)
	return id, reason, state
}

func (s *system) agent(t *testing.T, id, deed, name string, more ...string) answer {
	t.Helper()
	body := map[string]any{"agent": name}
	if len(more) > 0 {
		body["text"] = more[0]
	}
	header := []string{"Authorization", "Bearer " + operatorToken}
	if len(more) > 1 {
		header = append(header, "Idempotency-Key", more[1])
	}
	return call(t, http.MethodPost, s.URL(app.Concierge)+"/api/v1/admin/handoffs/"+id+"/"+deed, body, header...)
}

// news asks for what is new in a session of demo-alex.
func (s *system) news(t *testing.T, session string, after, wait int) answer {
	t.Helper()
	return call(t, http.MethodGet, fmt.Sprintf("%s/api/v1/conversations/%s/messages?user_id=demo-alex&after=%d&wait=%d", s.URL(app.Concierge), session, after, wait), nil)
}

func personAndBack(t *testing.T, s *system) {
	const session, card = "person", "4111 1111 1111 1111"
	s.chat(t, session, "transfer $50 to savings")
	a := s.chat(t, session, "I want to talk to a human about my card "+card)
	id, reason, state := handoffOf(a)
	if !strings.Contains(a.message(), "a person from our team") || reason != "human_request" || state != "waiting" {
		t.Fatalf("asked: %d %s", a.status, a.raw)
	}
	// Nobody answers while they wait, whatever they say: not even to a yes.
	for _, say := range []string{"are you there?", "What is my balance?", "yes", "asdf"} {
		if a := s.chat(t, session, say); a.status != http.StatusOK || a.message() != "" || len(a.body["tools_called"].([]any)) > 0 {
			t.Errorf("%q while waiting: %d %s", say, a.status, a.raw)
		}
	}
	inbox := s.admin(t, http.MethodGet, "handoffs?state=waiting", nil)
	if !strings.Contains(inbox.raw, id) || strings.Contains(inbox.raw, card) || !strings.Contains(inbox.raw, "[CARD_1]") {
		t.Errorf("inbox: %s", inbox.raw)
	}
	if a := s.agent(t, id, "reply", "Dana", "too early"); a.status != http.StatusConflict || a.body["reason"] != "not_claimed" {
		t.Errorf("reply before the claim: %d %s", a.status, a.raw)
	}
	if a := s.agent(t, id, "claim", "Dana"); a.status != http.StatusOK || a.body["state"] != "human" || a.body["agent"] != "Dana" {
		t.Errorf("claim: %d %s", a.status, a.raw)
	}
	seen := s.admin(t, http.MethodGet, "handoffs/"+id, nil)
	if strings.Contains(seen.raw, card) || !strings.Contains(seen.raw, "transfer $50 to savings") || !strings.Contains(seen.raw, "are you there?") {
		t.Errorf("transcript: %s", seen.raw)
	}
	before := int(seen.body["message_count"].(float64))
	waited, desk := make(chan answer), make(chan answer)
	go func() {
		desk <- s.admin(t, http.MethodGet, fmt.Sprintf("handoffs/%s/messages?after=%d&wait=20", id, before), nil)
	}()
	go func() { waited <- s.news(t, session, before, 20) }()
	if a := s.agent(t, id, "reply", "Dana", "Hello, Dana here. How can I help?", "k1"); a.status != http.StatusOK {
		t.Errorf("reply: %d %s", a.status, a.raw)
	}
	s.agent(t, id, "reply", "Dana", "Hello, Dana here. How can I help?", "k1") // a retry
	if a := <-waited; strings.Count(a.raw, "Dana here") != 1 || !strings.Contains(a.raw, `"author":"Dana"`) || a.body["next"] != float64(before+1) {
		t.Errorf("the customer's page: %d %s", a.status, a.raw)
	}
	if a := <-desk; strings.Count(a.raw, "Dana here") != 1 || a.body["next"] != float64(before+1) || a.body["state"] != "human" {
		t.Errorf("the agent's page: %d %s", a.status, a.raw)
	}
	if a := s.chat(t, session, "my card is lost"); a.message() != "" || !strings.Contains(a.raw, `"state":"human"`) {
		t.Errorf("while a person has it: %s", a.raw)
	}
	if a := s.agent(t, id, "close", "Dana"); a.status != http.StatusOK || a.body["state"] != "closed" {
		t.Errorf("close: %d %s", a.status, a.raw)
	}
	if a := s.agent(t, id, "reply", "Dana", "one more thing"); a.status != http.StatusConflict || a.body["reason"] != "closed" {
		t.Errorf("reply after the end: %d %s", a.status, a.raw)
	}
	if a := s.chat(t, session, "What is my checking balance?"); !strings.Contains(a.message(), "$") || a.body["handoff"] != nil {
		t.Errorf("the assistant afterwards: %s", a.raw)
	}
	if a := s.chat(t, session, "yes"); strings.Contains(a.message(), "Moved") {
		t.Errorf("a yes from before the person: %s", a.raw)
	}
	history := call(t, http.MethodGet, s.URL(app.Concierge)+"/api/v1/conversations/"+session+"?user_id=demo-alex", nil)
	for _, want := range []string{"are you there?", "Dana from our team has joined", "Hello, Dana here", "my card is lost", "has closed this conversation"} {
		if strings.Count(history.raw, want) != 1 {
			t.Errorf("history has %q %d times", want, strings.Count(history.raw, want))
		}
	}
	metrics := call(t, http.MethodGet, s.URL(app.Concierge)+"/metrics", nil)
	if !strings.Contains(metrics.raw, `handoffs_total{reason="human_request"}`) || !strings.Contains(metrics.raw, `outcome="passed_on"`) {
		t.Error("metrics are missing")
	}
}

func reasonsForAPerson(t *testing.T, s *system) {
	for reason, says := range map[string][]string{
		"human_request":    {"can I talk to someone?"},
		"frustration":      {"you are useless"},
		"legal":            {"you will hear from my lawyer"},
		"self_harm":        {"I want to kill myself"},
		"repeated_failure": {"asdf qwer", "blurg flonk", "zxcv"},
		"high_value":       {"send $2500 to Jordan"},
		"":                 {"What is my balance?", "asdf qwer", "thanks", "blurg flonk", "What is my balance?", "zxcv"},
	} {
		session := "why-" + reason
		for i, say := range says {
			a := s.chat(t, session, say)
			id, got, state := handoffOf(a)
			want := reason
			if i < len(says)-1 {
				want = ""
			}
			if got != want || (id != "") != (want != "") || want != "" && (state != "waiting" || !strings.Contains(a.message(), "a person from our team")) {
				t.Errorf("%s: %q: %d %s", reason, say, a.status, a.raw)
			}
			if reason == "self_harm" && (!strings.Contains(a.message(), "988") || a.body["guardrails_passed"] != false) {
				t.Errorf("%q: %s", say, a.raw)
			}
		}
	}
	if a := s.chat(t, "why-self_harm", "I will end my life"); !strings.Contains(a.message(), "988") {
		t.Errorf("in danger and waiting: %s", a.raw)
	}
}

func handoffButtons(t *testing.T, s *system) {
	url := s.URL(app.Concierge) + "/api/v1/conversations/buttons/handoff?user_id=demo-alex"
	a := call(t, http.MethodPost, url, nil)
	id, reason, state := handoffOf(a)
	if a.status != http.StatusOK || reason != "human_request" || state != "waiting" {
		t.Fatalf("asked by button, in no conversation yet: %d %s", a.status, a.raw)
	}
	if again, _, _ := handoffOf(call(t, http.MethodPost, url, nil)); again != id {
		t.Errorf("pressed twice: %s and %s", id, again)
	}
	for range 2 {
		if a := call(t, http.MethodDelete, url, nil); a.status != http.StatusNoContent {
			t.Errorf("left: %d %s", a.status, a.raw)
		}
	}
	if a := s.chat(t, "buttons", "What is my balance?"); !strings.Contains(a.message(), "$") {
		t.Errorf("back: %s", a.raw)
	}
	if _, reason, _ := handoffOf(s.chat(t, "buttons", "I'd like to talk to a person")); reason != "human_request" {
		t.Errorf("asked in the page's words: %q", reason)
	}
	if a := s.chat(t, "buttons", "Back to the assistant, please!"); !strings.Contains(a.message(), "I'm back") || a.body["handoff"] != nil {
		t.Errorf("back by words: %s", a.raw)
	}
	if a := s.agent(t, id, "claim", "Dana"); a.status != http.StatusConflict || a.body["reason"] != "closed" {
		t.Errorf("claimed after the customer left: %d %s", a.status, a.raw)
	}
}

func agentsRace(t *testing.T, s *system) {
	id, _, _ := handoffOf(s.chat(t, "race", "I want a human"))
	var won atomic.Int64
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			switch a := s.agent(t, id, "claim", fmt.Sprint("agent ", i)); {
			case a.status == http.StatusOK:
				won.Add(1)
			case a.status != http.StatusConflict:
				t.Errorf("%d %s", a.status, a.raw)
			}
		})
		wg.Go(func() { // the customer talks on meanwhile
			if a := s.chat(t, "race", fmt.Sprint("hello ", i)); a.status != http.StatusOK && a.status != http.StatusConflict || a.message() != "" {
				t.Errorf("%d %s", a.status, a.raw)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d agents have it", won.Load())
	}
	a := call(t, http.MethodPost, s.URL(app.Concierge)+"/api/v1/admin/handoffs/"+id+"/claim", map[string]any{"agent": "supervisor", "take_over": true},
		"Authorization", "Bearer "+operatorToken)
	if a.status != http.StatusOK || a.body["agent"] != "supervisor" {
		t.Errorf("taken over: %d %s", a.status, a.raw)
	}
}

func handoffStrangers(t *testing.T, s *system) {
	id, _, _ := handoffOf(s.chat(t, "strange", "I want a human"))
	base := s.URL(app.Concierge) + "/api/v1/"
	for name, a := range map[string]answer{
		"inbox":      call(t, http.MethodGet, base+"admin/handoffs", nil),
		"transcript": call(t, http.MethodGet, base+"admin/handoffs/"+id, nil),
		"news":       call(t, http.MethodGet, base+"admin/handoffs/"+id+"/messages", nil),
		"claim":      call(t, http.MethodPost, base+"admin/handoffs/"+id+"/claim", map[string]any{"agent": "x"}),
	} {
		if a.status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	for name, a := range map[string]answer{
		"news":  call(t, http.MethodGet, base+"conversations/strange/messages?user_id=demo-sam", nil),
		"ask":   call(t, http.MethodPost, base+"conversations/strange/handoff?user_id=demo-sam", nil),
		"leave": call(t, http.MethodDelete, base+"conversations/strange/handoff?user_id=demo-sam", nil),
		"none":  s.admin(t, http.MethodGet, "handoffs/nonsense", nil),
		"desk":  s.admin(t, http.MethodGet, "handoffs/nonsense/messages", nil),
	} {
		if a.status != http.StatusNotFound {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	for _, path := range []string{"handoffs?state=nonsense", "handoffs?before=x", "handoffs?before=1_", "handoffs?limit=0"} {
		if a := s.admin(t, http.MethodGet, path, nil); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", path, a.status, a.raw)
		}
	}
	s.agent(t, id, "claim", "Dana")
	for _, text := range []string{"", " \u200b", "bell \a", strings.Repeat("x", 8001)} {
		if a := s.agent(t, id, "reply", "Dana", text); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%.10q: %d %s", text, a.status, a.raw)
		}
	}
	if a := s.agent(t, id, "claim", "a\nb"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a name of two lines: %d %s", a.status, a.raw)
	}
}

func handoffStreams(t *testing.T, s *system) {
	first := s.chat(t, "streams", "I want a human", "Idempotency-Key", "h1")
	if again := s.chat(t, "streams", "I want a human", "Idempotency-Key", "h1"); again.raw != first.raw {
		t.Errorf("a retry: %s\n%s", first.raw, again.raw)
	}
	a := s.chat(t, "streams", "hello?", "Accept", "text/event-stream")
	if strings.Contains(a.raw, `"type":"message"`) || strings.Count(a.raw, `"type":"done"`) != 1 || !strings.Contains(a.raw, `"state":"waiting"`) {
		t.Errorf("a stream while waiting: %s", a.raw)
	}
}

// TestHandoffInOutages: articles are away, guardrails are away, the retrieval and
// all engines are off; a person can be had.
func TestHandoffInOutages(t *testing.T) {
	t.Parallel()
	s := start(t, []app.Name{app.Concierge}, "DATABASE_URL="+pgtest.URL(t), "OPERATOR_TOKEN="+operatorToken,
		"RAG_SERVICE_URL=http://127.0.0.1:1", "GUARDRAILS_SERVICE_URL=http://127.0.0.1:1").ready(t)
	for _, flag := range []string{"local_engine", "llm", "retrieval"} {
		s.flag(t, flag, false)
	}
	s.flag(t, "lockdown", true)
	id, _, state := handoffOf(s.chat(t, "outage", "I want to talk to a human"))
	if state != "waiting" {
		t.Fatal("nobody can be had")
	}
	if a := s.agent(t, id, "claim", "Dana"); a.status != http.StatusOK {
		t.Errorf("claim: %d %s", a.status, a.raw)
	}
	if a := s.agent(t, id, "reply", "Dana", "Here I am"); a.status != http.StatusOK {
		t.Errorf("reply: %d %s", a.status, a.raw)
	}
	if a := s.news(t, "outage", 0, 0); !strings.Contains(a.raw, "Here I am") {
		t.Errorf("news: %d %s", a.status, a.raw)
	}
}
