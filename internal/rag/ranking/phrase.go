package ranking

// phraseWeight is how much a pair of neighbouring words counts beside the words.
const phraseWeight = 0.15

// maxPairSlots bounds the memory of the pair counts to 16 MiB.
const maxPairSlots = 1 << 22

// pairCounts says in how many passages two terms are neighbours. Pairs share
// slots by hash: a collision makes a pair look more common than it is, which
// costs a little of its weight and nothing else.
type pairCounts []uint32

func countPairs(sequences [][]int32) pairCounts {
	total := 0
	for _, s := range sequences {
		total += len(s)
	}
	slots := 1 << 10
	for slots < 2*total && slots < maxPairSlots {
		slots *= 2
	}
	counts, last := make(pairCounts, slots), make([]uint32, slots)
	for i, s := range sequences {
		for j := 1; j < len(s); j++ {
			slot := counts.slot([2]int32{s[j-1], s[j]})
			if stamp := uint32(i + 1); last[slot] != stamp {
				last[slot] = stamp
				counts[slot]++
			}
		}
	}
	return counts
}

// slot mixes a pair as splitmix64 does.
func (c pairCounts) slot(pair [2]int32) int {
	h := uint64(uint32(pair[0]))<<32 | uint64(uint32(pair[1]))
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return int((h ^ h>>31) & uint64(len(c)-1))
}

// addPhrases adds to each match what the question's pairs of words score in it,
// and sets the sum as its score.
func (x *Index) addPhrases(q question, found []match) {
	rarity := make([]float64, len(q.pairs))
	w := x.scratch.Get().(*workspace)
	for i, pair := range q.pairs {
		rarity[i] = x.rarity(float64(x.pairs[x.pairs.slot(pair)]))
		w.seconds[pair[1]] = true
	}
	counts := make([]float64, len(q.pairs))
	for i := range found {
		m := &found[i]
		x.countIn(m.passage, q.pairs, w.seconds, counts)
		length := float64(x.lengths[m.passage])
		for j, n := range counts {
			if n > 0 {
				m.phrases += phraseWeight * rarity[j] * n * (k1 + 1) / (n + k1*(1-b+b*length))
			}
		}
		m.score = float64(m.words) + m.phrases
	}
	for _, pair := range q.pairs {
		w.seconds[pair[1]] = false
	}
	x.scratch.Put(w)
}

// countIn counts each pair in a passage. seconds has the second terms of the
// pairs: few words of a passage are one, so the others pass quickly.
func (x *Index) countIn(passage int32, pairs [][2]int32, seconds []bool, counts []float64) {
	clear(counts)
	sequence := x.sequences[passage]
	for i, t := range sequence {
		if i == 0 || !seconds[t] {
			continue
		}
		for j, p := range pairs {
			if p[1] == t && p[0] == sequence[i-1] {
				counts[j]++
			}
		}
	}
}
