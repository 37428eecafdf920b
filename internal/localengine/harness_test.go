package localengine_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/concierge"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/demo"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
	"github.com/swipesavvy/swipesavvy-ai-agents/knowledge"
)

// thursday is the present of the dialogues.
var thursday = time.Date(2026, 7, 16, 15, 0, 0, 0, time.UTC)

// branch is a bank with the demo customers and the assistant in front of it, on
// a clock that a test moves.
type branch struct {
	*concierge.Service
	store store.Store
	now   time.Time
}

func openBranch(t *testing.T) *branch {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{SQLitePath: filepath.Join(t.TempDir(), "db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := demo.Seed(t.Context(), s.Bank(), thursday); err != nil {
		t.Fatal(err)
	}
	articles := rag.New(rag.Options{Store: s.Knowledge()})
	if err := articles.IngestFS(t.Context(), knowledge.Articles); err != nil {
		t.Fatal(err)
	}
	b := &branch{store: s, now: thursday}
	clock := func() time.Time { return b.now }
	b.Service, err = concierge.New(concierge.Options{
		Guard: guardrails.New(guardrails.Options{}), Knowledge: articles, Store: s.Conversations(), Engine: localengine.New(), Now: clock,
		Bank: bank.New(bank.Options{Core: bank.NewLedger(s.Bank(), bank.Rules{TransferEach: 500_000, TransferDaily: 1_000_000, BillEach: 500_000, BillDaily: 1_000_000, Location: time.UTC}, clock), Actions: s.Bank(), Now: clock}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// says is a customer's message and its answer.
func (b *branch) says(t *testing.T, customer, session, message string) concierge.Reply {
	t.Helper()
	reply, err := b.Turn(t.Context(), concierge.Request{Message: message, UserID: customer, SessionID: strings.ReplaceAll(session, " ", "-")}, nil)
	if err != nil {
		t.Fatalf("%s: %v", message, err)
	}
	return reply
}
