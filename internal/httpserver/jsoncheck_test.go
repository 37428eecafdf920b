package httpserver

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

func TestFieldsThatEncodingJSONTakesForOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"message", "MESSAGE", true},
		{"kind", "\u212aind", true},
		{"s", "ſ", true},
		{"é", "É", true},
		{"message", "massage", false},
		{"a", "á", false},
		{"", "x", false},
	} {
		if got := foldCase(c.a) == foldCase(c.b); got != c.same {
			t.Errorf("%q and %q: same is %v, want %v", c.a, c.b, got, c.same)
		}
	}
}

// FuzzCheckJSON compares with encoding/json: what passes is one JSON value in
// UTF-8 without NUL, and no field of it is set twice.
func FuzzCheckJSON(f *testing.F) {
	for _, s := range []string{
		`{"a":1,"b":[{"a":2},{"a":3}]}`, `{"a":1,"A":2}`, `"\\u0000"`, `"\u0000"`, `[]`, `{"a":{"a":{}}}`, `{"\u0061":1,"a":2}`,
		`"a\\"`, `{"a":"\"b\":1"}`, ` null `, `1e9`, "\xff",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if checkJSON(body) != nil {
			return
		}
		if !utf8.Valid(body) || !json.Valid(body) {
			t.Fatalf("%q passes", body)
		}
		var v any
		if err := json.Unmarshal(body, &v); err != nil && !strings.Contains(err.Error(), "cannot unmarshal number") {
			t.Fatalf("%q passes: %v", body, err)
		}
		again, err := json.Marshal(v)
		if err != nil || strings.Contains(strings.ReplaceAll(string(again), `\\`, ""), `\u0000`) {
			t.Fatalf("%q passes with NUL: %v", body, err)
		}
	})
}

// FuzzExplain gives messages and locations that a client may have shaped.
func FuzzExplain(f *testing.F) {
	f.Add("body.message", "expected length >= 1")
	f.Add("body.$F.${1}", "expected required property $1 to be present")
	f.Add("", "expected value to be one of \"a, b\"")
	f.Fuzz(func(t *testing.T, location, message string) {
		got := explain("validation failed", []error{&huma.ErrorDetail{Location: location, Message: message, Value: "hunter2"}})
		if strings.Contains(got, "hunter2") && !strings.Contains(location+message, "hunter2") {
			t.Fatalf("%q echoes the value", got)
		}
		if !utf8.ValidString(message) {
			return
		}
		if !utf8.ValidString(got) || strings.ContainsAny(fieldName(location), "\x00\n\r") {
			t.Fatalf("%q is no text", got)
		}
	})
}
