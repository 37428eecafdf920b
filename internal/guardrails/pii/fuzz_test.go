package pii_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
)

// seeds for the fuzzer: one of each type and the ways to hide them.
var seeds = []string{
	message, plainMessage,
	"ssn 123-45-6789, later 123456789 and 0123456789012",
	"my name is Anna Berg and ANNA BERG; mark is Mark Stone",
	"card ４５３９ １４８８ ０３４３ ６４６７, iban gb29 nwbk 6016 1331 9268 19",
	"call four one five dash five five five dash two six seven one, double five",
	"jane (at) example dot com, postgres://a:b@c, token a1b2c3d4e5f6a7b8c9d0, 1\u200b2\u200b3",
	"passport X1234567, born 3/4/1980, aba 021000021, account 12345678, 10.0.0.1, 00:1a:2b:3c:4d:5e",
	"I live at 12 Oak Lane, Springfield; bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
	"+44 (0)20 7946 0958 ext 5", "X:A0:A:: A0:A::", "\xff\xfe7@\xc3",
	"我叫李建生日 李建 ", "我叫李建国，生日1979年3月8日 李建国先生", "저는 박지훈입니다 박지훈님", "اسمي ليلى حداد", "高橋美咲様 カード番号4539148803436467", "d.o.b. 1. M\u00e4rz 1980 \u0661\u0662\u0663",
}

func FuzzFind(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		matches := pii.Find(text)
		end := 0
		for _, m := range matches {
			checkMatch(t, text, m, end)
			end = m.End
		}
		checkMasked(t, text, matches)
	})
}

// checkMatch checks a match's place; the one before ended at byte end.
func checkMatch(t *testing.T, text string, m pii.Match, end int) {
	t.Helper()
	switch {
	case m.Start < end || m.End <= m.Start || m.End > len(text):
		t.Fatalf("%+v is misplaced in %q", m, text)
	case m.Type == "" || m.Masked == "" || m.Value == "" || m.Confidence <= 0 || m.Confidence > 1:
		t.Fatalf("%+v is incomplete", m)
	case utf8.ValidString(text) && (!utf8.RuneStart(text[m.Start]) || m.End < len(text) && !utf8.RuneStart(text[m.End])):
		t.Fatalf("%+v cuts a rune of %q", m, text)
	}
}

// checkMasked checks that no value is left in the masked text: neither as it was
// written, as a word of its own, nor, where it is a number, inside of anything.
func checkMasked(t *testing.T, text string, matches []pii.Match) {
	t.Helper()
	masked := pii.Mask(text, matches)
	for _, m := range matches {
		if left := text[m.Start:m.End]; containsWord(masked, left) {
			t.Fatalf("%q is left in %q, which was %q", left, masked, text)
		}
		if isNumber(m.Value) && strings.Contains(masked, m.Value) {
			t.Fatalf("%q is left in %q, which was %q", m.Value, masked, text)
		}
	}
}

func isNumber(s string) bool { return strings.Trim(s, "0123456789") == "" }

// containsWord says whether a text contains a part that is no piece of a longer
// word.
func containsWord(text, part string) bool {
	for at := 0; at < len(text); at++ {
		i := strings.Index(text[at:], part)
		if i < 0 {
			return false
		}
		at += i
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(part):])
		if !inWord(before) && !inWord(after) {
			return true
		}
	}
	return false
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || unicode.Is(unicode.Cf, r))
}
