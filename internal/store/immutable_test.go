package store_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
)

// TestBooksCantBeRewritten works on the database from outside, as a careless
// administrator would; and as one who means it, by switching the guards off.
func TestBooksCantBeRewritten(t *testing.T) {
	t.Parallel()
	for name, engine := range engines(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, driver, address := engine(t)
			s := open(t, o)
			seedCustomers(t, s, crashCustomers)
			if _, err := audit.NewChain(s.Audit(), crashAuditKey, nil).Seal(t.Context()); err != nil {
				t.Fatal(err)
			}
			db, err := sql.Open(driver, address)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			for _, statement := range []string{
				`UPDATE entries SET amount = amount + 1`,
				`DELETE FROM entries`,
				`UPDATE postings SET description = 'gift'`,
				`DELETE FROM postings`,
				`UPDATE audit_log SET actor = 'somebody'`,
				`DELETE FROM audit_log`,
				`UPDATE accounts SET balance = -1 WHERE id = 'customer0s'`,
			} {
				if _, err := db.ExecContext(t.Context(), statement); err == nil {
					t.Errorf("done: %s", statement)
				}
			}
			findings, err := bank.Verify(t.Context(), s.Bank())
			if err != nil || len(findings.Problems()) > 0 {
				t.Errorf("%v, %v", findings.Problems(), err)
			}

			tamper := []string{`DROP TRIGGER entries_never_change`, `DROP TRIGGER postings_never_change`, `DROP TRIGGER audit_never_changes`}
			if driver == "pgx" {
				tamper = []string{`ALTER TABLE entries DISABLE TRIGGER USER`, `ALTER TABLE postings DISABLE TRIGGER USER`, `ALTER TABLE audit_log DISABLE TRIGGER USER`}
			}
			for _, statement := range append(tamper,
				`UPDATE accounts SET balance = balance + 100 WHERE id = 'customer0s'`,
				`UPDATE entries SET amount = amount + 100 WHERE account_id = 'customer1c'`,
				`UPDATE postings SET description = 'gift' WHERE id = 'customer2'`,
				`UPDATE audit_log SET subject = 'x' WHERE subject = 'customer2'`,
			) {
				if _, err := db.ExecContext(t.Context(), statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
			findings, err = bank.Verify(t.Context(), s.Bank())
			if err != nil {
				t.Fatal(err)
			}
			problems := strings.Join(findings.Problems(), "\n")
			for _, want := range []string{
				"account customer0s: the balance is not", "account customer1c: the balance is not", "posting customer1: its entries don't balance",
				"posting customer1: it was changed", "posting customer2: it was changed", "all balances in USD sum to $1.00",
			} {
				if !strings.Contains(problems, want) {
					t.Errorf("%q is missing in\n%s", want, problems)
				}
			}
			r, err := audit.NewChain(s.Audit(), crashAuditKey, nil).Verify(t.Context())
			if err != nil || !strings.Contains(r.FirstBad, "posting x") {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}
