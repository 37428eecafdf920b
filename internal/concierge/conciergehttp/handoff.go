package conciergehttp

import (
	"context"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/concierge"
)

type handoffOutput struct {
	Body struct {
		Handoff concierge.Handoff `json:"handoff"`
	}
}

func (h handler) requestHandoff(ctx context.Context, in *conversationInput) (*handoffOutput, error) {
	id, err := customer(ctx, in.UserID)
	if err != nil {
		return nil, err
	}
	opened, err := h.concierge.RequestHandoff(ctx, id, in.SessionID)
	if err != nil {
		return nil, err
	}
	out := &handoffOutput{}
	out.Body.Handoff = *concierge.HandoffOf(&opened)
	return out, nil
}

func (h handler) leaveHandoff(ctx context.Context, in *conversationInput) (*struct{}, error) {
	id, err := customer(ctx, in.UserID)
	if err != nil {
		return nil, err
	}
	return nil, h.concierge.LeaveHandoff(ctx, id, in.SessionID)
}

type newsInput struct {
	CustomerQuery
	SessionID string `path:"session_id" maxLength:"64"`
	After     int    `query:"after" minimum:"0" maximum:"1000000000" default:"0" doc:"The next of the call before, or the message_count of the conversation"`
	Wait      int    `query:"wait" minimum:"0" maximum:"20" default:"0" doc:"Seconds to wait for a message when there is none yet"`
}

type newsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Messages []conversationMessage `json:"messages" doc:"Oldest first; empty when the wait was in vain"`
		Next     int                   `json:"next" doc:"For the next call's after"`
		Handoff  *concierge.Handoff    `json:"handoff,omitempty" doc:"Who the assistant is silent for; left out while it answers"`
	}
}

func (h handler) news(ctx context.Context, in *newsInput) (*newsOutput, error) {
	id, err := customer(ctx, in.UserID)
	if err != nil {
		return nil, err
	}
	c, err := h.concierge.News(ctx, id, in.SessionID, in.After, time.Duration(in.Wait)*time.Second)
	if err != nil {
		return nil, err
	}
	out := &newsOutput{CacheControl: "no-store"}
	out.Body.Messages, out.Body.Next, out.Body.Handoff = messages(c.Messages), c.MessageCount, concierge.HandoffOf(c.Handoff)
	return out, nil
}
