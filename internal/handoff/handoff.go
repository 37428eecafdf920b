// Package handoff is how a conversation goes to a person: its states, which may
// follow which, why a person is needed, and the inbox of those who answer. It
// owns the rules and knows no conversation, no HTTP and no SQL.
//
//	bot ──request──▶ waiting ──claim──▶ human ──close──▶ closed
//	                    └──────── cancel or close ─────────┘
package handoff

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// State is who has a conversation.
type State string

// The states of a hand-off. Bot is where it comes from; it is never stored.
const (
	Bot     State = "bot"
	Waiting State = "waiting" // a person is asked for, the assistant is silent
	Human   State = "human"   // a person has it
	Closed  State = "closed"  // over: the assistant answers again
)

// transitions lists what may follow each state. Human follows itself when another
// agent takes over. After Closed only a new hand-off begins.
var transitions = map[State][]State{
	Bot:     {Waiting},
	Waiting: {Human, Closed},
	Human:   {Human, Closed},
	Closed:  {},
}

// CanBecome says whether a state may follow.
func (s State) CanBecome(next State) bool { return slices.Contains(transitions[s], next) }

// Open says whether the assistant is silent.
func (s State) Open() bool { return s == Waiting || s == Human }

// Reason is why a person is needed.
type Reason string

// The reasons.
const (
	HumanRequest    Reason = "human_request"
	Fraud           Reason = "fraud"
	Dispute         Reason = "dispute"
	Legal           Reason = "legal"
	HighValue       Reason = "high_value"
	LowConfidence   Reason = "low_confidence"
	RepeatedFailure Reason = "repeated_failure"
	Frustration     Reason = "frustration"
	SelfHarm        Reason = "self_harm"
	Policy          Reason = "policy" // the guardrails' policy wants one
)

// Handoff is one conversation's way to a person and back.
type Handoff struct {
	ID        string
	SessionID string
	UserID    string // empty for an anonymous visitor
	State     State
	Reason    Reason
	// Summary tells the agent what it is about; personal data is masked.
	Summary string
	// Agent has it, or had it; empty while nobody has claimed it.
	Agent string
	// By is who made the last change: the customer's id, or the agent.
	By          string
	RequestedAt time.Time
	ClaimedAt   time.Time // zero until then
	ClosedAt    time.Time // zero until then
}

// Request begins a hand-off.
func Request(id, sessionID, userID string, reason Reason, summary string, now time.Time) Handoff {
	return Handoff{ID: id, SessionID: sessionID, UserID: userID, State: Waiting, Reason: reason, Summary: summary, By: cmp.Or(userID, "visitor"), RequestedAt: stored(now)}
}

// Claim gives a waiting hand-off to an agent. Claiming one's own again changes
// nothing; another agent's is taken over only if that is said.
func (h Handoff) Claim(agent string, takeOver bool, now time.Time) (Handoff, error) {
	switch {
	case !ValidAgent(agent):
		return h, ErrAgent
	case h.State == Human && h.Agent == agent:
		return h, nil
	case h.State == Human && !takeOver:
		return h, fault.New(fault.Conflict, "%s has this conversation", h.Agent).WithReason("claimed")
	case !h.State.CanBecome(Human):
		return h, errOver
	}
	h.State, h.Agent, h.By, h.ClaimedAt = Human, agent, agent, stored(now)
	return h, nil
}

// MayReply says whether an agent may write to the customer.
func (h Handoff) MayReply(agent string) error {
	switch {
	case !ValidAgent(agent):
		return ErrAgent
	case h.State == Waiting:
		return fault.New(fault.Conflict, "claim this conversation first").WithReason("not_claimed")
	case h.State != Human:
		return errOver
	case h.Agent != agent:
		return fault.New(fault.Conflict, "%s has this conversation", h.Agent).WithReason("claimed")
	}
	return nil
}

// Close ends a hand-off. Closing what is closed changes nothing.
func (h Handoff) Close(by string, now time.Time) (Handoff, error) {
	if h.State == Closed {
		return h, nil
	}
	if !h.State.CanBecome(Closed) {
		return h, errOver
	}
	h.State, h.By, h.ClosedAt = Closed, by, stored(now)
	return h, nil
}

var (
	errOver = fault.New(fault.Conflict, "this hand-off is over").WithReason("closed")
	// ErrAgent is what somebody hears who gives no name that customers can be shown.
	ErrAgent = fault.New(fault.Validation, "agent must be a name of 1 to %d characters", maxAgent)
)

// ErrNone is what somebody hears who asks for a hand-off that doesn't exist.
var ErrNone = fault.New(fault.NotFound, "there is no such hand-off")

// maxAgent bounds an agent's name, in code points.
const maxAgent = 60

// ValidAgent says whether a name can be shown to customers.
func ValidAgent(name string) bool {
	return name != "" && utf8.ValidString(name) && utf8.RuneCountInString(name) <= maxAgent && strings.TrimSpace(name) == name &&
		!strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

// stored is a time as precise as the stores are.
func stored(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Digest stands for the hand-off as it is, in the audit log.
func (h Handoff) Digest() []byte {
	sum := sha256.New()
	for _, field := range []string{
		h.ID, h.SessionID, h.UserID, string(h.State), string(h.Reason), h.Summary, h.Agent, h.By,
		fmt.Sprint(h.RequestedAt.UnixMicro()), fmt.Sprint(h.ClaimedAt.UnixMicro()), fmt.Sprint(h.ClosedAt.UnixMicro()),
	} {
		fmt.Fprintf(sum, "%d:%s", len(field), field)
	}
	return sum.Sum(nil)
}

// Filter selects hand-offs for the inbox.
type Filter struct {
	State State // empty means all
	// Before and BeforeID continue after the last of the page before.
	Before   time.Time
	BeforeID string
	Limit    int
}

// Store reads hand-offs. They are changed together with their conversations, by
// whoever keeps those.
type Store interface {
	// Handoff returns a hand-off, or ErrNone.
	Handoff(ctx context.Context, id string) (Handoff, error)
	// Handoffs lists hand-offs, those requested last first.
	Handoffs(ctx context.Context, f Filter) ([]Handoff, error)
}
