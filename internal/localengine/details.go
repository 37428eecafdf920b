package localengine

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine/slots"
)

// Slots are the details of a request to see something.
type Slots struct {
	Account  string `json:"account,omitempty"`
	Merchant string `json:"merchant,omitempty"`
	Category string `json:"category,omitempty"`
	Period   Period `json:"period,omitzero"`
	Min      string `json:"min,omitempty"`
	Max      string `json:"max,omitempty"`
	Limit    int    `json:"limit,omitempty"`
	Offset   int    `json:"offset,omitempty"`
	Sort     string `json:"sort,omitempty"`
	Flow     string `json:"flow,omitempty"`
	// Measure is what is asked about them, other than the list or the sum.
	Measure string `json:"measure,omitempty"`
	// Compared is another period, whose spending is wanted beside that of Period.
	Compared Period `json:"compared,omitzero"`
}

// Period is a span of whole days, both inclusive, written 2006-01-02. An empty
// end is open.
type Period struct {
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// IsZero says whether there is no period.
func (p Period) IsZero() bool { return p == Period{} }

// arguments turns slots into what the bank's tools take.
func (s Slots) arguments() bank.TransactionsArgs {
	return bank.TransactionsArgs{
		Account: s.Account, Merchant: s.Merchant, Category: s.Category, From: s.Period.From, To: s.Period.To,
		MinAmount: bank.AmountText(s.Min), MaxAmount: bank.AmountText(s.Max), Limit: s.Limit, Offset: s.Offset,
	}
}

func (s Slots) list() bank.ListArgs {
	return bank.ListArgs{TransactionsArgs: s.arguments(), Sort: s.Sort, Flow: s.Flow}
}

func (s Slots) spending(by string) bank.SpendingArgs {
	return bank.SpendingArgs{By: by, TransactionsArgs: s.arguments(), CompareFrom: s.Compared.From, CompareTo: s.Compared.To}
}

// details reads what a message says about what it asks to see. Of several
// categories or merchants the others are in more.
func (m message) details(purpose slots.Purpose) (s Slots, more []Slots) {
	found := slots.Options{Purpose: purpose}.Find(m.text, m.now)
	s = Slots{Period: period(found, m.now), Account: m.account(found), Limit: found.Count.N}
	s.Min, s.Max = m.bounds(found)
	var all []Slots
	for _, name := range slices.Concat(found.Merchants, found.Payees) { // money also goes to people
		one := s
		one.Merchant = strings.TrimPrefix(name.Text, "the ")
		all = append(all, one)
	}
	for _, c := range found.Categories {
		if one := s; c.Name != "" {
			one.Category = c.Name
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		all = []Slots{s}
	}
	for i := range all {
		if purpose == slots.Spending {
			all[i] = m.figures(all[i], found)
		}
	}
	return all[0], all[1:]
}

// account is the only one that a message names. Of several none is: the answer
// is then about all of them.
func (m message) account(found slots.Slots) (name string) {
	for _, a := range found.Accounts {
		if a.Kind == "card" && a.Ending == "" || a.Theirs {
			continue
		}
		if is := accountName(a); name == "" || name == is {
			name = is
		} else {
			return ""
		}
	}
	return name
}

// accountName is what the bank finds an account by.
func accountName(a slots.Account) string {
	switch {
	case a.Ending != "":
		return a.Ending
	case a.Name != "":
		return a.Name
	}
	return a.Kind
}

// bounds are the least and the largest amount, in the customer's words. An amount
// without a bound is both.
func (m message) bounds(found slots.Slots) (least, most string) {
	for _, a := range found.Amounts {
		switch text := m.said(a); a.Bound {
		case slots.AtLeast:
			least = text
		case slots.AtMost:
			most = text
		default:
			if len(found.Amounts) == 1 {
				return text, text
			}
		}
	}
	return least, most
}

// said is an amount as the customer wrote it. The bank reads it again and says
// what is wrong with it.
func (m message) said(a slots.Amount) string { return m.text[a.Start:a.End] }

// period is the span of days that a message names, up to today.
func period(found slots.Slots, now time.Time) Period {
	from, to, ok := found.Range(now)
	if !ok {
		return Period{}
	}
	return upTo(now, from, to)
}

// upTo is a span of days without those to come.
func upTo(now, from, to time.Time) Period {
	if today := civil(now); to.After(today) && !from.After(today) {
		to = today
	}
	return Period{From: day(from), To: day(to)}
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// chatter is what people say before they go on.
var chatter = regexp.MustCompile(`^(?:(?:nice|ok|okay|great|cool|thanks|thank you|good|alright|hmm+|oh|ah|wow|well|so|lol|haha|perfect|awesome|got it|i see|interesting)[,.!]* )+`)

// goesFurther says whether a message goes on where the last one ended.
func (m message) goesFurther() bool {
	return following.MatchString(chatter.ReplaceAllString(m.folded, ""))
}

// followUp says whether a message continues the last request to see something, and
// with which details: those it names, and the old ones where it is silent.
func (m message) followUp(memory Memory) (Intent, Slots, bool) {
	is := memory.looking()
	if intent, s, ok := m.turned(memory); ok {
		return intent, s, true
	}
	if !listing(is) && is != Balance {
		return "", Slots{}, false
	}
	bare := m.onlyDetails()
	if m.complete() && !bare || moving(m.intent) || !m.goesFurther() && !bare && m.words() > shortest {
		return "", Slots{}, false
	}
	if undoing.MatchString(m.folded) {
		return "", Slots{}, false
	}
	now, _ := m.details(purposeOf(is))
	if everything.MatchString(m.folded) {
		memory.Slots = Slots{}
	}
	if is == Balance && len(slots.Find(m.text, m.now).Accounts) > 1 {
		return Balance, Slots{}, true
	}
	if is == Balance && now.Account == "" && cardOnly.MatchString(m.folded) {
		now.Account = string(bank.CardAccount)
	}
	if name := another.FindStringSubmatch(m.undated()); name != nil && listing(is) && memory.Slots.Merchant != "" && now.Merchant == "" && name[1] != now.Category {
		now.Merchant, now.Category = strings.TrimPrefix(name[1], "the "), "" // and blue door coffee?
	}
	if memory.Slots.Flow == cameIn && now.Flow == wentOut { // and going out?
		now.Category = ""
	}
	if now == (Slots{}) || is == Balance && now.Account == "" {
		return "", now, false
	}
	return is, memory.Slots.with(now), true
}

var (
	// undoing asks about an order that is carried out, not about the list of it.
	undoing    = regexp.MustCompile(`^(?:please |can you |can i |i want to )*(?:cancel|undo|stop|reverse|recall|take back)\b`)
	everything = regexp.MustCompile(`\beverything\b`)
)

// another names a further merchant behind one.
var another = regexp.MustCompile(`^(?:and|what about|how about)(?: at| in)? ([a-z][a-z0-9&' ]{2,30}?)[ ?.!]*$`)

// undated is the folded text without its dates and amounts.
func (m message) undated() string {
	return strings.Join(strings.Fields(fold(m.without(slots.Options{Purpose: slots.Spending}.Find(m.text, m.now)))), " ")
}

// onlyDetails says whether a message is a time or an amount and next to nothing
// else: the first week of november.
func (m message) onlyDetails() bool {
	found := slots.Options{Purpose: slots.Spending}.Find(m.text, m.now)
	return len(found.Dates)+len(found.Amounts) > 0 && len(strings.Fields(m.without(found))) <= 2
}

var cardOnly = regexp.MustCompile(`\b(?:the|my) (?:credit )?card[ ?.!]*$`)

// with are the details s where now has none.
func (s Slots) with(now Slots) Slots {
	for _, f := range []struct{ old, new *string }{
		{&s.Account, &now.Account}, {&s.Merchant, &now.Merchant}, {&s.Category, &now.Category},
	} {
		if *f.new != "" {
			*f.old = *f.new
		}
	}
	if now.Min != "" || now.Max != "" {
		s.Min, s.Max = now.Min, now.Max
	}
	if !now.Period.IsZero() {
		s.Period = now.Period
	}
	if now.Merchant != "" { // another merchant is another question than the old category
		s.Category = now.Category
	} else if now.Category != "" {
		s.Merchant = ""
	}
	if s.Sort = cmp.Or(now.Sort, s.Sort); s.Sort == "" || now.Limit > 0 {
		s.Limit = now.Limit
	}
	s.Flow, s.Measure, s.Compared, s.Offset = cmp.Or(now.Flow, s.Flow), cmp.Or(now.Measure, s.Measure), now.Compared, 0
	return s
}

// listing says whether an intent looks at transactions.
func listing(i Intent) bool { return i == Transactions || i == Spending }

func purposeOf(i Intent) slots.Purpose {
	if listing(i) {
		return slots.Spending
	}
	return slots.Anything
}

// groupBy says by what spending is to be added up.
func (m message) groupBy() string {
	for _, word := range []string{"merchant", "store", "shop ", "where"} {
		if strings.Contains(m.folded, word) {
			return "merchant"
		}
	}
	return "category"
}
