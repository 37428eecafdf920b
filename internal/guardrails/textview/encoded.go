package textview

import (
	"encoding/ascii85"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// decoded returns what the encoded parts of a text say.
func decoded(text string) []reading {
	var found []reading
	s := survey(text)
	if s.longRun {
		found = append(found, runs(text)...)
	}
	if s.brackets > 0 {
		found = append(found, unmarked(text)...)
	}
	if s.escapes >= minEscapes {
		if plain, n := unescape(text); n >= minEscapes {
			found = append(found, reading{Escapes, plain})
		}
	}
	if s.groups >= minGroups {
		found = append(found, codes(text)...)
	}
	if s.dots >= minMorse {
		found = append(found, morse(text)...)
	}
	return found
}

const (
	// minRun is the length from which a run without spaces is decoded; fewer
	// characters hold no phrase. Ordinary words are shorter.
	minRun = 16
	// minEscapes and minGroups are how many escapes or numbers may be a text.
	minEscapes = 3
	minGroups  = 6
	minMorse   = 12
)

// signs counts what hints at encodings.
type signs struct {
	longRun  bool
	brackets int // tags or entities
	escapes  int // \x41 %41 =41 \u0041
	groups   int // numbers
	dots     int // dots and dashes beside one another
}

func survey(text string) signs {
	var s signs
	run := 0
	for i := 0; i < len(text); i++ {
		b := text[i]
		if b <= ' ' {
			run = 0
			continue
		}
		if run++; run >= minRun {
			s.longRun = true
		}
		if b >= 'A' && (b != '\\' && b != '_') {
			continue
		}
		next := byte(0)
		if i+1 < len(text) {
			next = text[i+1]
		}
		switch {
		case b == '<' || b == '&':
			s.brackets++
		case b == '%' || b == '=' || b == '\\':
			s.escapes++
		case dot(b) && (i == 0 || dot(text[i-1]) || text[i-1] == ' ') && (dot(next) || next <= ' '):
			s.dots++
		case asciiDigit(b) && !asciiDigit(next):
			s.groups++
		}
	}
	// Groups of hexadecimal digits may hold no digit at their end.
	s.groups += s.escapes
	return s
}

func dot(b byte) bool { return b == '.' || b == '-' || b == '_' }

// runs decodes the runs of characters without spaces between them.
func runs(text string) []reading {
	var found []reading
	for i := 0; i < len(text); {
		for i < len(text) && text[i] <= ' ' {
			i++
		}
		start := i
		for i < len(text) && text[i] > ' ' {
			i++
		}
		run := text[start:i]
		if len(run) < minRun {
			continue
		}
		if len(run) >= wrapped {
			run, i = rejoin(text, start, i)
		}
		if r, ok := decodeRun(run); ok {
			found = append(found, r)
		}
	}
	return gathered(found)
}

// gathered makes one reading of all of a kind, so that no number of harmless
// ones hides another.
func gathered(found []reading) []reading {
	if len(found) < 2 {
		return found
	}
	var kinds []Kind
	texts := map[Kind][]string{}
	for _, r := range found {
		if texts[r.kind] == nil {
			kinds = append(kinds, r.kind)
		}
		texts[r.kind] = append(texts[r.kind], r.text)
	}
	one := make([]reading, len(kinds))
	for i, kind := range kinds {
		one[i] = reading{kind, strings.Join(texts[kind], "\n")}
	}
	return one
}

// wrapped is the least length of a line of wrapped base64.
const wrapped = 56

// rejoin adds the lines that follow a long run to it.
func rejoin(text string, start, end int) (string, int) {
	var b strings.Builder
	b.WriteString(text[start:end])
	for end < len(text) && (text[end] == '\n' || text[end] == '\r') {
		next := end
		for next < len(text) && (text[next] == '\n' || text[next] == '\r') {
			next++
		}
		stop := next
		for stop < len(text) && text[stop] > ' ' {
			stop++
		}
		if stop == next || stop < len(text) && text[stop] != '\n' && text[stop] != '\r' {
			break
		}
		b.WriteString(text[next:stop])
		end = stop
	}
	return b.String(), end
}

// decodeRun decodes a run in the encodings whose alphabet it keeps to. What isn't
// in the alphabet ends a part: the run may be quoted or stand after a name.
func decodeRun(run string) (reading, bool) {
	for _, e := range []struct {
		kind  Kind
		has   func(byte) bool
		bytes func(string) []byte
	}{
		{Hex, isHex, unhex},
		{Base32, isBase32, unbase32},
		{Base64, isBase64, unbase64},
	} {
		if text, ok := asText(e.bytes(longest(run, e.has))); ok {
			return reading{e.kind, text}, true
		}
	}
	if text, ok := asText(unascii85(run)); ok {
		return reading{Ascii85, text}, true
	}
	return reading{}, false
}

// longest returns the longest part of a run whose bytes are all in an alphabet,
// nothing when it is short.
func longest(run string, in func(byte) bool) string {
	best, start := "", 0
	for i := 0; i <= len(run); i++ {
		if i < len(run) && in(run[i]) {
			continue
		}
		if i-start > len(best) {
			best = run[start:i]
		}
		start = i + 1
	}
	if len(best) < minRun {
		return ""
	}
	return best
}

func isHex(b byte) bool {
	l := lower(b)
	return asciiDigit(b) || l >= 'a' && l <= 'f'
}
func isBase32(b byte) bool { return b >= 'A' && b <= 'Z' || b >= '2' && b <= '7' }
func isBase64(b byte) bool {
	return asciiLetter(b) || asciiDigit(b) || b == '+' || b == '/' || b == '-' || b == '_'
}

func unhex(s string) []byte {
	out, err := hex.DecodeString(s[:len(s)&^1])
	if err != nil {
		return nil
	}
	return out
}

func unbase32(s string) []byte {
	for len(s) > 0 {
		if out, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(s); err == nil {
			return out
		}
		if len(s)%8 == 0 {
			return nil
		}
		s = s[:len(s)-1]
	}
	return nil
}

// unbase64 decodes both alphabets, from the first of four offsets that gives
// text: a path may stand before the data.
func unbase64(s string) []byte {
	s = strings.NewReplacer("-", "+", "_", "/").Replace(s)
	for skip := 0; skip < 4 && skip+minRun <= len(s); skip++ {
		part := s[skip:]
		if len(part)%4 == 1 {
			part = part[:len(part)-1]
		}
		sample, err := base64.RawStdEncoding.DecodeString(part[:min(len(part)&^3, 64)])
		if _, ok := asText(sample); err != nil || !ok {
			continue
		}
		if out, err := base64.RawStdEncoding.DecodeString(part); err == nil {
			return out
		}
	}
	return nil
}

func unascii85(s string) []byte {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "<~"), "~>")
	out := make([]byte, len(s)*4)
	n, _, err := ascii85.Decode(out, []byte(s), true)
	if err != nil {
		return nil
	}
	return out[:n]
}

