package localengine

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine/slots"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

// wednesday is the present of these tests.
var wednesday = time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)

func TestIntents(t *testing.T) {
	t.Parallel()
	for intent, messages := range map[Intent][]string{
		Balance:      {"hows my checking doing", "Hello, my name is Maria. What is my balance?", "What is my balance?", "how much money do I have", "what’s in my savings account balance", "show my accounts", "How much is left in checking?"},
		Transactions: {"show me my recent transactions", "did I get paid last week", "any charges over $50?", "list purchases at Blue Door Coffee"},
		Spending:     {"How much did I spend on groceries last month?", "where does my money go", "what did I spend at CityCab this year"},
		Transfer:     {"hi there, my name is [PERSON_1], can you send 20 to [PERSON_2]", "Good morning! send $5 to Jordan", "transfer $50 to savings", "please send 20 bucks to Maria", "I want to move money to checking"},
		PayBill:      {"pay my electricity bill", "can you pay the phone bill"},
		FreezeCard:   {"freeze my card", "I lost my card", "my debit card was stolen"},
		Fraud:        {"I don't recognize this charge", "my account was hacked", "I want to dispute a charge: dispute the payment"},
		Human:        {"let me talk to a real person", "I need a human", "can I speak with an agent?"},
		Greeting:     {"hello everyone", "hi", "Good morning!"},
		Thanks:       {"thanks a lot", "ok thank you!"},
		Goodbye:      {"bye", "that is all."},
		Capabilities: {"help", "what can you do?"},
		Smalltalk:    {"tell me a joke"},
		OutOfScope:   {"what is the capital of france"},
		Unclear:      {"", "???", "xkcdqwrtp", "12 34"},
		Knowledge:    {"How do I transfer money to another bank?", "How long does a transfer take?", "how can I pay a bill", "why was my card declined", "What is the minimum balance for savings?", "How do I freeze my card?", "How do I dispute a charge?", "what fees do you charge", "foreign transaction fee", "set up direct deposit"},
	} {
		for _, m := range messages {
			if got := New().Decide(Input{Text: m, Now: wednesday}).Intent; got != intent {
				t.Errorf("%q: %s, want %s", m, got, intent)
			}
		}
	}
}

func TestPeriods(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"today":                             "2026-03-04 2026-03-04",
		"yesterday":                         "2026-03-03 2026-03-03",
		"this week":                         "2026-03-02 2026-03-04",
		"last week":                         "2026-02-23 2026-03-01",
		"last month":                        "2026-02-01 2026-02-28",
		"in february 2024":                  "2024-02-01 2024-02-29",
		"in december":                       "2025-12-01 2025-12-31",
		"in march":                          "2026-03-01 2026-03-04",
		"since january":                     "2026-01-01 2026-03-04",
		"in the last 30 days":               "2026-02-03 2026-03-04",
		"past two weeks":                    "2026-02-19 2026-03-04",
		"last year":                         "2025-01-01 2025-12-31",
		"on march 3rd":                      "2026-03-03 2026-03-03",
		"on the 5th of march":               "2025-03-05 2025-03-05",
		"on february 29":                    "",
		"between february 10 and 15":        "2026-02-10 2026-02-15",
		"from december 20th to january 5th": "2025-12-20 2026-01-05",
		"last wednesday":                    "2026-02-25 2026-02-25",
		"on monday":                         "2026-03-02 2026-03-02",
		"2026-01-31":                        "2026-01-31 2026-01-31",
		"over the last couple of weeks":     "2026-02-19 2026-03-04",
		"at the may fair":                   "",
	} {
		s, _ := read(words, wednesday).details(slots.Spending)
		p := s.Period
		if got := strings.TrimSpace(p.From + " " + p.To); got != want {
			t.Errorf("%s: %q, want %q", words, got, want)
		}
	}
}

