package ranking_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/beir"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ranking"
)

// public is where the public collections lie on a developer's machine.
const public = "../../../../shared/data/rag"

func collection(t testing.TB, name string) beir.Collection {
	t.Helper()
	folder := filepath.Join(public, name)
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("the public collection %s is not here", name)
	}
	c, err := beir.Read(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func docs(c beir.Collection) []ranking.Doc {
	var list []ranking.Doc
	for _, d := range c.Docs {
		list = append(list, ranking.Doc{ID: d.ID, Title: d.Title, Text: d.Text, Path: d.Category + " / " + d.Subcategory, Category: d.Category})
	}
	return list
}

func ids(hits []ranking.Hit) []string {
	var list []string
	for _, h := range hits {
		list = append(list, h.ID)
	}
	return list
}

func TestPublicCollections(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		ndcg float64
	}{{"askcfpb", 0.70}, {"fiqa", 0.429}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := collection(t, test.name)
			x := ranking.Build(docs(c))
			m := c.Measure(func(q beir.Question) []string { return ids(x.Search(ranking.Query{Text: q.Text}, 10)) })
			t.Logf("%s: %+v", test.name, m)
			if m.NDCG10 < test.ndcg {
				t.Errorf("nDCG@10 %.4f, want at least %.3f", m.NDCG10, test.ndcg)
			}
		})
	}
}
