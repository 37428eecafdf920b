package slots

import (
	"strings"
	"time"
)

// months are names of months. Those of spoken words are in spoken.
var months = map[string]time.Month{
	"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9,
	"october": 10, "november": 11, "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8,
	"sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
}

var weekdays = map[string]time.Weekday{
	"monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6, "sunday": 0,
	"mon": 1, "tue": 2, "tues": 2, "wed": 3, "thu": 4, "thur": 4, "thurs": 4, "fri": 5, "sat": 6, "sun": 0,
}

// spoken are names of months and days that are ordinary words, too; alone they
// need a word before them that leads to a date.
var spoken = map[string]bool{"may": true, "march": true, "mar": true, "sat": true, "sun": true, "wed": true, "mon": true, "jan": true, "dec": true, "apr": true}

var leading = map[string]bool{
	"in": true, "on": true, "since": true, "until": true, "till": true, "of": true, "during": true, "for": true, "from": true, "to": true,
	"between": true, "through": true, "by": true, "before": true, "after": true, "this": true, "last": true, "next": true, "past": true,
	"every": true, "each": true, "and": true, "early": true, "late": true, "mid": true, "or": true, "about": true,
}

// smallNumbers are counts in words.
var smallNumbers = map[string]int{
	"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
	"eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60, "ninety": 90, "few": 3, "several": 3,
}

