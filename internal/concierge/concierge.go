// Package concierge answers customers. It owns the chat turn, from the guarded
// message to the stored reply, and the conversations that turns make up.
//
// The turn is written once, in Service.Turn, as a list of steps. What a step
// needs from the other services is stated here as a small interface; whether a
// core in this process or a client of a remote service stands behind it, the
// turn can't tell. The package knows no HTTP and no SQL.
package concierge

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/handoff"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/modelengine"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

// MaxMessageLength is the longest message accepted, in code points. Longer
// texts are documents, not questions, and would only fill a model's context.
const MaxMessageLength = 8000

// Guard judges texts on their way in and out.
type Guard interface {
	Check(ctx context.Context, r guardrails.Request) (guardrails.Verdict, error)
}

// Knowledge finds passages of the knowledge base.
type Knowledge interface {
	Search(ctx context.Context, q rag.Query) ([]rag.Passage, error)
}

// Bank runs the tools that read a customer's money and propose to move it, and
// carries out what the customer confirms. The customer is the authenticated one;
// a tool never takes a customer from its arguments.
type Bank interface {
	Call(ctx context.Context, c bank.Caller, tool string, args json.RawMessage) (any, error)
	Action(ctx context.Context, customerID, id string) (bank.Action, error)
	PendingAction(ctx context.Context, customerID, sessionID string) (*bank.Action, error)
	Confirm(ctx context.Context, customerID string, c bank.Confirmation) (bank.Action, error)
	Cancel(ctx context.Context, customerID, id string) (bank.Action, error)
}

// ModelEngine answers with a language model.
type ModelEngine interface {
	Answer(ctx context.Context, in modelengine.Input) (modelengine.Outcome, error)
	// PromptVersion names the instructions that the model gets.
	PromptVersion() string
}

// Options are what a Service is made of. Guard, Knowledge, Bank and Store are
// required; the zero value of the rest works.
type Options struct {
	Guard     Guard
	Knowledge Knowledge
	Bank      Bank
	Store     Store
	Engine    *localengine.Engine
	// Handoffs is the inbox of those who answer instead; required for their side.
	Handoffs handoff.Store
	// Flags are the operators' switches; nil leaves everything at its default.
	Flags Flags
	// Model answers before Engine does, which then stands in for it; nil leaves
	// all answers to Engine.
	Model ModelEngine
	// TurnTimeout bounds a whole turn; zero means 30 seconds.
	TurnTimeout time.Duration
	Admission   Admission
	// Keep is how long a conversation is kept in which nobody writes any more; zero
	// keeps all.
	Keep time.Duration
	// KeepAnswers is how long the model's answers to questions that are nobody's
	// own are given again; zero asks the model each time.
	KeepAnswers time.Duration
	// Shelf shares them with other replicas; nil keeps them on this one.
	Shelf Shelf
	// Annotate notes on a turn's context whose turn it is, for the log; nil
	// notes nothing.
	Annotate   func(ctx context.Context, sessionID, userID string)
	Log        *slog.Logger
	Registerer prometheus.Registerer
	Tracing    trace.TracerProvider
	Now        func() time.Time
}

// Service answers customers' messages. It is safe for concurrent use.
type Service struct {
	guard       Guard
	knowledge   Knowledge
	bank        Bank
	store       Store
	engine      *localengine.Engine
	flags       Flags
	handoffs    handoff.Store
	model       ModelEngine
	tracer      trace.Tracer
	turnTimeout time.Duration
	keep        time.Duration
	annotate    func(ctx context.Context, sessionID, userID string)
	log         *slog.Logger
	metrics     *metrics
	admission   *admission
	answers     *answers
	now         func() time.Time
	sessions    keyedMutex
}

// New returns a Service, or an error that names what Options lacks.
func New(o Options) (*Service, error) {
	if o.Guard == nil || o.Knowledge == nil || o.Bank == nil || o.Store == nil {
		return nil, errors.New("concierge: Guard, Knowledge, Bank and Store are required")
	}
	if o.Flags == nil {
		o.Flags = feature.Defaults{}
	}
	if o.TurnTimeout == 0 {
		o.TurnTimeout = 30 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	if o.Tracing == nil {
		o.Tracing = noop.NewTracerProvider()
	}
	if o.Annotate == nil {
		o.Annotate = func(context.Context, string, string) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{
		flags: o.Flags, handoffs: o.Handoffs,
		guard: o.Guard, knowledge: switchedKnowledge{o.Knowledge, o.Flags}, bank: o.Bank, store: o.Store, engine: o.Engine,
		model: o.Model, tracer: o.Tracing.Tracer("swipesavvy/concierge"),
		turnTimeout: o.TurnTimeout, keep: o.Keep, annotate: o.Annotate, log: o.Log, metrics: newMetrics(o.Registerer, o.Now),
		admission: newAdmission(o.Admission, o.Registerer), answers: newAnswers(o.KeepAnswers, o.Shelf, o.Now, o.Registerer), now: o.Now,
	}, nil
}
