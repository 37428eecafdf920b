package pii

import "strings"

// maxGroups is how many groups of digits one number may have.
const maxGroups = 8

// findNumbers tells apart the numbers that are left: social security and tax
// numbers, routing numbers, accounts and phones.
func (s *scanner) findNumbers() {
	if !s.digits {
		return
	}
	for i := 0; i < len(s.tokens); {
		if s.tokens[i].taken || s.tokens[i].kind == word {
			i++
			continue
		}
		end := s.segmentEnd(i)
		s.judgeSegment(i, end)
		i = end
	}
}

// segmentEnd returns where the series of groups of digits ends that begins with
// token i.
func (s *scanner) segmentEnd(i int) int {
	for j := i + 1; j < len(s.tokens); j++ {
		if s.tokens[j].taken || s.tokens[j].kind == word || s.tokens[j-1].kind == mixed || !groupGap(s.gap(j)) {
			return j
		}
	}
	return len(s.tokens)
}

// groupGap says whether the groups of one number may be so far apart.
func groupGap(gap string) bool {
	if len(gap) > 3 {
		return false
	}
	for i := range len(gap) {
		switch gap[i] {
		case ' ', '-', '.', '(', ')', '/', '_', '\t':
		default:
			return false
		}
	}
	return true
}

// judgeSegment goes over the groups of a segment and takes the longest number
// that begins with each.
func (s *scanner) judgeSegment(first, end int) {
	for i := first; i < end; {
		if _, last := s.dateAt(i); last > i+1 && s.gap(i+1) != " " {
			i = last
			continue
		}
		i = s.judgeAt(i, first, end)
	}
}

// judgeAt takes the number that begins with token i, and returns the token to go
// on with.
func (s *scanner) judgeAt(i, first, end int) int {
	c := candidate{scanner: s, first: i, segment: first, segmentEnd: end}
	if last := s.singlesEnd(i, end); last > i+2 {
		if c.read(last) {
			c.judge()
		}
		return last
	}
	if last := c.american(); last > 0 && c.read(last) && c.judge() {
		return c.last
	}
	for last := min(end, i+maxGroups); last > i; last-- {
		if !c.read(last) {
			continue
		}
		if c.judge() {
			return c.last
		}
		if c.refused {
			return end
		}
	}
	return i + 1
}

// singlesEnd returns where the run of single digits ends that begins with token
// i: somebody wrote a number with spaces between all digits.
func (s *scanner) singlesEnd(i, end int) int {
	for i < end && s.tokens[i].end-s.tokens[i].start == 1 {
		i++
	}
	return i
}

// singles says whether all groups of the candidate are single digits.
func (c *candidate) singles() bool { return len(c.digits) == c.last-c.first }

// Lengths of numbers, in digits.
const (
	minNumber  = 5
	maxAccount = 20
	maxPhone   = 15
)

// candidate is a number made of tokens first to last (exclusive), within a
// segment of groups of digits.
type candidate struct {
	*scanner
	first, last         int
	segment, segmentEnd int
	digits              string
	extension           string
	buf                 [maxAccount]byte
	refused             bool // no other end of the number makes it valid
}

// read sets the end of the candidate; it reports whether the length is one of
// any number.
func (c *candidate) read(last int) bool {
	n := 0
	c.last, c.extension = last, ""
	for i := c.first; i < last; i++ {
		group := c.raw(i)
		if c.tokens[i].kind == mixed {
			var ok bool
			if group, c.extension, ok = cutExtension(group); !ok {
				return false
			}
		}
		if n+len(group) > maxAccount {
			return false
		}
		n += copy(c.buf[n:], group)
	}
	c.digits = string(c.buf[:n])
	return n >= minNumber
}

// cutExtension cuts 2294x751 into number and extension.
func cutExtension(group string) (number, extension string, ok bool) {
	at := strings.IndexAny(group, "xX")
	if at <= 0 || at+1 == len(group) || len(group)-at > 7 {
		return "", "", false
	}
	for i := range len(group) {
		if i != at && !isDigit(group[i]) {
			return "", "", false
		}
	}
	return group[:at], group[at+1:], true
}

// judge takes the candidate when the labels near it, nearest first, or its form
// alone make it some personal number.
func (c *candidate) judge() bool {
	if c.isDecimal(c.first, c.last) {
		return false
	}
	near := c.labelsOf(c.first, c.last)
	for _, l := range near.list[:near.n] {
		switch {
		case l.hint&(hintSSN|hintITIN) != 0:
			if c.taxNumber() {
				return true
			}
			if c.refused = len(c.digits) == 9; c.refused {
				return false
			}
		case l.hint&hintCard != 0:
			if c.refused = len(c.digits) >= minCard; c.refused {
				return false
			}
		case l.hint&hintRouting != 0:
			if c.routing(&near) {
				return true
			}
		case l.hint&hintAccount != 0:
			if c.account(&near, l.distance) {
				return true
			}
		case l.hint&hintPhone != 0:
			if c.labelledPhone() {
				return true
			}
		case l.hint&(hintOther|hintAmount|hintPassport|hintLicence) != 0 && l.distance <= reachAccount:
			return c.international(false)
		case l.hint&hintPhoneWeak != 0 && !near.near(hintIDs, reachAccount):
			adjacent := l.distance <= 1 || l.distance == 1+afterGap
			if (c.looksLikePhone() || adjacent && c.last-c.first > 1) && c.labelledPhone() {
				return true
			}
		}
	}
	return c.bare()
}

