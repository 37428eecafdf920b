package bank

import (
	"context"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// Ledger is the built-in core banking system: double-entry books under rules.
type Ledger struct {
	LedgerStore
	rules Rules
	now   func() time.Time
}

// NewLedger returns a Ledger. A nil now is the clock of this machine.
func NewLedger(store LedgerStore, rules Rules, now func() time.Time) *Ledger {
	if now == nil {
		now = time.Now
	}
	return &Ledger{LedgerStore: store, rules: rules, now: now}
}

// Check implements Core.
func (l *Ledger) Check(ctx context.Context, o Order) error {
	if err := o.check(); err != nil {
		return err
	}
	now := l.now()
	s, err := l.Snapshot(ctx, o, l.rules.dayStart(now))
	if err != nil {
		return err
	}
	_, err = l.rules.Decide(o, s, now)
	return err
}

// Execute implements Core.
func (l *Ledger) Execute(ctx context.Context, o Order) (Receipt, error) {
	if err := o.check(); err != nil {
		return Receipt{}, err
	}
	now := l.now().UTC().Truncate(time.Microsecond) // as precise as the stores are
	return l.LedgerStore.Execute(ctx, o, l.rules.dayStart(now), now, func(s Snapshot) (Effect, error) {
		return l.rules.Decide(o, s, now)
	})
}

// Limits implements Core. A customer without an account has none.
func (l *Ledger) Limits(ctx context.Context, customerID string) ([]Limit, error) {
	accounts, err := l.Accounts(ctx, customerID)
	if err != nil {
		return nil, err
	}
	if len(accounts) == 0 {
		return nil, errNoAccounts
	}
	currency, today := accounts[0].Balance.Currency, l.rules.dayStart(l.now())
	var limits []Limit
	for _, k := range []OrderKind{Transfer, BillPayment} {
		used, err := l.Used(ctx, customerID, SameLimit(k), today)
		if err != nil {
			return nil, err
		}
		each, daily := l.rules.limits(k)
		name := "transfers"
		if k == BillPayment {
			name = "bill payments"
		}
		limits = append(limits, Limit{
			Name: name, Each: money.Of(each, currency), Daily: money.Of(daily, currency),
			UsedToday: money.Of(used, currency), LeftToday: money.Of(max(0, daily-used), currency),
		})
	}
	return limits, nil
}

var errNoAccounts = fault.New(fault.NotFound, "there are no accounts for this customer").WithReason(ReasonNoAccount)
