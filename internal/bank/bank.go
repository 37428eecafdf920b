// Package bank owns customers' money: their accounts, and the double-entry
// journal that every balance can be derived from. It offers both to the engines
// as tools. It knows no HTTP, no language model and no SQL.
package bank

import (
	"context"
	"errors"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
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
	Checking AccountKind = "checking"
	Savings  AccountKind = "savings"
	Wallet   AccountKind = "wallet"
	Card     AccountKind = "card"
	Internal AccountKind = "internal"
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
	Number     string        `json:"-"`
	Routing    string        `json:"-"`
	Status     AccountStatus `json:"status"`
	Balance    money.Amount  `json:"balance"`
	OpenedAt   time.Time     `json:"opened_at"`
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

// Store keeps accounts and journal. All methods are safe for concurrent use by
// several replicas on one database.
type Store interface {
	// CreateCustomer stores a customer with accounts, all of it or nothing. What
	// exists already stays as it is.
	CreateCustomer(ctx context.Context, c Customer, accounts []Account) error
	// CustomerExists says whether there is a customer of this id.
	CustomerExists(ctx context.Context, id string) (bool, error)
	// Post stores postings and moves the balances of their accounts, all of it
	// or nothing. A posting whose ID is stored already is passed over. It fails
	// with ErrUnbalanced, and with fault.NotFound for an unknown account.
	Post(ctx context.Context, postings []Posting) error
	// Accounts returns a customer's accounts, oldest first, then by id.
	Accounts(ctx context.Context, customerID string) ([]Account, error)
	// Transactions returns a customer's transactions that pass the filter,
	// newest first, then by id.
	Transactions(ctx context.Context, customerID string, f TransactionFilter) ([]Transaction, error)
	// Spending sums what left a customer's accounts for purchases, by "category"
	// or "merchant", largest first, one currency.
	Spending(ctx context.Context, customerID, by string, f TransactionFilter) ([]Group, error)
	// Verify returns the ids of accounts whose balance differs from the sum of
	// their entries, and of postings whose entries don't sum to zero.
	Verify(ctx context.Context) (accounts, postings []string, err error)
}

// Service answers questions about customers' money. It is safe for concurrent
// use.
type Service struct{ store Store }

// New returns a Service on a store.
func New(store Store) *Service { return &Service{store: store} }

// Accounts returns a customer's accounts; a customer without any is a
// fault.NotFound.
func (s *Service) Accounts(ctx context.Context, customerID string) ([]Account, error) {
	accounts, err := s.store.Accounts(ctx, customerID)
	if err == nil && len(accounts) == 0 {
		err = fault.New(fault.NotFound, "there are no accounts for this customer")
	}
	return accounts, err
}

// Transactions returns a customer's transactions, newest first.
func (s *Service) Transactions(ctx context.Context, customerID string, f TransactionFilter) ([]Transaction, error) {
	if f.Limit <= 0 || f.Limit > MaxTransactions {
		f.Limit = MaxTransactions
	}
	return s.store.Transactions(ctx, customerID, f)
}
