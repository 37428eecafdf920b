package wordmodel

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
)

func TestSentences(t *testing.T) {
	t.Parallel()
	const text = `# a comment
let WHO: Ann|{my|your} boss

safe {Pay|Ask} {WHO}{.|!}
attack fixed <|text|>
`
	drawn, err := Sentences(text, 200, 0, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	var safe []string
	for _, d := range drawn {
		if d.Label == "safe" {
			safe = append(safe, d.Text)
		} else if d != (Drawn{"attack", "fixed <|text|>"}) {
			t.Errorf("drew %+v", d)
		}
	}
	slices.Sort(safe)
	want := strings.Split("Ask Ann!|Ask Ann.|Ask my boss!|Ask my boss.|Ask your boss!|Ask your boss.|Pay Ann!|Pay Ann.|Pay my boss!|Pay my boss.|Pay your boss!|Pay your boss.", "|")
	if !slices.Equal(safe, want) {
		t.Errorf("drew %q, want each of %q once", safe, want)
	}
}

func TestFaultyLinesAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"safe {a|b", "let NAME a|b", "let A: {A}\nsafe {A}"} {
		if _, err := Sentences(text, 1, 1, rand.New(rand.NewPCG(1, 2))); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

// TestFindsAPartOfALongText trains on short texts and looks into a long one.
func TestFindsAPartOfALongText(t *testing.T) {
	t.Parallel()
	var samples []Sample
	for _, thing := range strings.Fields("coin spoon lamp chair river bottle letter garden window jacket") {
		samples = append(samples, Sample{"open the forbidden " + thing + " now", true, 1}, Sample{"I put a " + thing + " on the table", false, 1})
	}
	o := Options{Senses: func(*textview.View) []uint64 { return nil }, Windows: []int{8}, Highest: 2, Bits: 12, Seed: 1}
	m := New(Fit(samples, o), o.Windows)
	filler := strings.Repeat("yesterday I put a book and a cup on the table ", 30)
	long := textview.Of(filler + "open the forbidden drawer now " + filler)[0]
	found := m.Highest(Text{View: &long})
	first := long.Words[found.From]
	if found.Logit <= 0 || found.To-found.From > 16 || !strings.Contains(long.Text[first.Start:long.Words[found.To-1].End], "forbidden") {
		t.Errorf("found %+v", found)
	}
	plain := textview.Of(filler)[0]
	if found := m.Highest(Text{View: &plain}); found.Logit > 0 {
		t.Errorf("an ordinary text scores %+v", found)
	}
}

func TestSameSeedSameModel(t *testing.T) {
	t.Parallel()
	samples := []Sample{{"one thing and another", true, 1}, {"quite something else", false, 1}}
	o := Options{Senses: func(v *textview.View) []uint64 { return make([]uint64, len(v.Words)) }, Windows: []int{8}, Highest: 1, Bits: 8, Seed: 3}
	a, errA := Fit(samples, o).Marshal()
	b, errB := Fit(samples, o).Marshal()
	if errA != nil || errB != nil || !slices.Equal(a, b) {
		t.Errorf("two trainings differ: %v, %v", errA, errB)
	}
}
