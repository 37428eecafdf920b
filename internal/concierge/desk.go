package concierge

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/handoff"
)

const (
	// MaxTranscript is how many of the newest messages an agent sees.
	MaxTranscript = 100
	// MaxWait is the longest that News waits.
	MaxWait = 20 * time.Second
	// newsInterval is how often News looks for what other replicas stored.
	newsInterval = time.Second
	// recentMessages is among how many of the newest messages a retried reply is
	// looked for.
	recentMessages = 50
)

// change lets fn add messages to a conversation outside of a turn, and change its
// hand-off. It is called again when somebody else was faster. No messages change
// nothing.
func (s *Service) change(ctx context.Context, userID, sessionID string, fn func(Conversation, *state) ([]Message, *handoff.Handoff, error)) error {
	ctx, cancel := context.WithTimeout(ctx, s.turnTimeout)
	defer cancel()
	s.annotate(ctx, sessionID, userID)
	unlock, err := s.sessions.lock(ctx, "session\x00"+sessionID)
	if err != nil {
		return timedOut(err)
	}
	defer unlock()
	for range saveAttempts {
		if err = s.changeOnce(ctx, userID, sessionID, fn); !errors.Is(err, ErrStale) {
			return timedOut(err)
		}
	}
	return fault.New(fault.Conflict, "this conversation is busy, try again").WithRetryAfter(time.Second)
}

func (s *Service) changeOnce(ctx context.Context, userID, sessionID string, fn func(Conversation, *state) ([]Message, *handoff.Handoff, error)) error {
	c, err := s.store.Conversation(ctx, userID, sessionID, recentMessages)
	if err != nil {
		return err
	}
	var st state
	if err := st.load(c.State); err != nil {
		return err
	}
	messages, h, err := fn(c, &st)
	if err != nil || len(messages) == 0 {
		return err
	}
	r := TurnRecord{SessionID: sessionID, UserID: userID, BaseVersion: c.Version, Messages: messages, Handoff: h, Audit: agentRecords(sessionID, messages)}
	if r.State, err = st.save(); err != nil {
		return err
	}
	return s.store.SaveTurn(ctx, r)
}

func (s *Service) says(text string) []Message {
	return []Message{{ID: rand.Text(), Role: Assistant, Content: text, CreatedAt: s.now()}}
}

// RequestHandoff is the customer's press of the button that asks for a person. In
// a conversation that has one already, or waits, it changes nothing.
func (s *Service) RequestHandoff(ctx context.Context, userID, sessionID string) (handoff.Handoff, error) {
	if err := ValidateSessionID(sessionID); err != nil {
		return handoff.Handoff{}, err
	}
	var h handoff.Handoff
	opened := false
	err := s.change(ctx, userID, sessionID, func(c Conversation, st *state) ([]Message, *handoff.Handoff, error) {
		if opened = c.Handoff == nil; !opened {
			h = *c.Handoff
			return nil, nil, nil
		}
		about := fmt.Sprintf("%s Messages before: %d.", reasonTexts[handoff.HumanRequest], c.MessageCount)
		h = handoff.Request(rand.Text(), sessionID, userID, handoff.HumanRequest, about, s.now())
		st.forget()
		return s.says(handoffNotice), &h, nil
	})
	if err == nil && opened {
		s.metrics.handoffs.WithLabelValues(string(h.Reason)).Inc()
	}
	return h, err
}

// LeaveHandoff is the customer's press of the button that takes the conversation
// back to the assistant. Where it is with the assistant, nothing changes.
func (s *Service) LeaveHandoff(ctx context.Context, userID, sessionID string) error {
	if err := ValidateSessionID(sessionID); err != nil {
		return err
	}
	return s.change(ctx, userID, sessionID, func(c Conversation, st *state) ([]Message, *handoff.Handoff, error) {
		if c.Version == 0 {
			return nil, nil, ErrNoConversation
		}
		if c.Handoff == nil {
			return nil, nil, nil
		}
		left, err := c.Handoff.Close(customerName(userID), s.now())
		st.forget()
		return s.says(backAgain), &left, err
	})
}

