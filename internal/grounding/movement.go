package grounding

import (
	"regexp"
	"strings"
)

// In every language that customers are answered in, somebody who says that they
// have moved money has the words for it in this order: who, has, done.
var (
	done = `(?:sent|transferr?ed|moved|paid|wired|deposited|withdrawn|withdrew|credited|debited|refunded|reversed|executed|froze|frozen|unfroze|unfrozen|` +
		`blocked|unblocked|locked|unlocked|cancell?ed|scheduled|submitted|processed|completed|initiated|filed|opened|disputed|confirmed|made|gone\s+through|finali[sz]ed|settled|posted)`
	adverbs = `(?:\s+(?:just|now|already|also|successfully|gone\s+ahead\s+and|went\s+ahead\s+and|been\s+able\s+to))*`
	// money and what it is moved by
	things = `(?:\b(?:transfers?|payments?|rent|money|funds|amount|bill|transaction|dispute|request|card|refund|deposit|withdrawal|order)\b|[$€£¥]\s?\d[\d.,]*|\b\d[\d.,]*\s?(?:dollars|bucks|euros|usd)\b)`

	// firstPerson is never true of a model: it can only propose.
	firstPerson = regexp.MustCompile(`(?i)\b(?:i|we)(?:['’]ve|\s+have)?` + adverbs + `\s+` + done + `\b`)
	// elsewhere is the same in other languages.
	elsewhere = regexp.MustCompile(`(?i)\b(?:he|hemos)\s+(?:transferido|enviado|pagado|movido|realizado|bloqueado|congelado)\b|` +
		`\b(?:j['’]ai|nous\s+avons)\s+(?:bien\s+)?(?:transféré|envoyé|payé|viré|effectué|bloqué)|` +
		`\b(?:ich\s+habe|wir\s+haben)\b[^.!?]{0,60}(?:überwiesen|gesendet|bezahlt|gesperrt|ausgeführt)|` +
		`\b(?:transferi|enviei|paguei)\b|` +
		`(?:transferencia|pago|dinero|virement|paiement|überweisung|zahlung|transferência)[^.!?]{0,40}\b(?:ha\s+sido|fue|se\s+ha|a\s+été|wurde|foi)\b`)
	// passive is true only of what was read as past.
	passive = regexp.MustCompile(`(?i)` + things + `[^.!?]{0,60}?\b(?:has|have|had|is|are|was|were)(?:\s+(?:now|just|already|all))*\s+(?:been\s+)?(?:successfully\s+)?` +
		`(?:` + done + `|complete|done|successful|on\s+(?:its|the)\s+way|in\s+progress|underway|all\s+set)\b|` +
		`\bsuccessfully\s+` + done + `\b|` + things + `\s+(?:went\s+through|succeeded|is\s+complete|complete[.!])`)
	// exclaimed is a bare announcement, headline one above an entry.
	exclaimed = regexp.MustCompile(`(?i)(?:^|[.!?:]\s+|\n)\s*(?:all\s+)?(?:done|sent|transferred|paid|completed?)\s*(?:[.!]|—|-|$)|` +
		`(?:^|[.!?:]\s+|\n)\s*(?:all\s+)?done,|\b(?:taken\s+care\s+of|consider\s+(?:it|that|this)\s+(?:done|sent|paid))\b`)
	headline = regexp.MustCompile(`(?i)\b(?:transfer|payment|transaction)\s+(?:successful|completed?|confirmed|sent)\b`)

	negated     = regexp.MustCompile(`(?i)\b(?:not|never|nothing|no|neither|nor|haven['’]t|hasn['’]t|isn['’]t|wasn['’]t|weren['’]t|aren['’]t|cannot|can['’]t|didn['’]t|until|unless|once|when|if|whether|after|before|while|as\s+soon\s+as)\b[^.!?]{0,80}$`)
	negatedThen = regexp.MustCompile(`(?i)\b(?:not|never|no|until|unless|once|when|if|whether|while|after|before|can|may|might|\w+n['’]t|cannot)\b`)
	sentenceEnd = regexp.MustCompile(`[.!?]\s|\n`)
)

