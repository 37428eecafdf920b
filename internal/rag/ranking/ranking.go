// Package ranking orders passages by how well they answer a question. It owns
// the analysis of words, the index in memory, the score, the fusion with vectors
// of an outside embedder and the estimate of relevance; it knows no storage, no
// HTTP and nothing of where passages come from.
//
// The score is BM25 (Robertson and Zaragoza 2009) over weighted fields, plus
// four things that measured better on both public sets it was chosen on: pairs
// of neighbouring words with their own rarity, after the sequential dependence
// model (Metzler and Croft 2005); a bonus for words among a passage's first;
// more weight for words that come in bursts; and words of one family, as the
// passages show them. Tried there and dropped, because they gained nothing or lost:
// pseudo-relevance feedback, query likelihood, PL2, BM25+, best window of a passage,
// wider proximity, coverage of the question, expansion by synonyms or by words that
// occur together, one form for irregular verbs, scores smoothed over similar
// passages, and vectors from latent semantic analysis of the indexed passages.
package ranking

import (
	"cmp"
	"slices"
)

// Doc is a passage to be found.
type Doc struct {
	ID string
	// Document names what the passage is a part of; empty for nothing.
	Document string
	Title    string // of the whole document
	Heading  string // over this passage
	Text     string
	// Path says where the document stands, such as "Cards / Lost cards".
	Path string
	// Category is what a query can be restricted to.
	Category string
	// Vector is an outside embedder's, or nil. Vectors of another length than a
	// query's are ignored for it.
	Vector []float32
}

// Query is a question.
type Query struct {
	Text string
	// Context holds the customer's earlier questions, oldest first. They are
	// used only when Text can't be understood alone; see Rewrite.
	Context []string
	// Category restricts the passages, without regard to case. Empty means all.
	Category string
	// Vector is the question's, of the embedder that made the passages', or nil.
	Vector []float32
	// Nearest, if it isn't nil, replaces Vector where the passages' vectors are kept
	// elsewhere, as in a database. It returns the n nearest passages and those of the
	// candidates that have a vector, by their positions.
	Nearest func(candidates []int, n int) Neighbours
	// MinRelevance drops hits below it, and MinFurther those after the best one: where
	// there is an answer, less sure passages may complete it. Zero keeps every hit.
	MinRelevance, MinFurther float64
}

// Hit is a passage found.
type Hit struct {
	ID string
	// Score orders the hits of one query. Scores of different queries can't be
	// compared; that is what Relevance is for.
	Score float64
	// Relevance is between 0 and 1: how sure it is that the passage is about what
	// was asked. See Relevant.
	Relevance float64
	Parts     Parts
}

// Parts says what a score is made of.
type Parts struct {
	Words   float64 // fields and opening words, in BM25's unit
	Phrases float64 // pairs of neighbouring words, in BM25's unit
	Dense   float64 // cosine of the vectors; 0 without them
}

// candidates is how many of the best passages by words get the dearer parts of
// the score. On the public sets more of them change nothing.
const candidates = 200

// Search returns at most k passages, best first. Equal scores are ordered as the
// passages were built, so the same query always gives the same answer.
func (x *Index) Search(query Query, k int) []Hit {
	if k = min(k, len(x.ids)); k <= 0 {
		return nil
	}
	q := x.analyse(query)
	found := x.byWords(q, max(candidates, k))
	x.addPhrases(q, found)
	x.addDocuments(found)
	found = x.fuse(q, found, max(candidates, k))
	slices.SortFunc(found, byScore)
	return x.hits(q, found, k)
}

// byScore orders matches, the best first.
func byScore(a, b match) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.passage, b.passage))
}

// hits turns the best matches into the answer, without passages that repeat a
// better one.
func (x *Index) hits(q question, found []match, k int) []Hit {
	var list []Hit
	var seen []int32
	least := q.minRelevance
	for _, m := range found {
		if len(list) == k || m.score <= 0 {
			break
		}
		relevance := x.relevance(q, m)
		if relevance < least || x.repeats(m.passage, seen) {
			continue
		}
		least = q.minFurther
		seen = append(seen, m.passage)
		list = append(list, Hit{
			ID: x.ids[m.passage], Score: m.score, Relevance: relevance,
			Parts: Parts{Words: float64(m.words), Phrases: m.phrases, Dense: m.dense},
		})
	}
	return list
}
