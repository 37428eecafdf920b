// Package textview gives the readings of a text that a judge has to look at: as
// it is meant to be seen, with disguises of letters taken off, and what is hidden
// in it under an encoding. It judges nothing itself.
package textview

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// View is one reading of a text: lower case, compatible forms unified,
// look-alike letters replaced by Latin ones, accents and unseen characters gone,
// white space single.
type View struct {
	Text string
	// Disguise says how this reading was hidden; empty for the plain one.
	Disguise string
}

// Limits of what is looked at, so that the time is linear in the text.
const (
	maxViews = 12 // of one text
	maxDepth = 2  // encodings within encodings
	leastLen = 8  // bytes of a hidden text that are worth a look
)

// Of returns the readings of a text, the plain one first.
func Of(text string) []View {
	views := make([]View, 1, 4)
	views[0] = View{Text: Fold(text)}
	if hidden := unseenText(text); hidden != "" {
		views = append(views, View{Fold(hidden), "unseen characters"})
	}
	views = appendDisguised(views, views[0].Text, text)
	budget := len(text) + 64
	return appendDecoded(views, text, 0, &budget)
}

// Fold gives the plain reading of a text.
func Fold(text string) string {
	if isASCII(text) {
		return foldASCII(text)
	}
	var b strings.Builder
	b.Grow(len(text))
	space := true
	for _, r := range norm.NFKD.String(text) {
		switch {
		case r < utf8.RuneSelf:
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
			continue
		default:
			r = unicode.ToLower(r)
			if latin, ok := lookAlikes[r]; ok {
				r = latin
			}
		}
		if unicode.IsSpace(r) || r < ' ' {
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		}
		space = false
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return strings.TrimRight(b.String(), " ")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func foldASCII(text string) string {
	b := make([]byte, 0, len(text))
	space := true
	for i := range len(text) {
		c := text[i]
		if c <= ' ' || c == 0x7f {
			if !space {
				b = append(b, ' ')
			}
			space = true
			continue
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		space = false
		b = append(b, c)
	}
	if space && len(b) > 0 {
		b = b[:len(b)-1]
	}
	return string(b)
}

// lookAlikes are letters of other scripts, and forms that Unicode doesn't
// decompose, that look like Latin ones in small letters.
var lookAlikes = map[rune]rune{
	// Cyrillic
	'а': 'a', 'в': 'b', 'е': 'e', 'ё': 'e', 'к': 'k', 'м': 'm', 'н': 'h', 'о': 'o', 'р': 'p', 'с': 'c', 'т': 't', 'у': 'y', 'х': 'x',
	'і': 'i', 'ї': 'i', 'ѕ': 's', 'ј': 'j', 'һ': 'h', 'ԁ': 'd', 'ԛ': 'q', 'ԝ': 'w', 'ӏ': 'l', 'ѵ': 'v', 'г': 'r', 'ո': 'n', 'ց': 'g', 'օ': 'o', 'ѡ': 'w', 'ь': 'b',
	// Greek
	'α': 'a', 'β': 'b', 'ε': 'e', 'η': 'n', 'ι': 'i', 'κ': 'k', 'μ': 'u', 'ν': 'v', 'ο': 'o', 'ρ': 'p', 'σ': 'o', 'ς': 's', 'τ': 't', 'υ': 'u', 'χ': 'x', 'ω': 'w', 'γ': 'y',
	// Latin letters of phonetics and others
	'ı': 'i', 'ɑ': 'a', 'ɡ': 'g', 'ɩ': 'i', 'ʟ': 'l', 'ɴ': 'n', 'ʀ': 'r', 'ꜱ': 's', 'ᴀ': 'a', 'ʙ': 'b', 'ᴄ': 'c', 'ᴅ': 'd', 'ᴇ': 'e', 'ꜰ': 'f', 'ɢ': 'g', 'ʜ': 'h',
	'ɪ': 'i', 'ᴊ': 'j', 'ᴋ': 'k', 'ᴍ': 'm', 'ᴏ': 'o', 'ᴘ': 'p', 'ᴛ': 't', 'ᴜ': 'u', 'ᴠ': 'v', 'ᴡ': 'w', 'ʏ': 'y', 'ᴢ': 'z', 'ø': 'o', 'đ': 'd', 'ł': 'l', 'ħ': 'h', 'ŧ': 't',
	'ɐ': 'a', 'ə': 'e', 'ɘ': 'e', 'ɵ': 'o', 'ƅ': 'b', 'ɾ': 'r', 'ʋ': 'v', 'ʐ': 'z', 'ʂ': 's', 'ɓ': 'b', 'ɗ': 'd', 'ƙ': 'k', 'ƥ': 'p', 'ƭ': 't', 'ɦ': 'h', 'ɱ': 'm', 'ɲ': 'n', 'ŋ': 'n',
	// Cherokee and Armenian, Coptic
	'ꭰ': 'd', 'ꭱ': 'r', 'ꭲ': 't', 'ꭺ': 'a', 'ꮃ': 'w', 'ꮇ': 'm', 'ꮋ': 'h', 'ꮐ': 'g', 'ꮓ': 'z', 'ꮖ': 'i', 'ꮞ': '4', 'ꮟ': 'b', 'ꮢ': 'r', 'ꮤ': 'w', 'ꮪ': 's', 'ꮩ': 'v', 'ꮮ': 'l', 'ꮯ': 'c', 'ꮲ': 'p',
	'ս': 'u', 'ԍ': 'g', 'հ': 'h', 'ա': 'w', 'ⲟ': 'o', 'ⲣ': 'p', 'ⲥ': 'c',
	// signs
	'’': '\'', '‘': '\'', 'ʼ': '\'', '“': '"', '”': '"', '‐': '-', '‑': '-', '–': '-', '—': '-', '−': '-', '·': '.',
	'🅰': 'a', '🅱': 'b', '🅾': 'o', '🅿': 'p',
}

// letterSquares are blocks of letters in squares and circles that have no
// decomposition, and regional indicators, each from A on.
var letterSquares = []rune{0x1f130, 0x1f150, 0x1f170, 0x1f1e6}

func init() {
	for _, first := range letterSquares {
		for i := range rune(26) {
			lookAlikes[first+i] = 'a' + i
		}
	}
}

// unseenText reads what is written in characters that nobody sees: tags, which
// mirror ASCII, variation selectors, which can stand for bytes, and two kinds of
// zero-width characters as bits.
func unseenText(text string) string {
	if isASCII(text) {
		return ""
	}
	var tags, bytes strings.Builder
	var bits []byte
	for _, r := range text {
		switch {
		case r >= 0xe0020 && r <= 0xe007e:
			tags.WriteByte(byte(r - 0xe0000))
		case r >= 0xfe00 && r <= 0xfe0f:
			bytes.WriteByte(byte(r - 0xfe00))
		case r >= 0xe0100 && r <= 0xe01ef:
			bytes.WriteByte(byte(r - 0xe0100 + 16))
		case r == 0x200b:
			bits = append(bits, 0)
		case r == 0x200c || r == 0x200d:
			bits = append(bits, 1)
		}
	}
	hidden := tags.String()
	for _, candidate := range []string{bytes.String(), fromBits(bits)} {
		if readable(candidate) {
			hidden += " " + candidate
		}
	}
	if len(hidden) < leastLen {
		return ""
	}
	return hidden
}

func fromBits(bits []byte) string {
	b := make([]byte, 0, len(bits)/8)
	for i := 0; i+8 <= len(bits); i += 8 {
		var v byte
		for _, bit := range bits[i : i+8] {
			v = v<<1 | bit
		}
		b = append(b, v)
	}
	return string(b)
}

// readable says whether decoded bytes look like words: mostly letters and
// spaces.
func readable(s string) bool {
	if len(s) < leastLen || !utf8.ValidString(s) {
		return false
	}
	letters, total := 0, 0
	for _, r := range s {
		total++
		if unicode.IsLetter(r) || r == ' ' {
			letters++
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == utf8.RuneError {
			return false
		}
	}
	return letters*100 >= total*75
}
