package concierge

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/handoff"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine"
)

// saveAttempts is how often a turn is worked out anew because another replica
// stored a turn of the same conversation first. Each loss means that somebody
// else made progress, so more than a few in a row is an overload.
const saveAttempts = 5

// turn is one message on its way to its reply. Steps fill it in order.
type turn struct {
	req          Request
	started      time.Time
	thinking     func() // tells the caller once that the turn is under way
	emit         func(Event)
	live         bool // somebody reads along
	verdict      guardrails.Verdict
	conversation Conversation
	state        state
	masked       guardrails.Masked
	found        *found // what a search of the articles gave; nil until somebody searches
	feature      string
	text         string // the answer, or the rest of it after shown, placeholders still in it
	shown        string // what the customer has read already, word for word
	reply        Reply
	decision     *localengine.Decision // the local engine's; nil until somebody asks
	unanswered   string                // the action whose summary was shown last, where this is no plain answer to it
	needs        handoff.Reason        // why a person is needed, if one is
	handoff      *handoff.Handoff      // as this turn leaves it; nil where it changes none
	trail        []audit.Record        // what the turn leaves in the audit log
	carried      *carried
}

// carried is what one attempt at a turn leaves to the next when another replica
// stored a turn first: what was done can't be undone and must not be done twice.
type carried struct {
	// confirmKey names this message as the request behind a confirmation.
	confirmKey string
	// outcome is the answer to a yes or a no that has taken effect.
	feature, outcome string
	// needs is why that outcome needs a person, if it does.
	needs handoff.Reason
}

// Turn answers one message. Events are handed to emit, which may be nil, in the
// order of the contract. Text of the local engine is only handed out once the
// turn is stored. A model's text is handed out as it passes its checks, before
// that: the customer has it until the turn is stored or an EventError says that
// it wasn't, and only EventDone acknowledges it. Errors are *fault.Error.
func (s *Service) Turn(ctx context.Context, req Request, emit func(Event)) (Reply, error) {
	if !s.flags.On(ctx, feature.Chat) {
		return Reply{}, feature.ErrOff("the chat")
	}
	if emit != nil && !s.flags.On(ctx, feature.Streaming) {
		reply, err := s.Turn(ctx, req, nil)
		if err == nil {
			atOnce(&reply, emit)
		}
		return reply, err
	}
	started := s.now()
	reply, about, err := s.turn(ctx, req, emit, started)
	s.metrics.duration.Observe(s.now().Sub(started).Seconds())
	if err != nil {
		s.metrics.turns.WithLabelValues(string(EngineLocal), "failed").Inc()
		return Reply{}, err
	}
	outcome := "answered"
	switch {
	case !reply.GuardrailsPassed:
		outcome = "blocked"
	case reply.Message == "":
		outcome = "passed_on"
	}
	s.metrics.turns.WithLabelValues(string(reply.Engine), outcome).Inc()
	s.metrics.features.WithLabelValues(about).Inc()
	s.metrics.seen(req.UserID, reply.SessionID)
	s.log.InfoContext(ctx, "chat turn", "outcome", outcome, "engine", string(reply.Engine), "feature", about,
		"degraded", reply.Degraded, "duration_ms", s.now().Sub(started).Milliseconds())
	return reply, nil
}

