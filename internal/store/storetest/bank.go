package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/demo"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// opened is when test accounts were opened: with microseconds and in a zone of
// its own, to see that the one is kept and the other isn't.
var opened = time.Date(2025, 10, 26, 1, 30, 0, 1000, time.FixedZone("", 7200))

// bankStore checks the contract of bank.Store.
func bankStore(t *testing.T, s bank.Store) {
	for _, c := range []bank.Customer{{ID: "ann", Name: "Ann", CreatedAt: opened}, {ID: "bob", Name: "Bob", CreatedAt: opened}} {
		if err := s.CreateCustomer(t.Context(), c, accountsOf(c.ID)); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("customers are created once", func(t *testing.T) { createCustomer(t, s) })
	t.Run("a posting moves balances", func(t *testing.T) { postMoves(t, s) })
	t.Run("a posting is stored once", func(t *testing.T) { postOnce(t, s) })
	t.Run("bad postings change nothing", func(t *testing.T) { badPostings(t, s) })
	t.Run("concurrent postings in opposite directions", func(t *testing.T) { concurrentPostings(t, s) })
	t.Run("transactions are filtered", func(t *testing.T) { filters(t, s) })
	t.Run("demo data is seeded once and adds up", func(t *testing.T) { demoData(t, s) })
}

func account(customer, name string) bank.Account {
	a := bank.Account{
		ID: customer + "-" + name, CustomerID: customer, Kind: bank.Checking, Name: name, Number: "00012345", Routing: "2",
		Status: bank.Active, Balance: money.Of(0, "USD"), OpenedAt: opened, Floor: -100_000,
	}
	a.Complete()
	return a
}

func accountsOf(customer string) bank.Holdings {
	return bank.Holdings{Accounts: []bank.Account{account(customer, "a"), account(customer, "b")}}
}

func posting(id, from, to string, cents int64) bank.Posting {
	return bank.Posting{ID: id, OccurredAt: opened, Description: "d", Entries: []bank.Entry{
		{AccountID: from, Amount: money.Of(-cents, "USD")}, {AccountID: to, Amount: money.Of(cents, "USD")},
	}}
}

func balances(t *testing.T, s bank.Store, customer string) map[string]int64 {
	t.Helper()
	accounts, err := s.Accounts(t.Context(), customer)
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]int64{}
	for _, a := range accounts {
		m[a.ID] = a.Balance.Minor
	}
	return m
}

func verify(t *testing.T, s bank.Store) {
	t.Helper()
	f, err := bank.Verify(t.Context(), s)
	if err != nil || len(f.Problems()) > 0 {
		t.Errorf("the books are wrong: %v, %v", f.Problems(), err)
	}
}

func createCustomer(t *testing.T, s bank.Store) {
	again := account("ann", "a")
	again.Name = "another name"
	if err := s.CreateCustomer(t.Context(), bank.Customer{ID: "ann", Name: "Other"}, bank.Holdings{Accounts: []bank.Account{again}}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Accounts(t.Context(), "ann")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]bank.Account{account("ann", "a"), account("ann", "b")}, got); diff != "" {
		t.Error(diff)
	}
}

func postMoves(t *testing.T, s bank.Store) {
	before := balances(t, s, "ann")
	if err := s.Post(t.Context(), []bank.Posting{posting("m1", "ann-a", "ann-b", 700), posting("m2", "ann-b", "ann-a", 200)}); err != nil {
		t.Fatal(err)
	}
	after := balances(t, s, "ann")
	if after["ann-a"] != before["ann-a"]-500 || after["ann-b"] != before["ann-b"]+500 {
		t.Errorf("%v became %v", before, after)
	}
	verify(t, s)
}

