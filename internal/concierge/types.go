package concierge

import (
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

// Request is one message of a customer.
type Request struct {
	Message string
	// SessionID continues a conversation; empty starts a new one.
	SessionID string
	// UserID is the authenticated customer; empty is an anonymous visitor, who
	// gets answers but no accounts.
	UserID string
	// IdempotencyKey makes a retry return the first answer; empty for none.
	IdempotencyKey string
	// Location is where the customer's days begin and end; nil means UTC.
	Location *time.Location
}

// Engine names what wrote an answer.
type Engine string

// The engines of the contract.
const (
	EngineTogether Engine = "together"
	EngineLocal    Engine = "local"
	EngineCache    Engine = "cache"
)

// Reply is the answer to one message. Its JSON form is the contract's.
type Reply struct {
	Message          string         `json:"message" doc:"Empty where a person has the conversation and the message was passed on to them"`
	SessionID        string         `json:"session_id"`
	Timestamp        float64        `json:"timestamp" doc:"Unix seconds"`
	GuardrailsPassed bool           `json:"guardrails_passed"`
	MessageID        string         `json:"message_id"`
	Engine           Engine         `json:"engine" enum:"together,local,cache"`
	Degraded         bool           `json:"degraded" doc:"Whether a part of the system was missing while answering"`
	Citations        []Citation     `json:"citations"`
	ToolsCalled      []string       `json:"tools_called"`
	PendingAction    *PendingAction `json:"pending_action"`
	Handoff          *Handoff       `json:"handoff"`
}

// Citation is an article that an answer rests on.
type Citation struct {
	Title      string `json:"title"`
	URL        string `json:"url,omitempty"`
	DocumentID string `json:"document_id"`
}

// PendingAction is a proposal that waits for the customer's yes.
type PendingAction struct {
	ID        string  `json:"id"`
	Kind      string  `json:"kind"`
	Summary   string  `json:"summary"`
	Digest    string  `json:"digest" doc:"Stands for the exact content; send it back with the confirmation"`
	ExpiresAt float64 `json:"expires_at" doc:"Unix seconds"`
}

// Handoff is a conversation on its way to a human.
type Handoff struct {
	ID     string `json:"id"`
	Reason string `json:"reason" doc:"Why a person is needed, such as human_request or fraud"`
	State  string `json:"state" enum:"waiting,human,closed" doc:"waiting for a person, or a person has it: in both the assistant is silent"`
	Agent  string `json:"agent,omitempty" doc:"The person who has it"`
}

// EventType names a step of an answer as a stream shows it.
type EventType string

// The events of a streamed answer, in the order in which they may come.
const (
	EventThinking EventType = "thinking"
	EventTool     EventType = "tool"
	EventMessage  EventType = "message"
	EventAction   EventType = "action"
	EventError    EventType = "error"
	EventDone     EventType = "done"
)

// Event is one step of an answer.
type Event struct {
	Type EventType
	// Tool is the name of the tool that runs (EventTool).
	Tool string
	// Delta is new text and Content all text so far (EventMessage).
	Delta   string
	Content string
	// Action is a proposal to confirm (EventAction).
	Action *PendingAction
	// Reply is the whole answer (EventDone).
	Reply *Reply
}

func pendingAction(a bank.Action) *PendingAction {
	return &PendingAction{
		ID: a.ID, Kind: string(a.Order.Kind), Summary: a.Summary, Digest: a.Digest, ExpiresAt: unixSeconds(a.ExpiresAt),
	}
}

func citation(p rag.Passage) Citation {
	return Citation{Title: p.Title, URL: p.URL, DocumentID: p.DocumentID}
}

// unixSeconds is the contract's form of a time.
func unixSeconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
