// Package conciergehttp puts the concierge on HTTP: the chat, whole or as a
// stream of events, conversations, and the customer's accounts and transactions.
// It translates between the contract and the core and decides nothing else.
package conciergehttp

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/auth"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/concierge"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"
)

// Bank is what the endpoints that read need.
type Bank interface {
	Accounts(ctx context.Context, customerID string) ([]bank.Account, error)
	Account(ctx context.Context, customerID, accountID string) (bank.Account, error)
	Transactions(ctx context.Context, customerID string, f bank.TransactionFilter) ([]bank.Transaction, error)
	Action(ctx context.Context, customerID, id string) (bank.Action, error)
	PendingAction(ctx context.Context, customerID, sessionID string) (*bank.Action, error)
}

type handler struct {
	concierge *concierge.Service
	bank      Bank
}

// Register adds the concierge's operations to an API.
func Register(api huma.API, c *concierge.Service, b Bank) {
	h := handler{concierge: c, bank: b}
	huma.Register(api, chatOperation(api), h.chat)
	huma.Register(api, customerOperation(http.MethodGet, "/api/v1/conversations/{session_id}", "get-conversation",
		"A conversation with its messages", "Conversations"), h.conversation)
	erase := customerOperation(http.MethodDelete, "/api/v1/conversations/{session_id}", "delete-conversation",
		"Erase a conversation", "Conversations")
	erase.DefaultStatus = http.StatusNoContent
	huma.Register(api, erase, h.erase)
	news := customerOperation(http.MethodGet, "/api/v1/conversations/{session_id}/messages", "list-new-messages", "Messages that are new", "Conversations")
	news.Description = "For pages that show a conversation while a person of the company's team writes in it: ask with the next of the answer " +
		"before, and wait=20, again and again. Each message comes once, in order."
	huma.Register(api, news, h.news)
	huma.Register(api, customerOperation(http.MethodPost, "/api/v1/conversations/{session_id}/handoff", "request-handoff",
		"Ask for a person", "Conversations"), h.requestHandoff)
	leave := customerOperation(http.MethodDelete, "/api/v1/conversations/{session_id}/handoff", "leave-handoff",
		"Go back to the assistant", "Conversations")
	leave.DefaultStatus = http.StatusNoContent
	huma.Register(api, leave, h.leaveHandoff)
	huma.Register(api, customerOperation(http.MethodGet, "/api/v1/accounts", "list-accounts",
		"The customer's accounts with their balances", "Accounts"), h.accounts)
	huma.Register(api, customerOperation(http.MethodGet, "/api/v1/transactions", "list-transactions",
		"The customer's transactions, newest first", "Accounts"), h.transactions)
	huma.Register(api, customerOperation(http.MethodGet, "/api/v1/accounts/{account_id}/numbers", "reveal-account-numbers",
		"The full account and routing number of one account", "Accounts"), h.numbers)
	huma.Register(api, customerOperation(http.MethodGet, "/api/v1/actions/{id}", "get-action",
		"A pending action and what became of it", "Actions"), h.action)
	confirm := customerOperation(http.MethodPost, "/api/v1/actions/{id}/confirm", "confirm-action", "Carry out a pending action", "Actions")
	confirm.Description = "Carries the action out, once. A second confirmation is a 409 with reason action_used, unless it has the " +
		"Idempotency-Key of the first: then it gets the first's answer. What the bank refuses is a 409 with the bank's reason."
	huma.Register(api, confirm, h.confirm)
	huma.Register(api, customerOperation(http.MethodPost, "/api/v1/actions/{id}/cancel", "cancel-action",
		"Drop a pending action", "Actions"), h.cancel)
}

func customerOperation(method, path, id, summary, tag string) huma.Operation {
	return huma.Operation{
		Method: method, Path: path, OperationID: id, Summary: summary, Tags: []string{tag},
		Security: httpserver.CustomerAuth,
	}
}

