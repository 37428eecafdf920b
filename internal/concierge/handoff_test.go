package concierge

import (
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/handoff"
)

func TestWhatTheGuardrailsWant(t *testing.T) {
	t.Parallel()
	v := func(pairs ...string) (v guardrails.Verdict) {
		for i := 0; i < len(pairs); i += 2 {
			v.SafetyViolations = append(v.SafetyViolations, guardrails.Violation{Category: pairs[i], Action: pairs[i+1]})
		}
		return v
	}
	for want, verdicts := range map[handoff.Reason][]guardrails.Verdict{
		"":               {v(), v("self_harm", "flag"), v("violence", "block")},
		handoff.SelfHarm: {v("self_harm", "handoff"), v("violence", "handoff", "self_harm", "handoff")},
		handoff.Policy:   {v("violence", "handoff"), v("self_harm", "flag", "violence", "handoff")},
	} {
		for _, verdict := range verdicts {
			if got := wantedBy(verdict); got != want {
				t.Errorf("%+v: %q, want %q", verdict.SafetyViolations, got, want)
			}
		}
	}
}

// TestAStaleTurnKeepsItsNeed: the first attempt at the turn confirmed an order
// that the bank leaves to people, and couldn't be stored.
func TestAStaleTurnKeepsItsNeed(t *testing.T) {
	t.Parallel()
	a := executed()
	a.Status, a.Receipt, a.RefusalReason, a.RefusalDetail = bank.ActionRefused, nil, bank.ReasonNeedsHuman, "a specialist looks at it"
	p := &parts{action: a, state: shown(t, "a1"), saveErrs: []error{ErrStale}}
	reply, err := newService(t, p).Turn(t.Context(), Request{Message: "yes", UserID: "u", SessionID: "s"}, nil)
	if err != nil || p.confirmed != 1 || reply.Handoff == nil || reply.Handoff.Reason != "high_value" || !strings.Contains(reply.Message, "A specialist looks at it") {
		t.Fatalf("confirmed %d times, %+v, %v", p.confirmed, reply, err)
	}
	if saved := p.saved[0].Handoff; saved == nil || saved.ID != reply.Handoff.ID || saved.State != handoff.Waiting {
		t.Errorf("stored: %+v", saved)
	}
}

// TestFailuresInARowCount: an answer in between begins anew.
func TestFailuresInARowCount(t *testing.T) {
	t.Parallel()
	after := func(failures int, text string) *turn {
		return &turn{state: state{Failures: failures}, text: text}
	}
	for name, tc := range map[string]struct {
		t     *turn
		left  int
		needs handoff.Reason
	}{
		"the first":            {after(0, dontKnow), 1, ""},
		"the last":             {after(handoff.MaxFailures-1, dontKnow), handoff.MaxFailures, handoff.RepeatedFailure},
		"an answer":            {after(handoff.MaxFailures-1, "Your balance is $5."), 0, ""},
		"articles are missing": {after(handoff.MaxFailures-1, knowledgeMissing), 0, ""},
	} {
		tc.t.countFailure()
		if tc.t.state.Failures != tc.left || tc.t.needs != tc.needs {
			t.Errorf("%s: %d, %q", name, tc.t.state.Failures, tc.t.needs)
		}
	}
}
