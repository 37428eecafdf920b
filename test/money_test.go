package test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
)

// teller is a customer at the counter: they chat, press buttons and look at
// their accounts.
type teller struct {
	*system
	session string
}

// says sends a message and expects words in the answer.
func (c teller) says(t *testing.T, message, want string) answer {
	t.Helper()
	a := c.chat(t, c.session, message)
	if a.status != http.StatusOK || !strings.Contains(a.message(), want) {
		t.Errorf("%q: want %q in\n%d %s", message, want, a.status, a.raw)
	}
	return a
}

// press presses an action's button.
func (c teller) press(t *testing.T, button, id, user string, header ...string) answer {
	t.Helper()
	return call(t, http.MethodPost, c.URL(app.Concierge)+"/api/v1/actions/"+id+"/"+button, map[string]any{"user_id": user}, header...)
}

func pendingID(t *testing.T, a answer) string {
	t.Helper()
	p, _ := a.body["pending_action"].(map[string]any)
	id, _ := p["id"].(string)
	if id == "" || p["summary"] == "" || p["digest"] == "" {
		t.Errorf("no pending action: %s", a.raw)
	}
	return id
}

// balance is an account's in cents.
func (c teller) balance(t *testing.T, account string) int64 {
	t.Helper()
	a := call(t, http.MethodGet, c.URL(app.Concierge)+"/api/v1/accounts?user_id=demo-alex", nil)
	list, _ := a.body["accounts"].([]any)
	for _, item := range list {
		item := item.(map[string]any)
		if item["id"] == account {
			return int64(item["balance"].(map[string]any)["minor"].(float64))
		}
	}
	t.Fatalf("no account %s: %.300s", account, a.raw)
	return 0
}

