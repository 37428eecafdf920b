package safety

import (
	_ "embed"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/windows"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/linear"
)

// Example is a labelled text; without categories it is safe.
type Example struct {
	Text       string
	Categories []string
	Weight     float32 // how much it counts; zero means one
}

//go:embed own.txt
var own string

// ownWeight is how much one of our own sentences counts.
const ownWeight = 3

func ownExamples() []Example {
	var list []Example
	for line := range strings.Lines(own) {
		category, text, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || category == "#" {
			continue
		}
		e := Example{Text: text, Weight: ownWeight}
		if category != "safe" {
			e.Categories = []string{category}
		}
		list = append(list, e)
	}
	return list
}

const (
	modelBits   = 16
	trainEpochs = 8
	trainRate   = 0.3
	trainL2     = 1e-5
	rounds      = 3 // of choosing windows
	pieces      = 3 // of each safe text
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
		random := rand.New(rand.NewPCG(seed, 4))
		var list []linear.Example
		add := func(text string, e Example, weight float32) {
			if e.Weight != 0 {
				weight *= e.Weight
			}
			features := windows.Features(text)
			if len(e.Categories) == 0 {
				list = append(list, linear.Example{Features: features, Weight: weight})
			}
			for _, c := range e.Categories { // each of several categories is partly right
				list = append(list, linear.Example{Features: features, Class: slices.Index(classes, c), Weight: weight / float32(len(e.Categories))})
			}
		}
		for i, e := range examples {
			add(folded[i], e, 1)
			words := strings.Fields(folded[i])
			if len(words) < 12 {
				continue
			}
			if len(e.Categories) == 0 && model != nil {
				add(worst(folded[i], model), e, 1)
			}
			for range pieces {
				if len(e.Categories) > 0 {
					break
				}
				size := 8 << random.IntN(4)
				first := random.IntN(max(1, len(words)-size))
				add(strings.Join(words[first:min(len(words), first+size)], " "), e, 0.5)
			}
		}
		model = linear.Train(list, linear.Options{Classes: classes, Bits: modelBits, Epochs: trainEpochs, Rate: trainRate, L2: trainL2, Seed: seed})
	}
	return model
}

// worst is the window of a safe text that the model likes least: a mistake to
// unlearn.
func worst(text string, model *linear.Model) string {
	t := windows.Prepare(text, model)
	best, most := windows.Window{}, float32(-1e9)
	t.Each(func(w windows.Window) {
		for _, m := range w.Margins[1:] {
			if m > most {
				best, most = w, m
			}
		}
	})
	if best.Next == 0 {
		return text
	}
	return t.Text(best)
}

// FindWith finds with another model; for measuring.
func FindWith(model *linear.Model) func([]textview.View) []Finding {
	return func(views []textview.View) []Finding { return findWith(views, model) }
}
