package llamaguard

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/safety"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/llm"
)

// says is a model that always says the same.
type says string

func (s says) Complete(_ context.Context, r llm.Request) (llm.Completion, error) {
	if s == "" || len(r.Messages) == 0 {
		return llm.Completion{}, errors.New("down")
	}
	return llm.Completion{Text: string(s)}, nil
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for answer, tc := range map[string]struct {
		want []safety.Category
		ok   bool
	}{
		"safe":                {nil, true},
		"\n\nsafe\n":          {nil, true},
		"unsafe\nS1":          {[]safety.Category{safety.Violence}, true},
		"unsafe\nS10, S11":    {[]safety.Category{safety.Hate, safety.SelfHarm}, true},
		"unsafe S6":           {nil, true}, // advice is a bank's business
		"unsafe":              {nil, false},
		"I can't judge this.": {nil, false},
		"safe? no":            {nil, false},
		"":                    {nil, false},
	} {
		for _, byAssistant := range []bool{false, true} {
			got, err := Judge{says(answer)}.Unsafe(t.Context(), "text", byAssistant)
			if !slices.Equal(got, tc.want) || (err == nil) != tc.ok {
				t.Errorf("%q: %v, %v", answer, got, err)
			}
		}
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add("unsafe\nS1,S2")
	f.Fuzz(func(_ *testing.T, answer string) { _, _ = parse(answer) })
}
