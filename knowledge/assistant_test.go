package knowledge_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine"
)

// TestExamplesWork gives the local engine what the articles tell customers to
// say, one article's examples as one conversation. An article must not promise
// what isn't understood: an example runs a tool or, where it asks how something
// works, is looked up.
func TestExamplesWork(t *testing.T) {
	t.Parallel()
	example := regexp.MustCompile(`(?m)^- "([^"]+)"$|\| "([^"]+)" \|$`)
	asked := 0
	now := time.Date(2026, 7, 16, 9, 0, 0, 0, time.UTC)
	for _, a := range load(t) {
		var memory localengine.Memory
		for _, m := range example.FindAllStringSubmatch(a.body, -1) {
			text := m[1] + m[2]
			d := localengine.New().Decide(localengine.Input{Text: text, Memory: memory, Now: now})
			if explains := asksHow(text); d.Knowledge != explains || (d.Tool != "") == explains {
				t.Errorf("%s: %q is understood as %s: tool %q, reply %q", a.file, text, d.Intent, d.Tool, d.Reply)
			}
			memory = d.Memory
			asked++
		}
	}
	if asked < 15 {
		t.Errorf("only %d examples found", asked)
	}
}

func asksHow(text string) bool {
	return strings.HasPrefix(text, "How do I ") || strings.HasPrefix(text, "What does ")
}
