package together

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/llm"
)

const (
	// maxBackoff bounds what is waited before a retry.
	maxBackoff = 5 * time.Second
	// leastCall is the least time that a call is worth starting with.
	leastCall = 100 * time.Millisecond
)

// errOpen is why a model whose breaker is open isn't asked.
var errOpen = errors.New("together: the model's circuit breaker is open")

// tryModel asks one model, again where a retry can help. others is how many
// models are left after it, for which it must leave time.
func (c *Client) tryModel(ctx context.Context, m model, r llm.Request, sink *guardedSink, others int) (llm.Completion, error) {
	budget, cancel := c.budget(ctx, others)
	defer cancel()
	for attempt := 0; ; attempt++ {
		completion, err := c.attempt(budget, m, r, sink)
		if err == nil || attempt >= c.o.Retries || !retryable(err) || budget.Err() != nil || !sink.restart() {
			return completion, err
		}
		wait, worthIt := c.wait(budget, attempt, err)
		if !worthIt {
			return completion, err
		}
		select {
		case <-time.After(wait):
		case <-budget.Done():
			return completion, err
		}
	}
}

// budget bounds the time for one model. While others are left it may use half
// of what the caller has: a model that hangs must not cost the next one its turn.
func (c *Client) budget(ctx context.Context, others int) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok || others == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(deadline)/2)
}

// attempt makes one call under the model's breaker.
func (c *Client) attempt(ctx context.Context, m model, r llm.Request, sink *guardedSink) (llm.Completion, error) {
	var completion llm.Completion
	var asked bool
	var failed error
	err := m.breaker.Do(ctx, func(ctx context.Context) error {
		asked = true
		completion, failed = c.call(ctx, m.name, r, sink)
		if fault.Is(failed, fault.Authentication) {
			// To a breaker a refusal is a sign of life, but a refused key refuses everything.
			return fault.New(fault.Connection, "the key is refused").WithCause(failed)
		}
		return failed
	})
	if !asked {
		c.metrics.calls.WithLabelValues(m.name, "circuit_open").Inc()
		return completion, fault.As(err).WithCause(errOpen)
	}
	return completion, failed
}

// retryable tells what may pass from what won't: a refused key or request, and a
// call that has already used up its time.
func retryable(err error) bool {
	if errors.Is(err, errOpen) {
		return false
	}
	switch fault.As(err).Class {
	case fault.Connection, fault.RateLimit, fault.Internal:
		return true
	}
	return false
}

// wait says how long to wait before a retry: what the server asked for, or else
// a random part of a growing span, so that callers who failed together don't
// come back together. It isn't worth it when the time doesn't suffice.
func (c *Client) wait(ctx context.Context, attempt int, err error) (time.Duration, bool) {
	wait := time.Duration(rand.Int64N(int64(min(c.o.BackoffBase<<attempt, maxBackoff)) + 1))
	if asked := fault.As(err).RetryAfter; asked > 0 {
		wait = asked + wait/4
	}
	deadline, ok := ctx.Deadline()
	return wait, wait <= maxBackoff && (!ok || time.Until(deadline) > wait+leastCall)
}
