package ranking

import "slices"

// A passage is the likelier answer when the passages beside it are about the same:
// "pay" stands everywhere, and often in the article about paying. So a share of a
// passage's score is the mean of the best scores in its document. A document that
// has fewer passages is no worse for it.
const (
	documentShare  = 0.25
	documentsBest  = 3
	documentUnique = -1 // of passages of which it isn't known
)

// numbered gives documents numbers, in the order of their first passages.
func numbered(docs []Doc) (document []int32, passages []int) {
	numbers := map[string]int32{}
	for _, d := range docs {
		n, ok := numbers[d.Document]
		if d.Document == "" {
			n, ok = documentUnique, true
		}
		if !ok {
			n = int32(len(passages))
			numbers[d.Document] = n
			passages = append(passages, 0)
		}
		if n >= 0 {
			passages[n]++
		}
		document = append(document, n)
	}
	return document, passages
}

// addDocuments mixes the score of each match with those of its document. It leaves
// the matches in the order of their former scores.
func (x *Index) addDocuments(found []match) {
	slices.SortFunc(found, byScore)
	sums := map[int32]float64{}
	counts := map[int32]int{}
	for _, m := range found {
		if d := x.document[m.passage]; d >= 0 && counts[d] < documentsBest {
			counts[d]++
			sums[d] += m.score
		}
	}
	for i := range found {
		m := &found[i]
		if d := x.document[m.passage]; d >= 0 {
			mean := sums[d] / float64(min(documentsBest, x.passages[d]))
			m.score += documentShare * (mean - m.score)
		}
		m.evidence = m.score
	}
}
