package test

import (
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

const auditKey = "an-audit-key-of-at-least-32-characters"

// TestEverythingIsAudited lets all happen that must be provable, and then tampers
// with the log in the database.
func TestEverythingIsAudited(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "db")
	s := start(t, app.All, "SQLITE_PATH="+path, "OPERATOR_TOKEN="+operatorToken, "AUDIT_KEY="+auditKey).ready(t)
	s.chat(t, "audited", "What is my checking balance?")
	s.chat(t, "audited", "transfer $5 to savings")
	s.chat(t, "audited", "yes")
	s.chat(t, "audited", "my card is 4111 1111 1111 1111")
	s.flag(t, "streaming", false)
	id, _, _ := handoffOf(s.chat(t, "audited", "I want a human"))
	s.chat(t, "audited", "a word to a person")
	s.agent(t, id, "claim", "Dana")
	s.agent(t, id, "reply", "Dana", "a word from a person")
	s.admin(t, http.MethodGet, "handoffs/"+id, nil)
	s.agent(t, id, "close", "Dana")
	first := s.admin(t, http.MethodGet, "audit?limit=1", nil)
	if first.body["count"] != 1.0 || !strings.Contains(first.raw, `"kind":"handoff.closed"`) && !strings.Contains(first.raw, `"kind":"turn`) {
		t.Errorf("the newest record: %s", first.raw)
	}
	rest := s.admin(t, http.MethodGet, fmt.Sprintf("audit?limit=1000&before=%.0f", first.body["next"]), nil)
	if strings.Count(rest.raw, `"actor":"Dana"`) < 2 || strings.Contains(rest.raw, "4111 1111") {
		t.Errorf("the records before it: %.2000s", rest.raw)
	}
	if a := call(t, http.MethodGet, s.URL(app.Concierge)+"/api/v1/admin/audit", nil); a.status != http.StatusUnauthorized {
		t.Errorf("the audit log is everybody's: %d", a.status)
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}

	db, err := store.Open(t.Context(), store.Options{SQLitePath: path})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	chain := audit.NewChain(db.Audit(), auditKey, nil)
	if _, err := chain.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	var seen []string
	if err := db.Audit().Each(t.Context(), func(r audit.Record) error {
		if r.Kind != "posting" || r.Actor == "demo-alex" && r.Subject != "" {
			seen = append(seen, r.Kind+" "+r.Actor)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for want, times := range map[string]int{
		"turn demo-alex": 6, "tool.get_balances demo-alex": 1, "tool.transfer_money demo-alex": 1, "verdict demo-alex": 1,
		"action.pending demo-alex": 1, "action.executing demo-alex": 1, "action.executed demo-alex": 1, "flag.streaming operator:dana": 1,
		"handoff.waiting demo-alex": 1, "handoff.human Dana": 1, "agent.reply Dana": 1, "operator.read operator": 1, "handoff.closed Dana": 1,
	} {
		n := 0
		for _, s := range seen {
			if s == want {
				n++
			}
		}
		if n != times {
			t.Errorf("%s: %d times instead of %d", want, n, times)
		}
	}
	if !slices.ContainsFunc(seen, func(s string) bool { return strings.HasPrefix(s, "posting ") }) {
		t.Error("no posting")
	}
	if r, err := chain.Verify(t.Context()); err != nil || r.FirstBad != "" || r.Unsealed != 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	direct, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer direct.Close()
	for _, statement := range []string{
		`DROP TRIGGER audit_never_changes`, `DROP TRIGGER audit_never_goes`, `UPDATE audit_log SET actor = 'mallory' WHERE kind = 'tool.transfer_money'`,
	} {
		if _, err := direct.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := chain.Verify(t.Context()); err != nil || !strings.Contains(r.FirstBad, "tool.transfer_money") {
		t.Errorf("tampered with: %+v, %v", r, err)
	}
}
