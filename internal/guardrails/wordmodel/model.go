// Package wordmodel tells texts that hold something from texts that don't, by a
// linear model over words, character n-grams and senses, applied to sentences and
// windows and not to the whole text only: what is looked for is often a small
// part. It owns the senses' features, the windows and the training; what is looked
// for, and which senses help to find it, is the caller's.
package wordmodel

import (
	"math"
	"math/bits"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/linear"
)

// Text is a view and the senses of its words.
type Text struct {
	View   *textview.View
	Senses []uint64 // by word, one bit for each sense; nil for none
}

// Model scores windows of texts. It is safe for concurrent use.
type Model struct {
	weights []float32 // by bucket: how much it speaks for what is looked for
	bias    float32
	sizes   []int // of windows
}

// Classes are those of the linear models that Fit trains and New takes.
var Classes = []string{"without", "with"}

// New returns a Model that applies a linear one of the two Classes to a text's
// sentences, to its windows of so many words, and to the whole.
func New(m *linear.Model, windows []int) *Model {
	weights, bias := m.Margins()
	return &Model{weights, bias, windows}
}

// Span is a window of a text, from word From to before word To, and its score in
// logits: positive when it rather holds what is looked for.
type Span struct {
	From, To int
	Logit    float32
}

// Highest returns the highest window of a text.
func (m *Model) Highest(t Text) Span {
	best := Span{Logit: float32(math.Inf(-1))}
	totals := m.totals(t)
	windows(t.View, m.sizes, func(from, to int) {
		if l := m.window(totals, from, to); l > best.Logit {
			best = Span{from, to, l}
		}
	})
	return best
}

// Window returns one window of a text, of the words from from to before to.
func (m *Model) Window(t Text, from, to int) Span {
	return Span{from, to, m.window(m.totals(t), from, to)}
}

// total is the sum of the logits and the number of features up to a word.
type total struct {
	sum   float32
	count int32
}

// totals makes the time linear: each window is the difference of two of them.
func (m *Model) totals(t Text) []total {
	totals := make([]total, len(t.View.Words)+1)
	mask := uint32(len(m.weights) - 1)
	sum, count := float32(0), int32(0)
	for i := range t.View.Words {
		own := t.View.Hashes(i)
		for _, h := range own {
			sum += m.weights[h&mask]
		}
		count += int32(len(own))
		if t.Senses != nil {
			t.senses(i, func(h uint32) {
				sum += senseValue * m.weights[h&mask]
				count++
			})
		}
		totals[i+1] = total{sum, count}
	}
	return totals
}

// window returns the logit of the words from from to to.
func (m *Model) window(totals []total, from, to int) float32 {
	sum, count := totals[to].sum-totals[from].sum, totals[to].count-totals[from].count
	return m.bias + sum*scale(int(count))
}

// scale divides by the root of the number of features, which makes windows of
// different lengths comparable.
func scale(count int) float32 { return float32(2 / math.Sqrt(float64(count+damping))) }

// damping keeps a few words from weighing as much as a sentence.
const damping = 30

const (
	// pairSpan is the distance in words within which two senses make a feature.
	pairSpan = 8
	// senseValue is how much more than a word a sense counts: fewer texts have it.
	senseValue = 2
	// The salts set the features of senses apart from those of words.
	senseSalt = 0x5e45e001
	pairSalt  = 0x9a12b001
)

// senses calls fn with the features of the senses of word i, and of the pairs of
// senses that it completes.
func (t Text) senses(i int, fn func(uint32)) {
	if t.Senses[i] == 0 {
		return
	}
	for m := t.Senses[i]; m != 0; m &= m - 1 {
		fn(textview.Join(senseSalt, uint32(bits.TrailingZeros64(m))))
	}
	var near uint64
	for j := max(0, i-pairSpan); j < i; j++ {
		near |= t.Senses[j]
	}
	for m := t.Senses[i]; m != 0; m &= m - 1 {
		for n := near; n != 0; n &= n - 1 {
			fn(textview.Join(pairSalt, uint32(bits.TrailingZeros64(m))<<8|uint32(bits.TrailingZeros64(n))))
		}
	}
}

// Span returns the features of a window, scaled as the model expects them.
func (t Text) Span(from, to int) []linear.Feature {
	var list []linear.Feature
	for i := from; i < to; i++ {
		for _, h := range t.View.Hashes(i) {
			list = append(list, linear.Feature{Hash: h, Value: 1})
		}
		if t.Senses != nil {
			t.senses(i, func(h uint32) { list = append(list, linear.Feature{Hash: h, Value: senseValue}) })
		}
	}
	value := scale(len(list))
	for i := range list {
		list[i].Value *= value
	}
	return list
}
