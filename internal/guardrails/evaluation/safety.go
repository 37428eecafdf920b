package evaluation

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/safety"
)

// SafetyReport is a table of tallies by source, and one of all together.
func SafetyReport(tallies safety.Tallies) Report {
	t := Table{Title: "By source", Head: []string{
		"source", "harmful", "found", "recall", "right category", "safe", "blocked", "over-blocking", "profane", "blocked",
	}}
	row := func(name string, n safety.Tally) {
		t.add(name, strconv.Itoa(n.Harmful), strconv.Itoa(n.Found), figure(n.Found, n.Harmful), figure(n.Categorised, n.Found),
			strconv.Itoa(n.Safe), strconv.Itoa(n.Blocked), figure(n.Blocked, n.Safe),
			strconv.Itoa(n.Profane), strconv.Itoa(n.Profanity))
	}
	for _, source := range slices.Sorted(maps.Keys(tallies)) {
		row(source, *tallies[source])
	}
	all := tallies.Sum(func(string) bool { return true })
	row("all", all)
	sum := Table{Title: "Harmful against all other texts", Head: []string{"precision", "recall", "F1"}}
	sum.add(figure(all.Found, all.Found+all.Blocked+all.Profanity), figure(all.Found, all.Harmful), fmt.Sprintf("%.3f", all.F1()))
	return Report{Title: fmt.Sprintf("Safety: %d texts", all.Harmful+all.Safe+all.Profane), Tables: []Table{t, sum}}
}
