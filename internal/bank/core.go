package bank

import (
	"context"
	"time"
)

// Core is a core banking system: what keeps accounts and carries out orders. A
// customer only ever sees what is their own; what belongs to others doesn't
// exist for them. Implementations are safe for concurrent use and return
// *fault.Error values with the reasons of this package.
type Core interface {
	Accounts(ctx context.Context, customerID string) ([]Account, error)
	// Transactions returns what passes the filter, newest first, then by id.
	Transactions(ctx context.Context, customerID string, f TransactionFilter) ([]Transaction, error)
	// Spending sums what left the accounts for purchases, by "category" or
	// "merchant", largest first.
	Spending(ctx context.Context, customerID, by string, f TransactionFilter) ([]Group, error)
	Holds(ctx context.Context, customerID string) ([]Hold, error)
	Cards(ctx context.Context, customerID string) ([]Card, error)
	Payees(ctx context.Context, customerID string) ([]Payee, error)
	Bills(ctx context.Context, customerID string) ([]Bill, error)
	// Limits returns the limits and what is left of them today.
	Limits(ctx context.Context, customerID string) ([]Limit, error)

	// Check says why Execute would refuse an order now, and changes nothing.
	Check(ctx context.Context, o Order) error
	// Execute decides about an order once, however often and from wherever it is
	// called with the same ID: the first receipt or refusal is every later one. A
	// refusal (fault classes Validation, NotFound, Conflict) changed nothing. After any other error nobody knows
	// whether the order was executed, and it must be called again to find out.
	Execute(ctx context.Context, o Order) (Receipt, error)
	// Receipt returns the receipt of an executed order, and a fault.NotFound for
	// one that was not executed.
	Receipt(ctx context.Context, customerID, orderID string) (Receipt, error)
}

// LedgerStore is the storage of the built-in ledger. All methods are safe for
// concurrent use by several replicas on one database.
type LedgerStore interface {
	// CreateCustomer stores a customer with what they have, all of it or
	// nothing. What exists already stays as it is. Balances start at zero. A
	// customer without id stands for the bank itself.
	CreateCustomer(ctx context.Context, c Customer, h Holdings) error
	// SetAccountStatus freezes, thaws or closes an account.
	SetAccountStatus(ctx context.Context, accountID string, status AccountStatus) error
	// Post stores postings and moves the balances of their accounts, all of it
	// or nothing. A posting whose ID is stored already is passed over. It fails
	// with ErrUnbalanced, with fault.NotFound for an unknown account, and with
	// fault.Conflict when an account would fall below its floor.
	Post(ctx context.Context, postings []Posting) error
	// PlaceHold sets money aside, once for each hold's ID, and fails with
	// fault.Conflict when there isn't enough.
	PlaceHold(ctx context.Context, h Hold) error
	// ReleaseHold gives back what a hold had set aside; once is enough.
	ReleaseHold(ctx context.Context, holdID string) error

	// Accounts returns a customer's accounts, oldest first, then by id.
	Accounts(ctx context.Context, customerID string) ([]Account, error)
	Transactions(ctx context.Context, customerID string, f TransactionFilter) ([]Transaction, error)
	Spending(ctx context.Context, customerID, by string, f TransactionFilter) ([]Group, error)
	Holds(ctx context.Context, customerID string) ([]Hold, error)
	Cards(ctx context.Context, customerID string) ([]Card, error)
	Payees(ctx context.Context, customerID string) ([]Payee, error)
	Bills(ctx context.Context, customerID string) ([]Bill, error)
	// Used sums the customer's executed orders of some kinds since a moment.
	Used(ctx context.Context, customerID string, kinds []OrderKind, since time.Time) (int64, error)

	// Snapshot reads what an order is decided on; today begins at dayStart.
	Snapshot(ctx context.Context, o Order, dayStart time.Time) (Snapshot, error)
	// Execute reads the snapshot of an order, lets decide say what it does, and
	// stores that with the order, in one transaction during which nobody else
	// can move this customer's money or these accounts'. What decide refuses is
	// stored as refused. An order whose ID is stored returns its receipt or its
	// refusal without a decision; another order under the same ID is ErrReused.
	// An order that operators have stopped is neither executed nor refused: see
	// Switches.Hold. No switch changes until what was decided is stored.
	Execute(ctx context.Context, o Order, dayStart, now time.Time, decide func(Snapshot) (Effect, error)) (Receipt, error)
	// Receipt returns the receipt of a stored order or a fault.NotFound.
	Receipt(ctx context.Context, customerID, orderID string) (Receipt, error)

	// Verify compares everything that is stored twice in some form.
	Verify(ctx context.Context) (Findings, error)
	// EachPosting calls fn for every posting with the digest that is stored with
	// it and the one that the audit log has, in the order of their ids.
	EachPosting(ctx context.Context, fn func(p Posting, stored, audited []byte) error) error
}

// Store is everything that this package keeps in the product's own database.
type Store interface {
	LedgerStore
	ActionStore
}
