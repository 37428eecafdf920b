package test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/together/togethertest"
)

// withModel are the settings of a concierge that asks a fake model.
func withModel(s *togethertest.Server, settings ...string) []string {
	return append([]string{
		"TOGETHER_BASE_URL=" + s.URL, "TOGETHER_API_KEY=" + togethertest.Key, "TOGETHER_MODEL=big", "TOGETHER_FALLBACK_MODELS=small",
		"TOGETHER_TIMEOUT=10", "TOGETHER_STALL_TIMEOUT=10", "TOGETHER_MAX_RETRIES=1", "CIRCUIT_BREAKER_FAILURE_THRESHOLD=1000",
	}, settings...)
}

var figure = regexp.MustCompile(`-?\$[\d,]+\.\d\d`)

// sensible is a model that does what it should: it calls the tools that a
// message needs and writes what they return.
func sensible(r togethertest.Request) togethertest.Answer {
	said := strings.ToLower(r.Said())
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(said, w) })
	}
	amount := regexp.MustCompile(`\d+(?:\.\d\d)?`).FindString(said)
	switch {
	case has("and my savings"):
		if !slices.ContainsFunc(r.Messages, func(m togethertest.Message) bool { return strings.Contains(m.Content, "checking balance") }) {
			return togethertest.Text("I don't know what you mean.")
		}
		return reads(r, "get_balances", `{"account":"savings"}`)
	case has("balance and"):
		return reads(r, "get_balances", `{"account":"checking"}`, "spending_summary", `{"by":"category","category":"groceries"}`)
	case has("balance"):
		return reads(r, "get_balances", `{"account":"checking"}`)
	case has("transactions"):
		return reads(r, "list_transactions", `{"category":"coffee","limit":3}`)
	case has("make it"):
		return proposes(r, "I've prepared that for you.", "transfer_money", `{"amount":"`+amount+`","to":"savings","from":null,"note":null}`)
	case has("transfer", "move"):
		return proposes(r, "I've prepared that for you.", "transfer_money", `{"amount":`+amount+`,"to":"savings","from":"checking"}`)
	case has("send"):
		return proposes(r, "", "transfer_money", `{"amount":"`+amount+`","to":"`+nameIn(r.Said())+`"}`)
	case has("pay my electricity"):
		return proposes(r, "Please check the summary below.", "pay_bill", `{"bill":"Electricity","amount":null}`)
	case has("freeze my debit card"):
		return proposes(r, "Please confirm below.", "set_card_frozen", `{"card":"debit","frozen":true}`)
	case has("how do i freeze"):
		return togethertest.Text("You freeze it in the app under Cards [1].")
	}
	return togethertest.Text("Hello! How can I help you today?")
}

// reads calls tools, and writes the amounts that they have returned.
func reads(r togethertest.Request, namesAndArguments ...string) togethertest.Answer {
	var found []string
	for i := 0; i < len(namesAndArguments); i += 2 {
		for _, result := range r.ResultsOf(namesAndArguments[i]) {
			amounts := figure.FindAllString(result, -1)
			found = append(found, amounts[:min(3, len(amounts))]...)
		}
	}
	if len(found) == 0 {
		return togethertest.Calls(namesAndArguments...)
	}
	return togethertest.Text("Here is what I found: %s. Let me know if you need more.", strings.Join(found, " and "))
}

// proposes calls a tool once and then says a text.
func proposes(r togethertest.Request, then string, nameAndArguments ...string) togethertest.Answer {
	if len(r.ResultsOf(nameAndArguments[0])) > 0 {
		return togethertest.Text("%s", then)
	}
	return togethertest.Calls(nameAndArguments...)
}

// nameIn is the placeholder or the name behind "to".
func nameIn(said string) string {
	_, name, _ := strings.Cut(said, " to ")
	return strings.TrimSuffix(name, ".")
}

func TestModelAnswers(t *testing.T) {
	t.Parallel()
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			model := togethertest.New(t, sensible)
			s := start(t, app.All, withModel(model, database(t))...).ready(t)
			t.Run("conversation", func(t *testing.T) { modelConversation(t, s, model) })
			t.Run("money", func(t *testing.T) { modelMoney(t, s) })
			t.Run("stream", func(t *testing.T) { modelStream(t, s) })
			bothWays(t, "what waits", func(t *testing.T, stream bool) { modelWaits(t, s, stream) })
			for _, r := range model.Requests() {
				if all, _ := json.Marshal(r); strings.Contains(string(all), "Jordan Lee") || strings.Contains(string(all), "4111") {
					t.Errorf("the model read personal data: %s", all)
				}
			}
		})
	}
}

func modelConversation(t *testing.T, s *system, model *togethertest.Server) {
	balances := call(t, http.MethodGet, s.URL(app.Concierge)+"/api/v1/accounts?user_id=demo-alex", nil)
	shown := regexp.MustCompile(`"display":"([^"]+)"`).FindAllStringSubmatch(balances.raw, -1)
	for _, turn := range []struct{ say, want, tools, source string }{
		{"What is my checking balance?", shown[0][1], "[get_balances]", ""},
		{"and my savings?", "$", "[get_balances]", ""},
		{"My balance and what I spent on groceries?", " and $", "[get_balances spending_summary]", ""},
		{"Show my coffee transactions", "-$", "[list_transactions]", ""},
		{"How do I freeze my card?", "in the app under Cards.", "[]", "freezing-and-unfreezing-your-card"},
		{"My card is 4111 1111 1111 1111, hello", "How can I help", "[]", ""},
	} {
		a := s.chat(t, "talk", turn.say)
		if a.status != http.StatusOK || !strings.Contains(a.message(), turn.want) || a.body["engine"] != "together" || a.body["degraded"] != false ||
			words(a.body["tools_called"]) != turn.tools || !strings.Contains(a.raw, turn.source) {
			t.Errorf("%s\n%d %s", turn.say, a.status, a.raw)
		}
	}
	requests := model.Requests()
	if last := requests[len(requests)-1]; !strings.Contains(last.Said(), "[CARD_1]") || len(last.Messages) < 10 {
		t.Errorf("the model read %q after %d messages", last.Said(), len(last.Messages))
	}
}

