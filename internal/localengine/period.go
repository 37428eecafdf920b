package localengine

import (
	"regexp"
	"strings"
	"time"
)

// Period is a span of whole days, both inclusive, written 2006-01-02. Words is
// how the customer called it.
type Period struct {
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
	Words string `json:"words,omitempty"`
}

// IsZero says whether there is no period.
func (p Period) IsZero() bool { return p == Period{} }

const (
	count  = `(\d{1,3}|an?|one|two|three|four|five|six|seven|ten|couple of|few)`
	months = `(january|february|march|april|may|june|july|august|september|october|november|december)`
)

var (
	relativePeriod = regexp.MustCompile(`\b(?:in |over |during |within |for |from )?(?:the )?(?:last|past|previous) ` + count + ` (day|week|month|year)s?\b`)
	namedPeriod    = regexp.MustCompile(`\b(?:in |over |during |for |from )?(today|yesterday|this week|last week|this month|last month|this year|last year|this weekend|last weekend)\b`)
	betweenDays    = regexp.MustCompile(`\b(?:between|from) ` + months + ` (\d{1,2})(?:st|nd|rd|th)? (?:and|to|until|through) (?:` + months + ` )?(\d{1,2})(?:st|nd|rd|th)?\b`)
	dayOfMonth     = regexp.MustCompile(`\b(?:on |from )?(?:` + months + ` (\d{1,2})(?:st|nd|rd|th)?|(\d{1,2})(?:st|nd|rd|th)? (?:of )?` + months + `)(?:,? (\d{4}))?\b`)
	wholeMonth     = regexp.MustCompile(`\b(in|during|for|since|from|of|last) ` + months + `(?: (\d{4}))?\b`)
	weekday        = regexp.MustCompile(`\b(?:on |last |this past |past )(monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b`)
	isoDay         = regexp.MustCompile(`\b(?:on )?(\d{4}-\d{2}-\d{2})\b`)
)

// findPeriod returns the first period in a normalised message and the message
// without its words, which name no merchant and no amount.
func findPeriod(text string, now time.Time) (Period, string) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, now.Location())
	for _, find := range []struct {
		pattern *regexp.Regexp
		resolve func(m []string, today time.Time) (from, to time.Time, ok bool)
	}{
		{relativePeriod, resolveRelative},
		{namedPeriod, resolveNamed},
		{betweenDays, resolveBetween},
		{dayOfMonth, resolveDay},
		{wholeMonth, resolveMonth},
		{weekday, resolveWeekday},
		{isoDay, resolveISO},
	} {
		m := find.pattern.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		if from, to, ok := find.resolve(m, today); ok {
			p := Period{From: from.Format(time.DateOnly), To: to.Format(time.DateOnly), Words: m[0]}
			return p, strings.Replace(text, m[0], " ", 1)
		}
	}
	return Period{}, text
}

// resolveRelative counts back from today, which is part of the period.
func resolveRelative(m []string, today time.Time) (from, to time.Time, ok bool) {
	n := number(m[1])
	if m[1] == "an" {
		n = 1
	}
	switch m[2] {
	case "day":
		from = today.AddDate(0, 0, 1-n)
	case "week":
		from = today.AddDate(0, 0, 1-7*n)
	case "month":
		from = today.AddDate(0, -n, 1)
	case "year":
		from = today.AddDate(-n, 0, 1)
	}
	return from, today, n > 0
}

// resolveNamed knows weeks that begin on Monday (ISO 8601).
func resolveNamed(m []string, today time.Time) (from, to time.Time, ok bool) {
	monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7)
	first := today.AddDate(0, 0, 1-today.Day())
	newYear := time.Date(today.Year(), 1, 1, 12, 0, 0, 0, today.Location())
	switch m[1] {
	case "today":
		return today, today, true
	case "yesterday":
		return today.AddDate(0, 0, -1), today.AddDate(0, 0, -1), true
	case "this week":
		return monday, today, true
	case "last week":
		return monday.AddDate(0, 0, -7), monday.AddDate(0, 0, -1), true
	case "this month":
		return first, today, true
	case "last month":
		return first.AddDate(0, -1, 0), first.AddDate(0, 0, -1), true
	case "this year":
		return newYear, today, true
	case "last year":
		return newYear.AddDate(-1, 0, 0), newYear.AddDate(0, 0, -1), true
	case "this weekend":
		return monday.AddDate(0, 0, 5), monday.AddDate(0, 0, 6), true
	}
	return monday.AddDate(0, 0, -2), monday.AddDate(0, 0, -1), true // last weekend
}

// resolveBetween takes two days without a year for the latest ones that have
// begun.
func resolveBetween(m []string, today time.Time) (from, to time.Time, ok bool) {
	first, last := monthOf(m[1]), monthOf(m[1])
	if m[3] != "" {
		last = monthOf(m[3])
	}
	year := today.Year()
	if date(year, first, number(m[2]), today).After(today) {
		year--
	}
	from, to = date(year, first, number(m[2]), today), date(year, last, number(m[4]), today)
	if to.Before(from) {
		to = to.AddDate(1, 0, 0)
	}
	return from, to, from.Day() == number(m[2]) && to.Day() == number(m[4])
}

// resolveDay takes a day without a year for the latest one that isn't to come.
func resolveDay(m []string, today time.Time) (from, to time.Time, ok bool) {
	month, day := monthOf(m[1]+m[4]), number(m[2]+m[3])
	year := today.Year()
	if m[5] != "" {
		year = number(m[5])
	} else if date(year, month, day, today).After(today) {
		year--
	}
	from = date(year, month, day, today)
	return from, from, from.Day() == day // 31 April would become 1 May
}

// resolveMonth takes a month without a year for the latest one that has begun.
func resolveMonth(m []string, today time.Time) (from, to time.Time, ok bool) {
	month, year := monthOf(m[2]), today.Year()
	switch {
	case m[3] != "":
		year = number(m[3])
	case month > today.Month():
		year--
	case m[1] == "last" && month == today.Month():
		year--
	}
	from = date(year, month, 1, today)
	to = from.AddDate(0, 1, -1)
	if m[1] == "since" || to.After(today) {
		to = today
	}
	return from, to, !from.After(today)
}

func resolveWeekday(m []string, today time.Time) (from, to time.Time, ok bool) {
	for back := 1; back <= 7; back++ {
		day := today.AddDate(0, 0, -back)
		if strings.EqualFold(day.Weekday().String(), m[1]) {
			return day, day, true
		}
	}
	return today, today, false
}

func resolveISO(m []string, today time.Time) (from, to time.Time, ok bool) {
	day, err := time.ParseInLocation(time.DateOnly, m[1], today.Location())
	return day, day, err == nil
}

func date(year int, month time.Month, day int, like time.Time) time.Time {
	return time.Date(year, month, day, 12, 0, 0, 0, like.Location())
}

func monthOf(name string) time.Month {
	for m := time.January; m <= time.December; m++ {
		if strings.EqualFold(m.String(), name) {
			return m
		}
	}
	return time.January
}