var ordinals = map[string]int{
	"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
	"eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
	"eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}

// units are spans of time.
var units = map[string]string{
	"day": "day", "days": "day", "week": "week", "weeks": "week", "wk": "week", "wks": "week", "month": "month", "months": "month",
	"year": "year", "years": "year", "yrs": "year", "quarter": "quarter", "quarters": "quarter", "weekend": "weekend", "weekends": "weekend",
	"fortnight": "fortnight", "fortnights": "fortnight",
}

// finder reads a date that begins at token i: how many tokens it has, or zero.
type finder func(p *parser, i int) (n int, d Date)

// finders are tried in order at every token.
func finders() []finder {
	return []finder{
		(*parser).numeric, (*parser).namedDay, (*parser).edge, (*parser).weekOf, (*parser).dayOfMonth, (*parser).monthFirst, (*parser).weekday,
		(*parser).relative, (*parser).counted, (*parser).inCounted, (*parser).quarter, (*parser).toDate, (*parser).year, (*parser).repeating,
	}
}

func (p *parser) findDates() {
	all := finders()
	for i := 0; i < len(p.tokens); {
		n, d := 0, Date{}
		for _, f := range all {
			if p.used[i] {
				break
			}
			if n, d = f(p, i); n > 0 {
				break
			}
		}
		if n == 0 || i+n > len(p.tokens) {
			i++
			continue
		}
		d.Role = p.role(i)
		i = p.addDate(i, n, d)
	}
}

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
	case "since", "from", "between", "starting", "beginning":
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

// dayOnly is the date of one day.
func dayOnly(t time.Time) Date { return Date{Kind: Day, From: t, To: t} }

// span is the date of several days.
func span(from, to time.Time) Date { return Date{Kind: Period, From: from, To: to} }

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

// namedDay reads today, yesterday, the day before yesterday, last night.
func (p *parser) namedDay(i int) (int, Date) {
	shift := func(n, days int) (int, Date) { return n, dayOnly(p.today.AddDate(0, 0, days)) }
	switch p.at(i).text {
	case "today", "tonight":
		return shift(1, 0)
	case "yesterday":
		return shift(1, -1)
	case "tomorrow":
		return shift(1, 1)
	case "day":
		if p.is(i+1, "before") && p.is(i+2, "yesterday") {
			return shift(3, -2)
		}
		if p.is(i+1, "after") && p.is(i+2, "tomorrow") {
			return shift(3, 2)
		}
	case "last":
		if p.is(i+1, "night") {
			return shift(2, -1)
		}
	case "this":
		if p.is(i+1, "morning", "afternoon", "evening") {
			return shift(2, 0)
		}
	}
	return 0, Date{}
}

// edge reads the end or the beginning of a period.
func (p *parser) edge(i int) (int, Date) {
	if !p.is(i, "end", "start", "beginning", "middle") || !p.is(i+1, "of") {
		return 0, Date{}
	}
	skip := 2
	if p.is(i+2, "the") {
		skip++
	}
	n, d := p.monthFirst(i + skip)
	if n == 0 {
		n, d = p.relative(i + skip)
	}
	if n == 0 {
		n, d = p.year(i + skip)
	}
	if n == 0 && skip == 3 && units[p.at(i+3).text] != "" {
		n, d = 1, p.calendar(units[p.at(i+3).text], 0)
	}
	if n == 0 || d.From.IsZero() {
		return 0, Date{}
	}
	day := d.From
	switch p.at(i).text {
	case "end":
		day = d.To
	case "middle":
		day = d.From.AddDate(0, 0, int(d.To.Sub(d.From).Hours()/48))
	}
	return skip + n, dayOnly(day)
}

// weekOf reads the week of the 1st.
func (p *parser) weekOf(i int) (int, Date) {
	if !p.is(i, "week") || !p.is(i+1, "of") {
		return 0, Date{}
	}
	skip := 2
	if p.is(i+2, "the") {
		skip++
	}
	n, d := p.dayOfMonth(i + skip)
	if n == 0 {
		n, d = p.monthFirst(i + skip)
	}
	if n == 0 || d.Kind != Day {
		return 0, Date{}
	}
	monday := mondayOf(d.From)
	return skip + n, span(monday, monday.AddDate(0, 0, 6))
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
	if m == 0 {
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

// weekday reads friday, last friday, friday last week, friday in two weeks.
func (p *parser) weekday(i int) (int, Date) {
	modifier, n := "", 0
	if p.is(i, "last", "this", "next", "past", "coming", "previous") {
		modifier, n = p.at(i).text, 1
		if p.is(i+1, "week") {
			n = 2
			if p.is(i+2, "'s", "on") {
				n = 3
			}
			modifier += " week"
		} else if p.is(i, "this") && p.is(i+1, "past", "coming") {
			modifier, n = p.at(i+1).text, 2
		}
	}
	day, ok := weekdays[p.at(i+n).text]
	if !ok || n == 0 && spoken[p.at(i).text] && !leading[p.at(i-1).text] {
		return 0, Date{}
	}
	n++
	if n == 1 {
		if more, d := p.afterWeekday(i+n, day); more > 0 {
			return n + more, d
		}
	}
	return n, dayOnly(p.resolveWeekday(modifier, day))
}

// afterWeekday reads what may stand behind a weekday: a date, or its week.
func (p *parser) afterWeekday(i int, day time.Weekday) (int, Date) {
	if p.is(i, "last", "this", "next") && p.is(i+1, "week") {
		return 2, dayOnly(p.resolveWeekday(p.at(i).text+" week", day))
	}
	if p.is(i, "in") {
		if count, n := p.count(i + 1); n > 0 && units[p.at(i+1+n).text] == "week" {
			return n + 2, dayOnly(mondayOf(p.today).AddDate(0, 0, 7*count+int(day+6)%7))
		}
	}
	skip := 0
	for p.is(i+skip, ",", "the") && skip < 2 {
		skip++
	}
	n, d := p.dayOfMonth(i + skip)
	if n == 0 && !p.is(i+skip, "last", "this", "next") {
		n, d = p.monthFirst(i + skip)
	}
	if n == 0 || d.Kind != Day {
		return 0, Date{}
	}
	return skip + n, d
}

// resolveWeekday: weeks begin on Monday (ISO 8601). "Next friday" is the one of
// next week, "last friday" the latest before today.
func (p *parser) resolveWeekday(modifier string, day time.Weekday) time.Time {
	monday := mondayOf(p.today)
	of := func(week int) time.Time { return monday.AddDate(0, 0, 7*week+int(day+6)%7) }
	switch modifier {
	case "last week", "previous week", "past week":
		return of(-1)
	case "next week", "next", "coming week":
		return of(1)
	case "this week", "this":
		return of(0)
	}
	back := (int(p.today.Weekday()) - int(day) + 7) % 7
	if back == 0 {
		back = 7
	}
	if modifier == "coming" || modifier == "" && p.Direction == Future {
		ahead := 7 - back
		if ahead == 0 {
			ahead = 7
		}
		return p.today.AddDate(0, 0, ahead)
	}
	return p.today.AddDate(0, 0, -back)
}

func mondayOf(t time.Time) time.Time { return t.AddDate(0, 0, -(int(t.Weekday())+6)%7) }

// count reads a number of units and how many tokens it has.
func (p *parser) count(i int) (count, n int) {
	if v, ok := p.at(i).plain(); ok && v > 0 && v < 1000 {
		return v, 1
	}
	if p.is(i, "a") && p.is(i+1, "couple", "few") {
		i, n = i+1, 1
	}
	if p.is(i, "couple") {
		if p.is(i+1, "of") {
			return 2, n + 2
		}
		return 2, n + 1
	}
	if v := smallNumbers[p.at(i).text]; v > 0 {
		return v, n + 1
	}
	return 0, 0
}

// relative reads last month, this week, next year, the past 30 days.
func (p *parser) relative(i int) (int, Date) {
	shift, ok := map[string]int{"last": -1, "past": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "coming": 1, "following": 1}[p.at(i).text]
	if !ok {
		return 0, Date{}
	}
	if unit := units[p.at(i+1).text]; unit != "" {
		if p.at(i).text == "past" {
			return 2, p.rolling(1, unit, -1)
		}
		return 2, p.calendar(unit, shift)
	}
	count, n := p.count(i + 1)
	unit := units[p.at(i+1+n).text]
	if n == 0 || unit == "" || shift == 0 {
		return 0, Date{}
	}
	return n + 2, p.rolling(count, unit, shift)
}

// calendar is the period of a unit that today is in, or one before or after.
func (p *parser) calendar(unit string, shift int) Date {
	y, m, _ := p.today.Date()
	date := func(year int, month time.Month) time.Time { return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC) }
	switch unit {
	case "day":
		return dayOnly(p.today.AddDate(0, 0, shift))
	case "week":
		monday := mondayOf(p.today).AddDate(0, 0, 7*shift)
		return span(monday, monday.AddDate(0, 0, 6))
	case "weekend":
		saturday := mondayOf(p.today).AddDate(0, 0, 7*shift+5)
		return span(saturday, saturday.AddDate(0, 0, 1))
	case "fortnight":
		return p.rolling(1, unit, min(shift, -1))
	case "quarter":
		first := date(y, m-(m-1)%3).AddDate(0, 3*shift, 0)
		return span(first, first.AddDate(0, 3, -1))
	case "year":
		return span(date(y+shift, 1), date(y+shift, 12).AddDate(0, 1, -1))
	}
	first := date(y, m).AddDate(0, shift, 0)
	return span(first, first.AddDate(0, 1, -1))
}

// rolling is the span of so many units up to and with today, or from tomorrow on.
func (p *parser) rolling(count int, unit string, shift int) Date {
	if unit == "weekend" || unit == "quarter" {
		first, last := p.calendar(unit, shift*count), p.calendar(unit, shift)
		if shift < 0 {
			return span(first.From, last.To)
		}
		return span(last.From, first.To)
	}
	end := p.step(shift*count, unit)
	if shift < 0 {
		return span(end.AddDate(0, 0, 1), p.today)
	}
	return span(p.today.AddDate(0, 0, 1), end)
}

// step is today moved by so many units.
func (p *parser) step(count int, unit string) time.Time {
	switch unit {
	case "day":
		return p.today.AddDate(0, 0, count)
	case "week", "weekend":
		return p.today.AddDate(0, 0, 7*count)
	case "fortnight":
		return p.today.AddDate(0, 0, 14*count)
	case "quarter":
		return addMonths(p.today, 3*count)
	case "year":
		return addMonths(p.today, 12*count)
	}
	return addMonths(p.today, count)
}

// addMonths keeps to the end of a shorter month: a month before 31 March is 28
// February, not 3 March.
func addMonths(t time.Time, months int) time.Time {
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, months, 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

// daysOf are the days of a unit as a plain length.
var daysOf = map[string]int{"day": 1, "week": 7, "month": 30, "year": 365, "quarter": 91, "fortnight": 14, "weekend": 2}

// counted reads two weeks ago, three days from now, and two weeks as a length.
func (p *parser) counted(i int) (int, Date) {
	count, n := p.count(i)
	if p.is(i, "some") {
		count, n = 0, 1
	}
	unit := units[p.at(i+n).text]
	if n == 0 || unit == "" {
		return 0, Date{}
	}
	switch next := i + n + 1; {
	case p.is(next, "ago", "back") && count == 0:
		return n + 2, Date{Kind: Vague}
	case p.is(next, "ago", "back"):
		return n + 2, dayOnly(p.step(-count, unit))
	case p.is(next, "from") && p.is(next+1, "now", "today"):
		return n + 3, dayOnly(p.step(count, unit))
	case count == 0 || p.is(i, "a", "an") && (unit == "day" || unit == "weekend"):
		return 0, Date{}
	}
	return n + 1, Date{Kind: Duration, Length: count * daysOf[unit]}
}

// inCounted reads in three days.
func (p *parser) inCounted(i int) (int, Date) {
	if !p.is(i, "in") {
		return 0, Date{}
	}
	count, n := p.count(i + 1)
	unit := units[p.at(i+1+n).text]
	if n == 0 || unit == "" {
		return 0, Date{}
	}
	return n + 2, dayOnly(p.step(count, unit))
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

// toDate reads year to date.
func (p *parser) toDate(i int) (int, Date) {
	if p.is(i, "ytd") {
		return 1, span(p.calendar("year", 0).From, p.today)
	}
	unit := units[p.at(i).text]
	if unit == "" || !p.is(i+1, "to") || !p.is(i+2, "date") {
		return 0, Date{}
	}
	return 3, span(p.calendar(unit, 0).From, p.today)
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

// repeating reads each month, monthly, and vague times.
func (p *parser) repeating(i int) (int, Date) {
	switch p.at(i).text {
	case "each", "every":
		if units[p.at(i+1).text] != "" {
			return 2, Date{Kind: Repeating}
		}
		if _, ok := weekdays[p.at(i+1).text]; ok {
			return 2, Date{Kind: Repeating}
		}
	case "monthly":
		return 1, Date{Kind: Repeating}
	case "recently", "lately":
		return 1, Date{Kind: Vague}
	}
	return 0, Date{}
}
