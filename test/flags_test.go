package test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/pgtest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/together/togethertest"
)

// admin calls the operators' API.
func (s *system) admin(t *testing.T, method, path string, body any) answer {
	t.Helper()
	return call(t, method, s.URL(app.Concierge)+"/api/v1/admin/"+path, body, "Authorization", "Bearer "+operatorToken)
}

func (s *system) flag(t *testing.T, name string, on bool) {
	t.Helper()
	if a := s.admin(t, http.MethodPut, "flags/"+name, map[string]any{"on": on, "reason": "a test", "operator": "dana"}); a.status != http.StatusOK || a.body["on"] != on {
		t.Fatalf("%s: %d %s", name, a.status, a.raw)
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, app.All, database(t), "OPERATOR_TOKEN="+operatorToken).ready(t)
			t.Run("operators", func(t *testing.T) { flagOperators(t, s) })
			t.Run("what each does", func(t *testing.T) { eachFlag(t, s) })
			t.Run("lockdown", func(t *testing.T) { lockdown(t, s) })
		})
	}
}

func flagOperators(t *testing.T, s *system) {
	url := s.URL(app.Concierge) + "/api/v1/admin/flags"
	if a := call(t, http.MethodGet, url, nil); a.status != http.StatusUnauthorized {
		t.Errorf("without a token: %d %s", a.status, a.raw)
	}
	if a := call(t, http.MethodPut, url+"/lockdown", map[string]any{"on": true, "reason": "r"}); a.status != http.StatusUnauthorized {
		t.Errorf("set without a token: %d %s", a.status, a.raw)
	}
	if a := s.admin(t, http.MethodGet, "flags", nil); a.status != http.StatusOK || a.body["count"] != 10.0 || !strings.Contains(a.raw, `"name":"lockdown","on":false`) {
		t.Errorf("list: %d %s", a.status, a.raw)
	}
	for _, body := range []any{map[string]any{"on": true}, map[string]any{"reason": "r"}, map[string]any{"on": "yes", "reason": "r"}, map[string]any{"on": true, "reason": " "}, nil} {
		if a := s.admin(t, http.MethodPut, "flags/chat", body); a.status != http.StatusUnprocessableEntity && a.status != http.StatusBadRequest {
			t.Errorf("%v: %d %s", body, a.status, a.raw)
		}
	}
	if a := s.admin(t, http.MethodPut, "flags/nonsense", map[string]any{"on": true, "reason": "r"}); a.status != http.StatusNotFound {
		t.Errorf("no such flag: %d %s", a.status, a.raw)
	}
	s.flag(t, "retrieval", false)
	s.flag(t, "retrieval", true)
	a := s.admin(t, http.MethodGet, "flags/retrieval", nil)
	changes, _ := a.body["changes"].([]any)
	if len(changes) != 2 || !strings.Contains(a.raw, `"operator":"operator:dana"`) || !strings.Contains(a.raw, `"reason":"a test"`) {
		t.Errorf("history: %s", a.raw)
	}
}

func eachFlag(t *testing.T, s *system) {
	for _, tc := range []struct{ flag, say, off string }{
		{"retrieval", "How do I freeze my card?", "can't reach our help articles"},
		{"local_engine", "What is my balance?", "can't answer questions"},
		{"transfers", "transfer $5 to savings", "switched off"},
		{"transfers", "send $5 to Jordan", "switched off"},
		{"bill_payments", "pay my electricity bill", "switched off"},
		{"card_controls", "freeze my debit card", "switched off"},
	} {
		s.flag(t, tc.flag, false)
		if a := s.chat(t, "", tc.say); a.status != http.StatusOK || !strings.Contains(a.message(), tc.off) || a.body["pending_action"] != nil {
			t.Errorf("%s off, %q: %d %s", tc.flag, tc.say, a.status, a.raw)
		}
		s.flag(t, tc.flag, true)
		if a := s.chat(t, "", tc.say); a.status != http.StatusOK || strings.Contains(a.message(), tc.off) {
			t.Errorf("%s on, %q: %d %s", tc.flag, tc.say, a.status, a.raw)
		}
	}
	s.flag(t, "chat", false)
	for _, accept := range []string{"application/json", "text/event-stream"} {
		if a := s.chat(t, "", "hello", "Accept", accept); a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" || a.body["reason"] != "switched_off" {
			t.Errorf("chat off, %s: %d %s", accept, a.status, a.raw)
		}
	}
	if a := call(t, http.MethodGet, s.URL(app.Concierge)+"/api/v1/accounts?user_id=demo-alex", nil); a.status != http.StatusOK {
		t.Errorf("accounts while the chat is off: %d %s", a.status, a.raw)
	}
	s.flag(t, "chat", true)
	s.flag(t, "streaming", false)
	a := s.chat(t, "", "What is my balance?", "Accept", "text/event-stream")
	if strings.Count(a.raw, `"type":"message"`) != 1 || strings.Count(a.raw, `"type":"done"`) != 1 || !strings.HasSuffix(strings.TrimSpace(a.raw), "data: [DONE]") {
		t.Errorf("streaming off: %s", a.raw)
	}
	s.flag(t, "streaming", true)
	if a := s.chat(t, "", "What is my balance?", "Accept", "text/event-stream"); strings.Count(a.raw, `"type":"message"`) < 2 {
		t.Errorf("streaming on: %s", a.raw)
	}
	metrics := call(t, http.MethodGet, s.URL(app.Concierge)+"/metrics", nil)
	if !strings.Contains(metrics.raw, `feature_flag_enabled{flag="streaming"} 1`) || !strings.Contains(metrics.raw, `feature_flag_enabled{flag="lockdown"} 0`) {
		t.Error("flags are missing in the metrics")
	}
}

