package concierge

import (
	"context"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

// passagesPerQuestion is how many passages the engine may choose its quote from.
const passagesPerQuestion = 3

// engineStep lets the local engine understand the message and carries out what
// it decides.
func (s *Service) engineStep(ctx context.Context, t *turn) error {
	d := s.engine.Decide(localengine.Input{Text: t.masked.String(), Memory: t.state.Memory, Now: t.localNow()})
	t.state.Memory, t.feature = d.Memory, string(d.Intent)
	switch {
	case d.Tool != "":
		return s.runTool(ctx, t, d)
	case d.Knowledge:
		s.quote(ctx, t)
	default:
		t.text = d.Reply
	}
	return nil
}

func (t *turn) localNow() time.Time { return t.started.In(t.location()) }

// location is where the customer's days begin and end.
func (t *turn) location() *time.Location {
	if t.req.Location == nil {
		return time.UTC
	}
	return t.req.Location
}

// runTool runs a tool as the authenticated customer. A refusal that the
// customer can understand becomes the answer; an outage fails the turn.
func (s *Service) runTool(ctx context.Context, t *turn, d localengine.Decision) error {
	if t.req.UserID == "" {
		t.text = signInFirst
		return nil
	}
	t.emit(Event{Type: EventTool, Tool: d.Tool})
	t.reply.ToolsCalled = append(t.reply.ToolsCalled, d.Tool)
	caller := bank.Caller{CustomerID: t.req.UserID, SessionID: t.req.SessionID, Location: t.location()}
	args, err := t.state.Vault.UnmaskJSON(d.Args)
	if err != nil {
		return err
	}
	result, err := s.bank.Call(ctx, caller, d.Tool, args)
	status := "ok"
	switch {
	case err == nil:
		t.text = s.engine.Render(d, result, t.location())
		if p, ok := result.(*bank.Proposal); ok {
			err = s.showProposal(ctx, t, p.ActionID)
		}
	case refused(err):
		t.text = sentence(fault.As(err).Detail) + whereToTurn(fault.ReasonOf(err))
		t.state.Memory = s.engine.Refused(d, fault.ReasonOf(err))
		status, err = "refused", nil
	default:
		status = "failed"
	}
	s.metrics.tools.WithLabelValues(d.Tool, status).Inc()
	return err
}

// refused tells the customer's own mistakes and limits from outages.
func refused(err error) bool {
	return fault.Is(err, fault.Validation) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.Conflict)
}

// quote answers from the knowledge base. Without it the customer hears so,
// because an answer from anywhere else would be invented.
func (s *Service) quote(ctx context.Context, t *turn) {
	question := t.masked.String()
	passages, err := s.knowledge.Search(ctx, rag.Query{Text: question, Limit: passagesPerQuestion})
	if err != nil {
		s.log.WarnContext(ctx, "knowledge base not available", "error", err)
		t.text, t.reply.Degraded = knowledgeMissing, true
		return
	}
	text, source, ok := s.engine.Quote(passages)
	if !ok {
		t.text = dontKnow
		return
	}
	t.text = text
	t.reply.Citations = append(t.reply.Citations, citation(source))
}
