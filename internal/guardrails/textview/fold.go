package textview

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxExpansion bounds how much longer a text may become by unifying compatible
// forms: there are characters that stand for a sentence of eighteen letters.
const maxExpansion = 2

// clean returns the visible characters of a text, with look-alikes of Latin
// letters replaced and accents gone, and what its invisible ones say. Case is
// kept, because encodings depend on it.
func clean(text string) (string, []reading) {
	if ascii(text) {
		return text, nil
	}
	c := cleaner{limit: maxExpansion*len(text) + 64}
	c.out.Grow(len(text) + len(text)/8)
	text = strings.ToValidUTF8(text, "\ufffd")
	c.latin = mostlyLatin(text)
	text = norm.NFKD.String(text)
	for _, r := range text {
		if c.out.Len() > c.limit {
			break
		}
		c.add(r)
	}
	c.endToken()
	return c.out.String(), c.hidden.readings()
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// mostlyLatin says whether a text has more ASCII letters than other characters.
func mostlyLatin(text string) bool {
	latin, other := 0, 0
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf && asciiLetter(byte(r)):
			latin++
		case r >= utf8.RuneSelf && unicode.IsLetter(r):
			other++
		}
	}
	return latin >= other
}

// cleaner writes visible text, and replaces look-alikes when it knows the whole
// token that they stand in.
type cleaner struct {
	out    strings.Builder
	token  []rune
	hidden hidden
	latin  bool // most letters of the text are Latin
	limit  int
}

func (c *cleaner) add(r rune) {
	switch {
	case r < utf8.RuneSelf && !asciiLetter(byte(r)), unicode.IsSpace(r):
		c.endToken()
		if r >= utf8.RuneSelf {
			r = ' '
		}
		c.out.WriteRune(r)
	case r < utf8.RuneSelf:
		c.token = append(c.token, r)
	case c.hidden.add(r) || accent(r):
	case unicode.IsLetter(r) || lookalike(r) != 0:
		c.token = append(c.token, r)
	default:
		c.endToken()
		c.out.WriteRune(r)
	}
	if len(c.token) > maxToken {
		c.endToken()
	}
}

// maxToken bounds the runes of a token; scripts without spaces have long ones.
const maxToken = 64

// endToken writes a token. Its look-alikes become Latin letters when it mixes
// them with Latin letters or, in a text that is mostly Latin, when it has
// nothing else.
func (c *cleaner) endToken() {
	var latin, like, other bool
	for _, r := range c.token {
		switch {
		case r < utf8.RuneSelf:
			latin = true
		case lookalike(r) != 0:
			like = true
			latin = latin || unicode.Is(unicode.Latin, r) // small capitals, letters with strokes
			other = other || !strictLookalike(r)
		default:
			other = true
		}
	}
	replace := like && (latin || c.latin && !other)
	for _, r := range c.token {
		l := lookalike(r)
		if l != 0 && (replace || !unicode.IsLetter(r)) {
			r = rune(l)
		}
		c.out.WriteRune(r)
	}
	c.token = c.token[:0]
}

// accent says whether r is a mark on a Latin, Greek or Cyrillic letter. Marks of
// other scripts are vowels and stay.
func accent(r rune) bool {
	return r >= 0x300 && r <= 0x36f || r >= 0x1ab0 && r <= 0x1aff || r >= 0x1dc0 && r <= 0x1dff ||
		r >= 0x20d0 && r <= 0x20ff || r >= 0xfe20 && r <= 0xfe2f
}

// fold writes a visible text in lower case with single white space.
func fold(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	space := byte(0)
	for i := 0; i < len(text); i++ {
		ch := text[i]
		switch {
		case ch == '\n' || ch == '\r':
			space = '\n'
			continue
		case ch <= ' ' || ch == 0x7f:
			if space == 0 {
				space = ' '
			}
			continue
		}
		if space != 0 && b.Len() > 0 {
			b.WriteByte(space)
		}
		space = 0
		if ch < utf8.RuneSelf {
			b.WriteByte(lower(ch))
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		b.WriteRune(foldRune(r))
		i += size - 1
	}
	return b.String()
}

func foldRune(r rune) rune {
	switch r {
	case '’', '‘', 'ʼ', '´':
		return '\''
	case '“', '”', '„', '«', '»':
		return '"'
	case '–', '—', '‐', '−':
		return '-'
	case '。':
		return '.'
	}
	return unicode.ToLower(r)
}

// Fold returns a text in the form of a view's text, for comparison with it.
func Fold(text string) string {
	visible, _ := clean(text)
	return fold(visible)
}

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

func asciiLetter(b byte) bool { b = lower(b); return b >= 'a' && b <= 'z' }
func asciiDigit(b byte) bool  { return b >= '0' && b <= '9' }
