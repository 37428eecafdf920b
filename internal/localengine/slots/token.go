package slots

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	word tokenKind = iota + 1
	number
	symbol
	placeholder // what masking put in, like [PERSON_1]
)

// token is a word, a number or a sign of a text, in lower case.
type token struct {
	kind       tokenKind
	start, end int
	text       string
	capital    bool // written with a capital
	// Of a number: its digits, with separators, and the letters behind it.
	digits, suffix string
}

// scan cuts a text into tokens.
func scan(text string) []token {
	list := make([]token, 0, len(text)/4+1)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case unicode.IsSpace(r):
			i += size
			continue
		case r >= '0' && r <= '9' || r == '.' && i+1 < len(text) && isDigit(text[i+1]) && (i == 0 || text[i-1] == ' ' || text[i-1] == '$'):
			list = append(list, scanNumber(text, i))
		case unicode.IsLetter(r):
			list = append(list, scanWord(text, i))
		case r == '[':
			list = append(list, scanPlaceholder(text, i))
		case (r == '\'' || r == '’') && possessive(text[i+size:]):
			list = append(list, token{kind: word, start: i, end: i + size + 1, text: "'s"})
		default:
			list = append(list, token{kind: symbol, start: i, end: i + size, text: text[i : i+size]})
		}
		i = list[len(list)-1].end
	}
	if shouted(list) {
		for i := range list {
			list[i].capital = false
		}
	}
	return list
}

// shouted says whether capitals tell nothing, because nearly all words of a
// message have them.
func shouted(list []token) bool {
	words, capitals := 0, 0
	for _, t := range list {
		if t.kind == word {
			words++
			if t.capital {
				capitals++
			}
		}
	}
	return words >= 4 && 10*capitals >= 7*words
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// possessive says whether what follows an apostrophe is an s that ends a word.
func possessive(rest string) bool {
	if rest == "" || rest[0] != 's' && rest[0] != 'S' {
		return false
	}
	r, _ := utf8.DecodeRuneInString(rest[1:])
	return len(rest) == 1 || !unicode.IsLetter(r)
}

// scanNumber reads digits with commas and points between them, and the letters
// right behind.
func scanNumber(text string, start int) token {
	end := start
	for end < len(text) && (isDigit(text[end]) || (text[end] == ',' || text[end] == '.') && end+1 < len(text) && isDigit(text[end+1])) {
		end++
	}
	t := token{kind: number, start: start, digits: text[start:end]}
	letters := end
	for letters < len(text) && letters < end+8 && isASCIILetter(text[letters]) {
		letters++
	}
	t.suffix = strings.ToLower(text[end:letters])
	t.end = letters
	if t.suffix != "" && !numberSuffix[t.suffix] {
		t.suffix, t.end = "", end
	}
	t.text = t.digits + t.suffix
	return t
}

// numberSuffix are letters that belong to the number before them.
var numberSuffix = map[string]bool{
	"st": true, "nd": true, "rd": true, "th": true, "k": true, "m": true, "am": true, "pm": true,
}

func isASCIILetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// scanWord reads letters, digits behind them, and single apostrophes, points,
// hyphens and ampersands between letters, as in don't, h&m, p.m and e-mail.
func scanWord(text string, start int) token {
	end := start
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && !unicode.Is(unicode.Mn, r) && !inner(text, end, r, size) {
			break
		}
		end += size
	}
	first, _ := utf8.DecodeRuneInString(text[start:])
	return token{kind: word, start: start, end: end, text: strings.ToLower(text[start:end]), capital: unicode.IsUpper(first)}
}

// inner says whether a sign at i joins the letters around it to one word.
func inner(text string, i int, r rune, size int) bool {
	switch r {
	case '\'', '’':
		if possessive(text[i+size:]) {
			return false
		}
	case '&', '.':
	default:
		return false
	}
	next, _ := utf8.DecodeRuneInString(text[i+size:])
	return unicode.IsLetter(next)
}

func scanPlaceholder(text string, start int) token {
	end := start + 1
	for end < len(text) && end < start+40 && (isASCIILetter(text[end]) || isDigit(text[end]) || text[end] == '_') {
		end++
	}
	if end == start+1 || end >= len(text) || text[end] != ']' {
		return token{kind: symbol, start: start, end: start + 1, text: "["}
	}
	return token{kind: placeholder, start: start, end: end + 1, text: strings.ToLower(text[start : end+1])}
}

// whole is the value of a number of at most six digits without a point.
func (t token) whole() (int, bool) {
	if t.kind != number || len(t.digits) > 6 {
		return 0, false
	}
	n, err := strconv.Atoi(t.digits)
	return n, err == nil
}

// plain is whole for a number without letters behind it.
func (t token) plain() (int, bool) {
	if t.suffix != "" {
		return 0, false
	}
	return t.whole()
}
