package pii

import (
	"strings"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// digit is one digit of a run and where it is written. Digits in words may
// share a place: "double five".
type digit struct {
	value      byte
	start, end int
	opens      bool // the first of its group
}

// run is a series of digits with nothing but separators between them.
type run struct {
	digits      []digit
	first, next int  // tokens, next exclusive
	words       bool // some digits are written in words
}

func (r *run) closes(i int) bool { return i+1 == len(r.digits) || r.digits[i+1].opens }

func (r *run) value(i, n int) string {
	b := make([]byte, n)
	for k := range n {
		b[k] = r.digits[i+k].value
	}
	return string(b)
}

// maxRun bounds the digits of one run. Longer series of digits hold nothing that
// anybody would find again; they are looked at in pieces.
const maxRun = 120

// findNumbers finds what is told by digits alone and the words around them.
func (s *scan) findNumbers() {
	var r run
	phoneChecks := phoneBudget(len(s.text))
	for i := 0; i < len(s.tokens); {
		if s.tokens[i].kind != digits && s.tokens[i].class&(spelled|repeated) == 0 {
			i++
			continue
		}
		s.readRun(i, &r)
		i = max(r.next, i+1)
		if len(r.digits) < minDigits {
			continue
		}
		if s.cards(&r) {
			continue
		}
		if s.nineDigits(&r) || s.accountNumber(&r) {
			continue
		}
		s.phones(&r, &phoneChecks)
	}
}

// minDigits is the least that any number of interest has.
const minDigits = 6

// readRun reads the run that begins at token i.
func (s *scan) readRun(i int, r *run) {
	r.digits, r.first, r.words = r.digits[:0], i, false
	end := -1
	for i < len(s.tokens) && len(r.digits) < maxRun {
		t := s.tokens[i]
		if t.kind == mark {
			i++
			continue
		}
		if end >= 0 && !separates(s.text[end:t.start], r.words) {
			break
		}
		n := s.addDigits(r, i)
		if n == 0 {
			break
		}
		i += n
		end = s.tokens[i-1].end
		r.next = i
	}
	if len(r.digits) == 0 {
		r.next = r.first + 1
	}
}

// addDigits adds what token i says, and returns how many tokens that took.
func (s *scan) addDigits(r *run, i int) int {
	t := s.tokens[i]
	switch {
	case t.kind == digits:
		for k := t.start; k < t.end; k++ {
			r.digits = append(r.digits, digit{s.text[k], k, k + 1, k == t.start})
		}
		return 1
	case t.class&spelled != 0:
		r.words = true
		r.digits = append(r.digits, digit{digitWords[strings.ToLower(s.of(t))], t.start, t.end, true})
		return 1
	case t.class&repeated != 0 && i+1 < len(s.tokens) && s.tokens[i+1].class&spelled != 0:
		times := 2
		if c := s.text[t.start]; c == 't' || c == 'T' {
			times = 3
		}
		r.words = true
		next := s.tokens[i+1]
		for k := range times {
			r.digits = append(r.digits, digit{digitWords[strings.ToLower(s.of(next))], t.start, next.end, k == 0})
		}
		return 2
	}
	return 0
}

// maxSeparators is how many separators may stand between two groups of one
// number: people and forms align columns with more than one space.
const maxSeparators = 3

// separates says whether a gap only separates groups of digits.
func separates(gap string, words bool) bool {
	if len(gap) > 3*maxSeparators {
		return false
	}
	n := 0
	for _, r := range gap {
		switch {
		case r == ' ', r == '-', r == '.', r == '_', r == '\t', r == '\u00a0', r == '\u202f', r >= 0x2010 && r <= 0x2015, r == '/', r == '(', r == ')', r == 0x2212, r == '*', r == '|':
		case words && (r == ',' || r == '\n'):
		default:
			return false
		}
		if n++; n > maxSeparators {
			return false
		}
	}
	return true
}

const (
	minCard = 12
	maxCard = 19
)

// cards finds card numbers among the groups of a run too: an expiry date or a
// code often stands right beside a card. It says whether the run is used up.
func (s *scan) cards(r *run) bool {
	found := false
	if n := len(r.digits); n >= minCard && n <= maxCard && luhn(r.digits) && s.before(r.first, 4, saysCard) {
		// Whoever the issuer is, it is called a card and has a card's check digit.
		s.claim(CreditCard, r.digits[0].start, r.digits[n-1].end, r.value(0, n), 0.9)
		return true
	}
	for i := 0; i+minCard <= len(r.digits); {
		n := 0
		if r.digits[i].opens {
			n = r.card(i)
		}
		if n == 0 {
			i++
			continue
		}
		s.claim(CreditCard, r.digits[i].start, r.digits[i+n-1].end, r.value(i, n), 0.98)
		found = true
		i += n
	}
	return found
}

// card returns the number of digits of the card that begins at digit i, zero
// when none does.
func (r *run) card(i int) int {
	for n := min(maxCard, len(r.digits)-i); n >= minCard; n-- {
		if r.closes(i+n-1) && isCard(r.digits[i:i+n]) {
			return n
		}
	}
	return 0
}

// contextWords is how many words before a number may say what it is.
const contextWords = 6

// nineDigits finds numbers of the Social Security Administration, the IRS and
// the American Bankers Association. They have nine digits each.
func (s *scan) nineDigits(r *run) bool {
	found := false
	for i := 0; i+9 <= len(r.digits); i++ {
		if !r.digits[i].opens || !r.closes(i+8) || i > 0 && len(r.digits) > 18 {
			continue
		}
		v := r.value(i, 9)
		kind, confidence := s.nine(r, i, v)
		if confidence == 0 {
			continue
		}
		s.claim(kind, r.digits[i].start, r.digits[i+8].end, v, confidence)
		found = true
		i += 8
	}
	return found
}

func (s *scan) nine(r *run, i int, v string) (kind string, confidence float64) {
	grouped := r.digits[i+3].opens && r.digits[i+5].opens && !r.digits[i+1].opens && !r.digits[i+2].opens && !r.digits[i+4].opens
	for k := 6; k < 9; k++ {
		grouped = grouped && !r.digits[i+k].opens
	}
	// The same sign on both sides: 123-45-6789, not 123 45-6789.
	dashed := grouped && s.text[r.digits[i+2].end:r.digits[i+3].start] == s.text[r.digits[i+4].end:r.digits[i+5].start]
	exact := len(r.digits) == 9
	switch {
	case s.before(r.first, contextWords, saysRouting) && isABA(v):
		return ABARouting, 0.95
	case isSSN(v) && s.before(r.first, contextWords, saysSSN):
		return SSN, 0.95
	case isITIN(v) && s.before(r.first, contextWords, saysITIN|saysSSN):
		return ITIN, 0.95
	case !exact || !dashed || s.before(r.first, 3, saysOther|saysPhone|saysAccount|saysRouting):
		return "", 0
	case isSSN(v):
		return SSN, 0.85
	case isITIN(v):
		return ITIN, 0.8
	}
	return "", 0
}

// accountNumber finds bank accounts: a word must say what the digits are, and
// nearer than any word that says something else.
func (s *scan) accountNumber(r *run) bool {
	n := len(r.digits)
	if n < 6 || n > 17 || s.nearest(r.first, 4, saysAccount|saysOther|saysPhone|saysRouting|saysSSN) != saysAccount {
		return false
	}
	if strings.ContainsAny(s.text[r.digits[0].start:r.digits[n-1].end], "/.()") || s.amount(r) {
		return false
	}
	s.claim(BankAccount, r.digits[0].start, r.digits[n-1].end, r.value(0, n), 0.85)
	return true
}

// nearest returns which of some classes the words right before a token have.
func (s *scan) nearest(i, n int, of class) class {
	for i--; i >= 0 && n > 0; i-- {
		t := s.tokens[i]
		if c := t.class & of; c != 0 {
			return c
		}
		if t.kind != mark {
			n--
		}
	}
	return 0
}

// amount says whether a run is money.
func (s *scan) amount(r *run) bool {
	if r.first > 0 {
		switch s.of(s.tokens[r.first-1]) {
		case "$", "€", "£", "¥", "₹", "USD", "EUR", "GBP":
			return true
		}
	}
	if r.next < len(s.tokens) {
		switch strings.ToLower(s.of(s.tokens[r.next])) {
		case "$", "€", "£", "%", "usd", "eur", "gbp", "dollars", "dollar", "bucks", "euros", "pounds", "cents":
			return true
		}
	}
	return false
}

// phoneRegion is where numbers without a country code are.
const phoneRegion = "US"

// phoneBudget bounds how often the numbering plans are asked about one text, at
// about 14 microseconds each.
func phoneBudget(length int) int { return 4 + length/200 }

// phones finds a telephone number in a run.
func (s *scan) phones(r *run, budget *int) {
	start := r.digits[0].start
	plus := start > 0 && s.text[start-1] == '+' || start > 1 && s.text[start-2:start] == "+("
	opened := start > 0 && s.text[start-1] == '('
	if s.amount(r) || s.before(r.first, 2, saysOther|saysVersion|saysAccount) && !plus && !s.before(r.first, 2, saysPhone) || s.is(r.first-1, '#') && !plus {
		return
	}
	near := (s.before(r.first, 8, saysPhone) || s.after(r.next-1, 2, saysPhone)) && !s.after(r.next-1, 4, street|unit)
	i, n, confidence := r.phone(s.text, plus, opened, near, budget)
	if confidence == 0 {
		return
	}
	start = r.digits[i].start
	if i == 0 && opened {
		start--
	}
	if i == 0 && plus {
		start = r.digits[0].start - 1
		if s.text[start] != '+' {
			start--
		}
	}
	value := r.value(i, n)
	end := r.digits[i+n-1].end
	if i+n == len(r.digits) {
		end = s.extension(r.next, end)
	}
	s.claim(Phone, start, end, value, confidence)
}

// phone chooses the digits of a run that are a telephone number.
func (r *run) phone(text string, plus, opened, near bool, budget *int) (i, n int, confidence float64) {
	if plus {
		return r.international(budget)
	}
	if looksLikeDate(text[r.digits[0].start:r.digits[len(r.digits)-1].end]) {
		return 0, 0, 0
	}
	for i := range r.digits {
		if !r.digits[i].opens {
			continue
		}
		if n := r.american(i); n > 0 {
			v := r.value(i+n-10, 10)
			valid := v[0] > '1' && v[3] > '1'
			gap := text[r.digits[i+n-5].end:r.digits[i+n-4].start]
			switch {
			case near, opened && i == 0, valid && r.digits[i+n-4].opens && gap != " ":
				return i, n, 0.9
			case valid && r.digits[i+n-4].opens:
				return i, n, 0.7
			}
		}
	}
	n = len(r.digits)
	groups := 0
	for _, d := range r.digits {
		if d.opens {
			groups++
		}
	}
	switch {
	case n < 6 || n > 15:
		return 0, 0, 0
	case near && (n >= 7 || groups > 1):
		return 0, n, 0.8
	case strings.HasPrefix(r.value(0, 3), "00") && n >= 10 && groups > 1, opened && n >= 8 && groups > 1:
		return 0, n, 0.7
	case r.shaped(3, 2, 4): // of a number of the Social Security Administration
	case r.digits[0].value == '0' && n >= 9 && n <= 11 && groups > 1 && r.value(0, n) != strings.Repeat("0", n):
		return 0, n, 0.6 // as most countries write their own numbers
	}
	return 0, 0, 0
}

// shaped says whether the groups of a run have these sizes.
func (r *run) shaped(sizes ...int) bool {
	at := 0
	for _, n := range sizes {
		if at+n > len(r.digits) || !r.digits[at].opens || !r.closes(at+n-1) {
			return false
		}
		at += n
	}
	return at == len(r.digits)
}

// american returns how many digits from i on are grouped as numbers of the North
// American plan are: 3-3-4, perhaps behind a country code, or ten together.
func (r *run) american(i int) int {
	sizes := [5]int{}
	k := 0
	for j := i; j < len(r.digits) && k < len(sizes); {
		n := 1
		for j+n < len(r.digits) && !r.digits[j+n].opens {
			n++
		}
		sizes[k] = n
		k++
		j += n
	}
	switch {
	case sizes[0] == 3 && sizes[1] == 3 && sizes[2] == 4:
		return 10
	case sizes[0] == 1 && sizes[1] == 3 && sizes[2] == 3 && sizes[3] == 4 && r.digits[i].value == '1':
		return 11
	case sizes[0] == 10:
		return 10
	case sizes[0] == 3 && sizes[1] == 7:
		return 10
	case sizes[0] == 3 && sizes[1] == 3 && sizes[2] == 3 && sizes[3] == 4 && r.value(i, 3) == "001":
		return 13
	}
	return 0
}

// international finds a number with a plus sign: the longest series of groups
// that the numbering plans know, otherwise all of them.
func (r *run) international(budget *int) (i, n int, confidence float64) {
	for n := min(15, len(r.digits)); n >= 8; n-- {
		if !r.closes(n-1) || *budget == 0 {
			continue
		}
		*budget--
		number, err := phonenumbers.Parse("+"+r.value(0, n), phoneRegion)
		if err == nil && phonenumbers.IsValidNumber(number) {
			return 0, n, 0.97
		}
	}
	for n := min(15, len(r.digits)); n >= 7; n-- {
		if r.closes(n - 1) {
			return 0, n, 0.7
		}
	}
	return 0, 0, 0
}

// extension extends a number by what stands behind x or ext.
func (s *scan) extension(i, end int) int {
	if i >= len(s.tokens) {
		return end
	}
	t := s.tokens[i]
	if t.kind == mixed && t.start <= end+1 {
		v := s.of(t)
		if (v[0] == 'x' || v[0] == 'X') && len(v) <= 7 && strings.Trim(v[1:], "0123456789") == "" {
			return t.end
		}
		return end
	}
	if t.class&extension == 0 {
		return end
	}
	for i++; i < len(s.tokens); i++ {
		switch t := s.tokens[i]; {
		case t.kind == mark && s.text[t.start] == '.':
		case t.kind == digits && t.end-t.start <= 6:
			return t.end
		default:
			return end
		}
	}
	return end
}

// looksLikeDate says whether a run is written as a date or a period is.
func looksLikeDate(v string) bool {
	if len(v) > 2*utf8.UTFMax*10 || !strings.ContainsAny(v, "/-.") {
		return false
	}
	_, ok := parseDate(v)
	return ok
}
