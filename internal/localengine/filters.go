package localengine

import (
	"regexp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine/intent"
)

// income are the details of a question about what was earned.
func (m message) income(s Slots) Slots {
	s.Category = "income"
	switch {
	case sumOf.MatchString(m.folded):
		s.Measure, s.Flow = altogether, cameIn
	case s.Limit == 0 && s.Period.IsZero():
		s.Limit = 3
	}
	return s
}

// mayFilter says whether a message that the classifier makes nothing of may be a
// filter of transactions: coffee last week over $5.
func (m message) mayFilter() bool {
	switch m.intent {
	case OutOfScope, Knowledge, Smalltalk, Unclear:
		return (!asks(m.folded) || landed.MatchString(m.folded)) && !moves.MatchString(m.folded) && !intent.MayOrder(m.folded)
	case Balance:
		return !balanceWords.MatchString(m.folded)
	}
	return false
}

// filters says whether details are enough to be a request by themselves: what for
// and when, or where and when in few words.
func (m message) filters(s Slots) bool {
	when, amount := !s.Period.IsZero(), s.Min+s.Max != ""
	switch {
	case landed.MatchString(m.folded), anythingAt.MatchString(m.folded):
		return s.Category+s.Merchant != ""
	case s.Category != "":
		return when || amount
	case s.Merchant != "":
		return when && amount || (when || amount) && m.words() <= fewWords
	}
	return false
}

// fewWords is how long a message may be that names a merchant and a time and
// nothing else.
const fewWords = 6

var (
	moves        = regexp.MustCompile(`\b(send|transfer|move|wire|pay|give|schedule|set|put|cancel|stop)\b`)
	recurring    = regexp.MustCompile(`^(?:what|which|show|list|my|all|do i have|any|how many|see|find)\b.*\b(?:subscriptions?|recurring|memberships|standing orders|direct debits|(?:monthly|regular) (?:payments|charges))\b`)
	payThat      = regexp.MustCompile(`^(?:ok |okay |yes |please |then |so |now |and |can you )*pay (?:it|that|this|them|that one|all of them)\b`)
	anythingAt   = regexp.MustCompile(`^(?:and |is there |do i have |show |show me |see |find |list )*(?:any|anything|something|everything|all|stuff) (?:from|at|to|with)\b`)
	movesAtAll   = regexp.MustCompile(`\b(send(ing)?|transfer\w*|mov(e|ing)|wir(e|ing)|pay(ing)?) .*(\$|\d|money|funds|bill|rent|payment|savings|cash)`)
	balanceWords = regexp.MustCompile(`\b(balances?|left|have|available|funds|money|cash|enough|afford|overdrawn)\b`)
	// landed asks whether something known by its name came in or went out.
	landed = regexp.MustCompile(`^(?:did|has|have|was|were|is) (?:my |the |our )?[a-z&' ]{2,30}? (?:go|gone|come|came|been|clear|cleared|hit|post|posted|land|landed|leave|left|get|taken|paid|arrived?|charged?)\b`)
)
