package bank

import (
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// Switches are the kinds of orders that operators have stopped. The zero value
// stops none.
type Switches struct {
	// Lockdown stops all of them.
	Lockdown bool
	// NoTransfers stops transfers and payments to payees.
	NoTransfers bool
	NoBills     bool
	NoCards     bool
}

// Why an order is stopped.
const (
	ReasonLockdown    = "lockdown"
	ReasonSwitchedOff = "switched_off"
)

// Allow says whether orders of a kind may be proposed and confirmed, and if not,
// why, in words for the customer.
func (s Switches) Allow(k OrderKind) error {
	off, what := false, ""
	switch k {
	case Transfer, Payment:
		off, what = s.NoTransfers, "transfers and payments are"
	case BillPayment:
		off, what = s.NoBills, "bill payments are"
	case FreezeCard, UnfreezeCard:
		off, what = s.NoCards, "freezing and unfreezing cards here is"
	}
	switch {
	case s.Lockdown:
		return fault.New(fault.Conflict, "for safety, nothing can be moved or changed here at the moment; nothing was done").
			WithReason(ReasonLockdown).WithRetryAfter(time.Minute)
	case off:
		return fault.New(fault.Conflict, "%s switched off at the moment; nothing was done", what).
			WithReason(ReasonSwitchedOff).WithRetryAfter(time.Minute)
	}
	return nil
}

// Hold is Allow for an order that is confirmed already. Its error is no refusal:
// the order stays, and is carried out when it may be, if that is soon.
func (s Switches) Hold(k OrderKind) error {
	if err := s.Allow(k); err != nil {
		return fault.New(fault.Connection, "orders are stopped at the moment").WithReason(fault.ReasonOf(err)).WithRetryAfter(time.Minute)
	}
	return nil
}
