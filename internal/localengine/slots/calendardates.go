package slots

import (
	"strings"
	"time"
)

// Dates that name a place in the calendar: 3/14/2022, the 5th of may, march, Q1.

func (p *parser) month(i int) time.Month {
	if p.at(i).kind != word {
		return 0
	}
	return months[p.at(i).text]
}

// ordinal reads a day of a month: 5th, or fifth.
func (p *parser) ordinal(i int) int {
	t := p.at(i)
	if n, ok := t.whole(); ok && (t.suffix == "th" || t.suffix == "st" || t.suffix == "nd" || t.suffix == "rd") && n >= 1 && n <= 31 {
		return n
	}
	return ordinals[t.text]
}

// dayNumber reads a day of a month that may also be a plain number.
func (p *parser) dayNumber(i int) int {
	if n := p.ordinal(i); n > 0 {
		return n
	}
	if n, ok := p.at(i).plain(); ok && n >= 1 && n <= 31 && len(p.at(i).digits) <= 2 {
		return n
	}
	return 0
}

// yearAt reads a year of four digits, after an optional comma, and how many
// tokens it has.
func (p *parser) yearAt(i int) (year, n int) {
	if p.is(i, ",") {
		n++
	}
	if y, ok := p.at(i + n).plain(); ok && len(p.at(i+n).digits) == 4 && y >= 1900 && y < 2100 {
		return y, n + 1
	}
	switch {
	case p.is(i, "of") && p.is(i+1, "this", "last", "next", "the") && p.is(i+2, "year"):
		year, _ := p.yearAt(i + 1)
		return year, 3
	case !p.is(i+1, "year"):
	case p.is(i, "this"):
		return p.today.Year(), 2
	case p.is(i, "last", "previous"):
		return p.today.Year() - 1, 2
	case p.is(i, "next"):
		return p.today.Year() + 1, 2
	}
	return 0, 0
}

// numeric reads 2022-03-14, 3/14 and 3/14/2022.
func (p *parser) numeric(i int) (int, Date) {
	a, ok := p.at(i).plain()
	sign := p.at(i + 1).text
	b, okB := p.at(i + 2).plain()
	if !ok || !okB || sign != "/" && sign != "-" || p.at(i).end != p.at(i+1).start || p.at(i+1).end != p.at(i+2).start {
		return p.dotted(i)
	}
	c, okC := p.at(i + 4).plain()
	if !okC || !p.is(i+3, sign) || p.at(i+3).end != p.at(i+4).start {
		if sign == "-" {
			return 0, Date{}
		}
		return p.slashed(a, b)
	}
	if len(p.at(i).digits) == 4 {
		return checked(5, a, b, c)
	}
	if c < 100 {
		c += 2000
	}
	m, d := p.monthDay(a, b)
	return checked(5, c, m, d)
}

// dotted reads 14.3.2022, which the scanner takes for one number.
func (p *parser) dotted(i int) (int, Date) {
	t := p.at(i)
	parts := strings.Split(t.digits, ".")
	if t.kind != number || len(parts) != 3 || t.suffix != "" || len(parts[2]) != 4 {
		return 0, Date{}
	}
	day, err := time.Parse("2.1.2006", t.digits)
	if err != nil {
		return 0, Date{}
	}
	return 1, dayOnly(day)
}

func (p *parser) slashed(a, b int) (int, Date) {
	m, d := p.monthDay(a, b)
	if m < 1 || m > 12 {
		return 0, Date{}
	}
	return checked(3, p.yearFor(time.Month(m), d), m, d)
}

// monthDay tells month and day apart: a number above twelve is no month.
func (p *parser) monthDay(a, b int) (month, day int) {
	if a > 12 || p.DayFirst && b <= 12 {
		return b, a
	}
	return a, b
}

// checked is a day with n tokens, or nothing if the calendar hasn't got it.
func checked(n, year, month, day int) (int, Date) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Year() != year || int(t.Month()) != month || t.Day() != day || year < 1900 || year > 2200 {
		return 0, Date{}
	}
	return n, dayOnly(t)
}

// yearFor chooses the year of a day without one.
func (p *parser) yearFor(m time.Month, day int) int {
	year := p.today.Year()
	switch {
	case p.Direction == Past && time.Date(year, m, day, 0, 0, 0, 0, time.UTC).After(p.today):
		return year - 1
	case p.Direction == Future && m < p.today.Month():
		return year + 1
	}
	return year
}

// dayOfMonth reads 14 march 2022, the 5th, the 5th of last month.
func (p *parser) dayOfMonth(i int) (int, Date) {
	day, n := p.dayNumber(i), 1
	if p.is(i, "last") && p.Direction == Past || p.is(i, "last") && p.ordinal(i+1) > 0 && p.at(i+1).kind == number {
		if day = p.ordinal(i + 1); p.at(i+1).kind == number && day > 0 {
			return 2, dayOnly(p.dayBefore(day))
		}
	}
	if day == 0 {
		return 0, Date{}
	}
	if _, ok := weekdays[p.at(i+1).text]; ok && p.is(i+2, "of") && p.is(i+3, "each", "every", "the") && p.is(i+4, "month") {
		return 5, Date{Kind: Repeating}
	}
	if p.is(i+n, "of") {
		n++
	}
	if m := p.month(i + n); m != 0 {
		n++
		if p.is(i+n, ".") && len(p.at(i+n-1).text) <= 4 && p.at(i+n+1).kind == number {
			n++
		}
		year, more := p.yearAt(i + n)
		if year == 0 {
			year = p.yearFor(m, day)
		}
		return checked(n+more, year, int(m), day)
	}
	if p.is(i+n, "each", "every") && p.is(i+n+1, "month") || n > 1 && p.is(i+n, "the") && p.is(i+n+1, "month") && p.Direction == Future {
		return n + 2, Date{Kind: Repeating}
	}
	if p.is(i+n+1, "month") && p.is(i+n, "this", "last", "next", "the") {
		first := p.calendar("month", map[string]int{"last": -1, "next": 1}[p.at(i+n).text]).From
		if t, ok := dayIn(first, day); ok {
			return n + 2, dayOnly(t)
		}
	}
	return p.bareDay(i, day)
}

