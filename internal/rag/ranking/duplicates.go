package ranking

import "slices"

// sameText is the share of common terms from which two passages say the same.
// Passages that differ in a figure or a condition stay below it.
const sameText = 0.95

// repeats says whether a passage says the same as one of those seen.
func (x *Index) repeats(passage int32, seen []int32) bool {
	if len(seen) == 0 {
		return false
	}
	own := distinct(x.sequences[passage])
	return slices.ContainsFunc(seen, func(s int32) bool {
		a, b := len(x.sequences[s]), len(x.sequences[passage])
		return 10*min(a, b) >= 9*max(a, b) && overlap(own, distinct(x.sequences[s])) >= sameText
	})
}

func distinct(sequence []int32) []int32 {
	list := slices.Clone(sequence)
	slices.Sort(list)
	return slices.Compact(list)
}

// overlap is the share of the terms of two sorted lists that both have.
func overlap(a, b []int32) float64 {
	common, all := 0, len(a)+len(b)
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
	if all == 0 {
		return 0
	}
	return float64(common) / float64(all-common)
}
