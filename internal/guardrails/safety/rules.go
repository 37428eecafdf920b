package safety

import (
	"math/bits"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
)

// rule is a kind of content, known by senses that occur within span words, in
// any order, and by those that mustn't be near.
type rule struct {
	category Category
	weight   float32 // logits
	senses   []sense
	span     int
	without  sense
}

const (
	likely = 3
	hint   = 2
	// none is no sense: a rule without exception.
	none = senses
	// exception is how many words before its end an exception may stand.
	exception = 16
)

// rules were weighed in cross-validation.
var rules = []rule{
	{SelfHarm, likely, []sense{despair}, 1, none},
	{Harassment, likely, []sense{goad}, 1, none},
	{Harassment, hint, []sense{stalk}, 1, protect},
	{Harassment, hint, []sense{howto, insult, person}, 10, protect},
	{Violence, likely, []sense{weapon, howto}, 6, protect},
	{Violence, likely, []sense{howto, kill, person}, 8, protect},
	{Violence, hint, []sense{threat, kill, person}, 6, protect},
	{Illegal, hint, []sense{howto, crime}, 10, protect},
	{Illegal, likely, []sense{howto, crime, secretly}, 24, protect},
	{Hate, likely, []sense{group, debase}, 8, protect},
	{Hate, likely, []sense{group, threat, kill}, 8, protect},
	{Hate, likely, []sense{slur}, 1, none},
	{Hate, hint, []sense{group, howto, debase}, 14, none},
	{Sexual, hint, []sense{howto, porn}, 8, protect},
}

// angry are the rules that customers break in anger: they are noted even when
// the classifier finds nothing.
func (r *rule) angry() bool { return r.category == Violence || r.category == Harassment }

// bySense lists the rules that a sense is part of.
var bySense = func() (table [senses][]*rule) {
	for i := range rules {
		for _, s := range rules[i].senses {
			table[s] = append(table[s], &rules[i])
		}
	}
	return table
}()

// findings are the senses of a view's words, and the surest rule that they break.
type findings struct {
	senses []uint64
	broken *rule
}

// never is a position before all words, further away than any span.
const never = -1 << 20

// broken looks for the senses of all words and the rules that they break.
func broken(v *textview.View) findings {
	f := findings{senses: make([]uint64, len(v.Words))}
	words := lexicon()
	var last [senses + 1]int
	for s := range last {
		last[s] = never
	}
	at := 0
	for i := range v.Words {
		at += step(v.Words[i].Kind)
		mask := words.Senses(v, i)
		f.senses[i] = mask
		for m := mask; m != 0; m &= m - 1 {
			last[bits.TrailingZeros64(m)] = at
		}
		for m := mask; m != 0; m &= m - 1 {
			f.match(bySense[bits.TrailingZeros64(m)], &last, at)
		}
	}
	return f
}

// match keeps the surest of the rules that are broken at a position.
func (f *findings) match(list []*rule, last *[senses + 1]int, at int) {
	for _, r := range list {
		if (f.broken == nil || r.weight > f.broken.weight) && r.complete(last, at) {
			f.broken = r
		}
	}
}

func (r *rule) complete(last *[senses + 1]int, at int) bool {
	for _, part := range r.senses {
		if at-last[part] > r.span*word {
			return false
		}
	}
	return at-last[r.without] > exception*word
}

// word is the length of a word in positions: a character of a script without
// spaces is half of one.
const word = 2

func step(kind textview.WordKind) int {
	if kind == textview.Ideograph {
		return word / 2
	}
	return word
}
