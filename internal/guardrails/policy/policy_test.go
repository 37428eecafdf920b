package policy

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/safety"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
)

func parsed(t *testing.T, text string) *Policy {
	t.Helper()
	p, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAFileChangesOnlyWhatItSays(t *testing.T) {
	t.Parallel()
	p := parsed(t, "version: mine\nsafety:\n  hate: {threshold: 0.8}\n  sexual: {input: flag}\ninjection: {output: allow}\n")
	want := Builtin().Safety
	want[safety.Hate] = Rule{0.8, Block, Block}
	want[safety.Sexual] = Rule{0.5, Flag, Block}
	if diff := cmp.Diff(want, p.Safety); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Rule{0.5, Block, Allow}, p.Injection); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(p.Version, "mine+") || p.Version == parsed(t, "version: mine\n").Version {
		t.Errorf("version %q doesn't tell the files apart", p.Version)
	}
}

func TestABadFileIsRefusedWithItsFaults(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ file, want string }{
		"no version":          {"allow: [some words]", "version"},
		"unknown key":         {"version: a\nsaftey: {}", "saftey"},
		"unknown inner key":   {"version: a\ninjection: {treshold: 0.5}", "treshold"},
		"unknown category":    {"version: a\nsafety: {rudeness: {threshold: 0.5}}", `no category "rudeness"`},
		"no such action":      {"version: a\nsafety: {hate: {input: delete}}", `"delete" is not one of`},
		"threshold zero":      {"version: a\ninjection: {threshold: 0}", "must be from 0.05 to 1"},
		"threshold not a no.": {"version: a\ninjection: {threshold: .nan}", "must be from 0.05 to 1"},
		"wrong type":          {"version: a\nallow: yes", "line 2"},
		"not YAML":            {"version: [", "line 1"},
		"two documents":       {"version: a\n---\nversion: b", "one document"},
		"no such PII":         {"version: a\npii: {ignore: [SHOE_SIZE]}", "no type \"SHOE_SIZE\""},
		"confidence":          {"version: a\npii: {min_confidence: 2}", "from 0 to 1"},
		"empty value":         {"version: a\npii: {allow_values: ['--']}", "neither letters nor digits"},
		"short phrase":        {"version: a\nallow: [a]", "at least 3"},
		"phrase with an edge": {"version: a\ndeny: [{phrase: '(abc'}]", "begin and end with a letter"},
		"regex":               {"version: a\npatterns: [{name: n, regex: '(', category: c}]", "missing closing )"},
		"regex too large":     {"version: a\npatterns: [{name: n, regex: '(a{1,100}){1,10}', category: c}]", "too large"},
		"regex of nothing":    {"version: a\npatterns: [{name: n, regex: 'a*', category: c}]", "every text"},
		"pattern of nothing":  {"version: a\npatterns: [{name: n, regex: 'abc'}]", "either a pii_type or a category"},
		"pattern of both":     {"version: a\npatterns: [{name: n, regex: 'abc', category: c, pii_type: LOYALTY}]", "either a pii_type or a category"},
		"type":                {"version: a\npatterns: [{name: n, regex: 'abc', pii_type: loyalty}]", "capital letters"},
		"mask":                {"version: a\npatterns: [{name: n, regex: 'abc', pii_type: LOYALTY, mask: first4}]", "not one of all, last4"},
		"category":            {"version: a\ndeny: [{phrase: some words, category: 'Not So'}]", "small letters"},
		"severity":            {"version: a\ndeny: [{phrase: some words, severity: huge}]", "not one of low, medium, high"},
		"too many":            {"version: a\npatterns: [" + strings.Repeat("{name: n, regex: abc, category: c},", maxPatterns+1) + "]", "at most 32"},
		"too long":            {"version: a\n#" + strings.Repeat("x", maxFile), "bytes long"},
		"two faults":          {"version: a\ninjection: {threshold: 7}\npii: {min_confidence: 7}", "min_confidence"},
	} {
		if _, err := Parse([]byte(tc.file)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
}

func TestAllowedPhrasesAreCutOut(t *testing.T) {
	t.Parallel()
	p := parsed(t, "version: a\nallow: [kill the standing order, 'Bomb Coffee', Zürich]\n")
	for text, want := range map[string]string{
		"please Kill  the\nstanding ORDER now": "please   now",
		"at bomb coffee, and Bomb Coffee":      "at  , and  ",
		"a bomb, coffee":                       "a bomb, coffee",
		"kill the standing orders":             "kill the standing orders", // no whole word
		"nothing of it":                        "nothing of it",
		"from Zürich to ZÜRICH":                "from   to  ",
		"böömb coffee":                         "böömb coffee",
	} {
		if got := p.WithoutAllowed(text, textview.Of(text)[0]); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestDenied(t *testing.T) {
	t.Parallel()
	p := parsed(t, `
version: a
deny:
  - {phrase: pump and dump, category: illegal, severity: medium, input: flag}
  - {phrase: Acme Bank}
patterns:
  - {name: rivals, regex: 'switch to \w+bank\b', category: competitor, severity: low, input: allow, output: block}
`)
	none := []Denied(nil)
	for _, tc := range []struct {
		text   string
		output bool
		want   []Denied
	}{
		{"a Pump and Dump group", false, []Denied{{"illegal", safety.Medium, Flag}}},
		{"a Pump and Dump group", true, []Denied{{"illegal", safety.Medium, Block}}},
		{"pumps and dumps", false, none},
		{"tell me of \u200bA\u0441me bank", false, []Denied{{"denied", safety.High, Block}}}, // a Cyrillic letter, and an invisible one
		{"cHVtcCBhbmQgZHVtcCBncm91cCBmb3IgYWxsIG9mIHVz", false, []Denied{{"illegal", safety.Medium, Flag}}},
		{"Switch to FINEBANK today", true, []Denied{{"competitor", safety.Low, Block}}},
		{"switch to another app", true, none},
	} {
		got, err := p.Denied(t.Context(), textview.Of(tc.text), tc.output)
		if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
			t.Errorf("%q: %s %v", tc.text, diff, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Denied(ended, textview.Of("anything"), true); err == nil {
		t.Error("patterns ran after the end")
	}
}

func TestPersonalDataOfThePolicysOwn(t *testing.T) {
	t.Parallel()
	p := parsed(t, `
version: a
pii:
  min_confidence: 0.2
  ignore: [PERSON]
  allow_values: ["+1 212 555 0142", "help@bank.example"]
patterns:
  - {name: loyalty, regex: '\bLN-?\d{8}\b', pii_type: LOYALTY_NUMBER, mask: last4}
  - {name: pair, regex: '(?i)key:\s*\S+', pii_type: OWN_KEY}
`)
	for text, want := range map[string]string{
		"my number LN-12345678 is lost":               "my number ****5678 is lost",
		"my number LN-123456789 is lost":              "my number LN-123456789 is lost",
		"call +1 (212) 555-0142 or help@BANK.example": "call +1 (212) 555-0142 or help@BANK.example",
		"mail ann@mail.example":                       "mail a***@mail.example",
		"KEY: abc and card 4111 1111 1111 1111":       "**** and card ****1111",
		"key:4111111111111111":                        "****",
		"my name is Maria Gonzalez":                   "my name is Maria Gonzalez",
	} {
		found, err := p.PII(t.Context(), text, pii.Find(text))
		if got := pii.Mask(text, found); got != want || err != nil {
			t.Errorf("%q became %q, want %q, %v", text, got, want, err)
		}
	}
}

func TestOverlappingMatchesAreHiddenAsOne(t *testing.T) {
	t.Parallel()
	text := "0123456789"
	got := pii.Mask(text, joined(text, []pii.Match{{Start: 4, End: 8, Masked: "b"}, {Start: 2, End: 6, Masked: "a"}}))
	if got != "01****89" {
		t.Error(got)
	}
}

// TestTheLastGoodPolicyStays edits a file the way people and orchestrators do.
func TestTheLastGoodPolicyStays(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "policy.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(path, nil); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("a missing file at the start: %v", err)
	}
	write("version: one")
	k, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	one := k.Current().Version
	for _, step := range []struct {
		do      func()
		faulty  bool
		version string
	}{
		{func() {}, false, "one+"},
		{func() { write("version: two") }, false, "two+"},
		{func() { write("version: [") }, true, "two+"},
		{func() {}, true, "two+"},
		{func() { _ = os.Remove(path) }, true, "two+"},
		{func() { write("version: one") }, false, "one+"},
	} {
		step.do()
		err := k.Reload(t.Context())
		if (err != nil) != step.faulty || (k.Problem() != nil) != step.faulty || !strings.HasPrefix(k.Current().Version, step.version) {
			t.Errorf("%v, in force is %s, want %s", err, k.Current().Version, step.version)
		}
	}
	if k.Current().Version != one {
		t.Error("the same file has another version")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(BuiltinYAML())
	f.Add([]byte("version: a\npatterns: [{name: n, regex: 'a+b', pii_type: LOYALTY}]\nallow: [some words]\ndeny: [{phrase: other words}]"))
	f.Add([]byte("version: &a x\nallow: [*a, *a]"))
	text := "some words and other words, aab 4111 1111 1111 1111"
	views := textview.Of(text)
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse(data)
		if err != nil {
			return
		}
		p.WithoutAllowed(text, views[0])
		if _, err := p.Denied(t.Context(), views, false); err != nil {
			t.Error(err)
		}
		found, err := p.PII(t.Context(), text, pii.Find(text))
		if err != nil {
			t.Error(err)
		}
		pii.Mask(text, found) // panics when matches overlap
	})
}
