package localengine

import (
	"regexp"
	"strings"
)

// asAside is the answer to words that ask for nothing here: in another language, of
// annoyance, a secret told, or about somebody else's money. It is empty for others.
func (m *message) asAside() string {
	whose := others.FindStringSubmatch(m.folded)
	switch {
	case whose != nil && !ownTimes[whose[1]] && !moving(m.intent) && !strings.Contains(m.folded, "rate"):
		m.intent = Balance
		return "I can only show you your own accounts. Ask me \"what's my balance?\" for those."
	case secret.MatchString(m.folded):
		m.intent = Knowledge
		return "Please never write a password, PIN or code here or to anybody. If it may be known to somebody now, change it right away: PINs on the Cards page, passwords under Profile."
	case understood(m.intent) && m.intent != Greeting && m.intent != Unsure:
		return ""
	case annoyed.MatchString(m.folded):
		m.intent = Smalltalk
		return "I'm sorry that this is frustrating. Tell me in a few words what you need, or write \"human\" and a person takes over."
	}
	reply := foreign(m.folded)
	if reply != "" {
		m.intent = Smalltalk
	}
	return reply
}

var (
	annoyed  = regexp.MustCompile(`\b(this|it|that|you|bot|app|thing)\b.*\b(sucks?|useless|terrible|awful|ridiculous|stupid|annoying|horrible|garbage|trash|worthless|frustrating|a joke)\b|\b(ugh+|argh+|screw (?:you|this))\b|\bf(?:uck|\*+|u\*+k?|\*+k) (?:you|off|this|it)\b`)
	others   = regexp.MustCompile(`^(?:please |can you |hey )*(?:show|what|what's|tell|give|list|how much|check|see)\b.*\b([a-z]{3,}'s|his|her|their) (?:balance|account balance|accounts?|savings|checking|money|transactions|purchases|spending)\b`)
	ownTimes = wordList("today's yesterday's month's week's account's card's what's that's it's let's there's who's where's how's")
	secret   = regexp.MustCompile(`\bmy (password|pin|passcode|pin code|security code|login) is\b.*\w`)
)
