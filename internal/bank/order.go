package bank

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// OrderKind is what an order does.
type OrderKind string

// Kinds of orders.
const (
	Transfer     OrderKind = "transfer"     // to another account of the customer
	Payment      OrderKind = "payment"      // to a payee
	BillPayment  OrderKind = "bill_payment" // to a biller
	FreezeCard   OrderKind = "freeze_card"
	UnfreezeCard OrderKind = "unfreeze_card"
	OpenDispute  OrderKind = "dispute"
)

// movesMoney says whether orders of a kind have an amount and a paying account.
func (k OrderKind) movesMoney() bool { return k == Transfer || k == Payment || k == BillPayment }

// Order is something a customer wants done, complete in every detail.
type Order struct {
	// ID is unique. Executing the same ID again does nothing and returns the
	// first Receipt.
	ID         string    `json:"id"`
	CustomerID string    `json:"customer_id"`
	Kind       OrderKind `json:"kind" enum:"transfer,payment,bill_payment,freeze_card,unfreeze_card,dispute"`
	// From is the paying account; empty where no money moves.
	From string `json:"from,omitempty" doc:"The paying account; empty where no money moves"`
	// Target is what the order is about: the receiving account, the payee, the
	// bill, the card, or the disputed transaction.
	Target string `json:"target" doc:"The receiving account, the payee, the bill, the card, or the disputed transaction"`
	// Amount is what moves; zero where no money does.
	Amount money.Amount `json:"amount" doc:"What moves; zero and without currency where no money does"`
	// Note is the customer's own: a memo, or the reason of a dispute.
	Note string `json:"note,omitempty" doc:"The customer's own: a memo, or the reason of a dispute"`
}

// Digest identifies the exact content of an order. The customer's yes is bound
// to it.
func (o Order) Digest() string {
	return hex.EncodeToString(digest("order", o.ID, o.CustomerID, string(o.Kind), o.From, o.Target,
		strconv.FormatInt(o.Amount.Minor, 10), o.Amount.Currency, o.Note))
}

// Receipt says that an order was executed.
type Receipt struct {
	OrderID    string    `json:"order_id"`
	ExecutedAt time.Time `json:"executed_at"`
	// Reference is what customer and staff call it.
	Reference string `json:"reference" doc:"What customer and staff call the order"`
	// Available is what can be spent from the paying account afterwards; nil
	// where no money moved.
	Available *money.Amount `json:"available,omitempty" doc:"What can be spent from the paying account afterwards"`
}

// reference is the part of an order's id that people read to each other.
func reference(orderID string) string {
	return strings.ToUpper(orderID[:min(8, len(orderID))])
}

// maxNote bounds a memo or a reason, in bytes.
const maxNote = 500

// maxAmount is the largest amount that an order may have, in minor units. It is
// far above any limit and far below where sums could overflow.
const maxAmount = 1_000_000_000_00

// check refuses orders that no state of the bank could make right.
func (o Order) check() error {
	switch {
	case o.ID == "" || o.CustomerID == "" || o.Target == "":
		return fault.New(fault.Validation, "the order is not complete").WithReason(ReasonIncomplete)
	case len(o.Note) > maxNote:
		return fault.New(fault.Validation, "a note must be at most %d characters long", maxNote).WithReason(ReasonIncomplete)
	case !o.Kind.movesMoney():
		return nil
	case o.Amount.Minor <= 0:
		return fault.New(fault.Validation, "the amount must be more than zero").WithReason(ReasonAmount)
	case o.Amount.Minor > maxAmount:
		return fault.New(fault.Validation, "the amount is too large to be right").WithReason(ReasonAmount)
	case o.Kind == Transfer && o.From == o.Target:
		return fault.New(fault.Validation, "money can't be moved from an account to itself").WithReason(ReasonSameAccount)
	}
	return nil
}

// Why an order or an action is refused: the reasons of the errors of this
// package.
const (
	ReasonIncomplete    = "incomplete"
	ReasonAmount        = "invalid_amount"
	ReasonCurrency      = "wrong_currency"
	ReasonSameAccount   = "same_account"
	ReasonNoAccount     = "unknown_account" // also somebody else's, which nobody may learn of
	ReasonNoTarget      = "unknown_target"
	ReasonAmbiguous     = "ambiguous"
	ReasonWhichSource   = "ambiguous_source" // it isn't clear which account pays
	ReasonFrozen        = "account_frozen"
	ReasonClosed        = "account_closed"
	ReasonFunds         = "insufficient_funds"
	ReasonLimitEach     = "limit_per_transaction"
	ReasonLimitDaily    = "limit_per_day"
	ReasonNeedsHuman    = "needs_human"
	ReasonCardCanceled  = "card_canceled"
	ReasonNoChange      = "no_change"
	ReasonDisputed      = "already_disputed"
	ReasonTooOld        = "too_old"
	ReasonReused        = "id_reused"
	ReasonNoAction      = "unknown_action"
	ReasonExpired       = "action_expired"
	ReasonUsed          = "action_used"
	ReasonCanceled      = "action_canceled"
	ReasonReplaced      = "action_replaced"
	ReasonRefusedBefore = "action_refused"
	ReasonInProgress    = "action_in_progress"
	ReasonOtherContent  = "action_changed"
)

// NewReceipt makes the receipt of a stored order. available is what can be spent
// from the paying account afterwards, in minor units of a currency; nil where no
// money moved.
func NewReceipt(orderID string, executedAt time.Time, available *int64, currency string) Receipt {
	r := Receipt{OrderID: orderID, ExecutedAt: executedAt, Reference: reference(orderID)}
	if available != nil {
		a := money.Of(*available, currency)
		r.Available = &a
	}
	return r
}

// ErrNoReceipt says that an order was not executed.
var ErrNoReceipt = fault.New(fault.NotFound, "there is no such order").WithReason(ReasonNoAction)

// ErrReused says that an id was used for two different orders.
var ErrReused = fault.New(fault.Conflict, "this id belongs to another order").WithReason(ReasonReused)

// Refusal is a stored no of the bank.
type Refusal struct {
	Digest string // the Order's
	Class  fault.Class
	Reason string
	Detail string
}

// Err returns the error with which an order of the same id is refused again.
func (r Refusal) Err(o Order) error {
	if r.Digest != o.Digest() {
		return ErrReused
	}
	return fault.New(r.Class, "%s", r.Detail).WithReason(r.Reason)
}
