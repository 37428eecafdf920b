package bank

import (
	"bytes"
	"context"
	"fmt"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// Findings are the figures of the books and what is wrong with them. The lists
// name what contradicts itself and are empty in sound books.
type Findings struct {
	Customers, Accounts, Postings, Entries, Orders, Holds int64
	Actions                                               map[ActionStatus]int64
	// Totals are the sums of all balances, by currency: always zero, because
	// money only moves.
	Totals []money.Amount
	// Undigested is the number of postings from before digests were stored with
	// them, by schema 3 and older.
	Undigested int64

	WrongBalances      []string // accounts whose balance isn't the sum of their entries
	WrongHolds         []string // accounts whose held amount isn't the sum of their holds
	BelowFloor         []string // accounts with less than their floor
	Unbalanced         []string // postings whose entries don't sum to zero or are fewer than two
	WrongOrders        []string // orders that don't fit the posting they made
	OrdersWithoutYes   []string // orders whose action was never confirmed
	ActionsWithoutDeed []string // actions recorded as executed without an order
	WrongDigests       []string // postings that don't say what they said when they were stored
	Unaudited          []string // postings that the audit log doesn't know, or knows otherwise
}

// Problems describes everything that is wrong, one line each.
func (f Findings) Problems() []string {
	var lines []string
	for _, p := range []struct {
		ids  []string
		text string
	}{
		{f.WrongBalances, "account %s: the balance is not the sum of its entries"},
		{f.WrongHolds, "account %s: what is held is not the sum of its holds"},
		{f.BelowFloor, "account %s: the balance is below its floor"},
		{f.Unbalanced, "posting %s: its entries don't balance"},
		{f.WrongOrders, "order %s: its posting says something else"},
		{f.OrdersWithoutYes, "order %s: its action was never confirmed"},
		{f.ActionsWithoutDeed, "action %s: recorded as executed, but there is no order"},
		{f.WrongDigests, "posting %s: it was changed after it was stored"},
		{f.Unaudited, "posting %s: the audit log has no record of it or another one"},
	} {
		for _, id := range p.ids {
			lines = append(lines, fmt.Sprintf(p.text, id))
		}
	}
	for _, t := range f.Totals {
		if t.Minor != 0 {
			lines = append(lines, fmt.Sprintf("all balances in %s sum to %s instead of zero", t.Currency, t))
		}
	}
	return lines
}

// Verify proves every invariant of the books over the whole database.
func Verify(ctx context.Context, store LedgerStore) (Findings, error) {
	f, err := store.Verify(ctx)
	if err != nil {
		return f, err
	}
	err = store.EachPosting(ctx, func(p Posting, stored, audited []byte) error {
		switch actual := p.Digest(); {
		case len(stored) == 0 && len(audited) == 0:
			f.Undigested++
		case !bytes.Equal(actual, stored):
			f.WrongDigests = append(f.WrongDigests, p.ID)
		case !bytes.Equal(actual, audited):
			f.Unaudited = append(f.Unaudited, p.ID)
		}
		return nil
	})
	return f, err
}
