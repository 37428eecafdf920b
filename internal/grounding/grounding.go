// Package grounding tells what an answer may state from what was made up. Facts
// collects what is known in a turn: tools' results, passages, the customer's own
// words. Every amount, account ending, date, link and other number of a text must be
// among them, and nobody may say that money has moved when it hasn't. It looks at
// figures and fixed phrases only; whether a sentence is true in every other
// respect it can't tell.
package grounding

import (
	"strconv"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// Kind is what a claim is about.
type Kind string

// The kinds of claims.
const (
	Amount   Kind = "amount"
	Ending   Kind = "account ending"
	Date     Kind = "date"
	Number   Kind = "number"
	Unknown  Kind = "placeholder"
	Movement Kind = "completed movement"
)

// Claim is a statement that nothing supports, as it is written.
type Claim struct {
	Kind Kind
	Text string
}

// Facts are what an answer may state. The zero value knows nothing and is ready.
type Facts struct {
	amounts map[string]bool // as canonical decimals, without sign
	numbers map[string]bool
	endings map[string]bool
	days    map[day]bool
	// placeholders that stand for something.
	placeholders map[string]bool
	links        map[string]bool
	// history says that past movements were read, cards that the state of cards was.
	history, cards bool
	// accounts are the amounts of accounts by what these are called.
	accounts map[string]map[string]bool
	texts    string // all texts of AddText, in small letters
}

// day is a day of a year; the year is 0 where a text names none.
type day struct{ year, month, day int }

func put[K comparable](m *map[K]bool, k K) {
	if *m == nil {
		*m = map[K]bool{}
	}
	(*m)[k] = true
}

// AddCustomer adds the customer's own words: any number in them may be an amount.
func (f *Facts) AddCustomer(text string) {
	text = plain(text)
	f.addLinks(text)
	for _, q := range find(text) {
		f.add(q)
		if q.kind == Number {
			put(&f.amounts, q.value)
			if len(q.text) >= 3 && len(q.text) <= 6 {
				put(&f.endings, q.text)
			}
		}
	}
	if !containsAny(strings.ToLower(text), numberWords) {
		return
	}
	for _, words := range lettersForm.FindAllString(text, -1) {
		if q, ok := inWords(words + " dollars"); ok {
			put(&f.amounts, q.value)
		}
	}
}

// AddText adds a text of the company's own, such as a passage of an article.
func (f *Facts) AddText(text string) {
	text = plain(text)
	f.addLinks(text)
	f.texts += strings.ToLower(text) + "\n"
	for _, q := range find(text) {
		f.add(q)
	}
}

// AddDay adds the day of a time, in the time's own zone.
func (f *Facts) AddDay(t time.Time) {
	put(&f.days, day{t.Year(), int(t.Month()), t.Day()})
	put(&f.numbers, strconv.Itoa(t.Year()))
}

// AddPlaceholder adds a placeholder, such as CARD_1, that has a value.
func (f *Facts) AddPlaceholder(name string) { put(&f.placeholders, name) }

// AddHistory allows statements about movements that are past: they were read.
func (f *Facts) AddHistory() { f.history = true }

// AddCards allows statements about which cards are frozen: that was read.
func (f *Facts) AddCards() { f.cards = true }

func (f *Facts) add(q quantity) {
	switch q.kind {
	case Amount:
		put(&f.amounts, q.value)
	case Ending:
		put(&f.endings, q.value)
	case Date:
		put(&f.days, q.day)
		if q.day.year > 0 {
			put(&f.numbers, strconv.Itoa(q.day.year))
		}
	case Number:
		put(&f.numbers, q.value)
	}
}

// AddResult adds a tool's result, which is JSON as encoding/json decodes it into
// an any. Times count as days of loc. Beside the figures themselves, the number
// of entries of a list and the sums of its amounts are known.
func (f *Facts) AddResult(result any, loc *time.Location) { f.walk("", result, loc) }

func (f *Facts) walk(key string, v any, loc *time.Location) {
	switch x := v.(type) {
	case map[string]any:
		if m, ok := amountOf(x); ok {
			put(&f.amounts, canonical(m.Abs().Decimal()))
			return
		}
		for k, member := range x {
			f.walk(k, member, loc)
		}
	case []any:
		put(&f.numbers, strconv.Itoa(len(x)))
		f.sums(x)
		if key == "accounts" {
			f.addAccounts(x)
		}
		for _, member := range x {
			f.walk(key, member, loc)
		}
	case float64:
		put(&f.numbers, canonical(strconv.FormatFloat(x, 'f', -1, 64)))
	case string:
		f.text(key, x, loc)
	}
}

func (f *Facts) text(key, s string, loc *time.Location) {
	if key == "id" || strings.HasSuffix(key, "_id") {
		return
	}
	if strings.HasSuffix(key, "ending") {
		put(&f.endings, s)
		return
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		f.AddDay(t.In(loc))
		return
	}
	for _, q := range find(plain(s)) {
		f.add(q)
	}
}

// sums adds what the amounts of a list's entries add up to, field by field.
func (f *Facts) sums(list []any) {
	totals := map[string]money.Amount{}
	for _, entry := range list {
		fields, _ := entry.(map[string]any)
		for key, value := range fields {
			inner, _ := value.(map[string]any)
			m, ok := amountOf(inner)
			if !ok {
				continue
			}
			key += " " + m.Currency
			if sum, err := money.Of(totals[key].Minor, m.Currency).Add(m); err == nil {
				totals[key] = sum
			}
		}
	}
	for _, sum := range totals {
		put(&f.amounts, canonical(sum.Abs().Decimal()))
	}
}

// amountOf reads the JSON form of a money.Amount.
func amountOf(x map[string]any) (money.Amount, bool) {
	minor, isNumber := x["minor"].(float64)
	currency, isText := x["currency"].(string)
	return money.Of(int64(minor), currency), isNumber && isText
}

// HasAmount says whether an amount, in any way of writing it, is known.
func (f *Facts) HasAmount(text string) bool {
	for _, q := range find(plain(text)) {
		if q.kind == Amount || q.kind == Number {
			return f.amounts[q.value]
		}
	}
	return false
}

// Unsupported returns the claims of a text that nothing supports, in their order.
func (f *Facts) Unsupported(text string) []Claim {
	text = plain(text)
	var list []Claim
	for _, q := range find(text) {
		if !f.supports(q) || q.kind == Amount && f.misplaced(text, q) {
			list = append(list, Claim{q.kind, q.text})
		}
	}
	for _, link := range links(text) {
		if !f.links[link] {
			list = append(list, Claim{Link, link})
		}
	}
	if phrase := f.movement(text); phrase != "" {
		list = append(list, Claim{Movement, phrase})
	}
	return list
}

func (f *Facts) supports(q quantity) bool {
	switch q.kind {
	case Amount:
		return f.amounts[q.value]
	case Ending:
		return f.endings[q.value]
	case Date:
		return f.knowsDay(q.day) || q.other != (day{}) && f.knowsDay(q.other)
	case Unknown:
		return f.placeholders[q.value]
	}
	return q.free || f.numbers[q.value] || f.amounts[q.value] || f.endings[q.text]
}

func (f *Facts) knowsDay(d day) bool {
	for known := range f.days {
		if known.month == d.month && (known.day == d.day || d.day == 0) && (known.year == d.year || known.year == 0 || d.year == 0) {
			return true
		}
	}
	return false
}

// Figures returns how many figures a text states.
func Figures(text string) int {
	n := 0
	for _, q := range find(plain(text)) {
		if !q.free {
			n++
		}
	}
	return n
}

// Covered says whether all figures of a text, of which there is at least one,
// are stated in another text as well.
func Covered(text, by string) bool {
	var known Facts
	known.AddText(by)
	return Figures(text) > 0 && len(known.Unsupported(text)) == 0
}
