package localengine

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine/slots"
)

// What a question wants to know about transactions, beyond which they are.
const (
	howOften   = "count"
	onAverage  = "average"
	altogether = "total"
	unsettled  = "pending"
)

// The directions of money, as the bank calls them.
const (
	cameIn  = "in"
	wentOut = "out"
	spent   = "spent"
)

const (
	nouns      = `(purchases?|payments?|charges?|transactions?|expenses?|deposits?|transfers?|refunds?|bills?|orders?|buys?|debits?|thing)`
	bigOrSmall = `(biggest|largest|highest|greatest|priciest|most expensive|smallest|lowest|tiniest|cheapest|least expensive|top( \d+)?)`
)

var (
	// ranking asks for the largest or smallest of some transactions.
	ranking = regexp.MustCompile(`\b` + bigOrSmall + ` ([a-z0-9]+ ){0,2}` + nouns + `\b|\b` + nouns + ` (was|were|is|are) (the |my )*` + bigOrSmall + `\b`)
	// groups are what is added up, and not one transaction.
	grouped     = regexp.MustCompile(`\b(categor(y|ies)|merchants?|stores?|shops?)\b`)
	smallest    = regexp.MustCompile(`\b(smallest|lowest|tiniest|cheapest|least)\b`)
	rankOnly    = regexp.MustCompile(`^(?:and |what about |how about |what (?:was|is) )*(?:the |my )*` + bigOrSmall + `(?: ones?)?[ ?.!]*$`)
	bought      = regexp.MustCompile(`\b(purchases?|bought|buy)\b`)
	whenWas     = regexp.MustCompile(`^(?:and )?(?:when|where|what day|what date|on which day)(?: exactly| was (?:that|it|this)| did (?:that|it) happen)*[ ?.!]*$`)
	superlative = regexp.MustCompile(`\b` + bigOrSmall + `\b`)
	resort      = regexp.MustCompile(`^(?:please |can you |now )*(?:sort|order|rank)(?: (?:it|them|these|those|that))?(?: by)? ?(?:amount|size|price|value|largest|smallest|biggest)?\b|^(?:the )?(?:smallest|largest|biggest|lowest|highest|cheapest) (?:one |ones )?first\b`)
	single      = regexp.MustCompile(`\b(purchase|payment|charge|transaction|expense|deposit|transfer|refund|bill|order|buy|debit|thing)\b`)

	counting  = regexp.MustCompile(`^(?:so |and )*how (?:many times|often)\b.*\b(?:did|do|have|was|am|i|we)\b|^how many (?:transactions|purchases|payments|charges|orders|trips|visits|rides|coffees|deposits|refunds)\b.*\b(?:did|do|have|were|i|my)\b`)
	averaging = regexp.MustCompile(`\b(average|on average|typically|usually|normally)\b.*\b(spend|spending|pay|cost|purchase|price|groceries|coffee)\b|\b(spend|spending|pay|cost|purchase|price)\b.*\b(average|on average|typically|usually|normally)\b`)
	comparing = regexp.MustCompile(`^compare\b|\bcompared? (to|with)\b|\b(more|less|higher|lower)\b.*\bthan\b|\bversus\b|\bvs\b|\bdifference between\b`)
	spendish  = regexp.MustCompile(`\b(spend\w*|spent|expenses?|costs?|paid|pay|outgoings|bought|buy)\b`)
	inTotal   = regexp.MustCompile(`\b(in total|altogether|total|sum|add (it|them|that) up|how much (is|was|were) (that|it|this|they|those))\b`)
	asList    = regexp.MustCompile(`^(?:please |can you |ok |and )*(?:show|list|see|give)(?: me)? (?:them|these|those|it|the (?:details|list|transactions|payments|purchases))\b|^which (?:ones?|were they|are they|payments|purchases)\b|^what (?:were|are) (?:they|those)\b`)
	further   = regexp.MustCompile(`^(?:please |can you |can i |and |show |see |give |list |me |get |go |any |some |the )*(?:(\d+|two|three|five|ten) )?(?:more|next|rest|older|earlier|others?|before (?:that|those|these|them)|continue)(?: (?:ones?|page|please|of them|transactions|payments|\d+|(?:before|than) (?:that|those|these|them)))*[ ?.!]*$`)

	sumOf    = regexp.MustCompile(`\bhow much\b`)
	incoming = regexp.MustCompile(`\b(deposits?|deposited|money in|com(e|ing|es) in|came in|incoming|received?|receive|refunds?|refunded|credits|sent me|paid me|pay me|money back)\b`)
	outgoing = regexp.MustCompile(`\b(money out|go(es|ing)? out|went out|outgoing|withdrawals?|debits|i (already |ever |just )?(sen[dt]|transfer(red)?|gave|give|wired?))\b`)
	refunded = regexp.MustCompile(`\b(refunds?|refunded|money back)\b`)
)

// The patterns above cost more than the words that they need, so that these are
// looked for first.
func ranks(text string) bool {
	return hasAny(text, "est", "top ", "expensive") && ranking.MatchString(text)
}