func words(list any) string {
	items, _ := list.([]any)
	var w []string
	for _, item := range items {
		s, _ := item.(string)
		w = append(w, s)
	}
	return "[" + strings.Join(w, " ") + "]"
}

func modelMoney(t *testing.T, s *system) {
	for name, tc := range map[string]struct {
		say   []string
		want  []string
		moved int64
	}{
		"transfer": {[]string{"transfer $50 to savings", "yes"}, []string{"Move $50.00 from Everyday Checking", "Moved $50.00"}, 5000},
		"amend":    {[]string{"transfer $50 to savings", "make it 60", "yes"}, []string{"Move $50.00", "Move $60.00", "Moved $60.00"}, 6000},
		"cancel":   {[]string{"transfer $50 to savings", "no", "yes"}, []string{"Move $50.00", "Nothing was done", ""}, 0},
		"payee":    {[]string{"send $12.50 to Jordan Lee", "yes"}, []string{"Send $12.50 from Everyday Checking (ending in 3301) to Jordan Lee", "Sent $12.50"}, 1250},
		"bill":     {[]string{"pay my electricity bill", "yes"}, []string{"Pay $84.12 to City Power & Light", "Paid $84.12"}, 8412},
		"freeze":   {[]string{"freeze my debit card", "yes"}, []string{"Freeze your Debit Card", "Froze your Debit Card"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := teller{s, "model-" + name}
			before := c.balance(t, "demo-alex-checking")
			for i, message := range tc.say {
				a := c.says(t, message, tc.want[i])
				if (a.body["pending_action"] != nil) != strings.Contains(a.message(), "Shall I go ahead?") || a.body["degraded"] != false {
					t.Errorf("%s: %s", message, a.raw)
				}
			}
			if moved := before - c.balance(t, "demo-alex-checking"); moved != tc.moved {
				t.Errorf("%d cents moved, want %d", moved, tc.moved)
			}
		})
	}
}

// modelWaits holds that an order which waits is never forgotten over a model: words
// that nearly agree get its summary again, and another question is answered with a
// word about it.
func modelWaits(t *testing.T, s *system, stream bool) {
	session := fmt.Sprintf("model-waits-%v", stream)
	for _, turn := range []struct {
		say, want string
		pending   bool
	}{
		{"transfer $50 to savings", "Shall I go ahead?", true},
		{"ok thanks", "To be sure: do you mean this?", true},
		{"What is my checking balance?", "still waits, and nothing was done yet", false},
		{"transfer $60 to savings", "Move $60.00", true},
		{"transfer $70 to savings", "takes the place of what I showed you before", true},
		{"hmm, maybe later", "There is no hurry", true},
		{"rather not", "Nothing was done", false},
		{"What is my checking balance?", "Here is what I found", false},
	} {
		got := s.ask(t, stream, session, turn.say)
		if !strings.Contains(got.message, turn.want) || got.pending != turn.pending {
			t.Errorf("%s: %s", turn.say, got.raw)
		}
		if turn.say == "What is my checking balance?" && !strings.Contains(got.message, "Here is what I found") {
			t.Errorf("the question itself: %s", got.raw)
		}
	}
	if got := s.ask(t, stream, session, "What is my checking balance?"); strings.Contains(got.message, "waits") {
		t.Errorf("nothing waits any more: %s", got.raw)
	}
}

// streamed is what a reader of a stream has seen.
type streamed struct {
	types  []string
	pieces []string
	text   string // all pieces
	done   map[string]any
	failed string
}

func readStream(t *testing.T, a answer) streamed {
	t.Helper()
	var s streamed
	lines := bufio.NewScanner(strings.NewReader(a.raw))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok || data == "[DONE]" {
			continue
		}
		var e map[string]any
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			t.Fatal(err)
		}
		kind, _ := e["type"].(string)
		s.types = append(s.types, kind)
		switch kind {
		case "message":
			delta, _ := e["delta"].(string)
			s.pieces = append(s.pieces, delta)
			s.text += delta
			if e["content"] != s.text {
				t.Errorf("content %q after %q", e["content"], s.text)
			}
		case "done":
			s.done = e
		case "error":
			s.failed, _ = e["detail"].(string)
		}
	}
	return s
}

func modelStream(t *testing.T, s *system) {
	got := readStream(t, s.chat(t, "streamed", "What is my checking balance?", "Accept", "text/event-stream"))
	if got.text == "" || got.done["message"] != got.text || got.done["engine"] != "together" || strings.Join(slices.Compact(got.types), " ") != "thinking tool message done" {
		t.Errorf("%+v", got)
	}
	if len(got.pieces) < 2 || !strings.HasSuffix(got.pieces[0], ".") {
		t.Errorf("not sentence by sentence: %q", got.pieces)
	}
	history := call(t, http.MethodGet, s.URL(app.Concierge)+"/api/v1/conversations/streamed?user_id=demo-alex", nil)
	if !strings.Contains(history.raw, got.text) {
		t.Errorf("what was streamed is not in the conversation: %s", history.raw)
	}
	proposal := readStream(t, s.chat(t, "streamed", "transfer $50 to savings", "Accept", "text/event-stream"))
	if !strings.Contains(proposal.text, "Shall I go ahead?") || proposal.done["message"] != proposal.text || proposal.done["pending_action"] == nil {
		t.Errorf("%+v", proposal)
	}
}
