package concierge

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/handoff"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine"
)

// passagesPerQuestion is how many passages the engine may choose its quote from.
const passagesPerQuestion = 3

// engineStep answers with the model where there is one, and locally otherwise.
// Whoever answers, an order that waits for its yes is not forgotten over it.
func (s *Service) engineStep(ctx context.Context, t *turn) error {
	if answered, err := s.answerLoosely(ctx, t); answered || err != nil {
		return err
	}
	if err := s.runEngine(ctx, t); err != nil {
		return err
	}
	ctx, cancel := t.settled(ctx)
	defer cancel()
	waiting, err := s.stillWaiting(ctx, t)
	switch {
	case err != nil && t.shown != "": // it is worth less than what the customer has read
		s.log.WarnContext(ctx, "customer was not told that an action still waits", "action", t.unanswered, "error", err)
		return nil
	case err != nil || waiting == "":
		return err
	case t.state.Shown != "": // the summary ends the answer
		t.text = waiting + "\n\n" + t.text
	default:
		t.add(waiting)
	}
	return nil
}

func (s *Service) runEngine(ctx context.Context, t *turn) error {
	switch {
	case s.model == nil:
		return s.localStep(ctx, t)
	case s.flags.On(ctx, feature.LLM):
		return s.modelStep(ctx, t)
	}
	t.reply.Degraded = true
	return s.localStep(ctx, t)
}

// localStep lets the local engine understand the message and carries out what
// it decides.
func (s *Service) localStep(ctx context.Context, t *turn) error {
	if !s.flags.On(ctx, feature.LocalEngine) {
		t.feature, t.text, t.reply.Degraded = "switched_off", noEngine, true
		return nil
	}
	if handoff.BackToAssistant(t.req.Message) { // withPerson has the others
		t.feature, t.text = "handoff", nobodyElse
		return nil
	}
	d := s.understood(t)
	t.feature = string(d.Intent)
	var answers []string
	for _, d := range append([]localengine.Decision{d}, d.Also...) {
		if err := s.carryOut(ctx, t, d); err != nil {
			return err
		}
		if d.Note != "" {
			answers = append(answers, d.Note)
		}
		answers = append(answers, t.text)
	}
	t.text = strings.TrimSpace(strings.Join(answers, "\n\n"))
	return nil
}

// carryOut answers one request of a message.
func (s *Service) carryOut(ctx context.Context, t *turn, d localengine.Decision) error {
	t.state.Memory = d.Memory
	switch {
	case d.Tool != "":
		return s.runTool(ctx, t, d)
	case d.Knowledge:
		s.quote(ctx, t, cmp.Or(d.Question, t.masked.String()), cmp.Or(d.Reply, dontKnow))
	default:
		t.text = d.Reply
	}
	return nil
}

// understood is what the local engine makes of the message, worked out once.
func (s *Service) understood(t *turn) localengine.Decision {
	if t.decision == nil {
		d := s.engine.Decide(s.localInput(t))
		t.decision = &d
	}
	return *t.decision
}

func (s *Service) localInput(t *turn) localengine.Input {
	return localengine.Input{Text: t.masked.String(), Memory: t.state.Memory, Now: t.localNow()}
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
	args, err := t.state.Vault.UnmaskJSON(d.Args)
	if err != nil {
		return err
	}
	result, err := s.callTool(ctx, t, d.Tool, args)
	switch {
	case err == nil:
		t.text = s.engine.Render(d, result, t.location())
		if p, ok := result.(*bank.Proposal); ok {
			err = s.showProposal(ctx, t, p.ActionID)
		}
	case refused(err):
		t.text = sentence(fault.As(err).Detail) + whereToTurn(fault.ReasonOf(err))
		t.state.Memory = s.engine.Refused(d, fault.ReasonOf(err))
		err = nil
	}
	return err
}

// callTool runs a tool for either engine and tells everybody who counts.
func (s *Service) callTool(ctx context.Context, t *turn, tool string, args json.RawMessage) (any, error) {
	ctx, end := s.span(ctx, "tool "+tool)
	t.emit(Event{Type: EventTool, Tool: tool})
	t.reply.ToolsCalled = append(t.reply.ToolsCalled, tool)
	caller := bank.Caller{CustomerID: t.req.UserID, SessionID: t.req.SessionID, Location: t.location()}
	result, err := s.bank.Call(ctx, caller, tool, args)
	end(err)
	status := "ok"
	switch {
	case err == nil:
	case refused(err):
		status = "refused"
		t.refusedForPerson(fault.ReasonOf(err))
	default:
		status = "failed"
	}
	s.metrics.tools.WithLabelValues(tool, status).Inc()
	t.note(auditTool+tool, string(args), status)
	return result, err
}

// refused tells the customer's own mistakes and limits from outages.
func refused(err error) bool {
	return fault.Is(err, fault.Validation) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.Conflict)
}

// quote answers from the knowledge base. Without it the customer hears so,
// because an answer from anywhere else would be invented. nothing is said when no
// article fits.
func (s *Service) quote(ctx context.Context, t *turn, question, nothing string) {
	passages, err := s.find(ctx, t, question)
	if err != nil {
		s.log.WarnContext(ctx, "knowledge base not available", "error", err)
		t.text, t.reply.Degraded = knowledgeMissing, true
		return
	}
	text, source, ok := s.engine.Quote(passages)
	if !ok {
		t.text = nothing
		return
	}
	t.text = text
	t.reply.Citations = append(t.reply.Citations, citation(source))
}
