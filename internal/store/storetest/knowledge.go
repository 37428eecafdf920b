package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

// knowledge checks the contract of rag.Store.
func knowledge(t *testing.T, s rag.Store) {
	t.Run("a document comes back as it was", func(t *testing.T) { putDocument(t, s) })
	t.Run("only changes raise the revision", func(t *testing.T) { revisions(t, s) })
	t.Run("pages are complete and in order", func(t *testing.T) { documentPages(t, s) })
	t.Run("replicas storing the same documents", func(t *testing.T) { concurrentPuts(t, s) })
	t.Run("what isn't there is not found", func(t *testing.T) { noDocument(t, s) })
}

func article(id, hash string) rag.StoredDocument {
	return rag.StoredDocument{
		Document: rag.Document{ID: id, Title: "Tïtle " + id, Category: "c", URL: "https://x.example/" + id, Content: "# H\n\ntext " + hash, Source: "s:" + id + ".md"},
		Hash:     hash, UpdatedAt: turnTime,
	}
}

func put(t *testing.T, s rag.Store, d rag.StoredDocument) bool {
	t.Helper()
	changed, err := s.Put(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func putDocument(t *testing.T, s rag.Store) {
	put(t, s, article("a", "1"))
	put(t, s, article("a", "2"))
	got, err := s.Document(t.Context(), "a")
	if diff := cmp.Diff(article("a", "2"), got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func revisions(t *testing.T, s rag.Store) {
	revision := func() int64 {
		r, err := s.Revision(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	start := revision()
	for i, step := range []struct {
		do     func() bool
		change bool
	}{
		{func() bool { return put(t, s, article("rev", "1")) }, true},
		{func() bool { return put(t, s, article("rev", "1")) }, false},
		{func() bool { return put(t, s, article("rev", "2")) }, true},
		{func() bool { return s.Delete(t.Context(), "rev") == nil }, true},
		{func() bool { return s.Delete(t.Context(), "rev") == nil }, false},
	} {
		if changed := step.do(); changed != step.change {
			t.Errorf("step %d changed something: %v", i, changed)
		}
		if now := revision(); now > start != step.change {
			t.Errorf("step %d: revision %d became %d", i, start, now)
		}
		start = revision()
	}
}

func documentPages(t *testing.T, s rag.Store) {
	for _, id := range []string{"p-2", "p-10", "p-1", "P-3"} {
		put(t, s, article(id, "1"))
	}
	var ids []string
	for after := ""; ; {
		page, err := s.Documents(t.Context(), after, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page {
			ids = append(ids, d.ID)
		}
		if len(page) < 2 {
			break
		}
		after = page[1].ID
	}
	if diff := cmp.Diff([]string{"P-3", "a", "p-1", "p-10", "p-2"}, ids); diff != "" {
		t.Error(diff)
	}
	page, err := s.Summaries(t.Context(), "p-1", 1)
	want := article("p-10", "1")
	want.Content = ""
	if diff := cmp.Diff([]rag.StoredDocument{want}, page); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func concurrentPuts(t *testing.T, s rag.Store) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	stored := 0
	for range 4 {
		wg.Go(func() {
			for i := range 10 {
				changed, err := s.Put(context.Background(), article(fmt.Sprint("r", i), "1"))
				if err != nil {
					t.Error(err)
				}
				if changed {
					mu.Lock()
					stored++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if stored != 10 {
		t.Errorf("10 documents were stored %d times", stored)
	}
}

func noDocument(t *testing.T, s rag.Store) {
	if _, err := s.Document(t.Context(), "none"); !fault.Is(err, fault.NotFound) {
		t.Errorf("reading: %v", err)
	}
	if err := s.Delete(t.Context(), "none"); !fault.Is(err, fault.NotFound) {
		t.Errorf("deleting: %v", err)
	}
}
