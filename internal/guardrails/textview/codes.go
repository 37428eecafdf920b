package textview

import (
	"strconv"
	"strings"
)

// maxSeparation is how many bytes may stand between two numbers of a list of
// character codes: "72, 101", "chr(72)+chr(101)", "&#72;&#101;".
const maxSeparation = 8

// codes reads lists of numbers as character codes.
func codes(text string) []reading {
	var found []reading
	var list []string
	last := 0
	flush := func() {
		if len(list) >= minGroups {
			found = append(found, codeReadings(list)...)
		}
		list = list[:0]
	}
	for i := 0; i < len(text); {
		end := i
		for end < len(text) && isHex(text[end]) {
			end++
		}
		if end == i {
			i++
			continue
		}
		group := text[i:end]
		if groupSize := len(group); groupSize > 8 || len(list) > 0 && i-last > maxSeparation {
			flush()
		}
		if number(text, i, end) {
			list, last = append(list, group), end
		}
		i = end
	}
	flush()
	return gathered(found)
}

// number says whether the hexadecimal digits from i to end are a number of their
// own and no part of a word.
func number(text string, i, end int) bool {
	if end-i > 8 || end < len(text) && asciiLetter(text[end]) && text[end] != 'x' && text[end] != 'u' {
		return false
	}
	if end-i == 1 && text[i] == '0' && end < len(text) && text[end] == 'x' {
		return false // the prefix of a hexadecimal number
	}
	return i == 0 || !asciiLetter(text[i-1]) || text[i-1] == 'x' || text[i-1] == 'u' || text[i-1] == 'n'
}

// codeReadings reads a list of numbers in the bases that all its numbers allow,
// and keeps what is text.
func codeReadings(list []string) []reading {
	var found []reading
	for _, base := range []int{10, 16, 2, 8} {
		if text, ok := asText(codeBytes(list, base)); ok {
			found = append(found, reading{Codes, text})
		}
	}
	return found
}

// codeBytes returns the bytes that numbers of a base stand for; nothing when too
// many of them stand for none.
func codeBytes(list []string, base int) []byte {
	var out []byte
	wrong := 0
	for _, group := range list {
		value, err := strconv.ParseUint(group, base, 32)
		if err != nil || value > 0xff || base == 2 && len(group) < 6 {
			if wrong++; wrong*8 > len(list) {
				return nil
			}
			continue
		}
		out = append(out, byte(value))
	}
	return out
}

// morse reads dots and dashes.
func morse(text string) []reading {
	var b strings.Builder
	letters := 0
	for _, field := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' }) {
		if field == "/" || field == "|" {
			b.WriteByte(' ')
			continue
		}
		for i, part := range strings.Split(field, "/") {
			if i > 0 {
				b.WriteByte(' ')
			}
			letter := morseLetters[strings.ReplaceAll(part, "_", "-")]
			if letter == 0 {
				continue
			}
			b.WriteByte(letter)
			letters++
		}
	}
	if letters < minText {
		return nil
	}
	return []reading{{Morse, b.String()}}
}

var morseLetters = func() map[string]byte {
	table := map[string]byte{}
	for i, code := range strings.Fields(".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..") {
		table[code] = byte('a' + i)
	}
	return table
}()
