package concierge

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/grounding"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/handoff"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/modelengine"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

const (
	// settleTimeout bounds the completion of a turn of which something is shown.
	settleTimeout = 5 * time.Second
	// maxReserve is the most of a turn's time that is kept from the model, so that
	// the local engine can still answer when the model doesn't.
	maxReserve = 5 * time.Second
)

// modelStep lets the model answer. What the customer has read of an answer is
// always brought to an end and kept: where even the bank fails, with saying so.
func (s *Service) modelStep(ctx context.Context, t *turn) error {
	err := s.think(ctx, t)
	if err == nil || t.shown == "" {
		return err
	}
	s.log.WarnContext(ctx, "an answer of which a part was shown could not be finished", "error", err)
	t.reply.Engine, t.reply.Degraded, t.text = EngineTogether, true, accountsMissing
	t.feature = cmp.Or(t.feature, "unfinished")
	t.hideProposal()
	return nil
}

// think asks the model. Whatever is missing of its answer, the local engine adds.
func (s *Service) think(ctx context.Context, t *turn) error {
	bounded, cancel := context.WithTimeout(ctx, s.turnTimeout-s.now().Sub(t.started)-min(s.turnTimeout/5, maxReserve))
	defer cancel()
	question := s.answers.question(t, s.model.PromptVersion())
	if !s.flags.On(ctx, feature.ResponseCache) {
		question = nil
	}
	in := s.modelInput(ctx, t)
	if s.answers.fresh(ctx, t, question, in.Passages) {
		return nil
	}
	out, err := s.model.Answer(bounded, in)
	t.shown = out.Shown
	if t.shown == "" {
		t.text = out.Text
	}
	settled, cancel := t.settled(ctx)
	defer cancel()
	if err != nil {
		return s.withoutModel(ctx, settled, t, question, in, out, err)
	}
	t.reply.Engine = EngineTogether
	s.answers.keep(settled, question, in.Passages, out)
	for _, p := range out.Cited {
		t.reply.Citations = append(t.reply.Citations, citation(p))
	}
	s.describe(t, out)
	return s.addProposal(settled, t, out)
}

// withoutModel answers, or goes on, where the model failed with err.
func (s *Service) withoutModel(ctx, settled context.Context, t *turn, question *digest, in modelengine.Input, out modelengine.Outcome, err error) error {
	var failed *modelengine.ToolError
	switch {
	case errors.As(err, &failed):
		return failed.Err
	case ctx.Err() != nil && t.shown == "":
		return ctx.Err()
	case errors.Is(ctx.Err(), context.Canceled):
		// Nobody reads more now, and nothing more is asked of anybody: what they find
		// when they come back has an end.
		t.reply.Engine, t.feature, t.text = EngineTogether, "left", s.ending(t, out)
		return nil
	}
	s.log.WarnContext(ctx, "the model did not answer, the local engine does", "error", err, "shown", t.shown != "")
	if t.shown == "" && out.Proposal == nil && s.answers.stale(settled, t, question) {
		t.reply.Degraded, t.text = true, simplerNotice+t.text
		return nil
	}
	stoodIn := s.standIn(settled, t, in, out)
	if errors.Is(err, modelengine.ErrRejected) && strings.HasSuffix(t.text, dontKnow) {
		t.needs = handoff.LowConfidence // neither engine has an answer that can be given
	}
	return stoodIn
}

// settled is the context for what remains of a turn: what the customer has read
// is completed and stored even if they have left since, or time is up.
func (t *turn) settled(ctx context.Context) (context.Context, context.CancelFunc) {
	if t.shown == "" {
		return ctx, func() {}
	}
	return context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
}

