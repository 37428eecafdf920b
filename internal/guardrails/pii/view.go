package pii

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// view is a text as the verifiers read it: digits of all scripts are ASCII,
// invisible characters are gone, dashes, spaces and quotes are the plain ones,
// every currency sign is a dollar sign, and bytes above ASCII are letters only.
type view struct {
	text string
	// from and to say which original bytes a byte of text stands for. They are
	// nil while text is the original.
	from, to []int32
}

// otherSign stands for any sign that means nothing here, and for letters of
// scripts that put no spaces between words.
const otherSign = 0x1f

// origin translates bytes start to end of the view to the original text.
func (v *view) origin(start, end int) (int, int) {
	if v.from == nil || start >= end {
		return start, end
	}
	return int(v.from[start]), int(v.to[end-1])
}

// straighten makes the view of a text.
func straighten(text string) view {
	if isASCII(text) {
		return view{text: text}
	}
	b := builder{}
	b.grow(len(text))
	skip := 0 // up to which byte a word stands in the view in English
	for i, r := range text {
		if i < skip {
			continue
		}
		if m := meaningAt(r, text[i:]); m.word != "" {
			skip = i + len(m.word)
			for k := range len(m.english) {
				b.add(m.english[k], i, skip)
			}
			continue
		}
		size := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size = utf8.DecodeRuneInString(text[i:])
		}
		if r < utf8.RuneSelf {
			b.add(byte(r), i, i+1)
			continue
		}
		b.addRune(r, text[i:i+size], i)
	}
	return b.view()
}

// builder collects the bytes of a view with their origin.
type builder struct {
	text     strings.Builder
	from, to []int32
}

func (b *builder) grow(n int) {
	b.text.Grow(n)
	b.from, b.to = make([]int32, 0, n), make([]int32, 0, n)
}

func (b *builder) add(c byte, from, to int) {
	b.text.WriteByte(c)
	b.from, b.to = append(b.from, int32(from)), append(b.to, int32(to))
}

func (b *builder) view() view { return view{b.text.String(), b.from, b.to} }

// addRune adds what stands for a rune beyond ASCII, which was written as raw at
// byte i.
func (b *builder) addRune(r rune, raw string, i int) {
	if invisible(r) {
		return
	}
	if c := b.dateSign(r); c != 0 {
		b.add(c, i, i+len(raw))
		return
	}
	if c := plain(r); c != 0 {
		b.add(c, i, i+len(raw))
		return
	}
	for k := range len(raw) {
		b.add(raw[k], i, i+len(raw))
	}
}

// dateSign returns what the rune is in a date when a digit stands before it, zero
// when it is none.
func (b *builder) dateSign(r rune) byte {
	if r < 0x5e74 || b.text.Len() == 0 || !isDigit(b.text.String()[b.text.Len()-1]) {
		return 0
	}
	return dateSigns[r]
}

// invisible says whether nobody sees the rune: zero-width and direction marks,
// soft hyphens, variation selectors, the frame of a keycap.
func invisible(r rune) bool {
	switch {
	case r >= 0xfe00 && r <= 0xfe0f, r == 0x20e3, r == 0x034f, r == 0x115f, r == 0x3164, r >= 0xe0100 && r <= 0xe01ef:
		return true
	}
	return unicode.Is(unicode.Cf, r)
}

// plain returns the ASCII character that a rune beyond ASCII stands for, zero
// when it is a letter and stands for itself.
func plain(r rune) byte {
	switch {
	case r >= 0xff01 && r <= 0xff5e: // full-width forms of ASCII
		return byte(r - 0xff01 + '!')
	case r >= 0x00c0 && r <= 0x024f && r != '×' && r != '÷': // most letters
		return 0
	case unicode.IsDigit(r):
		return byte('0' + digitValue(r))
	case r >= 0x2460 && r <= 0x2468: // circled one to nine
		return byte(r - 0x2460 + '1')
	case r == 0x24ea:
		return '0'
	case r >= 0x1d400 && r <= 0x1d7cb: // letters of mathematics
		if s := norm.NFKC.String(string(r)); len(s) == 1 {
			return s[0]
		}
		return otherSign
	case r == 0x2028, r == 0x2029, r == 0x85:
		return '\n'
	case unicode.Is(unicode.Zs, r):
		return ' '
	case unicode.Is(unicode.Pd, r), r == '−', r == '‐':
		return '-'
	case r == '’', r == '‘', r == 'ʼ', r == '′', r == '´':
		return '\''
	case r == '“', r == '”', r == '«', r == '»':
		return '"'
	case r == '⁺':
		return '+'
	case r == '。', r == '․', r == '·':
		return '.'
	case unicode.Is(unicode.Sc, r):
		return '$'
	case r >= 0x0e00 && r <= 0x0eff, r >= 0x2e80 && r <= 0x9fff, r >= 0x20000 && r <= 0x3ffff:
		return otherSign // Thai, Lao, Chinese, Japanese
	case unicode.IsLetter(r), unicode.IsMark(r):
		return 0
	}
	return superscript(r)
}

// superscript returns the digit of a raised or lowered one, otherwise the sign
// that means nothing.
func superscript(r rune) byte {
	switch {
	case r == '¹':
		return '1'
	case r == '²', r == '³':
		return byte(r - '²' + '2')
	case r == 0x2070, r >= 0x2074 && r <= 0x2079:
		return byte(r - 0x2070 + '0')
	case r >= 0x2080 && r <= 0x2089:
		return byte(r - 0x2080 + '0')
	}
	return otherSign
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

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
