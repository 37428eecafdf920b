// Package modelengine answers customers with a language model. The model reads
// masked texts only, asks for tools, and writes; this package decides what of
// that is done and shown. Tools run as the authenticated customer with checked
// arguments, and a sentence is released only when its figures come from this
// turn, it claims nothing that didn't happen, and the guardrails let it pass.
//
//	masked message ─▶ model ─▶ tool calls ─▶ results, masked ─▶ model ─▶ sentences ─▶ judged, shown
//
// It holds no conversation: what was said before comes with the input. It knows
// no HTTP and no vendor; a model is whatever completes a prompt.
package modelengine

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/llm"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

// What Answer fails with when a model answered and the answer can't be used.
var (
	ErrRejected = errors.New("modelengine: the answer did not pass its checks")
	ErrEndless  = errors.New("modelengine: the model called tools without end")
	ErrNothing  = errors.New("modelengine: the model said nothing")
	ErrTooLong  = errors.New("modelengine: the conversation doesn't fit into the model's context")
)

// ToolError is a failure of the bank itself: no answer could be right.
type ToolError struct{ Err error }

func (e *ToolError) Error() string { return e.Err.Error() }

// Unwrap returns the failure.
func (e *ToolError) Unwrap() error { return e.Err }

const (
	// maxSteps bounds how often a model is asked in one turn.
	maxSteps = 6
	// maxCallsPerStep bounds the tools that one answer of a model may call.
	maxCallsPerStep = 8
	// maxRepeats is how often a model may make one and the same call.
	maxRepeats = 2
)

// Guard judges texts.
type Guard interface {
	Check(ctx context.Context, r guardrails.Request) (guardrails.Verdict, error)
}

// Options are what an Engine is made of. Model and Guard are required.
type Options struct {
	Model   llm.Model
	Guard   Guard
	Company Company
	// ContextTokens is the size of the models' context; zero means 16,000.
	ContextTokens int
	// AnswerTokens of it are left for the answer; zero means 1,024.
	AnswerTokens int
	Log          *slog.Logger
	Tracing      trace.TracerProvider
}

// Engine answers with a model. It holds no state and is safe for concurrent use.
type Engine struct {
	o           Options
	prompt      prompt
	leak        shingles
	tools       []llm.Tool
	proposes    map[string]bool
	fixedTokens int
	tracer      trace.Tracer
}

// New returns an Engine.
func New(o Options) (*Engine, error) {
	if o.Model == nil || o.Guard == nil {
		return nil, errors.New("modelengine: Model and Guard are required")
	}
	if o.ContextTokens == 0 {
		o.ContextTokens = 16_000
	}
	if o.AnswerTokens == 0 {
		o.AnswerTokens = 1024
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Tracing == nil {
		o.Tracing = noop.NewTracerProvider()
	}
	p, err := newPrompt(o.Company)
	if err != nil {
		return nil, err
	}
	e := &Engine{o: o, prompt: p, leak: shinglesOf(p.instructions), proposes: map[string]bool{}, tracer: o.Tracing.Tracer("swipesavvy/modelengine")}
	e.fixedTokens = tokens(p.instructions) + 200
	for _, t := range bank.Tools() {
		var schema map[string]any
		if err := json.Unmarshal(t.Schema, &schema); err != nil {
			return nil, err
		}
		e.tools = append(e.tools, llm.Tool{Name: t.Name, Description: t.Description, Schema: schema})
		e.proposes[t.Name] = t.Proposes
		e.fixedTokens += tokens(t.Name + t.Description + string(t.Schema))
	}
	return e, nil
}

// PromptVersion names the instructions in force; it changes whenever they do.
func (e *Engine) PromptVersion() string { return e.prompt.version }

// Input is one message with everything that its answer may rest on.
type Input struct {
	Message guardrails.Masked
	History Transcript
	// Vault has the values of the placeholders. Those of results are added to it.
	Vault  *guardrails.Vault
	Caller bank.Caller
	// Passages may answer the message. None tries to give instructions.
	Passages        []rag.Passage
	ArticlesMissing bool
	// Now is the present in the customer's time zone.
	Now time.Time
	// Run runs a tool as the customer. Its errors with a class that the customer
	// can act on are told to the model; others end the turn.
	Run func(ctx context.Context, tool string, args json.RawMessage) (any, error)
	// Refused tells such errors from outages.
	Refused func(error) bool
	// Show, if there is one, gets the answer's text piece by piece as it passes
	// its checks, with the customer's data back in it. What is shown stays.
	Show func(text string)
}

func (in Input) location() *time.Location { return in.Now.Location() }

// Run is a tool that was run.
type Run struct {
	Tool   string
	Result any // what the bank returned; nil when it refused
}

// Outcome is an answer, or what there is of one when Answer fails.
type Outcome struct {
	// Text is what passed the checks, with placeholders.
	Text string
	// Shown is what of it has been shown, without placeholders.
	Shown string
	Runs  []Run
	// Proposal waits for the customer's yes. Its summary is not part of Text.
	Proposal *bank.Proposal
	// Cited are the passages that the answer rests on.
	Cited []rag.Passage
	// Model wrote the answer.
	Model string
}
