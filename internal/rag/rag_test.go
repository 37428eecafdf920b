package rag

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ranking"
)

// memory is a Store for tests of ranking; the real ones pass storetest.
type memory struct {
	mu        sync.Mutex
	documents map[string]StoredDocument
	revision  int64
	down      error
}

func (m *memory) Put(_ context.Context, d StoredDocument) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.documents[d.ID].Hash == d.Hash {
		return false, m.down
	}
	m.documents[d.ID] = d
	m.revision++
	return true, m.down
}

func (m *memory) Delete(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.documents[id]; !ok {
		return fault.New(fault.NotFound, "no such document")
	}
	delete(m.documents, id)
	m.revision++
	return m.down
}

func (m *memory) Document(_ context.Context, id string) (StoredDocument, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.documents[id], m.down
}

func (m *memory) Documents(_ context.Context, after string, limit int) ([]StoredDocument, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []StoredDocument
	for id, d := range m.documents {
		if id > after {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b StoredDocument) int { return strings.Compare(a.ID, b.ID) })
	return list[:min(limit, len(list))], m.down
}

func (m *memory) Summaries(ctx context.Context, after string, limit int) ([]StoredDocument, error) {
	list, err := m.Documents(ctx, after, limit)
	for i := range list {
		list[i].Content = ""
	}
	return list, err
}

func (m *memory) Revision(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.revision, m.down
}

func filled(t testing.TB, documents ...Document) (*Service, *memory) {
	t.Helper()
	store := &memory{documents: map[string]StoredDocument{}}
	s := New(Options{Store: store})
	results, err := s.Upsert(t.Context(), documents)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Status != "stored" {
			t.Fatalf("%+v", r)
		}
	}
	return s, store
}

var articles = []Document{
	{ID: "fees", Title: "Fees", Category: "fees", Content: "Most things are free.\n\n## What does an ATM cost?\n\nAn ATM outside our network costs $2.50.\n\n## And abroad?\n\nPurchases abroad cost 1 %."},
	{ID: "freeze", Title: "Freezing your card", Category: "cards", Content: "## How do I freeze my card?\n\nTap Cards and switch on Freeze.", URL: "https://help.example/freeze"},
	{ID: "times", Title: "Transfer times", Category: "transfers", Content: "Transfers to other banks take one to two business days."},
}

func ids(passages []Passage) string {
	var list []string
	for _, p := range passages {
		list = append(list, p.ChunkID)
	}
	return strings.Join(list, " ")
}

func TestSearchFindsThePassage(t *testing.T) {
	t.Parallel()
	s, _ := filled(t, articles...)
	for query, want := range map[string]string{
		"what does an atm cost":          "fees#2",
		"freezing cards":                 "freeze#1",
		"transfers to other banks":       "times#1",
		"who won the football world cup": "",
		"what is the":                    "",
	} {
		found, err := s.Search(t.Context(), Query{Text: query, Limit: 1})
		if got := ids(found); err != nil || got != want {
			t.Errorf("%s: %q, want %q, %v", query, got, want, err)
		}
	}
}

func TestSearchKeepsItsBounds(t *testing.T) {
	t.Parallel()
	s, _ := filled(t, articles...)
	if _, err := s.Search(t.Context(), Query{Text: " \n"}); !fault.Is(err, fault.Validation) {
		t.Errorf("an empty query: %v", err)
	}
	if found, err := s.Search(t.Context(), Query{Text: strings.Repeat("transfer ", 10_000)}); err != nil || len(found) == 0 {
		t.Errorf("a long query: %v, %v", found, err)
	}
	if found, _ := s.Search(t.Context(), Query{Text: "freeze card", Category: "FEES", MinScore: 0.01}); strings.Contains(ids(found), "freeze") {
		t.Errorf("another category's passages: %v", found)
	}
	found, _ := s.Search(t.Context(), Query{Text: "cost card transfers", MinScore: 0.001, Limit: 50})
	for i, p := range found {
		if p.Score <= 0 || p.Score > 1 || i > 0 && p.Score > found[i-1].Score {
			t.Errorf("scores out of order or bounds: %v", found)
		}
	}
}

func TestUpsertReportsEachDocument(t *testing.T) {
	t.Parallel()
	s, _ := filled(t, articles...)
	changed := articles[0]
	changed.Content = "New text."
	results, err := s.Upsert(t.Context(), []Document{
		articles[1], changed,
		{ID: "bad id!", Title: "x", Content: "x"},
		{ID: "empty", Title: "x", Content: " "},
		{ID: "binary", Title: "x", Content: "a\x00b"},
		{ID: "huge", Title: "x", Content: strings.Repeat("x", MaxDocument+1)},
		{Title: "No id", Content: "x"},
	})
	got := ""
	for _, r := range results {
		got += r.Status + " "
	}
	if err != nil || got != "unchanged stored failed failed failed failed stored " {
		t.Errorf("%s %v", got, err)
	}
	if found, _ := s.Search(t.Context(), Query{Text: "atm cost"}); strings.Contains(ids(found), "fees") {
		t.Errorf("the old text is still found: %v", found)
	}
	if err := s.Delete(t.Context(), "freeze"); err != nil {
		t.Fatal(err)
	}
	if found, _ := s.Search(t.Context(), Query{Text: "freeze my card"}); len(found) > 0 {
		t.Errorf("a removed article is still found: %v", found)
	}
}

func TestSearchGoesOnWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	s, store := filled(t, articles...)
	store.mu.Lock()
	store.down = errors.New("down")
	store.mu.Unlock()
	if err := s.Refresh(t.Context()); err == nil {
		t.Error("the outage wasn't noticed")
	}
	if found, err := s.Search(t.Context(), Query{Text: "atm cost"}); err != nil || len(found) == 0 {
		t.Errorf("%v, %v", found, err)
	}
}

func TestContextStaysWithinItsBudget(t *testing.T) {
	t.Parallel()
	s, _ := filled(t, articles...)
	c, err := s.Context(t.Context(), ContextQuery{Query: "what does an atm cost"})
	want := Context{Query: "what does an atm cost", NumSources: len(c.Sources), Sources: c.Sources, Context: c.Context}
	if diff := cmp.Diff(want, c); diff != "" || err != nil || !strings.HasPrefix(c.Context, "[Source 1: Fees - fees]\nWhat does an ATM cost?") {
		t.Errorf("%s %v\n%s", diff, err, c.Context)
	}
	if c, err = s.Context(t.Context(), ContextQuery{Query: "what does an atm cost", MaxTokens: 5}); err != nil || c.Context != "" || c.NumSources != 0 {
		t.Errorf("over the budget: %+v, %v", c, err)
	}
}

func TestParseMarkdown(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		want Document
		ok   bool
	}{
		"front matter":      {"---\r\nid: a\r\ntitle: T\r\ncategory: c\r\nurl: https://x.example\r\n---\r\n# H\r\n", Document{ID: "a", Title: "T", Category: "c", URL: "https://x.example", Content: "# H"}, true},
		"none":              {"text", Document{ID: "file", Title: "file", Content: "text"}, true},
		"no end":            {"---\nid: a\n", Document{}, false},
		"not YAML":          {"---\n: : :\n---\nx", Document{}, false},
		"a line in between": {"text\n---\nmore", Document{ID: "file", Title: "file", Content: "text\n---\nmore"}, true},
	} {
		got, err := ParseMarkdown("dir/file.md", []byte(tc.text))
		if diff := cmp.Diff(tc.want, got); diff != "" || (err == nil) != tc.ok {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

func TestSplitKeepsTablesAndCode(t *testing.T) {
	t.Parallel()
	table := strings.Repeat("| a | b |\n", 300)
	chunks := split(Document{ID: "d", Content: "intro\n\n# One\n\n" + strings.Repeat("word ", 400) + "\n\n" + table + "\n\n```\n# no heading\n```\n"})
	if len(chunks) < 3 || chunks[0].text != "intro" || chunks[1].heading != "One" {
		t.Fatalf("%d chunks: %.100v", len(chunks), chunks)
	}
	whole := slices.ContainsFunc(chunks, func(c chunk) bool { return strings.Contains(c.text, strings.TrimSpace(table)) })
	if !whole || strings.Contains(fmt.Sprint(chunks[len(chunks)-1].heading), "no heading") {
		t.Error("a table was cut or code taken for a heading")
	}
}

func TestIngestGoesOnAfterABadFile(t *testing.T) {
	t.Parallel()
	s, _ := filled(t)
	err := s.IngestFS(t.Context(), fstest.MapFS{
		"good.md": {Data: []byte("Transfers are free.")}, "bad.md": {Data: []byte("---\nid: x\n")}, "empty.md": {Data: []byte(" ")}, "note.txt": {Data: []byte("x")},
	})
	if documents, _ := s.Size(); documents != 1 || err == nil || !strings.Contains(err.Error(), "bad.md") || !strings.Contains(err.Error(), "empty") {
		t.Errorf("%d documents, %v", documents, err)
	}
}

func FuzzParseMarkdown(f *testing.F) {
	f.Add("---\nid: a\n---\n# H\n\ntext")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseMarkdown("f.md", []byte(text))
		if err != nil {
			return
		}
		for _, c := range split(d) {
			if isBlank(c.text) {
				t.Errorf("a blank passage of %q", text)
			}
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		documents := make([]StoredDocument, n)
		for i := range documents {
			documents[i] = StoredDocument{Document: Document{
				ID: fmt.Sprint("d", i), Title: fmt.Sprint("Topic ", i%97),
				Content: fmt.Sprintf("Article %d tells about word%d and word%d, transfers, cards and fees of kind %d.", i, i%331, i%733, i%13),
			}}
		}
		x := newIndex(1, documents)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				x.search(Query{Text: "what is the fee of word7 transfers", Limit: 5}, ranking.Query{MinRelevance: ranking.Relevant})
			}
		})
	}
}
