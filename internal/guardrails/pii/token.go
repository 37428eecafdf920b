package pii

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// kind says what characters a token is made of.
type kind uint8

const (
	word   kind = iota // letters
	number             // ASCII digits
	mixed              // both
)

// shape says where the capital letters of a word are.
type shape uint8

const (
	lower   shape = iota
	capital       // only the first one
	upper         // all of them
	camel         // some other way
)

// token is a run of letters and digits, at bytes start to end of the view.
type token struct {
	start, end int
	hint       hint
	kind       kind
	shape      shape
	taken      bool // part of a find
}

// find is personal data at bytes start to end of the view.
type find struct {
	kind          string
	start, end    int
	masked, value string
	confidence    float64
}

// scanner holds one text while the verifiers go over it.
type scanner struct {
	view
	*lexicon
	tokens []token
	found  []find
	ats    []int // where the @ signs are, escaped ones among them
	hints  hint  // of all words together
	digits bool  // whether any token has digits
	tried  int   // up to which byte keys were looked for
	asked  int   // how often the numbering plans were asked
}

// scanners keeps the memory of scans for the next ones.
var scanners = sync.Pool{New: func() any { return new(scanner) }}

// maxKept is the number of tokens up to which a scan's memory is kept.
const maxKept = 1 << 14

func newScanner(text string) *scanner {
	s := scanners.Get().(*scanner)
	s.view, s.lexicon = straighten(text), loadLexicon()
	s.cut()
	if s.hints&hintDigit != 0 && s.spellOut() {
		s.cut()
	}
	return s
}

func (s *scanner) release() {
	if cap(s.tokens) > maxKept {
		return
	}
	clear(s.found) // holds personal data
	*s = scanner{tokens: s.tokens[:0], found: s.found[:0], ats: s.ats[:0]}
	scanners.Put(s)
}

// class is what a byte is good for.
type class uint8

const (
	classSign  class = iota
	classDigit       // 0 to 9
	classLower
	classUpper
	classHigh // part of a letter beyond ASCII
)

var classes = func() (table [256]class) {
	for c := range table {
		switch {
		case c >= '0' && c <= '9':
			table[c] = classDigit
		case c >= 'a' && c <= 'z':
			table[c] = classLower
		case c >= 'A' && c <= 'Z':
			table[c] = classUpper
		case c >= utf8.RuneSelf:
			table[c] = classHigh
		}
	}
	return table
}()

// cut finds the tokens of the view.
func (s *scanner) cut() {
	s.tokens, s.ats, s.hints, s.digits = s.tokens[:0], s.ats[:0], 0, false
	text := s.text
	for i := 0; i < len(text); {
		if classes[text[i]] == classSign {
			if text[i] == '@' || strings.HasPrefix(text[i:], escapedAt) {
				s.ats = append(s.ats, i)
			}
			i++
			continue
		}
		start := i
		var seen [5]int
		for i < len(text) && classes[text[i]] != classSign {
			seen[classes[text[i]]]++
			i++
		}
		s.add(start, i, seen)
	}
}

// add appends the token at bytes start to end, which has so many bytes of each
// class.
func (s *scanner) add(start, end int, seen [5]int) {
	t := token{start: start, end: end, kind: mixed}
	switch seen[classDigit] {
	case 0:
		t.kind = word
		t.shape = shapeOf(s.text[start:end], seen)
		t.hint = s.hintsOf(s.text[start:end]) | s.compound(start, end)
		s.hints |= t.hint
	case end - start:
		t.kind = number
		s.digits = true
	default:
		s.digits = true
		t.shape = camel
		if seen[classLower]+seen[classHigh] == 0 {
			t.shape = upper
		}
	}
	s.tokens = append(s.tokens, t)
}

// compound returns the hints of a short word that belongs to the one before it:
// a/c is an account, a tax id a taxpayer's number, C/ a street in Spain.
func (s *scanner) compound(start, end int) hint {
	if end-start > 2 {
		return 0
	}
	if s.text[start:end] == "C" && end < len(s.text) && s.text[end] == '/' {
		return hintStreetFirst
	}
	before := s.text[max(0, start-4):start]
	switch w := s.text[start:end]; {
	case len(w) == 1 && w[0]|0x20 == 'c' && (strings.HasSuffix(before, "a/") || strings.HasSuffix(before, "A/")):
		return hintAccount
	case len(w) == 2 && w[0]|0x20 == 'i' && strings.EqualFold(w, "id") && strings.EqualFold(before, "tax "):
		return hintITIN
	}
	return 0
}

func shapeOf(word string, seen [5]int) shape {
	if seen[classHigh] > 0 {
		return shapeOfRunes(word)
	}
	switch first := classes[word[0]] == classUpper; {
	case seen[classUpper] == 0:
		return lower
	case first && seen[classUpper] == 1:
		return capital
	case first && seen[classLower] == 0:
		return upper
	}
	return camel
}

func shapeOfRunes(word string) shape {
	first, uppers, letters := false, 0, 0
	for _, r := range word {
		if unicode.IsUpper(r) {
			first = first || letters == 0
			uppers++
		}
		letters++
	}
	switch {
	case uppers == 0:
		return lower
	case first && uppers == 1:
		return capital
	case uppers == letters:
		return upper
	}
	return camel
}

// raw is the text of token i.
func (s *scanner) raw(i int) string { return s.text[s.tokens[i].start:s.tokens[i].end] }

// gap is the text between tokens i-1 and i.
func (s *scanner) gap(i int) string {
	if i >= len(s.tokens) {
		return "\n"
	}
	if i == 0 {
		return s.text[:s.tokens[0].start]
	}
	return s.text[s.tokens[i-1].end:s.tokens[i].start]
}

// take records what was found in tokens first to last (exclusive), exactly at
// their bytes.
func (s *scanner) take(kind string, first, last int, value, masked string, confidence float64) {
	s.takeBytes(kind, s.tokens[first].start, s.tokens[last-1].end, first, last, value, masked, confidence)
}

// takeBytes is take with other bytes: a sign before or behind belongs to the
// value.
func (s *scanner) takeBytes(kind string, start, end, first, last int, value, masked string, confidence float64) {
	for i := first; i < last; i++ {
		s.tokens[i].taken = true
	}
	s.found = append(s.found, find{kind, start, end, masked, value, confidence})
}

// refuse keeps tokens first to last (exclusive) from being found as anything.
func (s *scanner) refuse(first, last int) {
	for i := first; i < last; i++ {
		s.tokens[i].taken = true
	}
}

// free says whether no part of tokens first to last (exclusive) was found yet.
func (s *scanner) free(first, last int) bool {
	for i := first; i < last; i++ {
		if s.tokens[i].taken {
			return false
		}
	}
	return true
}

// tokenAt returns the first token that ends behind byte at, searching from token
// i on.
func (s *scanner) tokenAt(i, at int) int {
	for i < len(s.tokens) && s.tokens[i].end <= at {
		i++
	}
	return i
}
