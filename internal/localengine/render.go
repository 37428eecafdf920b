package localengine

import (
	"fmt"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
)

// shown is how many lines of a list are written out.
const shown = 10

// Render writes the answer to a decision from its tool's result, which is what
// bank.Service.Call returned. Every figure in it comes from the result. Times
// are shown in loc.
func (e *Engine) Render(d Decision, result any, loc *time.Location) string {
	switch r := result.(type) {
	case *bank.BalancesResult:
		return renderBalances(r)
	case *bank.TransactionsResult:
		return renderTransactions(d.Memory.Slots, r, loc)
	case *bank.SpendingResult:
		return renderSpending(d.Memory.Slots, r)
	case *bank.Proposal:
		return r.Summary + "\n\nShall I go ahead? Reply yes to confirm or no to cancel. It expires in 10 minutes."
	case *bank.BillsResult:
		return renderBills(r)
	case *bank.LimitsResult:
		return renderLimits(r)
	case *bank.CardsResult:
		return renderCards(r)
	case *bank.PayeesResult:
		return renderPayees(r)
	case *bank.AccountNumbersResult:
		return renderNumbers(r)
	}
	return replies[Unclear]
}

func renderBalances(r *bank.BalancesResult) string {
	if len(r.Accounts) == 1 {
		a := r.Accounts[0]
		return fmt.Sprintf("Your %s balance is %s%s%s.", a.Name, a.Balance, state(a), pending(a))
	}
	var b strings.Builder
	b.WriteString("Here are your balances:")
	for _, a := range r.Accounts {
		fmt.Fprintf(&b, "\n- %s: %s%s%s", a.Name, a.Balance, state(a), pending(a))
	}
	return b.String()
}

// pending says what of a balance can't be spent.
func pending(a bank.Account) string {
	if a.Held.Minor == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s available, %s is held for pending purchases)", a.Available, a.Held)
}

func state(a bank.Account) string {
	if a.Status == bank.Active {
		return ""
	}
	return " (" + string(a.Status) + ")"
}

func renderBills(r *bank.BillsResult) string {
	if len(r.Bills) == 0 {
		return "You have no saved bills. You can add a biller in the app under Pay bills."
	}
	var b strings.Builder
	b.WriteString("Your bills:")
	for _, bill := range r.Bills {
		due := "nothing is known to be due"
		if bill.Due != nil && bill.Due.Minor > 0 {
			due = bill.Due.String() + " due"
			if day, err := time.Parse(time.DateOnly, bill.DueOn); err == nil {
				due += " on " + day.Format("Jan 2, 2006")
			}
		}
		fmt.Fprintf(&b, "\n- %s (%s): %s", bill.Name, bill.Biller, due)
	}
	return b.String()
}

func renderLimits(r *bank.LimitsResult) string {
	var b strings.Builder
	b.WriteString("What is left of your limits today:")
	for _, l := range r.Limits {
		fmt.Fprintf(&b, "\n- %s: %s of %s left, at most %s at a time", l.Name, l.LeftToday, l.Daily, l.Each)
	}
	return b.String()
}

func renderCards(r *bank.CardsResult) string {
	if len(r.Cards) == 0 {
		return "You have no cards here."
	}
	var b strings.Builder
	b.WriteString("Your cards:")
	for _, c := range r.Cards {
		fmt.Fprintf(&b, "\n- %s ending in %s: %s", c.Name, c.Ending, c.Status)
	}
	return b.String()
}

func renderPayees(r *bank.PayeesResult) string {
	if len(r.Payees) == 0 {
		return "You have no saved payees. You can add one in the app under Move money, Payees."
	}
	var b strings.Builder
	b.WriteString("Your payees:")
	for _, p := range r.Payees {
		fmt.Fprintf(&b, "\n- %s, account ending in %s", p.Name, p.Ending)
		if p.Bank != "" {
			b.WriteString(" at " + p.Bank)
		}
	}
	return b.String()
}

func renderNumbers(r *bank.AccountNumbersResult) string {
	var b strings.Builder
	for _, a := range r.Accounts {
		fmt.Fprintf(&b, "%s: account number ending in %s, routing number ending in %s.\n", a.Name, a.NumberEnding, a.RoutingEnding)
	}
	return b.String() + r.Reveal
}
