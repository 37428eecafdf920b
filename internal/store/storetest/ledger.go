package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// ledger checks that orders are decided once, alone, and wholly.
func ledger(t *testing.T, s bank.Store) {
	if err := s.CreateCustomer(t.Context(), bank.Customer{Name: "the bank"}, bank.Holdings{Accounts: []bank.Account{{
		ID: "outside", Kind: bank.Internal, Name: "other banks", Status: bank.Active, Balance: money.Of(0, "USD"), OpenedAt: opened,
	}}}); err != nil {
		t.Fatal(err)
	}
	t.Run("an order is carried out once", func(t *testing.T) { executeOnce(t, s) })
	t.Run("a refusal is final", func(t *testing.T) { refusedOnce(t, s) })
	t.Run("refusals change nothing", func(t *testing.T) { refusals(t, s) })
	t.Run("64 transfers, money for 10", func(t *testing.T) { moneyForTen(t, s) })
	t.Run("limits hold under concurrency", func(t *testing.T) { dailyLimit(t, s) })
	t.Run("payments in opposite directions", func(t *testing.T) { oppositePayments(t, s) })
	t.Run("holds", func(t *testing.T) { holds(t, s) })
	t.Run("bills", func(t *testing.T) { bills(t, s) })
	t.Run("cards and disputes", func(t *testing.T) { cardsAndDisputes(t, s) })
}

// wealthy makes a customer with money (in cents) on a checking account, an empty
// savings account, a card, a bill, and a payee for each name.
func wealthy(t testing.TB, s bank.LedgerStore, id string, cents int64, payees ...bank.Payee) {
	t.Helper()
	h := bank.Holdings{
		Accounts: []bank.Account{
			{ID: id + "-checking", Kind: bank.Checking, Name: "Checking"},
			{ID: id + "-savings", Kind: bank.Savings, Name: "Savings"},
		},
		Cards: []bank.Card{{ID: id + "-card", CustomerID: id, AccountID: id + "-checking", Name: "Debit card", Ending: "4242", Status: bank.CardActive}},
		Bills: []bank.Bill{{
			ID: id + "-power", CustomerID: id, Name: "Electricity", Biller: "Northwind Power", Category: "utilities", Ending: "77",
			Due: &money.Amount{Minor: 8000, Currency: "USD"}, DueOn: "2026-04-01", SettlesTo: "outside",
		}},
		Payees: payees,
	}
	for i := range h.Accounts {
		a := &h.Accounts[i]
		a.CustomerID, a.Number, a.Routing, a.Status, a.Balance, a.OpenedAt = id, "0000123"+fmt.Sprint(i), "1", bank.Active, money.Of(0, "USD"), opened
	}
	for i := range h.Payees {
		h.Payees[i].CustomerID, h.Payees[i].AddedAt = id, opened
	}
	if err := s.CreateCustomer(t.Context(), bank.Customer{ID: id, Name: id, CreatedAt: opened}, h); err != nil {
		t.Fatal(err)
	}
	if cents > 0 {
		if err := s.Post(t.Context(), []bank.Posting{posting(id+"-salary", "outside", id+"-checking", cents)}); err != nil {
			t.Fatal(err)
		}
	}
}

func transfer(customer, id string, cents int64) bank.Order {
	return bank.Order{
		ID: id, CustomerID: customer, Kind: bank.Transfer, From: customer + "-checking", Target: customer + "-savings", Amount: money.Of(cents, "USD"),
	}
}

func reasonOf(t *testing.T, err error, want string) {
	t.Helper()
	if got := fault.ReasonOf(err); got != want || err == nil {
		t.Errorf("got %v (%s), want %s", err, got, want)
	}
}

func executeOnce(t *testing.T, s bank.Store) {
	wealthy(t, s, "once", 10_000)
	l := bank.NewLedger(s, bank.Rules{}, nil)
	o := transfer("once", "once-1", 2500)
	first, err := l.Execute(t.Context(), o)
	if err != nil || first.Available == nil || first.Available.Minor != 7500 {
		t.Fatalf("%+v, %v", first, err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			again, err := l.Execute(context.Background(), o)
			if diff := cmp.Diff(first, again); diff != "" || err != nil {
				t.Errorf("%s %v", diff, err)
			}
		})
	}
	wg.Wait()
	if diff := cmp.Diff(map[string]int64{"once-checking": 7500, "once-savings": 2500}, balances(t, s, "once")); diff != "" {
		t.Error(diff)
	}
	got, err := s.Receipt(t.Context(), "once", o.ID)
	if diff := cmp.Diff(first, got); diff != "" || err != nil {
		t.Errorf("%s %v", diff, err)
	}
	_, err = s.Receipt(t.Context(), "somebody else", o.ID)
	reasonOf(t, err, bank.ReasonNoAction)
	o.Amount.Minor++
	_, err = l.Execute(t.Context(), o)
	reasonOf(t, err, bank.ReasonReused)
	verify(t, s)
}

