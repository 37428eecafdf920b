package pdf

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// at is a line of a font size that stands so high on its page.
func at(top, size float64, text string) line {
	return line{text: text, left: 50, right: 50 + size*float64(len(text))/2, top: top, bottom: top - size, size: size}
}

func TestCompose(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pages [][]line
		want  string
	}{
		"larger lines are headings": {
			[][]line{{at(700, 20, "Fees"), at(650, 10, "A wire costs $20,"), at(638, 10, "a transfer nothing."), at(600, 14, "Cards"), at(580, 10, "Free.")}},
			"# Fees\n\nA wire costs $20,\na transfer nothing.\n\n## Cards\n\nFree.",
		},
		"bullets are items":        {[][]line{{at(700, 10, "You need:"), at(688, 10, "• a card"), at(676, 10, "• a PIN")}}, "You need:\n- a card\n- a PIN"},
		"divided words are joined": {[][]line{{at(700, 10, "trans"+hyphen), at(688, 10, "fer it")}}, "transfer it"},
		"running titles are no text": {
			[][]line{{at(800, 10, "Terms 1"), at(700, 10, "one")}, {at(800, 10, "Terms 2"), at(700, 10, "two")}, {at(800, 10, "Terms 3"), at(700, 10, "three")}},
			"one\n\ntwo\n\nthree",
		},
		"nothing": {nil, ""},
	} {
		if diff := cmp.Diff(test.want, compose(test.pages)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// FuzzCompose takes each line's text from one string and its place and size from bytes.
func FuzzCompose(f *testing.F) {
	f.Add("Fees\nA wire\n• x\ntrans\ufffe\nfer", []byte("\x10\x20\x30\x40"))
	f.Add("1\n2\n3\n4\n5", []byte{0, 255, 7})
	f.Fuzz(func(t *testing.T, text string, places []byte) {
		if !utf8.ValidString(text) || len(places) == 0 {
			return
		}
		var pages [][]line
		var lines []line
		for i, l := range strings.Split(text, "\n") {
			place := places[i%len(places)]
			run := at(float64(place)*3, float64(place%30), l)
			run.bold = place%7 == 0
			if lines = appendRun(lines, run); place%5 == 0 {
				pages, lines = append(pages, lines), nil
			}
		}
		if got := compose(append(pages, lines)); !utf8.ValidString(got) || strings.Contains(got, hyphen) {
			t.Errorf("%q of %q", got, text)
		}
	})
}
