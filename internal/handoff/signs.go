package handoff

import (
	"regexp"
	"slices"
	"strings"
)

// MaxFailures is how many messages in a row may go without an answer before a
// person is asked for.
const MaxFailures = 3

// Signs are words with which a customer shows that the assistant is not enough.
var (
	// wanted asks for a person in so many words, whatever else a message says. Who
	// "a person" is depends on the verb before: money is sent to persons, too.
	wanted = regexp.MustCompile(`(?i)\b(?:` + strings.Join([]string{
		`(?:want|need|prefer|give me|get me|like|demand|where is|is there|there) ` + article + people,
		`(?:speak|talk|chat|spoken|talking|speaking|chatting) (?:to|with) (?:` + article + people + `|someone|somebody)`,
		`(?:connect|transfer|switch|pass|put|hand) (?:me|us|this)(?: through| over| on)? (?:to|with) (?:` + article + people + `|someone|somebody)`,
		`help (?:from|by|of) ` + article + people, `(?:human|person|agent|representative),? please`,
		`hablar con (?:un|una|el|la) ?(?:agente|persona|humano|asesora?|representante|operadora?)`,
		`parler (?:à|a|avec) (?:un|une) (?:conseill(?:er|ère)|personne|agent|humain)`,
		`mit (?:einem|einer|jemandem) ?(?:menschen|mitarbeiter(?:in)?|berater(?:in)?|echten menschen)? ?(?:sprechen|reden|chatten)`,
		`falar com (?:um|uma) (?:atendente|pessoa|humano|agente)`,
	}, "|") + `)\b`)
	frustrated = regexp.MustCompile(`(?i)\b(` + strings.Join([]string{
		`(you|this|that|it)('?s| is|'?re| are)? (so |just |completely |totally |absolutely )?(useless|worthless|hopeless|ridiculous|a joke|no help|not help(ing|ful)|getting me nowhere)`,
		`(waste|wasting) (of )?my time`, `(stupid|dumb|useless|damn|idiotic) (ro)?bot`, `i('?m| am) (so |really |very |getting )?(frustrated|fed up|sick of this)`,
		`i('?ve| have)? (already )?(told|asked|said)( you)?( this)? (that )?(already|before|twice|(two|three|four|five|many|a hundred|\d+) times)`,
		`(for|is|'s) the (third|fourth|fifth|tenth|last|hundredth|umpteenth) time`, `why (don'?t|can'?t|won'?t) you (just )?(understand|listen|get it)`,
		`you (still )?(just )?(don'?t|do not) (get it|understand (me|anything))`, `get me out of (here|this (bot|chat))`,
	}, "|") + `)\b`)
	legal = regexp.MustCompile(`(?i)\b(` + strings.Join([]string{
		`my (lawyer|attorney|solicitor)s?`, `(a|an|the) (lawyer|attorney|solicitor) (will|is|says|told)`, `i('?ll| will| am going to|'?m going to)? sue (you|this|the)`,
		`(take|taking) (you|legal action)( to court)?`, `legal action`, `small claims`, `subpoena`,
		`(complain|complaint|report you|reporting you) (to|with) the (cfpb|regulator|ombudsman|fca|occ|fdic|bbb|attorney general)`,
	}, "|") + `)\b`)
	disputed = regexp.MustCompile(`(?i)\b(dispute|disputing|chargeback)\b`)
)

const (
	article = `(?:to (?:speak|talk) (?:to|with) )?(?:an?|some|the|your|another|one of your)?(?: ?(?:real|live|actual|human))* ?`
	people  = `(?:human(?: being)?|person|people|agent|representative|rep|advis[eo]r|operator|manager|supervisor)`
)

// AsksForPerson says whether a message asks for a person in so many words. "A
// person's name" is none.
func AsksForPerson(text string) bool {
	for _, m := range wanted.FindAllStringIndex(text, -1) {
		if rest := text[m[1]:]; !strings.HasPrefix(rest, "'s") && !strings.HasPrefix(rest, "’s") {
			return true
		}
	}
	return false
}

// WordsOf returns the reason for a person that a message's own words give, or "".
func WordsOf(text string) Reason {
	switch {
	case legal.MatchString(text):
		return Legal
	case frustrated.MatchString(text):
		return Frustration
	}
	return ""
}

// FraudOrDispute tells a disputed payment from fraud by a message's words.
func FraudOrDispute(text string) Reason {
	if disputed.MatchString(text) {
		return Dispute
	}
	return Fraud
}

// back are the messages with which a customer returns to the assistant. They must
// say nothing else, because in between they are words to a person.
var back = []string{
	"back to the assistant", "back to assistant", "go back to the assistant", "back to the bot", "go back to the bot", "back to bot",
	"return to the assistant", "return to the bot", "talk to the assistant", "talk to the bot", "cancel the handoff", "cancel the hand off",
	"stop waiting", "i dont want to wait", "i do not want to wait", "never mind the agent", "cancel the agent", "cancel waiting",
	"continue with the assistant", "continue with the bot",
}

// BackToAssistant says whether a message takes the conversation back.
func BackToAssistant(text string) bool {
	if len(text) > 80 {
		return false
	}
	text = strings.NewReplacer("'", "", "’", "", "please", "").Replace(strings.ToLower(text))
	words := strings.FieldsFunc(text, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return slices.Contains(back, strings.Join(words, " "))
}