// minText is the least length of a decoded text that says anything.
const minText = 8

// asText says whether decoded bytes are a text rather than chance: nearly all
// of them printable, and most of them letters and spaces.
func asText(data []byte) (string, bool) {
	if len(data) < minText {
		return "", false
	}
	text := strings.ToValidUTF8(strings.ReplaceAll(string(data), "\x00", ""), "\ufffd")
	var bad, letters, digits, all int
	for _, r := range text {
		all++
		switch {
		case r == utf8.RuneError || r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f:
			bad++
		case unicode.IsLetter(r) || r == ' ':
			letters++
		case unicode.IsDigit(r):
			digits++
		}
	}
	wordy := letters*10 >= all*6 || (letters+digits)*10 >= all*9 // the latter may be encoded once more
	return text, all >= minText && bad*8 <= all && wordy
}

// unmarked returns the text of marked-up text and, apart, its comments and
// attributes, which a reader of the page doesn't see.
func unmarked(text string) []reading {
	var shown, unseen strings.Builder
	tags := 0
	for i := 0; i < len(text); {
		if text[i] != '<' {
			shown.WriteByte(text[i])
			i++
			continue
		}
		inner, size := tag(text[i:])
		if size == 0 {
			shown.WriteByte(text[i])
			i++
			continue
		}
		tags++
		unseen.WriteString(inner)
		unseen.WriteByte('\n')
		i += size
	}
	plain := html.UnescapeString(shown.String())
	if tags == 0 && plain == text {
		return nil
	}
	found := []reading{{Markup, plain}}
	if strings.Contains(unseen.String(), " ") {
		found = append(found, reading{Comment, html.UnescapeString(unseen.String())})
	}
	return found
}