func postOnce(t *testing.T, s bank.Store) {
	p := []bank.Posting{posting("once", "ann-a", "ann-b", 100)}
	if err := s.Post(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	before := balances(t, s, "ann")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := s.Post(context.Background(), p); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if diff := cmp.Diff(before, balances(t, s, "ann")); diff != "" {
		t.Error(diff)
	}
}

func badPostings(t *testing.T, s bank.Store) {
	before := balances(t, s, "ann")
	euros := posting("x1", "ann-a", "ann-b", 1)
	for i := range euros.Entries {
		euros.Entries[i].Amount.Currency = "EUR"
	}
	uneven := posting("x2", "ann-a", "ann-b", 1)
	uneven.Entries[0].Amount.Minor = -2
	for name, tc := range map[string]struct {
		bad  bank.Posting
		want func(error) bool
	}{
		"unbalanced":      {uneven, func(err error) bool { return errors.Is(err, bank.ErrUnbalanced) }},
		"no entries":      {bank.Posting{ID: "x3"}, func(err error) bool { return errors.Is(err, bank.ErrUnbalanced) }},
		"wrong currency":  {euros, func(err error) bool { return errors.Is(err, money.ErrCurrency) }},
		"unknown account": {posting("x4", "ann-a", "nowhere", 1), func(err error) bool { return fault.Is(err, fault.NotFound) }},
	} {
		if err := s.Post(t.Context(), []bank.Posting{posting("good-"+name, "ann-a", "ann-b", 1), tc.bad}); !tc.want(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if diff := cmp.Diff(before, balances(t, s, "ann")); diff != "" {
		t.Error(diff)
	}
}

func concurrentPostings(t *testing.T, s bank.Store) {
	before := balances(t, s, "bob")
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			p := posting(fmt.Sprint("c", i), "bob-a", "bob-b", 10)
			if i%2 == 1 {
				p.Entries[0], p.Entries[1] = p.Entries[1], p.Entries[0]
			}
			if err := s.Post(context.Background(), []bank.Posting{p}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	after := balances(t, s, "bob")
	if after["bob-a"] != before["bob-a"]-320 || after["bob-b"] != before["bob-b"]+320 {
		t.Errorf("%v became %v", before, after)
	}
	verify(t, s)
}

func filters(t *testing.T, s bank.Store) {
	day := func(d int) time.Time { return time.Date(2026, 5, d, 12, 0, 0, 0, time.UTC) }
	shop := account("fil", "shop")
	shop.CustomerID = ""
	if err := s.CreateCustomer(t.Context(), bank.Customer{ID: "fil", Name: "F"}, bank.Holdings{Accounts: []bank.Account{account("fil", "a"), account("fil", "b"), shop}}); err != nil {
		t.Fatal(err)
	}
	buy := func(id string, d int, merchant, category string, cents int64, from string) bank.Posting {
		p := posting(id, from, "fil-shop", cents)
		p.OccurredAt, p.Merchant, p.Category = day(d), merchant, category
		return p
	}
	if err := s.Post(t.Context(), []bank.Posting{
		buy("f1", 1, "Blue Café", "coffee", 400, "fil-a"), buy("f2", 2, "100% Fresh_Market", "groceries", 2500, "fil-a"),
		buy("f3", 3, "Blue Café", "coffee", 450, "fil-b"), buy("f4", 4, "Fuel", "transport", 2500, "fil-a"),
	}); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		filter bank.TransactionFilter
		want   string
	}{
		"everything, newest first": {bank.TransactionFilter{}, "f4 f3 f2 f1"},
		"one account":              {bank.TransactionFilter{AccountID: "fil-b"}, "f3"},
		"somebody else's account":  {bank.TransactionFilter{AccountID: "ann-a"}, ""},
		"part of a merchant":       {bank.TransactionFilter{Merchant: "blue"}, "f3 f1"},
		"wildcards are letters":    {bank.TransactionFilter{Merchant: "0% fresh_m"}, "f2"},
		"a lone wildcard":          {bank.TransactionFilter{Merchant: "_"}, "f2"},
		"category in any case":     {bank.TransactionFilter{Category: "Coffee"}, "f3 f1"},
		"from a moment, inclusive": {bank.TransactionFilter{From: day(3)}, "f4 f3"},
		"to a moment, exclusive":   {bank.TransactionFilter{To: day(3)}, "f2 f1"},
		"least amount":             {bank.TransactionFilter{MinMinor: 450}, "f4 f3 f2"},
		"largest amount":           {bank.TransactionFilter{MaxMinor: 450}, "f3 f1"},
		"a page":                   {bank.TransactionFilter{Limit: 2, Offset: 1}, "f3 f2"},
	} {
		if tc.filter.Limit == 0 {
			tc.filter.Limit = 100
		}
		list, err := s.Transactions(t.Context(), "fil", tc.filter)
		got := ""
		for i, tr := range list {
			if i > 0 {
				got += " "
			}
			got += tr.ID
		}
		if err != nil || got != tc.want {
			t.Errorf("%s: %q, want %q, %v", name, got, tc.want, err)
		}
	}
	groups, err := s.Spending(t.Context(), "fil", "merchant", bank.TransactionFilter{MaxMinor: 2400})
	want := []bank.Group{{Name: "Blue Café", Amount: money.Of(850, "USD"), Count: 2}}
	if diff := cmp.Diff(want, groups); diff != "" || err != nil {
		t.Errorf("spending: %s %v", diff, err)
	}
}

func demoData(t *testing.T, s bank.Store) {
	now := time.Date(2026, 3, 1, 15, 4, 5, 0, time.UTC)
	for range 2 {
		if err := demo.Seed(t.Context(), s, now); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range demo.Customers() {
		list, err := s.Transactions(t.Context(), c.ID, bank.TransactionFilter{Limit: bank.MaxTransactions})
		if err != nil || len(list) < 100 {
			t.Errorf("%s has %d transactions, %v", c.ID, len(list), err)
			continue
		}
		if list[0].OccurredAt.After(now) || now.Sub(list[0].OccurredAt) > 72*time.Hour {
			t.Errorf("the newest transaction of %s is of %v", c.ID, list[0].OccurredAt)
		}
		for id, balance := range balances(t, s, c.ID) {
			if balance < 0 {
				t.Errorf("%s is overdrawn: %d", id, balance)
			}
		}
	}
	verify(t, s)
}
