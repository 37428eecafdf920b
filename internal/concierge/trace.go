package concierge

import (
	"context"

	"go.opentelemetry.io/otel/codes"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// traced runs a step of a turn within a span of its own.
func (s *Service) traced(ctx context.Context, t *turn, name string, step func(context.Context, *turn) error) error {
	ctx, end := s.span(ctx, name)
	err := step(ctx, t)
	end(err)
	return err
}

// span begins a span of a turn and returns what ends it. Of an error only its
// class is told: a trace goes elsewhere.
func (s *Service) span(ctx context.Context, name string) (context.Context, func(error)) {
	ctx, span := s.tracer.Start(ctx, "turn: "+name)
	return ctx, func(err error) {
		if err != nil {
			span.SetStatus(codes.Error, string(fault.As(err).Class))
		}
		span.End()
	}
}
