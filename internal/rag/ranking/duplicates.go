package ranking

import (
	"hash/fnv"
	"slices"
	"strings"
	"unicode"
)

// sameText is the share of common terms from which two passages with the same
// figures and denials say the same.
const sameText = 0.9

// repeats says whether a passage says the same as one of those seen.
func (x *Index) repeats(passage int32, seen []int32) bool {
	var own []int32
	for _, s := range seen {
		a, b := len(x.sequences[s]), len(x.sequences[passage])
		if x.claims[s] != x.claims[passage] || 10*min(a, b) < 9*max(a, b) {
			continue
		}
		if own == nil {
			own = distinct(x.sequences[passage])
		}
		if overlap(own, distinct(x.sequences[s])) >= sameText {
			return true
		}
	}
	return false
}

// claims hashes the figures and denials of a text, in order: two texts that
// differ only in a limit, or in a "not", are no repetition.
func claims(text string) uint64 {
	h := fnv.New64a()
	for w := range strings.FieldsFuncSeq(fold(text), notInWord) {
		if denials[w] || strings.ContainsFunc(w, unicode.IsDigit) {
			h.Write([]byte(w + " "))
		}
	}
	return h.Sum64()
}

// denials include the end of "can't", as words are cut at apostrophes.
var denials = set("no not never none nothing neither nor without cannot t unless except only")

func distinct(sequence []int32) []int32 {
	list := slices.Clone(sequence)
	slices.Sort(list)
	return slices.Compact(list)
}

// overlap is the share of the terms of two sorted lists that both have.
func overlap(a, b []int32) float64 {
	common, all := 0, len(a)+len(b)
	if all == 0 {
		return 0
	}
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			common++
			a, b = a[1:], b[1:]
		}
	}
	return float64(common) / float64(all-common)
}
