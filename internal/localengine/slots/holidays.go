package slots

import "time"

// holidays are days with names, by the words that name them. Those that move are
// the nth weekday of a month, the last one for a negative n.
var holidays = map[string]struct {
	month   time.Month
	day     int
	weekday time.Weekday
	nth     int
	after   int // days after that weekday
}{
	"new year's day": {month: 1, day: 1}, "new years day": {month: 1, day: 1}, "new year": {month: 1, day: 1}, "new years": {month: 1, day: 1},
	"valentine's day": {month: 2, day: 14}, "valentines day": {month: 2, day: 14}, "valentine's": {month: 2, day: 14}, "valentines": {month: 2, day: 14},
	"st patrick's day": {month: 3, day: 17}, "st patricks day": {month: 3, day: 17},
	"mother's day": {month: 5, weekday: time.Sunday, nth: 2}, "mothers day": {month: 5, weekday: time.Sunday, nth: 2},
	"memorial day":     {month: 5, weekday: time.Monday, nth: -1},
	"father's day":     {month: 6, weekday: time.Sunday, nth: 3},
	"fathers day":      {month: 6, weekday: time.Sunday, nth: 3},
	"juneteenth":       {month: 6, day: 19},
	"independence day": {month: 7, day: 4},
	"labor day":        {month: 9, weekday: time.Monday, nth: 1},
	"halloween":        {month: 10, day: 31},
	"thanksgiving":     {month: 11, weekday: time.Thursday, nth: 4},
	"black friday":     {month: 11, weekday: time.Thursday, nth: 4, after: 1},
	"cyber monday":     {month: 11, weekday: time.Thursday, nth: 4, after: 4},
	"christmas eve":    {month: 12, day: 24}, "xmas eve": {month: 12, day: 24},
	"christmas day": {month: 12, day: 25}, "christmas": {month: 12, day: 25}, "xmas": {month: 12, day: 25},
	"boxing day":     {month: 12, day: 26},
	"new year's eve": {month: 12, day: 31}, "new years eve": {month: 12, day: 31},
}

// holidayStarts are the first words of their names.
var holidayStarts = wordSet(`new valentine valentines valentine's st mother mothers father fathers memorial juneteenth independence labor halloween thanksgiving black cyber
christmas xmas boxing`)

// longestHoliday is how many tokens the name of a holiday has: new year 's eve.
const longestHoliday = 4

// holiday reads thanksgiving, christmas 2025, last halloween.
func (p *parser) holiday(i int) (int, Date) {
	start := i
	if p.is(i, "last", "this", "next") {
		i++
	}
	if !holidayStarts[p.at(i).text] {
		return 0, Date{}
	}
	for n := longestHoliday; n > 0; n-- {
		name := p.phrase(i, n)
		if _, ok := holidays[name]; !ok {
			continue
		}
		year, more := p.yearAt(i + n)
		if year == 0 {
			year = p.holidayYear(name, p.at(start).text)
		}
		return i - start + n + more, dayOnly(holidayIn(name, year))
	}
	return 0, Date{}
}

// phrase is the words of n tokens, an apostrophe's s with the word before it.
func (p *parser) phrase(i, n int) string {
	if i+n > len(p.tokens) {
		return ""
	}
	text := ""
	for j := i; j < i+n; j++ {
		if j > i && !p.is(j, "'s") {
			text += " "
		}
		text += p.at(j).text
	}
	return text
}

// holidayYear is the year of the latest holiday of a name, or of the next one.
func (p *parser) holidayYear(name, which string) int {
	year := p.today.Year()
	day := holidayIn(name, year)
	switch ahead := which == "next" || which != "last" && p.Direction == Future; {
	case ahead && day.Before(p.today):
		return year + 1
	case !ahead && day.After(p.today):
		return year - 1
	}
	return year
}

func holidayIn(name string, year int) time.Time {
	h := holidays[name]
	if h.nth == 0 {
		return time.Date(year, h.month, h.day, 0, 0, 0, 0, time.UTC)
	}
	first := time.Date(year, h.month, 1, 0, 0, 0, 0, time.UTC)
	if h.nth < 0 {
		last := first.AddDate(0, 1, -1)
		return last.AddDate(0, 0, -((int(last.Weekday())-int(h.weekday)+7)%7)+h.after)
	}
	return first.AddDate(0, 0, (int(h.weekday)-int(first.Weekday())+7)%7+7*(h.nth-1)+h.after)
}
