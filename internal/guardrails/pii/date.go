package pii

import (
	"fmt"
	"strings"
)

// date is a calendar day.
type date struct{ year, month, day int }

func (d date) valid() bool {
	return d.year >= 1900 && d.year <= 2099 && d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= 31
}

// reachBirth is how many tokens before a date may say that it is somebody's
// birth.
const reachBirth = 9

// findBirthDates finds dates near a word about birth.
func (s *scanner) findBirthDates() {
	if !s.digits {
		return
	}
	for i := 0; i < len(s.tokens); i++ {
		d, last := s.dateAt(i)
		if last == 0 || !s.free(i, last) {
			continue
		}
		if s.isBirth(i, last) || s.isCorrection(i) {
			s.take(DateOfBirth, i, last, fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day), hidden, 0.9)
		}
		i = last - 1
	}
}

// isBirth looks for the word about birth before the date in tokens first to
// last, up to another date, or behind it in the same sentence.
func (s *scanner) isBirth(first, last int) bool {
	for i := first - 1; i >= 0 && i >= first-reachBirth; i-- {
		t := s.tokens[i]
		if t.hint&hintBirth != 0 || s.isDOB(i) {
			return true
		}
		if t.hint&(hintOther|hintCard) != 0 || t.kind == number && t.end-t.start > 2 || sentenceEnd(s.gap(i+1)) >= sentenceGap && s.gap(i + 1)[0] == '.' {
			break
		}
	}
	for i := last; i < len(s.tokens) && i < last+reachAfter; i++ {
		if sentenceEnd(s.gap(i)) > 0 {
			break
		}
		if s.tokens[i].hint&hintBirth != 0 {
			return true
		}
	}
	return false
}

// corrections are words between a date of birth and the right one.
var corrections = setOf("should correct correctly actually actual instead rather really")

// isCorrection says whether the date at token i corrects a date of birth shortly
// before it.
func (s *scanner) isCorrection(i int) bool {
	if len(s.found) == 0 || s.found[len(s.found)-1].kind != DateOfBirth {
		return false
	}
	corrected := false
	for k := i - 1; k >= 0 && k > i-reachBirth; k-- {
		if s.tokens[k].end <= s.found[len(s.found)-1].end {
			return corrected
		}
		corrected = corrected || corrections[strings.ToLower(s.raw(k))]
	}
	return false
}

// isDOB says whether d.o.b. ends with token i, or it is the b. of "(b. 1 May
// 1970)".
func (s *scanner) isDOB(i int) bool {
	if s.raw(i) == "b" && strings.HasPrefix(s.gap(i+1), ". ") && strings.HasSuffix(s.gap(i), "(") {
		return true
	}
	return i > 1 && strings.EqualFold(s.raw(i), "b") && strings.EqualFold(s.raw(i-1), "o") && strings.EqualFold(s.raw(i-2), "d")
}

// dateAt reads the date that begins with token i; last is the token behind it,
// zero when there is none.
func (s *scanner) dateAt(i int) (d date, last int) {
	switch t := s.tokens[i]; {
	case t.kind == number && i+2 < len(s.tokens) && s.tokens[i+1].kind == number:
		d, last = s.numericDate(i)
	case t.kind == number && t.end-t.start == 8:
		d, last = compactDate(s.raw(i)), i+1
	case t.kind == word && t.hint&hintMonth != 0:
		d, last = s.monthFirst(i)
	case t.kind != word:
		d, last = s.dayFirst(i)
	}
	if last == 0 || !d.valid() {
		return date{}, 0
	}
	return d, last
}

// numericDate reads 3/14/1970, 14.3.70, 1970-03-14 and the like.
func (s *scanner) numericDate(i int) (date, int) {
	sep := strings.TrimSpace(s.gap(i + 1))
	if sep != "/" && sep != "-" && sep != "." && (sep != "" || s.gap(i+1) != " ") || s.gap(i+2) != s.gap(i+1) && strings.TrimSpace(s.gap(i+2)) != sep {
		return date{}, 0
	}
	a, b, c := s.raw(i), s.raw(i+1), s.raw(i+2)
	if i+3 < len(s.tokens) && s.tokens[i+3].kind == number && sep != "" && s.gap(i+3) == sep || s.tokens[i+2].kind != number {
		return date{}, 0
	}
	if len(a) == 4 && len(b) <= 2 && len(c) <= 2 {
		return date{atoi(a), atoi(b), atoi(c)}, i + 3
	}
	if len(a) > 2 || len(b) > 2 || len(c) != 4 && len(c) != 2 || sep == "" && len(c) != 4 {
		return date{}, 0
	}
	d := date{fullYear(c), atoi(a), atoi(b)}
	if d.month > 12 || sep == "." && d.day <= 12 { // day first
		d.month, d.day = d.day, d.month
	}
	return d, i + 3
}

