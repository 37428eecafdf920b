package slots

import (
	"slices"
	"strings"
)

// maxName is how many words a name has at the most.
const maxName = 5

// findNames reads merchants and people: what stands behind a word that leads to
// one, up to a word that can't be part of a name.
func (p *parser) findNames() {
	p.spending = p.Purpose != Order && (p.Purpose == Spending || p.mentions(spendVerbs))
	p.moving = p.Purpose == Order || p.mentions(moveVerbs) || len(p.found.Amounts) > 0
	for i := 0; i < len(p.tokens); i++ {
		if p.at(i).kind == placeholder && strings.HasPrefix(p.at(i).text, "[person") && p.free(i) {
			p.addName(i, 1, payeeName)
			continue
		}
		role, start := p.lead(i)
		if role == noName {
			continue
		}
		if n := p.nameLength(start); n > 0 && !p.general(start, n) && (role == merchantName || !p.inflected(start)) {
			p.addName(start, n, role)
			i = start + n - 1
			for role == merchantName && p.Purpose == Spending && p.is(i+1, ",", "and") && p.nameLength(i+2) > 0 {
				n = p.nameLength(i + 2)
				p.addName(i+2, n, role)
				i += n + 1
			}
		}
	}
	p.findOwners()
	p.findSubjects()
	p.findBrands()
	p.findAlone()
}

// general says whether a name is only words such as store, behind an article.
func (p *parser) general(i, n int) bool {
	for j := i; j < i+n; j++ {
		if t := p.at(j); t.capital || !generic[t.text] && (n > 1 || !companies[t.text] || !p.is(i-1, "the", "a", "an", "my")) {
			return false
		}
	}
	return true
}

// inflected says whether token i looks like an adverb or a form of a verb.
func (p *parser) inflected(i int) bool {
	t := p.at(i)
	return !t.capital && len(t.text) > 5 && !p.partOfName(i+1) &&
		(strings.HasSuffix(t.text, "ly") || strings.HasSuffix(t.text, "ing") || strings.HasSuffix(t.text, "ed"))
}

func (p *parser) addName(i, n int, role nameRole) {
	if role == eitherName {
		role = p.whose(i, n)
	}
	s := p.take(i, n)
	name := Name{Span: s, Text: p.text[s.Start:s.End]}
	if role == merchantName {
		p.found.Merchants = append(p.found.Merchants, name)
	} else {
		p.found.Payees = append(p.found.Payees, name)
	}
}

func (p *parser) mentions(set map[string]bool) bool {
	for _, t := range p.tokens {
		if set[t.text] {
			return true
		}
	}
	return false
}

type nameRole int

const (
	noName nameRole = iota
	merchantName
	payeeName
	eitherName
)

var (
	spendVerbs = wordSet(`spend spent spending buy bought purchase purchased purchases transaction transactions charge charged charges payment payments
paid pay paying shop shopping shopped debit order orders refund refunds refunded contactless declined rejected expenses visit visited ate cost costs receipt
subscription`)
	moveVerbs = wordSet(`send sent sending transfer transferred transferring transfers give gave wire wired owe owes owed recipient payee payees standing zelle
venmo forward deposit deposited lend pay paid payment payments move receive received resend shoot remit funds
transaction debit`)
	receiveVerbs = wordSet("receive received")
	spentWords   = wordSet("spend spent pay paid buy bought less more card")
	titles       = wordSet("mr mrs ms miss dr prof")
	// beforeTo are words behind which "to" leads to a receiver and no verb.
	beforeTo = wordSet(`transfer transfers payment payments money cash it them amount funds fund send sent pay paid transferred transaction transactions
order orders directly over go going that this some bucks dollars debit debits wire deposit give rent refund belongs due made recipient`)
)

// lead says what kind of name the words at token i lead to, and where it would
// begin.
func (p *parser) lead(i int) (role nameRole, start int) {
	if p.free(i) {
		role = p.leadWord(i)
	}
	start = i + 1
	for role != noName && (p.is(start, "the", "my", "our", "to", ",", ".") || kin[p.at(start).text] || titles[p.at(start).text]) {
		at := start
		start++
		switch {
		case p.is(at, "the") && role != merchantName && p.nameLength(start) > 0 && !p.proper(start):
			return noName, 0 // to the concert
		case p.is(at, "my", "our") && !kin[p.at(start).text] && !p.capitalised(start):
			return noName, 0
		case p.is(at, ",", ".") && !titles[p.at(at-1).text] && !(kin[p.at(at-1).text] && p.capitalised(start)):
			return noName, 0
		case kept[p.at(at).text] && !(p.partOfName(start) && p.capitalised(start)):
			return role, at
		case kin[p.at(at).text] && !p.partOfName(start) && !p.is(start, ","):
			return noName, 0
		}
	}
	return role, start
}

