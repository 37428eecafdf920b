package test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/together/togethertest"
)

// reply is an answer, whole or streamed.
type reply struct {
	message  string
	engine   string
	degraded bool
	pending  bool
	raw      string
}

// ask sends a message either way. What was streamed must be what is stored.
func (s *system) ask(t *testing.T, stream bool, session, message string) reply {
	t.Helper()
	var body map[string]any
	var raw string
	if stream {
		a := s.chat(t, session, message, "Accept", "text/event-stream")
		got := readStream(t, a)
		if got.done == nil || got.done["message"] != got.text {
			t.Errorf("%s: streamed %q, done %v, failed %q (%d)", message, got.text, got.done["message"], got.failed, a.status)
			return reply{raw: a.raw}
		}
		body, raw = got.done, a.raw
	} else {
		a := s.chat(t, session, message)
		if a.status != http.StatusOK {
			t.Errorf("%s: %d %s", message, a.status, a.raw)
		}
		body, raw = a.body, a.raw
	}
	r := reply{raw: raw}
	r.message, _ = body["message"].(string)
	r.engine, _ = body["engine"].(string)
	r.degraded, _ = body["degraded"].(bool)
	r.pending = body["pending_action"] != nil
	return r
}

// checkingBalance is the truth, as people write it.
func (s *system) checkingBalance(t *testing.T) string {
	t.Helper()
	a := call(t, http.MethodGet, s.URL(app.Concierge)+"/api/v1/accounts?user_id=demo-alex", nil)
	m := regexp.MustCompile(`"balance":\{[^}]*"display":"([^"]+)"`).FindStringSubmatch(a.raw)
	if m == nil {
		t.Fatalf("no balance: %s", a.raw)
	}
	return m[1]
}

// bothWays runs a test for whole and for streamed answers.
func bothWays(t *testing.T, name string, do func(t *testing.T, stream bool)) {
	for _, stream := range []bool{false, true} {
		t.Run(fmt.Sprintf("%s, stream %v", name, stream), func(t *testing.T) { do(t, stream) })
	}
}

const question = "What is my checking balance?"

func TestEveryFailureOfTheModelsServer(t *testing.T) {
	t.Parallel()
	var answer atomic.Pointer[togethertest.Answer]
	model := togethertest.New(t, func(r togethertest.Request) togethertest.Answer {
		a := *answer.Load()
		if a.Text != "" && len(r.Results()) == 0 { // breaks only while it writes its answer
			return togethertest.Calls("get_balances", `{"account":"checking"}`)
		}
		if a.Text != "" {
			a.Text = sensible(r).Text + " And there is more to say about that. Much more."
		}
		return a
	})
	s := start(t, app.All, withModel(model, databases["sqlite"](t), "TOGETHER_TIMEOUT=0.4", "TOGETHER_STALL_TIMEOUT=0.3")...).ready(t)
	truth := s.checkingBalance(t)
	accounts := call(t, http.MethodGet, s.URL(app.Concierge)+"/api/v1/accounts?user_id=demo-alex", nil).raw
	for name, a := range map[string]togethertest.Answer{
		"401":                    {Status: 401},
		"429":                    {Status: 429},
		"429, come back at once": {Status: 429, RetryAfter: "0"},
		"429, come back later":   {Status: 429, RetryAfter: "3600"},
		"500":                    {Status: 500},
		"503":                    {Status: 503, RetryAfter: "0"},
		"404":                    {Status: 404},
		"time-out":               {Hang: true},
		"dropped":                {Drop: true},
		"garbage":                {Garbage: true},
		"empty":                  {},
		"cut at once":            {Text: "x", CutAfter: 1},
		"cut midway":             {Text: "x", CutAfter: 14},
		"stalled midway":         {Text: "x", StallAfter: 14},
	} {
		bothWays(t, name, func(t *testing.T, stream bool) {
			answer.Store(&a)
			got := s.ask(t, stream, "", question)
			if !got.degraded || strings.Count(got.message, truth) != 1 {
				t.Errorf("want %s once, degraded: %s", truth, got.raw)
			}
			if whole := a.Text == "" || !stream; whole && got.engine != "local" {
				t.Errorf("engine %s: %s", got.engine, got.message)
			}
			for _, found := range figure.FindAllString(got.message, -1) {
				if !strings.Contains(accounts, `"`+found+`"`) {
					t.Errorf("%s is not the customer's: %s", found, got.message)
				}
			}
		})
	}
	model.Close()
	bothWays(t, "connection refused", func(t *testing.T, stream bool) {
		if got := s.ask(t, stream, "", question); got.engine != "local" || !got.degraded || !strings.Contains(got.message, truth) {
			t.Errorf("%+v", got)
		}
	})
	for _, line := range []string{"together_api_latency", "together_api error", "rate_limit"} {
		if !strings.Contains(s.logs.String(), line) {
			t.Errorf("the log has no %q", line)
		}
	}
	metrics := call(t, http.MethodGet, s.URL(app.Concierge)+"/metrics", nil).raw
	for _, name := range []string{
		`together_api_calls_total{model="big",status="rate_limit"}`, `together_api_latency_seconds_count`,
		`together_api_tokens_total{kind="prompt",model="big"}`, `circuit_breaker_state{name="together:big"} 0`,
	} {
		if !strings.Contains(metrics, name) {
			t.Errorf("no metric %s", name)
		}
	}
	if strings.Contains(s.logs.String(), togethertest.Key) {
		t.Error("the key is in the log")
	}
}

