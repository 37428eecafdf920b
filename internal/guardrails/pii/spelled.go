package pii

import "strings"

// minSpelled is how many words for digits must follow one another to be read as
// a number; fewer are just words.
const minSpelled = 4

// spellOut writes numbers that are spelled out, such as "four one one one", as
// digits. It reports whether there were any.
func (s *scanner) spellOut() bool {
	var b *builder
	at := 0 // bytes of the old view that are copied
	for i := 0; i < len(s.tokens); i++ {
		end, spelled := s.spelledRun(i)
		if spelled < minSpelled {
			i = max(i, end-1)
			continue
		}
		if b == nil {
			b = &builder{}
			b.grow(len(s.text))
		}
		s.copyTo(b, at, s.tokens[i].start)
		s.writeDigits(b, i, end)
		at = s.tokens[end-1].end
		i = end - 1
	}
	if b == nil {
		return false
	}
	s.copyTo(b, at, len(s.text))
	s.view = b.view()
	return true
}

// spelledRun returns where the run of digits ends that begins with token i, and
// how many of its digits are spelled out.
func (s *scanner) spelledRun(i int) (end, spelled int) {
	for end = i; end < len(s.tokens); end++ {
		t := s.tokens[end]
		if end > i && len(strings.Trim(s.gap(end), " -,.")) > 0 || end > i && len(s.gap(end)) > 3 {
			break
		}
		switch {
		case t.hint&hintDigit != 0:
			spelled++
		case t.kind == number && t.end-t.start < 3:
		case end > i && spelledSign(s.raw(end)) != 0 && end+1 < len(s.tokens) && s.tokens[end+1].hint&hintDigit != 0:
		default:
			return end, spelled
		}
	}
	return end, spelled
}

func (s *scanner) copyTo(b *builder, start, end int) {
	for i := start; i < end; i++ {
		from, to := s.origin(i, i+1)
		b.add(s.text[i], from, to)
	}
}

// writeDigits writes tokens first to last (exclusive) as digits. "Double" and
// "triple" repeat the digit behind them; tens take a unit behind them in.
func (s *scanner) writeDigits(b *builder, first, last int) {
	repeat, repeatFrom := 1, 0
	for i := first; i < last; i++ {
		from, to := s.origin(s.tokens[i].start, s.tokens[i].end)
		if repeat > 1 {
			from = repeatFrom
		}
		w := strings.ToLower(s.raw(i))
		if sign := spelledSign(w); sign != 0 {
			b.add(sign, from, to)
			continue
		}
		switch w {
		case "double":
			repeat, repeatFrom = 2, from
			continue
		case "triple":
			repeat, repeatFrom = 3, from
			continue
		}
		digits := spelledDigits(w)
		if len(digits) == 2 && digits[1] == '0' && i+1 < last {
			if unit := spelledDigits(strings.ToLower(s.raw(i + 1))); len(unit) == 1 && unit != "0" {
				digits, i = digits[:1]+unit, i+1
				_, to = s.origin(s.tokens[i].start, s.tokens[i].end)
			}
		}
		for range repeat {
			for k := range len(digits) {
				b.add(digits[k], from, to)
			}
		}
		repeat = 1
	}
}

// spelledSign returns the separator that a word stands for, zero for none.
func spelledSign(w string) byte {
	switch w {
	case "dash", "hyphen", "minus":
		return '-'
	case "space":
		return ' '
	}
	return 0
}

// spelledDigits returns the digits that a word stands for.
func spelledDigits(w string) string {
	if digits, ok := digitWords[w]; ok {
		return digits
	}
	return w
}

var digitWords = map[string]string{
	"zero": "0", "oh": "0", "o": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
	"six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
	"thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17",
	"eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50",
	"sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
	"null": "0", "eins": "1", "zwei": "2", "drei": "3", "vier": "4", "funf": "5", "fünf": "5", "sechs": "6",
	"sieben": "7", "acht": "8", "neun": "9",
	"cero": "0", "uno": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7",
	"ocho": "8", "nueve": "9",
	"zéro": "0", "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "sept": "7", "huit": "8", "neuf": "9",
	"due": "2", "tre": "3", "quattro": "4", "cinque": "5", "sei": "6", "sette": "7", "otto": "8",
	"um": "1", "dois": "2", "três": "3", "quatro": "4", "sete": "7", "oito": "8", "nove": "9",
	"een": "1", "twee": "2", "vijf": "5", "zeven": "7", "negen": "9",
}
