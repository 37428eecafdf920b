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
	}
	return replies[Unclear]
}

func renderBalances(r *bank.BalancesResult) string {
	if len(r.Accounts) == 1 {
		a := r.Accounts[0]
		return fmt.Sprintf("Your %s balance is %s%s.", a.Name, a.Balance, state(a))
	}
	var b strings.Builder
	b.WriteString("Here are your balances:")
	for _, a := range r.Accounts {
		fmt.Fprintf(&b, "\n- %s: %s%s", a.Name, a.Balance, state(a))
	}
	return b.String()
}

func state(a bank.Account) string {
	if a.Status == bank.Active {
		return ""
	}
	return " (" + string(a.Status) + ")"
}

func renderTransactions(s Slots, r *bank.TransactionsResult, loc *time.Location) string {
	what := describe(s)
	switch n := len(r.Transactions); {
	case n == 0:
		return fmt.Sprintf("I found no transactions%s.", what)
	case n == 1 && !r.More:
		return fmt.Sprintf("I found one transaction%s:%s", what, lines(r.Transactions, loc))
	case n > shown || r.More:
		return fmt.Sprintf("Here are the latest %d transactions%s:%s\nThere are more; ask for a shorter period, a merchant or a category to narrow it down.",
			min(n, shown), what, lines(r.Transactions[:min(n, shown)], loc))
	default:
		return fmt.Sprintf("I found %d transactions%s:%s", n, what, lines(r.Transactions, loc))
	}
}

func lines(list []bank.Transaction, loc *time.Location) string {
	var b strings.Builder
	for _, t := range list {
		name := t.Merchant
		if name == "" {
			name = t.Description
		}
		fmt.Fprintf(&b, "\n- %s  %s  %s", t.OccurredAt.In(loc).Format("Jan 2"), name, t.Amount)
	}
	return b.String()
}

func renderSpending(s Slots, r *bank.SpendingResult) string {
	what := describe(s)
	if len(r.Groups) == 0 {
		return fmt.Sprintf("I found no spending%s.", what)
	}
	if len(r.Groups) == 1 {
		g := r.Groups[0]
		return fmt.Sprintf("You spent %s%s (%s).", g.Amount, orDefault(what, " on "+g.Name), times(g.Count))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "You spent %s%s:", r.Total, what)
	for _, g := range r.Groups[:min(len(r.Groups), shown)] {
		fmt.Fprintf(&b, "\n- %s: %s (%s)", g.Name, g.Amount, times(g.Count))
	}
	if rest := len(r.Groups) - shown; rest > 0 {
		fmt.Fprintf(&b, "\n- and %d more", rest)
	}
	return b.String()
}

func orDefault(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func times(n int) string {
	if n == 1 {
		return "one payment"
	}
	return fmt.Sprintf("%d payments", n)
}

// describe says in words what was looked for, so that the customer sees how the
// question was understood.
func describe(s Slots) string {
	var b strings.Builder
	if s.Category != "" {
		b.WriteString(" for " + s.Category)
	}
	if s.Merchant != "" {
		b.WriteString(" at " + strings.ToUpper(s.Merchant[:1]) + s.Merchant[1:])
	}
	if s.Account != "" {
		b.WriteString(" in your " + s.Account + " account")
	}
	switch {
	case s.Min != "" && s.Max != "":
		b.WriteString(" between " + s.Min + " and " + s.Max)
	case s.Min != "":
		b.WriteString(" of at least " + s.Min)
	case s.Max != "":
		b.WriteString(" of at most " + s.Max)
	}
	if p := s.Period; !p.IsZero() {
		b.WriteString(" " + span(p))
	}
	return b.String()
}

func span(p Period) string {
	from, errFrom := time.Parse(time.DateOnly, p.From)
	to, errTo := time.Parse(time.DateOnly, p.To)
	const layout = "Jan 2, 2006"
	switch {
	case errFrom != nil || errTo != nil:
		return "in that period"
	case p.From == p.To:
		return "on " + from.Format(layout)
	}
	return "from " + from.Format(layout) + " to " + to.Format(layout)
}
