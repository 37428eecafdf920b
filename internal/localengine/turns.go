package localengine

import (
	"regexp"
	"strconv"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine/slots"
)

// turned is what a short message makes of the transactions that were looked at
// last: their sum, their list, the largest of them, or the next ones.
func (m message) turned(memory Memory) (Intent, Slots, bool) {
	s, is := memory.Slots, memory.looking()
	switch {
	case !listing(is) || m.words() > longestTurn:
		return "", s, false
	case is == Transactions && further.MatchString(m.folded):
		return Transactions, m.next(s), true
	case is == Spending && compares(m.folded):
		return m.comparedWith(s)
	case rankOnly.MatchString(m.folded) || resort.MatchString(m.folded):
		r := m.figures(Slots{Limit: 0}, slots.Slots{})
		s.Sort, s.Limit, s.Offset, s.Measure, s.Compared = r.Sort, r.Limit, 0, "", Period{}
		if s.Flow == "" && is == Spending {
			s.Flow = spent
		}
		return Transactions, s, true
	case theOneBefore.MatchString(m.folded) && s.Period.From != "":
		unit := theOneBefore.FindStringSubmatch(m.folded)
		s.Period, s.Compared, s.Offset = s.Period.before(unit[1]+unit[2], m.now), Period{}, 0
		return is, s, true
	case whenWas.MatchString(m.folded):
		return is, s, true
	case is == Spending && asList.MatchString(m.folded):
		s.Measure, s.Compared = "", Period{}
		return Transactions, s, true
	case is == Transactions && s.Flow != cameIn && s.Category != "income" && inTotal.MatchString(m.folded):
		return Spending, Slots{Account: s.Account, Merchant: s.Merchant, Category: s.Category, Period: s.Period, Min: s.Min, Max: s.Max}, true
	case is == Spending && inTotal.MatchString(m.folded):
		if s.Measure == "" { // in total, of all categories
			s.Category, s.Merchant = "", ""
		}
		s.Measure, s.Compared = "", Period{}
		return Spending, s, true
	}
	return "", s, false
}

// theOneBefore counts from the time that was looked at, not from today: and the
// month before?
var theOneBefore = regexp.MustCompile(`^(?:and |what about |how about |now )*(?:in |for |on )?the (?:(day|week|month|year) before(?: that)?|previous (day|week|month|year))[ ?.!]*$`)

// before is the whole day, week, month or year before a period.
func (p Period) before(unit string, now time.Time) Period {
	from, err := time.Parse(time.DateOnly, p.From)
	if err != nil {
		return p
	}
	first, last := from.AddDate(0, 0, -1), from.AddDate(0, 0, -1)
	switch unit {
	case "week":
		first = from.AddDate(0, 0, -7)
	case "month":
		first = time.Date(from.Year(), from.Month()-1, 1, 0, 0, 0, 0, time.UTC)
		last = first.AddDate(0, 1, -1)
	case "year":
		first = time.Date(from.Year()-1, 1, 1, 0, 0, 0, 0, time.UTC)
		last = first.AddDate(1, 0, -1)
	}
	return upTo(now, first, last)
}

// longestTurn is how many words such a message has.
const longestTurn = 8

// comparedWith compares the spending that was looked at last with that of another
// time: is that more than last month?
func (m message) comparedWith(s Slots) (Intent, Slots, bool) {
	found := slots.Options{Purpose: slots.Spending}.Find(m.text, m.now)
	if len(found.Categories)+len(found.Merchants) > 0 {
		return "", s, false
	}
	r := m.compare(s, found)
	if !s.Period.IsZero() && r.Compared != s.Period {
		r.Period = s.Period
	}
	return Spending, r, true
}

// next are the transactions behind those that were shown.
func (m message) next(s Slots) Slots {
	s.Offset += min(s.Limit, shown)
	if s.Limit == 0 {
		s.Offset += shown
	}
	s.Limit = shown
	if n := further.FindStringSubmatch(m.folded); n != nil && n[1] != "" {
		s.Limit = min(small(n[1]), shown)
	}
	return s
}

func small(word string) int {
	if n, err := strconv.Atoi(word); err == nil && n > 0 {
		return n
	}
	return map[string]int{"two": 2, "three": 3, "five": 5, "ten": 10}[word]
}
