package httpserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxJSONDepth is far deeper than any request of ours and far less than what
// hurts a recursive reader.
const maxJSONDepth = 64

// checkJSON refuses, as 400, a body that is not one JSON value in UTF-8, and what
// is valid JSON but means different things to different readers: a name that
// comes twice in an object (encoding/json takes the last, whatever its case, and
// validation might have looked at the first), and NUL, which databases don't
// store as text.
func checkJSON(body []byte) error {
	if !utf8.Valid(body) {
		return malformed("the body is not valid UTF-8")
	}
	if !json.Valid(body) {
		return jsonError(body)
	}
	s := jsonScanner{data: body}
	return s.scan()
}

func jsonError(body []byte) error {
	var v json.RawMessage
	var syntax *json.SyntaxError
	if err := json.Unmarshal(body, &v); errors.As(err, &syntax) {
		return malformed("malformed JSON at byte %d: %s", syntax.Offset, syntax.Error())
	}
	return malformed("malformed JSON")
}

// jsonScanner walks a valid JSON text.
type jsonScanner struct {
	data []byte
	at   int
	open []jsonLevel
}

// jsonLevel is an open object or array.
type jsonLevel struct {
	names   map[string]bool // nil in an array
	expects bool            // in an object: whether the next string is a name
}

func (s *jsonScanner) scan() error {
	for s.at < len(s.data) {
		switch c := s.data[s.at]; c {
		case '{', '[':
			if len(s.open) == maxJSONDepth {
				return malformed("the JSON is nested deeper than %d levels", maxJSONDepth)
			}
			level := jsonLevel{}
			if c == '{' {
				level = jsonLevel{names: map[string]bool{}, expects: true}
			}
			s.open = append(s.open, level)
		case '}', ']':
			s.open = s.open[:len(s.open)-1]
		case ',':
			top := &s.open[len(s.open)-1]
			top.expects = top.names != nil
		case '"':
			if err := s.text(); err != nil {
				return err
			}
			continue
		}
		s.at++
	}
	return nil
}

// text reads the string that begins here.
func (s *jsonScanner) text() error {
	raw, escaped := s.take()
	if escaped && hasNUL(raw) {
		return malformed("the body contains the character NUL")
	}
	if len(s.open) == 0 {
		return nil
	}
	top := &s.open[len(s.open)-1]
	if !top.expects {
		return nil
	}
	top.expects = false
	name := string(raw[1 : len(raw)-1])
	if escaped {
		if err := json.Unmarshal(raw, &name); err != nil {
			return malformed("malformed JSON")
		}
	}
	name = foldCase(name)
	if top.names[name] {
		return malformed("a name comes twice in one object: %s", fieldName("body."+name))
	}
	top.names[name] = true
	return nil
}

// take returns the string literal at the scanner, quotes included, and moves
// behind it.
func (s *jsonScanner) take() (raw []byte, escaped bool) {
	start := s.at
	s.at++
	for s.data[s.at] != '"' {
		if s.data[s.at] == '\\' {
			escaped = true
			s.at++
		}
		s.at++
	}
	s.at++
	return s.data[start:s.at], escaped
}

// hasNUL reports whether a string literal has the escape \u0000.
func hasNUL(raw []byte) bool {
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 || i+1 >= len(raw) {
			return false
		}
		if bytes.HasPrefix(raw[i:], []byte(`\u0000`)) {
			return true
		}
		raw = raw[i+2:]
	}
}

// foldCase maps names that encoding/json would take for the same field to one.
func foldCase(name string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		if r < utf8.RuneSelf {
			return r
		}
		for {
			next := unicode.SimpleFold(r)
			if next <= r {
				return next // the smallest of the characters that fold together
			}
			r = next
		}
	}, name)
}