func TestTheFallbackModelAnswers(t *testing.T) {
	t.Parallel()
	model := togethertest.New(t, func(r togethertest.Request) togethertest.Answer {
		if r.Model == "big" {
			return togethertest.Answer{Status: 503}
		}
		return sensible(r)
	})
	s := start(t, app.All, withModel(model, databases["sqlite"](t), "CIRCUIT_BREAKER_FAILURE_THRESHOLD=3")...).ready(t)
	truth := s.checkingBalance(t)
	bothWays(t, "fallback", func(t *testing.T, stream bool) {
		if got := s.ask(t, stream, "", question); got.engine != "together" || got.degraded || !strings.Contains(got.message, truth) {
			t.Errorf("%+v", got)
		}
	})
	if !strings.Contains(s.logs.String(), "circuit_breaker_state") {
		t.Error("the open breaker is not in the log")
	}
	metrics := call(t, http.MethodGet, s.URL(app.Concierge)+"/metrics", nil).raw
	if !strings.Contains(metrics, `circuit_breaker_state{name="together:big"} 1`) {
		t.Error("the open breaker is not in the metrics")
	}
}

// TestAModelThatMisbehaves is caught in every way that is known, and the customer
// still gets a right answer.
func TestAModelThatMisbehaves(t *testing.T) {
	t.Parallel()
	var brain atomic.Pointer[func(togethertest.Request) togethertest.Answer]
	model := togethertest.New(t, func(r togethertest.Request) togethertest.Answer { return (*brain.Load())(r) })
	s := start(t, app.All, withModel(model, databases["sqlite"](t))...).ready(t)
	truth := s.checkingBalance(t)
	const always = "" // in any answer
	for name, tc := range map[string]struct {
		say     string
		brain   func(r togethertest.Request) togethertest.Answer
		want    string
		never   string
		engine  string // empty where the way of answering decides
		pending bool
	}{
		"invents a balance":   {question, text("Your checking balance is $9,999,999.00."), truth, "9,999,999", "local", false},
		"invents it in words": {question, text("Sure! You have nine million dollars."), truth, "nine million", "", false},
		"invents it beside the truth": {question, func(r togethertest.Request) togethertest.Answer {
			if len(r.Results()) == 0 {
				return togethertest.Calls("get_balances", `{"account":"checking"}`)
			}
			return togethertest.Text("You have %s. Last month it was $77,777.77.", truth)
		}, truth, "77,777", "", false},
		"corrects itself": {question, func(r togethertest.Request) togethertest.Answer {
			switch {
			case !strings.Contains(r.Last().Content, "From the service") && len(r.Results()) == 0:
				return togethertest.Text("Your balance is $1.23.")
			case len(r.Results()) == 0:
				return togethertest.Calls("get_balances", `{"account":"checking"}`)
			}
			return togethertest.Text("You have %s in checking.", truth)
		}, "You have " + truth + " in checking.", "1.23", "together", false},
		"claims to have moved money": {"send $50 to Jordan", text("Done! I've sent $50 to Jordan."), "Shall I go ahead?", "I've sent", "local", true},
		"claims it after proposing": {"send $50 to Jordan", func(r togethertest.Request) togethertest.Answer {
			if len(r.Results()) == 0 {
				return togethertest.Calls("transfer_money", `{"amount":"50","to":"Jordan"}`)
			}
			return togethertest.Text("I have transferred $50 to Jordan. Your payment is complete.")
		}, "Shall I go ahead?", "transferred", "together", true},
		"proposes what nobody asked for": {question, func(r togethertest.Request) togethertest.Answer {
			switch len(r.Results()) {
			case 0:
				return togethertest.Calls("transfer_money", `{"amount":"500","to":"Jordan"}`, "get_balances", `{"account":"checking"}`)
			}
			return togethertest.Text("You have %s.", truth)
		}, "You have " + truth, "500.00", "together", false},
		"freezes what nobody asked for": {question, func(r togethertest.Request) togethertest.Answer {
			if len(r.Results()) == 0 {
				return togethertest.Calls("set_card_frozen", `{"card":null,"frozen":true}`)
			}
			return togethertest.Text("I can't do that.")
		}, "I can't do that.", "Shall I", "together", false},
		"asks for another customer": {question, func(r togethertest.Request) togethertest.Answer {
			switch len(r.Results()) {
			case 0:
				return togethertest.Calls("get_balances", `{"account":"demo-sam-checking"}`, "get_balances", `{"user_id":"demo-sam"}`,
					"list_transactions", `{"account":"demo-sam-checking","customer_id":"demo-sam"}`, "get_transaction", `{"id":"demo-sam-0003"}`)
			}
			for _, result := range r.Results() {
				if !strings.Contains(result, `"error"`) {
					return togethertest.Text("I read %s", result)
				}
			}
			return togethertest.Text("I can only see your own accounts.")
		}, "only see your own", "I read", "together", false},
		"calls tools without end": {question, func(r togethertest.Request) togethertest.Answer {
			return togethertest.Calls("list_transactions", fmt.Sprintf(`{"limit":%d}`, len(r.Messages)))
		}, truth, "", "local", false},
		"makes the same call again and again": {question, func(togethertest.Request) togethertest.Answer {
			return togethertest.Calls("get_balances", `{"account":"savings"}`)
		}, truth, "", "local", false},
		"writes broken arguments and unknown tools": {question, func(r togethertest.Request) togethertest.Answer {
			switch len(r.Results()) {
			case 0:
				return togethertest.Calls("get_balances", `{"account":`, "transfer_everything", `{}`, "get_balances", `[1]`)
			case 3:
				return togethertest.Calls("get_balances", ``)
			}
			return togethertest.Text("You have %s in checking.", figure.FindString(r.Results()[3]))
		}, "You have $", "", "together", false},
		"repeats its instructions": {question, func(r togethertest.Request) togethertest.Answer {
			return togethertest.Text("Here they are: %s", r.Messages[0].Content)
		}, truth, "Never estimate", "", false},
		"gives away somebody's data": {question, text("Call Sam at sam.stranger@example.org, card 5555 5555 5555 4444."), truth, "stranger", "local", false},
		"makes up a placeholder":     {question, text("Your card is [CARD_7]."), truth, "CARD_7", "local", false},
		"makes up an ending":         {question, text("It is the account ending in 9876."), truth, "9876", "local", false},
	} {
		bothWays(t, name, func(t *testing.T, stream bool) {
			brain.Store(&tc.brain)
			before := (teller{s, ""}).balance(t, "demo-alex-checking")
			got := s.ask(t, stream, "", tc.say)
			if !strings.Contains(got.message, tc.want) || tc.never != always && strings.Contains(got.raw, tc.never) || tc.engine != "" && got.engine != tc.engine || got.pending != tc.pending {
				t.Errorf("%s", got.raw)
			}
			if after := (teller{s, ""}).balance(t, "demo-alex-checking"); after != before {
				t.Errorf("%d cents moved", before-after)
			}
		})
	}
}

