package bank

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// TestSchemasAreStrict checks what models with strict tool calling demand.
func TestSchemasAreStrict(t *testing.T) {
	t.Parallel()
	for _, tool := range Tools() {
		var s struct {
			Type                 string
			Required             []string
			AdditionalProperties any
			Properties           map[string]struct {
				Type        any
				Description string
				Enum        []any
			}
		}
		if err := json.Unmarshal(tool.Schema, &s); err != nil {
			t.Fatal(err)
		}
		if additional, err := json.Marshal(s.AdditionalProperties); err != nil || string(additional) == "null" || s.Type != "object" || len(s.Required) != len(s.Properties) {
			t.Errorf("%s: %s", tool.Name, tool.Schema)
		}
		for name, p := range s.Properties {
			if p.Type == nil || p.Description == "" || strings.Contains(p.Description, "Enum") {
				t.Errorf("%s.%s: %+v", tool.Name, name, p)
			}
		}
		if tool.Description == "" || tool.Proposes != slices.Contains([]string{TransferMoney, PayBill, SetCardFrozen, DisputeTransaction}, tool.Name) {
			t.Errorf("%s: %+v", tool.Name, tool)
		}
		var parsed jsonschema.Schema
		if err := json.Unmarshal(tool.Schema, &parsed); err != nil {
			t.Error(err)
		} else if _, err := parsed.Resolve(nil); err != nil {
			t.Errorf("%s: %v", tool.Name, err)
		}
	}
}

// core is a Core with one customer's things and nothing behind them.
type core struct {
	Core
	accounts []Account
	payees   []Payee
	bills    []Bill
	cards    []Card
	checked  Order
	refuse   error
}

func (c *core) Accounts(context.Context, string) ([]Account, error) { return c.accounts, nil }
func (c *core) Payees(context.Context, string) ([]Payee, error)     { return c.payees, nil }
func (c *core) Bills(context.Context, string) ([]Bill, error)       { return c.bills, nil }
func (c *core) Cards(context.Context, string) ([]Card, error)       { return c.cards, nil }
func (c *core) Check(_ context.Context, o Order) error {
	c.checked = o
	return c.refuse
}

// actions keeps the last proposal.
type actions struct {
	ActionStore
	last Action
}

func (a *actions) Propose(_ context.Context, action Action) error {
	a.last = action
	return nil
}

func (a *actions) Switches(context.Context) (Switches, error) { return Switches{}, nil }

func testBank() (*Service, *core, *actions) {
	due := usd(8412)
	savings := *testAccount("ann-savings", "ann", 5000)
	savings.Kind, savings.Name = Savings, "Rainy Day"
	checking := *testAccount("ann-checking", "ann", 5000)
	checking.Name = "Everyday Checking"
	c := &core{
		accounts: []Account{checking, savings},
		payees:   []Payee{{ID: "p1", Name: "Maria Okafor", Ending: "1111"}, {ID: "p2", Name: "Maria Silva", Ending: "2222"}, {ID: "p3", Name: "Jordan Lee", Bank: "Harbor", Ending: "3333"}},
		bills:    []Bill{{ID: "b1", Name: "Electricity", Biller: "City Power", Category: "utilities", Ending: "9", Due: &due}, {ID: "b2", Name: "Rent", Biller: "Elm Street", Category: "housing"}},
		cards:    []Card{{ID: "c1", Name: "Debit Card", Ending: "4417"}},
	}
	a := &actions{}
	return New(Options{Core: c, Actions: a, Now: func() time.Time { return noon }}), c, a
}

var caller = Caller{CustomerID: "ann", SessionID: "s"}

func TestProposalsSayExactlyWhatWillHappen(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		`transfer_money {"amount":"50","to":"savings"}`:                                       "Move $50.00 from Everyday Checking (ending in 1234) to Rainy Day (ending in 1234).",
		`transfer_money {"amount":12.5,"from":"rainy day","to":"my checking account"}`:        "Move $12.50 from Rainy Day (ending in 1234) to Everyday Checking (ending in 1234).",
		`transfer_money {"amount":"a hundred dollars","to":"Jordan","from":null,"note":null}`: "Send $100.00 from Everyday Checking (ending in 1234) to Jordan Lee (Harbor, account ending in 3333).",
		`transfer_money {"amount":"1","to":"maria silva","note":"for \"lunch\""}`:             `Send $1.00 from Everyday Checking (ending in 1234) to Maria Silva (account ending in 2222). Note: "for \"lunch\"".`,
		`pay_bill {"bill":"electric"}`:                                                        "Pay $84.12 to City Power (Electricity, number ending in 9) from Everyday Checking (ending in 1234).",
		`pay_bill {"bill":"the rent bill","amount":"$1,450","from":"savings"}`:                "Pay $1,450.00 to Elm Street (Rent, number ending in ) from Rainy Day (ending in 1234).",
		`set_card_frozen {"frozen":true}`:                                                     "Freeze your Debit Card ending in 4417. New purchases and withdrawals stop at once.",
	} {
		s, core, actions := testBank()
		name, raw, _ := strings.Cut(args, " ")
		result, err := s.Call(t.Context(), caller, name, json.RawMessage(raw))
		if err != nil {
			t.Errorf("%s: %v", args, err)
			continue
		}
		p := result.(*Proposal)
		a := actions.last
		if p.Summary != want || a.Summary != want || a.ID != p.ActionID || a.CustomerID != "ann" || a.SessionID != "s" || a.Status != ActionPending ||
			!a.ExpiresAt.Equal(noon.Add(10*time.Minute)) || a.Digest != core.checked.Digest() {
			t.Errorf("%s: %+v, action %+v", args, p, a)
		}
	}
}