// maxTag bounds a tag, in bytes; comments may be as long as the text.
const maxTag = 512

// tag returns what is inside the tag or comment that text begins with, and the
// size of it all; zero when it begins with neither.
func tag(text string) (string, int) {
	if inside, ok := strings.CutPrefix(text, "<!--"); ok {
		if end := strings.Index(inside, "-->"); end >= 0 {
			return inside[:end], end + len("<!---->")
		}
		return inside, len(text)
	}
	if len(text) < 3 || !asciiLetter(text[1]) && text[1] != '/' {
		return "", 0
	}
	end := strings.IndexByte(text[:min(len(text), maxTag)], '>')
	if end < 0 {
		return "", 0
	}
	return text[1:end], end + 1
}

// unescape replaces the escapes of programming languages, addresses and mail, and
// returns how many there were.
func unescape(text string) (string, int) {
	var b strings.Builder
	b.Grow(len(text))
	n := 0
	for i := 0; i < len(text); {
		if value, size := escape(text[i:]); size > 0 {
			b.WriteRune(value)
			i += size
			n++
			continue
		}
		b.WriteByte(text[i])
		i++
	}
	return b.String(), n
}

// escape returns the character that an escape at the start of text stands for,
// and the size of the escape, zero when there is none.
func escape(text string) (rune, int) {
	switch {
	case strings.HasPrefix(text, "\\x"), strings.HasPrefix(text, "\\X"):
		return hexRune(text, 2, 2)
	case strings.HasPrefix(text, "\\u{"):
		end := strings.IndexByte(text[:min(len(text), 12)], '}')
		if end < 0 {
			return 0, 0
		}
		value, size := hexRune(text[:end], 3, end-3)
		return value, size + min(size, 1)
	case strings.HasPrefix(text, "\\u"):
		return hexRune(text, 2, 4)
	case strings.HasPrefix(text, "\\U"):
		return hexRune(text, 2, 8)
	case strings.HasPrefix(text, "%"), strings.HasPrefix(text, "="):
		return hexRune(text, 1, 2)
	case strings.HasPrefix(text, "\\n"):
		return '\n', 2
	case len(text) >= 4 && text[0] == '\\' && octal(text[1]) && octal(text[2]) && octal(text[3]):
		return rune(text[1]-'0')<<6 | rune(text[2]-'0')<<3 | rune(text[3]-'0'), 4
	}
	return 0, 0
}

func octal(b byte) bool { return b >= '0' && b <= '7' }

// hexRune reads the n hexadecimal digits from byte at.
func hexRune(text string, at, n int) (rune, int) {
	if n == 0 || len(text) < at+n {
		return 0, 0
	}
	var value rune
	for _, b := range []byte(text[at : at+n]) {
		if !isHex(b) {
			return 0, 0
		}
		value = value<<4 | rune(nibble(b))
	}
	return value, at + n
}

func nibble(b byte) byte {
	if asciiDigit(b) {
		return b - '0'
	}
	return lower(b) - 'a' + 10
}
