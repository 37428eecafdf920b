package ranking

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/beir"
)

// Evaluation is how well a collection's questions are answered by words alone,
// by vectors alone and by both. Dense and Fused are nil without an embedder.
type Evaluation struct {
	Lexical      beir.Measures
	Dense, Fused *beir.Measures
}

// Embedder turns texts into vectors, one for each text.
type Embedder func(texts []string) ([][]float32, error)

// Evaluate reads a collection in BEIR's layout and measures this package on it.
// A nil embedder leaves vectors out.
func Evaluate(folder fs.FS, embed Embedder) (Evaluation, error) {
	c, err := beir.Read(folder)
	if err != nil {
		return Evaluation{}, err
	}
	docs := collectionDocs(c)
	if embed == nil {
		x := Build(docs)
		return Evaluation{Lexical: c.Measure(func(q beir.Question) []string { return x.ids10(Query{Text: q.Text}) })}, nil
	}
	vectors, err := attach(docs, c.Questions, embed)
	if err != nil {
		return Evaluation{}, err
	}
	x := Build(docs)
	measure := func(words, dense bool) beir.Measures {
		return c.Measure(func(q beir.Question) []string {
			var query Query
			if words {
				query.Text = q.Text
			}
			if dense {
				query.Vector = vectors[q.ID]
			}
			return x.ids10(query)
		})
	}
	dense, fused := measure(false, true), measure(true, true)
	return Evaluation{Lexical: measure(true, false), Dense: &dense, Fused: &fused}, nil
}

func collectionDocs(c beir.Collection) []Doc {
	docs := make([]Doc, 0, len(c.Docs))
	for _, d := range c.Docs {
		docs = append(docs, Doc{
			ID: d.ID, Title: d.Title, Text: d.Text, Path: d.Category + " / " + d.Subcategory, Category: d.Category,
		})
	}
	return docs
}

// attach gives every passage its vector and returns those of the questions.
func attach(docs []Doc, questions []beir.Question, embed Embedder) (map[string][]float32, error) {
	var texts []string
	for _, d := range docs {
		texts = append(texts, strings.TrimSpace(d.Title+"\n"+d.Text))
	}
	for _, q := range questions {
		texts = append(texts, q.Text)
	}
	vectors, err := embed(texts)
	if err != nil {
		return nil, fmt.Errorf("embed the collection: %w", err)
	}
	if len(vectors) != len(texts) {
		return nil, fmt.Errorf("embed the collection: got %d vectors for %d texts", len(vectors), len(texts))
	}
	for i := range docs {
		docs[i].Vector = vectors[i]
	}
	byQuestion := map[string][]float32{}
	for i, q := range questions {
		byQuestion[q.ID] = vectors[len(docs)+i]
	}
	return byQuestion, nil
}

func (x *Index) ids10(q Query) []string {
	var list []string
	for _, h := range x.Search(q, 10) {
		list = append(list, h.ID)
	}
	return list
}

// String is a table with a line for each measure.
func (e Evaluation) String() string {
	var b strings.Builder
	cell := func(m *beir.Measures, value func(beir.Measures) float64) string {
		if m == nil {
			return "-"
		}
		return fmt.Sprintf("%.3f", value(*m))
	}
	fmt.Fprintf(&b, "%d questions\n%-10s %8s %8s %8s\n", e.Lexical.Questions, "", "lexical", "dense", "fused")
	for _, row := range []struct {
		name  string
		value func(beir.Measures) float64
	}{
		{"nDCG@10", func(m beir.Measures) float64 { return m.NDCG10 }},
		{"Recall@5", func(m beir.Measures) float64 { return m.Recall5 }},
		{"Recall@10", func(m beir.Measures) float64 { return m.Recall10 }},
		{"MRR@10", func(m beir.Measures) float64 { return m.MRR10 }},
	} {
		fmt.Fprintf(&b, "%-10s %8s %8s %8s\n", row.name, cell(&e.Lexical, row.value), cell(e.Dense, row.value), cell(e.Fused, row.value))
	}
	return b.String()
}
