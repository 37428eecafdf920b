package concierge

import (
	"context"
	"errors"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/handoff"
)

// What Store.SaveTurn fails with when another turn was stored first.
var (
	ErrStale     = errors.New("concierge: the conversation has moved on")
	ErrDuplicate = errors.New("concierge: the idempotency key is already stored")
)

// ErrNoConversation is what a customer hears who has no such session.
var ErrNoConversation = fault.New(fault.NotFound, "no such conversation")

// Role says who wrote a message.
type Role string

// The authors of messages.
const (
	User      Role = "user"
	Assistant Role = "assistant"
)

// Message is one message of a conversation, as its customer sees it.
type Message struct {
	ID        string
	Role      Role
	Content   string
	CreatedAt time.Time
	// Author is the agent who wrote it; empty for the assistant and the customer.
	Author string
}

// Conversation is a session with its newest messages, oldest of them first.
type Conversation struct {
	ID     string
	UserID string
	// Version counts the stored turns; zero means that nothing is stored yet.
	Version int64
	// State is what the next turn has to remember, as JSON.
	State    []byte
	Messages []Message
	// MessageCount is the number of all messages, not only those in Messages.
	MessageCount int
	// Handoff is the hand-off that the conversation is in; nil while the assistant
	// has it.
	Handoff *handoff.Handoff
}

// TurnRecord is everything that one turn leaves behind.
type TurnRecord struct {
	SessionID string
	UserID    string
	// BaseVersion is the Version of the conversation that the turn started from.
	BaseVersion int64
	State       []byte
	// Messages are those of the turn, at least one.
	Messages []Message
	// Handoff is a hand-off as the turn leaves it; nil where it changes none. It is
	// stored with a record of its own in the audit log.
	Handoff *handoff.Handoff
	// Audit are the turn's records for the audit log.
	Audit []audit.Record
	// Idempotency is the stored reply for a retry; nil when the caller sent no key.
	Idempotency *IdempotentReply
}

// IdempotentReply is the answer that a retry with the same key gets.
type IdempotentReply struct {
	Key string
	// RequestHash tells a retry from another request under the same key.
	RequestHash string
	Reply       []byte
	CreatedAt   time.Time
}

// Store keeps conversations. All methods are safe for concurrent use by several
// replicas on one database.
type Store interface {
	// Conversation returns a session with its newest limit messages. A session
	// that doesn't exist has Version 0; one that belongs to another user is a
	// fault.NotFound, so that nobody learns which sessions exist.
	Conversation(ctx context.Context, userID, sessionID string, limit int) (Conversation, error)
	// SaveTurn stores a turn in one transaction: all of it or nothing. It fails
	// with ErrStale when the conversation has moved on from BaseVersion, with
	// ErrDuplicate when the idempotency key is already stored, and with
	// fault.NotFound when the session belongs to another user.
	SaveTurn(ctx context.Context, r TurnRecord) error
	// Reply returns the stored reply of a key, or nil when there is none.
	Reply(ctx context.Context, userID, key string) (*IdempotentReply, error)
	// DeleteConversation erases a session, its messages and its stored replies;
	// fault.NotFound when the user has no such session.
	DeleteConversation(ctx context.Context, userID, sessionID string) error
	// PurgeReplies removes stored replies made before a time.
	PurgeReplies(ctx context.Context, before time.Time) error
	// PurgeConversations erases up to limit sessions that nothing was added to since
	// a time and that no person has or is waited for in, and returns how many.
	PurgeConversations(ctx context.Context, before time.Time, limit int) (int, error)
}