// keep takes the candidate as what it is.
func (c *candidate) keep(kind string, confidence float64) bool {
	c.take(kind, c.first, c.last, c.digits, last4(c.digits), confidence)
	return true
}

// taxNumber takes a social security or individual taxpayer number.
func (c *candidate) taxNumber() bool {
	switch {
	case isSSN(c.digits):
		return c.keep(SSN, 0.97)
	case isITIN(c.digits):
		return c.keep(ITIN, 0.97)
	}
	return false
}

// routing takes a routing number. One that is none may still be the account
// beside it.
func (c *candidate) routing(near *labels) bool {
	if isABA(c.digits) {
		return c.keep(ABARouting, 0.97)
	}
	c.refused = len(c.digits) == 9 && !near.has(hintAccount)
	return false
}

// reachAccount is how many tokens the label of an account, or of a number that
// is nobody's, may be away.
const reachAccount = 6

// hintIDs are the labels of numbers that are no phone's.
const hintIDs = hintSSN | hintITIN | hintCard | hintAccount | hintRouting | hintOther | hintAmount | hintPassport | hintLicence

// account takes an account number whose label is so many tokens away.
func (c *candidate) account(near *labels, distance int) bool {
	if near.has(hintRouting) && isABA(c.digits) {
		return c.keep(ABARouting, 0.9)
	}
	if distance > reachAccount || len(c.digits) < 6 || c.extension != "" || allSame([]byte(c.digits)) || c.looksLikeAmount() || c.plus() {
		return false
	}
	if c.shapeIs(3, 2, 4) && c.sameGaps("-") {
		return false // a tax number in its usual form
	}
	for i := c.first + 1; i < c.last; i++ {
		if len(c.gap(i)) > 1 {
			return false
		}
	}
	return c.keep(BankAccount, 0.85)
}

// looksLikeAmount says whether the candidate is a round number or has two
// digits behind a point.
func (c *candidate) looksLikeAmount() bool {
	if c.last-c.first == 1 {
		return len(c.digits) <= 8 && strings.HasSuffix(c.digits, "000")
	}
	return c.last-c.first == 2 && c.gap(c.first+1) == "." && len(c.raw(c.first+1)) <= 2
}

// shapeIs says whether the groups of digits have these lengths.
func (c *candidate) shapeIs(groups ...int) bool {
	if c.last-c.first != len(groups) {
		return false
	}
	for i, n := range groups {
		t := c.tokens[c.first+i]
		size := t.end - t.start
		if t.kind == mixed {
			size -= len(c.extension) + 1
		}
		if size != n {
			return false
		}
	}
	return true
}

// sameGaps says whether exactly this stands between all groups.
func (c *candidate) sameGaps(gap string) bool {
	for i := c.first + 1; i < c.last; i++ {
		if c.gap(i) != gap {
			return false
		}
	}
	return true
}

// alone says whether the candidate is a whole segment and no part of a code of
// letters and digits.
func (c *candidate) alone() bool {
	if c.first > c.segment && len(c.gap(c.first)) < 2 || c.last < c.segmentEnd && len(c.gap(c.last)) < 2 || c.isNumbered(c.first) {
		return false
	}
	start, end := c.tokens[c.first].start, c.tokens[c.last-1].end
	if start > 1 && strings.IndexByte("-/_.=", c.text[start-1]) >= 0 && classes[c.text[start-2]] != classSign {
		return false
	}
	return end+1 >= len(c.text) || strings.IndexByte("/_:", c.text[end]) < 0 || classes[c.text[end+1]] == classSign
}

// bare judges a candidate that no word explains by its form.
func (c *candidate) bare() bool {
	if c.international(false) {
		return true
	}
	if !c.alone() {
		return false
	}
	if c.shapeIs(3, 2, 4) && (c.sameGaps("-") || c.sameGaps(" ") && c.digits[0] != '0') && !isSpecimenSSN(c.digits) && c.taxShape() {
		return true
	}
	return c.nationalPhone()
}

// taxShape is taxNumber with the lower confidence of a number without a label.
func (c *candidate) taxShape() bool {
	switch {
	case isSSN(c.digits):
		return c.keep(SSN, 0.8)
	case isITIN(c.digits):
		return c.keep(ITIN, 0.8)
	}
	return false
}
