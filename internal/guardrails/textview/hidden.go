package textview

import (
	"strings"
	"unicode"
)

// hidden collects what invisible characters spell: tags are ASCII, each
// variation selector is a byte, and zero-width characters are bits.
type hidden struct {
	tags, selectors []byte
	marks           []rune
}

// add takes a character that nobody sees and says whether r was one.
func (h *hidden) add(r rune) bool {
	switch {
	case r >= 0xe0000 && r <= 0xe007f:
		h.tags = append(h.tags, byte(r-0xe0000))
	case r >= 0xfe00 && r <= 0xfe0f:
		h.selectors = append(h.selectors, byte(r-0xfe00))
	case r >= 0xe0100 && r <= 0xe01ef:
		h.selectors = append(h.selectors, byte(r-0xe0100+16))
	case r >= 0x200b && r <= 0x200d, r >= 0x2060 && r <= 0x2064, r == 0xfeff:
		h.marks = append(h.marks, r)
	case r == 0x3164 || r == 0xffa0 || r == 0x115f || r == 0x1160 || r == 0x34f || r >= 0x180b && r <= 0x180f: // fillers and joiners
	default:
		return unicode.Is(unicode.Cf, r)
	}
	return true
}

func (h *hidden) readings() []reading {
	var found []reading
	for _, bytes := range [][]byte{h.tags, h.selectors} {
		if text, ok := asText(bytes); ok {
			found = append(found, reading{Invisible, text})
		}
	}
	for _, bytes := range bitReadings(h.marks) {
		if text, ok := asText(bytes); ok {
			found = append(found, reading{Invisible, text})
		}
	}
	return found
}

// bitReadings reads two kinds of marks as bits, either one as zero. Others
// separate nothing.
func bitReadings(marks []rune) [][]byte {
	if len(marks) < 4*8 {
		return nil
	}
	zero, one := marks[0], rune(0)
	var bits, inverse strings.Builder
	for _, m := range marks {
		if one == 0 && m != zero {
			one = m
		}
		switch m {
		case zero:
			bits.WriteByte('0')
			inverse.WriteByte('1')
		case one:
			bits.WriteByte('1')
			inverse.WriteByte('0')
		}
	}
	return [][]byte{octets(bits.String()), octets(inverse.String())}
}

// octets packs eight bits into each byte.
func octets(bits string) []byte {
	out := make([]byte, 0, len(bits)/8)
	for ; len(bits) >= 8; bits = bits[8:] {
		var b byte
		for i := range 8 {
			b = b<<1 | bits[i]&1
		}
		out = append(out, b)
	}
	return out
}
