package money

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// What Parse refuses, each for a reason that can be told to whoever wrote it.
var (
	ErrNotAmount = errors.New("money: not an amount")
	ErrNegative  = errors.New("money: amounts are written without a sign")
	ErrDecimals  = errors.New("money: more decimals than the currency has")
)

// maxText bounds what Parse looks at; the longest amount in words is shorter.
const maxText = 120

// maxDigits bounds the digits of an amount in minor units: more money than
// there is, and far from the limits of an int64.
const maxDigits = 15

// unit is what people call a currency.
type unit struct{ name, code string }

// currencyNames are the units that are understood, longest first, so that US$
// isn't taken for $.
var currencyNames = longestFirst(map[string]string{
	"$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "buck": "USD", "bucks": "USD",
	"€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR",
	"£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "quid": "GBP",
	"¥": "JPY", "jpy": "JPY", "yen": "JPY", "chf": "CHF", "francs": "CHF", "cad": "CAD", "aud": "AUD",
	"inr": "INR", "₹": "INR", "rupees": "INR",
})

func longestFirst(codes map[string]string) []unit {
	var list []unit
	for name, code := range codes {
		list = append(list, unit{name, code})
	}
	slices.SortFunc(list, func(a, b unit) int {
		return cmp.Or(len(b.name)-len(a.name), strings.Compare(a.name, b.name))
	})
	return list
}

// Parse reads what people write for an amount of a currency: 1234.5, $1,234.50,
// 1.234,50, 1.2k, 50 bucks, a hundred dollars, two fifty is refused. It fails with
// ErrCurrency for an amount of another currency, ErrNegative, ErrDecimals or
// ErrOverflow, and with ErrNotAmount for everything else it can't read.
func Parse(text, currency string) (Amount, error) {
	s := strings.ToLower(strings.TrimSpace(text))
	if s == "" || len(s) > maxText {
		return Amount{}, ErrNotAmount
	}
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "−") || strings.HasPrefix(s, "minus ") || strings.HasPrefix(s, "negative ") || strings.Contains(s, "$-") {
		return Amount{}, ErrNegative
	}
	s, cents := cutCents(s)
	s, unit := cutUnit(s)
	if unit != "" && unit != strings.ToUpper(currency) {
		return Amount{}, ErrCurrency
	}
	if cents > 0 && Digits(currency) != 2 {
		return Amount{}, ErrNotAmount
	}
	if s == "" && cents > 0 {
		return Of(cents, currency), nil
	}
	minor, err := parseMinor(s, Digits(currency))
	if err != nil {
		return Amount{}, err
	}
	return Of(minor, currency).Add(Of(cents, currency))
}

// cutCents takes "and 20 cents" off the end.
func cutCents(s string) (rest string, cents int64) {
	body, found := strings.CutSuffix(s, " cents")
	if !found {
		body, found = strings.CutSuffix(s, " cent")
	}
	if !found {
		return s, 0
	}
	head, number := "", body
	for _, separator := range []string{" and ", "dollars ", "dollar ", "bucks "} {
		if i := strings.LastIndex(body, separator); i >= 0 {
			if n, ok := words(body[i+len(separator):]); ok && n < 100 {
				head, number = strings.TrimSpace(body[:i]+strings.TrimSuffix(separator, " and ")), body[i+len(separator):]
				break
			}
		}
	}
	n, ok := words(number)
	if !ok || n <= 0 || n > 9999 {
		return s, 0
	}
	return head, n
}

// cutUnit takes a currency off the front or the end and returns its code.
func cutUnit(s string) (rest, code string) {
	for _, u := range currencyNames {
		symbol := !isLetter(u.name[len(u.name)-1])
		if body, ok := strings.CutPrefix(s, u.name); ok && (symbol || strings.HasPrefix(body, " ") || beginsInDigit(body)) {
			return strings.TrimSpace(body), u.code
		}
		if body, ok := strings.CutSuffix(s, u.name); ok && (symbol || strings.HasSuffix(body, " ") || endsInDigit(body)) {
			return strings.TrimSpace(body), u.code
		}
	}
	return s, ""
}

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' }

func beginsInDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

func endsInDigit(s string) bool {
	return s != "" && (s[len(s)-1] >= '0' && s[len(s)-1] <= '9' || s[len(s)-1] == 'k')
}

// parseMinor reads a number, in digits or in words, as minor units.
func parseMinor(s string, places int) (int64, error) {
	if s != "" && (s[0] >= '0' && s[0] <= '9' || s[0] == '.') {
		return parseDigits(s, places)
	}
	n, ok := words(s)
	if !ok {
		return 0, ErrNotAmount
	}
	return parseDigits(strconv.FormatInt(n, 10), places)
}

// parseDigits reads 1234.5, 1,234.50, 1.2k or 3 million.
func parseDigits(s string, places int) (int64, error) {
	shift := 0
	for _, m := range []struct {
		suffix string
		digits int
	}{{"thousand", 3}, {"grand", 3}, {"million", 6}, {"mio", 6}, {"k", 3}} {
		if body, ok := strings.CutSuffix(s, m.suffix); ok {
			s, shift = strings.TrimSpace(body), m.digits
			break
		}
	}
	whole, fraction, dot := strings.Cut(commaDecimals(s), ".")
	if !groupsOfThree(whole) || whole == "" && fraction == "" || dot && fraction == "" {
		return 0, ErrNotAmount
	}
	whole = strings.TrimLeft(strings.ReplaceAll(whole, ",", ""), "0")
	if !allDigits(whole) || !allDigits(fraction) {
		return 0, ErrNotAmount
	}
	if fraction = strings.TrimRight(fraction, "0"); len(fraction) > places+shift {
		return 0, ErrDecimals
	}
	digits := whole + fraction + strings.Repeat("0", places+shift-len(fraction))
	if len(digits) > maxDigits {
		return 0, ErrOverflow
	}
	if digits == "" {
		return 0, nil
	}
	return strconv.ParseInt(digits, 10, 64)
}

// commaDecimals rewrites 1.234,50, which can't mean anything else. A comma alone
// isn't rewritten: it may be a slip.
func commaDecimals(s string) string {
	whole, fraction, comma := strings.Cut(s, ",")
	grouped := strings.ReplaceAll(whole, ".", ",")
	if !comma || len(fraction) != 2 || grouped == whole || !groupsOfThree(grouped) {
		return s
	}
	return grouped + "." + fraction
}

// groupsOfThree refuses commas where no thousands separator stands, so that a
// decimal comma isn't read as one.
func groupsOfThree(whole string) bool {
	parts := strings.Split(whole, ",")
	for i, part := range parts {
		if i > 0 && len(part) != 3 || i == 0 && len(parts) > 1 && (part == "" || len(part) > 3) {
			return false
		}
	}
	return true
}

func allDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}
