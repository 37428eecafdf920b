package slots

import (
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// currencies are the names of currencies, by code.
var currencies = map[string]string{
	"$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "buck": "USD", "bucks": "USD",
	"€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR",
	"£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "quid": "GBP",
	"¥": "JPY", "jpy": "JPY", "yen": "JPY", "chf": "CHF", "francs": "CHF", "inr": "INR", "₹": "INR", "rupees": "INR",
	"cad": "CAD", "aud": "AUD", "cent": "USD", "cents": "USD",
}

var signs = map[string]bool{"$": true, "€": true, "£": true, "¥": true, "₹": true}

var thousands = map[string]bool{"thousand": true, "grand": true, "million": true, "k": true, "hundred": true}

// numberWords are the words of which amounts in words are made.
var numberWords = wordSet(`zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty thirty forty fourty fifty sixty seventy eighty ninety hundred thousand million grand fiver tenner`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[w] = true
	}
	return set
}

// beforeAmount are words behind which a bare number is an amount.
var beforeAmount = wordSet(`over above exceeding exceeds than least most under below send sent pay paid transfer transferred move give spend spent wire
withdraw deposit amount for of sum total limit costs cost about around between zelle venmo top_up charged owe owes add put only`)

// notAmounts are words behind a bare number that say it counts something else.
var notAmounts = wordSet(`transactions transaction payments payment purchases purchase charges charge deposits days day weeks week months month years
year hours hour minutes times time accounts account cards card people persons percent % points miles items things others more transfers bills
digits digit am pm st nd rd th pin pins orders new last most latest recent biggest largest different entries results lines refunds checks cheques`)

// findAmounts reads amounts of money from left to right.
func (p *parser) findAmounts() {
	for i := 0; i < len(p.tokens); {
		n, a := p.amount(i)
		if n == 0 {
			i++
			continue
		}
		a.Bound = p.bound(i, i+n)
		if p.negative(i) {
			a.Money.Minor = -a.Money.Minor
			i, n = i-1, n+1
		}
		a.Span = p.take(i, n)
		p.found.Amounts = append(p.found.Amounts, a)
		p.pair(i)
		i += n
	}
}

// amount reads an amount at token i: how many tokens it has, or zero.
func (p *parser) amount(i int) (int, Amount) {
	if !p.free(i) {
		return 0, Amount{}
	}
	if n, a := p.signed(i); n > 0 {
		return n, a
	}
	n := p.numberLength(i)
	if n == 0 {
		return 0, Amount{}
	}
	if code := currencies[p.at(i+n).text]; code != "" && p.free(i+n) {
		return p.withCents(i, n+1, code)
	}
	if !p.bare(i, n) {
		return 0, Amount{}
	}
	return p.parsed(i, n, p.Currency, false)
}

// signed reads $20, US$ 20, $1.5k, $2 million.
func (p *parser) signed(i int) (int, Amount) {
	skip := 0
	if p.is(i, "us", "usd", "eur", "gbp") {
		skip = 1
	}
	code := currencies[p.at(i+skip).text]
	if !signs[p.at(i+skip).text] {
		if skip == 0 {
			return 0, Amount{}
		}
		skip, code = 0, currencies[p.at(i).text]
	}
	at := i + skip + 1
	if p.at(at).kind != number || !p.free(at) || code == "" {
		return 0, Amount{}
	}
	n := skip + 2
	if thousands[p.at(at+1).text] && p.free(at+1) {
		n++
	}
	if after := currencies[p.at(i+n).text]; after == code && !signs[p.at(i+n).text] && p.free(i+n) {
		n++ // $20 dollars
	}
	return p.parsed(i, n, code, true)
}