// News are the messages of a conversation behind the first after ones. It waits
// for one, no longer than wait, so that a page shows what an agent writes. The
// conversation's MessageCount is the next call's after.
func (s *Service) News(ctx context.Context, userID, sessionID string, after int, wait time.Duration) (Conversation, error) {
	if err := ValidateSessionID(sessionID); err != nil {
		return Conversation{}, err
	}
	over := time.After(min(wait, MaxWait))
	tick := time.NewTicker(newsInterval)
	defer tick.Stop()
	for {
		c, err := s.store.Conversation(ctx, userID, sessionID, 0)
		switch {
		case err != nil:
			return Conversation{}, err
		case c.Version == 0:
			return Conversation{}, ErrNoConversation
		case c.MessageCount > after:
			if c, err = s.store.Conversation(ctx, userID, sessionID, MaxHistory); err != nil {
				return Conversation{}, err
			}
			c.Messages = c.Messages[max(0, len(c.Messages)-(c.MessageCount-after)):]
			return c, nil
		}
		select {
		case <-over:
			return c, nil
		case <-ctx.Done():
			return c, nil // the caller has left, or the service is about to
		case <-tick.C:
		}
	}
}

// Handoffs is the agents' inbox.
func (s *Service) Handoffs(ctx context.Context, f handoff.Filter) ([]handoff.Handoff, error) {
	return s.handoffs.Handoffs(ctx, f)
}

// Handoff returns a hand-off and the newest messages of its conversation, with
// personal data masked that an agent doesn't need in order to help.
func (s *Service) Handoff(ctx context.Context, id string) (handoff.Handoff, Conversation, error) {
	h, err := s.handoffs.Handoff(ctx, id)
	if err != nil {
		return h, Conversation{}, err
	}
	c, err := s.store.Conversation(ctx, h.UserID, h.SessionID, MaxTranscript)
	if err != nil {
		return h, c, err
	}
	return h, c, s.maskForAgents(ctx, c.Messages)
}

// HandoffNews is to an agent what News is to the customer: the messages behind the
// first after ones, masked as in Handoff, and the hand-off as it is with them.
func (s *Service) HandoffNews(ctx context.Context, id string, after int, wait time.Duration) (handoff.Handoff, Conversation, error) {
	h, err := s.handoffs.Handoff(ctx, id)
	if err != nil {
		return h, Conversation{}, err
	}
	c, err := s.News(ctx, h.UserID, h.SessionID, after, wait)
	if err != nil || len(c.Messages) == 0 {
		return h, c, err
	}
	if h, err = s.handoffs.Handoff(ctx, id); err != nil { // each step of a hand-off is a message, too
		return h, c, err
	}
	return h, c, s.maskForAgents(ctx, c.Messages)
}

func (s *Service) maskForAgents(ctx context.Context, messages []Message) (err error) {
	for i := range messages {
		if messages[i].Content, err = s.forAgents(ctx, messages[i].Content); err != nil {
			return err
		}
	}
	return nil
}

// forAgents masks what an agent has no use for: numbers, codes and addresses.
// Names stay: whom money goes to is what they are asked about.
func (s *Service) forAgents(ctx context.Context, text string) (string, error) {
	v, err := s.guard.Check(ctx, guardrails.Request{Text: text, Direction: guardrails.Output, CheckPII: true})
	if err != nil || !v.HasPII {
		return text, err
	}
	points := []rune(text)
	for _, m := range slices.Backward(v.PIIMatches) {
		if m.PIIType != "PERSON" && m.Start >= 0 && m.Start <= m.End && m.End <= len(points) {
			points = slices.Replace(points, m.Start, m.End, []rune(m.MaskedValue)...)
		}
	}
	return string(points), nil
}

