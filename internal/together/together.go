// Package together reaches language models at Together.AI, or at any server with
// the same OpenAI-compatible API. It owns everything about such a server that can
// go wrong: deadlines, streams that stall or break, retries with backoff, a
// breaker per model, a bound on calls at once, and the models to fall back to.
// What is asked and what is made of the answer is not its business.
package together

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/failsafe-go/failsafe-go/bulkhead"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/breaker"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/llm"
)

// Options are what a Client is made of. BaseURL, Models and Breakers are
// required; the zero value of the rest works.
type Options struct {
	// BaseURL is the API's root, such as https://api.together.xyz/v1.
	BaseURL string
	APIKey  string
	// Models are tried in order: the preferred one, then those to fall back to.
	Models      []string
	MaxTokens   int
	Temperature float64
	// Timeout bounds one call; zero means 30 seconds.
	Timeout time.Duration
	// StallTimeout is how long a stream may be silent; zero means 10 seconds.
	StallTimeout time.Duration
	// Retries is how often a failed call is tried again with the same model;
	// negative means none, zero means 2.
	Retries int
	// BackoffBase is the most that is waited before the first retry; it doubles
	// with each further one. Zero means 250 ms.
	BackoffBase time.Duration
	// MaxConcurrent bounds the calls at once; zero means 64.
	MaxConcurrent int
	// MaxWait is how long a call waits for its turn among those; zero means a second.
	MaxWait    time.Duration
	Breakers   *breaker.Factory
	Log        *slog.Logger
	Registerer prometheus.Registerer
	Tracing    trace.TracerProvider
}

// Client asks models. It is safe for concurrent use.
type Client struct {
	o       Options
	models  []model
	chat    openai.ChatCompletionService
	bulk    bulkhead.Bulkhead[any]
	metrics *metrics
	tracer  trace.Tracer
	tools   atomic.Pointer[toolSet]
}

// model is one model with its breaker.
type model struct {
	name    string
	breaker *breaker.Breaker
}

// New returns a Client.
func New(o Options) *Client {
	o = withDefaults(o)
	c := &Client{
		o: o, metrics: newMetrics(o.Registerer), tracer: o.Tracing.Tracer("swipesavvy/together"),
		bulk: bulkhead.New[any](uint(o.MaxConcurrent)),
		// The service is made without openai.NewClient, which would read settings
		// from the environment.
		chat: openai.NewChatCompletionService(
			option.WithBaseURL(o.BaseURL), option.WithAPIKey(o.APIKey), option.WithMaxRetries(0),
			option.WithHTTPClient(&http.Client{Transport: newTransport(o.MaxConcurrent), CheckRedirect: noRedirect}),
		),
	}
	for _, name := range o.Models {
		c.models = append(c.models, model{name, o.Breakers.New("together:" + name)})
	}
	return c
}

func withDefaults(o Options) Options {
	o.Timeout = orDuration(o.Timeout, 30*time.Second)
	o.StallTimeout = orDuration(o.StallTimeout, 10*time.Second)
	o.BackoffBase = orDuration(o.BackoffBase, 250*time.Millisecond)
	o.MaxWait = orDuration(o.MaxWait, time.Second)
	if o.Retries == 0 {
		o.Retries = 2
	}
	if o.MaxConcurrent == 0 {
		o.MaxConcurrent = 64
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
	return o
}

func orDuration(d, other time.Duration) time.Duration {
	if d == 0 {
		return other
	}
	return d
}

// Available returns nil when at least one model may be asked, and otherwise a
// fault.Connection that says why none may.
func (c *Client) Available() error {
	for _, m := range c.models {
		if m.breaker.State() != "open" {
			return nil
		}
	}
	return fault.New(fault.Connection, "the circuit breakers of all models are open")
}

// Complete asks the models in order until one answers. It fails with a
// fault.Connection or fault.Timeout when none does, with the last one's refusal,
// or with the error of ctx when that has ended.
func (c *Client) Complete(ctx context.Context, r llm.Request) (llm.Completion, error) {
	if err := c.bulk.AcquirePermitWithMaxWait(ctx, c.o.MaxWait); err != nil {
		c.metrics.calls.WithLabelValues(c.models[0].name, "rejected").Inc()
		return llm.Completion{}, fault.New(fault.Connection, "too many calls to the language model at once").WithCause(err)
	}
	defer c.bulk.ReleasePermit()
	var last error
	sink := &guardedSink{sink: r.Sink}
	for i, m := range c.models {
		if last != nil && !sink.restart() {
			break
		}
		completion, err := c.tryModel(ctx, m, r, sink, len(c.models)-i-1)
		if err == nil {
			return completion, nil
		}
		last = err
		if ctx.Err() != nil || fault.Is(err, fault.Authentication) { // another model has the same key
			break
		}
	}
	return llm.Completion{}, last
}

// guardedSink knows whether there is something to restart.
type guardedSink struct {
	sink  llm.Sink
	used  bool
	final bool // it is too late to begin anew
}

func (g *guardedSink) text(delta string) {
	if g.sink != nil && delta != "" {
		g.used = true
		g.sink.Text(delta)
	}
}

// restart says whether the answer may begin anew.
func (g *guardedSink) restart() bool {
	if g.used && !g.final {
		g.used, g.final = false, !g.sink.Restart()
	}
	return !g.final
}
