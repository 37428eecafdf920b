package slots

import "time"

// Dates that are told from today: yesterday, last friday, the past 30 days.

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
	case "the":
		if p.is(i+1, "weekend") {
			return 2, p.weekend()
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

// weekend is the one that "the weekend" means: the latest that has begun, or the
// next.
func (p *parser) weekend() Date {
	this := p.calendar("weekend", 0)
	if p.Direction == Past && this.From.After(p.today) {
		return p.calendar("weekend", -1)
	}
	return this
}

// part reads mid may, the first half of june, the last week of march.
func (p *parser) part(i int) (int, Date) {
	if p.is(i, "early", "mid", "late") {
		n, d := p.monthFirst(i + 1)
		if n == 0 || d.Kind != Period {
			return 0, Date{}
		}
		first, last := d.From, d.To
		return n + 1, map[string]Date{"early": span(first, first.AddDate(0, 0, 9)), "mid": span(first.AddDate(0, 0, 9), first.AddDate(0, 0, 19)), "late": span(first.AddDate(0, 0, 20), last)}[p.at(i).text]
	}
	which := p.ordinal(i)
	if p.is(i, "last") {
		which = -1
	}
	if which == 0 || !p.is(i+1, "week", "half") || !p.is(i+2, "of", "in") {
		return 0, Date{}
	}
	skip := 3
	if p.is(i+3, "the") {
		skip++
	}
	n, d := p.monthFirst(i + skip)
	if n == 0 {
		n, d = p.relative(i + skip)
	}
	if n == 0 || d.Kind != Period {
		return 0, Date{}
	}
	return skip + n, partOf(d, p.at(i+1).text, which)
}

// partOf is a week, counted from the first day, or a half of a period.
func partOf(d Date, unit string, which int) Date {
	days := int(d.To.Sub(d.From).Hours()/24) + 1
	length := 7
	if unit == "half" {
		length = days / 2
	}
	if which < 0 || unit == "half" && which > 1 {
		from := d.To.AddDate(0, 0, 1-length)
		if unit == "half" {
			from = d.From.AddDate(0, 0, length)
		}
		return span(from, d.To)
	}
	from := d.From.AddDate(0, 0, length*(which-1))
	to := from.AddDate(0, 0, length-1)
	if to.After(d.To) {
		to = d.To
	}
	return span(from, to)
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
	if unit := units[p.at(i+1).text]; unit != "" && unit != "hour" {
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
	if shift < 0 && unit == "hour" { // the day they began on counts, too
		return span(end, p.today)
	}
	if shift < 0 {
		return span(end.AddDate(0, 0, 1), p.today)
	}
	return span(p.today.AddDate(0, 0, 1), end)
}

// step is today moved by so many units.
func (p *parser) step(count int, unit string) time.Time {
	switch unit {
	case "hour":
		return p.today.AddDate(0, 0, count/24)
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
var daysOf = map[string]int{"hour": 0, "day": 1, "week": 7, "month": 30, "year": 365, "quarter": 91, "fortnight": 14, "weekend": 2}

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
	case p.is(next, "ago", "back") && p.Purpose == Spending && (unit == "week" || unit == "month" || unit == "year"): // all of it: nobody asks for one day so
		return n + 2, p.calendar(unit, -count)
	case p.is(next, "ago", "back"):
		return n + 2, dayOnly(p.step(-count, unit))
	case p.is(next, "from") && p.is(next+1, "now", "today"):
		return n + 3, dayOnly(p.step(count, unit))
	case unit == "hour", count == 0 || p.is(i, "a", "an") && (unit == "day" || unit == "weekend"):
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
