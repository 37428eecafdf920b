package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/embedding/embeddingtest"
)

// collection writes a small collection in BEIR's layout. One question shares no
// word with its answer, and one document is empty.
func collection(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	var corpus strings.Builder
	corpus.WriteString(`{"_id":"car","title":"Insurance","text":"Your automobile is insured."}` + "\n" + `{"_id":"empty","title":"","text":""}` + "\n")
	for _, word := range strings.Fields("cards fees limits transfers rewards statements savings disputes") {
		corpus.WriteString(`{"_id":"` + word + `","title":"About ` + word + `","text":"Everything about ` + word + `."}` + "\n")
	}
	for name, text := range map[string]string{
		"corpus.jsonl":  corpus.String(),
		"queries.jsonl": `{"_id":"1","text":"vehicle"}` + "\n" + `{"_id":"2","text":"rewards"}` + "\n",
		"qrels.tsv":     "query-id\tcorpus-id\tscore\n1\tcar\t1\n2\trewards\t1\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestRagEval(t *testing.T) {
	t.Parallel()
	endpoint := embeddingtest.New("m", 256)
	endpoint.Synonyms("automobile", "vehicle")
	server := httptest.NewServer(endpoint)
	defer server.Close()
	configured := []string{"EMBEDDING_MODEL=m", "TOGETHER_API_KEY=" + embeddingtest.Key, "TOGETHER_BASE_URL=" + server.URL + "/v1"}
	for name, c := range map[string]struct {
		settings []string
		folder   string
		code     int
		out, err string
	}{
		"by words":          {nil, collection(t), exitOK, `(?s)No embedder: .*nDCG@10 +0\.500 +- +-\n`, ``},
		"by words, meaning": {configured, collection(t), exitOK, `(?s)Embedder: m.*nDCG@10 +0\.500 +1\.000 +1\.000\n`, ``},
		"no collection":     {nil, t.TempDir(), exitFailure, ``, `corpus.jsonl`},
		"a wrong key":       {append(configured[:2:2], "TOGETHER_BASE_URL="+server.URL+"/v1", "TOGETHER_API_KEY=wrong"), collection(t), exitUnreachable, ``, `refuses the key`},
	} {
		code, stdout, stderr := command(t, c.settings, "rag", "eval", c.folder)
		if code != c.code || !regexp.MustCompile(c.out).MatchString(stdout) || !strings.Contains(stderr, c.err) {
			t.Errorf("%s: exit %d\n%s\n%s", name, code, stdout, stderr)
		}
	}
}
