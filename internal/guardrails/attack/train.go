package attack

import (
	_ "embed"
	"math/rand/v2"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/wordmodel"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/linear"
)

// Example is a labelled text.
type Example struct {
	Text   string
	Attack bool
	// Weight is how much it counts; zero means one.
	Weight float32
}

//go:embed own.txt
var own string

const (
	// ownWeight is how much one of our own sentences counts.
	ownWeight = 2
	// variants is how many sentences are drawn from a line of them at most.
	variants = 24
)

func ownExamples(seed uint64) []Example {
	drawn, err := wordmodel.Sentences(own, variants, 0, rand.New(rand.NewPCG(seed, 3)))
	if err != nil {
		panic("attack: own.txt: " + err.Error()) // the tests read it
	}
	list := make([]Example, len(drawn))
	for i, d := range drawn {
		list[i] = Example{Text: d.Text, Attack: d.Label == "attack", Weight: ownWeight}
	}
	return list
}

// modelBits: the model has 2^modelBits buckets.
const modelBits = 16

// Train fits the model on labelled texts and our own. The same examples in the
// same order and the same seed give the same model.
func Train(examples []Example, seed uint64) *linear.Model {
	examples = append(ownExamples(seed), examples...)
	samples := make([]wordmodel.Sample, len(examples))
	for i, e := range examples {
		samples[i] = wordmodel.Sample{Text: e.Text, Positive: e.Attack, Weight: max(e.Weight, 1)}
	}
	return wordmodel.Fit(samples, wordmodel.Options{
		Senses:  func(v *textview.View) []uint64 { return senses(v, table.Find(v.Text, nil)) },
		Windows: windows, Highest: 8, Bits: modelBits, Seed: seed,
	})
}

// ScoreWith scores with another model; for measuring.
func ScoreWith(model *linear.Model) func([]textview.View) (float64, string) {
	m := wordmodel.New(model, windows)
	return func(views []textview.View) (float64, string) { return scoreWith(views, m) }
}