func chatOperation(api huma.API) huma.Operation {
	op := customerOperation(http.MethodPost, "/api/v1/chat", "chat", "Send a message and get its answer", "Chat")
	op.Description = `Answers with one JSON object, or, when the request says "stream": true or accepts ` +
		`text/event-stream, with server-sent events. Each event's data is JSON with a "type" of thinking, tool, ` +
		`message ("delta" and "content" so far), action, error or done (the whole reply); the last data is [DONE].`
	schemas := api.OpenAPI().Components.Schemas
	reply := schemas.Schema(reflect.TypeFor[concierge.Reply](), true, "Reply")
	for _, name := range []string{"pending_action", "handoff"} { // null when there is none
		properties := schemas.SchemaFromRef(reply.Ref).Properties
		properties[name] = &huma.Schema{OneOf: []*huma.Schema{properties[name], {Type: "null"}}}
	}
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The answer",
		Content: map[string]*huma.MediaType{
			"application/json":  {Schema: reply},
			"text/event-stream": {Schema: &huma.Schema{Type: "string"}},
		},
	}}
	return op
}

type chatInput struct {
	Accept         string `header:"Accept" hidden:"true"`
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"128" doc:"A retry with the same key and body returns the first answer"`
	Body           struct {
		Message   string      `json:"message" doc:"What the customer says, at most 8000 characters"`
		SessionID *string     `json:"session_id,omitempty" nullable:"true" maxLength:"64" doc:"Continues a conversation; empty starts a new one"`
		UserID    *string     `json:"user_id,omitempty" nullable:"true" maxLength:"128" doc:"The customer; must be the token's subject where a token is sent"`
		Stream    bool        `json:"stream,omitempty" doc:"Answer with server-sent events"`
		Context   chatContext `json:"context,omitempty" doc:"What the client knows about the customer's situation"`
	}
}

type chatContext struct {
	_        struct{} `additionalProperties:"true"`
	Timezone string   `json:"timezone,omitempty" maxLength:"64" doc:"IANA name of the customer's time zone, for words such as yesterday; default UTC" example:"America/New_York"`
}

// chatOutput has both forms of the answer, written by Body.
type chatOutput struct {
	ContentType string `header:"Content-Type"`
	Body        func(huma.Context)
}

func (h handler) chat(ctx context.Context, in *chatInput) (*chatOutput, error) {
	userID, err := customer(ctx, value(in.Body.UserID))
	if err != nil {
		return nil, err
	}
	req := concierge.Request{
		Message: in.Body.Message, SessionID: value(in.Body.SessionID), UserID: userID,
		IdempotencyKey: in.IdempotencyKey,
	}
	if req.Location, err = location(in.Body.Context.Timezone); err != nil {
		return nil, err
	}
	if in.Body.Stream || acceptsEvents(in.Accept) {
		return h.streamTurn(ctx, req)
	}
	reply, err := h.concierge.Turn(ctx, req, nil)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(reply)
	if err != nil {
		return nil, err
	}
	return &chatOutput{ContentType: "application/json", Body: func(hc huma.Context) {
		_, _ = hc.BodyWriter().Write(body) // a client that left needs no answer
	}}, nil
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func location(name string) (*time.Location, error) {
	if name == "" {
		return time.UTC, nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fault.New(fault.Validation, "context.timezone must be an IANA time zone such as America/New_York")
	}
	return loc, nil
}

// customer says whose accounts a request is about. With a token that is its
// subject and nobody else; without one, where the operator allows that, whoever
// the request names.
func customer(ctx context.Context, claimed string) (string, error) {
	p := auth.FromContext(ctx)
	switch {
	case p.Operator:
		return "", fault.New(fault.Authentication, "an operator's token can't act as a customer").WithStatus(http.StatusForbidden)
	case p.Authenticated && claimed != "" && claimed != p.Subject:
		return "", fault.New(fault.Authentication, "user_id is not the token's subject").WithStatus(http.StatusForbidden)
	case p.Authenticated:
		return p.Subject, nil
	case claimed != "" && !auth.ValidSubject(claimed):
		return "", fault.New(fault.Validation, "user_id must be 1 to 128 letters, digits or . _ @ : -")
	}
	return claimed, nil
}
