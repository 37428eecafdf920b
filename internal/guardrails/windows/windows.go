// Package windows scores every sentence and window of a folded text by a linear
// model, in one pass: the sums over a window are differences of running sums. It
// knows neither what is looked for nor which score is too high.
package windows

import (
	"math"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/linear"
)

// word is a word of a text, in bytes.
type word struct {
	start, end int32
	hash       uint32
	breaks     bool // a sentence ends before it
}

// split finds the words of a folded text: letters, digits and everything beyond
// ASCII. Signs that attacks are written with are words, too.
func split(text string) []word {
	words := make([]word, 0, len(text)/5+1)
	breaks := true
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case inWord(c):
			start := i
			for i < len(text) && (inWord(text[i]) || text[i] == '\'' && i+1 < len(text) && inWord(text[i+1])) {
				i++
			}
			words = append(words, newWord(text, start, i, breaks))
			breaks = false
		case c == '.' || c == '!' || c == '?' || c == ';' || c == ':' || c == '\n':
			breaks = true
			i++
		case c == '<' || c == '[' || c == '{' || c == '#' || c == '|' || c == '$':
			words = append(words, newWord(text, i, i+1, breaks))
			breaks = false
			i++
		default:
			i++
		}
	}
	return words
}

func newWord(text string, start, end int, breaks bool) word {
	return word{int32(start), int32(end), hash(0, text[start:end]), breaks}
}

func inWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= utf8.RuneSelf || c == '_'
}

const (
	offset = 2166136261 // FNV-1a (Fowler, Noll and Vo)
	prime  = 16777619
)

func hash(seed uint32, s string) uint32 {
	h := offset ^ seed
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * prime
	}
	return h
}

func finish(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	return h ^ h>>13
}

// gram is the length of the pieces of words, in bytes.
const gram = 4

// maxPieces bounds the pieces of one word.
const maxPieces = 24

// each calls fn with the hash of every feature of word i: the word, it with the
// one and the two before it, and its pieces.
func each(text string, words []word, i int, fn func(uint32)) {
	w := words[i]
	fn(finish(w.hash))
	if i > 0 {
		fn(finish(words[i-1].hash*31 ^ w.hash ^ 0x9e3779b9))
		if i > 1 {
			fn(finish(words[i-2].hash*961 ^ words[i-1].hash*31 ^ w.hash ^ 0x51ed270b))
		}
	}
	if n := w.end - w.start; n <= gram {
		return
	}
	pieces := 0
	for k := w.start; k+gram <= w.end && pieces < maxPieces; k++ {
		seed := uint32(7)
		if k == w.start {
			seed = 8
		} else if k+gram == w.end {
			seed = 9
		}
		fn(finish(hash(seed, text[k:k+gram])))
		pieces++
	}
}

// Window is a part of a text and its scores.
type Window struct {
	First, Next int // words
	// Margins are how much more likely each class is than the first, in log odds.
	Margins []float32
}

// sizes are the windows that are looked at besides sentences and the whole, in
// words; each begins half a window after the one before.
var sizes = []int{8, 16, 32, 64, 128}

// Text is a text that was prepared for scoring.
type Text struct {
	text   string
	words  []word
	sums   []float32 // by word, then by class
	counts []int32
	model  *linear.Model
}

// Prepare computes the running sums of a folded text.
func Prepare(text string, model *linear.Model) *Text {
	t := &Text{text: text, words: split(text), model: model}
	k := len(model.Classes)
	t.sums = make([]float32, (len(t.words)+1)*k)
	t.counts = make([]int32, len(t.words)+1)
	for i := range t.words {
		row, next := t.sums[i*k:(i+1)*k], t.sums[(i+1)*k:(i+2)*k]
		copy(next, row)
		n := int32(0)
		each(t.text, t.words, i, func(h uint32) {
			model.Add(h, next)
			n++
		})
		t.counts[i+1] = t.counts[i] + n
	}
	return t
}

// Each calls fn with every window. It must not keep the margins.
func (t *Text) Each(fn func(Window)) {
	if len(t.words) == 0 {
		return
	}
	margins := make([]float32, len(t.model.Classes))
	visit := func(first, next int) { fn(t.window(first, next, margins)) }
	visit(0, len(t.words))
	start := 0
	for i := 1; i <= len(t.words); i++ {
		if i == len(t.words) || t.words[i].breaks {
			if i-start < len(t.words) && i-start > 2 {
				visit(start, i)
			}
			start = i
		}
	}
	for _, size := range sizes {
		if size >= len(t.words) {
			break
		}
		for first := 0; first < len(t.words); first += size / 2 {
			visit(first, min(first+size, len(t.words)))
			if first+size >= len(t.words) {
				break
			}
		}
	}
}

func (t *Text) window(first, next int, margins []float32) Window {
	k := len(margins)
	a, b := t.sums[first*k:(first+1)*k], t.sums[next*k:(next+1)*k]
	scale := scaleOf(int(t.counts[next] - t.counts[first]))
	bias := t.model.Bias()
	base := bias[0] + (b[0]-a[0])*scale
	for c := range k {
		margins[c] = bias[c] + (b[c]-a[c])*scale - base
	}
	return Window{first, next, margins}
}

// scaleOf is the strength of one feature among n.
func scaleOf(n int) float32 {
	if n == 0 {
		return 0
	}
	return float32(1 / math.Sqrt(float64(n)))
}

// Text returns the text of a window.
func (t *Text) Text(w Window) string {
	if w.First >= w.Next {
		return ""
	}
	return t.text[t.words[w.First].start:t.words[w.Next-1].end]
}

// Features describes a whole folded text for training, as a window that spans
// it is scored.
func Features(text string) []linear.Feature {
	words := split(text)
	var list []linear.Feature
	for i := range words {
		each(text, words, i, func(h uint32) { list = append(list, linear.Feature{Hash: h}) })
	}
	scale := scaleOf(len(list))
	for i := range list {
		list[i].Value = scale
	}
	return list
}
