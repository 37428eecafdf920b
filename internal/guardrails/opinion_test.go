package guardrails

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/policy"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/safety"
)

// judgeFunc is an Opinion.
type judgeFunc func(text string) ([]safety.Category, error)

func (f judgeFunc) Unsafe(_ context.Context, text string, _ bool) ([]safety.Category, error) {
	return f(text)
}

func TestASecondOpinionIsAskedOnlyWhereTheDetectorsAreUnsure(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"What is my balance?": false,
		"Somebody should slap that clerk. My card is 4111 1111 1111 1111.": true,
		"Ich will dich umbringen, I want to kill you with a knife tonight": false, // sure
	} {
		asked := false
		s := New(Options{Opinion: judgeFunc(func(text string) ([]safety.Category, error) {
			asked = true
			if strings.Contains(text, "4111 1111") {
				t.Errorf("personal data was sent: %s", text)
			}
			return []safety.Category{safety.Violence}, nil
		})})
		v, err := s.Check(t.Context(), Request{Text: text, CheckSafety: true})
		if err != nil || asked != want {
			t.Errorf("%q: asked is %v, %+v, %v", text, asked, v, err)
		}
		if asked && (v.IsSafe || v.SafetyViolations[0].Score != opinionScore) {
			t.Errorf("%q: the opinion was not heeded: %+v", text, v)
		}
	}
}

func TestHeedingASecondOpinion(t *testing.T) {
	t.Parallel()
	first := func(category safety.Category) Verdict {
		return Verdict{SafetyViolations: []Violation{{string(category), "medium", 0.6, "block"}}}
	}
	for name, tc := range map[string]struct {
		v     Verdict
		found []safety.Category
		safe  bool
		count int
	}{
		"takes back":            {first(safety.Violence), nil, true, 1},
		"agrees":                {first(safety.Violence), []safety.Category{safety.Violence}, false, 1},
		"finds another":         {first(safety.Violence), []safety.Category{safety.Hate}, false, 2},
		"finds what was missed": {Verdict{IsSafe: true}, []safety.Category{safety.Hate}, false, 1},
		"not about self-harm":   {first(safety.SelfHarm), nil, false, 1},
	} {
		tc.v.heed(policy.Builtin(), tc.found, false)
		if tc.v.IsSafe != tc.safe || len(tc.v.SafetyViolations) != tc.count {
			t.Errorf("%s: %+v", name, tc.v)
		}
	}
}

func TestWithoutASecondOpinionTheFirstStands(t *testing.T) {
	t.Parallel()
	const text = "How can I shoot my neighbour with a paintball gun?"
	down := New(Options{Opinion: judgeFunc(func(string) ([]safety.Category, error) { return nil, errors.New("down") })})
	a, err := down.Check(t.Context(), Request{Text: text, CheckSafety: true})
	b, err2 := New(Options{}).Check(t.Context(), Request{Text: text, CheckSafety: true})
	if a.IsSafe != b.IsSafe || err != nil || err2 != nil {
		t.Errorf("%+v, want %+v, %v %v", a, b, err, err2)
	}
}
