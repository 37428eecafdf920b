package safety

import (
	"maps"
	"slices"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
)

// Tally counts the texts of one source. A text is found when it has a finding of
// more than Low severity.
type Tally struct {
	Harmful, Found     int
	Categorised        int // found, and of a category that the row has
	Safe, Blocked      int // without profanity
	Profane, Profanity int // profane texts, and those of them that were found
}

// Recall is the share of harmful texts that were found.
func (t Tally) Recall() float64 { return share(t.Found, t.Harmful) }

// Overblocking is the share of safe texts, profane ones apart, that were found.
func (t Tally) Overblocking() float64 { return share(t.Blocked, t.Safe) }

// F1 is that of harmful against all other texts.
func (t Tally) F1() float64 { return share(2*t.Found, t.Found+t.Blocked+t.Profanity+t.Harmful) }

func share(part, whole int) float64 { return float64(part) / float64(max(whole, 1)) }

func (t *Tally) add(r Row, list []Finding) {
	list = slices.DeleteFunc(slices.Clone(list), func(f Finding) bool { return f.Severity == Low })
	found := min(len(list), 1)
	switch {
	case r.Harmful():
		t.Harmful, t.Found = t.Harmful+1, t.Found+found
		if slices.ContainsFunc(list, func(f Finding) bool { return slices.Contains(r.Labels, string(f.Category)) }) {
			t.Categorised++
		}
	case len(r.Labels) > 0:
		t.Profane, t.Profanity = t.Profane+1, t.Profanity+found
	default:
		t.Safe, t.Blocked = t.Safe+1, t.Blocked+found
	}
}

// Tallies are tallies by source.
type Tallies map[string]*Tally

// Sum adds the sources for which keep is true.
func (ts Tallies) Sum(keep func(source string) bool) Tally {
	var sum Tally
	for source, t := range ts {
		if !keep(source) {
			continue
		}
		sum.Harmful, sum.Found, sum.Categorised = sum.Harmful+t.Harmful, sum.Found+t.Found, sum.Categorised+t.Categorised
		sum.Safe, sum.Blocked = sum.Safe+t.Safe, sum.Blocked+t.Blocked
		sum.Profane, sum.Profanity = sum.Profane+t.Profane, sum.Profanity+t.Profanity
	}
	return sum
}

// Evaluate judges rows with the embedded models and tallies them by source.
func Evaluate(rows []Row) Tallies { return builtin().evaluate(rows) }

func (d *detector) evaluate(rows []Row) Tallies {
	tallies := Tallies{}
	for _, r := range rows {
		if tallies[r.Source] == nil {
			tallies[r.Source] = &Tally{}
		}
		tallies[r.Source].add(r, d.find(textview.Of(r.Text), nil))
	}
	return tallies
}

// CrossValidate judges each part of the rows with models that were trained on
// all other parts; part names that of a row. Parts that hold whole sources tell
// what to expect of texts of unknown origin.
func CrossValidate(rows []Row, seed uint64, part func(i int) string) Tallies {
	split := map[string][]Row{}
	for i, r := range rows {
		split[part(i)] = append(split[part(i)], r)
	}
	sum := Tallies{}
	for _, name := range slices.Sorted(maps.Keys(split)) {
		var others []Row
		for i, r := range rows {
			if part(i) != name {
				others = append(others, r)
			}
		}
		sum.merge(newDetector(fit(others, seed)).evaluate(split[name]))
	}
	return sum
}

func (ts Tallies) merge(others Tallies) {
	for source, t := range others {
		both := *t
		if old := ts[source]; old != nil {
			both = Tallies{"old": old, "new": t}.Sum(func(string) bool { return true })
		}
		ts[source] = &both
	}
}
