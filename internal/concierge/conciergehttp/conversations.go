package conciergehttp

import (
	"context"

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
	Timestamp float64        `json:"timestamp" doc:"Unix seconds"`
}

type conversationOutput struct {
	Body struct {
		SessionID    string                `json:"session_id"`
		Messages     []conversationMessage `json:"messages" doc:"The newest 500, oldest of them first"`
		MessageCount int                   `json:"message_count" doc:"All messages, not only those listed"`
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
	out.Body.Messages = make([]conversationMessage, 0, len(c.Messages))
	for _, m := range c.Messages {
		out.Body.Messages = append(out.Body.Messages, conversationMessage{
			ID: m.ID, Role: m.Role, Content: m.Content, Timestamp: float64(m.CreatedAt.UnixMilli()) / 1000,
		})
	}
	return out, nil
}

func (h handler) erase(ctx context.Context, in *conversationInput) (*struct{}, error) {
	id, err := customer(ctx, in.UserID)
	if err != nil {
		return nil, err
	}
	return nil, h.concierge.Erase(ctx, id, in.SessionID)
}