// modelInput is what the model may know: masked texts, and the passages that a
// search for the masked message finds.
func (s *Service) modelInput(ctx context.Context, t *turn) modelengine.Input {
	passages, err := s.search(ctx, t)
	in := modelengine.Input{
		Message: t.masked, History: t.state.Talk, Vault: &t.state.Vault,
		Caller:   bank.Caller{CustomerID: t.req.UserID, SessionID: t.req.SessionID, Location: t.location()},
		Passages: passages, ArticlesMissing: err != nil, Now: t.localNow(), Refused: refused,
		Run: func(ctx context.Context, tool string, args json.RawMessage) (any, error) {
			return s.callTool(ctx, t, tool, args)
		},
	}
	if t.live {
		in.Show = t.showText()
	}
	return in
}

func (s *Service) search(ctx context.Context, t *turn) ([]rag.Passage, error) {
	ctx, end := s.span(ctx, "search")
	passages, err := s.find(ctx, t, t.masked.String())
	end(err)
	if err != nil {
		s.log.WarnContext(ctx, "knowledge base not available", "error", err)
		t.reply.Degraded = true
	}
	return passages, err
}

// showText hands text out as it is accepted.
func (t *turn) showText() func(string) {
	var content strings.Builder
	return func(delta string) {
		content.WriteString(delta)
		t.emit(Event{Type: EventMessage, Delta: delta, Content: content.String()})
	}
}

// describe says what the turn was about, for the metrics and for the local
// engine, which must be able to take over the next message.
func (s *Service) describe(t *turn, out modelengine.Outcome) {
	d := s.understood(t)
	t.feature, t.state.Memory = "conversation", localengine.Memory{}
	switch {
	case len(out.Runs) > 0:
		t.feature = out.Runs[0].Tool
	case len(out.Cited) > 0:
		t.feature = string(localengine.Knowledge)
	}
	if d.Tool != "" && slices.ContainsFunc(out.Runs, func(r modelengine.Run) bool { return r.Tool == d.Tool }) {
		t.state.Memory = d.Memory
	}
}

// addProposal ends the answer with the summary of what waits for a yes: ours, in
// words that are made from the order itself.
func (s *Service) addProposal(ctx context.Context, t *turn, out modelengine.Outcome) error {
	if out.Proposal == nil {
		return nil
	}
	t.add(s.engine.Render(localengine.Decision{}, out.Proposal, t.location()))
	return s.showProposal(ctx, t, out.Proposal.ActionID)
}

// add appends a paragraph to the answer.
func (t *turn) add(paragraph string) {
	if t.text != "" {
		paragraph = "\n\n" + paragraph
	}
	t.text += paragraph
}

// standIn answers where the model didn't, or not to the end.
func (s *Service) standIn(ctx context.Context, t *turn, in modelengine.Input, out modelengine.Outcome) error {
	t.reply.Degraded, t.text = true, ""
	if t.shown != "" {
		t.reply.Engine = EngineTogether
	}
	switch {
	case out.Proposal != nil:
		s.describe(t, out)
		return s.addProposal(ctx, t, out)
	case t.shown != "":
		return s.finish(ctx, t, in, out)
	}
	err := s.answerLocally(ctx, t, out)
	t.text = simplerNotice + t.text
	return err
}

// answerLocally lets the local engine answer, unless only the model understood
// what was asked.
func (s *Service) answerLocally(ctx context.Context, t *turn, out modelengine.Outcome) error {
	err := s.localStep(ctx, t)
	if results := s.rendered(t, out); results != "" && t.text == dontKnow {
		t.text = results
	}
	return err
}

// opening is how long, in bytes, something may be that is said before an answer.
const opening = 60

// finish ends an answer that broke off, with what the tools have found and the
// customer hasn't read yet. Nothing of it contradicts what was shown: both come
// from the bank's own figures.
func (s *Service) finish(ctx context.Context, t *turn, in modelengine.Input, out modelengine.Outcome) error {
	if grounding.Figures(t.shown) == 0 && (len(t.shown) < opening || s.understood(t).Tool != "") {
		return s.answerLocally(ctx, t, out)
	}
	s.describe(t, out)
	if t.text = s.ending(t, out); t.text == notFinished && len(out.Runs) == 0 && len(in.Passages) > 0 {
		t.text = "I couldn't finish this answer. Our article \"" + in.Passages[0].Title + "\" has the rest."
		t.reply.Citations = append(t.reply.Citations, citation(in.Passages[0]))
	}
	return nil
}

