// Package bank owns customers' money: accounts, the double-entry ledger, payees,
// cards, and the proposals that a customer must confirm before money moves. It
// knows no HTTP, no language model and no SQL.
package bank

import (
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// Customer is a person with accounts.
type Customer struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
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

// Account is one balance of a customer in one currency.
type Account struct {
	ID         string        `json:"id"`
	CustomerID string        `json:"-"`
	Kind       AccountKind   `json:"kind"`
	Name       string        `json:"name"`
	Number     string        `json:"-"` // full number: shown only when revealed on purpose
	Routing    string        `json:"-"`
	Status     AccountStatus `json:"status"`
	Balance    money.Amount  `json:"balance"`
	OpenedAt   time.Time     `json:"opened_at"`
}

// Transaction is one posting as seen from one account: negative amounts left it.
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
// From is inclusive, To exclusive; amounts compare the absolute value.
type TransactionFilter struct {
	AccountID string
	Merchant  string // case-insensitive part of the merchant or description
	Category  string
	From, To  time.Time
	MinMinor  int64
	MaxMinor  int64
	Limit     int
	Offset    int
}