// ClaimHandoff gives a conversation to an agent. Of several who try, one gets it.
func (s *Service) ClaimHandoff(ctx context.Context, id, agent string, takeOver bool) (handoff.Handoff, error) {
	return s.changeHandoff(ctx, id, func(h handoff.Handoff, _ *state, _ []Message) (handoff.Handoff, []Message, error) {
		next, err := h.Claim(agent, takeOver, s.now())
		if err != nil || next == h {
			return next, nil, err
		}
		return next, s.says(fmt.Sprintf(agentJoined, agent)), nil
	})
}

// ReplyHandoff puts an agent's words into the conversation. A retry with the same
// key adds nothing.
func (s *Service) ReplyHandoff(ctx context.Context, id, agent, text, key string) (handoff.Handoff, error) {
	if err := checkReply(text); err != nil {
		return handoff.Handoff{}, err
	}
	messageID := rand.Text()
	if key != "" {
		sum := sha256.Sum256([]byte(id + "\x00" + key))
		messageID = hex.EncodeToString(sum[:13])
	}
	return s.changeHandoff(ctx, id, func(h handoff.Handoff, _ *state, recent []Message) (handoff.Handoff, []Message, error) {
		if slices.ContainsFunc(recent, func(m Message) bool { return m.ID == messageID }) {
			return h, nil, nil
		}
		if err := h.MayReply(agent); err != nil {
			return h, nil, err
		}
		return h, []Message{{ID: messageID, Role: Assistant, Author: agent, Content: text, CreatedAt: s.now()}}, nil
	})
}

// checkReply holds an agent to the rules of a customer's message.
func checkReply(text string) error {
	switch {
	case !utf8.ValidString(text) || strings.TrimFunc(text, invisible) == "" || strings.ContainsFunc(text, forbiddenControl):
		return fault.New(fault.Validation, "text must be words, and nothing that can't be seen")
	case utf8.RuneCountInString(text) > MaxMessageLength:
		return fault.New(fault.Validation, "text must be at most %d characters long", MaxMessageLength)
	}
	return nil
}

// CloseHandoff gives a conversation back to the assistant.
func (s *Service) CloseHandoff(ctx context.Context, id, agent string) (handoff.Handoff, error) {
	if !handoff.ValidAgent(agent) {
		return handoff.Handoff{}, handoff.ErrAgent
	}
	return s.changeHandoff(ctx, id, func(h handoff.Handoff, st *state, _ []Message) (handoff.Handoff, []Message, error) {
		next, err := h.Close(agent, s.now())
		if err != nil || next == h {
			return next, nil, err
		}
		st.forget()
		return next, s.says(agentClosed), nil
	})
}

// changeHandoff lets fn change a hand-off as an agent. The hand-off is read with
// its conversation, and stored only if neither has changed since.
func (s *Service) changeHandoff(ctx context.Context, id string,
	fn func(h handoff.Handoff, st *state, recent []Message) (handoff.Handoff, []Message, error),
) (handoff.Handoff, error) {
	known, err := s.handoffs.Handoff(ctx, id)
	if err != nil {
		return known, err
	}
	err = s.change(ctx, known.UserID, known.SessionID, func(c Conversation, st *state) ([]Message, *handoff.Handoff, error) {
		before := known
		switch {
		case c.Version == 0: // erased meanwhile
			return nil, nil, handoff.ErrNone
		case c.Handoff != nil && c.Handoff.ID == id:
			before = *c.Handoff
		case before.State.Open(): // closed since it was read
			if before, err = s.handoffs.Handoff(ctx, id); err != nil {
				return nil, nil, err
			}
		}
		next, messages, err := fn(before, st, c.Messages)
		known = next
		if err != nil || next == before { // a reply changes the conversation alone
			return messages, nil, err
		}
		return messages, &next, nil
	})
	return known, err
}
