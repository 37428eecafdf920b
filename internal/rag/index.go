package rag

import (
	"math"
	"strings"
	"unicode"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ranking"
)

// index finds the passages of one revision of the knowledge base. It never
// changes.
type index struct {
	revision  int64
	documents int
	passages  map[string]Passage // by the id of their chunk
	ranking   *ranking.Index
}

func newIndex(revision int64, documents []StoredDocument) *index {
	x := &index{revision: revision, documents: len(documents), passages: map[string]Passage{}}
	var docs []ranking.Doc
	for _, d := range documents {
		for _, c := range split(d.Document) {
			content := c.text
			if c.heading != "" {
				content = c.heading + "\n\n" + c.text
			}
			x.passages[c.id] = Passage{DocumentID: d.ID, ChunkID: c.id, Title: d.Title, Category: d.Category, Content: content, URL: d.URL}
			docs = append(docs, ranking.Doc{ID: c.id, Title: d.Title, Heading: c.heading, Text: c.text, Category: d.Category})
		}
	}
	x.ranking = ranking.Build(docs)
	return x
}

// search returns the best passages for a query, best first. Their score is how
// sure it is that they are about what was asked.
func (x *index) search(q Query) []Passage {
	text := q.Text
	if len(text) > MaxQuery { // whole words only: half a word is found nowhere
		text = text[:MaxQuery]
		text = text[:strings.LastIndexFunc(text, unicode.IsSpace)+1]
	}
	hits := x.ranking.Search(ranking.Query{Text: text, Category: q.Category, MinRelevance: q.MinScore}, q.Limit)
	found := make([]Passage, 0, len(hits))
	for _, h := range hits {
		p := x.passages[h.ID]
		p.Score = math.Round(1000*h.Relevance) / 1000
		found = append(found, p)
	}
	return found
}