// turn lets a message in: one at a time of its conversation, and no more than this
// replica can work on. It also returns what the message was about.
func (s *Service) turn(ctx context.Context, req Request, emit func(Event), started time.Time) (Reply, string, error) {
	if err := validate(req); err != nil {
		return Reply{}, "", err
	}
	live := emit != nil
	if !live {
		emit = func(Event) {}
	}
	ctx, cancel := context.WithTimeout(ctx, s.turnTimeout)
	defer cancel()

	hash := requestHash(req)
	if req.IdempotencyKey != "" {
		unlock, err := s.sessions.lock(ctx, "key\x00"+req.UserID+"\x00"+req.IdempotencyKey)
		if err != nil {
			return Reply{}, "", timedOut(err)
		}
		defer unlock()
		if reply, err := s.storedReply(ctx, req, hash); err != nil || reply != nil {
			return replay(reply, "", emit), "retry", err
		}
	}
	if req.SessionID == "" {
		req.SessionID = rand.Text()
	}
	s.annotate(ctx, req.SessionID, req.UserID)
	unlock, err := s.sessions.lock(ctx, "session\x00"+req.SessionID)
	if err != nil {
		return Reply{}, "", timedOut(err)
	}
	defer unlock()
	leave, err := s.admission.enter(ctx)
	if err != nil {
		return Reply{}, "", timedOut(err)
	}
	defer leave()

	return s.workOut(ctx, turn{
		req: req, started: started, emit: emit, live: live, thinking: sync.OnceFunc(func() { emit(Event{Type: EventThinking}) }),
		carried: &carried{confirmKey: "chat " + cmp.Or(req.IdempotencyKey, rand.Text())},
	}, hash)
}

// workOut answers a turn and stores it, from its beginning again where another
// replica stored one of the same conversation first.
func (s *Service) workOut(ctx context.Context, beginning turn, hash string) (Reply, string, error) {
	for range saveAttempts {
		t := beginning
		err := s.answer(ctx, &t, hash)
		if t.unsaved(err) {
			err = s.saveShown(ctx, &t, hash) // what is read can't be worked out anew
		}
		switch {
		case errors.Is(err, ErrStale):
			continue
		case errors.Is(err, ErrDuplicate):
			if t.shown != "" {
				return Reply{}, "", fault.New(fault.Conflict, "this request was answered at the same time elsewhere; the conversation has that answer")
			}
			reply, err := s.storedReply(ctx, t.req, hash)
			return replay(reply, "", t.emit), "retry", err
		case err != nil:
			return Reply{}, "", timedOut(err)
		}
		return replay(&t.reply, t.shown, t.emit), t.feature, nil
	}
	return Reply{}, "", fault.New(fault.Conflict, "this conversation is busy with other messages, send this one again").
		WithRetryAfter(time.Second)
}

// answer is the turn: its steps in order. See docs/ARCHITECTURE.md for what a
// crash after each of them leaves behind.
func (s *Service) answer(ctx context.Context, t *turn, hash string) error {
	// 1. Judge the message while the session is loaded: neither needs the other.
	if err := s.traced(ctx, t, "guard and load", s.guardAndLoad); err != nil {
		return err
	}
	// Nothing is shown before this: an outage of the store is still a plain 503.
	t.thinking()
	// 2. From here on only the masked text is used; what was blocked goes no further.
	t.mask()
	// What is said in a conversation that a person has is theirs: it is only stored.
	if s.withPerson(t) {
		return s.save(ctx, t, hash)
	}
	if t.blocked() {
		s.handOver(t)
	} else {
		// 3. A plain yes or no answers the summary that waits for one.
		var answered bool
		err := s.traced(ctx, t, "pending action", func(ctx context.Context, t *turn) (err error) {
			answered, err = s.answerPending(ctx, t)
			return err
		})
		if err != nil {
			return err
		}
		// 4. Otherwise an engine understands the message and answers from tools, which
		// run as the customer, and from articles; unless the message asks for a person.
		if !answered && !s.needsPerson(t) {
			if err := s.traced(ctx, t, "engine", s.engineStep); err != nil {
				return err
			}
		}
		t.countFailure()
		s.handOver(t)
		ctx, cancel := t.settled(ctx)
		defer cancel()
		// 5. Judge the answer as well, and note it for the model's next turn.
		if err := s.traced(ctx, t, "guard answer", s.guardAnswer); err != nil {
			return err
		}
	}
	// 6. Store everything in one transaction, then let the caller show it.
	return s.traced(ctx, t, "save", func(ctx context.Context, t *turn) error { return s.save(ctx, t, hash) })
}