func refusedOnce(t *testing.T, s bank.Store) {
	wealthy(t, s, "late", 100)
	l := bank.NewLedger(s, bank.Rules{}, nil)
	o := transfer("late", "late-1", 500)
	_, first := l.Execute(t.Context(), o)
	reasonOf(t, first, bank.ReasonFunds)
	if err := s.Post(t.Context(), []bank.Posting{posting("late-money", "outside", "late-checking", 1000)}); err != nil {
		t.Fatal(err)
	}
	_, again := l.Execute(t.Context(), o)
	if again == nil || again.Error() != first.Error() || fault.As(again).Status != fault.As(first).Status {
		t.Errorf("%v became %v", first, again)
	}
	o.Amount.Minor = 1
	_, err := l.Execute(t.Context(), o)
	reasonOf(t, err, bank.ReasonReused)
	_, err = s.Receipt(t.Context(), "late", o.ID)
	reasonOf(t, err, bank.ReasonNoAction)
	o.ID = "late-2"
	if _, err := l.Execute(t.Context(), o); err != nil {
		t.Error(err)
	}
}

func refusals(t *testing.T, s bank.Store) {
	wealthy(t, s, "other", 10_000)
	wealthy(t, s, "strict", 10_000, bank.Payee{ID: "strict-friend", Name: "Friend", Ending: "1", SettlesTo: "outside"})
	wealthy(t, s, "ice", 10_000)
	wealthy(t, s, "gone", 10_000)
	for id, status := range map[string]bank.AccountStatus{"ice-savings": bank.Frozen, "gone-checking": bank.Closed} {
		if err := s.SetAccountStatus(t.Context(), id, status); err != nil {
			t.Fatal(err)
		}
	}
	l := bank.NewLedger(s, bank.Rules{TransferEach: 5000, TransferDaily: 20_000, BillEach: 100, ReviewNewPayee: 4000, ReviewAmount: 4500}, nil)
	for name, tc := range map[string]struct {
		order  bank.Order
		reason string
	}{
		"unknown account":          {bank.Order{CustomerID: "strict", Kind: bank.Transfer, From: "nowhere", Target: "strict-savings", Amount: money.Of(1, "USD")}, bank.ReasonNoAccount},
		"somebody else's account":  {bank.Order{CustomerID: "strict", Kind: bank.Transfer, From: "other-checking", Target: "strict-savings", Amount: money.Of(1, "USD")}, bank.ReasonNoAccount},
		"to somebody else":         {bank.Order{CustomerID: "strict", Kind: bank.Transfer, From: "strict-checking", Target: "other-checking", Amount: money.Of(1, "USD")}, bank.ReasonNoAccount},
		"somebody else's payee":    {bank.Order{CustomerID: "other", Kind: bank.Payment, From: "other-checking", Target: "strict-friend", Amount: money.Of(1, "USD")}, bank.ReasonNoTarget},
		"somebody else's bill":     {bank.Order{CustomerID: "other", Kind: bank.BillPayment, From: "other-checking", Target: "strict-power", Amount: money.Of(1, "USD")}, bank.ReasonNoTarget},
		"somebody else's card":     {bank.Order{CustomerID: "other", Kind: bank.FreezeCard, Target: "strict-card"}, bank.ReasonNoTarget},
		"somebody else's purchase": {bank.Order{CustomerID: "other", Kind: bank.OpenDispute, Target: "strict-salary"}, bank.ReasonNoTarget},
		"frozen account":           {transfer("ice", "", 1), bank.ReasonFrozen},
		"closed account":           {transfer("gone", "", 1), bank.ReasonClosed},
		"wrong currency":           {bank.Order{CustomerID: "strict", Kind: bank.Transfer, From: "strict-checking", Target: "strict-savings", Amount: money.Of(1, "EUR")}, bank.ReasonCurrency},
		"zero":                     {transfer("strict", "", 0), bank.ReasonAmount},
		"negative":                 {transfer("strict", "", -5), bank.ReasonAmount},
		"absurd":                   {transfer("strict", "", 1<<62), bank.ReasonAmount},
		"over the limit":           {transfer("strict", "", 5001), bank.ReasonLimitEach},
		"over the bill limit":      {bank.Order{CustomerID: "strict", Kind: bank.BillPayment, From: "strict-checking", Target: "strict-power", Amount: money.Of(101, "USD")}, bank.ReasonLimitEach},
		"high value":               {transfer("strict", "", 4500), bank.ReasonNeedsHuman},
		"large first payment":      {bank.Order{CustomerID: "strict", Kind: bank.Payment, From: "strict-checking", Target: "strict-friend", Amount: money.Of(4000, "USD")}, bank.ReasonNeedsHuman},
		"not enough money":         {bank.Order{CustomerID: "strict", Kind: bank.Transfer, From: "strict-savings", Target: "strict-checking", Amount: money.Of(1, "USD")}, bank.ReasonFunds},
		"already unfrozen":         {bank.Order{CustomerID: "strict", Kind: bank.UnfreezeCard, Target: "strict-card"}, bank.ReasonNoChange},
	} {
		o := tc.order
		o.ID = "refused " + name
		err := l.Check(t.Context(), o)
		reasonOf(t, err, tc.reason)
		_, err = l.Execute(t.Context(), o)
		reasonOf(t, err, tc.reason)
	}
	for _, customer := range []string{"other", "strict", "ice", "gone"} {
		if got := balances(t, s, customer); got[customer+"-checking"] != 10_000 || got[customer+"-savings"] != 0 {
			t.Errorf("%s has %v", customer, got)
		}
	}
	verify(t, s)
}

