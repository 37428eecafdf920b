package ranking

import (
	"container/heap"
	"math"
	"slices"
	"strings"
)

// Parameters of the score, the same for every collection. They were chosen on
// one half of the questions of two public sets (help articles of the US consumer
// bureau, and FiQA's forum answers) and checked on the other; around these values
// all of them are flat.
const (
	k1 = 1.2
	b  = 0.85
	// openingWeight is what a word among the opening ones gains, in BM25's unit.
	openingWeight = 0.5
	openingHalf   = 1.6 // how many of them reach half of it
	// burstiness is the power of a term's mean count in the passages that have it.
	burstiness = 0.15
	// repetition is the power of a term's count in the question.
	repetition = 0.5
)

// impact is what a term scores in a passage for each unit of its weight.
func impact(c count, length float32) float32 {
	value := c.weighted * (k1 + 1) / (c.weighted + k1*(1-b+b*length))
	return value + openingWeight*c.opening/(c.opening+openingHalf)
}

// maxTerms bounds the different words of a question that are searched; a longer
// one is searched by its most telling words.
const maxTerms = 64

// maxRead bounds how many words of a question are read at all.
const maxRead = 2000

// question is an analysed query.
type question struct {
	terms        []weighted // that some passage has
	pairs        [][2]int32
	total        float64 // the weight of all its words, known or not
	category     string
	vector       []float32
	minRelevance float64
}

type weighted struct {
	term   int32
	weight float32
}

// match is a passage while it is scored.
type match struct {
	passage int32
	words   float32
	phrases float64
	dense   float64
	score   float64
}

func (x *Index) analyse(query Query) question {
	q := question{
		category: strings.ToLower(query.Category), vector: unit(query.Vector), minRelevance: query.MinRelevance,
	}
	strength := map[int32]float64{}
	var last int32 = -1
	read, repairs := 0, maxRepairs
	unknown := map[string]float64{}
	for _, w := range Rewrite(query.Context, query.Text) {
		if read++; read > maxRead {
			break
		}
		terms, trust := x.lookup(w.Text, &repairs)
		if len(terms) == 0 {
			unknown[w.Text] = max(unknown[w.Text], w.Weight)
			last = -1
			continue
		}
		for _, t := range terms {
			strength[t] += w.Weight * trust
			if last >= 0 && last != t && len(q.pairs) < maxTerms {
				q.pairs = append(q.pairs, [2]int32{last, t})
			}
			last = t
		}
	}
	for t, s := range strength {
		q.terms = append(q.terms, weighted{t, x.weights[t] * float32(math.Pow(s, repetition))})
	}
	slices.SortFunc(q.terms, func(a, b weighted) int {
		if a.weight != b.weight {
			if a.weight > b.weight {
				return -1
			}
			return 1
		}
		return int(a.term - b.term)
	})
	q.terms = q.terms[:min(len(q.terms), maxTerms)]
	for _, t := range q.terms {
		q.total += float64(t.weight)
	}
	for _, s := range unknown {
		q.total += s * float64(x.unknown)
	}
	return q
}

// byWords returns the n best passages by their words, in no order.
func (x *Index) byWords(q question, n int) []match {
	scratch := x.scratch.Get().(*[]float32)
	defer x.scratch.Put(scratch)
	scores := *scratch
	clear(scores)
	for _, t := range q.terms {
		for _, p := range x.postings[t.term] {
			scores[p.passage] += t.weight * p.impact
		}
	}
	best := worstFirst{}
	for i, s := range scores {
		if s <= 0 || (len(best) == n && s <= best[0].words) || (q.category != "" && q.category != x.categories[i]) {
			continue
		}
		if len(best) == n {
			best[0] = match{passage: int32(i), words: s}
			heap.Fix(&best, 0)
			continue
		}
		heap.Push(&best, match{passage: int32(i), words: s})
	}
	return best
}

// worstFirst is a heap of matches, ordered so that among equal scores the later
// passage goes first.
type worstFirst []match

func (h worstFirst) Len() int { return len(h) }
func (h worstFirst) Less(i, j int) bool {
	return h[i].words < h[j].words || (h[i].words == h[j].words && h[i].passage > h[j].passage)
}
func (h worstFirst) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *worstFirst) Push(v any)   { *h = append(*h, v.(match)) }
func (h *worstFirst) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