// stems are parts of words of which each form needs one, in small letters; texts
// without any are most texts.
var stems = []string{
	"sent", "transfer", "moved", "paid", "wired", "deposit", "withdr", "credited", "debited", "refund", "revers", "execut", "froze", "lock", "cancel",
	"schedul", "submit", "process", "complete", "initiat", "filed", "opened", "disput", "confirm", "made", "gone", "went", "finali", "settle", "posted",
	"done", "taken", "success", "succeeded", "way", "progress", "underway", "all set",
	"enviado", "pagado", "movido", "realizado", "bloqueado", "congelado", "envoy", "payé", "viré", "effectué", "bloqué",
	"überwiesen", "gesendet", "bezahlt", "gesperrt", "ausgeführt", "enviei", "paguei", "pago", "dinero", "virement", "paiement", "überweisung", "zahlung", "transferência",
}

// movement returns the words with which a text says that money has moved, or an
// order was carried out, while it wasn't.
func (f *Facts) movement(text string) string {
	if !containsAny(strings.ToLower(text), stems) {
		return ""
	}
	for _, form := range []*regexp.Regexp{firstPerson, elsewhere, exclaimed} {
		if phrase := f.claimed(form, text); phrase != "" {
			return phrase
		}
	}
	if f.history {
		return ""
	}
	for _, form := range []*regexp.Regexp{passive, headline} {
		if phrase := f.claimed(form, text); phrase != "" && !(f.cards && cardState.MatchString(phrase)) {
			return phrase
		}
	}
	return ""
}

// cardState is a statement about a card as it is.
var cardState = regexp.MustCompile(`(?i)\bcards?\b[^.!?]*\b(?:is|are)\b[^.!?]*\b(?:frozen|unfrozen|blocked|locked|unlocked)\b`)

// claimed returns the first match that isn't denied or made to depend on
// something in its own sentence: "nothing has been sent", "once it was sent".
func (f *Facts) claimed(form *regexp.Regexp, text string) string {
	for _, m := range form.FindAllStringIndex(text, -1) {
		before := text[:m[0]]
		if ends := sentenceEnd.FindAllStringIndex(before, -1); len(ends) > 0 {
			before = before[ends[len(ends)-1][1]:]
		}
		phrase := text[m[0]:m[1]]
		if !negated.MatchString(before+" ") && !negatedThen.MatchString(phrase) && !f.general(before, phrase) {
			return phrase
		}
	}
	return ""
}

var (
	ofAny    = regexp.MustCompile(`(?i)\b(?:an?|any|each|every)\s(?:[\w*]+\s)?\**$`)
	past     = regexp.MustCompile(`(?i)\b(?:has|have|had|was|were)\b`)
	relative = regexp.MustCompile(`(?i)\b(?:that|which)\s$`)
)

// general says whether a phrase is about how things are and not about what has
// happened: "a transfer is sent at night", or "a card that we have canceled"
// where an article says just that.
func (f *Facts) general(before, phrase string) bool {
	if ofAny.MatchString(before) && (!past.MatchString(phrase) || strings.Contains(f.texts, strings.ToLower(phrase))) {
		return true
	}
	return relative.MatchString(before) && strings.HasPrefix(strings.ToLower(phrase), "we ") &&
		strings.Contains(f.texts, strings.ToLower("that "+phrase))
}

// ordering are the words of somebody who speaks about an order that waits.
var ordering = regexp.MustCompile(`(?i)\b(?:send|sending|sent|transfer\w*|move|moving|moved|pay|paying|paid|payments?|wire|freez\w*|froze\w*|unfreez\w*|unfroze\w*|disput\w*|confirm\w*|block\w*|lock\w*|done|complete\w*)\b`)

// SpeaksOfOrder says whether a text may be about moving money, freezing a card or
// disputing a charge, done or not.
func SpeaksOfOrder(text string) bool { return ordering.MatchString(text) }
