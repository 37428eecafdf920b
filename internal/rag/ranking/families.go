package ranking

import (
	"cmp"
	"math"
	"slices"
)

// Words of one family ("invest", "investor", "investment") often keep different
// stems. Which ones belong together, the passages say: stems that begin alike are
// related where they stand in the same passages much more often than by chance,
// after Xu and Croft (1998). "Important" and "import" don't.
const (
	// familyPrefix is how many letters related stems have in common at least. With 4
	// or 6 of them the public sets gain less.
	familyPrefix = 5
	// togetherPassages and togetherLift are in how many passages two stems stand
	// together at least, and how many times as often as by chance. Any lift from 2 to
	// 5 serves as well.
	togetherPassages = 2
	togetherLift     = 4
	// relatedTrust is what a related word counts beside the word itself.
	relatedTrust = 0.4
	// maxKin bounds the work for a passage that is made of words that begin alike.
	maxKin = 16
)

// families lists for each term the terms that are related to it.
type families [][]int32

// newFamilies relates the terms, given by their stems, that passages use.
func newFamilies(stems map[string]int32, counts []map[int32]count, postings [][]posting) families {
	kin := kinds(stems, postings)
	together := map[[2]int32]float64{}
	var present []int32
	for _, m := range counts {
		present = present[:0]
		for t := range m {
			if kin[t] >= 0 {
				present = append(present, t)
			}
		}
		slices.SortFunc(present, func(a, b int32) int { return cmp.Or(cmp.Compare(kin[a], kin[b]), cmp.Compare(a, b)) })
		for i, a := range present {
			for _, b := range present[i+1 : min(len(present), i+maxKin)] {
				if kin[a] != kin[b] {
					break
				}
				together[[2]int32{a, b}]++
			}
		}
	}
	f := make(families, len(postings))
	for pair, n := range together {
		chance := float64(len(postings[pair[0]])) * float64(len(postings[pair[1]])) / float64(len(counts))
		if n >= togetherPassages && n >= togetherLift*chance {
			f[pair[0]] = append(f[pair[0]], pair[1])
			f[pair[1]] = append(f[pair[1]], pair[0])
		}
	}
	return f
}

// kinds numbers the terms by the letters that they begin with; -1 is for those that
// have no relatives.
func kinds(stems map[string]int32, postings [][]posting) []int32 {
	numbers := map[string]int32{}
	members := []int{}
	kin := make([]int32, len(postings))
	for s, t := range stems {
		kin[t] = -1
		if len(s) < familyPrefix || len(postings[t]) < togetherPassages || !isPlain(s) {
			continue
		}
		n, ok := numbers[s[:familyPrefix]]
		if !ok {
			n = int32(len(members))
			numbers[s[:familyPrefix]] = n
			members = append(members, 0)
		}
		kin[t] = n
		members[n]++
	}
	for t, n := range kin {
		if n >= 0 && members[n] < 2 {
			kin[t] = -1
		}
	}
	return kin
}

// related returns the relatives of a question's terms that it doesn't have itself,
// those that say most. One never counts more than its share of the word asked for.
func (x *Index) related(terms []weighted, strength map[int32]float64) []weighted {
	best := map[int32]float32{}
	for _, t := range terms {
		for _, r := range x.families[t.term] {
			if strength[r] > 0 {
				continue
			}
			own := float32(math.Pow(strength[t.term], repetition)) * x.weights[r]
			best[r] = max(best[r], relatedTrust*min(t.weight, own))
		}
	}
	return heaviest(best)
}
