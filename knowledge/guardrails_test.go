package knowledge_test

import (
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
)

// TestArticlesPassGuardrails judges every section as an answer: one that warns
// of fraud must not be taken for it, and nothing in it for somebody's data.
func TestArticlesPassGuardrails(t *testing.T) {
	t.Parallel()
	guard := guardrails.New(guardrails.Options{})
	for _, a := range load(t) {
		for section := range strings.SplitSeq(a.body, "\n## ") {
			checkSection(t, guard, a.file, section)
		}
	}
	for _, q := range questions {
		v, err := guard.Check(t.Context(), guardrails.Request{
			Text: q.question, Direction: guardrails.Input, CheckSafety: true, CheckPII: true, CheckInjection: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		if !v.IsSafe || v.IsInjection || v.HasPII {
			t.Errorf("question %q: safe %v, injection %v, personal data %v", q.question, v.IsSafe, v.IsInjection, v.PIIMatches)
		}
	}
}

func checkSection(t *testing.T, guard *guardrails.Service, file, section string) {
	t.Helper()
	v, err := guard.Check(t.Context(), guardrails.Request{
		Text: section, Direction: guardrails.Output, CheckSafety: true, CheckPII: true, CheckInjection: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	heading, _, _ := strings.Cut(section, "\n")
	if !v.IsSafe || v.IsInjection || v.HasPII {
		t.Errorf("%s, %q: violations %v, injection %v, personal data %v", file, heading, v.SafetyViolations, v.IsInjection, v.PIIMatches)
	}
}
