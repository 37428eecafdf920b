package guardrails

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// place is a candidate at bytes start to end of a text.
type place struct{ start, end int }

// matching finds the matches of a pattern that stand alone; group is the part
// that is the value.
func matching(pattern string, group int) func(string) []place {
	re := regexp.MustCompile(pattern)
	return func(text string) []place {
		var found []place
		for _, loc := range re.FindAllStringSubmatchIndex(text, -1) {
			if p := (place{loc[2*group], loc[2*group+1]}); alone(text, p.start, p.end) {
				found = append(found, p)
			}
		}
		return found
	}
}

// maxSeparators is how many separators may stand between two digits of one
// number: people and forms align columns with more than one space.
const maxSeparators = 3

// separators gives the number of bytes that separators take at the start of s,
// zero when there are none or too many.
func separators(s string) int {
	at := 0
	for n := 0; ; n++ {
		r, size := utf8.DecodeRuneInString(s[at:])
		if !isSeparator(r) {
			return at
		}
		if n == maxSeparators {
			return 0
		}
		at += size
	}
}

func isSeparator(r rune) bool {
	switch r {
	case ' ', '-', '.', '_', '\t', '\u00a0', '\u202f':
		return true
	}
	return r >= '\u2010' && r <= '\u2015'
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func isAlphanumeric(b byte) bool {
	return isDigit(b) || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}

// run is a series of digits with separators between them; at holds the byte
// offset of each digit.
type run struct {
	digits []byte
	at     []int
}

// nextRun returns the first run from offset i on and where it ends.
func nextRun(text string, i int) (run, int) {
	var r run
	for i < len(text) && !isDigit(text[i]) {
		i++
	}
	for i < len(text) && isDigit(text[i]) {
		r.digits, r.at = append(r.digits, text[i]), append(r.at, i)
		i++
		if skip := separators(text[i:]); skip > 0 && i+skip < len(text) && isDigit(text[i+skip]) {
			i += skip
		}
	}
	return r, i
}

// opens and closes say whether a group of digits begins or ends at digit i.
func (r run) opens(i int) bool  { return i == 0 || r.at[i-1]+1 < r.at[i] }
func (r run) closes(i int) bool { return i+1 == len(r.at) || r.at[i]+1 < r.at[i+1] }

const (
	minCard = 12
	maxCard = 19
)

// findCards finds card numbers among the groups of longer runs of digits too:
// an expiry date, a code or a count often stands right beside a card. Its time
// is linear, because a card has at most maxCard digits.
func findCards(text string) []place {
	var found []place
	for at := 0; at < len(text); {
		var r run
		r, at = nextRun(text, at)
		for i := 0; i+minCard <= len(r.digits); {
			if n := r.card(i); n > 0 {
				found = append(found, place{r.at[i], r.at[i+n-1] + 1})
				i += n
				continue
			}
			i++
		}
	}
	return found
}

// card returns the number of digits of the card that begins at digit i, zero
// when none does.
func (r run) card(i int) int {
	if !r.opens(i) {
		return 0
	}
	for n := min(maxCard, len(r.digits)-i); n >= minCard; n-- {
		if r.closes(i+n-1) && isCard(string(r.digits[i:i+n])) {
			return n
		}
	}
	return 0
}

// findIBANs finds account numbers by their country's length, so that a word
// after one is no part of it.
func findIBANs(text string) []place {
	var found []place
	for i := 0; i+minIBAN <= len(text); i++ {
		if i > 0 && isAlphanumeric(text[i-1]) || isDigit(text[i]) || !isDigit(text[i+2]) || !isDigit(text[i+3]) {
			continue
		}
		if end := ibanEnd(text, i); end > 0 {
			found = append(found, place{i, end})
			i = end - 1
		}
	}
	return found
}

const minIBAN = 15

// ibanEnd returns where the IBAN ends that begins at offset i, zero when none
// does.
func ibanEnd(text string, i int) int {
	length := ibanLength[strings.ToUpper(text[i:i+2])]
	if length == 0 {
		return 0
	}
	value := make([]byte, 0, length)
	for len(value) < length && i < len(text) && isAlphanumeric(text[i]) {
		value = append(value, text[i])
		i++
		if len(value) < length {
			i += separators(text[i:])
		}
	}
	if len(value) < length || i < len(text) && isAlphanumeric(text[i]) || !isIBAN(strings.ToUpper(string(value))) {
		return 0
	}
	return i
}

// maxTrims bounds how many groups are taken off an end of a phone candidate.
const maxTrims = 3

// findPhones finds phone numbers, without the numbers that stand beside them.
func findPhones(text string) []place {
	found := phoneCandidates(text)
	for n, p := range found {
		found[n] = trimPhone(text, p)
	}
	return found
}

var phoneCandidates = matching(`(?:\+|\b00)?\(?\d{1,4}\)?(?:[ .\-/]?\(?\d{1,4}\)?){2,6}`, 0)

// trimPhone leaves out groups of digits at the end, then at the start, until a
// valid number is left; without one the candidate stays as it is.
func trimPhone(text string, p place) place {
	for start, n := p.start, 0; n <= maxTrims && start < p.end; n++ {
		for end, m := p.end, 0; m <= maxTrims && end > start; m++ {
			if isPhone(text[start:end]) {
				return place{start, end}
			}
			end = cutLastGroup(text, start, end)
		}
		start = cutFirstGroup(text, start, p.end)
	}
	return p
}

func cutLastGroup(text string, start, end int) int {
	for end > start && isDigit(text[end-1]) {
		end--
	}
	for end > start && !isDigit(text[end-1]) {
		end--
	}
	return end
}

func cutFirstGroup(text string, start, end int) int {
	for start < end && !isDigit(text[start]) {
		start++
	}
	for start < end && isDigit(text[start]) {
		start++
	}
	for start < end && !isDigit(text[start]) {
		start++
	}
	return start
}
