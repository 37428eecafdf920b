package textview

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"html"
	"net/url"
	"strconv"
	"strings"
)

// appendDecoded adds what is hidden in a text under encodings. budget is how
// many bytes may still be decoded.
func appendDecoded(views []View, text string, depth int, budget *int) []View {
	add := func(decoded, how string) {
		if len(views) < maxViews && len(decoded) <= *budget && readable(decoded) {
			*budget -= len(decoded)
			views = append(views, View{Fold(decoded), how})
			views = appendDisguised(views, views[len(views)-1].Text, decoded)
			if depth+1 < maxDepth {
				views = appendDecoded(views, decoded, depth+1, budget)
			}
		}
	}
	for at := 0; at < len(text) && len(views) < maxViews; {
		start, end := nextBlob(text, at)
		if start < 0 {
			break
		}
		at = end
		if decoded, how := decodeBlob(text[start:end]); decoded != "" {
			add(decoded, how)
		}
	}
	add(byteList(text), "character codes")
	add(morse(text), "Morse code")
	if strings.Contains(text, "&#") {
		if v := html.UnescapeString(text); v != text {
			add(v, "entities")
		}
	}
	if strings.Count(text, "%") > 3 {
		if v, err := url.PathUnescape(text); err == nil && v != text {
			add(v, "percent signs")
		}
	}
	if strings.Contains(text, `\u00`) || strings.Contains(text, `\x`) {
		add(escapes(text), "escapes")
	}
	return views
}

func blobByte(c byte) bool {
	return letter(c) || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '=' || c == '_' || c == '-'
}

// leastBlob is the length of the shortest encoded text that is looked at: long
// words and identifiers are shorter.
const leastBlob = 16

// nextBlob finds a piece without spaces that may be encoded. Lines of one width,
// as programs fold such texts, are one piece.
func nextBlob(text string, at int) (start, end int) {
	for i := at; i < len(text); {
		for i < len(text) && !blobByte(text[i]) {
			i++
		}
		start = i
		for i < len(text) && (blobByte(text[i]) || text[i] == '\n' && i-start >= 60 && i+1 < len(text) && blobByte(text[i+1])) {
			i++
		}
		if i-start >= leastBlob {
			return start, i
		}
	}
	return -1, len(text)
}

// decodeBlob tries the encodings whose alphabet a piece keeps to.
func decodeBlob(s string) (decoded, how string) {
	s = strings.ReplaceAll(s, "\n", "")
	bare := strings.TrimRight(s, "=")
	if h := strings.TrimPrefix(bare, "0x"); len(h)%2 == 0 && strings.Trim(h, "0123456789abcdefABCDEF") == "" {
		if b, err := hex.DecodeString(h); err == nil && readable(string(b)) {
			return string(b), "hex"
		}
	}
	upper := strings.ToUpper(bare)
	if len(bare) >= 24 && (upper == bare || strings.ToLower(bare) == bare) && strings.Trim(upper, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == "" {
		if b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(upper); err == nil && readable(string(b)) {
			return string(b), "base32"
		}
	}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if b, err := encoding.DecodeString(bare[:len(bare)-len(bare)%4+remainder(len(bare)%4)]); err == nil && readable(string(b)) {
			return string(b), "base64"
		}
	}
	return "", ""
}

// remainder is how many of the last characters of base64 still hold a byte.
func remainder(n int) int {
	if n == 1 {
		return 0
	}
	return n
}

// byteList reads series of numbers that are codes of letters, with anything
// short between them.
func byteList(text string) string {
	var out strings.Builder
	var series []string
	flush := func() {
		if len(series) >= leastLen {
			out.WriteString(fromCodes(series))
			out.WriteByte(' ')
		}
		series = series[:0]
	}
	last := 0
	for i := 0; i < len(text); {
		if !hexDigit(text[i]) {
			i++
			continue
		}
		if text[i] == '0' && i+1 < len(text) && text[i+1] == 'x' {
			i += 2
			continue
		}
		start := i
		for i < len(text) && hexDigit(text[i]) {
			i++
		}
		n := i - start
		if i < len(text) && letter(text[i]) { // a word, perhaps the name of a function
			for i < len(text) && (letter(text[i]) || hexDigit(text[i])) {
				i++
			}
			if i-start > longestName {
				flush()
				last = i
			}
			continue
		}
		inWord := start > 0 && letter(text[start-1]) && strings.IndexByte("xXuUr", text[start-1]) < 0
		if inWord || n < 2 || n > 8 {
			flush()
			last = i
			continue
		}
		if start-last > 8 {
			flush()
		}
		series = append(series, text[start:i])
		last = i
	}
	flush()
	return strings.TrimSuffix(out.String(), " ")
}

// longestName is the length of a function that may stand between codes: chr, char.
const longestName = 5

func hexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// fromCodes reads numbers in the first base in which they are words.
func fromCodes(series []string) string {
	for _, base := range []int{2, 8, 10, 16} {
		b := make([]rune, 0, len(series))
		for _, s := range series {
			n, err := strconv.ParseUint(s, base, 20)
			if err != nil || n < ' ' && n != '\n' || n >= 0x7f && n < 0xa0 || base == 2 && len(s) != 8 || base == 8 && n > '~' {
				break
			}
			b = append(b, rune(n))
		}
		if len(b) == len(series) && readable(string(b)) {
			return string(b)
		}
	}
	return ""
}

// escapes undoes \u0041 and \x41.
func escapes(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		n := 0
		switch {
		case strings.HasPrefix(text[i:], `\u`):
			n = 4
		case strings.HasPrefix(text[i:], `\x`):
			n = 2
		}
		if n > 0 && i+2+n <= len(text) {
			if v, err := strconv.ParseUint(text[i+2:i+2+n], 16, 32); err == nil {
				b.WriteRune(rune(v))
				i += 1 + n
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// morseLetters are the letters and digits of International Morse code (ITU-R
// M.1677).
var morseLetters = func() map[string]byte {
	m := map[string]byte{}
	for i, code := range strings.Fields(".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..") {
		m[code] = 'a' + byte(i)
	}
	for i, code := range strings.Fields("----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----.") {
		m[code] = '0' + byte(i)
	}
	return m
}()

// morse reads a text that is mostly Morse code.
func morse(text string) string {
	signs := strings.Count(text, ".") + strings.Count(text, "-")
	if signs < 3*leastLen || 2*signs < len(text) {
		return ""
	}
	var b strings.Builder
	for i, word := range strings.Split(strings.ReplaceAll(text, "/", "  "), "  ") {
		if i > 0 {
			b.WriteByte(' ')
		}
		for code := range strings.FieldsSeq(word) {
			if c, ok := morseLetters[code]; ok {
				b.WriteByte(c)
			}
		}
	}
	return b.String()
}
