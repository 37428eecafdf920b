package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

type ledgerCommand struct {
	Verify ledgerVerifyCommand `cmd:"" help:"Prove every invariant of the books and of the audit chain over the whole database."`
}

type ledgerVerifyCommand struct{}

// Help is shown by ledger verify --help.
func (ledgerVerifyCommand) Help() string {
	return `Reads the whole database and changes nothing; the services may run meanwhile. Every
transaction's entries must sum to zero, every balance must be the sum of its
entries and no less than its floor, every order must have been confirmed and
have its posting, every posting must say what it said when it was stored, and
the audit chain must be whole. Prints the figures, then OK or every problem;
exit code 1 when there is one.`
}

func (ledgerVerifyCommand) Run(env *environment) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	s, err := openExisting(env, c, "ledger verify")
	if err != nil {
		return err
	}
	defer s.Close()
	findings, err := bank.Verify(env.ctx, s.Bank())
	if err != nil {
		return err
	}
	chain, err := audit.NewChain(s.Audit(), c.AuditKey.Reveal(), nil).Verify(env.ctx)
	if err != nil {
		return err
	}
	return printFigures(env.stdout, c, findings, chain)
}

// openExisting opens a database that must have this release's schema.
func openExisting(env *environment, c config.Config, command string) (store.Store, error) {
	return store.OpenExisting(env.ctx, store.Options{DatabaseURL: c.PostgresURL(), SQLitePath: c.SQLitePath, Service: command})
}

// printFigures prints what was found and fails when something is wrong.
func printFigures(w io.Writer, c config.Config, f bank.Findings, chain audit.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", c.Database())
	fmt.Fprintf(&b, "customers %d, accounts %d, postings %d, entries %d, holds %d, orders %d\n",
		f.Customers, f.Accounts, f.Postings, f.Entries, f.Holds, f.Orders)
	b.WriteString("actions:")
	for _, status := range []bank.ActionStatus{
		bank.ActionPending, bank.ActionExecuting, bank.ActionExecuted, bank.ActionRefused, bank.ActionCanceled, bank.ActionReplaced,
	} {
		fmt.Fprintf(&b, " %s %d", status, f.Actions[status])
	}
	b.WriteString("\nsum of all balances:")
	for _, t := range f.Totals {
		fmt.Fprintf(&b, " %s %s", t.Currency, t)
	}
	if f.Undigested > 0 {
		fmt.Fprintf(&b, "\npostings of an older release, stored without digest: %d", f.Undigested)
	}
	fmt.Fprintf(&b, "\naudit chain: %d records, %d not yet sealed, last link %.16s\n", chain.Sealed, chain.Unsealed, chain.Link)
	problems := f.Problems()
	if chain.FirstBad != "" {
		problems = append(problems, "audit chain: "+chain.FirstBad)
	}
	for _, p := range problems {
		fmt.Fprintf(&b, "PROBLEM %s\n", p)
	}
	if len(problems) == 0 {
		b.WriteString("OK: the books are sound\n")
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	if n := len(problems); n > 0 {
		return fmt.Errorf("the books are not sound: %d problems", n)
	}
	return nil
}