func moneyForTen(t *testing.T, s bank.Store) {
	wealthy(t, s, "ten", 1000)
	l := bank.NewLedger(s, bank.Rules{}, nil)
	if done := together(t, 64, bank.ReasonFunds, func(i int) error {
		_, err := l.Execute(context.Background(), transfer("ten", fmt.Sprint("ten-", i), 100))
		return err
	}); done != 10 {
		t.Errorf("%d transfers instead of 10", done)
	}
	if diff := cmp.Diff(map[string]int64{"ten-checking": 0, "ten-savings": 1000}, balances(t, s, "ten")); diff != "" {
		t.Error(diff)
	}
	verify(t, s)
}

// together runs n calls at once and counts those that succeed. The others must
// fail for one reason.
func together(t *testing.T, n int, reason string, call func(i int) error) int {
	t.Helper()
	var done atomic.Int32
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			switch err := call(i); {
			case err == nil:
				done.Add(1)
			case fault.ReasonOf(err) != reason:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return int(done.Load())
}

func dailyLimit(t *testing.T, s bank.Store) {
	wealthy(t, s, "daily", 100_000)
	now := time.Date(2026, 3, 8, 23, 30, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	l := bank.NewLedger(s, bank.Rules{TransferDaily: 1000}, clock)
	round := func(name string) int {
		return together(t, 24, bank.ReasonLimitDaily, func(i int) error {
			_, err := l.Execute(context.Background(), transfer("daily", fmt.Sprint("daily-", name, i), 200))
			return err
		})
	}
	if done := round("today"); done != 5 {
		t.Errorf("%d transfers of 2.00 within 10.00", done)
	}
	limits, err := l.Limits(t.Context(), "daily")
	if err != nil || limits[0].LeftToday.Minor != 0 || limits[0].UsedToday.Minor != 1000 {
		t.Errorf("%+v, %v", limits, err)
	}
	now = now.Add(time.Hour)
	if done := round("tomorrow"); done != 5 {
		t.Errorf("%d transfers on the next day", done)
	}
}

func oppositePayments(t *testing.T, s bank.Store) {
	const pairs, each = 4, 16
	for i := range pairs {
		left, right := fmt.Sprint("left", i), fmt.Sprint("right", i)
		wealthy(t, s, right, 100_000)
		wealthy(t, s, left, 100_000, bank.Payee{ID: left + "-to", Name: right, Ending: "1", SettlesTo: right + "-checking"})
		wealthy(t, s, right, 0, bank.Payee{ID: right + "-to", Name: left, Ending: "1", SettlesTo: left + "-checking"})
	}
	l := bank.NewLedger(s, bank.Rules{}, nil)
	n := pairs * each * 2
	if done := together(t, n, "", func(i int) error {
		from := fmt.Sprint([]string{"left", "right"}[i%2], i/2%pairs)
		_, err := l.Execute(context.Background(), bank.Order{
			ID: fmt.Sprint("opposite", i), CustomerID: from, Kind: bank.Payment, From: from + "-checking", Target: from + "-to", Amount: money.Of(int64(i+1), "USD"),
		})
		return err
	}); done != n {
		t.Errorf("%d of %d payments", done, n)
	}
	verify(t, s)
}

func holds(t *testing.T, s bank.Store) {
	wealthy(t, s, "held", 1000)
	hold := bank.Hold{
		ID: "held-1", AccountID: "held-checking", Amount: money.Of(700, "USD"), Merchant: "Fuel", Category: "transport",
		PlacedAt: opened.UTC(), ExpiresAt: opened.UTC().Add(72 * time.Hour),
	}
	for range 2 { // placed once
		if err := s.PlaceHold(t.Context(), hold); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.Holds(t.Context(), "held")
	if diff := cmp.Diff([]bank.Hold{hold}, list); diff != "" || err != nil {
		t.Errorf("%s %v", diff, err)
	}
	l := bank.NewLedger(s, bank.Rules{}, nil)
	_, err = l.Execute(t.Context(), transfer("held", "held-a", 301))
	reasonOf(t, err, bank.ReasonFunds)
	hold.ID = "held-2"
	if err := s.PlaceHold(t.Context(), hold); !fault.Is(err, fault.Conflict) {
		t.Errorf("more is held than there is: %v", err)
	}
	verify(t, s)
	for range 2 { // released once
		if err := s.ReleaseHold(t.Context(), "held-1"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Execute(t.Context(), transfer("held", "held-b", 1000)); err != nil {
		t.Error(err)
	}
	if list, err := s.Holds(t.Context(), "held"); len(list) != 0 || err != nil {
		t.Errorf("%v, %v", list, err)
	}
	if err := s.Post(t.Context(), []bank.Posting{posting("held-over", "held-checking", "outside", 1)}); !fault.Is(err, fault.Conflict) {
		t.Errorf("a posting went below the floor: %v", err)
	}
	verify(t, s)
}

func bills(t *testing.T, s bank.Store) {
	wealthy(t, s, "bill", 20_000)
	l := bank.NewLedger(s, bank.Rules{}, nil)
	due := func() int64 {
		list, err := s.Bills(t.Context(), "bill")
		if err != nil || len(list) != 1 || list[0].Due == nil {
			t.Fatalf("%+v, %v", list, err)
		}
		return list[0].Due.Minor
	}
	for i, want := range []int64{3000, 0, 0} { // of 8000; then more than is due
		o := bank.Order{ID: fmt.Sprint("bill-", i), CustomerID: "bill", Kind: bank.BillPayment, From: "bill-checking", Target: "bill-power", Amount: money.Of(5000, "USD")}
		if _, err := l.Execute(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if got := due(); got != want {
			t.Errorf("%d is due after payment %d, want %d", got, i, want)
		}
	}
	list, err := s.Transactions(t.Context(), "bill", bank.TransactionFilter{Merchant: "northwind", Limit: 10})
	if err != nil || len(list) != 3 || list[0].Category != "utilities" || list[0].Amount.Minor != -5000 {
		t.Errorf("%+v, %v", list, err)
	}
	verify(t, s)
}

func cardsAndDisputes(t *testing.T, s bank.Store) {
	wealthy(t, s, "card", 1000)
	l := bank.NewLedger(s, bank.Rules{}, nil)
	status := func() bank.CardStatus {
		list, err := s.Cards(t.Context(), "card")
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		return list[0].Status
	}
	for i, step := range []struct {
		kind   bank.OrderKind
		reason string
		want   bank.CardStatus
	}{
		{bank.FreezeCard, "", bank.CardFrozen},
		{bank.FreezeCard, bank.ReasonNoChange, bank.CardFrozen},
		{bank.UnfreezeCard, "", bank.CardActive},
	} {
		_, err := l.Execute(t.Context(), bank.Order{ID: fmt.Sprint("card-", i), CustomerID: "card", Kind: step.kind, Target: "card-card"})
		if fault.ReasonOf(err) != step.reason || status() != step.want {
			t.Errorf("step %d: %v, card is %s", i, err, status())
		}
	}
	dispute := bank.Order{ID: "dispute-1", CustomerID: "card", Kind: bank.OpenDispute, Target: "card-salary", Note: "not mine"}
	if _, err := l.Execute(t.Context(), dispute); err != nil {
		t.Fatal(err)
	}
	dispute.ID = "dispute-2"
	_, err := l.Execute(t.Context(), dispute)
	reasonOf(t, err, bank.ReasonDisputed)
	verify(t, s)
}

// propose makes a pending action: a transfer from checking to savings.
func propose(t testing.TB, s *bank.Service, customer, session string, cents int64) bank.Proposal {
	t.Helper()
	p, err := tryPropose(s, customer, session, cents)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func tryPropose(s *bank.Service, customer, session string, cents int64) (bank.Proposal, error) {
	args, err := json.Marshal(bank.TransferArgs{Amount: bank.AmountText(money.Of(cents, "USD").String()), From: customer + "-checking", To: customer + "-savings"})
	if err != nil {
		return bank.Proposal{}, err
	}
	result, err := s.Call(context.Background(), bank.Caller{CustomerID: customer, SessionID: session}, bank.TransferMoney, args)
	if err != nil {
		return bank.Proposal{}, err
	}
	return *result.(*bank.Proposal), nil
}
