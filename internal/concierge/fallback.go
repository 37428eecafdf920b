package concierge

import (
	"context"
	"log/slog"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/breaker"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

// FallbackGuard asks the remote guardrails and, where they can't be reached,
// runs the same checks in this process: no message goes unguarded.
type FallbackGuard struct {
	Remote  Guard
	Local   Guard
	Breaker *breaker.Breaker
	Log     *slog.Logger
}

// Check judges a text remotely or, failing that, here.
func (g FallbackGuard) Check(ctx context.Context, r guardrails.Request) (v guardrails.Verdict, err error) {
	err = g.Breaker.Do(ctx, func(ctx context.Context) error {
		v, err = g.Remote.Check(ctx, r)
		return err
	})
	if err == nil || ctx.Err() != nil || fault.Is(err, fault.Validation) {
		return v, err
	}
	g.Log.WarnContext(ctx, "guardrails not reachable, checking in this process", "error", err)
	return g.Local.Check(ctx, r)
}

// BreakerKnowledge stops asking a knowledge base that doesn't answer, so that
// its outage costs a customer no waiting.
type BreakerKnowledge struct {
	Remote  Knowledge
	Breaker *breaker.Breaker
}

// Search asks the remote knowledge base.
func (k BreakerKnowledge) Search(ctx context.Context, q rag.Query) (passages []rag.Passage, err error) {
	err = k.Breaker.Do(ctx, func(ctx context.Context) error {
		passages, err = k.Remote.Search(ctx, q)
		return err
	})
	return passages, err
}