func TestSlots(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Slots{
		"how much did i spend at blue door coffee":           {Merchant: "blue door coffee"},
		"transactions at the copper pot last month":          {Merchant: "copper pot", Period: Period{"2026-02-01", "2026-02-28"}},
		"what did i pay to city power & light":               {Merchant: "city power & light"},
		"transactions from metro transit over $1,250.50":     {Merchant: "metro transit", Min: "$1,250.50"},
		"purchases between $20 and 50 dollars at threadline": {Merchant: "threadline", Min: "$20", Max: "50 dollars", Flow: "spent"},
		"last 5 transactions in my savings account":          {Account: "savings", Limit: 5},
		"transactions from my checking under 10":             {Account: "checking", Max: "10"},
	} {
		got, _ := read(text, wednesday).details(slots.Spending)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestFollowUps(t *testing.T) {
	t.Parallel()
	var memory Memory
	for _, turn := range []struct{ text, tool, args string }{
		{"what is my checking balance?", "get_balances", `{"account":"checking"}`},
		{"and my savings?", "get_balances", `{"account":"savings"}`},
		{"how much did I spend on groceries last month?", "spending_summary", `{"by":"category","category":"groceries","from":"2026-02-01","to":"2026-02-28"}`},
		{"what about this month?", "spending_summary", `{"by":"category","category":"groceries","from":"2026-03-01","to":"2026-03-04"}`},
		{"and restaurants?", "spending_summary", `{"by":"category","category":"restaurants","from":"2026-03-01","to":"2026-03-04"}`},
	} {
		d := New().Decide(Input{Text: turn.text, Memory: memory, Now: wednesday})
		if d.Tool != turn.tool || string(d.Args) != turn.args {
			t.Errorf("%s: %s %s", turn.text, d.Tool, d.Args)
		}
		data, err := json.Marshal(d.Memory) // memory outlives the process
		if err != nil {
			t.Fatal(err)
		}
		memory = Memory{}
		if err := json.Unmarshal(data, &memory); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	balance := func(minor int64) money.Amount { return money.Of(minor, "USD") }
	for want, tc := range map[string]struct {
		slots  Slots
		result any
	}{
		"Your Rainy Day balance is $1,234.50.": {Slots{}, &bank.BalancesResult{Accounts: []bank.Account{{Name: "Rainy Day", Balance: balance(123450), Status: bank.Active}}}},
		"Here are your balances:\n- A: $1.00\n- B: -$0.50 (frozen)": {Slots{}, &bank.BalancesResult{Accounts: []bank.Account{
			{Name: "A", Balance: balance(100), Status: bank.Active}, {Name: "B", Balance: balance(-50), Status: bank.Frozen},
		}}},
		"I found no transactions at Zoo on Mar 3, 2026.": {Slots{Merchant: "zoo", Period: Period{From: "2026-03-03", To: "2026-03-03"}}, &bank.TransactionsResult{}},
		"I found one transaction:\n- Mar 4  Salary  $10.00": {Slots{}, &bank.TransactionsResult{Transactions: []bank.Transaction{
			{OccurredAt: wednesday, Description: "Salary", Amount: balance(1000)},
		}}},
		"You spent $12.00 on coffee (one payment).": {Slots{Category: "coffee"}, &bank.SpendingResult{Total: balance(1200), Groups: []bank.Group{{Name: "coffee", Amount: balance(1200), Count: 1}}}},
		"I found no spending.":                      {Slots{}, &bank.SpendingResult{Total: balance(0)}},
	} {
		if got := New().Render(Decision{Memory: Memory{Slots: tc.slots}}, tc.result, time.UTC); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	if _, _, ok := New().Quote(nil); ok {
		t.Error("quoted nothing")
	}
	long := strings.Repeat("A sentence about fees. ", 100)
	text, source, ok := New().Quote([]rag.Passage{{Title: "Fees", Content: long, DocumentID: "fees"}, {Title: "Other", Content: "x"}})
	if !ok || source.DocumentID != "fees" || !strings.HasSuffix(text, ".\n\nSource: Fees") || len(text) > maxQuote+30 {
		t.Errorf("%q from %+v", text, source)
	}
}

func FuzzDecide(f *testing.F) {
	f.Add("what did i spend at the zoo between $5 and 10 last march 3rd")
	f.Fuzz(func(t *testing.T, text string) {
		d := New().Decide(Input{Text: text, Now: wednesday})
		if d.Tool == "" && d.Reply == "" && !d.Knowledge {
			t.Errorf("%q is neither answered nor looked up", text)
		}
		if d.Tool != "" && !json.Valid(d.Args) {
			t.Errorf("%q: arguments %s", text, d.Args)
		}
	})
}

// FuzzConverse holds a talk of three messages: each is answered, its memory outlives
// the process, and at most one of its requests changes something.
func FuzzConverse(f *testing.F) {
	f.Add("send 20 to Jordan", "what's my balance?", "make it 30")
	f.Add("what did I spend on coffee, and pay my rent", "is that more than last month?", "the second")
	f.Add("freeze my card", "the debit one", "no, the other")
	f.Fuzz(func(t *testing.T, one, two, three string) {
		var memory Memory
		for _, text := range []string{one, two, three} {
			d := New().Decide(Input{Text: text, Memory: memory, Now: wednesday})
			changes, last := 0, d
			for _, d := range append([]Decision{d}, d.Also...) {
				if d.Tool == "" && d.Reply == "" && !d.Knowledge || d.Tool != "" && !json.Valid(d.Args) {
					t.Errorf("%q: %+v", text, d)
				}
				if moving(d.Intent) {
					changes++
				}
				last = d
			}
			data, err := json.Marshal(last.Memory)
			if err != nil || changes > 1 {
				t.Fatalf("%q: %d changes, %v", text, changes, err)
			}
			memory = Memory{}
			if err := json.Unmarshal(data, &memory); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func BenchmarkDecide(b *testing.B) {
	e := New()
	for name, text := range map[string]string{
		"read":    "How much did I spend at the copper pot over $50 last month?",
		"order":   "please send a hundred and five dollars from my savings to Jordan",
		"several": "What's my balance, and send $20 to Jordan?",
		"long":    strings.Repeat("what is, my balance. ", 100),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				e.Decide(Input{Text: text, Now: wednesday})
			}
		})
	}
}
