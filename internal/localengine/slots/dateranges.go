package slots

import (
	"strings"
	"time"
)

// How two dates make a range: between 3 and 10 may, from monday to friday, since.

// addDate stores a date and, where its day stands in a range beside a bare
// number, that number too: between 3 and 10 may, march 3 to 10.
func (p *parser) addDate(i, n int, d Date) int {
	if first, at := p.rangeStart(i); at >= 0 && d.Kind == Day {
		if day, ok := dayIn(d.From, first); ok && !day.After(d.From) {
			d.Role = Until
			p.found.Dates = append(p.found.Dates, Date{Span: p.take(at, 1), Kind: Day, Role: Since, From: day, To: day})
		}
	}
	d.Span = p.take(i, n)
	p.found.Dates = append(p.found.Dates, d)
	p.align()
	end := i + n
	if last, at := p.rangeEnd(end); at > 0 && d.Kind == Day && d.Role != Until {
		if day, ok := dayIn(d.From, last); ok && day.After(d.From) {
			p.found.Dates[len(p.found.Dates)-1].Role = Since
			p.found.Dates = append(p.found.Dates, Date{Span: p.take(at, 1), Kind: Day, Role: Until, From: day, To: day})
			end = at + 1
		}
	}
	return end
}

// rangeStart finds the number before a date in "between 3 and (10 may)".
func (p *parser) rangeStart(i int) (day, at int) {
	j := i - 1
	if p.is(j, "the") {
		j--
	}
	if !p.is(j, "and", "to", "until", "till", "through", "-", "–") || !p.free(j-1) {
		return 0, -1
	}
	n, ok := p.at(j - 1).plain()
	lead := p.is(j-2, "between", "from") || p.is(j-2, "the") && p.is(j-3, "between", "from") || p.is(j, "-", "–")
	if !ok || n < 1 || n > 31 || !lead {
		return 0, -1
	}
	return n, j - 1
}

// rangeEnd finds the number behind a date in "(march 3) to 10".
func (p *parser) rangeEnd(i int) (day, at int) {
	if !p.is(i, "and", "to", "until", "till", "through", "-", "–") {
		return 0, 0
	}
	j := i + 1
	if p.is(j, "the") {
		j++
	}
	n, ok := p.at(j).whole()
	next := p.at(j + 1)
	if !ok || n < 1 || n > 31 || !p.free(j) || months[next.text] != 0 || p.is(j+1, "of", "/", "days", "weeks", "months", "dollars", "bucks", "$") {
		return 0, 0
	}
	return n, j
}

// align gives the first day of a range the month of the second: from the 1st to
// the 7th of june.
func (p *parser) align() {
	n := len(p.found.Dates)
	if n < 2 {
		return
	}
	first, second := &p.found.Dates[n-2], p.found.Dates[n-1]
	if first.Role != Since || second.Role != Until || first.Kind != Day || second.Kind != Day {
		return
	}
	if p.bareOrdinal(first.Span) && !p.bareOrdinal(second.Span) {
		if day, ok := dayIn(second.From, first.From.Day()); ok && !day.After(second.From) {
			first.From, first.To = day, day
		}
	}
	p.order(first, &p.found.Dates[n-1])
}

// order moves the end of a range that lies before its start: from monday to
// friday is one week, also on a wednesday.
func (p *parser) order(first, second *Date) {
	if !second.To.Before(first.From) {
		return
	}
	years, days := 1, 0
	if first.From.Sub(second.To) < 7*24*time.Hour {
		years, days = 0, 7
	}
	if p.Direction == Past && !p.yearSaid(first.Span) {
		first.From, first.To = first.From.AddDate(-years, 0, -days), first.To.AddDate(-years, 0, -days)
	} else if !p.yearSaid(second.Span) {
		second.From, second.To = second.From.AddDate(years, 0, days), second.To.AddDate(years, 0, days)
	}
}

// yearSaid says whether a date has a year of four digits.
func (p *parser) yearSaid(s Span) bool {
	digits := 0
	for _, r := range p.text[s.Start:s.End] {
		if digits++; r < '0' || r > '9' {
			digits = 0
		}
		if digits == 4 {
			return true
		}
	}
	return false
}

// bareOrdinal says whether a span is a day without its month, such as 5th.
func (p *parser) bareOrdinal(s Span) bool {
	text := p.text[s.Start:s.End]
	return len(text) <= 4 && isDigit(text[0]) && !strings.ContainsAny(text, "/-")
}

// dayIn is a day of the month of another day.
func dayIn(like time.Time, day int) (time.Time, bool) {
	t := time.Date(like.Year(), like.Month(), day, 0, 0, 0, 0, time.UTC)
	return t, t.Month() == like.Month()
}

// role reads the words before a date.
func (p *parser) role(i int) Role {
	j := i - 1
	for p.is(j, "the", "this", "very", "any", "of", "time", "day") {
		j--
	}
	switch p.at(j).text {
	case "from":
		return p.fromRole(i)
	case "since", "between", "starting", "beginning":
		return Since
	case "on", "as":
		if p.is(j-1, "starting", "beginning", "from") {
			return Since
		}
	case "after":
		return After
	case "before":
		return Before
	case "until", "till", "through", "til", "thru":
		return Until
	case "to", "and", "-", "–":
		if p.opened() {
			return Until
		}
	case "by":
		return Until
	}
	return On
}

// listed are words behind which "from" leads to the time of what is listed: the
// transactions from monday are those of monday.
var listed = wordSet(`transaction transactions purchase purchases payment payments charge charges activity expenses spending orders deposits refunds`)

// rangeWords is how far behind its beginning the end of a range may be.
const rangeWords = 12

// fromRole reads the from before the date at token i.
func (p *parser) fromRole(i int) Role {
	j := i - 1
	for !p.is(j, "from") {
		j--
	}
	for k := i; k < min(i+rangeWords, len(p.tokens)); k++ {
		if p.is(k, "to", "until", "till", "through", "til", "thru", "-", "–", "on", "onward", "onwards", "forward", "and", "up") {
			return Since
		}
	}
	if listed[p.at(j-1).text] || j > 0 && p.used[j-1] {
		return On
	}
	return Since
}

// opened says whether the last date began a range, which it does even with only
// a sign behind it: monday - friday.
func (p *parser) opened() bool {
	n := len(p.found.Dates)
	if n == 0 {
		return false
	}
	last := &p.found.Dates[n-1]
	if last.Role == On && !last.From.IsZero() && !strings.Contains(p.text[last.End:min(len(p.text), last.End+5)], "and") {
		last.Role = Since
	}
	return last.Role == Since
}
