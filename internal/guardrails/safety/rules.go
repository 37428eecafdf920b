package safety

import (
	"math/bits"
	"slices"

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

// asks says whether the rule is about somebody who wants to know how to do a crime
// or harm: then the words themselves count, and not what they are wrapped in.
// Elsewhere the wrapping tells anger from intent, and talk about a thing from it.
func (r *rule) asks() bool {
	return (r.category == Illegal || r.category == Violence) && slices.Contains(r.senses, howto)
}

// bySense lists the rules that a sense is part of.
var bySense = func() (table [senses][]*rule) {
	for i := range rules {
		for _, s := range rules[i].senses {
			table[s] = append(table[s], &rules[i])
		}
	}
	return table
}()

// findings are the senses of a view's words, and the surest rule that they break,
// in words from to before to.
type findings struct {
	senses   []uint64
	broken   *rule
	from, to int
}

// never is a position before all words, further away than any span.
const never = -1 << 20

// seen is where a sense was met last: its position and its word.
type seen struct{ at, word int }

// broken looks for the senses of all words and the rules that they break.
func broken(v *textview.View) findings {
	f := findings{senses: make([]uint64, len(v.Words))}
	words := lexicon()
	var last [senses + 1]seen
	for s := range last {
		last[s].at = never
	}
	at := 0
	for i := range v.Words {
		at += step(v.Words[i].Kind)
		mask := words.Senses(v, i)
		f.senses[i] = mask
		for m := mask; m != 0; m &= m - 1 {
			last[bits.TrailingZeros64(m)] = seen{at, i}
		}
		for m := mask; m != 0; m &= m - 1 {
			f.match(bySense[bits.TrailingZeros64(m)], &last, seen{at, i})
		}
	}
	return f
}

// beyond is how many words behind the last of a rule belong to what breaks it.
const beyond = 2

// match keeps the surest of the rules that are broken at a word.
func (f *findings) match(list []*rule, last *[senses + 1]seen, now seen) {
	for _, r := range list {
		if (f.broken == nil || r.weight > f.broken.weight) && r.complete(last, now.at) {
			f.broken, f.from, f.to = r, now.word, min(now.word+1+beyond, len(f.senses))
			for _, part := range r.senses {
				f.from = min(f.from, last[part].word)
			}
		}
	}
}

func (r *rule) complete(last *[senses + 1]seen, at int) bool {
	for _, part := range r.senses {
		if at-last[part].at > r.span*word {
			return false
		}
	}
	return at-last[r.without].at > exception*word
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
