// Package llm has the words in which the product speaks of a language model:
// messages, tools, and the one question that is asked of it. An engine that
// thinks with a model and the client that reaches one share them and know
// nothing else of each other.
package llm

import "context"

// Role says who a message is from.
type Role string

// The roles of messages.
const (
	System    Role = "system"
	User      Role = "user"
	Assistant Role = "assistant"
	ToolRole  Role = "tool"
)

// Message is one message of a prompt.
type Message struct {
	Role Role
	Text string
	// Calls are the tools that an assistant's message asks to run.
	Calls []ToolCall
	// CallID is the call that a tool's message answers.
	CallID string
}

// ToolCall asks to run a tool. Arguments is what the model wrote: it ought to be
// a JSON object and may be anything.
type ToolCall struct {
	ID        string
	Name      string
	Arguments string
}

// Tool is a tool that a model may call.
type Tool struct {
	Name        string
	Description string
	// Schema is the JSON Schema of the arguments.
	Schema map[string]any
}

// Sink gets a text while the model writes it.
type Sink interface {
	// Text takes the next piece.
	Text(delta string)
	// Restart is asked before the answer is begun anew after a failure: all pieces
	// so far are void. It returns false when it is too late for that.
	Restart() bool
}

// Request asks for the next message of a conversation.
type Request struct {
	Messages []Message
	Tools    []Tool
	// NoCalls asks for an answer in words: the tools are known and not to be called.
	NoCalls bool
	// Sink, when there is one, gets the text as it is written.
	Sink Sink
}

// Completion is a model's message.
type Completion struct {
	Text  string
	Calls []ToolCall
	// Truncated says that the text ends at the limit of tokens, not by itself.
	Truncated bool
	// Model is the one that answered.
	Model string
	Usage Usage
}

// Usage is what a completion cost, in tokens.
type Usage struct {
	Prompt     int64
	Completion int64
}

// Model completes conversations. Errors are *fault.Error, or ctx's own.
type Model interface {
	Complete(ctx context.Context, r Request) (Completion, error)
}
