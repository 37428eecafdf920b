package localengine

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxRead bounds how much of a message is looked at; requests are short.
const maxRead = 1000

// normalise folds a message to lower case, plain spaces and plain apostrophes.
func normalise(text string) string {
	text = strings.ToLower(norm.NFKC.String(text))
	text = strings.NewReplacer("’", "'", "what's", "what is", "how's", "how is", "i'm", "i am", "i've", "i have").Replace(text)
	text = strings.Join(strings.FieldsFunc(text, unicode.IsSpace), " ")
	if len(text) > maxRead {
		text = strings.ToValidUTF8(text[:maxRead], "")
	}
	return text
}

// rule gives an intent to messages that match.
type rule struct {
	intent  Intent
	pattern *regexp.Regexp
}

func rules(pairs ...string) []rule {
	var list []rule
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, rule{Intent(pairs[i]), regexp.MustCompile(pairs[i+1])})
	}
	return list
}

// general are questions about how things work. They come before the requests,
// so that "how do I transfer money" is explained and never taken for an order.
var general = regexp.MustCompile(`^(how (do|does|can|could|should|would|long|often|far|soon)\b|what (is|are) (the|a|an|your)\b|` +
	`what (happens|should i do|do i (do|need))|why\b|when (do|does|will|can|is|are)\b|where (do|can|is)\b|(can|could|may|am) i\b|` +
	`is (it|there|my money)\b|are there\b|do (i|you) (need|have|charge|offer|support)\b|does\b|which\b|explain\b|tell me (about|how)\b|who\b)`)

// ownData are words that make a question one about the customer's own figures.
var ownData = regexp.MustCompile(`\b(my|i|me)\b.*\b(balances?|spen[dt]|spending|transactions?|purchases?|payments?)\b|` +
	`\b(balances?|spen[dt]|transactions?)\b.*\b(my|i|me)\b|how much (money )?(do i have|is (in|left)|have i|did i)`)

// service are words for what the company offers; the articles know about it.
var service = regexp.MustCompile(`\b(fees?|limits?|export|direct deposit|set up|deposit (a |my )?che(ck|que)s?|interest rates?|apy|charge (for|me for))\b|\byou charge\b`)

// ownNumber asks for the number itself, not for how such numbers work.
var ownNumber = regexp.MustCompile(`\b(what is|what are|tell me|show me|give me|i need|see|know)\b.*\bmy\b`)

// politely are openings of an order that look like those of a question.
var politely = regexp.MustCompile(`^(can|could|would|will) you\b|^i (lost|can't find)|\b(was|is|got|been) (stolen|lost|missing)\b|\bplease\b`)

// requests are tried in order; the first that matches wins.
var requests = rules(
	"human", `\b(human|real person|(speak|talk|chat)\b.*\b(person|someone|somebody|agent|representative|advisor|human)|live (agent|chat|person)|customer (service|support) (agent|rep))\b`,
	"dispute_fraud", `\b(fraud(ulent)?|scam(med)?|hacked|unauthori[sz]ed|stole[n]? (my )?(money|identity)|(did ?n'?t|did not|never) (make|authori[sz]e|do) (this|that|it|these|those|a)|do(n'?t| not) recogni[sz]e|dispute (a|this|that|the|my))\b`,
	"account_numbers", `\b(account|routing|aba|iban) (and routing |and account )?numbers?\b`,
	"freeze_card", `\b((un)?(freeze|lock|block|suspend)\b.*\bcard|(thaw|reactivate)\b.*\bcard|(lost|stolen|stole|lose|missing)\b.*\bcard|card\b.*\b(lost|stolen|stole|missing))`,
	"spending_summary", `\b(how much (money )?(did|have|do|was) i spen[dt]|how much (did|have) i (spend|spent|paid|pay)|spending|what (did|have|do) i spen[dt]|expenses|where (did|does|is) my money (go|going))`,
	"transfer_money", `^(please |can you |could you |i (want|need|would like|'d like) to |i wanna |go ahead and |now )*(transfer|send|move|wire|give)\b`,
	"pay_bill", `^(please |can you |could you |i (want|need|would like|'d like) to |i wanna |go ahead and |now )*pay\b`,
	"bill_info", `\b(bills?\b.*\b(due|owe|upcoming|have|coming up)|(due|owe|upcoming|list|show|what) .*\bbills?)\b`,
	"limits", `\blimits?\b.*\b(left|remaining|today|my)\b|\b(my|left|remaining)\b.*\blimits?\b`,
	"cards", `\b(show|list|what|which)\b.*\bmy cards\b|\bis my\b.*\bcard (frozen|active|locked)\b`,
	"payees", `\b(payees|(who|whom) can i (send|pay))\b`,
	"transactions", `\b(transactions?|purchases?|charges?|activity|statement lines?|payments i (made|received)|(what|when|where) did i (buy|pay)|did i (buy|pay|get paid|receive)|refunds?|deposits?|paychecks?)\b`,
	"balance", `\b(balances?|how much (money )?(do i have|have i|is (in|left|there|on))|(money|funds|cash) (is |are )?(left|available|in my)|what do i have|accounts?\b.*\b(have|list|show)|(show|list|what are)\b.*\baccounts?)\b`,
)

