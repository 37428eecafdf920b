package bank

import (
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// Rules are the limits within which the built-in ledger executes orders.
// Amounts are minor units of the account's currency; zero means no limit.
type Rules struct {
	TransferEach, TransferDaily int64 // transfers and payments together
	BillEach, BillDaily         int64
	// ReviewAmount is from when on any order goes to a human.
	ReviewAmount int64
	// ReviewNewPayee is from when on the first payment to a payee does.
	ReviewNewPayee int64
	// DisputeWindow is how long after a transaction a dispute can be opened.
	DisputeWindow time.Duration
	// Location is where a day begins and ends.
	Location *time.Location
}

// dayStart is the beginning of the day that limits count in.
func (r Rules) dayStart(now time.Time) time.Time {
	loc := r.Location
	if loc == nil {
		loc = time.UTC
	}
	y, m, d := now.In(loc).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, loc)
}

// limits returns what applies to a kind of order.
func (r Rules) limits(k OrderKind) (each, daily int64) {
	if k == BillPayment {
		return r.BillEach, r.BillDaily
	}
	return r.TransferEach, r.TransferDaily
}

// SameLimit lists the kinds of orders that count against one limit together
// with a kind.
func SameLimit(k OrderKind) []OrderKind {
	if k == BillPayment {
		return []OrderKind{BillPayment}
	}
	return []OrderKind{Transfer, Payment}
}

// Snapshot is what the books say about an order at the moment in which it is
// decided. What doesn't exist, or belongs to another customer, is nil.
type Snapshot struct {
	From        *Account
	To          *Account // the receiving account; of any customer for a payment
	Payee       *Payee
	Bill        *Bill
	Card        *Card
	Transaction *Transaction
	// PaidBefore says whether an earlier order paid this payee.
	PaidBefore bool
	// Disputed says whether the transaction has an open dispute.
	Disputed bool
	// UsedToday is what today's orders under the same limit add up to, and
	// FromToday that part of it which left the paying account.
	UsedToday, FromToday int64
}

// Effect is what an order changes. One of its fields is set.
type Effect struct {
	Posting    *Posting
	CardStatus CardStatus
	Dispute    bool
}

// Decide says what an order does to the books, or why it is refused. It is the
// only place where that is decided, and has no side effects.
func (r Rules) Decide(o Order, s Snapshot, now time.Time) (Effect, error) {
	if err := o.check(); err != nil {
		return Effect{}, err
	}
	switch o.Kind {
	case Transfer, Payment, BillPayment:
		return r.decideMoney(o, s, now)
	case FreezeCard:
		return decideCard(s, CardActive, CardFrozen)
	case UnfreezeCard:
		return decideCard(s, CardFrozen, CardActive)
	case OpenDispute:
		return r.decideDispute(s, now)
	}
	return Effect{}, fault.New(fault.Validation, "there is no such kind of order").WithReason(ReasonIncomplete)
}

func (r Rules) decideMoney(o Order, s Snapshot, now time.Time) (Effect, error) {
	p := Posting{ID: o.ID, OccurredAt: now, Category: "transfer", Description: "Transfer"}
	switch {
	case s.From == nil:
		return Effect{}, fault.New(fault.NotFound, "you have no such account to pay from").WithReason(ReasonNoAccount)
	case o.Kind == Transfer && (s.To == nil || s.To.CustomerID != o.CustomerID):
		return Effect{}, fault.New(fault.NotFound, "you have no such account to move money to").WithReason(ReasonNoAccount)
	case o.Kind == Payment && s.Payee == nil:
		return Effect{}, fault.New(fault.NotFound, "you have no such payee").WithReason(ReasonNoTarget)
	case o.Kind == BillPayment && s.Bill == nil:
		return Effect{}, fault.New(fault.NotFound, "you have no such biller").WithReason(ReasonNoTarget)
	case s.To == nil:
		return Effect{}, fault.New(fault.Conflict, "the receiving account is not available").WithReason(ReasonClosed)
	}
	switch o.Kind {
	case Transfer:
		p.Description = "Transfer from " + s.From.Name + " to " + s.To.Name
	case Payment:
		p.Description, p.Category = "Sent to "+s.Payee.Name, "payment"
	case BillPayment:
		p.Description, p.Merchant, p.Category = "Bill payment", s.Bill.Biller, s.Bill.Category
	}
	if o.Note != "" {
		p.Description += ": " + o.Note
	}
	if err := r.checkMoney(o, s); err != nil {
		return Effect{}, err
	}
	p.Entries = []Entry{
		{AccountID: s.From.ID, Amount: money.Of(-o.Amount.Minor, o.Amount.Currency)},
		{AccountID: s.To.ID, Amount: o.Amount},
	}
	return Effect{Posting: &p}, nil
}

