package grounding

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// plain writes the digits of all scripts as 0 to 9, letters and signs of unusual
// width as usual ones, and leaves out what can't be seen: a figure is read as a
// reader sees it, whatever it is made of.
func plain(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r < utf8.RuneSelf:
			return r
		case unicode.Is(unicode.Cf, r):
			return -1
		case unicode.Is(unicode.Nd, r):
			return digit(r)
		}
		return r
	}, norm.NFKC.String(text))
}

// digit uses that the digits of every script stand in ten successive code points,
// from zero on, so that a run of them begins with a zero.
func digit(r rune) rune {
	zero := r
	for unicode.Is(unicode.Nd, zero-1) {
		zero--
	}
	return '0' + (r-zero)%10
}
