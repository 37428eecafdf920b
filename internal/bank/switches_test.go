package bank

import (
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

func TestSwitchesStopTheirKindsOfOrders(t *testing.T) {
	t.Parallel()
	kinds := []OrderKind{Transfer, Payment, BillPayment, FreezeCard, UnfreezeCard, OpenDispute}
	for name, tc := range map[string]struct {
		s       Switches
		reason  string
		stopped map[OrderKind]bool
	}{
		"none":      {Switches{}, "", nil},
		"transfers": {Switches{NoTransfers: true}, ReasonSwitchedOff, map[OrderKind]bool{Transfer: true, Payment: true}},
		"bills":     {Switches{NoBills: true}, ReasonSwitchedOff, map[OrderKind]bool{BillPayment: true}},
		"cards":     {Switches{NoCards: true}, ReasonSwitchedOff, map[OrderKind]bool{FreezeCard: true, UnfreezeCard: true}},
		"lockdown": {Switches{Lockdown: true}, ReasonLockdown, map[OrderKind]bool{
			Transfer: true, Payment: true, BillPayment: true, FreezeCard: true, UnfreezeCard: true, OpenDispute: true,
		}},
	} {
		for _, k := range kinds {
			allowed, held := tc.s.Allow(k), tc.s.Hold(k)
			if (allowed != nil) != tc.stopped[k] || (held != nil) != tc.stopped[k] {
				t.Errorf("%s, %s: %v, %v", name, k, allowed, held)
			}
			if tc.stopped[k] && (fault.ReasonOf(allowed) != tc.reason || !fault.Is(allowed, fault.Conflict) || final(held)) {
				t.Errorf("%s, %s: %v; held for good: %v", name, k, allowed, final(held))
			}
		}
	}
}

func TestAStoppedActionStaysAsItIs(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for status, class := range map[ActionStatus]fault.Class{ActionPending: fault.Conflict, ActionExecuting: fault.Connection} {
		o := Order{ID: "a", CustomerID: "ann", Kind: Transfer, From: "c", Target: "s"}
		a := Action{ID: "a", CustomerID: "ann", Order: o, Digest: o.Digest(), Status: status, ExpiresAt: now.Add(time.Minute), ConfirmKey: "k", ConfirmedAt: now, TriedAt: now}
		before := a
		err := claim(&a, Confirmation{key: "k"}, Switches{Lockdown: true}, now)
		if a != before || !fault.Is(err, class) || fault.ReasonOf(err) != ReasonLockdown {
			t.Errorf("%s: %v, %+v", status, err, a)
		}
	}
}