func TestToolsRefuseWhatTheyCannotMean(t *testing.T) {
	t.Parallel()
	for args, reason := range map[string]string{
		`transfer_money {"amount":"50","to":"bob"}`:                          ReasonNoTarget,
		`transfer_money {"amount":"50","to":"maria"}`:                        ReasonAmbiguous,
		`transfer_money {"amount":"50","to":"bob-checking"}`:                 ReasonNoTarget, // another customer's id
		`transfer_money {"amount":"50","from":"bob-checking","to":"jordan"}`: ReasonNoAccount,
		`transfer_money {"amount":"-50","to":"savings"}`:                     ReasonAmount,
		`transfer_money {"amount":"0","to":"savings"}`:                       ReasonAmount,
		`transfer_money {"amount":"NaN","to":"savings"}`:                     ReasonAmount,
		`transfer_money {"amount":"Infinity","to":"savings"}`:                ReasonAmount,
		`transfer_money {"amount":1e300,"to":"savings"}`:                     ReasonAmount,
		`transfer_money {"amount":"1.234","to":"savings"}`:                   ReasonAmount,
		`transfer_money {"amount":"99999999999999999999","to":"savings"}`:    ReasonAmount,
		`transfer_money {"amount":"€50","to":"savings"}`:                     ReasonCurrency,
		`transfer_money {"amount":"50","to":"savings","customer_id":"bob"}`:  ReasonIncomplete,
		`transfer_money {"amount":"50"} {"amount":"60"}`:                     ReasonIncomplete,
		`transfer_money [1]`: ReasonIncomplete,
		`transfer_money {"amount":"50","to":"` + strings.Repeat("x", 9000) + `"}`: ReasonIncomplete,
		`pay_bill {"bill":"rent"}`:          ReasonAmount, // nothing is due
		`pay_bill {"bill":"water"}`:         ReasonNoTarget,
		`confirm_action {"id":"x"}`:         ReasonIncomplete,
		`set_card_frozen {"card":"9999"}`:   ReasonNoTarget,
		`get_balances {"account":"bob-x"}`:  ReasonNoAccount,
		`list_transactions {"from":"soon"}`: ReasonIncomplete,
	} {
		s, _, actions := testBank()
		name, raw, _ := strings.Cut(args, " ")
		result, err := s.Call(t.Context(), caller, name, json.RawMessage(raw))
		if fault.ReasonOf(err) != reason || actions.last.ID != "" {
			t.Errorf("%.90s: %v, %v (reason %q)", args, result, err, fault.ReasonOf(err))
		}
	}
}

func TestARefusedOrderIsNotProposed(t *testing.T) {
	t.Parallel()
	s, core, actions := testBank()
	core.refuse = fault.New(fault.Conflict, "no").WithReason(ReasonFunds)
	if _, err := s.Call(t.Context(), caller, TransferMoney, json.RawMessage(`{"amount":"5","to":"savings"}`)); !errors.Is(err, core.refuse) || actions.last.ID != "" {
		t.Errorf("%v, %+v", err, actions.last)
	}
}

func FuzzToolArguments(f *testing.F) {
	f.Add(TransferMoney, `{"amount":"50","to":"savings"}`)
	f.Add(PayBill, `{"bill":"electric","amount":1}`)
	f.Fuzz(func(t *testing.T, name, args string) {
		s, _, actions := testBank()
		_, err := s.Call(context.Background(), caller, name, json.RawMessage(args))
		if o := actions.last.Order; o.Kind.movesMoney() && (err != nil || o.Amount.Minor <= 0 || o.CustomerID != "ann") {
			t.Errorf("%s %s proposed %+v, %v", name, args, o, err)
		}
	})
}

// ranking is a core with some transactions and what they add up to.
type ranking struct {
	core
	list []Transaction
}

func (c *ranking) Transactions(_ context.Context, _ string, f TransactionFilter) ([]Transaction, error) {
	from := min(f.Offset, len(c.list))
	return c.list[from:min(from+f.Limit, len(c.list))], nil
}

func (c *ranking) Holds(context.Context, string) ([]Hold, error) { return nil, nil }

func (c *ranking) Spending(_ context.Context, _, _ string, f TransactionFilter) ([]Group, error) {
	if f.From.Month() == time.May {
		return nil, nil
	}
	return []Group{{Name: "coffee", Amount: money.Of(int64(f.From.Month())*100, "USD"), Count: 2}}, nil
}