// numberLength is how many tokens the number at i has, in digits or in words.
func (p *parser) numberLength(i int) int {
	if t := p.at(i); t.kind == number {
		if p.ordinalSuffix(t) || t.suffix == "am" || t.suffix == "pm" {
			return 0
		}
		if thousands[p.at(i+1).text] && p.free(i+1) {
			return 2
		}
		return 1
	}
	start := i
	if p.is(i, "a", "an") && p.is(i+1, "hundred", "thousand", "grand", "million", "fiver", "tenner") || p.is(i, "a") && p.is(i+1, "couple") && p.is(i+2, "hundred", "thousand", "grand") {
		i++
	}
	n := 0
	if p.is(i, "couple") && p.is(i+1, "hundred", "thousand", "grand") {
		n = 1
	}
	for p.free(i+n) && n < 16 && (numberWords[p.at(i+n).text] || n > 0 && p.is(i+n, "and", "-") && numberWords[p.at(i+n+1).text]) {
		n++
	}
	if n == 0 {
		return 0
	}
	return i - start + n
}

func (p *parser) ordinalSuffix(t token) bool {
	return t.suffix == "st" || t.suffix == "nd" || t.suffix == "rd" || t.suffix == "th"
}

// withCents adds "and 20 cents" to an amount of n tokens.
func (p *parser) withCents(i, n int, code string) (int, Amount) {
	if p.is(i+n-1, "cent", "cents") {
		return p.parsed(i, n, "USD", true)
	}
	at := i + n
	if p.is(at, "and") {
		at++
	}
	if more := p.numberLength(at); more > 0 && p.is(at+more, "cents", "cent") {
		if total, a := p.parsed(i, at+more+1-i, code, true); total > 0 {
			return total, a
		}
	}
	return p.parsed(i, n, code, true)
}

// negative says whether a minus stands before the amount at token i, and no range.
func (p *parser) negative(i int) bool {
	if p.is(i-1, "minus", "negative") && p.free(i-1) {
		return true
	}
	if !p.is(i-1, "-", "−") || !p.free(i-1) || p.at(i-1).end != p.at(i).start {
		return false
	}
	return p.at(i-2).end < p.at(i-1).start || i == 1 || signs[p.at(i-2).text]
}

// parsed makes an amount of n tokens, if they are one. Letters right behind, as in
// 1e308, make something else of a number.
func (p *parser) parsed(i, n int, code string, said bool) (int, Amount) {
	last, next := p.at(i+n-1), p.at(i+n)
	if last.kind == number && next.kind == word && next.start == last.end {
		return 0, Amount{}
	}
	text := p.text[p.at(i).start:p.at(i+n-1).end]
	m, err := money.Parse(text, code)
	if err != nil {
		return 0, Amount{}
	}
	return n, Amount{Money: m, Said: said}
}

// bare says whether a number of n tokens without a currency is an amount.
func (p *parser) bare(i, n int) bool {
	t := p.at(i)
	after := p.at(i + n).text
	if after == "-" && p.at(i+n+1).kind == number || after == "to" && p.at(i+n+1).kind == number {
		if code := currencies[p.at(i+n+2).text]; code != "" {
			return true // 5-10 dollars
		}
	}
	if p.is(i-1, "than") && p.is(i-2, "later", "earlier", "sooner", "longer") || len(t.digits) == 1 && t.suffix == "" && (p.is(i-1, "around", "about") || notAmounts[p.at(i+n+1).text]) {
		return false
	}
	if t.kind == number && (t.suffix == "k" || n == 2 || strings.ContainsAny(t.digits, ".,")) && !p.is(i+n, "%", "percent", "points", "/", ":") {
		return true
	}
	if notAmounts[after] || after == "/" || after == ":" || p.is(i-1, "#", "/", ":", "*", "ending", "account", "card") {
		return false
	}
	if p.is(i-1, "and", "to", "-") && p.lastBound(i) && p.Purpose != Order {
		return true
	}
	before := p.at(i - 1).text
	if p.Purpose == Order {
		return (!p.is(i, "one") || i == 0 || beforeAmount[before]) && !p.hyphened(i-1) && !p.hyphened(i+n)
	}
	if t.kind == word && n == 1 && !p.is(i, "hundred", "thousand") && !beforeAmount[before] {
		return false
	}
	if p.is(i-1, "for") && !p.is(i-2, "it", "card", "transfer", "payment", "pay", "paid", "order", "him", "her") {
		return false
	}
	if p.is(i-1, "of") && !p.is(i-2, "amount", "sum", "transfer", "payment", "total", "limit", "balance", "charge", "purchase", "fee") {
		return false
	}
	return beforeAmount[before] || p.is(i-1, "a", "an", "the", "his", "her", "him", "me") && len(t.digits) >= 2 && p.is(i+n, "transfer", "payment", "charge", "fee", "refund", "to", "from") ||
		p.named(i-1) && p.is(i-2, "send", "pay", "give", "wire", "transfer", "owe")
}

