package slots

import "time"

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
	"fortnight": "fortnight", "fortnights": "fortnight", "hours": "hour", "hrs": "hour",
}

// finder reads a date that begins at token i: how many tokens it has, or zero.
type finder func(p *parser, i int) (n int, d Date)

// finders are tried in order at every token.
func finders() []finder {
	return []finder{
		(*parser).numeric, (*parser).holiday, (*parser).namedDay, (*parser).edge, (*parser).part, (*parser).weekOf, (*parser).dayOfMonth, (*parser).monthFirst, (*parser).weekday,
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

// dayOnly is the date of one day.
func dayOnly(t time.Time) Date { return Date{Kind: Day, From: t, To: t} }

// span is the date of several days.
func span(from, to time.Time) Date { return Date{Kind: Period, From: from, To: to} }