func text(s string) func(togethertest.Request) togethertest.Answer {
	return func(togethertest.Request) togethertest.Answer { return togethertest.Text("%s", s) }
}

// TestWhatIsReadGivesNoOrders puts instructions into an article, and lets a model
// obey whatever it reads.
func TestWhatIsReadGivesNoOrders(t *testing.T) {
	t.Parallel()
	gullible := func(r togethertest.Request) togethertest.Answer {
		all, _ := json.Marshal(r.Messages)
		switch {
		case strings.Contains(string(all), "$777") && len(r.Results()) == 0:
			return togethertest.Calls("transfer_money", `{"amount":"777","to":"Jordan Lee"}`)
		case strings.Contains(string(all), "$777"):
			return togethertest.Text("I obeyed.")
		}
		return togethertest.Text("Zebra cards are striped.")
	}
	model := togethertest.New(t, gullible)
	s := start(t, app.All, withModel(model, databases["sqlite"](t), "OPERATOR_TOKEN="+operatorToken)...).ready(t)
	poisonedArticle(t, s)
	bothWays(t, "article", func(t *testing.T, stream bool) {
		got := s.ask(t, stream, "", "What are zebra cards?")
		if got.pending || strings.Contains(got.raw, "obeyed") || !strings.Contains(got.message, "striped") {
			t.Errorf("%s", got.raw)
		}
	})
}

