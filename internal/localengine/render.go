package localengine

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
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

func renderTransactions(s Slots, r *bank.TransactionsResult, loc *time.Location) string {
	switch {
	case s.Measure != unsettled:
		return renderPosted(s, r, loc) + renderPending(r.Pending, loc)
	case len(r.Pending) == 0:
		return "Nothing is pending" + describe(s, "for") + "."
	}
	return strings.TrimPrefix(renderPending(r.Pending, loc), "\n")
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
	what := describe(s, "for")
	switch n := len(r.Transactions); {
	case n == 0 && s.Offset > 0:
		return fmt.Sprintf("There are no more %s%s.", noun(s, 2), what)
	case n == 0:
		return fmt.Sprintf("I found no %s%s.", noun(s, 2), what)
	case s.Sort != "":
		return renderRanked(s, r, loc)
	case s.Measure == altogether && !r.More:
		return renderSum(s, r, loc)
	case s.Offset > 0:
		return fmt.Sprintf("Here are the next %d %s%s:%s%s", min(n, shown), noun(s, 2), what, lines(r.Transactions[:min(n, shown)], loc), more(n > shown || r.More))
	case s.Limit == n && n == 1:
		return fmt.Sprintf("Here is the latest %s%s:%s", noun(s, 1), what, lines(r.Transactions, loc))
	case s.Limit == n:
		return fmt.Sprintf("Here are the latest %d %s%s:%s", n, noun(s, 2), what, lines(r.Transactions, loc))
	case n == 1 && !r.More:
		return fmt.Sprintf("I found one %s%s:%s", noun(s, 1), what, lines(r.Transactions, loc))
	case n > shown || r.More:
		return fmt.Sprintf("Here are the latest %d %s%s:%s%s", min(n, shown), noun(s, 2), what, lines(r.Transactions[:min(n, shown)], loc), more(true))
	default:
		return fmt.Sprintf("I found %d %s%s:%s", n, noun(s, 2), what, lines(r.Transactions, loc))
	}
}

// more says how the rest of a list is seen.
func more(left bool) string {
	if !left {
		return ""
	}
	return "\nThere are more: say \"more\", or name a period, a merchant or a category to narrow it down."
}

// renderRanked shows the largest or the smallest.
func renderRanked(s Slots, r *bank.TransactionsResult, loc *time.Location) string {
	n, what := min(len(r.Transactions), shown), describe(s, "for")
	if n == 1 {
		t := r.Transactions[0]
		return fmt.Sprintf("Your %s %s%s was %s: %s on %s.", s.Sort, noun(s, 1), what, t.Amount.Abs(), name(t), t.OccurredAt.In(loc).Format("Jan 2, 2006"))
	}
	return fmt.Sprintf("Your %d %s %s%s:%s", n, s.Sort, noun(s, 2), what, lines(r.Transactions[:n], loc))
}

// renderSum adds up what came in or went out.
func renderSum(s Slots, r *bank.TransactionsResult, loc *time.Location) string {
	total := money.Of(0, r.Transactions[0].Amount.Currency)
	for _, t := range r.Transactions {
		sum, err := total.Add(t.Amount)
		if err != nil {
			return renderPosted(Slots{}, r, loc)
		}
		total = sum
	}
	verb := "received"
	if s.Flow == wentOut {
		verb = "sent"
	}
	return fmt.Sprintf("You %s %s in %d %s%s:%s", verb, total.Abs(), len(r.Transactions), noun(s, len(r.Transactions)), describe(s, "for"), lines(r.Transactions[:min(len(r.Transactions), shown)], loc))
}

// noun is what a list is of.
func noun(s Slots, n int) string {
	one := "transaction"
	switch {
	case s.Merchant == "refund":
		one = "refund"
	case s.Flow == cameIn && s.Merchant == "":
		one = "deposit"
	case s.Flow != "":
		one = "payment"
	}
	if n == 1 {
		return one
	}
	return one + "s"
}

func lines(list []bank.Transaction, loc *time.Location) string {
	var b strings.Builder
	for _, t := range list {
		fmt.Fprintf(&b, "\n- %s  %s  %s", t.OccurredAt.In(loc).Format("Jan 2"), name(t), t.Amount)
	}
	return b.String()
}

// name is what a transaction is known by.
func name(t bank.Transaction) string {
	if t.Merchant == "" {
		return t.Description
	}
	return t.Merchant
}

func renderSpending(s Slots, r *bank.SpendingResult) string {
	what, count := describe(s, "on"), 0
	for _, g := range r.Groups {
		count += g.Count
	}
	switch {
	case r.Compared != nil:
		return renderComparison(s, r, count)
	case count == 0:
		return fmt.Sprintf("I found no spending%s.", what)
	case s.Measure == howOften:
		return fmt.Sprintf("%s%s, %s altogether.", capital(times(count)), what, r.Total)
	case s.Measure == onAverage:
		return renderAverage(s, r, count)
	case len(r.Groups) == 1:
		return fmt.Sprintf("You spent %s%s (%s).", r.Total, orDefault(what, " on "+r.Groups[0].Name), times(count))
	case s.Merchant != "":
		return fmt.Sprintf("You spent %s%s (%s).", r.Total, what, times(count))
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

// renderComparison says by how much the one period differs from the other.
func renderComparison(s Slots, r *bank.SpendingResult, count int) string {
	other := span(s.Compared)
	about := s
	about.Period = Period{}
	difference := "exactly as much as"
	switch more := r.Compared.More; {
	case more.Minor > 0:
		difference = more.String() + " more than"
	case more.Minor < 0:
		difference = more.Abs().String() + " less than"
	}
	return fmt.Sprintf("You spent %s%s %s (%s), %s %s (%s, %s).", r.Total, describe(about, "on"), span(s.Period), times(count),
		difference, other, r.Compared.Total, times(r.Compared.Count))
}

// renderAverage says what one payment comes to, and what a month where the period
// is of whole months.
func renderAverage(s Slots, r *bank.SpendingResult, count int) string {
	each := func(n int) money.Amount {
		return money.Of((r.Total.Minor+int64(n)/2)/int64(n), r.Total.Currency)
	}
	text := fmt.Sprintf("You spent %s%s (%s): %s each on average", r.Total, describe(s, "on"), times(count), each(count))
	if n := wholeMonths(s.Period); n > 1 {
		text += fmt.Sprintf(", and %s a month", each(n))
	}
	return text + "."
}

// wholeMonths is how many calendar months a period is, or zero.
func wholeMonths(p Period) int {
	from, to := p.days()
	if from.IsZero() || to.IsZero() || from.Day() != 1 || to.AddDate(0, 0, 1).Day() != 1 {
		return 0
	}
	return 12*(to.Year()-from.Year()) + int(to.Month()) - int(from.Month()) + 1
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
// What it was for, or on, goes with the verb.
func describe(s Slots, preposition string) string {
	var b strings.Builder
	if s.Category != "" {
		b.WriteString(" " + preposition + " " + s.Category)
	}
	if s.Merchant != "" && s.Merchant != "refund" {
		at := orDefault(map[string]string{cameIn: "from", wentOut: "to"}[s.Flow], "at")
		b.WriteString(" " + at + " " + capital(s.Merchant))
	}
	if s.Account != "" {
		b.WriteString(" in your " + s.Account + " account")
	}
	switch {
	case s.Min != "" && s.Min == s.Max:
		b.WriteString(" of exactly " + s.Min)
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
	case wholeMonths(p) == 1:
		return "in " + from.Format("January 2006")
	case wholeMonths(p) == 12 && from.Month() == time.January:
		return "in " + from.Format("2006")
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