// checkMoney refuses what statuses, limits or the balance don't allow, the
// reason that the customer can do least about first.
func (r Rules) checkMoney(o Order, s Snapshot) error {
	for _, a := range []*Account{s.From, s.To} {
		whose := "the receiving account"
		if a.CustomerID == o.CustomerID {
			whose = "your " + a.Name
		}
		switch {
		case a.Status == Closed:
			return fault.New(fault.Conflict, "%s is closed", whose).WithReason(ReasonClosed)
		case a.Status == Frozen:
			return fault.New(fault.Conflict, "%s is frozen, so no money can move on it", whose).WithReason(ReasonFrozen)
		case a.Balance.Currency != o.Amount.Currency:
			return fault.New(fault.Validation, "%s is in %s and the amount in %s", whose, a.Balance.Currency, o.Amount.Currency).WithReason(ReasonCurrency)
		}
	}
	if err := r.checkLimits(o, s); err != nil {
		return err
	}
	if o.Amount.Minor > s.From.Available.Minor-s.From.Floor {
		return fault.New(fault.Conflict, "there isn't enough money in your %s: %s is available", s.From.Name, s.From.Available).WithReason(ReasonFunds)
	}
	return nil
}

func (r Rules) checkLimits(o Order, s Snapshot) error {
	currency := o.Amount.Currency
	name := "transfer"
	if o.Kind == BillPayment {
		name = "bill payment"
	}
	each, daily := r.limits(o.Kind)
	for _, l := range []struct{ each, daily, used int64 }{{each, daily, s.UsedToday}, {s.From.LimitEach, s.From.LimitDaily, s.FromToday}} {
		if l.each > 0 && o.Amount.Minor > l.each {
			return fault.New(fault.Conflict, "one %s can be at most %s; a specialist can help with more", name, money.Of(l.each, currency)).
				WithReason(ReasonLimitEach)
		}
		if l.daily > 0 && l.used+o.Amount.Minor > l.daily {
			return fault.New(fault.Conflict, "today's %ss can add up to at most %s, and %s is left", name,
				money.Of(l.daily, currency), money.Of(max(0, l.daily-l.used), currency)).WithReason(ReasonLimitDaily)
		}
	}
	if r.ReviewAmount > 0 && o.Amount.Minor >= r.ReviewAmount {
		return fault.New(fault.Conflict, "an amount like this is checked by a specialist first").WithReason(ReasonNeedsHuman)
	}
	if o.Kind == Payment && !s.PaidBefore && r.ReviewNewPayee > 0 && o.Amount.Minor >= r.ReviewNewPayee {
		return fault.New(fault.Conflict, "you have never paid %s before, and a first payment of this size is checked by a specialist", s.Payee.Name).
			WithReason(ReasonNeedsHuman)
	}
	return nil
}

func decideCard(s Snapshot, from, to CardStatus) (Effect, error) {
	switch {
	case s.Card == nil:
		return Effect{}, fault.New(fault.NotFound, "you have no such card").WithReason(ReasonNoTarget)
	case s.Card.Status == CardCanceled:
		return Effect{}, fault.New(fault.Conflict, "your %s is canceled for good", s.Card.label()).WithReason(ReasonCardCanceled)
	case s.Card.Status != from:
		return Effect{}, fault.New(fault.Conflict, "your %s is already %s", s.Card.label(), to).WithReason(ReasonNoChange)
	}
	return Effect{CardStatus: to}, nil
}

func (r Rules) decideDispute(s Snapshot, now time.Time) (Effect, error) {
	switch {
	case s.Transaction == nil:
		return Effect{}, fault.New(fault.NotFound, "you have no such transaction").WithReason(ReasonNoTarget)
	case s.Disputed:
		return Effect{}, fault.New(fault.Conflict, "this transaction is already disputed").WithReason(ReasonDisputed)
	case r.DisputeWindow > 0 && now.Sub(s.Transaction.OccurredAt) > r.DisputeWindow:
		return Effect{}, fault.New(fault.Conflict, "this transaction is too old to be disputed here; a specialist can look at it").WithReason(ReasonTooOld)
	}
	return Effect{Dispute: true}, nil
}
