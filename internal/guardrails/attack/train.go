package attack

import (
	_ "embed"
	"math/rand/v2"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/windows"
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

// ownWeight is how much one of our own sentences counts.
const ownWeight = 3

func ownExamples() []Example {
	var list []Example
	for line := range strings.Lines(own) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		list = append(list, Example{Text: strings.TrimSpace(line[1:]), Attack: line[0] == '+', Weight: ownWeight})
	}
	return list
}

const (
	modelBits   = 17
	trainEpochs = 10
	trainRate   = 0.3
	trainL2     = 1e-5
	rounds      = 4 // of choosing windows
	pieces      = 6 // of each harmless text
)

// Train fits the model on labelled texts and our own. The same examples in the
// same order and the same seed give the same model.
func Train(examples []Example, seed uint64) *linear.Model {
	examples = append(ownExamples(), examples...)
	folded := make([]string, len(examples))
	for i, e := range examples {
		folded[i] = textview.Fold(e.Text)
	}
	var model *linear.Model
	for range rounds {
		random := rand.New(rand.NewPCG(seed, 3))
		var list []linear.Example
		add := func(text string, e Example, weight float32) {
			class := 0
			if e.Attack {
				class = 1
			}
			if e.Weight != 0 {
				weight *= e.Weight
			}
			list = append(list, linear.Example{Features: windows.Features(text), Class: class, Weight: weight})
		}
		for i, e := range examples {
			add(folded[i], e, 1)
			words := strings.Fields(folded[i])
			if len(words) < 12 {
				continue
			}
			if model != nil {
				add(strongest(folded[i], model), e, 1)
			}
			if e.Attack {
				continue
			}
			for range pieces { // every part of a harmless text is harmless
				size := 8 << random.IntN(4)
				first := random.IntN(max(1, len(words)-size))
				add(strings.Join(words[first:min(len(words), first+size)], " "), e, 0.5)
			}
		}
		model = linear.Train(list, linear.Options{Classes: []string{"harmless", "attack"}, Bits: modelBits, Epochs: trainEpochs, Rate: trainRate, L2: trainL2, Seed: seed})
	}
	return model
}

// strongest is the window in which the model sees an attack most. In an attack
// that is the part to learn from; in a harmless text, the mistake to unlearn.
func strongest(text string, model *linear.Model) string {
	t := windows.Prepare(text, model)
	best, most := windows.Window{}, float32(-1e9)
	t.Each(func(w windows.Window) {
		if n := w.Next - w.First; n >= 3 && n <= 64 && w.Margins[1] > most {
			best, most = w, w.Margins[1]
		}
	})
	if best.Next == 0 {
		return text
	}
	return t.Text(best)
}

// ScoreWith scores with another model; for measuring.
func ScoreWith(model *linear.Model) func([]textview.View) (float64, string) {
	return func(views []textview.View) (float64, string) { return scoreWith(views, model) }
}