func TestTransactionsByAmountAndDirection(t *testing.T) {
	t.Parallel()
	list := []Transaction{
		{ID: "shop", Amount: money.Of(-500, "USD"), Merchant: "Shop"},
		{ID: "own", Amount: money.Of(-9900, "USD")},
		{ID: "own", Amount: money.Of(9900, "USD")},
		{ID: "friend", Amount: money.Of(-700, "USD")},
		{ID: "pay", Amount: money.Of(8000, "USD")},
		{ID: "cafe", Amount: money.Of(-300, "USD"), Merchant: "Cafe"},
	}
	for args, want := range map[string]string{
		`{}`: "shop own own friend pay cafe", `{"sort":"newest"}`: "shop own own friend pay cafe",
		`{"sort":"largest","flow":"spent"}`: "shop cafe", `{"sort":"smallest","flow":"spent","limit":1}`: "cafe", `{"sort":"largest","limit":3}`: "own own pay",
		`{"flow":"in"}`: "pay", `{"flow":"out"}`: "shop friend cafe", `{"flow":"out","offset":1,"limit":1}`: "friend", `{"flow":"in","offset":9}`: "",
		`{"sort":"oldest"}`: ReasonIncomplete, `{"flow":"sideways"}`: ReasonIncomplete,
	} {
		s := New(Options{Core: &ranking{core{accounts: []Account{{ID: "a", Balance: money.Of(0, "USD")}}}, list}, Actions: &actions{}})
		result, err := s.Call(t.Context(), caller, ListTransactions, json.RawMessage(args))
		got := fault.ReasonOf(err)
		if err == nil {
			var ids []string
			for _, t := range result.(*TransactionsResult).Transactions {
				ids = append(ids, t.ID)
			}
			got = strings.Join(ids, " ")
		}
		if got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
	many := &ranking{core{accounts: []Account{{ID: "a", Balance: money.Of(0, "USD")}}}, slices.Repeat(list, maxRanked/len(list)+1)}
	if _, err := New(Options{Core: many, Actions: &actions{}}).Call(t.Context(), caller, ListTransactions, json.RawMessage(`{"sort":"largest"}`)); !fault.Is(err, fault.Validation) {
		t.Errorf("more than can be looked at: %v", err)
	}
}

// busy is a core to which a transaction is posted after each page.
type busy struct{ ranking }

func (c *busy) Transactions(ctx context.Context, customerID string, f TransactionFilter) ([]Transaction, error) {
	page, err := c.ranking.Transactions(ctx, customerID, f)
	c.list = append([]Transaction{{ID: "new", AccountID: "a", Amount: money.Of(1, "USD")}}, c.list...)
	return page, err
}

func TestWhatIsPostedMeanwhileHidesNothing(t *testing.T) {
	t.Parallel()
	var list []Transaction
	for i := range MaxTransactions + 1 {
		list = append(list, Transaction{ID: strconv.Itoa(i), AccountID: "a", Amount: money.Of(int64(100+i), "USD")})
	}
	c := &busy{ranking{core{accounts: []Account{{ID: "a", Balance: money.Of(0, "USD")}}}, list}}
	result, err := New(Options{Core: c, Actions: &actions{}}).Call(t.Context(), caller, ListTransactions, json.RawMessage(`{"flow":"in","sort":"largest","limit":2}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := result.(*TransactionsResult).Transactions; len(got) != 2 || got[0].ID != strconv.Itoa(MaxTransactions) || got[1].ID != strconv.Itoa(MaxTransactions-1) {
		t.Errorf("the largest are %+v", got)
	}
}

func TestSpendingComparesPeriods(t *testing.T) {
	t.Parallel()
	s := New(Options{Core: &ranking{core: core{accounts: []Account{{ID: "a", Balance: money.Of(0, "USD")}}}}, Actions: &actions{}})
	for args, want := range map[string]Comparison{
		`{"by":"category","from":"2026-04-01","to":"2026-04-30","compare_from":"2026-06-01","compare_to":"2026-06-30"}`: {Total: money.Of(600, "USD"), Count: 2, More: money.Of(-200, "USD")},
		`{"by":"merchant","from":"2026-04-01","to":"2026-04-30","compare_from":"2026-05-01","compare_to":"2026-05-31"}`: {Total: money.Of(0, "USD"), More: money.Of(400, "USD")},
	} {
		result, err := s.Call(t.Context(), caller, SpendingSummary, json.RawMessage(args))
		if err != nil || *result.(*SpendingResult).Compared != want {
			t.Errorf("%s: %+v, %v", args, result, err)
		}
	}
	if _, err := s.Call(t.Context(), caller, SpendingSummary, json.RawMessage(`{"by":"category","compare_from":"soon"}`)); fault.ReasonOf(err) != ReasonIncomplete {
		t.Errorf("a day that is none: %v", err)
	}
}