// proper says whether the name at token i is written as one, or is that of a
// company or of a person by another word.
func (p *parser) proper(i int) bool {
	return p.capitalised(i) || kept[p.at(i).text] || p.whose(i, p.nameLength(i)) == merchantName
}

// leadWord says what kind of name follows the word at token i.
func (p *parser) leadWord(i int) nameRole {
	switch p.at(i).text {
	case "at":
		if !p.used[min(i+1, len(p.tokens)-1)] && (p.spending || p.capitalised(i+1)) {
			return merchantName
		}
	case "on":
		if p.spending {
			return merchantName
		}
	case "in":
		if p.spending && (p.capitalised(i+1) || p.mentions(spentWords)) {
			return merchantName
		}
	case "with", "for":
		return p.leadFor(i)
	case "from":
		if p.mentions(receiveVerbs) {
			return eitherName
		}
		if p.spending {
			return merchantName
		}
	case "by":
		if p.is(i-1, "made", "charged", "charge", "billed") {
			return merchantName
		}
	case "to":
		return p.leadTo(i)
	case "of":
		if accountWords[p.at(i-1).text] != "" || p.is(i-1, "account") && p.used[i-1] {
			return payeeName
		}
	case "name":
		if p.is(i-1, "the", "his", "her", "their", "same") && !p.is(i+1, "of", "on", "is") {
			return payeeName
		}
	case "is":
		if p.is(i-1, "name", "recipient", "payee", "friend", "beneficiary") && p.free(i+1) {
			return payeeName
		}
	case "visit", "visited":
		return merchantName
	case "it":
		if p.is(i-1, "make") && p.capitalised(i+1) {
			return payeeName
		}
	case "named", "called":
		return payeeName
	case "pay", "paid", "send", "give", "gave", "wire", "sent", "owe", "tip", "lend", "shoot", "zelle", "venmo":
		return p.leadVerb(i)
	case "hand", "pass", "toss", "slip", "loan", "repay", "reimburse", "refund", "chuck", "zap", "beam", "hit", "forward", "can", "settle":
		if p.Purpose == Order && (p.capitalised(i+1) || p.paidNext(i+1)) {
			return eitherName
		}
	case "toward", "towards":
		if p.Purpose == Order {
			return eitherName
		}
	}
	if kin[p.at(i).text] && p.moving && p.capitalised(i+1) && !kept[p.at(i).text] {
		return payeeName
	}
	return noName
}

// paidNext says whether the name at token i has an amount behind it.
func (p *parser) paidNext(i int) bool {
	n := p.nameLength(i)
	return n > 0 && (i+n < len(p.tokens) && p.used[i+n] || p.is(i+n, "with"))
}

// leadFor reads with and for: a debit with a company, an order for a person.
func (p *parser) leadFor(i int) nameRole {
	switch {
	case p.is(i-1, "it's", "its", "'s", "account") && (p.moving || len(p.tokens) < 14) && p.capitalised(i+1):
		return payeeName
	case i == 0 && p.is(i, "for") && len(p.tokens) <= 4:
		return payeeName
	case p.is(i-1, "debit", "debits", "subscription", "payment", "payments", "transaction", "refund"),
		p.is(i-1, "dollars", "pounds") && p.Purpose != Order: // an order says what it is for: 20 dollars for pizza
		return merchantName
	case p.is(i-1, "pay", "paid", "paying") && p.is(0, "how", "what", "when") && p.is(i, "for"):
		return merchantName
	case p.is(i, "with") && p.is(i-1, "have", "got") && p.mentions(debits):
		return merchantName
	case p.is(i-1, "order", "orders") && p.is(i, "with"):
		return merchantName
	case p.is(i-1, "order", "orders"):
		return eitherName
	case p.is(i-1, "up") && p.is(i-2, "set") && p.mentions(wordSet("debit")):
		return merchantName
	case p.is(i-1, "up") && p.is(i-2, "set", "settle"):
		return payeeName
	case i > 0 && p.used[i-1] && p.spending && p.is(i, "with"):
		return merchantName
	}
	return noName
}

