package telemetry

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// maxValueBytes bounds one printed string: long enough for a stack trace, short
// enough that a hostile value can't fill a disk.
const maxValueBytes = 8 << 10

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. Control characters, line ends of any
// alphabet and broken UTF-8 are escaped, so that a record stays one line and one
// valid JSON object whatever it is given.
func appendString(buf []byte, s string) []byte {
	s = cut(s)
	buf = append(buf, '"')
	start := 0
	for i := 0; i < len(s); {
		if b := s[i]; b < utf8.RuneSelf {
			if b >= ' ' && b != '"' && b != '\\' && b != 0x7f {
				i++
				continue
			}
			buf = append(buf, s[start:i]...)
			buf = appendEscape(buf, rune(b))
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r != '\u2028' && r != '\u2029' && r != '\u0085' && (r != utf8.RuneError || size > 1) {
			i += size
			continue
		}
		buf = append(buf, s[start:i]...)
		buf = appendEscape(buf, r)
		i += size
		start = i
	}
	buf = append(buf, s[start:]...)
	return append(buf, '"')
}

func appendEscape(buf []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(buf, '\\', byte(r))
	case '\n':
		return append(buf, '\\', 'n')
	case '\t':
		return append(buf, '\\', 't')
	case '\r':
		return append(buf, '\\', 'r')
	}
	return append(buf, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// cut bounds s without splitting a character.
func cut(s string) string {
	if len(s) <= maxValueBytes {
		return s
	}
	end := maxValueBytes
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// appendFloat appends f as a JSON number; what JSON can't say becomes a string.
func appendFloat(buf []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return appendString(buf, strconv.FormatFloat(f, 'g', -1, 64))
	}
	return strconv.AppendFloat(buf, f, 'g', -1, 64)
}

// appendMillis appends d in milliseconds, to the microsecond.
func appendMillis(buf []byte, d time.Duration) []byte {
	return strconv.AppendFloat(buf, math.Round(float64(d)/1e3)/1e3, 'f', -1, 64)
}
