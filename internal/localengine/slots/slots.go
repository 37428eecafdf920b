// Package slots finds the details in a customer's message: amounts of money,
// dates and periods, merchants, people, accounts, spending categories and
// counts, each with its place in the text. It knows how people write them, not
// what they are for: whether a merchant exists or an account is the customer's
// is for the bank to say. Its time is linear in the length of the message.
//
//	text ──scan──▶ tokens ──times, dates, endings, amounts, …, names──▶ Slots
//
// Each step takes its tokens away from the later ones, so that no word is two
// things at once.
package slots

import (
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// maxRead bounds how many bytes of a message are looked at.
const maxRead = 2000

// Slots are the details of a message, in the order of the text.
type Slots struct {
	Amounts    []Amount
	Dates      []Date
	Times      []Time
	Accounts   []Account
	Categories []Category
	Merchants  []Name
	Payees     []Name
	// Count is how many things are asked for, as in "my last 5 payments"; zero
	// when nothing is said.
	Count Count
}

// Span is a place in the text, in bytes: text[Start:End].
type Span struct{ Start, End int }

// Bound says how an amount limits others.
type Bound string

// The bounds. "More than 20" is read as at least 20.
const (
	Exactly Bound = ""
	AtLeast Bound = "at_least"
	AtMost  Bound = "at_most"
)

// Amount is an amount of money. Said tells whether its currency was; otherwise
// it is that of the options. One that is written with a minus is below zero.
type Amount struct {
	Span
	Money money.Amount
	Said  bool
	Bound Bound
}

// Kind is what a date expression names.
type Kind string

// The kinds.
const (
	Day       Kind = "day"
	Period    Kind = "period"    // several days
	Duration  Kind = "duration"  // "two weeks": a length without a place in time
	Repeating Kind = "repeating" // "each month"
	Vague     Kind = "vague"     // "recently"
)

// Role is the part that a date plays in a range.
type Role string

// The roles.
const (
	On     Role = ""
	Since  Role = "since"
	Until  Role = "until"
	Before Role = "before"
	After  Role = "after"
)

// Date is a day or a period. From and To are its first and last day, as
// midnight UTC; they are zero for durations, repeating and vague dates. Days of
// a duration are in Length.
type Date struct {
	Span
	Kind     Kind
	Role     Role
	From, To time.Time
	Length   int
}

// Time is a time of the day.
type Time struct {
	Span
	Hour, Minute int
}

// Account is a mention of an account: its kind (checking, savings, wallet,
// card), its last digits, or both. In an order it may also be called by a name.
type Account struct {
	Span
	Kind   string
	Ending string
	Name   string
	Side   Side
	// Theirs says that the account belongs to somebody else.
	Theirs bool
}

// Side is where money flows at an account.
type Side string

// The sides.
const (
	Either      Side = ""
	Source      Side = "from"
	Destination Side = "to"
)

// Category is a word for what money is spent on. Name is the bank's category,
// empty when the bank has none for it.
type Category struct {
	Span
	Name string
}

// Name is the name of a merchant or a person, as it is written.
type Name struct {
	Span
	Text string
}

// Count is a number of things asked for.
type Count struct {
	Span
	N int
}

// Direction is where dates without a year or a week are looked for.
type Direction int

// The directions. Questions about what was are in the past, appointments in the
// future.
const (
	Past Direction = iota
	Future
)

// Purpose is what a message is about, where the caller knows.
type Purpose int

// The purposes. About spending, words for categories count without other signs
// of it. In an order to move money bare numbers are amounts, and "from" leads to
// an account.
const (
	Anything Purpose = iota
	Spending
	Order
)

// Options say how to read what can be read in more than one way. The zero value
// is that of Find.
type Options struct {
	Purpose   Purpose
	Direction Direction
	// DayFirst reads 3/4 as the third of April.
	DayFirst bool
	// Currency is that of amounts without one; empty means USD.
	Currency string
}

// Find returns the details of a message. Its dates are relative to now, in now's
// time zone, and weekdays and days without a month are the latest ones.
func Find(text string, now time.Time) Slots { return Options{}.Find(text, now) }

// Find is the package's function of this name, with other readings.
func (o Options) Find(text string, now time.Time) Slots {
	if o.Currency == "" {
		o.Currency = "USD"
	}
	if len(text) > maxRead {
		text = strings.ToValidUTF8(text[:maxRead], "")
	}
	p := &parser{Options: o, text: text, tokens: scan(text), today: civil(now)}
	p.used = make([]bool, len(p.tokens))
	p.findTimes()
	p.findDates()
	p.findEndings()
	p.findAmounts()
	if p.Purpose == Order {
		p.findParties()
		p.findAccounts()
	} else {
		p.findCount()
		p.findAccounts()
		p.findCategories()
	}
	p.findNames()
	return p.found
}

// Range is the span of days that all dates of a message together name, both
// inclusive; a zero time is an open end. Without one it is not ok. Of several
// dates that form no range the first one counts.
func (s Slots) Range(now time.Time) (from, to time.Time, ok bool) {
	for _, d := range s.Dates {
		if d.From.IsZero() {
			continue
		}
		switch d.Role {
		case Since:
			from = d.From
		case After:
			from = d.To.AddDate(0, 0, 1)
		case Until:
			to = d.To
		case Before:
			to = d.From.AddDate(0, 0, -1)
		case On:
			if !ok {
				from, to = d.From, d.To
			}
		}
		ok = true
	}
	if today := civil(now); ok && to.IsZero() && from.Before(today) {
		to = today
	}
	return from, to, ok && (to.IsZero() || !to.Before(from))
}

// civil is the day of a moment in its own time zone.
func civil(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// parser reads one message.
type parser struct {
	Options
	text   string
	tokens []token
	used   []bool // tokens that belong to a slot
	today  time.Time
	found  Slots
	// What the message is about, for names.
	spending, moving bool
}

// at returns token i, or an empty one beyond either end.
func (p *parser) at(i int) token {
	if i < 0 || i >= len(p.tokens) {
		return token{}
	}
	return p.tokens[i]
}

// is says whether token i is one of some words.
func (p *parser) is(i int, words ...string) bool {
	t := p.at(i).text
	for _, w := range words {
		if t == w {
			return t != ""
		}
	}
	return false
}

// take marks n tokens from i as used and returns their span.
func (p *parser) take(i, n int) Span {
	for j := i; j < i+n; j++ {
		p.used[j] = true
	}
	return Span{p.tokens[i].start, p.tokens[i+n-1].end}
}

// free says whether token i exists and is in no slot.
func (p *parser) free(i int) bool { return i >= 0 && i < len(p.tokens) && !p.used[i] }
