package pii

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// american returns where a number of the North American plan in its usual
// groups ends that begins with the first token: area, exchange and line, neither
// of the first two beginning with 0 or 1.
func (c *candidate) american() int {
	i := c.first
	if i+4 <= c.segmentEnd && c.raw(i) == "1" {
		i++
	}
	if i+3 > c.segmentEnd || !c.americanGroups(i) {
		return 0
	}
	return i + 3
}

func (c *candidate) americanGroups(i int) bool {
	area, exchange, line := c.raw(i), c.raw(i+1), c.raw(i+2)
	if at := strings.IndexAny(line, "xX"); at >= 0 {
		line = line[:at]
	}
	return len(area) == 3 && len(exchange) == 3 && len(line) == 4 && area[0] > '1' && exchange[0] > '1'
}

// isAmerican says the same of ten digits, or of eleven with the country code.
func isAmerican(digits string) bool {
	if len(digits) == 11 {
		digits = strings.TrimPrefix(digits, "1")
	}
	return len(digits) == 10 && digits[0] > '1' && digits[3] > '1'
}

// plus says whether the candidate begins with a plus sign.
func (c *candidate) plus() bool {
	start := c.tokens[c.first].start
	if start > 0 && c.text[start-1] == '(' {
		start--
	}
	return start > 0 && c.text[start-1] == '+'
}

// paren says whether the candidate begins in parentheses.
func (c *candidate) paren() bool {
	start := c.tokens[c.first].start
	return start > 0 && c.text[start-1] == '(' && c.first+1 < c.last && c.text[c.tokens[c.first].end] == ')'
}

// international takes a number with a country code. Without a label nearby the
// numbering plan of the country must know it.
func (c *candidate) international(labelled bool) bool {
	digits, ok := c.countryDigits()
	if !ok || len(digits) < 7 || len(digits) > maxPhone || digits[0] == '0' || digits[0] == '1' && (len(digits) != 11 || !isAmerican(digits)) {
		return false
	}
	if labelled {
		return len(digits) >= 8 && countryCode(digits) && c.keepPhone(0.95)
	}
	return c.isPhone(digits) && c.keepPhone(0.95)
}

// countryDigits returns the digits from the country code on, without the zero
// in parentheses that is dialled only at home. A code is announced by a plus
// sign, or by the two zeros (011 in America) that are dialled instead.
func (c *candidate) countryDigits() (string, bool) {
	digits := c.digits
	if c.plus() {
		if at := strings.Index(c.text[c.tokens[c.first].start:c.tokens[c.last-1].end], "(0)"); at > 0 {
			code := len(digitsOf(c.text[c.tokens[c.first].start : c.tokens[c.first].start+at]))
			digits = digits[:code] + digits[code+1:]
		}
		return digits, true
	}
	for _, prefix := range []string{"00", "011"} {
		if rest, ok := strings.CutPrefix(digits, prefix); ok && len(rest) >= 9 && (len(c.raw(c.first)) <= 5 || c.last == c.first+1) {
			return rest, true
		}
	}
	return "", false
}

// maxAsked bounds how often the numbering plans are asked about one text, at
// some 20 microseconds each. Beyond, a country's code is enough.
const maxAsked = 50

// isPhone asks the numbering plans about a number with its country code.
func (s *scanner) isPhone(digits string) bool {
	if s.asked++; s.asked > maxAsked {
		return countryCode(digits)
	}
	parsed, err := phonenumbers.Parse("+"+digits, "")
	return err == nil && phonenumbers.IsValidNumber(parsed)
}

// countryCode says whether digits begin with the code of a country.
func countryCode(digits string) bool {
	code := 0
	for i := range 3 {
		code = 10*code + int(digits[i]-'0')
		if phonenumbers.GetRegionCodeForCountryCode(code) != phonenumbers.UNKNOWN_REGION {
			return true
		}
	}
	return false
}

// labelledPhone takes a number that is spoken of as a phone's. People leave out
// what goes without saying, so almost any grouping will do.
func (c *candidate) labelledPhone() bool {
	if c.international(true) {
		return true
	}
	if c.plus() || c.vanity() || len(c.digits) > maxPhone || !c.phoneGroups() || allSame([]byte(c.digits)) {
		return false
	}
	if c.last-c.first == 1 {
		if len(c.digits) < 7 || len(c.digits) > 12 || c.looksLikeAmount() {
			return false
		}
	} else if len(c.digits) < 6 {
		return false
	}
	return c.keepPhone(0.85)
}

