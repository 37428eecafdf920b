package rag

import (
	"math"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ranking"
)

// index finds the passages of one revision of the knowledge base. It never
// changes.
type index struct {
	revision  int64
	documents int
	passages  map[string]Passage // by the id of their chunk
	order     []string           // the ids, as the ranking got them
	ranking   *ranking.Index
	dense     *dense // nil without vectors
}

func newIndex(revision int64, documents []StoredDocument) *index {
	x := &index{revision: revision, documents: len(documents), passages: map[string]Passage{}}
	var docs []ranking.Doc
	for _, d := range documents {
		for _, c := range split(d.Document) {
			content := c.content()
			x.passages[c.id] = Passage{DocumentID: d.ID, ChunkID: c.id, Title: d.Title, Category: d.Category, Content: content, URL: d.URL}
			x.order = append(x.order, c.id)
			docs = append(docs, ranking.Doc{ID: c.id, Document: d.ID, Title: d.Title, Heading: c.heading, Path: c.path, Text: c.text, Category: d.Category})
		}
	}
	x.ranking = ranking.Build(docs)
	return x
}

// search returns the best passages for a query, best first. Their score is how
// sure it is that they are about what was asked. The passages are ranked by words
// and, as far as r has the question's vector, by meaning.
func (x *index) search(q Query, r ranking.Query) []Passage {
	r.Text, r.Category, r.Context = clip(q.Text, MaxQuery), q.Category, q.Context
	by := x.ranking
	if x.dense != nil {
		by = x.dense.ranking
	}
	hits := by.Search(r, q.Limit)
	found := make([]Passage, 0, len(hits))
	for _, h := range hits {
		p := x.passages[h.ID]
		p.Score = math.Round(1000*h.Relevance) / 1000
		found = append(found, p)
	}
	return found
}
