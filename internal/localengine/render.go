package localengine

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

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
		return fmt.Sprintf("Your %s balance is %s%s.%s", a.Name, a.Balance, state(a), pending(a))
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

func renderTransactions(s Slots, r *bank.TransactionsResult, loc *time.Location) string {
	return renderPosted(s, r, loc) + renderPending(r.Pending, loc)
}

func renderPending(holds []bank.Hold, loc *time.Location) string {
	if len(holds) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\nStill pending:")
	for _, h := range holds {
		fmt.Fprintf(&b, "\n- %s  %s  %s", h.PlacedAt.In(loc).Format("Jan 2"), h.Merchant, h.Amount)
	}
	return b.String()
}

func renderPosted(s Slots, r *bank.TransactionsResult, loc *time.Location) string {
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
		b.WriteString(" at " + capital(s.Merchant))
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

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
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
