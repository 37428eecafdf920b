package guardrails

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// span is a piece of personal data at bytes start to end of a text.
type span struct {
	kind       string
	start, end int
	masked     string
	confidence float64
}

// detector finds one kind of personal data. find proposes, accept decides: it
// gets the candidate and what stands before it, and returns the confidence, zero
// to refuse.
type detector struct {
	kind   string
	find   func(text string) []place
	accept func(value, before string) float64
	mask   func(value string) string
}

// separator stands between the groups of a long number.
const separator = `[ \-.\x{2010}-\x{2015}\x{00a0}]?`

// detectors are in order of precedence: where two claim the same text, the
// first one has it.
var detectors = []detector{
	{"URL_CREDENTIALS", matching(`\b[a-zA-Z][a-zA-Z0-9+.-]*://([^\s/:@]+:[^\s/@]+)@`, 1), always(0.99), hide},
	{"API_KEY", matching(`\b((?:sk|pk|rk)[-_](?:live|test|proj)?[-_]?[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{30,}|AKIA[0-9A-Z]{16}|xox[abprs]-[A-Za-z0-9-]{10,}|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})`, 1), always(0.95), hide},
	{"EMAIL", matching(`[A-Za-z0-9][A-Za-z0-9._%+'-]*@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*\.[A-Za-z]{2,24}\b`, 0), always(0.99), maskEmail},
	{"CRYPTO", matching(`\b(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|0x[0-9a-fA-F]{40})\b`, 0), acceptCrypto, last4},
	{"IBAN", findIBANs, always(0.99), last4},
	{"CREDIT_CARD", findCards, always(0.98), last4},
	{"MAC_ADDRESS", matching(`\b[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}\b`, 0), always(0.95), hide},
	{"IP_ADDRESS", matching(`\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4}\b`, 0), acceptIP, hide},
	{"SSN", matching(`\d{3}`+separator+`\d{2}`+separator+`\d{4}`, 0), acceptSSN, last4},
	{"ITIN", matching(`9\d{2}`+separator+`\d{2}`+separator+`\d{4}`, 0), acceptITIN, last4},
	{"ABA_ROUTING", matching(`\d{9}`, 0), acceptABA, last4},
	{"DATE_OF_BIRTH", matching(`\b(?:\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d{2}|(?:19|20)\d{2}-\d{2}-\d{2}|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2},? (?:19|20)\d{2})\b`, 0), near(0.9, "born", "birth", "dob", "birthday", "d.o.b"), hide},
	{"PASSPORT", matching(`\b[A-Z]{0,2}\d{6,9}\b`, 0), near(0.85, "passport"), last4},
	{"DRIVERS_LICENSE", matching(`\b[A-Z]{0,3}\d[A-Z0-9-]{4,15}\b`, 0), near(0.85, "driver's licen", "drivers licen", "driving licen", "driver licen", "license number", "licence number"), last4},
	{"BANK_ACCOUNT", matching(`\d(?:`+separator+`\d){5,16}`, 0), near(0.85, "account number", "account no", "account #", "acct", "account is", "account:"), last4},
	{"PHONE", findPhones, acceptPhone, last4},
}

func always(confidence float64) func(string, string) float64 {
	return func(string, string) float64 { return confidence }
}

// near accepts a value only when one of the words stands shortly before it.
func near(confidence float64, words ...string) func(string, string) float64 {
	return func(_, before string) float64 {
		if mentions(before, words...) {
			return confidence
		}
		return 0
	}
}

func mentions(before string, words ...string) bool {
	before = strings.ToLower(before)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(before, w) })
}

// contextBytes is how much text before a candidate may explain it.
const contextBytes = 40

// mayHold is a cheap look at what almost every kind needs: a digit or an @.
func mayHold(text string) bool {
	return strings.ContainsAny(text, "0123456789@") || strings.Contains(text, "://") || strings.ContainsFunc(text, otherDigit)
}

// findPII returns the personal data in a text, in order and without overlaps.
func findPII(text string) []span {
	if !mayHold(text) {
		return nil
	}
	plain, offsets := straighten(text)
	var found []span
	taken := make([]bool, len(plain))
	for _, d := range detectors {
		for _, s := range d.scan(plain, taken) {
			found = append(found, s)
			for i := s.start; i < s.end; i++ {
				taken[i] = true
			}
		}
	}
	slices.SortFunc(found, func(a, b span) int { return a.start - b.start })
	for i := range found {
		found[i].start, found[i].end = offsets.original(found[i].start), offsets.original(found[i].end)
	}
	return found
}

