package pii

import (
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// tokenKind says what a token is made of.
type tokenKind uint8

const (
	word   tokenKind = iota // letters, with apostrophes between them
	digits                  // ASCII digits
	mixed                   // letters and digits
	mark                    // one other character, no white space
)

// token is a piece of the straightened text.
type token struct {
	start, end int
	kind       tokenKind
	class      class // what its word means to the finders
	upper      bool  // begins with a capital letter
	shout      bool  // has no small letter
}

// scan is the work on one text.
type scan struct {
	source string // as it was given
	text   string // straightened
	steps  []step // from text back to source
	tokens []token
	claims []claim
	named  []namedToken // work of findNames
	common filter
}

var scans = sync.Pool{New: func() any { return new(scan) }}

func newScan(text string) *scan {
	s := scans.Get().(*scan)
	s.source = text
	s.text, s.steps = straighten(text)
	s.tokens, s.claims = s.tokens[:0], s.claims[:0]
	s.split()
	return s
}

// maxKept bounds what a scan keeps for the next text, in tokens.
const maxKept = 1 << 12

func (s *scan) release() {
	s.source, s.text, s.steps = "", "", nil
	clear(s.claims)
	if cap(s.tokens) <= maxKept {
		scans.Put(s)
	}
}

// step says that from offset at on, the source is by bytes further.
type step struct{ at, by int }

func (s *scan) original(offset int) int {
	i := sort.Search(len(s.steps), func(i int) bool { return s.steps[i].at > offset })
	if i == 0 {
		return offset
	}
	return offset + s.steps[i-1].by
}

// originalEnd is where a piece of the text ends in the source: behind its last
// character, before anything unseen that follows.
func (s *scan) originalEnd(end int) int {
	_, size := utf8.DecodeLastRuneInString(s.text[:end])
	last := s.original(end - size)
	_, size = utf8.DecodeRuneInString(s.source[last:])
	return last + size
}

// straighten writes digits of other scripts and forms as ASCII and leaves out
// characters that nobody sees, so that finders see through both.
func straighten(text string) (string, []step) {
	if ascii(text) {
		return text, nil
	}
	var b strings.Builder
	b.Grow(len(text))
	var steps []step
	by := 0
	for i, r := range text {
		size := utf8.RuneLen(r)
		if r == utf8.RuneError { // perhaps one broken byte
			_, size = utf8.DecodeRuneInString(text[i:])
		}
		if n := i - b.Len(); n != by {
			by = n
			steps = append(steps, step{b.Len(), by})
		}
		switch {
		case r < utf8.RuneSelf:
			b.WriteByte(byte(r))
		case unseen(r):
		case r >= 0xff01 && r <= 0xff5e: // full-width forms of ASCII
			b.WriteByte(byte(r - 0xff01 + '!'))
		default:
			if d, ok := digitValue(r); ok {
				b.WriteByte('0' + d)
			} else {
				b.WriteString(text[i : i+size])
			}
		}
	}
	return b.String(), steps
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// unseen are characters without a form of their own: zero-width ones, soft
// hyphens, direction marks, tags, variation selectors and combining marks that
// are put on digits.
func unseen(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) || r == 0x20e3
}

// digitValue reads the digits of every script, and those in circles, brackets,
// superscript and subscript.
func digitValue(r rune) (byte, bool) {
	switch {
	case r >= 0x2460 && r <= 0x2468: // circled 1 to 9
		return byte(r-0x2460) + 1, true
	case r == 0x24ea:
		return 0, true
	case r >= 0x2080 && r <= 0x2089: // subscript
		return byte(r - 0x2080), true
	case r == 0x2070 || r >= 0x2074 && r <= 0x2079: // superscript
		return byte(r - 0x2070), true
	case r == 0xb9:
		return 1, true
	case r == 0xb2 || r == 0xb3:
		return byte(r - 0xb0), true
	case !unicode.Is(unicode.Nd, r):
		return 0, false
	}
	// The digits of a script stand in ten successive code points, the one of
	// value zero first (Unicode, chapter 4.6), and ranges of more hold several
	// styles, each from zero to nine.
	for _, block := range unicode.Nd.R16 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return byte((r - rune(block.Lo)) % 10), true
		}
	}
	for _, block := range unicode.Nd.R32 {
		if rune(block.Lo) <= r && r <= rune(block.Hi) {
			return byte((r - rune(block.Lo)) % 10), true
		}
	}
	return 0, false
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func isLetter(b byte) bool { return b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' }

func isAlphanumeric(b byte) bool { return isDigit(b) || isLetter(b) }

// split makes the tokens.
func (s *scan) split() {
	text := s.text
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			i++
		case isAlphanumeric(c) || c >= utf8.RuneSelf:
			i = s.chunk(i)
		default:
			s.tokens = append(s.tokens, token{start: i, end: i + 1, kind: mark})
			i++
		}
	}
}

// chunk adds the letters and digits that stand together from offset i on.
func (s *scan) chunk(i int) int {
	text := s.text
	start, letters, numbers := i, 0, 0
	t := token{start: i, shout: true}
	for i < len(text) {
		c := text[i]
		if letters == 0 && numbers > 2 && (c == 'x' || c == 'X') && i+1 < len(text) && isDigit(text[i+1]) {
			break // an extension behind a telephone number
		}
		switch {
		case isDigit(c):
			numbers++
			i++
			continue
		case c >= 'a' && c <= 'z':
			t.shout = false
			letters++
			i++
			continue
		case c >= 'A' && c <= 'Z':
			t.upper = t.upper || i == start
			letters++
			i++
			continue
		case c == '\'' && letters > 0 && i+1 < len(text) && isLetter(text[i+1]):
			i++
			continue
		case c < utf8.RuneSelf:
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			if r == '’' && letters > 0 && i+size < len(text) && isLetter(text[i+size]) {
				i += size
				continue
			}
			if unicode.IsLetter(r) || unicode.Is(unicode.M, r) && letters > 0 {
				t.upper = t.upper || i == start && unicode.IsUpper(r)
				t.shout = t.shout && !unicode.IsLower(r)
				letters++
				i += size
				continue
			}
			if i == start { // a mark or a space of its own
				if !unicode.IsSpace(r) {
					s.tokens = append(s.tokens, token{start: i, end: i + size, kind: mark})
				}
				return i + size
			}
		}
		break
	}
	t.end = i
	switch {
	case numbers == 0:
		t.kind, t.class = word, classOf(text[start:i])
	case letters == 0:
		t.kind = digits
	default:
		t.kind = mixed
	}
	s.tokens = append(s.tokens, t)
	return i
}

func (s *scan) of(t token) string { return s.text[t.start:t.end] }

// is says whether token i exists and is one ASCII character.
func (s *scan) is(i int, c byte) bool {
	return i >= 0 && i < len(s.tokens) && s.tokens[i].end-s.tokens[i].start == 1 && s.text[s.tokens[i].start] == c
}

// before says whether one of the n words before token i, or in it, is of a class.
func (s *scan) before(i, n int, c class) bool {
	for i--; i >= 0 && n > 0; i-- {
		t := s.tokens[i]
		if t.class&c != 0 {
			return true
		}
		if t.kind != mark {
			n--
		}
	}
	return false
}

// after says whether one of the n words behind token i is of a class.
func (s *scan) after(i, n int, c class) bool {
	for i++; i < len(s.tokens) && n > 0; i++ {
		t := s.tokens[i]
		if t.class&c != 0 {
			return true
		}
		if t.kind != mark {
			n--
		}
	}
	return false
}
