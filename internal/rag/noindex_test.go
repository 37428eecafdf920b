package rag_test

import (
	"crypto/rand"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/pgtest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

// TestWithoutPgvector runs as a database user who may not install the extension,
// with more passages than should be compared in memory.
func TestWithoutPgvector(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	user := "user_" + strings.ToLower(rand.Text())
	t.Cleanup(func() {
		pgtest.Execute(t, address, "DROP OWNED BY "+user)
		pgtest.Execute(t, address, "DROP ROLE "+user)
	})
	pgtest.Execute(t, address, "CREATE ROLE "+user+" LOGIN PASSWORD '"+user+"'")
	pgtest.Execute(t, address, "GRANT ALL ON SCHEMA public TO "+user)
	u.User = url.UserPassword(user, user)

	b := newBase(t, store.Options{DatabaseURL: u.String()}, true)
	s := b.replica(t)
	fill(t, s, helpCentre(100))
	embed(t, s)
	if e := s.Embedding(); !errors.Is(e.NoIndex, rag.ErrNoVectorIndex) || e.InDatabase || e.Err != nil || e.Passages != 101 {
		t.Errorf("%+v", e)
	}
	if found := find(t, s, rag.Query{Text: "vehicle"}); found.Degraded || ids(found) != "car" {
		t.Errorf("%+v", found)
	}
}
