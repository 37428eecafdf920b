// Package demo fills an empty bank with a few believable customers, so that a
// newcomer has something to ask about. The same day gives the same data. It is
// never used in production.
package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// history is how far back the transactions go.
const history = 183

// outside is the bank's own account against which money from and to the rest
// of the world is posted.
const outside = "internal-outside-usd"

// Customers returns the demo customers.
func Customers() []bank.Customer {
	return []bank.Customer{
		{ID: "demo-alex", Name: "Alex Rivera"},
		{ID: "demo-maria", Name: "Maria Okafor"},
		{ID: "demo-sam", Name: "Sam Lindqvist"},
	}
}

// profile is how a customer lives, in cents.
type profile struct {
	salary, rent, opening, savings int64
	wallet, card                   bool
	habits                         []habit
}

// habit is a purchase that comes back: at one of the merchants, about every so
// many days, for an amount in a range of cents.
type habit struct {
	category  string
	merchants []string
	every     int
	from, to  int64
}

var everyday = []habit{
	{"groceries", []string{"Fresh Basket Market", "Corner Grocer", "Green Valley Foods"}, 4, 1850, 12400},
	{"coffee", []string{"Blue Door Coffee", "Daily Grind"}, 3, 375, 925},
	{"restaurants", []string{"Taqueria Luna", "Noodle House", "The Copper Pot", "Pizza Forno"}, 6, 1420, 6800},
	{"transport", []string{"Metro Transit", "CityCab", "Parkway Fuel"}, 5, 275, 5400},
	{"shopping", []string{"Harbor Department Store", "PageTurner Books", "Volt Electronics", "Threadline Clothing"}, 13, 1200, 18900},
	{"health", []string{"Wellspring Pharmacy", "Northside Dental"}, 29, 900, 14500},
	{"entertainment", []string{"Cinema Grand", "StreamBox", "Melody Music"}, 15, 999, 3200},
}

func profiles() map[string]profile {
	return map[string]profile{
		"demo-alex":  {salary: 347_000, rent: 145_000, opening: 284_250, savings: 850_000, card: true, habits: everyday},
		"demo-maria": {salary: 428_500, rent: 189_500, opening: 321_075, savings: 1_920_000, wallet: true, habits: everyday},
		"demo-sam":   {salary: 251_000, rent: 82_000, opening: 211_340, savings: 120_000, habits: everyday[:5]},
	}
}

// Seed stores the demo customers and their last six months up to now. A bank
// that has them already is left as it is.
func Seed(ctx context.Context, store bank.Store, now time.Time) error {
	customers := Customers()
	last := customers[len(customers)-1]
	done, err := store.Transactions(ctx, last.ID, bank.TransactionFilter{Limit: 1})
	if err != nil || len(done) > 0 {
		return err
	}
	opened := now.AddDate(-1, -2, 0)
	if err := store.CreateCustomer(ctx, bank.Customer{}, bank.Holdings{Accounts: internalAccounts(opened)}); err != nil {
		return fmt.Errorf("demo bank accounts: %w", err)
	}
	var postings []bank.Posting
	for i, c := range customers {
		c.CreatedAt = opened
		if err := store.CreateCustomer(ctx, c, bank.Holdings{Accounts: accounts(c.ID, i, opened)}); err != nil {
			return fmt.Errorf("demo customer %s: %w", c.ID, err)
		}
		postings = append(postings, live(c.ID, i, now)...)
	}
	for i, c := range customers { // once everybody has accounts, they can be each other's payees
		if err := store.CreateCustomer(ctx, c, holdings(c.ID, i, now)); err != nil {
			return fmt.Errorf("demo customer %s: %w", c.ID, err)
		}
	}
	slices.SortStableFunc(postings, func(a, b bank.Posting) int { return a.OccurredAt.Compare(b.OccurredAt) })
	if err := store.Post(ctx, postings); err != nil { // all at once: a crash leaves nothing half done
		return fmt.Errorf("demo transactions: %w", err)
	}
	return store.PlaceHold(ctx, bank.Hold{
		ID: "demo-alex-hold-1", AccountID: "demo-alex-checking", Amount: money.Of(6_000, "USD"), Merchant: "Parkway Fuel", Category: "transport",
		PlacedAt: now.Add(-5 * time.Hour).UTC().Truncate(time.Second), ExpiresAt: now.AddDate(0, 0, 3).UTC().Truncate(time.Second),
	})
}