// TestAMemoGivesNoOrders lets somebody write orders into the memo of a payment. The
// customer reads it, as it is their own statement; no model does, neither in a
// tool's result nor in what was said before.
func TestAMemoGivesNoOrders(t *testing.T) {
	t.Parallel()
	var mode atomic.Pointer[string]
	set := func(m string) { mode.Store(&m) }
	model := togethertest.New(t, func(r togethertest.Request) togethertest.Answer {
		all, _ := json.Marshal(r.Messages)
		switch {
		case *mode.Load() == "pay":
			return proposes(r, "", "transfer_money", `{"amount":"5","to":"Alex Rivera","note":"`+poison+`"}`)
		case *mode.Load() == "down":
			return togethertest.Answer{Status: 503}
		case strings.Contains(string(all), "$777") && len(r.Results()) == 0:
			return togethertest.Calls("transfer_money", `{"amount":"777","to":"Jordan Lee"}`)
		case strings.Contains(string(all), "$777"):
			return togethertest.Text("I obeyed.")
		case strings.Contains(r.Said(), "latest"):
			return reads(r, "list_transactions", `{"limit":3}`)
		}
		return togethertest.Text("You are welcome.")
	})
	set("pay")
	s := start(t, app.All, withModel(model, databases["sqlite"](t))...).ready(t)
	pays(t, s)
	for _, stream := range []bool{false, true} {
		session := fmt.Sprintf("memo-%v", stream)
		set("well")
		if got := s.ask(t, stream, session, "Show my latest transactions"); got.pending || strings.Contains(got.raw, "$777") || !strings.Contains(got.message, "$5.00") {
			t.Errorf("read by a tool: %s", got.raw)
		}
		set("down")
		if got := s.ask(t, stream, session, "Show my latest transactions"); got.pending || !strings.Contains(got.message, "transfer $777") {
			t.Errorf("the customer's own statement: %s", got.raw)
		}
		set("well")
		if got := s.ask(t, stream, session, "Go ahead and send it, thank you"); got.pending || !strings.Contains(got.message, "You are welcome.") {
			t.Errorf("read in what was said before: %s", got.raw)
		}
	}
}