// scan returns what one detector finds outside of what is taken. A value that
// is accepted once is accepted everywhere: the word that explains it stands only
// beside one of its mentions.
func (d detector) scan(text string, taken []bool) []span {
	var found, refused []span
	known := map[string]float64{}
	for _, p := range d.find(text) {
		if slices.Contains(taken[p.start:p.end], true) {
			continue
		}
		value := text[p.start:p.end]
		s := span{kind: d.kind, start: p.start, end: p.end, masked: d.mask(value)}
		if s.confidence = d.accept(value, text[max(0, p.start-contextBytes):p.start]); s.confidence == 0 {
			refused = append(refused, s)
			continue
		}
		known[value] = s.confidence
		found = append(found, s)
	}
	for _, s := range refused {
		if s.confidence = known[text[s.start:s.end]]; s.confidence > 0 {
			found = append(found, s)
		}
	}
	return found
}

// alone says whether a candidate is no part of a longer number.
func alone(text string, start, end int) bool {
	if isDigit(text[start]) && start > 0 && isDigit(text[start-1]) || isDigit(text[end-1]) && end < len(text) && isDigit(text[end]) {
		return false
	}
	return start < 2 || !isDigit(text[start]) || !(text[start-1] == '.' || text[start-1] == '-') || !isDigit(text[start-2])
}

// matches gives found spans their code-point offsets.
func matches(text string, found []span) []Match {
	list := make([]Match, 0, len(found))
	at, points := 0, 0
	for _, s := range found {
		points += utf8.RuneCountInString(text[at:s.start])
		length := utf8.RuneCountInString(text[s.start:s.end])
		list = append(list, Match{PIIType: s.kind, Start: points, End: points + length, MaskedValue: s.masked, Confidence: s.confidence})
		points += length
		at = s.end
	}
	return list
}

// mask replaces found spans by their masked values.
func mask(text string, found []span) string {
	if len(found) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, s := range found {
		b.WriteString(text[at:s.start])
		b.WriteString(s.masked)
		at = s.end
	}
	b.WriteString(text[at:])
	return b.String()
}

func hide(string) string { return "****" }

// last4 keeps the last four letters or digits, which people know their cards
// and accounts by.
func last4(value string) string {
	s := alphanumeric(value)
	return "****" + s[max(0, len(s)-4):]
}

func maskEmail(value string) string {
	name, domain, _ := strings.Cut(value, "@")
	return name[:1] + "***@" + domain
}

// phoneRegion is where numbers without a country code are.
const phoneRegion = "US"

func acceptPhone(value, before string) float64 {
	if strings.HasSuffix(before, "$") || strings.HasSuffix(before, "#") || !isPhone(value) {
		return 0
	}
	switch {
	case strings.HasPrefix(value, "+"), strings.ContainsAny(value, "()"):
		return 0.95
	case mentions(before, "call", "phone", "tel", "mobile", "cell", "text", "reach", "number", "fax", "contact"):
		return 0.9
	case strings.ContainsAny(value, "-. "):
		return 0.7
	}
	return 0 // ten digits in a row may be anything
}

// isPhone asks the numbering plans, about 14 microseconds, about a number that
// is international or could be one of North America.
func isPhone(value string) bool {
	digits := digitsOf(value)
	if rest, ok := strings.CutPrefix(value, "00"); ok {
		value = "+" + rest
	}
	if len(digits) < 7 || len(digits) > 15 || value[0] != '+' && !american(digits) {
		return false
	}
	number, err := phonenumbers.Parse(value, phoneRegion)
	return err == nil && phonenumbers.IsValidNumber(number)
}

// american looks at the shape of a number in the North American plan: ten
// digits, and neither area nor exchange begin with 0 or 1.
func american(digits string) bool {
	if len(digits) == 11 {
		digits = strings.TrimPrefix(digits, "1")
	}
	return len(digits) == 10 && digits[0] > '1' && digits[3] > '1'
}
