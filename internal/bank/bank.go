// Package bank owns customers' money. It has four parts, a later one resting on
// the earlier ones:
//
//   - what there is: customers, accounts, cards, payees, bills, and the
//     double-entry journal that every balance can be derived from;
//   - Core, the core banking system that keeps all of it: the built-in Ledger
//     here, or a company's own behind bank/corehttp;
//   - pending actions, the only door to money: an Order is proposed, waits for
//     the customer's Confirmation, and is executed once;
//   - the tools that engines call. They read, and they propose. None can confirm.
//
// It knows no HTTP, no language model and no SQL.
package bank

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// Customer is a person with accounts.
type Customer struct {
	ID        string
	Name      string
	CreatedAt time.Time
}

// AccountKind is what an account is used for.
type AccountKind string

// Kinds of accounts. Internal accounts are the bank's own side of a posting and
// belong to no customer.
const (
	Checking    AccountKind = "checking"
	Savings     AccountKind = "savings"
	Wallet      AccountKind = "wallet"
	CardAccount AccountKind = "card"
	Internal    AccountKind = "internal"
)

// AccountStatus says whether money may move on an account.
type AccountStatus string

// States of an account.
const (
	Active AccountStatus = "active"
	Frozen AccountStatus = "frozen"
	Closed AccountStatus = "closed"
)

// Account is one balance in one currency. Number and Routing are secrets of the
// customer and not part of the JSON form.
type Account struct {
	ID         string        `json:"id"`
	CustomerID string        `json:"-"` // empty for internal accounts
	Kind       AccountKind   `json:"kind"`
	Name       string        `json:"name"`
	Ending     string        `json:"ending" doc:"Last four digits of the account number"`
	Number     string        `json:"-"`
	Routing    string        `json:"-"`
	Status     AccountStatus `json:"status"`
	Balance    money.Amount  `json:"balance" doc:"What is booked"`
	Held       money.Amount  `json:"held" doc:"Set aside for pending purchases"`
	Available  money.Amount  `json:"available" doc:"What can be spent: the balance without what is held"`
	OpenedAt   time.Time     `json:"opened_at"`
	// Floor is the least that balance less holds may become, in minor units:
	// zero, or negative for an agreed overdraft. Internal accounts have none.
	Floor int64 `json:"-"`
	// LimitEach and LimitDaily narrow the customer's limits for this account, in
	// minor units; zero narrows nothing.
	LimitEach  int64 `json:"-"`
	LimitDaily int64 `json:"-"`
}

// Complete fills in what follows from the other fields.
func (a *Account) Complete() {
	a.Held.Currency = a.Balance.Currency
	a.Available = money.Of(a.Balance.Minor-a.Held.Minor, a.Balance.Currency)
	a.Ending = ending(a.Number)
}

// ending is what may be shown of a number.
func ending(number string) string { return number[max(0, len(number)-4):] }

// label names an account in a summary.
func (a Account) label() string {
	if a.Ending == "" {
		return a.Name
	}
	return a.Name + " (ending in " + a.Ending + ")"
}

// Entry is one side of a posting: money that reaches (positive) or leaves
// (negative) an account.
type Entry struct {
	AccountID string
	Amount    money.Amount
}

// Posting is one balanced transaction of the journal. It never changes once it
// is stored.
type Posting struct {
	// ID is unique; storing the same ID again changes nothing.
	ID          string
	OccurredAt  time.Time
	Description string
	Merchant    string
	Category    string
	Entries     []Entry
}

// ErrUnbalanced is returned for a posting that would make or destroy money.
var ErrUnbalanced = errors.New("bank: the entries of a posting must sum to zero in every currency")

// Balanced returns ErrUnbalanced unless the entries sum to zero per currency.
func (p Posting) Balanced() error {
	sums := map[string]money.Amount{}
	for _, e := range p.Entries {
		sum, err := money.Of(sums[e.Amount.Currency].Minor, e.Amount.Currency).Add(e.Amount)
		if err != nil {
			return err
		}
		sums[e.Amount.Currency] = sum
	}
	for _, sum := range sums {
		if sum.Minor != 0 {
			return ErrUnbalanced
		}
	}
	if len(p.Entries) < 2 {
		return ErrUnbalanced
	}
	return nil
}

// Digest is the SHA-256 of everything that a posting says, its time to the
// microsecond as the stores keep it. The journal stores
// it, and the audit log links it into its chain.
func (p Posting) Digest() []byte {
	fields := []string{"posting", p.ID, strconv.FormatInt(p.OccurredAt.UnixMicro(), 10), p.Description, p.Merchant, p.Category}
	entries := slices.SortedFunc(slices.Values(p.Entries), func(a, b Entry) int {
		return cmp.Or(strings.Compare(a.AccountID, b.AccountID), cmp.Compare(a.Amount.Minor, b.Amount.Minor))
	})
	for _, e := range entries {
		fields = append(fields, e.AccountID, e.Amount.Currency, strconv.FormatInt(e.Amount.Minor, 10))
	}
	return digest(fields...)
}

// digest hashes fields so that no two lists of fields look alike.
func digest(fields ...string) []byte {
	h := sha256.New()
	for _, f := range fields {
		fmt.Fprintf(h, "%d:%s", len(f), f)
	}
	return h.Sum(nil)
}

// Transaction is a posting as seen from one account: negative amounts left it.
type Transaction struct {
	ID          string       `json:"id"`
	AccountID   string       `json:"account_id"`
	OccurredAt  time.Time    `json:"occurred_at"`
	Description string       `json:"description"`
	Merchant    string       `json:"merchant,omitempty"`
	Category    string       `json:"category"`
	Amount      money.Amount `json:"amount"`
}

// TransactionFilter narrows a list of transactions. Zero values don't narrow.
type TransactionFilter struct {
	ID        string // one transaction
	AccountID string
	Merchant  string    // a part of merchant or description, in any case
	Category  string    // exact, in any case
	From, To  time.Time // From inclusive, To exclusive
	MinMinor  int64     // least absolute amount in minor units
	MaxMinor  int64     // largest absolute amount in minor units
	Limit     int       // zero means MaxTransactions
	Offset    int
}

// MaxTransactions bounds one list of transactions.
const MaxTransactions = 200

// Group is the spending on one category or at one merchant.
type Group struct {
	Name   string       `json:"name"`
	Amount money.Amount `json:"amount"`
	Count  int          `json:"count"`
}
