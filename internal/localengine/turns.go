package localengine

import (
	"strconv"

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
