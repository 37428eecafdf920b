package test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/embedding/embeddingtest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/pgtest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/raghttp"
)

// TestSearchByMeaning takes the retrieval service through a working day of its
// embedder: passages get their vectors, a question without a common word finds
// its passage, the endpoint fails and comes back.
func TestSearchByMeaning(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "SQLITE_PATH=" + t.TempDir() + "/db" },
		"postgres": func(t *testing.T) string { return "DATABASE_URL=" + pgtest.URL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endpoint := embeddingtest.New("m", 512)
			endpoint.Synonyms("automobile", "lodestar")
			server := httptest.NewServer(endpoint)
			t.Cleanup(server.Close)
			s := start(t, []app.Name{app.RAG}, database(t), "EMBEDDING_MODEL=m",
				"TOGETHER_API_KEY="+embeddingtest.Key, "TOGETHER_BASE_URL="+server.URL+"/v1").ready(t)
			embeddings := func() string { return call(t, http.MethodGet, s.URL(app.RAG)+"/ready", nil).raw }
			a := call(t, http.MethodPost, s.URL(app.RAG)+"/api/v1/rag/documents", map[string]any{"documents": []map[string]string{
				{"id": "car", "title": "Insurance", "category": "insurance", "content": "Your automobile is insured."},
			}})
			if a.status != http.StatusOK {
				t.Fatal(a.raw)
			}
			eventually(t, "all passages have vectors", func() bool { return strings.Contains(embeddings(), "m, 194 of 194 passages, compared in memory") })

			client := raghttp.NewClient(s.URL(app.RAG), &http.Client{Timeout: 10 * time.Second})
			find := func(text string, earlier ...string) rag.Found {
				t.Helper()
				found, err := client.Find(t.Context(), rag.Query{Text: text, Context: earlier})
				if err != nil {
					t.Fatal(err)
				}
				return found
			}
			if found := find("lodestar"); found.Degraded || len(found.Passages) == 0 || found.Passages[0].DocumentID != "car" {
				t.Errorf("by meaning: %+v", found)
			}
			if found := find("and how long does it take?", "How do I order a replacement card?"); len(found.Passages) == 0 ||
				!strings.Contains(strings.ToLower(found.Passages[0].Title), "card") {
				t.Errorf("a follow-up: %+v", found)
			}
			endpoint.Set(func(e *embeddingtest.Server) {
				e.Fail = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
					embeddingtest.Refuse(w, http.StatusInternalServerError, "broken")
					return true
				}
			})
			if found := find("how do I freeze my card"); !found.Degraded || len(found.Passages) == 0 {
				t.Errorf("without the embedder: %+v", found)
			}
			a = call(t, http.MethodPost, s.URL(app.RAG)+"/api/v1/rag/context", map[string]any{"query": "what does an ATM cost?", "context": []string{"hello"}})
			if a.status != http.StatusOK || a.body["degraded"] != true || a.body["num_sources"] == 0.0 {
				t.Errorf("the context: %d %s", a.status, a.raw)
			}
			eventually(t, "the failure in /ready", func() bool { return strings.Contains(embeddings(), "searched by words alone") })
			endpoint.Set(func(e *embeddingtest.Server) { e.Fail = nil })
			if found := find("how do I get a new card"); found.Degraded {
				t.Errorf("recovered: %+v", found)
			}
			if strings.Contains(s.logs.String(), "lodestar") {
				t.Error("a question is in the log")
			}
		})
	}
}

func TestWithoutAnEmbedderReadinessSaysSo(t *testing.T) {
	t.Parallel()
	s := start(t, []app.Name{app.RAG}, "SQLITE_PATH="+t.TempDir()+"/db", "EMBEDDING_MODEL=m").ready(t)
	a := call(t, http.MethodGet, s.URL(app.RAG)+"/ready", nil)
	if !strings.Contains(a.raw, "not configured, passages are found by words alone") {
		t.Error(a.raw)
	}
	a = call(t, http.MethodPost, s.URL(app.RAG)+"/api/v1/rag/search", map[string]any{"query": "how do I freeze my card", "context": []string{}})
	if a.status != http.StatusOK || a.body["degraded"] != false || a.body["count"] == 0.0 {
		t.Errorf("%d %s", a.status, a.raw)
	}
	for _, bad := range []any{
		map[string]any{"query": ""}, map[string]any{"query": "x", "context": "y"}, map[string]any{"query": "x", "context": make([]string, 21)},
	} {
		if a := call(t, http.MethodPost, s.URL(app.RAG)+"/api/v1/rag/search", bad); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d %s", bad, a.status, a.raw)
		}
	}
}