// leadTo reads the to before a name. Behind other words an infinitive follows.
func (p *parser) leadTo(i int) nameRole {
	switch {
	case p.Purpose == Spending && p.is(i-1, "go", "goes", "went", "gone", "been", "going", "trips", "visits", "trip", "visit"):
		return merchantName
	case p.is(i-1, "debit", "debits", "subscription", "payments", "purchases"):
		return merchantName
	case p.moving && (beforeTo[p.at(i-1).text] || i > 0 && p.used[i-1]), i == 0 && len(p.tokens) <= 8, (p.moving || p.is(i-1, "go", "going")) && p.capitalised(i+1):
		return eitherName
	}
	return noName
}

// leadVerb reads pay sam, and how much I paid netflix.
func (p *parser) leadVerb(i int) nameRole {
	if p.is(i, "paid", "sent", "gave") && !p.is(i-1, "i", "have", "i've", "did", "we", "had") {
		return noName
	}
	if p.is(i, "paid", "pay") && p.is(0, "how") && !p.is(i+1, "to") && (p.capitalised(i+1) || !p.moving) {
		return merchantName
	}
	if _, ok := categoryWords[p.at(i+1).text]; ok && !p.capitalised(i+1) {
		return noName // pay utility bills
	}
	return eitherName
}

// findOwners reads whose account money goes to: sam's savings, Sam checking.
func (p *parser) findOwners() {
	for _, a := range p.found.Accounts {
		i := p.tokenAt(a.Start) - 1
		if p.is(i, "'s", "'", "’") {
			i--
		} else if !p.capitalised(i) || p.is(i-1, "my", "your", "our", "the", "and") {
			continue
		}
		if p.partOfName(i) && i >= 0 && !kin[p.at(i).text] {
			p.addName(i, 1, payeeName)
		}
	}
}

// tokenAt is the token that begins at a place.
func (p *parser) tokenAt(start int) int {
	i, _ := slices.BinarySearchFunc(p.tokens, start, func(t token, start int) int { return t.start - start })
	return i
}

var (
	companyVerbs = wordSet("charged charges overcharged refunded billed accepts accept debited")
	personVerbs  = wordSet("needs didn't will is to should has wants")
)

// findSubjects reads netflix charged me, and Sam needs it.
func (p *parser) findSubjects() {
	for i := 1; i < len(p.tokens); i++ {
		if !p.free(i) || !p.partOfName(i-1) {
			continue
		}
		switch {
		case p.is(i, "'s") && p.is(i+1, "atm", "atms"):
			p.addName(i-1, 1, merchantName)
		case p.Purpose == Spending && p.is(i, "cost", "costs") && p.is(i+1, "me", "us") && !p.is(i-1, "it", "that", "this"):
			p.addName(i-1, 1, merchantName)
		case (companyVerbs[p.at(i).text] || p.is(i, "charge", "bill", "refund") && p.is(i+1, "me", "us")) && !p.is(i-1, "also"):
			start := i - 1
			for start > max(0, i-3) && p.partOfName(start-1) {
				start--
			}
			if p.capitalised(start) && start > 0 || p.whose(start, i-start) == merchantName {
				p.addName(start, i-start, merchantName)
			}
		case personVerbs[p.at(i).text] && p.capitalised(i-1) && p.moving && p.receiving(i):
			p.addName(i-1, 1, payeeName)
		}
	}
}

// receiving says whether the words from i on say that somebody gets something.
func (p *parser) receiving(i int) bool {
	for j := i; j < i+4; j++ {
		if p.is(j, "have", "get", "receive", "receiving", "recipient", "needs", "payee") {
			return true
		}
	}
	return false
}

// findBrands reads well-known companies anywhere: my netflix subscription.
func (p *parser) findBrands() {
	for i := range p.tokens {
		if !p.free(i) || !brands[p.at(i).text] || p.is(i-1, "a", "an") || p.is(i+1, "pay", "watch", "play", "wallet", "card", "account", "credit", "debit", "rewards", "visa", "application") {
			continue
		}
		n := 1
		for n < 3 && p.partOfName(i+n) && (p.at(i+n).capital && p.at(i).capital || brands[p.at(i+n).text]) {
			n++
		}
		p.addName(i, n, merchantName)
	}
}