// compactDate reads 19700314 and 03141970.
func compactDate(digits string) date {
	if d := (date{atoi(digits[:4]), atoi(digits[4:6]), atoi(digits[6:])}); d.valid() {
		return d
	}
	d := date{atoi(digits[4:]), atoi(digits[:2]), atoi(digits[2:4])}
	if d.month > 12 {
		d.month, d.day = d.day, d.month
	}
	return d
}

// monthFirst reads March 14, 1970.
func (s *scanner) monthFirst(i int) (date, int) {
	if i+2 >= len(s.tokens) || !closeBy(s.gap(i+1)) || !closeBy(s.gap(i+2)) {
		return date{}, 0
	}
	day, year := s.raw(i+1), i+2
	if strings.EqualFold(s.raw(year), "of") && year+1 < len(s.tokens) {
		year++
	}
	if s.tokens[year].kind != number || year == i+2 && len(s.raw(year)) == 2 && s.gap(year) == " " {
		return date{}, 0
	}
	return date{fullYear(s.raw(year)), monthOf(s.raw(i)), dayNumber(day)}, year + 1
}

// dayFirst reads 14 March 1970, 14th of March, 1970 and 14MAR1970.
func (s *scanner) dayFirst(i int) (date, int) {
	if raw := s.raw(i); len(raw) == 9 && s.tokens[i].kind == mixed && monthOf(raw[2:5]) > 0 {
		return date{atoi(raw[5:]), monthOf(raw[2:5]), atoi(raw[:2])}, i + 1
	}
	k := i + 1
	if k < len(s.tokens) && isOf(s.raw(k)) {
		k++
	}
	if k+1 >= len(s.tokens) || s.tokens[k].hint&hintMonth == 0 || !closeBy(s.gap(k)) {
		return date{}, 0
	}
	month := monthOf(s.raw(k))
	k++
	if k+1 < len(s.tokens) && isOf(s.raw(k)) {
		k++
	}
	if s.tokens[k].kind != number || !closeBy(s.gap(k)) {
		return date{}, 0
	}
	return date{fullYear(s.raw(k)), month, dayNumber(s.raw(i))}, k + 1
}

// closeBy says whether the parts of a date may be so far apart.
func closeBy(gap string) bool { return len(gap) <= 2 && strings.Trim(gap, " .,-/'") == "" }

func isOf(w string) bool {
	switch strings.ToLower(w) {
	case "of", "de", "del", "di", "du":
		return true
	}
	return false
}

// dayNumber reads 14, 14th and 1er; zero when it is no day.
func dayNumber(w string) int {
	digits := 0
	for digits < len(w) && isDigit(w[digits]) {
		digits++
	}
	if digits == 0 || digits > 2 || len(w)-digits > 2 {
		return 0
	}
	return atoi(w[:digits])
}

// fullYear adds the century to a year of two digits: whoever was born in 25 or
// before is taken for young.
func fullYear(digits string) int {
	switch year := atoi(digits); {
	case len(digits) != 2:
		return year
	case year <= 25:
		return 2000 + year
	default:
		return 1900 + year
	}
}

// atoi reads a few digits; more than nine are no number of a date.
func atoi(digits string) int {
	if len(digits) > 9 {
		return -1
	}
	n := 0
	for i := range len(digits) {
		if !isDigit(digits[i]) {
			return -1
		}
		n = 10*n + int(digits[i]-'0')
	}
	return n
}

// monthStarts are the beginnings of the months' names in English, German,
// Spanish, French, Italian, Portuguese, Dutch, Polish, Turkish, Romanian, Russian
// and Ukrainian.
var monthStarts = [12][]string{
	{"jan", "ene", "gen", "sty", "oca", "ian", "янв", "січ"},
	{"feb", "fev", "lut", "sub", "фев", "лют"},
	{"mar", "maa", "мар", "бер"},
	{"apr", "abr", "avr", "kwi", "nis", "апр", "кві"},
	{"may", "mai", "mag", "mei", "maj", "мая", "май", "тра"},
	{"jun", "juin", "giu", "cze", "haz", "iun", "июн", "чер"},
	{"jul", "juil", "lug", "lip", "tem", "iul", "июл", "лип"},
	{"aug", "ago", "aou", "agu", "sie", "авг", "сер"},
	{"sep", "set", "wrz", "eyl", "сен", "вер"},
	{"oct", "okt", "ott", "out", "paz", "eki", "окт", "жов"},
	{"nov", "lis", "kas", "noi", "ноя", "лис"},
	{"dec", "dez", "dic", "gru", "ara", "дек", "гру"},
}

// monthOf returns the number of the month with that name, zero for none.
func monthOf(name string) int {
	var buf [2 * maxWord]byte
	if len(name) > maxWord {
		return 0
	}
	folded := string(fold(buf[:0], name))
	month := 0
	for i, starts := range monthStarts {
		for _, start := range starts {
			if strings.HasPrefix(folded, start) {
				month = i + 1
			}
		}
	}
	return month
}
