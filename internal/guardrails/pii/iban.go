package pii

import "strings"

// ibanLength is the length of each country's IBAN (SWIFT IBAN registry).
var ibanLength = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
	"BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
	"ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
	"HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20,
	"LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
	"MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29,
	"PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24,
	"SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
	"YE": 30,
}

// findIBANs finds account numbers by their country's length, so that a word
// after one is no part of it.
func (s *scanner) findIBANs() {
	if !s.digits {
		return
	}
	for i := 0; i < len(s.tokens); i++ {
		if s.tokens[i].taken || s.tokens[i].kind == number || !ibanStart(s.text[s.tokens[i].start:]) {
			continue
		}
		if value, end := ibanAt(s.text, s.tokens[i].start); value != "" {
			last := s.tokenAt(i, end-1) + 1
			s.takeBytes(IBAN, s.tokens[i].start, end, i, last, value, last4(value), 0.99)
			i = last - 1
		} else if end > 0 && s.tokens[i].shape == upper && s.tokens[i].kind == mixed {
			s.refuse(i, s.tokenAt(i, end-1)+1)
		}
	}
}

// ibanStart says whether a text begins with two letters and then a digit.
func ibanStart(text string) bool {
	if len(text) < 15 || isDigit(text[0]) || isDigit(text[1]) || !isAlnum(text[0]) || !isAlnum(text[1]) {
		return false
	}
	return isDigit(text[2]) || isDigit(text[3]) || isDigit(text[4])
}

// ibanAt returns the IBAN that begins at byte i, in capitals and without
// separators, and where it ends. Without a value, what ends there only looks
// like one.
func ibanAt(text string, i int) (value string, end int) {
	var country [2]byte
	country[0], country[1] = text[i]&^0x20, text[i+1]&^0x20
	length := ibanLength[string(country[:])]
	if length == 0 {
		return "", 0
	}
	var b [34]byte
	n := 0
	for n < length && i < len(text) && isAlnum(text[i]) {
		b[n] = text[i]
		n++
		i++
		if n < length {
			i += ibanGap(text[i:])
		}
	}
	if n < length || i < len(text) && classes[text[i]] != classSign {
		return "", 0
	}
	value = strings.ToUpper(string(b[:n]))
	if !isDigit(value[2]) || !isDigit(value[3]) || digitsOf(value[4:]) == "" {
		return "", 0
	}
	if mod97(value[4:]+value[:4]) != 1 {
		return "", i
	}
	return value, i
}

// ibanGap returns how many bytes separate two groups.
func ibanGap(text string) int {
	for i := 0; i < len(text) && i <= 3; i++ {
		switch text[i] {
		case ' ', '-', '.', '_', '\t':
		default:
			return i
		}
	}
	return 0
}
