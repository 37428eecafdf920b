package conciergehttp

import (
	"cmp"
	"context"
	"crypto/rand"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
)

// ActionInput names an action. It is exported because huma reads the parameters of
// exported embedded structures only.
type ActionInput struct {
	CustomerQuery
	ID string `path:"id" maxLength:"64"`
}

// decisionBody may be left out altogether.
type decisionBody struct {
	_      struct{} `additionalProperties:"true"`
	UserID string   `json:"user_id,omitempty" maxLength:"128" doc:"The customer, where no token is required"`
	Digest string   `json:"digest,omitempty" maxLength:"64" doc:"The digest of the pending action as it was shown; anything else is refused"`
}

type decisionInput struct {
	ActionInput
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"128" doc:"A retry with the same key gets the first answer"`
	Body           *decisionBody
}

// signedIn says whose action it is. Without a token the query or the body names
// the customer.
func (in decisionInput) signedIn(ctx context.Context) (string, error) {
	if in.Body != nil {
		in.UserID = cmp.Or(in.UserID, in.Body.UserID)
	}
	return in.ActionInput.signedIn(ctx)
}

type actionOutput struct{ Body actionBody }

// actionBody is an action on the wire.
type actionBody struct {
	ID        string            `json:"id"`
	Kind      bank.OrderKind    `json:"kind"`
	Status    bank.ActionStatus `json:"status" enum:"pending,executing,executed,refused,canceled,replaced,expired"`
	Summary   string            `json:"summary"`
	Digest    string            `json:"digest"`
	SessionID string            `json:"session_id"`
	CreatedAt float64           `json:"created_at" doc:"Unix seconds"`
	ExpiresAt float64           `json:"expires_at" doc:"Unix seconds"`
	Receipt   *receiptBody      `json:"receipt" doc:"Set once it was carried out"`
	Reason    string            `json:"reason,omitempty" doc:"Why it was refused, for programs"`
	Detail    string            `json:"detail,omitempty" doc:"Why it was refused, for people"`
}

type receiptBody struct {
	Reference  string  `json:"reference"`
	ExecutedAt float64 `json:"executed_at" doc:"Unix seconds"`
	Available  *string `json:"available,omitempty" doc:"What the paying account has left, for people"`
}

// unixSeconds is the contract's form of a time.
func unixSeconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func output(a bank.Action) *actionOutput {
	b := actionBody{
		ID: a.ID, Kind: a.Order.Kind, Status: a.Status, Summary: a.Summary, Digest: a.Digest, SessionID: a.SessionID,
		CreatedAt: unixSeconds(a.CreatedAt), ExpiresAt: unixSeconds(a.ExpiresAt), Reason: a.RefusalReason, Detail: a.RefusalDetail,
	}
	if r := a.Receipt; r != nil {
		b.Receipt = &receiptBody{Reference: r.Reference, ExecutedAt: unixSeconds(r.ExecutedAt)}
		if r.Available != nil {
			text := r.Available.String()
			b.Receipt.Available = &text
		}
	}
	return &actionOutput{Body: b}
}

func (h handler) action(ctx context.Context, in *ActionInput) (*actionOutput, error) {
	id, err := in.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	a, err := h.bank.Action(ctx, id, in.ID)
	if err != nil {
		return nil, err
	}
	return output(a), nil
}

func (h handler) confirm(ctx context.Context, in *decisionInput) (*actionOutput, error) {
	id, err := in.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	digest := ""
	if in.Body != nil {
		digest = in.Body.Digest
	}
	key := cmp.Or(in.IdempotencyKey, rand.Text()) // without a key every request is one of its own
	a, err := h.concierge.ConfirmAction(ctx, id, in.ID, digest, "button "+key)
	if err != nil {
		return nil, err
	}
	return output(a), nil
}

func (h handler) cancel(ctx context.Context, in *decisionInput) (*actionOutput, error) {
	id, err := in.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	a, err := h.concierge.CancelAction(ctx, id, in.ID)
	if err != nil {
		return nil, err
	}
	return output(a), nil
}

type numbersInput struct {
	CustomerQuery
	AccountID string `path:"account_id" maxLength:"128"`
}

type numbersOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		AccountID     string `json:"account_id"`
		AccountNumber string `json:"account_number"`
		RoutingNumber string `json:"routing_number"`
	}
}

// numbers reveals what every other answer masks. Only the customer's own token
// can ask for it where tokens are required.
func (h handler) numbers(ctx context.Context, in *numbersInput) (*numbersOutput, error) {
	id, err := in.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	a, err := h.bank.Account(ctx, id, in.AccountID)
	if err != nil {
		return nil, err
	}
	out := &numbersOutput{CacheControl: "no-store"}
	out.Body.AccountID, out.Body.AccountNumber, out.Body.RoutingNumber = a.ID, a.Number, a.Routing
	return out, nil
}
