package slots

import "strings"

// accountWords are words for kinds of accounts, by the bank's names.
var accountWords = map[string]string{
	"checking": "checking", "checkings": "checking", "chequing": "checking", "checkin": "checking", "savings": "savings", "saving": "savings",
	"wallet": "wallet",
}

// OwnKind says whether a word is a kind of account.
func OwnKind(word string) bool { return accountWords[strings.ToLower(word)] != "" }

// findEndings reads account ending in 1234, card 1234, ...1234, so that the
// digits are no amount.
func (p *parser) findEndings() {
	for i := range p.tokens {
		digits, n := p.ending(i)
		if n == 0 || p.used[i] {
			continue
		}
		side := p.side(p.phraseStart(i))
		if p.is(i, "to") {
			side = Destination
		} else if p.is(i, "from") {
			side = Source
		}
		p.found.Accounts = append(p.found.Accounts, Account{Kind: p.kindBefore(i), Ending: digits, Side: side, Span: p.take(i, n)})
	}
}

// ending reads digits that end an account's number, from the word before them.
func (p *parser) ending(i int) (digits string, n int) {
	at := i
	switch {
	case p.is(i, "ending", "ends", "ended"):
		at++
		if p.is(at, "in", "with", "on") {
			at++
		}
	case p.is(i, "account", "acct", "card") && p.is(i+1, "#", "number", "no", "nr"):
		at += 2
	case p.is(i, "account", "acct", "card", "x", "*", "•", "#"):
		at++
	case p.is(i, "digits") && p.is(i-1, "0", "4", "four", "last"):
		at++
	case p.Purpose == Order && len(p.found.Accounts) > 0 && p.is(i, "to", "from") && len(p.at(i+1).digits) == 4: // from account 1234 to 5678
		return p.theOther(i)
	case len(p.at(i).text) == 5 && p.at(i).text[0] == 'x': // x1234
		return allDigits(p.at(i).text[1:]), 1
	default:
		return "", 0
	}
	for p.is(at, "*", "x", ".", "is", "are") {
		at++
	}
	t := p.at(at)
	if t.kind != number || t.suffix != "" || len(t.digits) < 3 || len(t.digits) > 6 || allDigits(t.digits) == "" || p.is(at+1, "$", "€", "£", "dollars", "bucks") {
		return "", 0
	}
	return t.digits, at - i + 1
}

// theOther reads the digits behind "to" or "from" where another account was
// called by its digits, too.
func (p *parser) theOther(i int) (digits string, n int) {
	if t := p.at(i + 1); t.suffix == "" && p.free(i+1) && currencies[p.at(i+2).text] == "" {
		return allDigits(t.digits), 2
	}
	return "", 0
}

func allDigits(s string) string {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return ""
		}
	}
	return s
}

// kindBefore is the kind of the account that an ending belongs to.
func (p *parser) kindBefore(i int) string {
	for j := i; j >= i-3; j-- {
		if kind := accountWords[p.at(j).text]; kind != "" {
			if p.free(j) {
				p.used[j] = true
			}
			return kind
		}
		if p.is(j, "card") {
			return "card"
		}
	}
	return ""
}

// findAccounts reads my savings, checking account, credit card.
func (p *parser) findAccounts() {
	for i := range p.tokens {
		kind, n := accountWords[p.at(i).text], 1
		if p.is(i, "current", "everyday") && p.is(i+1, "account") {
			kind = "checking"
		}
		if p.is(i, "credit", "debit") && p.is(i+1, "card") {
			kind, n = "card", 2
		}
		if kind == "" || p.used[i] || p.is(i-1, "for", "am", "i'm", "been", "be") && p.is(i, "saving", "checking") || p.is(i, "checking") && p.is(i+1, "on", "in", "my", "the", "if") {
			continue
		}
		if p.is(i+n, "account", "accounts") {
			n++
		}
		start := p.phraseStart(i)
		a := Account{Kind: kind, Side: p.side(start), Theirs: p.theirs(i, i+n)}
		a.Span = p.take(i, n)
		p.found.Accounts = append(p.found.Accounts, a)
	}
}