// vanity says whether letters stand for the last digits: such numbers are
// advertised, so they are nobody's.
func (c *candidate) vanity() bool {
	return c.last < len(c.tokens) && c.gap(c.last) == "-" && c.tokens[c.last].shape == upper && c.tokens[c.last].kind == word
}

// phoneGroups says whether the groups of digits could be read out as a phone
// number: no single digits but a leading one, no decimal point.
func (c *candidate) phoneGroups() bool {
	if c.singles() {
		return true
	}
	for i := c.first; i < c.last; i++ {
		t := c.tokens[i]
		if t.end-t.start == 1 && i > c.first && c.raw(i) != "0" {
			return false
		}
		if i > c.first && c.last-c.first > 2 && c.gap(i) == "/" {
			return false
		}
		if i > c.first && len(c.gap(i)) > 2 && strings.Trim(c.gap(i), " ") != "-" && strings.Trim(c.gap(i), " ") != ")" {
			return false
		}
	}
	return !c.looksLikeAmount()
}

// looksLikePhone says whether the form alone suggests a phone number.
func (c *candidate) looksLikePhone() bool {
	switch {
	case c.paren(), c.plus(), isAmerican(c.digits), c.shapeIs(3, 4) && c.digits[0] > '1':
		return true
	}
	return c.digits[0] == '0' && len(c.digits) >= 9 && len(c.digits) <= 12 || c.last-c.first >= 3 && len(c.digits) >= 8
}

// nationalPhone takes a number without a country code or a label that is grouped
// as phones are: in America by its plan, elsewhere with a leading zero.
func (c *candidate) nationalPhone() bool {
	groups := c.last - c.first
	switch {
	case isAmerican(c.digits) && (groups == 3 || groups == 4 || groups == 2 && c.paren()) && c.american() == c.last:
		return c.keepPhone(0.8)
	case isAmerican(c.digits) && groups == 2 && c.paren():
		return c.keepPhone(0.8)
	case c.digits[0] == '0' && c.digits[1] != '0' && groups >= 2 && groups <= 5 && len(c.digits) >= 9 && len(c.digits) <= 11 && c.phoneGroups() && !c.sameGaps("."):
		return c.keepPhone(0.65)
	case c.paren() && c.digits[0] == '0' && len(c.digits) >= 8 && len(c.digits) <= 12 && c.phoneGroups():
		return c.keepPhone(0.7)
	}
	return false
}

// keepPhone takes the candidate with the signs before it and its extension.
func (c *candidate) keepPhone(confidence float64) bool {
	start, end, last := c.tokens[c.first].start, c.tokens[c.last-1].end, c.last
	for start > 0 && (c.text[start-1] == '+' || c.text[start-1] == '(' && strings.IndexByte(c.text[start:end], ')') > 0) {
		start--
	}
	value := c.digits
	if digits, ok := c.countryDigits(); ok {
		value = digits
	}
	if len(value) == 11 && isAmerican(value) {
		value = value[1:]
	}
	extension := c.extension
	if extension == "" {
		extension, last = c.extensionAfter()
		end = c.tokens[last-1].end
	}
	shown := last4(value)
	if extension != "" {
		value += "x" + extension
	}
	c.takeBytes(Phone, start, end, c.first, last, value, shown, confidence)
	c.last = last
	return true
}

// extensionAfter reads an extension such as "ext. 12" behind the candidate.
func (c *candidate) extensionAfter() (digits string, last int) {
	i := c.last
	if i >= len(c.tokens) || len(c.gap(i)) > 2 {
		return "", i
	}
	w := strings.ToLower(c.raw(i))
	if rest, ok := strings.CutPrefix(strings.TrimPrefix(w, "e"), "x"); ok && c.tokens[i].kind == mixed && len(rest) < 6 && rest == digitsOf(rest) {
		return rest, i + 1
	}
	if w != "x" && w != "ext" && w != "extension" || i+1 >= len(c.tokens) || len(c.gap(i+1)) > 2 {
		return "", i
	}
	if t := c.tokens[i+1]; t.taken || t.kind != number || t.end-t.start > 6 {
		return "", i
	}
	return c.raw(i + 1), i + 2
}