// ending ends an answer without asking anybody: with what the tools have found
// and isn't read yet. A proposal's summary is repeated before a yes counts for it.
func (s *Service) ending(t *turn, out modelengine.Outcome) string {
	if out.Proposal != nil {
		return s.engine.Render(localengine.Decision{}, out.Proposal, t.location())
	}
	if rest := unread(s.rendered(t, out), t.shown); rest != "" {
		return "From your account:\n" + rest
	}
	return notFinished
}

// rendered is what the tools found, in the local engine's words.
func (s *Service) rendered(t *turn, out modelengine.Outcome) string {
	var parts []string
	for _, r := range out.Runs {
		if _, proposal := r.Result.(*bank.Proposal); !proposal {
			parts = append(parts, s.engine.Render(localengine.Decision{}, r.Result, t.location()))
		}
	}
	return strings.Join(parts, "\n")
}

// unread are the lines of a text with figures that aren't shown yet.
func unread(text, shown string) string {
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool {
		return grounding.Figures(line) == 0 || grounding.Covered(line, shown)
	})
	return strings.Join(lines, "\n")
}

// message is the whole answer as the customer reads it.
func (t *turn) message() string {
	rest := t.state.Vault.Unmask(t.text)
	if t.shown != "" && rest != "" {
		return t.shown + "\n\n" + rest
	}
	return t.shown + rest
}

// firstPause is how long saveShown waits before it tries again; it doubles.
const firstPause = 100 * time.Millisecond

// unsaved says whether a turn that the customer has read of was worked out to its
// end and not stored, for a reason that may pass.
func (t *turn) unsaved(err error) bool {
	passing := errors.Is(err, ErrStale) || fault.Is(err, fault.Connection) || fault.Is(err, fault.Timeout)
	return t.shown != "" && t.reply.Message != "" && passing
}

// saveShown stores a turn that was not stored at once although the customer had
// read of it: because another one of the same conversation was faster, or because
// the database was away. It is put behind what is there as it was shown.
func (s *Service) saveShown(ctx context.Context, t *turn, hash string) (err error) {
	ctx, cancel := t.settled(ctx)
	defer cancel()
	pause := firstPause
	for range saveAttempts {
		if err = s.saveBehind(ctx, t, hash); !t.unsaved(err) {
			return err
		}
		if errors.Is(err, ErrStale) {
			continue
		}
		select {
		case <-time.After(pause):
			pause *= 2
		case <-ctx.Done():
			return err
		}
	}
	if errors.Is(err, ErrStale) {
		return fault.New(fault.Conflict, "this answer could not be stored because other messages came in between")
	}
	return err
}

// saveBehind stores a turn behind the conversation as it is now.
func (s *Service) saveBehind(ctx context.Context, t *turn, hash string) error {
	c, err := s.store.Conversation(ctx, t.req.UserID, t.req.SessionID, recentMessages)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(c.Messages, func(m Message) bool { return m.ID == t.reply.MessageID }) {
		return nil // it was stored, only the answer that said so was lost
	}
	var latest state
	if err := latest.load(c.State); err != nil {
		return err
	}
	if c.Version != t.conversation.Version {
		latest.Vault.Adopt(t.state.Vault)
		t.masked = latest.Vault.Mask(t.req.Message, t.verdict)
		if err := s.addToTalk(ctx, &latest, t.masked, t.req.UserID, t.reply.Message); err != nil {
			return err
		}
		latest.Shown, latest.Memory, latest.Failures = t.state.Shown, t.state.Memory, t.state.Failures
		t.state = latest
	}
	if c.Handoff != nil { // a person was asked for meanwhile
		t.handoff, t.reply.Handoff = nil, HandoffOf(c.Handoff)
	}
	t.conversation = c
	return s.save(ctx, t, hash)
}
