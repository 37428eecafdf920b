package concierge

import (
	"context"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

// Flags are the operators' switches.
type Flags interface {
	On(ctx context.Context, name feature.Name) bool
}

// switchedKnowledge is a knowledge base that operators can switch off. To the
// turn that is an outage like any other.
type switchedKnowledge struct {
	Knowledge
	flags Flags
}

// Search asks the knowledge base unless it is switched off.
func (k switchedKnowledge) Search(ctx context.Context, q rag.Query) ([]rag.Passage, error) {
	if !k.flags.On(ctx, feature.Retrieval) {
		return nil, feature.ErrOff("the knowledge base")
	}
	return k.Knowledge.Search(ctx, q)
}

// atOnce shows a whole answer as events, for callers of a stream while streaming
// is switched off.
func atOnce(reply *Reply, emit func(Event)) {
	if reply.Message != "" {
		emit(Event{Type: EventMessage, Delta: reply.Message, Content: reply.Message})
	}
	if reply.PendingAction != nil {
		emit(Event{Type: EventAction, Action: reply.PendingAction})
	}
	emit(Event{Type: EventDone, Reply: reply})
}
