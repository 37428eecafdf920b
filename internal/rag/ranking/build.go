package ranking

import (
	"math"
	"strings"
	"sync"
)

// How many words of the text a word of another field counts for, and how many of
// the first words of the text are its opening. The public sets have no headings
// and are indifferent to titles, so those two weights rest on our own articles.
const (
	titleWeight   = 2
	headingWeight = 2
	pathWeight    = 1
	opening       = 15
)

// Index finds passages. It never changes and is safe for concurrent use: to add
// or remove passages, build a new one, which takes well under a second for ten
// thousand.
type Index struct {
	ids        []string
	categories []string // in lower case
	document   []int32  // by passage: the number of its document
	passages   []int    // by document: how many it has
	vectors    [][]float32
	terms      map[string]int32 // by stem
	postings   [][]posting      // by term
	weights    []float32        // by term: rarity and burstiness
	unknown    float32          // the weight of a word in no passage
	lengths    []float32        // by passage, relative to the average
	sequences  [][]int32        // by passage: the terms of heading and text in order
	claims     []uint64         // by passage: a hash of its figures and denials
	pairs      pairCounts
	families   families
	topics     map[int32]bool // terms that stand in a title or heading
	titled     bool           // titles and headings say what texts are about
	spelling   spelling
	scratch    *sync.Pool // of *workspace
}

// workspace is memory that searches take turns in using.
type workspace struct {
	scores  []float32 // by passage
	seconds []bool    // by term; all false between uses
}

// posting is one term of one passage; impact is what the term scores there for
// each unit of its weight.
type posting struct {
	passage int32
	impact  float32
}

// Build indexes passages. The order of docs decides between equal scores.
func Build(docs []Doc) *Index {
	x := &Index{terms: map[string]int32{}}
	x.scratch = &sync.Pool{New: func() any {
		return &workspace{scores: make([]float32, len(x.ids)), seconds: make([]bool, len(x.terms))}
	}}
	x.document, x.passages = numbered(docs)
	words := newVocabulary(x.terms)
	counts := make([]map[int32]count, len(docs))
	total := 0.0
	for i, d := range docs {
		x.ids = append(x.ids, d.ID)
		x.categories = append(x.categories, strings.ToLower(d.Category))
		x.vectors = append(x.vectors, unit(d.Vector))
		x.claims = append(x.claims, claims(d.Text))
		var sequence []int32
		counts[i], sequence = words.count(d)
		x.sequences = append(x.sequences, sequence)
		length := 0.0
		for _, c := range counts[i] {
			length += float64(c.weighted)
		}
		x.lengths = append(x.lengths, float32(length))
		total += length
	}
	average := max(1, total/max(1, float64(len(docs))))
	for i := range x.lengths {
		x.lengths[i] /= float32(average)
	}
	x.post(counts)
	x.topics = words.topics
	x.titled = x.saysTopics()
	x.families = newFamilies(x.terms, counts, x.postings)
	x.pairs = countPairs(x.sequences)
	x.spelling = newSpelling(words.surfaces, x.postings)
	return x
}

// count says how often a term stands in a passage: in all its fields by their
// weights, and among its opening words.
type count struct{ weighted, opening float32 }

// vocabulary gives words their terms. It remembers stems, which cost more than
// everything else in building an index.
type vocabulary struct {
	terms    map[string]int32
	surfaces map[string]int32 // by word as written
	topics   map[int32]bool
}

func newVocabulary(terms map[string]int32) *vocabulary {
	return &vocabulary{terms: terms, surfaces: map[string]int32{}, topics: map[int32]bool{}}
}

func (v *vocabulary) term(word string) int32 {
	if t, ok := v.surfaces[word]; ok {
		return t
	}
	s := stem(word)
	t, ok := v.terms[s]
	if !ok {
		t = int32(len(v.terms))
		v.terms[s] = t
	}
	v.surfaces[strings.Clone(word)] = t
	return t
}

func (v *vocabulary) count(d Doc) (map[int32]count, []int32) {
	counts := map[int32]count{}
	var sequence []int32
	add := func(text string, weight float32, keep bool) {
		forWords(text, func(w string) bool {
			t := v.term(w)
			c := counts[t]
			c.weighted += weight
			counts[t] = c
			if keep {
				sequence = append(sequence, t)
			}
			return true
		})
	}
	add(d.Title, titleWeight, false)
	add(d.Heading, headingWeight, true)
	for t := range counts {
		v.topics[t] = true
	}
	add(d.Path, pathWeight, false)
	body := len(sequence)
	add(d.Text, 1, true)
	for _, t := range sequence[body:min(len(sequence), body+opening)] {
		c := counts[t]
		c.opening++
		counts[t] = c
	}
	return counts, sequence
}

// post fills the postings and the weights of the terms.
func (x *Index) post(counts []map[int32]count) {
	x.postings = make([][]posting, len(x.terms))
	frequency := make([]float64, len(x.terms))
	for i, m := range counts {
		for t, c := range m {
			x.postings[t] = append(x.postings[t], posting{int32(i), impact(c, x.lengths[i])})
			frequency[t] += float64(c.weighted)
		}
	}
	x.weights = make([]float32, len(x.terms))
	for t, list := range x.postings {
		n := float64(len(list))
		x.weights[t] = float32(x.rarity(n) * math.Pow(frequency[t]/n, burstiness))
	}
	x.unknown = float32(x.rarity(0))
}

// rarity is BM25's weight of something that stands in n passages.
func (x *Index) rarity(n float64) float64 {
	return math.Log(1 + (float64(len(x.ids))-n+0.5)/(n+0.5))
}
