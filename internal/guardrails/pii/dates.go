package pii

import (
	"strconv"
	"strings"
)

// findDates finds dates of birth: dates near a word that says so.
func (s *scan) findDates() {
	for i := 0; i < len(s.tokens); i++ {
		next, value := s.date(i)
		if next == 0 {
			continue
		}
		if s.before(i, 7, saysBirth) || s.after(next-1, 3, saysBirth) || s.abbreviatedBirth(i) {
			s.claim(DateOfBirth, s.tokens[i].start, s.tokens[next-1].end, value, 0.9)
		}
		i = next - 1
	}
}

// abbreviatedBirth says whether "D.O.B." stands before token i.
func (s *scan) abbreviatedBirth(i int) bool {
	const near = 24 // bytes
	end := s.tokens[i].start
	return strings.Contains(strings.ToLower(s.text[max(0, end-near):end]), "d.o.b")
}

// date reads a date at token i and returns the token behind it, zero when there
// is none.
func (s *scan) date(i int) (next int, value string) {
	t := s.tokens[i]
	if t.kind == digits && i+4 < len(s.tokens) && s.tokens[i+1].kind == mark && s.tokens[i+3].kind == mark {
		a, b := s.text[s.tokens[i+1].start], s.text[s.tokens[i+3].start]
		if a == b && strings.IndexByte("/-.", a) >= 0 && s.tokens[i+4].kind == digits {
			text := s.text[t.start:s.tokens[i+4].end]
			if v, ok := parseDate(text); ok {
				return i + 5, v
			}
		}
	}
	if n := s.writtenDate(i); n > 0 {
		return n, strings.Join(strings.Fields(strings.ToLower(s.text[t.start:s.tokens[n-1].end])), " ")
	}
	return 0, ""
}

// parseDate reads 1990-12-31, 12/31/1990, 31.12.90 and the like. Which is day
// and which is month doesn't matter.
func parseDate(v string) (string, bool) {
	sign := strings.IndexAny(v, "/-.")
	if sign < 0 {
		return "", false
	}
	parts := strings.Split(v, v[sign:sign+1])
	if len(parts) != 3 {
		return "", false
	}
	var n [3]int
	for i, p := range parts {
		var err error
		if n[i], err = strconv.Atoi(p); err != nil || len(p) > 4 || len(p) == 3 {
			return "", false
		}
	}
	year, a, b := n[2], n[0], n[1]
	if len(parts[0]) == 4 {
		year, a, b = n[0], n[1], n[2]
	} else if len(parts[2]) == 1 || len(parts[0]) > 2 {
		return "", false
	}
	known := year >= 1900 && year <= 2100 || year < 100 && len(parts[2]) == 2 && len(parts[0]) <= 2
	if !known || a < 1 || b < 1 || a > 31 || b > 31 || a > 12 && b > 12 {
		return "", false
	}
	return v, true
}

// writtenDate reads "March 3, 1990", "3rd of March 1990" and "3 mar 1990" and
// returns the token behind it.
func (s *scan) writtenDate(i int) int {
	day := func(k int) bool {
		if k >= len(s.tokens) {
			return false
		}
		t := s.tokens[k]
		if t.end-t.start > 4 || !isDigit(s.text[t.start]) {
			return false
		}
		n, err := strconv.Atoi(strings.TrimRight(s.of(t), "stndrh"))
		return err == nil && n >= 1 && n <= 31
	}
	year := func(k int) int {
		for k < len(s.tokens) && (s.is(k, ',') || s.is(k, '.')) {
			k++
		}
		if k < len(s.tokens) && s.tokens[k].kind == digits {
			if v := s.of(s.tokens[k]); len(v) == 4 && (v[:2] == "19" || v[:2] == "20") {
				return k + 1
			}
		}
		return 0
	}
	if s.tokens[i].class&month != 0 && day(i+1) {
		return year(i + 2)
	}
	if day(i) {
		k := i + 1
		if k < len(s.tokens) && strings.EqualFold(s.of(s.tokens[k]), "of") {
			k++
		}
		if k < len(s.tokens) && s.tokens[k].class&month != 0 {
			return year(k + 1)
		}
	}
	return 0
}
