package guardrails

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// positions maps byte offsets of a straightened text back to the original. Each
// step says that from offset at on, the original is by bytes further.
type positions []struct{ at, by int }

func (p positions) original(offset int) int {
	i := sort.Search(len(p), func(i int) bool { return p[i].at > offset })
	if i == 0 {
		return offset
	}
	return offset + p[i-1].by
}

// straighten writes digits of other scripts and widths as ASCII and leaves out
// characters that nobody sees, so that patterns see through both.
func straighten(text string) (string, positions) {
	if ascii(text) {
		return text, nil
	}
	var b strings.Builder
	var p positions
	for i, r := range text {
		switch {
		case unicode.Is(unicode.Cf, r): // invisible: soft hyphens, zero-width, direction marks
		case otherDigit(r):
			b.WriteByte(byte('0' + digitValue(r)))
		case r >= 0xff01 && r <= 0xff5e: // full-width forms of ASCII
			b.WriteByte(byte(r - 0xff01 + '!'))
		default:
			b.WriteRune(r)
		}
		if next := i + utf8.RuneLen(r); next-b.Len() != last(p) {
			p = append(p, struct{ at, by int }{b.Len(), next - b.Len()})
		}
	}
	return b.String(), p
}

func last(p positions) int {
	if len(p) == 0 {
		return 0
	}
	return p[len(p)-1].by
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func otherDigit(r rune) bool { return r >= utf8.RuneSelf && unicode.Is(unicode.Nd, r) }

// digitValue uses that the digits of every script stand in ten successive code
// points, of which the one of value zero is the first (Unicode, chapter 4.6),
// and that ranges of more hold several styles, each from zero to nine.
func digitValue(r rune) int {
	for _, block := range unicode.Nd.R16 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return int(r-rune(block.Lo)) % 10
		}
	}
	for _, block := range unicode.Nd.R32 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return int(r-rune(block.Lo)) % 10
		}
	}
	return 0
}

// confusable are letters of other scripts that look like Latin ones.
var confusable = map[rune]rune{
	'а': 'a', 'е': 'e', 'о': 'o', 'р': 'p', 'с': 'c', 'х': 'x', 'у': 'y', 'і': 'i', 'ѕ': 's', 'ј': 'j', 'һ': 'h', 'ԁ': 'd',
	'α': 'a', 'ε': 'e', 'ο': 'o', 'ρ': 'p', 'ι': 'i', 'κ': 'k', 'ν': 'v', 'τ': 't', 'υ': 'u', 'ı': 'i',
}

// fold gives the form in which phrases are looked for: lower case, compatible
// forms unified, look-alikes replaced, invisible characters gone, white space
// single.
func fold(text string) string {
	text = strings.ToLower(norm.NFKC.String(text))
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Mn, r) {
			return -1
		}
		if latin, ok := confusable[r]; ok {
			return latin
		}
		if r == '’' || r == '‘' {
			return '\''
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
