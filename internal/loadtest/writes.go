package loadtest

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// write is a payment that a customer confirmed.
type write struct {
	who Customer
	id  string

	mu        sync.Mutex
	reference string // of its receipt; set once the service said that it was done
}

func (w *write) acknowledge(reference string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reference = reference
}

// writes are all payments of a run.
type writes struct {
	mu  sync.Mutex
	all []*write
}

func (l *writes) begin(who Customer, id string) *write {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := &write{who: who, id: id}
	l.all = append(l.all, w)
	return w
}

// Money is what became of the payments of a run.
type Money struct {
	Confirmed    int      // payments that customers said yes to
	Acknowledged int      // of these: the service said at once that it was done
	Executed     int      // of these: done when asked afterwards
	Lost         int      // acknowledged, and not found executed afterwards
	Unknown      int      // no outcome to be had within the time
	Problems     []string // whatever doesn't add up, in words
}

// settleInterval is between two looks at payments whose outcome isn't known.
const settleInterval = 200 * time.Millisecond

// audit asks the service about every payment, and compares what has left the
// customers' accounts with what it says it carried out. Nobody else may use the
// customers meanwhile.
func (r *run) audit(ctx context.Context) {
	m := &r.result.Money
	executed := map[string]int{}
	references := map[string]bool{}
	for _, w := range r.ledger.all {
		m.Confirmed++
		if w.reference != "" {
			m.Acknowledged++
		}
		a, err := r.outcome(ctx, w)
		switch {
		case err != nil || a.Status == "executing":
			m.Unknown++
		case a.Status == "executed":
			m.Executed++
			executed[w.who.ID]++
			if a.Receipt == nil || references[a.Receipt.Reference] || (w.reference != "" && w.reference != a.Receipt.Reference) {
				m.Problems = append(m.Problems, "a receipt is missing, another payment's, or not the one shown first")
			} else {
				references[a.Receipt.Reference] = true
			}
		case w.reference != "":
			m.Lost++
		}
	}
	if m.Unknown > 0 {
		m.Problems = append(m.Problems, fmt.Sprintf("%d payments have no known outcome; the balances weren't compared", m.Unknown))
		return
	}
	r.compareBalances(ctx, executed)
}

// outcome asks until a payment is decided: done, refused, or never begun.
func (r *run) outcome(ctx context.Context, w *write) (a actionBody, err error) {
	for {
		err = persist(ctx, time.Minute, func() (err error) {
			a, err = r.client.action(ctx, w.who, w.id)
			return err
		})
		if err != nil || a.Status != "executing" {
			return a, err
		}
		select {
		case <-time.After(settleInterval):
		case <-ctx.Done():
			return a, nil
		}
	}
}

func (r *run) compareBalances(ctx context.Context, executed map[string]int) {
	for _, who := range r.o.Customers {
		accounts, err := r.client.accounts(ctx, who)
		if err != nil {
			r.result.Money.Problems = append(r.result.Money.Problems, "the balances afterwards could not be read")
			return
		}
		left := r.steady[who.ID].total - facts(accounts).total
		if want := int64(executed[who.ID]) * r.o.Amount; left != want {
			r.result.Money.Problems = append(r.result.Money.Problems,
				fmt.Sprintf("%d minor units left the accounts of a customer whose payments were %d", left, want))
		}
	}
}
