package ranking

import "strings"

// Word is a word to search for. Weight is 1 for a word of the question itself
// and less for one carried over from an earlier question.
type Word struct {
	Text   string
	Weight float64
}

// Weights of words carried over from the question before, by how much the new
// one needs it, and the share that is left with each question further back.
const (
	carryDependent = 0.9 // "and which is cheaper?"
	carryShort     = 0.4 // "the fee?"
	carryOlder     = 0.3
)

// maxEarlier is how many earlier questions are looked at, newest first.
const maxEarlier = 2

// From how many words of its own a question is clear by itself, when it opens as
// a follow-up does, and when it has a pronoun; and how many words of any kind a
// question without either may have to be taken for the rest of a sentence.
const (
	clearOpening = 7
	clearPronoun = 5
	fragment     = 3
)

// Rewrite returns the words to search for a question that may only be understood
// with the customer's earlier ones, given oldest first. Words are carried over
// when the question points back ("what about it?") or hardly says anything by
// itself. Words that the question has itself are never carried twice, and an
// earlier question that itself points back lends the one before it, too.
func Rewrite(earlier []string, text string) []Word {
	own := contentWords(text)
	words := make([]Word, 0, len(own))
	have := map[string]bool{}
	for _, w := range own {
		words = append(words, Word{w, 1})
		have[stem(w)] = true
	}
	weight := carryWeight(text, len(have))
	for i := len(earlier) - 1; i >= max(0, len(earlier)-maxEarlier) && weight > 0; i-- {
		back, lent := pointsBack(earlier[i]), weight
		if back { // it asked for something else about a subject that stands one further back
			lent *= carryOlder
		}
		for _, w := range contentWords(earlier[i]) {
			if s := stem(w); !have[s] {
				have[s] = true
				words = append(words, Word{w, lent})
			}
		}
		if back {
			continue
		}
		weight *= carryOlder
		if weight < carryShort*carryOlder {
			break
		}
	}
	return words
}

// carryWeight is what a word of the question before counts in one with so many
// different words of its own.
func carryWeight(text string, own int) float64 {
	words := leadingWords(text)
	switch {
	case len(words) == 0:
		return 0
	case own == 0, opensAsFollowUp(words) && own < clearOpening, hasPointer(words) && own < clearPronoun:
		return carryDependent
	case own == 1 && len(words) <= fragment:
		return carryShort
	}
	return 0
}

// contentWords are the words of a text that say what it is about, at most
// maxRead.
func contentWords(text string) []string {
	var list []string
	forWords(text, func(w string) bool {
		if !fillers[w] {
			list = append(list, w)
		}
		return len(list) < maxRead
	})
	return list
}

// pointsBack says whether a question refers to what was said before.
func pointsBack(text string) bool {
	words := leadingWords(text)
	return opensAsFollowUp(words) || hasPointer(words)
}

func leadingWords(text string) []string {
	return strings.FieldsFunc(fold(text[:min(len(text), maxPointing)]), notInWord)
}

func opensAsFollowUp(words []string) bool {
	return len(words) > 0 && openers[words[0]] || len(words) > 1 && openerPairs[words[0]+" "+words[1]]
}

// hasPointer says whether a pronoun stands for something that the question
// hasn't named before it. In "a car, and it was sold" the car is meant.
func hasPointer(words []string) bool {
	named := 0
	for i, w := range words {
		last := i == len(words)-1
		switch {
		case pronouns[w], last && pronounsAtEnd[w], demonstratives[w] && (last || verbs[words[i+1]]):
			return true
		case len(w) > 1 && !stopwords[w] && !fillers[w]:
			if named++; named > 1 {
				return false
			}
		}
	}
	return false
}

// maxPointing is how many bytes of a question are read for pointing back: a
// longer one stands for itself.
const maxPointing = 300

var (
	fillers        = set(`hi hello hey thanks thank ok okay yes yeah sorry per`)
	openers        = set(`and but or also then instead otherwise`)
	openerPairs    = phrases(`what about|how about|so what|ok and|okay and|which one|which of|why not|why so|how so|same for|what if|how come`)
	pronouns       = set(`it its they them those these either neither both ones`)
	pronounsAtEnd  = set(`there one so then instead too`)
	demonstratives = set(`that this`)
	verbs          = set(`is was does do can will would has have cost costs work works apply happen happens take takes mean means`)
)

func phrases(list string) map[string]bool {
	m := map[string]bool{}
	for p := range strings.SplitSeq(list, "|") {
		m[p] = true
	}
	return m
}
