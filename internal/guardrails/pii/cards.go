package pii

import "strings"

// issuer is a range of the first four digits of card numbers, and their lengths
// (ISO/IEC 7812 ranges as the networks publish them).
type issuer struct {
	from, to int
	lengths  uint32 // bit n: n digits
	plain    uint32 // lengths that are believed without a word about cards
}

func lengths(ns ...int) (bits uint32) {
	for _, n := range ns {
		bits |= 1 << n
	}
	return bits
}

const (
	minCard = 12
	maxCard = 19
)

var (
	all12to19 = lengths(12, 13, 14, 15, 16, 17, 18, 19)
	all16to19 = lengths(16, 17, 18, 19)
	only16    = lengths(16)
)

var issuers = []issuer{
	{4000, 4999, lengths(13, 16, 19), lengths(16, 19)},     // Visa
	{5100, 5599, only16, only16},                           // Mastercard
	{2221, 2720, only16, only16},                           // Mastercard
	{3400, 3499, lengths(15), lengths(15)},                 // American Express
	{3700, 3799, lengths(15), lengths(15)},                 // American Express
	{6011, 6011, all16to19, only16},                        // Discover
	{6440, 6599, all16to19, only16},                        // Discover
	{3000, 3059, lengths(14, 16, 17, 18, 19), lengths(14)}, // Diners Club
	{3095, 3095, lengths(14, 16, 17, 18, 19), only16},      // Diners Club
	{3600, 3699, lengths(14, 16, 17, 18, 19), lengths(14)}, // Diners Club
	{3800, 3999, lengths(14, 16, 17, 18, 19), lengths(14)}, // Diners Club
	{3528, 3589, all16to19, only16},                        // JCB
	{3500, 3599, only16, 0},                                // JCB, ranges of test numbers
	{604, 604, lengths(12), 0},                             // Maestro, older
	{2131, 2131, lengths(15), lengths(15)},                 // JCB, older
	{1800, 1800, lengths(15), lengths(15)},                 // JCB, older
	{6200, 6299, all16to19, only16},                        // UnionPay
	{8100, 8171, all16to19, 0},                             // UnionPay
	{5000, 5099, all12to19, only16},                        // Maestro, Elo, Verve
	{5600, 5899, all12to19, only16},                        // Maestro
	{6000, 6999, all12to19, 0},                             // Maestro, RuPay, Elo, Hipercard and others
	{2200, 2204, all16to19, only16},                        // Mir
	{9792, 9792, only16, only16},                           // Troy
}

// isCard says whether digits are a card number, and whether that can be believed
// without a word about cards.
func isCard(digits []byte) (card, plain bool) {
	if len(digits) < minCard || len(digits) > maxCard {
		return false, false
	}
	prefix, bit := 0, uint32(1)<<len(digits)
	for _, c := range digits[:4] {
		prefix = prefix*10 + int(c-'0')
	}
	for _, i := range issuers {
		if prefix < i.from || prefix > i.to || i.lengths&bit == 0 {
			continue
		}
		if !luhn(digits) || allSame(digits) {
			return false, false
		}
		return true, i.plain&bit != 0
	}
	return false, false
}

func allSame(digits []byte) bool {
	for _, c := range digits {
		if c != digits[0] {
			return false
		}
	}
	return true
}

// findCards looks for cards in every series of groups of digits: an expiry date,
// a code or a count often stands right beside one.
func (s *scanner) findCards() {
	if !s.digits {
		return
	}
	for i := range s.tokens {
		if s.tokens[i].kind != word && !s.tokens[i].taken {
			s.cardAt(i)
		}
	}
}

// maxFused is how many letters may be written together with a card number.
const maxFused = 8

// cardAt takes the longest card that begins with token i.
func (s *scanner) cardAt(i int) {
	var digits [maxCard]byte
	n, last, lastPlain := 0, 0, false
	for j := i; j < len(s.tokens) && !s.tokens[j].taken; j++ {
		group := s.raw(j)
		if s.tokens[j].kind == mixed && j == i {
			group = fusedDigits(group)
		}
		if j > i && (s.tokens[j].kind != number || !cardGap(s.gap(j))) || n+len(group) > maxCard {
			break
		}
		if group == "" {
			return
		}
		n += copy(digits[n:], group)
		if card, plain := isCard(digits[:n]); card {
			last, lastPlain = j+1, plain
		}
	}
	if last == 0 {
		return
	}
	s.takeCard(i, last, lastPlain)
}

// fusedDigits returns the digits of a token of some letters with a card's digits
// behind them.
func fusedDigits(token string) string {
	i := 0
	for i < len(token) && !isDigit(token[i]) {
		i++
	}
	for k := i; k < len(token); k++ {
		if !isDigit(token[k]) {
			return ""
		}
	}
	if i > maxFused || len(token)-i < minCard {
		return ""
	}
	return token[i:]
}

// cardGap says whether the groups of one number may be so far apart.
func cardGap(gap string) bool {
	if len(gap) > 3 {
		return false
	}
	for i := range len(gap) {
		switch gap[i] {
		case ' ', '-', '.', '_', '\t', '\n', '/', '*', '|', '~':
		default:
			return false
		}
	}
	return true
}

// takeCard takes the card in tokens first to last (exclusive), unless the words
// around say that it is some other number.
func (s *scanner) takeCard(first, last int, plain bool) {
	near := s.labelsOf(first, last)
	if s.isDecimal(first, last) {
		return
	}
	confidence := 0.99
	if !near.has(hintCard) {
		if !plain || strings.Contains(s.text[s.tokens[first].start:s.tokens[last-1].start], "\n") || last-first > 5 && last-first < minCard || near.nearest()&hintOther != 0 && last == first+1 || s.isNumbered(first) {
			return
		}
		confidence = 0.9
	}
	value := digitsOf(s.text[s.tokens[first].start:s.tokens[last-1].end])
	s.take(CreditCard, first, last, value, last4(value), confidence)
}

// isNumbered says whether a number sign stands before token i.
func (s *scanner) isNumbered(i int) bool {
	start := s.tokens[i].start
	return start > 0 && s.text[start-1] == '#'
}

// isDecimal says whether tokens first to last are part of an amount or another
// number with a decimal point.
func (s *scanner) isDecimal(first, last int) bool {
	start, end := s.tokens[first].start, s.tokens[last-1].end
	if start > 0 {
		switch s.text[start-1] {
		case '$':
			return true
		case ',', '.':
			if start > 1 && isDigit(s.text[start-2]) {
				return true
			}
		}
	}
	if end < len(s.text) {
		switch s.text[end] {
		case '%', '$':
			return true
		case ',':
			return end+3 < len(s.text) && isDigit(s.text[end+1]) && isDigit(s.text[end+2]) && isDigit(s.text[end+3])
		}
	}
	return false
}