func accounts(customerID string, index int, opened time.Time) []bank.Account {
	p := profiles()[customerID]
	list := []bank.Account{account(customerID, index, bank.Checking, "Everyday Checking", 1, opened)}
	list = append(list, account(customerID, index, bank.Savings, "Rainy Day Savings", 2, opened))
	if p.wallet {
		list = append(list, account(customerID, index, bank.Wallet, "Wallet", 3, opened))
	}
	if p.card {
		list = append(list, account(customerID, index, bank.CardAccount, "Cash Back Card", 4, opened))
	}
	return list
}

// account numbers start with 000, which no real account does; the routing
// number passes its checksum and is assigned to nobody.
func account(customerID string, index int, kind bank.AccountKind, name string, n int, opened time.Time) bank.Account {
	return bank.Account{
		ID: fmt.Sprintf("%s-%s", customerID, kind), CustomerID: customerID, Kind: kind, Name: name,
		Number: fmt.Sprintf("000%07d%02d", 4_100_233+7919*index, n), Routing: "000000518",
		Status: bank.Active, Balance: money.Of(0, "USD"), OpenedAt: opened.Add(time.Duration(n) * time.Minute),
	}
}

// life collects the postings of one customer, day by day.
type life struct {
	customerID string
	rng        *rand.Rand
	now        time.Time
	postings   []bank.Posting
}

func live(customerID string, index int, now time.Time) []bank.Posting {
	p := profiles()[customerID]
	l := &life{customerID: customerID, rng: rand.New(rand.NewPCG(20260101, uint64(index))), now: now}
	first := now.AddDate(0, 0, -history)
	checking, savings := l.account(bank.Checking), l.account(bank.Savings)
	l.post(first.AddDate(0, 0, -1), "Opening balance", "", "income", outside, checking, p.opening)
	l.post(first.AddDate(0, 0, -1), "Opening balance", "", "income", outside, savings, p.savings)
	if p.wallet {
		l.post(first, "Wallet top-up", "", "transfer", checking, l.account(bank.Wallet), 15_000)
	}
	for d := range history + 1 {
		l.day(first.AddDate(0, 0, d), d, p)
	}
	return l.postings
}

func (l *life) account(kind bank.AccountKind) string { return l.customerID + "-" + string(kind) }

// day posts what happens on one day: the month's fixed dates, and habits.
func (l *life) day(at time.Time, d int, p profile) {
	checking := l.account(bank.Checking)
	switch at.Day() {
	case 1:
		l.post(clock(at, 6, 30), "Rent", "Elm Street Apartments", "housing", checking, outside, p.rent)
	case 3:
		l.post(clock(at, 8, 0), "Phone plan", "Skyline Mobile", "utilities", checking, outside, 4_500)
	case 9:
		l.post(clock(at, 8, 5), "Electricity", "City Power & Light", "utilities", checking, outside, 6_000+l.rng.Int64N(4_500))
	case 12:
		l.post(clock(at, 5, 0), "Monthly subscription", "StreamBox", "entertainment", checking, outside, 1_549)
	case 15, 28:
		l.post(clock(at, 7, 0), "Salary", "", "income", outside, checking, p.salary/2)
	case 29:
		l.post(clock(at, 9, 0), "Transfer to savings", "", "transfer", checking, l.account(bank.Savings), p.salary/20)
	}
	for i, h := range p.habits {
		if (d+i)%h.every != 0 {
			continue
		}
		merchant := h.merchants[l.rng.IntN(len(h.merchants))]
		amount := h.from + l.rng.Int64N(h.to-h.from)
		l.post(clock(at, 9+l.rng.IntN(12), l.rng.IntN(60)), "Card purchase", merchant, h.category, checking, outside, amount)
		if h.category == "shopping" && l.rng.IntN(5) == 0 {
			l.post(clock(at.AddDate(0, 0, 3), 11, 0), "Refund", merchant, h.category, outside, checking, amount)
		}
	}
}

func clock(day time.Time, hour, minute int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, time.UTC)
}

// post moves cents from one account to another, unless that would be in the
// future.
func (l *life) post(at time.Time, description, merchant, category, from, to string, cents int64) {
	if at.After(l.now) {
		return
	}
	amount := money.Of(cents, "USD")
	l.postings = append(l.postings, bank.Posting{
		ID: fmt.Sprintf("%s-%04d", l.customerID, len(l.postings)+1), OccurredAt: at.UTC().Truncate(time.Microsecond),
		Description: description, Merchant: merchant, Category: category,
		Entries: []bank.Entry{{AccountID: from, Amount: money.Of(-cents, "USD")}, {AccountID: to, Amount: amount}},
	})
}