// hyphened says whether token i is a hyphen between digits, as in 555-1234.
func (p *parser) hyphened(i int) bool {
	return p.is(i, "-") && p.at(i-1).kind == number && p.at(i+1).kind == number && p.at(i-1).end == p.at(i).start && p.at(i).end == p.at(i+1).start
}

// named says whether token i may be the name of a person, as in send sam 20.
func (p *parser) named(i int) bool {
	t := p.at(i)
	return t.kind == placeholder || t.kind == word && !common[t.text]
}

// lastBound says whether an amount just before opens a range.
func (p *parser) lastBound(i int) bool {
	n := len(p.found.Amounts)
	return n > 0 && p.found.Amounts[n-1].End == p.at(i-2).end && (p.found.Amounts[n-1].Bound == AtLeast || p.is(i-1, "-", "to"))
}

// bound reads the words around an amount.
func (p *parser) bound(i, end int) Bound {
	switch {
	case p.is(i-1, "over") && p.is(i-2, "send", "transfer", "move", "hand", "it", "them"):
		return Exactly
	case p.is(i-1, "over", "above", "exceeding", "exceeds", "min", "minimum", ">", "between", "beyond"),
		p.is(i-1, "than") && p.is(i-2, "more", "greater", "bigger", "larger", "higher") && !p.is(i-3, "no", "not"),
		p.is(i-1, "least") && p.is(i-2, "at"),
		p.is(end, "or") && p.is(end+1, "more", "over", "above", "higher"), p.is(end, "+"), p.is(end, "and") && p.is(end+1, "up", "over", "above"):
		return AtLeast
	case p.is(i-1, "under", "below", "max", "maximum", "<"),
		p.is(i-1, "than") && p.is(i-2, "less", "smaller", "lower", "fewer", "cheaper", "more"),
		p.is(i-1, "most") && p.is(i-2, "at"), p.is(i-1, "to") && p.is(i-2, "up"),
		p.is(end, "or") && p.is(end+1, "less", "under", "below", "lower"):
		return AtMost
	}
	return Exactly
}

// pair makes a range of the last two amounts: between 20 and 50, $5-$10, from
// $5 to $10.
func (p *parser) pair(i int) {
	n := len(p.found.Amounts)
	if n < 2 {
		return
	}
	first, second := &p.found.Amounts[n-2], &p.found.Amounts[n-1]
	joined := first.End == p.at(i-2).end
	opened := p.before(first.Start, "between") || p.before(first.Start, "from") && p.is(i-1, "to", "-") || p.is(i-1, "-", "–")
	if !joined || !p.is(i-1, "and", "to", "-", "–") || !opened {
		return
	}
	if second.Said && !first.Said { // 5 to 10 euros
		if m, err := money.Parse(first.Money.Decimal(), second.Money.Currency); err == nil {
			first.Money = m
		}
	}
	first.Bound, second.Bound = AtLeast, AtMost
}

// before says whether a word stands right before a place in the text.
func (p *parser) before(at int, w string) bool {
	return strings.HasSuffix(strings.ToLower(strings.TrimRight(p.text[max(0, at-len(w)-2):at], " ")), w)
}
