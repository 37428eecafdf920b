package money

import (
	"strconv"
	"strings"
)

var units = map[string]int64{
	"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
	"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
	"seventeen": 17, "eighteen": 18, "nineteen": 19,
}

var tens = map[string]int64{
	"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}

var scales = map[string]int64{"thousand": 1000, "grand": 1000, "million": 1_000_000}

// counter adds up a number in words from left to right. It remembers what the
// last word was, because "two fifty" or "ten five" are no numbers.
type counter struct {
	total, group int64
	last         int64 // value of the last unit or tens word, 0 after hundred
	scale        int64 // the smallest scale so far
	words        int
}

// words reads a whole number in English words or in plain digits: twenty-five,
// a hundred and twenty, two thousand. It says whether it is one.
func words(s string) (int64, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 0 {
		return n, true
	}
	c := counter{scale: 1 << 40}
	fields := strings.Fields(strings.ReplaceAll(s, "-", " "))
	if len(fields) > 0 && fields[0] == "a" {
		fields = spokenAmount(fields)
	}
	for i, w := range fields {
		if w == "and" && c.words > 0 && i+1 < len(fields) {
			continue
		}
		if (w == "a" || w == "an") && c.words == 0 && i+1 < len(fields) {
			continue
		}
		if !c.add(w, i > 0 && (fields[i-1] == "a" || fields[i-1] == "an")) {
			return 0, false
		}
		c.words++
	}
	return c.total + c.group, c.words > 0
}

// spokenAmount puts the number in the place of what people say for it: a tenner,
// a couple hundred.
func spokenAmount(fields []string) []string {
	switch {
	case len(fields) == 2 && fields[1] == "fiver":
		return []string{"five"}
	case len(fields) == 2 && fields[1] == "tenner":
		return []string{"ten"}
	case len(fields) > 2 && fields[1] == "couple":
		return append([]string{"two"}, fields[2:]...)
	}
	return fields
}

func (c *counter) add(w string, article bool) bool {
	if article && w != "hundred" && scales[w] == 0 {
		return false
	}
	if n, ok := units[w]; ok {
		if c.words > 0 && c.last != 0 && (c.last < 20 || n == 0 || n > 9) {
			return false
		}
		c.group, c.last = c.group+n, n
		return true
	}
	if n, ok := tens[w]; ok {
		if c.last != 0 {
			return false
		}
		c.group, c.last = c.group+n, n
		return true
	}
	if w == "hundred" {
		if c.group >= 100 || c.words > 0 && c.group == 0 && !article {
			return false
		}
		c.group, c.last = max(c.group, 1)*100, 0
		return true
	}
	scale := scales[w]
	if scale == 0 || scale >= c.scale || c.words > 0 && c.group == 0 && !article {
		return false
	}
	c.total, c.group, c.last, c.scale = c.total+max(c.group, 1)*scale, 0, 0, scale
	return true
}
