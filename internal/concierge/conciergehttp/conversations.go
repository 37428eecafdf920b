package conciergehttp

import (
	"context"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/concierge"
)

type conversationInput struct {
	CustomerQuery
	SessionID string `path:"session_id" maxLength:"64"`
}

type conversationMessage struct {
	ID        string         `json:"id"`
	Role      concierge.Role `json:"role" enum:"user,assistant"`
	Content   string         `json:"content"`
	Author    string         `json:"author,omitempty" doc:"The person of the company's team who wrote it; left out for the assistant and the customer"`
	Timestamp float64        `json:"timestamp" doc:"Unix seconds"`
}

type conversationOutput struct {
	Body struct {
		SessionID    string                `json:"session_id"`
		Messages     []conversationMessage `json:"messages" doc:"The newest 500, oldest of them first"`
		MessageCount int                   `json:"message_count" doc:"All messages, not only those listed"`
		Handoff      *concierge.Handoff    `json:"handoff,omitempty" doc:"Who the assistant is silent for; left out while it answers"`
		// PendingAction lets a client that starts anew show what waits for a yes.
		PendingAction *actionBody `json:"pending_action" doc:"The action that waits for the customer's yes, or null"`
	}
}

// conversation also serves anonymous visitors: an unguessable session id is
// what they hold.
func (h handler) conversation(ctx context.Context, in *conversationInput) (*conversationOutput, error) {
	id, err := customer(ctx, in.UserID)
	if err != nil {
		return nil, err
	}
	c, err := h.concierge.History(ctx, id, in.SessionID)
	if err != nil {
		return nil, err
	}
	out := &conversationOutput{}
	out.Body.SessionID, out.Body.MessageCount = c.ID, c.MessageCount
	out.Body.Messages, out.Body.Handoff = messages(c.Messages), concierge.HandoffOf(c.Handoff)
	out.Body.PendingAction, err = h.pending(ctx, id, c.ID)
	return out, err
}

// pending is what waits for a customer's yes in a conversation, or nil.
func (h handler) pending(ctx context.Context, customerID, sessionID string) (*actionBody, error) {
	if customerID == "" { // a visitor has nothing to move
		return nil, nil
	}
	a, err := h.bank.PendingAction(ctx, customerID, sessionID)
	if err != nil || a == nil || a.Status != bank.ActionPending {
		return nil, err
	}
	return &output(*a).Body, nil
}

func messages(list []concierge.Message) []conversationMessage {
	out := make([]conversationMessage, 0, len(list))
	for _, m := range list {
		out = append(out, conversationMessage{ID: m.ID, Role: m.Role, Content: m.Content, Author: m.Author, Timestamp: unixSeconds(m.CreatedAt)})
	}
	return out
}

func (h handler) erase(ctx context.Context, in *conversationInput) (*struct{}, error) {
	id, err := customer(ctx, in.UserID)
	if err != nil {
		return nil, err
	}
	return nil, h.concierge.Erase(ctx, id, in.SessionID)
}