func averages(text string) bool {
	return hasAny(text, "average", "typically", "usually", "normally") && averaging.MatchString(text)
}

func compares(text string) bool {
	return hasAny(text, "compar", "than", "versus", "vs", "difference") && comparing.MatchString(text)
}

func hasAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

// figures reads what a question wants to know about the transactions that s
// describes.
func (m message) figures(s Slots, found slots.Slots) Slots {
	s = m.ranked(s)
	if s.Sort == "" {
		s = m.directed(s)
	}
	switch {
	case counting.MatchString(m.folded):
		s.Measure = howOften
	case averages(m.folded):
		s.Measure = onAverage
		if s.Period.IsZero() {
			s.Period = lastMonths(m.now, 3)
		}
	case s.Flow != "" && sumOf.MatchString(m.folded):
		s.Measure = altogether
	}
	if compares(m.folded) {
		s = m.compare(s, found)
	}
	return s
}

// ranked reads whether the largest or the smallest are wanted, and how many.
func (m message) ranked(s Slots) Slots {
	alone := rankOnly.MatchString(m.folded)
	switch {
	case ranks(m.folded) && !grouped.MatchString(m.folded), alone, resort.MatchString(m.folded):
		s.Sort, s.Flow = "largest", m.flowOf()
		if s.Limit == 0 && (alone || single.MatchString(m.folded)) {
			s.Limit = 1
		}
	case superlative.MatchString(m.folded) && s.Category+s.Merchant != "" && !grouped.MatchString(m.folded), mostAtOnce.MatchString(m.folded):
		s.Sort, s.Flow, s.Limit = "largest", spent, max(s.Limit, 1)
	default:
		return s
	}
	if smallest.MatchString(m.folded) {
		s.Sort = "smallest"
	}
	return s
}

// directed reads whether money that came in or went out is meant, and what of it.
func (m message) directed(s Slots) Slots {
	if sent := wasSent.FindStringSubmatch(m.folded); sent != nil && s.Merchant == "" {
		s.Merchant = sent[2]
	}
	switch {
	case wentThrough.MatchString(m.folded):
		s.Limit = 1
	case pendingOnes.MatchString(m.folded):
		s.Measure = unsettled
	case refunded.MatchString(m.folded):
		s.Flow, s.Merchant = cameIn, orDefault(s.Merchant, "refund")
	case incoming.MatchString(m.folded):
		s.Flow = cameIn
	case outgoing.MatchString(m.folded):
		s.Flow = wentOut
	case bought.MatchString(m.folded):
		s.Flow = spent
	}
	return s
}

// flowOf is where the money goes in what a ranking is about.
func (m message) flowOf() string {
	switch {
	case incoming.MatchString(m.folded):
		return cameIn
	case purchases.MatchString(m.folded):
		return spent
	case outgoing.MatchString(m.folded) || payments.MatchString(m.folded):
		return wentOut
	}
	return ""
}

var (
	purchases = regexp.MustCompile(`\b(purchases?|charges?|expenses?|orders?|buys?|bought|thing|spen[dt])\b`)
	payments  = regexp.MustCompile(`\b(payments?|transfers?|bills?)\b`)
)

// compare finds the two periods of a comparison. Where only one is named, the
// other is the one that goes with it: last month is compared with this one.
func (m message) compare(s Slots, found slots.Slots) Slots {
	var spans []Period
	for _, d := range found.Dates {
		if !d.From.IsZero() {
			spans = append(spans, upTo(m.now, d.From, d.To))
		}
	}
	switch now := thisMonth(m.now); {
	case len(spans) == 0, len(spans) == 1 && spans[0].From == now.From:
		s.Period, s.Compared = now, lastMonths(m.now, 1)
	case len(spans) == 1:
		s.Period, s.Compared = m.counterpart(spans[0]), spans[0]
	default:
		s.Period, s.Compared = spans[0], spans[1]
	}
	return s
}

// counterpart is the period that one named alone is compared with: the one that
// today is in, of the same length, or the month before this one.
func (m message) counterpart(p Period) Period {
	from, to := p.days()
	switch length := to.Sub(from).Hours() / 24; {
	case length < 1:
		return Period{day(civil(m.now)), day(civil(m.now))}
	case length < 8:
		monday := civil(m.now).AddDate(0, 0, -(int(m.now.Weekday())+6)%7)
		return Period{day(monday), day(civil(m.now))}
	case length > 300:
		return Period{day(time.Date(m.now.Year(), 1, 1, 0, 0, 0, 0, time.UTC)), day(civil(m.now))}
	}
	return thisMonth(m.now)
}

// days are the first and the last day of a period.
func (p Period) days() (from, to time.Time) {
	from, _ = time.Parse(time.DateOnly, p.From) // days that were written by day
	to, _ = time.Parse(time.DateOnly, p.To)
	return from, to
}

func civil(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func thisMonth(now time.Time) Period {
	return Period{day(time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)), day(civil(now))}
}

// lastMonths are the latest whole months.
func lastMonths(now time.Time, n int) Period {
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	return Period{day(first.AddDate(0, -n, 0)), day(first.AddDate(0, 0, -1))}
}
