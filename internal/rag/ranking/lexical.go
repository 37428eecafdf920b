package ranking

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Parameters of the score, the same for every collection. They were chosen on two
// public sets (help articles of the US consumer bureau, and FiQA's forum answers)
// with all their questions in view. A search among 70 other choices that saw only
// one half of the questions gained as much on the other half, with either half,
// and took the same k1 and b; the weights below are milder than those it took.
const (
	k1 = 1.2
	b  = 0.85
	// openingWeight is what a word among the opening ones gains, in BM25's unit.
	openingWeight = 0.5
	openingHalf   = 1.6 // how many of them reach half of it
	// burstiness is the power of a term's mean count in the passages that have it.
	burstiness = 0.25
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

// maxRead bounds how many words that say something are read of a question.
const maxRead = 1000

// question is an analysed query.
type question struct {
	terms        []weighted // that some passage has
	related      []weighted // of their families
	pairs        [][2]int32
	telling      bool    // not all of its terms are everyday words
	topical      float64 // the share of it that is a topic here
	missing      bool    // a word of it is in no passage
	category     string
	vector       []float32
	nearest      func(candidates []int, n int) Neighbours
	minRelevance float64
	minFurther   float64
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
	// evidence is the score by words, before vectors.
	evidence float64
	dense    float64
	// deviations is how far the cosine stands above the mean of all passages.
	deviations float64
	score      float64
}

func (x *Index) analyse(query Query) question {
	q := question{
		category: strings.ToLower(query.Category), vector: unit(query.Vector), nearest: query.Nearest, minRelevance: query.MinRelevance, minFurther: query.MinFurther,
	}
	strength := map[int32]float64{}
	unknown := map[string]float64{}
	everyday := map[int32]bool{}
	repairs := maxRepairs
	var last int32 = -1
	for _, w := range Rewrite(query.Context, query.Text) {
		terms, trust := x.lookup(w.Text, &repairs)
		if len(terms) == 0 {
			unknown[w.Text] = w.Weight
			q.missing = true
			last = -1
		} else if trust < 1 {
			unknown[w.Text] = w.Weight * (1 - trust)
		}
		for _, t := range terms {
			if common[w.Text] {
				everyday[t] = true
			}
			strength[t] += w.Weight * trust
			if last >= 0 && last != t && len(q.pairs) < maxTerms {
				q.pairs = append(q.pairs, [2]int32{last, t})
			}
			last = t
		}
	}
	q.terms = x.strongest(strength)
	q.related = x.related(q.terms, strength)
	if q.telling = len(everyday) < len(strength); q.telling {
		q.topical = x.topical(q.terms, everyday, unknown)
	}
	return q
}

// strongest weighs terms and returns the maxTerms that say most.
func (x *Index) strongest(strength map[int32]float64) []weighted {
	weights := make(map[int32]float32, len(strength))
	for t, s := range strength {
		weights[t] = x.weights[t] * float32(math.Pow(s, repetition))
	}
	return heaviest(weights)
}

// heaviest returns the maxTerms terms of the greatest weights, in their order.
func heaviest(weights map[int32]float32) []weighted {
	list := make([]weighted, 0, len(weights))
	for t, w := range weights {
		list = append(list, weighted{t, w})
	}
	slices.SortFunc(list, func(a, b weighted) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.term, b.term))
	})
	return list[:min(len(list), maxTerms)]
}

// byWords returns the n best passages by their words, best first.
func (x *Index) byWords(q question, n int) []match {
	w := x.scratch.Get().(*workspace)
	defer x.scratch.Put(w)
	scores := w.scores
	clear(scores)
	for _, list := range [][]weighted{q.terms, q.related} {
		for _, t := range list {
			for _, p := range x.postings[t.term] {
				scores[p.passage] += t.weight * p.impact
			}
		}
	}
	if q.category != "" {
		for i := range scores {
			if q.category != x.categories[i] {
				scores[i] = 0
			}
		}
	}
	return top(scores, n)
}

// top returns the n passages of the highest scores above 0, best first. Equal
// scores are ordered by passage.
func top(scores []float32, n int) []match {
	// A positive number's bits grow with it, so that a score and its passage fit
	// one integer that sorts fast. The lower half is thrown away when 2n are kept.
	best := make([]uint64, 0, 2*n)
	worst := float32(0)
	for i, s := range scores {
		if s <= worst {
			continue
		}
		if best = append(best, uint64(^math.Float32bits(s))<<32|uint64(i)); len(best) == 2*n {
			slices.Sort(best)
			best = best[:n]
			worst = math.Float32frombits(^uint32(best[n-1] >> 32))
		}
	}
	slices.Sort(best)
	list := make([]match, min(n, len(best)))
	for i := range list {
		list[i] = match{passage: int32(uint32(best[i])), words: math.Float32frombits(^uint32(best[i] >> 32))}
	}
	return list
}