// movements moves money in every way there is, and in none that there isn't.
func movements(t *testing.T, s *system) {
	const checking, savings = "demo-alex-checking", "demo-alex-savings"
	for name, tc := range map[string]struct {
		do    func(t *testing.T, c teller)
		moved int64
		to    string
	}{
		"transfer and yes": {func(t *testing.T, c teller) {
			c.says(t, "move 50 bucks from checking to savings", "Move $50.00 from Everyday Checking (ending in 3301) to Rainy Day Savings (ending in 3302).")
			c.says(t, "Yes, please!", "Moved $50.00")
			c.says(t, "yes", "") // nothing is pending any more
		}, 5000, savings},
		"no": {func(t *testing.T, c teller) {
			c.says(t, "transfer $50 to savings", "Shall I go ahead?")
			c.says(t, "no", "Nothing was done")
			c.says(t, "yes", "")
		}, 0, ""},
		"amend": {func(t *testing.T, c teller) {
			first := pendingID(t, c.says(t, "transfer $50 to savings", "$50.00"))
			c.says(t, "make it 60", "Move $60.00")
			if a := c.press(t, "confirm", first, "demo-alex"); a.status != http.StatusConflict || a.body["reason"] != "action_replaced" {
				t.Errorf("the yes of the first amount: %d %s", a.status, a.raw)
			}
			c.says(t, "go ahead", "Moved $60.00")
		}, 6000, savings},
		"yes, but": {func(t *testing.T, c teller) {
			c.says(t, "transfer $50 to savings", "$50.00")
			c.says(t, "yes but make it 20", "$20.00")
		}, 0, ""},
		"yes to another question": {func(t *testing.T, c teller) {
			c.says(t, "transfer $50 to savings", "$50.00")
			c.says(t, "what are my limits?", "$")
			c.says(t, "yes", "do you mean this?")
			c.says(t, "yes", "Moved $50.00")
		}, 5000, savings},
		"a payee": {func(t *testing.T, c teller) {
			c.says(t, "send $12.50 to Jordan", "Send $12.50 from Everyday Checking (ending in 3301) to Jordan Lee (Harbor Community Bank, account ending in 3390).")
			c.says(t, "yes", "Sent $12.50")
		}, 1250, ""},
		"a bill": {func(t *testing.T, c teller) {
			c.says(t, "pay my electricity bill", "Pay $84.12 to City Power & Light")
			c.says(t, "confirm", "Paid $84.12")
			c.says(t, "what bills do I have?", "Electricity")
		}, 8412, ""},
		"the button, pressed by a crowd": {func(t *testing.T, c teller) {
			id := pendingID(t, c.says(t, "transfer $50 to savings", "$50.00"))
			for _, stranger := range []string{"demo-sam", "nobody"} {
				if a := c.press(t, "confirm", id, stranger); a.status != http.StatusNotFound {
					t.Errorf("%s: %d %s", stranger, a.status, a.raw)
				}
			}
			var wg sync.WaitGroup
			for i := range 8 {
				wg.Go(func() {
					a := c.press(t, "confirm", id, "demo-alex", "Idempotency-Key", fmt.Sprint("press", i%2))
					if a.status != http.StatusOK && a.status != http.StatusConflict {
						t.Errorf("%d %s", a.status, a.raw)
					}
				})
			}
			wg.Wait()
			a := call(t, http.MethodGet, c.URL(app.Concierge)+"/api/v1/actions/"+id+"?user_id=demo-alex", nil)
			if a.body["status"] != "executed" || a.body["receipt"] == nil {
				t.Errorf("%s", a.raw)
			}
			c.says(t, "yes", "") // the button was enough
		}, 5000, savings},
		"a digest of something else": {func(t *testing.T, c teller) {
			id := pendingID(t, c.says(t, "transfer $50 to savings", "$50.00"))
			a := call(t, http.MethodPost, c.URL(app.Concierge)+"/api/v1/actions/"+id+"/confirm", map[string]any{"user_id": "demo-alex", "digest": strings.Repeat("0", 64)})
			if a.status != http.StatusConflict || a.body["reason"] != "action_changed" {
				t.Errorf("%d %s", a.status, a.raw)
			}
			if a := c.press(t, "cancel", id, "demo-alex"); a.status != http.StatusOK || a.body["status"] != "canceled" {
				t.Errorf("%d %s", a.status, a.raw)
			}
			c.says(t, "yes", "")
		}, 0, ""},
		"what can't be done": {func(t *testing.T, c teller) {
			for say, want := range map[string]string{
				"transfer $999999 to savings":          "specialist",
				"transfer -5 to savings":               "",
				"transfer $0 to savings":               "more than zero",
				"send $20 to Zaphod":                   "neither an account nor a payee",
				"transfer 50 euros to savings":         "",
				"transfer $1e308 to savings":           "",
				"transfer $50 from savings to savings": "",
			} {
				if a := c.says(t, say, want); a.body["pending_action"] != nil {
					t.Errorf("%q made an action: %s", say, a.raw)
				}
			}
			c.says(t, "yes", "")
		}, 0, ""},
		"a card": {func(t *testing.T, c teller) {
			c.says(t, "freeze my debit card", "Freeze your Debit Card")
			c.says(t, "yes", "Froze your Debit Card")
			c.says(t, "unfreeze my debit card", "Unfreeze your Debit Card")
			c.says(t, "yes", "Unfroze your Debit Card")
		}, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := teller{s, "money-" + strings.NewReplacer(" ", "-", ",", "", "'", "").Replace(name)}
			from := c.balance(t, checking)
			var to int64
			if tc.to != "" {
				to = c.balance(t, tc.to)
			}
			tc.do(t, c)
			if moved := from - c.balance(t, checking); moved != tc.moved {
				t.Errorf("%d left the account instead of %d", moved, tc.moved)
			}
			if tc.to != "" {
				if moved := c.balance(t, tc.to) - to; moved != tc.moved {
					t.Errorf("%d arrived instead of %d", moved, tc.moved)
				}
			}
		})
	}
	metrics := call(t, http.MethodGet, s.URL(app.Concierge)+"/metrics", nil)
	for _, want := range []string{`transactions_total{kind="transfer",status="executed"}`, `transactions_total{kind="bill_payment",status="executed"} 1`} {
		if !strings.Contains(metrics.raw, want) {
			t.Errorf("%s is missing in the metrics", want)
		}
	}
	url := s.URL(app.Concierge) + "/api/v1/accounts/demo-alex-checking/numbers?user_id="
	if a := call(t, http.MethodGet, url+"demo-alex", nil); a.status != http.StatusOK || a.body["account_number"] == "" || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("numbers: %d %s", a.status, a.raw)
	}
	if a := call(t, http.MethodGet, url+"demo-sam", nil); a.status != http.StatusNotFound {
		t.Errorf("somebody else's numbers: %d %s", a.status, a.raw)
	}
}