// findAlone reads a message that is nothing but a name, or begins with one that
// stands alone: Sam. Or: Sam 20 dollars.
func (p *parser) findAlone() {
	if len(p.found.Payees)+len(p.found.Merchants) > 0 || !p.capitalised(0) {
		return
	}
	n := p.nameLength(0)
	if n > 0 && n <= 3 && (n == len(p.tokens) || p.is(n, ".", ",", "!") && (p.moving || n+1 == len(p.tokens))) {
		p.addName(0, n, eitherName)
	}
}

func (p *parser) capitalised(i int) bool { return p.at(i).capital && !common[p.at(i).text] }

// nameLength is how many tokens from i on make a name.
func (p *parser) nameLength(i int) int {
	n := 0
	for n < maxName && p.free(i+n) {
		t := p.at(i + n)
		if t.kind == placeholder {
			if n == 0 {
				return 1
			}
			break
		}
		if n > 0 && p.is(i+n, "-") && p.at(i+n+1).capital && p.gap(i+n) == "" && p.gap(i+n+1) == "" { // T-Mobile
			n += 2
			continue
		}
		if n > 0 && n < maxName-1 && (p.is(i+n, "and", "&", "-") && p.partOfName(i+n+1) && p.joins(i+n) || p.is(i+n, "'s") && p.keepsPossessive(i+n)) {
			n++
			continue
		}
		if n > 0 && len(p.at(i+n).text) == 1 && p.is(i+n+1, ".") && p.partOfName(i+n+2) { // mary j. smith
			n += 2
		}
		if !p.partOfName(i+n) || n > 0 && len(p.gap(i+n)) > 2 {
			break
		}
		n++
	}
	if n > 0 && p.is(i+n-1, "and", "&", "-") {
		n--
	}
	return n
}

// gap is the text before token i.
func (p *parser) gap(i int) string { return p.text[p.at(i-1).end:p.at(i).start] }

// joins says whether a word between two words makes one name of them.
func (p *parser) joins(i int) bool {
	return !p.is(i, "and") || p.at(i-1).capital && p.at(i+1).capital || p.is(i-1, "marks", "hat", "barnes", "bed", "ben", "johnson", "procter", "tiffany")
}

// keepsPossessive says whether an 's belongs to the name: McDonald's.
func (p *parser) keepsPossessive(i int) bool {
	next := p.at(i + 1)
	return !(next.kind == word && (accountWords[next.text] != "" || p.is(i+1, "account", "card", "website", "webshop", "shop", "store", "checking")))
}

// partOfName says whether token i may stand in a name.
func (p *parser) partOfName(i int) bool {
	t := p.at(i)
	if !p.free(i) || t.kind != word && t.kind != number || t.text == "'s" {
		return false
	}
	if t.kind == number {
		return p.at(i-1).capital && p.at(i-1).kind == word && len(t.digits) <= 2 && t.suffix == ""
	}
	if places[t.text] || months[t.text] != 0 && !t.capital || accountWords[t.text] != "" {
		return false
	}
	return !common[t.text] || p.titled(i) || inside[t.text] && p.at(i-1).kind == word && !common[p.at(i-1).text] && p.endsName(i+1)
}

// whose tells a merchant from a person by the words of the name: those of
// companies, and well-known ones.
func (p *parser) whose(i, n int) nameRole {
	for j := i; j < i+n; j++ {
		t := p.at(j)
		if companies[t.text] || brands[t.text] || strings.ContainsAny(t.text, "&.") && len(t.text) > 2 || t.kind == number {
			return merchantName
		}
	}
	return payeeName
}

// endsName says whether nothing of a name can stand at token i.
func (p *parser) endsName(i int) bool {
	t := p.at(i)
	return t.kind != word || common[t.text] || !p.free(i)
}

// titled says whether a common word is written as part of a name: Best Buy.
func (p *parser) titled(i int) bool {
	t := p.at(i)
	if next := p.at(i + 1); t.capital && p.is(i-1, "with", "to") && next.kind == word && !common[next.text] && p.mentions(debits) {
		return true // a direct debit with Go daddy
	}
	return t.capital && i > 0 && p.at(i-1).text != "." && len(t.text) > 2 && !notTitled[t.text] &&
		(p.at(i+1).capital && p.at(i+1).kind == word || p.at(i-1).capital && i > 1)
}

// debits are words of messages whose "with" and "to" lead to a company.
var debits = wordSet("debit debits subscription subscriptions")

// notTitled are common words that are written with a capital by themselves.
var notTitled = wordSet("i'm i've i'd i'll monday tuesday wednesday thursday friday saturday sunday visa mastercard europe")
