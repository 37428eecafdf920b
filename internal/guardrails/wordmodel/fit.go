package wordmodel

import (
	"cmp"
	"slices"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/linear"
)

// Sample is a labelled text.
type Sample struct {
	Text     string
	Positive bool    // holds what is looked for
	Weight   float32 // how much it counts
}

// Options of a training. The same options and samples give the same model.
type Options struct {
	// Senses finds the senses of the words of a view.
	Senses func(*textview.View) []uint64
	// Windows are the lengths that New will be given.
	Windows []int
	// Highest is how many windows of a positive text are held to be positive.
	Highest int
	Bits    uint8 // the model has 2^Bits buckets
	Seed    uint64
}

const (
	// rounds is how often the windows of positive texts are chosen anew.
	rounds = 3
	// Slow steps and a small penalty: chosen in cross-validation of both detectors,
	// as there are few positive texts.
	epochs  = 12
	rate    = 0.05
	penalty = 1e-5
	// negativeWindows bounds the windows that a negative text contributes.
	negativeWindows = 24
)

// Fit trains in rounds. What is looked for may be a small part of a text, so
// after the first round only those windows of a positive text count as positive
// that the model scores highest: the label is the text's, not the window's.
func Fit(samples []Sample, o Options) *linear.Model {
	texts := make([]Text, len(samples))
	for i, s := range samples {
		v := &textview.Of(s.Text)[0]
		texts[i] = Text{v, o.Senses(v)}
	}
	var fitted *linear.Model
	for range rounds {
		var m *Model
		if fitted != nil {
			m = New(fitted, o.Windows)
		}
		var list []linear.Example
		for i, s := range samples {
			list = append(list, o.examples(m, texts[i], s)...)
		}
		fitted = linear.Train(list, linear.Options{
			Classes: Classes, Bits: o.Bits, Epochs: epochs, Rate: rate, L2: penalty, Seed: o.Seed,
		})
	}
	return fitted
}

// examples returns the windows of a sample that teach something. A text counts
// by the root of their number.
func (o Options) examples(m *Model, t Text, s Sample) []linear.Example {
	if len(t.View.Words) == 0 {
		return nil
	}
	class := 0
	if s.Positive {
		class = 1
	}
	var list []linear.Example
	for _, w := range o.chosen(m, t, s.Positive) {
		list = append(list, linear.Example{Features: t.Span(w.From, w.To), Class: class})
	}
	for i := range list {
		list[i].Weight = s.Weight * 1.5 * scale(len(list))
	}
	return list
}

// chosen returns the highest windows of a text; before there is a model, all of
// a negative text's and the whole of a positive one.
func (o Options) chosen(m *Model, t Text, positive bool) []Span {
	var totals []total
	if m != nil {
		totals = m.totals(t)
	}
	var list []Span
	windows(t.View, o.Windows, func(from, to int) {
		w := Span{From: from, To: to}
		if m != nil {
			w.Logit = m.window(totals, from, to)
		}
		list = append(list, w)
	})
	most := negativeWindows
	if positive {
		most = o.Highest
		if m == nil {
			return list[len(list)-1:]
		}
	}
	slices.SortStableFunc(list, func(a, b Span) int { return cmp.Compare(b.Logit, a.Logit) })
	return list[:min(most, len(list))]
}