func lockdown(t *testing.T, s *system) {
	c := teller{s, "locked"}
	id := pendingID(t, c.says(t, "transfer $50 to savings", "$50.00"))
	before := c.balance(t, "demo-alex-checking")
	s.flag(t, "lockdown", true)
	c.says(t, "yes", "For safety, nothing can be moved or changed here at the moment")
	if a := c.press(t, "confirm", id, "demo-alex"); a.status != http.StatusConflict || a.body["reason"] != "lockdown" || a.header.Get("Retry-After") == "" {
		t.Errorf("the button: %d %s", a.status, a.raw)
	}
	for _, say := range []string{"transfer $50 to savings", "pay my electricity bill", "freeze my debit card"} {
		if a := (teller{s, "other"}).says(t, say, "For safety"); a.body["pending_action"] != nil {
			t.Errorf("%q is proposed: %s", say, a.raw)
		}
	}
	c.says(t, "What is my checking balance?", "$") // reading goes on
	c.says(t, "How do I freeze my card?", "Freeze")
	a := call(t, http.MethodGet, s.URL(app.Concierge)+"/api/v1/actions/"+id+"?user_id=demo-alex", nil)
	if a.body["status"] != "pending" || c.balance(t, "demo-alex-checking") != before {
		t.Errorf("after the lockdown began: %s", a.raw)
	}
	s.flag(t, "lockdown", false)
	if a := c.press(t, "confirm", id, "demo-alex"); a.status != http.StatusOK || a.body["status"] != "executed" {
		t.Errorf("after it ended: %d %s", a.status, a.raw)
	}
}

// TestReplicasFollowFlags: money stops at once everywhere, the rest soon.
func TestReplicasFollowFlags(t *testing.T) {
	t.Parallel()
	p := pgtest.NewProxy(t, pgtest.URL(t))
	token := "OPERATOR_TOKEN=" + operatorToken
	one := start(t, app.All, "DATABASE_URL="+p.URL, token).ready(t)
	two := start(t, []app.Name{app.Concierge}, "DATABASE_URL="+p.URL, token).ready(t)
	id := pendingID(t, teller{two, "two"}.says(t, "transfer $50 to savings", "$50.00"))
	one.flag(t, "lockdown", true)
	if a := (teller{two, "two"}).press(t, "confirm", id, "demo-alex"); a.status != http.StatusConflict || a.body["reason"] != "lockdown" {
		t.Errorf("another replica, the moment after: %d %s", a.status, a.raw)
	}
	one.flag(t, "lockdown", false)
	one.flag(t, "chat", false)
	off := func() bool { return two.chat(t, "", "hello").status == http.StatusServiceUnavailable }
	eventually(t, "the other replica's chat to be off", off)
	p.Down()
	a := two.chat(t, "", "hello")
	if a.body["reason"] != "switched_off" {
		t.Errorf("during an outage the last value holds: %d %s", a.status, a.raw)
	}
	p.Up()
	eventually(t, "the flag to be set again", func() bool {
		return one.admin(t, http.MethodPut, "flags/chat", map[string]any{"on": true, "reason": "over"}).status == http.StatusOK
	})
	eventually(t, "the other replica's chat to be on", func() bool { return two.chat(t, "", "hello").status == http.StatusOK })
}

// TestNoModelIsAskedUnderLockdown: neither the one that answers nor any other.
func TestNoModelIsAskedUnderLockdown(t *testing.T) {
	t.Parallel()
	model := togethertest.New(t, sensible)
	s := start(t, app.All, withModel(model, databases["sqlite"](t), "OPERATOR_TOKEN="+operatorToken)...).ready(t)
	if a := s.chat(t, "", "What is my checking balance?"); a.body["engine"] != "together" {
		t.Fatalf("before: %s", a.raw)
	}
	for _, flag := range []struct {
		name string
		stop bool
	}{{"llm", false}, {"lockdown", true}} {
		s.flag(t, flag.name, flag.stop)
		asked := len(model.Requests())
		for _, say := range []string{"What is my checking balance?", "How do I freeze my card?", "transfer $5 to savings", "tell me a story"} {
			if a := s.chat(t, "", say); a.status != http.StatusOK || a.body["engine"] != "local" || a.body["degraded"] != true {
				t.Errorf("%s, %q: %d %s", flag.name, say, a.status, a.raw)
			}
		}
		if n := len(model.Requests()); n != asked {
			t.Errorf("%s: the model was asked %d times", flag.name, n-asked)
		}
		s.flag(t, flag.name, !flag.stop)
	}
	s.chat(t, "", "How do I freeze my card?")
	s.flag(t, "response_cache", false)
	if a := s.chat(t, "", "How do I freeze my card?"); a.body["engine"] != "together" {
		t.Errorf("without a cache: %s", a.raw)
	}
	s.flag(t, "response_cache", true)
	if a := s.chat(t, "", "How do I freeze my card?"); a.body["engine"] != "cache" {
		t.Errorf("with the cache again: %s", a.raw)
	}
}
