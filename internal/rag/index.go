package rag

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/kljensen/snowball/english"
	"golang.org/x/text/unicode/norm"
)

// BM25 parameters, with the values that Robertson and Zaragoza (2009) give as a
// good start.
const (
	k1 = 1.2
	b  = 0.75
	// A word in the title or heading counts as often as this many in the text.
	titleWeight   = 3
	headingWeight = 2
	// relevant is the score from which a passage counts as an answer; see score.
	relevant = 0.3
)

// index ranks passages by BM25 over their weighted words. It never changes.
type index struct {
	revision  int64
	documents int
	passages  []indexed
	postings  map[string][]posting
	average   float64 // length of a passage in weighted words
}

type indexed struct {
	passage Passage
	length  float64
}

// posting says how often a word stands in a passage.
type posting struct {
	passage int
	count   float64
}

func newIndex(revision int64, documents []StoredDocument) *index {
	x := &index{revision: revision, documents: len(documents), postings: map[string][]posting{}}
	total := 0.0
	for _, d := range documents {
		for _, c := range split(d.Document) {
			total += x.add(d.Document, c)
		}
	}
	if len(x.passages) > 0 {
		x.average = total / float64(len(x.passages))
	}
	return x
}

// add indexes one passage and returns its length.
func (x *index) add(d Document, c chunk) float64 {
	counts := map[string]float64{}
	for _, field := range []struct {
		text   string
		weight float64
	}{{d.Title, titleWeight}, {c.heading, headingWeight}, {c.text, 1}} {
		for _, w := range words(field.text) {
			counts[w] += field.weight
		}
	}
	length, n := 0.0, len(x.passages)
	for w, count := range counts {
		length += count
		x.postings[w] = append(x.postings[w], posting{n, count})
	}
	content := c.text
	if c.heading != "" {
		content = c.heading + "\n\n" + c.text
	}
	x.passages = append(x.passages, indexed{Passage{
		DocumentID: d.ID, ChunkID: c.id, Title: d.Title, Category: d.Category, Content: content, URL: d.URL,
	}, length})
	return length
}

// search returns the best passages for a query, best first. Equal scores are
// ordered by passage, so that the same query always gives the same answer.
func (x *index) search(q Query) []Passage {
	text := q.Text
	if len(text) > MaxQuery { // whole words only: half a word is found nowhere
		text = text[:MaxQuery]
		text = text[:strings.LastIndexFunc(text, unicode.IsSpace)+1]
	}
	terms := distinct(words(text))
	scores := map[int]float64{}
	best := 0.0 // what a passage would score that is full of every term
	for _, term := range terms {
		list := x.postings[term]
		weight := x.idf(len(list))
		best += weight * (k1 + 1)
		for _, p := range list {
			scores[p.passage] += weight * x.saturate(p)
		}
	}
	found := []Passage{}
	for n, s := range scores {
		p := x.passages[n].passage
		p.Score = math.Round(1000*s/best) / 1000
		if p.Score >= q.MinScore && (q.Category == "" || strings.EqualFold(q.Category, p.Category)) {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b Passage) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return strings.Compare(a.ChunkID, b.ChunkID)
	})
	return found[:min(q.Limit, len(found))]
}

// idf is the weight of a word that stands in n passages. A word that stands in
// none weighs as much as the rarest: a question about what the knowledge base
// doesn't know must not score high by its other words.
func (x *index) idf(n int) float64 {
	total := float64(len(x.passages))
	return math.Log(1 + (total-float64(n)+0.5)/(float64(n)+0.5))
}

// saturate is the BM25 value of a word's count in a passage of its length.
func (x *index) saturate(p posting) float64 {
	norm := 1 - b + b*x.passages[p.passage].length/x.average
	return p.count * (k1 + 1) / (p.count + k1*norm)
}

// words are the stems of a text's words, without those that say nothing.
func words(text string) []string {
	var list []string
	for w := range strings.FieldsFuncSeq(strings.ToLower(norm.NFKC.String(text)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		if len(w) > 1 && len(w) <= 40 && !stopwords[w] {
			list = append(list, english.Stem(w, false))
		}
	}
	return list
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// stopwords are the words of questions that don't say what they are about.
var stopwords = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`a about all also am an and any are as at be because been but by can could did do does
		doesn don for from get had has have he her here him his how if in into is isn it its just let ll me might more most my no
		not of off on one or our out over own please re s she should so some such t than that the their them then there these
		they this those to too up us ve very want was we were what when where which while who whom why will with would you your`) {
		m[w] = true
	}
	return m
}()