// courtesies are whole messages.
var courtesies = rules(
	"greeting", `^(hi|hello|hey|hiya|howdy|good (morning|afternoon|evening)|greetings)( there| again| everyone)?[ !.,]*$`,
	"thanks", `^(ok |okay |great |perfect |cool )?[,! ]*(thanks?( you)?|thx|cheers|much appreciated|appreciate it)( so much| very much| a lot| again| for (your|the) help)?[ !.]*$`,
	"confirm_yes", `^(yes|yep|yeah|yup|confirm|sure|go ahead|do it|ok|okay)( please)?[ !.]*$`,
	"confirm_no", `^(no|nope|cancel|stop|never ?mind|forget it|don't)( (it|that|thanks|please))?[ !.]*$`,
	"goodbye", `^(bye( bye)?|goodbye|see (you|ya)( later)?|good night|that is all|that will be all|have a (good|nice|great) (day|evening|one))[ !.]*$`,
	"capabilities", `^(help|menu|what can (you|i) (do|ask)( you| for me| here| about)?|what do you do|who are you|what are you( able to do)?|how can you help( me)?)[ ?!.]*$`,
)

// classify says what a normalised message asks for.
func classify(text string) Intent {
	if !meaningful(text) {
		return Unclear
	}
	if intent, ok := first(courtesies, text); ok {
		return intent
	}
	about := general.MatchString(text)
	intent, ok := first(requests, text)
	switch {
	case !ok:
		return Knowledge
	case intent == Fraud && strings.HasPrefix(text, "how "):
		return Knowledge // how it is done; who asks what to do about a theft gets help at once
	case intent == Numbers && about && !ownNumber.MatchString(text):
		return Knowledge
	case intent == Numbers || intent == Limits || intent == Bills || intent == Cards || intent == Payees:
		return intent
	case (intent == Transfer || intent == PayBill || intent == FreezeCard) && howToMove.MatchString(text) && !politely.MatchString(text):
		return Knowledge
	case service.MatchString(text) && (intent == Transactions || intent == Balance):
		return Knowledge
	case about && intent != Human && intent != Fraud && !ownData.MatchString(text):
		return Knowledge
	case about && (intent == Transfer || intent == PayBill):
		return Knowledge
	}
	return intent
}

func first(list []rule, text string) (Intent, bool) {
	for _, r := range list {
		if r.pattern.MatchString(text) {
			return r.intent, true
		}
	}
	return "", false
}

// meaningful refuses messages without a word, and strings of letters that no
// word looks like.
func meaningful(text string) bool {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len([]rune(word)) >= 2 && (!ascii(word) || strings.ContainsAny(word, "aeiouy")) && len(word) <= 24 {
			return true
		}
	}
	return false
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// following are openings of a message that goes on where the last one ended.
var following = regexp.MustCompile(`^(and|what about|how about|also|only|just|same (for|with)|now|or|but|show( me)?|in|on|at|for|from|last|this|yesterday|today|over|under)\b`)

// followUp says whether a message continues the last request, and with which
// details: those it names, and the old ones where it is silent.
func followUp(text string, intent Intent, now Slots, m Memory) (Slots, bool) {
	if m.Intent == "" || now == (Slots{}) || intent != Knowledge && intent != Unclear {
		return now, false
	}
	if !following.MatchString(text) && len(strings.Fields(text)) > 4 {
		return now, false
	}
	s := m.Slots
	if m.Intent == Balance && now.Account == "" {
		return now, false
	}
	for _, f := range []struct{ old, new *string }{
		{&s.Account, &now.Account}, {&s.Merchant, &now.Merchant}, {&s.Category, &now.Category}, {&s.Min, &now.Min}, {&s.Max, &now.Max},
	} {
		if *f.new != "" {
			*f.old = *f.new
		}
	}
	if !now.Period.IsZero() {
		s.Period = now.Period
	}
	if now.Merchant != "" { // another merchant is another question than the old category
		s.Category = now.Category
	} else if now.Category != "" {
		s.Merchant = ""
	}
	return s, true
}
