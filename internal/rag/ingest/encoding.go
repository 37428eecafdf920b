package ingest

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	textunicode "golang.org/x/text/encoding/unicode"
)

// decode returns a file's bytes as text. It knows UTF-8, UTF-16 and, where it is
// plain to see, the old encoding of Western Europe; it guesses nothing else.
func decode(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), zeros(data, 1):
		return decodeAs(textunicode.UTF16(textunicode.LittleEndian, textunicode.UseBOM), data)
	case bytes.HasPrefix(data, []byte("\xfe\xff")), zeros(data, 0):
		return decodeAs(textunicode.UTF16(textunicode.BigEndian, textunicode.UseBOM), data)
	case utf8.Valid(data):
		return text(string(withoutMark(data)))
	case looksWestern(data):
		return decodeAs(charmap.Windows1252, data)
	}
	return "", invalid("it is neither UTF-8 text nor another format that is read: save it as UTF-8")
}

func decodeAs(e encoding.Encoding, data []byte) (string, error) {
	decoded, err := e.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(decoded, unicode.ReplacementChar) {
		return "", invalid("its encoding is broken: save it as UTF-8")
	}
	return text(string(withoutMark(decoded)))
}

// text refuses what is no text although it decodes as some.
func text(s string) (string, error) {
	control := 0
	for _, r := range s {
		if r == 0 {
			return "", invalid("it is no text")
		}
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' && r != '\f' {
			control++
		}
	}
	if control > 10 && control > len(s)/100 {
		return "", invalid("it is no text")
	}
	return s, nil
}

// zeros says whether every second byte, from the first (0) or second (1) on, is
// nearly always zero and the others hardly ever: Latin letters in UTF-16 without a
// mark.
func zeros(data []byte, which int) bool {
	head := data[:min(len(data), 4096)&^1]
	if len(head) < 8 || len(data)%2 != 0 {
		return false
	}
	var count [2]int
	for i, b := range head {
		if b == 0 {
			count[i%2]++
		}
	}
	half := len(head) / 2
	return count[which] > half*7/10 && count[1-which] < half/10
}

// looksWestern says whether bytes that aren't UTF-8 can only be Windows-1252 or
// Latin-1: few of them are outside ASCII, mostly alone among letters of ASCII, as
// in "café". In other alphabets they come in rows.
func looksWestern(data []byte) bool {
	high, alone := 0, 0
	for i, b := range data {
		switch {
		case b == 0 || b == 0x81 || b == 0x8d || b == 0x8f || b == 0x90 || b == 0x9d: // undefined there
			return false
		case b >= utf8.RuneSelf:
			high++
			if (i == 0 || data[i-1] < utf8.RuneSelf) && (i+1 == len(data) || data[i+1] < utf8.RuneSelf) {
				alone++
			}
		}
	}
	return high*10 <= len(data)+10 && alone*10 >= high*8
}
