package ranking

import (
	"cmp"
	"slices"
)

// maxRepairs bounds how many unknown words of one question are repaired: each
// costs a look at some hundred words.
const maxRepairs = 5

// Trust in a repaired word, beside 1 for a word as written.
const (
	trustSwap     = 0.95 // two neighbouring letters: hardly another word
	trustOneEdit  = 0.8
	trustTwoEdits = 0.5
	trustSplit    = 0.8
)

// shortest words, in bytes, that are repaired: shorter ones are near too many
// others.
const (
	repairSwap     = 4
	repairMissing  = 5 // a letter too many or too few
	repairOneEdit  = 6
	repairTwoEdits = 8
	repairSplit    = 7
)

// spelling finds the known word that an unknown one was meant to be.
type spelling struct {
	surfaces map[string]int32
	// near holds words by first byte, last byte and length. A slip at either end
	// is rare, and words that differ there are mostly others: "timer" is no "time".
	near map[[3]byte][]surface
}

type surface struct {
	word string
	term int32
	uses int // passages that have its term
}

func newSpelling(surfaces map[string]int32, postings [][]posting) spelling {
	s := spelling{surfaces: surfaces, near: map[[3]byte][]surface{}}
	for word, term := range surfaces {
		if isASCII(word) {
			key := [3]byte{word[0], word[len(word)-1], byte(len(word))}
			s.near[key] = append(s.near[key], surface{word, term, len(postings[term])})
		}
	}
	for _, list := range s.near {
		slices.SortFunc(list, func(a, b surface) int {
			return cmp.Or(cmp.Compare(b.uses, a.uses), cmp.Compare(a.word, b.word))
		})
	}
	return s
}

// lookup returns the terms of a word and how far they can be trusted to be what
// was meant. Repairing an unknown word takes one of repairs.
func (x *Index) lookup(word string, repairs *int) ([]int32, float64) {
	if t, ok := x.spelling.surfaces[word]; ok {
		return []int32{t}, 1
	}
	s := stem(word)
	if t, ok := x.terms[s]; ok {
		return []int32{t}, 1
	}
	if terms := x.synonym(s); terms != nil {
		return terms, synonymTrust
	}
	if *repairs == 0 || len(word) < repairSwap || !isPlain(word) {
		return nil, 0
	}
	*repairs--
	if t, trust := x.spelling.repair(word); trust > 0 {
		return []int32{t}, trust
	}
	return x.spelling.split(word)
}

func isPlain(word string) bool {
	for i := range len(word) {
		if word[i] < 'a' || word[i] > 'z' {
			return false
		}
	}
	return true
}

// repair finds the nearest word; among equally near ones that of most passages.
func (s spelling) repair(word string) (int32, float64) {
	limit := 1
	if len(word) >= repairTwoEdits {
		limit = 2
	}
	best, found := limit+1, surface{}
	for length := len(word) - limit; length <= len(word)+limit; length++ {
		for _, c := range s.near[[3]byte{word[0], word[len(word)-1], byte(length)}] {
			d := edits(word, c.word, min(limit, best))
			if (d < best || d == best && d <= limit && c.uses > found.uses) && plausible(word, c.word) {
				best, found = d, c
			}
		}
	}
	switch {
	case best > limit:
		return 0, 0
	case swapped(word, found.word):
		return found.term, trustSwap
	case best == 1:
		return found.term, trustOneEdit
	}
	return found.term, trustTwoEdits
}

// plausible says whether a word is long enough for this kind of slip.
func plausible(word, meant string) bool {
	switch {
	case len(word) >= repairOneEdit || swapped(word, meant):
		return true
	case len(word) >= repairMissing:
		return len(word) != len(meant)
	}
	return false
}

// split finds two known words that were written as one.
func (s spelling) split(word string) ([]int32, float64) {
	if len(word) < repairSplit {
		return nil, 0
	}
	for i := 3; i <= len(word)-3; i++ {
		first, ok1 := s.surfaces[word[:i]]
		second, ok2 := s.surfaces[word[i:]]
		if ok1 && ok2 {
			return []int32{first, second}, trustSplit
		}
	}
	return nil, 0
}

// swapped says whether two words differ by two neighbouring letters exchanged.
func swapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i+1 < len(a); i++ {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
}

// edits counts the letters to insert, delete, replace or exchange with their
// neighbour to turn a into b (optimal string alignment). More than limit is
// returned as limit+1.
func edits(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit || len(b) > maxWord {
		return limit + 1
	}
	var rows [3][maxWord + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit+1)
}
