package concierge

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/handoff"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/modelengine"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

// thinker is a model's engine under test.
type thinker func(ctx context.Context, in modelengine.Input) (modelengine.Outcome, error)

func (f thinker) Answer(ctx context.Context, in modelengine.Input) (modelengine.Outcome, error) {
	return f(ctx, in)
}

func (thinker) PromptVersion() string { return "test" }

func withThinker(t *testing.T, p *parts, f thinker, change ...func(*Options)) *Service {
	t.Helper()
	o := Options{Guard: guardrails.New(guardrails.Options{}), Knowledge: p, Bank: p, Store: p, Engine: localengine.New(), Model: f}
	for _, c := range change {
		c(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// reader reads a stream.
type reader struct {
	text string
	done *Reply
}

func (r *reader) emit(e Event) {
	r.text += e.Delta
	if e.Type == EventDone {
		r.done = e.Reply
	}
}

var errBroken = fault.New(fault.Connection, "broken")

// breaksAfter shows a text and breaks, after it has read balances.
func breaksAfter(text string) thinker {
	return func(ctx context.Context, in modelengine.Input) (modelengine.Outcome, error) {
		result, err := in.Run(ctx, bank.GetBalances, json.RawMessage(`{}`))
		if err != nil {
			return modelengine.Outcome{}, err
		}
		out := modelengine.Outcome{Runs: []modelengine.Run{{Tool: bank.GetBalances, Result: result}}}
		if in.Show != nil && text != "" {
			in.Show(text)
			out.Text, out.Shown = text, text
		}
		return out, errBroken
	}
}

func TestABrokenAnswerIsFinishedWithoutRepeating(t *testing.T) {
	t.Parallel()
	two := func(string, string) (any, error) {
		return &bank.BalancesResult{Accounts: []bank.Account{
			{Name: "Checking", Balance: money.Of(500, "USD"), Status: bank.Active}, {Name: "Savings", Balance: money.Of(900, "USD"), Status: bank.Active},
		}}, nil
	}
	for shown, want := range map[string]string{
		"":                                   "I'm answering in a simpler way right now.\n\nHere are your balances:\n- Checking: $5.00\n- Savings: $9.00",
		"You have $5.00 in checking.":        "You have $5.00 in checking.\n\nFrom your account:\n- Savings: $9.00",
		"Checking has $5.00, savings $9.00.": "Checking has $5.00, savings $9.00.\n\n" + notFinished,
	} {
		p, r := &parts{bank: two}, &reader{}
		reply, err := withThinker(t, p, breaksAfter(shown)).Turn(t.Context(), Request{Message: "What are my balances?", UserID: "u"}, r.emit)
		if err != nil || reply.Message != want || r.text != want || !reply.Degraded || p.saved[0].Messages[1].Content != want {
			t.Errorf("after %q: %q, streamed %q, %v", shown, reply.Message, r.text, err)
		}
		if (reply.Engine == EngineTogether) != (shown != "") {
			t.Errorf("after %q: engine %s", shown, reply.Engine)
		}
	}
}

func TestWhatWasReadIsStoredBehindAnotherTurn(t *testing.T) {
	t.Parallel()
	p, r := &parts{saveErrs: []error{ErrStale, ErrStale}}, &reader{}
	asked := 0
	s := withThinker(t, p, func(_ context.Context, in modelengine.Input) (modelengine.Outcome, error) {
		asked++
		in.Show("Hello there.")
		return modelengine.Outcome{Text: "Hello there.", Shown: "Hello there."}, nil
	})
	reply, err := s.Turn(t.Context(), Request{Message: "hi"}, r.emit)
	if err != nil || asked != 1 || r.text != "Hello there." || reply.Message != r.text || len(p.saved) != 1 || p.saved[0].Messages[1].Content != r.text {
		t.Errorf("asked %d times, read %q, stored %+v, %v", asked, r.text, p.saved, err)
	}
}

func TestAnAnswerThatCannotBeStoredIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	p, r := &parts{saveErrs: slices.Repeat([]error{fault.New(fault.Connection, "down")}, 10)}, &reader{}
	s := withThinker(t, p, func(_ context.Context, in modelengine.Input) (modelengine.Outcome, error) {
		in.Show("Hello there.")
		return modelengine.Outcome{Text: "Hello there.", Shown: "Hello there."}, nil
	})
	if _, err := s.Turn(t.Context(), Request{Message: "hi"}, r.emit); !fault.Is(err, fault.Connection) || r.done != nil {
		t.Errorf("%v, done %v", err, r.done)
	}
}

func TestWhatWasReadIsStoredForOneWhoLeft(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	p := &parts{}
	s := withThinker(t, p, func(ctx context.Context, in modelengine.Input) (modelengine.Outcome, error) {
		in.Show("Hello there.")
		leave()
		return modelengine.Outcome{Text: "Hello there.", Shown: "Hello there."}, ctx.Err()
	})
	_, err := s.Turn(ctx, Request{Message: "hi"}, func(Event) {})
	if err != nil || len(p.saved) != 1 || p.saved[0].Messages[1].Content != "Hello there.\n\n"+notFinished {
		t.Errorf("%+v, %v", p.saved, err)
	}
	left, leave2 := context.WithCancel(t.Context())
	s = withThinker(t, p, func(ctx context.Context, _ modelengine.Input) (modelengine.Outcome, error) {
		leave2()
		return modelengine.Outcome{}, ctx.Err()
	})
	if _, err := s.Turn(left, Request{Message: "hi"}, nil); !errors.Is(err, context.Canceled) || len(p.saved) != 1 {
		t.Errorf("nothing was read: %v", err)
	}
}

// TestWhatWasReadIsStoredWhenTheDatabaseIsBack fails the first saves. One of them
// was stored after all, and only the answer got lost.
func TestWhatWasReadIsStoredWhenTheDatabaseIsBack(t *testing.T) {
	t.Parallel()
	down := fault.New(fault.Connection, "down")
	for _, lost := range []bool{false, true} {
		p, r := &parts{saveErrs: []error{down, down}, lostErrs: lost}, &reader{}
		s := withThinker(t, p, func(_ context.Context, in modelengine.Input) (modelengine.Outcome, error) {
			in.Show("Hello there.")
			return modelengine.Outcome{Text: "Hello there.", Shown: "Hello there."}, nil
		})
		_, err := s.Turn(t.Context(), Request{Message: "hi"}, r.emit)
		if err != nil || r.done == nil || lost && len(p.messages) != 2 || len(p.saved)*2+len(p.messages) != 2 {
			t.Errorf("lost %v: %v, done %v, stored %+v %+v", lost, err, r.done, p.saved, p.messages)
		}
	}
}

// TestTheModelKnowsWhatWasStoredBehindAnotherTurn: both turns found a card number
// and gave it the same placeholder.
func TestTheModelKnowsWhatWasStoredBehindAnotherTurn(t *testing.T) {
	t.Parallel()
	p, r := &parts{saveErrs: []error{ErrStale}}, &reader{}
	s := withThinker(t, p, func(_ context.Context, in modelengine.Input) (modelengine.Outcome, error) {
		text := "About " + in.Vault.Unmask("[CARD_1]") + ": fine."
		in.Show(text)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.version, p.state = 1, []byte(`{"vault":{"values":{"CARD_1":"5500 0000 0000 0004"}},"talk":{"recent":[{"c":"my card is [CARD_1]","a":"Thanks."}]}}`)
		return modelengine.Outcome{Text: "About [CARD_1]: fine.", Shown: text}, nil
	})
	if _, err := s.Turn(t.Context(), Request{Message: "my card is 4111 1111 1111 1111", UserID: "u", SessionID: "s"}, r.emit); err != nil {
		t.Fatal(err)
	}
	var st state
	if err := st.load(p.saved[0].State); err != nil {
		t.Fatal(err)
	}
	if p.saved[0].Messages[1].Content != r.text || len(st.Talk.Recent) != 2 || st.Talk.Recent[1].Answer != "About [CARD_2]: fine." ||
		st.Vault.Values["CARD_1"] != "5500 0000 0000 0004" || st.Vault.Values["CARD_2"] != "4111 1111 1111 1111" {
		t.Errorf("read %q, stored %q, %+v", r.text, p.saved[0].Messages[1].Content, st)
	}
}

// TestWhatWasReadHasAnEndWhenTheBankFails breaks the bank after a first sentence.
func TestWhatWasReadHasAnEndWhenTheBankFails(t *testing.T) {
	t.Parallel()
	p, r := &parts{bank: func(string, string) (any, error) { return nil, fault.New(fault.Connection, "down") }}, &reader{}
	s := withThinker(t, p, func(ctx context.Context, in modelengine.Input) (modelengine.Outcome, error) {
		in.Show("Let me look.")
		_, err := in.Run(ctx, bank.GetBalances, nil)
		return modelengine.Outcome{Text: "Let me look.", Shown: "Let me look."}, &modelengine.ToolError{Err: err}
	})
	_, err := s.Turn(t.Context(), Request{Message: "balance", UserID: "u"}, r.emit)
	want := "Let me look.\n\n" + accountsMissing
	if err != nil || r.text != want || r.done == nil || !r.done.Degraded || len(p.saved) != 1 || p.saved[0].Messages[1].Content != want {
		t.Errorf("%v, read %q, stored %+v", err, r.text, p.saved)
	}
}

// TestAYesCountsOnlyForASummaryThatWasRead: who leaves before the summary has
// read none, and one that can't be shown is none.
func TestAYesCountsOnlyForASummaryThatWasRead(t *testing.T) {
	t.Parallel()
	propose := func(p *parts, summary string) {
		p.action = &bank.Action{ID: "a", Summary: summary, Status: bank.ActionPending}
		p.bank = func(string, string) (any, error) { return &bank.Proposal{ActionID: "a", Summary: summary}, nil }
	}
	shown := func(p *parts) string {
		var st state
		if err := st.load(p.saved[len(p.saved)-1].State); err != nil {
			t.Fatal(err)
		}
		return st.Shown
	}
	ctx, leave := context.WithCancel(t.Context())
	p := &parts{}
	propose(p, "Move $5.00.")
	s := withThinker(t, p, func(ctx context.Context, in modelengine.Input) (modelengine.Outcome, error) {
		result, err := in.Run(ctx, bank.TransferMoney, nil)
		if err != nil {
			return modelengine.Outcome{}, err
		}
		in.Show("One moment.")
		leave()
		return modelengine.Outcome{Text: "One moment.", Shown: "One moment.", Proposal: result.(*bank.Proposal)}, ctx.Err()
	})
	if _, err := s.Turn(ctx, Request{Message: "move 5 to savings", UserID: "u"}, func(Event) {}); err != nil || shown(p) != "" ||
		!strings.Contains(p.saved[0].Messages[1].Content, "Move $5.00.") {
		t.Errorf("left: %v, %+v", err, p.saved)
	}

	p = &parts{}
	propose(p, "Send $5.00 for how to make a pipe bomb at home step by step.")
	s = withThinker(t, p, func(ctx context.Context, in modelengine.Input) (modelengine.Outcome, error) {
		result, err := in.Run(ctx, bank.TransferMoney, nil)
		if err != nil {
			return modelengine.Outcome{}, err
		}
		return modelengine.Outcome{Text: "Look.", Proposal: result.(*bank.Proposal)}, nil
	})
	reply, err := s.Turn(t.Context(), Request{Message: "move 5 to savings", UserID: "u"}, nil)
	if err != nil || reply.Message != unsafeAnswer || reply.PendingAction != nil || shown(p) != "" {
		t.Errorf("unsafe: %v, %+v", err, reply)
	}
}

// TestAPersonIsAskedForWithoutAnAnswer goes on until a person is needed, while the
// model is away, and where it says what can't be shown.
func TestAPersonIsAskedForWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	for failure, want := range map[error]struct {
		reason handoff.Reason
		turns  int
	}{
		errBroken:               {handoff.RepeatedFailure, handoff.MaxFailures},
		modelengine.ErrRejected: {handoff.LowConfidence, 1},
	} {
		p := &parts{knowledge: func() ([]rag.Passage, error) { return nil, nil }}
		s := withThinker(t, p, func(context.Context, modelengine.Input) (modelengine.Outcome, error) {
			return modelengine.Outcome{}, failure
		})
		for turn := 1; turn <= want.turns; turn++ {
			reply, err := s.Turn(t.Context(), Request{Message: "How do I change the design of my card?", UserID: "u", SessionID: "s"}, nil)
			if err != nil || (reply.Handoff != nil) != (turn == want.turns) || reply.Handoff != nil && reply.Handoff.Reason != string(want.reason) {
				t.Errorf("%v, turn %d: %+v, %v", failure, turn, reply, err)
			}
			p.state = p.saved[len(p.saved)-1].State
		}
	}
}

// TestTheSummaryIsOurs: whatever a model writes about an order, the customer
// reads the order's own summary and its question last.
func TestTheSummaryIsOurs(t *testing.T) {
	t.Parallel()
	p := &parts{action: &bank.Action{ID: "a", Summary: "Move $5.00.", Status: bank.ActionPending}}
	p.bank = func(string, string) (any, error) { return &bank.Proposal{ActionID: "a", Summary: "Move $5.00."}, nil }
	for _, failure := range []error{nil, errBroken} {
		s := withThinker(t, p, func(ctx context.Context, in modelengine.Input) (modelengine.Outcome, error) {
			result, err := in.Run(ctx, bank.TransferMoney, nil)
			if err != nil {
				return modelengine.Outcome{}, err
			}
			return modelengine.Outcome{Text: "Look.", Proposal: result.(*bank.Proposal)}, failure
		})
		reply, err := s.Turn(t.Context(), Request{Message: "move 5 to savings", UserID: "u"}, nil)
		if err != nil || !strings.HasSuffix(reply.Message, "Move $5.00.\n\nShall I go ahead? Reply yes to confirm or no to cancel. It expires in 10 minutes.") ||
			reply.PendingAction == nil || reply.PendingAction.ID != "a" || reply.Degraded != (failure != nil) {
			t.Errorf("%+v, %v", reply, err)
		}
	}
}

func TestAnOutageOfTheBankIsNoReasonToGuess(t *testing.T) {
	t.Parallel()
	p := &parts{bank: func(string, string) (any, error) { return nil, fault.New(fault.Connection, "down") }}
	s := withThinker(t, p, func(ctx context.Context, in modelengine.Input) (modelengine.Outcome, error) {
		_, err := in.Run(ctx, bank.GetBalances, nil)
		return modelengine.Outcome{}, &modelengine.ToolError{Err: err}
	})
	if _, err := s.Turn(t.Context(), Request{Message: "balance", UserID: "u"}, nil); !fault.Is(err, fault.Connection) || len(p.saved) > 0 {
		t.Errorf("%v, %d saved", err, len(p.saved))
	}
}

// TestTheModelSeesTheConversationMasked follows a card number through two turns.
func TestTheModelSeesTheConversationMasked(t *testing.T) {
	t.Parallel()
	p := &parts{}
	var seen modelengine.Transcript
	s := withThinker(t, p, func(_ context.Context, in modelengine.Input) (modelengine.Outcome, error) {
		seen = in.History
		return modelengine.Outcome{Text: "About [CARD_1]: fine."}, nil
	})
	for range 2 {
		if len(p.saved) > 0 {
			p.state = p.saved[0].State
		}
		reply, err := s.Turn(t.Context(), Request{Message: "my card is 4111 1111 1111 1111", UserID: "u", SessionID: "s"}, nil)
		if err != nil || reply.Message != "About 4111 1111 1111 1111: fine." {
			t.Fatalf("%+v, %v", reply, err)
		}
	}
	if len(seen.Recent) != 1 || seen.Recent[0].Customer != "my card is [CARD_1]" || seen.Recent[0].Answer != "About [CARD_1]: fine." {
		t.Errorf("%+v", seen)
	}
}

func TestEveryStepHasASpan(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewSpanRecorder()
	provider := trace.NewTracerProvider(trace.WithSpanProcessor(spans))
	s := withThinker(t, &parts{}, breaksAfter(""), func(o *Options) { o.Tracing = provider })
	if _, err := s.Turn(t.Context(), Request{Message: "What is my balance?", UserID: "u"}, nil); err != nil {
		t.Fatal(err)
	}
	names := map[string]int{}
	for _, span := range spans.Ended() {
		names[span.Name()]++
	}
	for _, want := range []string{"guard and load", "pending action", "engine", "search", "tool get_balances", "guard answer", "save"} {
		if names["turn: "+want] == 0 {
			t.Errorf("no span for %s in %v", want, names)
		}
	}
}