func (s *Service) guardAndLoad(ctx context.Context, t *turn) error {
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		t.verdict, err = s.guard.Check(gctx, guardrails.Request{
			Text: t.req.Message, Direction: guardrails.Input, UserID: t.req.UserID,
			CheckSafety: true, CheckPII: true, CheckInjection: true,
		})
		return err
	})
	g.Go(func() (err error) {
		t.conversation, err = s.store.Conversation(gctx, t.req.UserID, t.req.SessionID, 0)
		if err != nil {
			return err
		}
		return t.state.load(t.conversation.State)
	})
	return g.Wait()
}

func (t *turn) mask() {
	t.masked = t.state.Vault.Mask(t.req.Message, t.verdict)
	t.reply = Reply{
		SessionID: t.req.SessionID, MessageID: rand.Text(), Engine: EngineLocal, GuardrailsPassed: true,
		Citations: []Citation{}, ToolsCalled: []string{},
	}
}

// blocked answers a message that must not go further and says whether it did.
func (t *turn) blocked() bool {
	text, blocked := refusal(t.verdict)
	if blocked {
		t.feature, t.text, t.reply.GuardrailsPassed = "blocked", text, false
	}
	return blocked
}

// guardAnswer replaces an answer that must not be shown, and notes it for the
// model's next turn, which must not see the customer's data. One check serves
// both. Personal data itself is no reason here: it is the customer's own or the
// company's, and what a model wrote was judged sentence by sentence.
func (s *Service) guardAnswer(ctx context.Context, t *turn) error {
	answer, v, err := s.judged(ctx, &t.state, t.req.UserID, t.message())
	if err == nil && !v.IsSafe && t.text != "" { // what is shown already passed, and stays
		t.note(auditVerdict, "output", t.text)
		t.text, t.reply.GuardrailsPassed, t.reply.Citations = unsafeAnswer, false, []Citation{}
		t.hideProposal()
		answer, v, err = s.judged(ctx, &t.state, t.req.UserID, t.message())
	}
	if err != nil {
		return err
	}
	return s.remember(ctx, &t.state, t.req.UserID, t.masked, answer, v)
}

func (s *Service) save(ctx context.Context, t *turn, hash string) error {
	ctx, cancel := t.settled(ctx)
	defer cancel()
	now := s.now()
	if t.reply.Message == "" {
		t.reply.Message, t.reply.Timestamp = t.message(), unixSeconds(now)
	}
	question := t.req.Message
	if !t.reply.GuardrailsPassed {
		question = t.masked.String() // what was blocked is kept without its personal data
	}
	record := TurnRecord{
		SessionID: t.req.SessionID, UserID: t.req.UserID,
		BaseVersion: t.conversation.Version,
		Messages:    t.messages(question, now),
		Handoff:     t.handoff,
	}
	var err error
	if record.State, err = t.state.save(); err != nil {
		return err
	}
	if record.Audit, err = t.audited(record.Messages); err != nil {
		return err
	}
	if t.req.IdempotencyKey != "" {
		body, err := json.Marshal(t.reply)
		if err != nil {
			return fmt.Errorf("encode reply: %w", err)
		}
		record.Idempotency = &IdempotentReply{Key: t.req.IdempotencyKey, RequestHash: hash, Reply: body, CreatedAt: now}
	}
	err = s.store.SaveTurn(ctx, record)
	if err == nil && t.handoff != nil && t.handoff.State == handoff.Waiting {
		s.metrics.handoffs.WithLabelValues(string(t.handoff.Reason)).Inc()
	}
	return err
}

// timedOut turns the end of the turn's deadline into the contract's error.
func timedOut(err error) error {
	if errors.Is(err, context.DeadlineExceeded) && !isFault(err) {
		return fault.New(fault.Timeout, "the answer took too long, try again").WithCause(err)
	}
	return err
}

func isFault(err error) bool {
	var f *fault.Error
	return errors.As(err, &f)
}
