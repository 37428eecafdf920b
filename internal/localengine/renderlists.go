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