// partyEnds are words behind the name of an account.
var partyEnds = wordSet(`from to into for with using via please now today and then by instead account acct thanks on in at`)

// findParties reads accounts that an order calls by their names: from everyday,
// to my holiday fund. Kinds of accounts and people are left to others.
func (p *parser) findParties() {
	for i := range p.tokens {
		side := p.partySide(i)
		if side == Either {
			continue
		}
		start := i + 1
		if p.is(start, "my", "our", "the") {
			start++
		}
		n, kinds := 0, 0
		for n < maxName && p.free(start+n) && p.at(start+n).kind == word && !partyEnds[p.at(start+n).text] {
			if accountWords[p.at(start+n).text] != "" || p.is(start+n, "credit", "debit", "card", "current") {
				kinds++
			}
			n++
		}
		if n == kinds || kin[p.at(start).text] {
			continue
		}
		s := p.take(start, n)
		p.found.Accounts = append(p.found.Accounts, Account{Span: s, Name: p.text[s.Start:s.End], Side: side})
	}
}

// partySide says to which side of a movement the word at token i leads. Behind
// "to" alone people stand, and verbs.
func (p *parser) partySide(i int) Side {
	own := p.is(i+1, "my", "our", "the")
	switch {
	case !p.free(i):
		return Either
	case p.is(i, "from"), p.is(i, "of") && p.is(i-1, "out"), own && p.is(i, "using", "with"):
		return Source
	case own && p.is(i, "to", "into"):
		return Destination
	}
	return Either
}

// phraseStart goes back over the words that belong to an account.
func (p *parser) phraseStart(i int) int {
	for range 4 {
		if p.is(i-1, "my", "the", "our", "their", "his", "her", "your", "a", "another", "other", "different", "own", "account", "card", "main", "joint", "'s", "'") ||
			accountWords[p.at(i-1).text] != "" {
			i--
		} else if p.is(i, "'s", "'") && p.at(i-1).kind != 0 {
			i--
		} else {
			break
		}
	}
	return i
}

// side reads the word before an account.
func (p *parser) side(i int) Side {
	switch {
	case p.is(i-1, "from", "with", "using", "via", "through") || p.is(i-1, "of") && p.is(i-2, "out"):
		return Source
	case p.is(i-1, "to", "into", "towards", "onto") && p.movesEarlier(i), p.is(i-1, "in") && p.putsEarlier(i):
		return Destination
	case p.is(i-1, "for") && p.movesEarlier(i):
		return Destination
	}
	return Either
}

// movesEarlier says whether the words before token i move money.
func (p *parser) movesEarlier(i int) bool {
	for j := max(0, i-10); j < i; j++ {
		if p.is(j, "send", "transfer", "move", "wire", "sent", "deposit", "put", "from", "shift", "transferred", "top", "add") {
			return true
		}
	}
	return i <= 1
}

func (p *parser) putsEarlier(i int) bool {
	for j := max(0, i-8); j < i; j++ {
		if p.is(j, "put", "deposit", "place") {
			return true
		}
	}
	return false
}

// theirs says whether an account at tokens i to end is somebody else's.
func (p *parser) theirs(i, end int) bool {
	if p.is(end, "of", "belonging") && !p.is(end+1, "mine", "my", "the", "a", "this") && p.at(end+1).kind != number && p.at(end+1).kind != 0 {
		return !common[p.at(end+1).text]
	}
	if p.is(i-1, "a") && p.is(i-2, "to", "into") || p.capitalised(i-1) && i > 1 && p.free(i-1) {
		return true
	}
	if p.is(i-1, "their", "his", "her", "someone", "someones", "someone's", "else", "friend", "'s", "'") || p.is(i-2, "their", "his", "her") {
		return true
	}
	return false
}