// bareDay reads the 5th, whose month is the latest or the next one.
func (p *parser) bareDay(i, day int) (int, Date) {
	t := p.at(i)
	if t.kind != number || p.ordinal(i) == 0 {
		return 0, Date{}
	}
	if p.Direction == Past {
		return 1, dayOnly(p.dayBefore(day))
	}
	for ahead := range 3 {
		first := p.calendar("month", ahead).From
		if d, ok := dayIn(first, day); ok && !d.Before(p.today) {
			return 1, dayOnly(d)
		}
	}
	return 0, Date{}
}

// dayBefore is the latest day of this number that isn't to come.
func (p *parser) dayBefore(day int) time.Time {
	for back := range 3 {
		first := p.calendar("month", -back).From
		if d, ok := dayIn(first, day); ok && !d.After(p.today) {
			return d
		}
	}
	return p.today
}

// monthFirst reads march 14 2022, march 2022, october last year, march.
func (p *parser) monthFirst(i int) (int, Date) {
	start := i
	shift := 0
	if p.is(i, "last", "next", "this") && p.month(i+1) != 0 {
		shift = map[string]int{"last": -1, "next": 1}[p.at(i).text]
		i++
	}
	m, n := p.month(i), 1
	if m == 0 || p.calledLikeMonth(i) {
		return 0, Date{}
	}
	if p.is(i+n, ".") && p.at(i+n).start == p.at(i).end && p.at(i+n+1).kind == number {
		n++
	}
	if p.is(i+n, "the") && p.ordinal(i+n+1) > 0 {
		n++
	}
	if day := p.dayNumber(i + n); day > 0 && (p.at(i+n).kind == number || p.is(i+n-1, "the")) && !p.counting(i+n+1) {
		n++
		year, more := p.yearAt(i + n)
		if year == 0 {
			year = p.yearFor(m, day)
		}
		return checked(i-start+n+more, year, int(m), day)
	}
	year, more := p.yearAt(i + n)
	if year == 0 && spoken[p.at(i).text] && i == start && !leading[p.at(i-1).text] && (!p.at(i).capital || i == 0) {
		return 0, Date{}
	}
	if p.is(i, "may") && (p.is(i+1, "i", "we", "you", "be", "have", "not", "need") || p.is(i-1, "i", "we", "you", "it", "and", "to") && year == 0 && !p.at(i).capital) {
		return 0, Date{}
	}
	if year == 0 {
		year = p.monthYear(m, shift)
	}
	from := time.Date(year, m, 1, 0, 0, 0, 0, time.UTC)
	return i - start + n + more, span(from, from.AddDate(0, 1, -1))
}

// calledLikeMonth says whether a month is the name of somebody: send June 70,
// aunt May.
func (p *parser) calledLikeMonth(i int) bool {
	return p.Purpose == Order && p.at(i).capital && (kin[p.at(i-1).text] || p.is(i-1, "send", "pay", "give", "owe", "lend", "to") && p.dayNumber(i+1) == 0)
}

// counting says whether token i makes the number before it a count.
func (p *parser) counting(i int) bool {
	return units[p.at(i).text] != "" || p.is(i, "dollars", "bucks", "euros", "pounds", "times", "%")
}

// monthYear chooses the year of a month without one.
func (p *parser) monthYear(m time.Month, shift int) int {
	year, now := p.today.Year(), p.today.Month()
	switch {
	case shift < 0 && m >= now, shift == 0 && p.Direction == Past && m > now:
		return year - 1
	case shift > 0 && m <= now, shift == 0 && p.Direction == Future && m < now:
		return year + 1
	}
	return year
}

// quarter reads Q1, Q1 2021, the first quarter.
func (p *parser) quarter(i int) (int, Date) {
	t, which, n := p.at(i).text, 0, 1
	if len(t) == 2 && t[0] == 'q' && t[1] >= '1' && t[1] <= '4' {
		which = int(t[1] - '0')
	} else if o := p.ordinal(i); o >= 1 && o <= 4 && p.is(i+1, "quarter") {
		which, n = o, 2
	}
	if which == 0 {
		return 0, Date{}
	}
	year, more := p.yearAt(i + n)
	if year == 0 && p.is(i+n, "of") {
		if year, more = p.yearAt(i + n + 1); year != 0 {
			more++
		}
	}
	month := time.Month(3*which - 2)
	if year == 0 {
		year = p.monthYear(month, 0)
	}
	from := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	return n + more, span(from, from.AddDate(0, 3, -1))
}

// year reads 2019 behind a word that leads to a date.
func (p *parser) year(i int) (int, Date) {
	y, n := p.yearAt(i)
	if n != 1 || !leading[p.at(i-1).text] && !p.is(i-1, "year") || p.counting(i+1) || p.is(i+1, "from") || p.is(i-1, "for", "to") && !p.opened() {
		return 0, Date{}
	}
	from := time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)
	return 1, span(from, from.AddDate(1, 0, -1))
}
