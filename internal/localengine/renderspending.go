package localengine

import (
	"fmt"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

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
