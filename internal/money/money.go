// Package money represents amounts as integer minor units of an ISO 4217
// currency, and parses and prints them. It never uses floating point.
package money

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Amount is a number of minor units (cents for USD, yen for JPY).
type Amount struct {
	Minor    int64  `json:"minor" doc:"In the smallest unit of the currency, such as cents"`
	Currency string `json:"currency" doc:"ISO 4217" example:"USD"`
}

// What arithmetic on amounts can fail with.
var (
	ErrCurrency = errors.New("money: amounts of different currencies")
	ErrOverflow = errors.New("money: amount out of range")
)

// Of returns an amount of minor units.
func Of(minor int64, currency string) Amount { return Amount{Minor: minor, Currency: currency} }

// digits is the number of minor digits of the currencies that don't have two
// (ISO 4217, list one).
var digits = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
	"UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}

// Digits returns how many digits a currency has after the decimal point.
func Digits(currency string) int {
	if d, ok := digits[currency]; ok {
		return d
	}
	return 2
}

// Add returns a + b. It fails when the currencies differ or the sum doesn't fit.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, ErrCurrency
	}
	sum := a.Minor + b.Minor
	if (sum > a.Minor) != (b.Minor > 0) && b.Minor != 0 {
		return Amount{}, ErrOverflow
	}
	return Amount{Minor: sum, Currency: a.Currency}, nil
}

// Abs returns the amount without its sign.
func (a Amount) Abs() Amount {
	if a.Minor < 0 && a.Minor != math.MinInt64 {
		a.Minor = -a.Minor
	}
	return a
}

var symbols = map[string]string{"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}

// String prints an amount as a person reads it: $1,234.50, -$12.00, CHF 5.00.
func (a Amount) String() string {
	sign, minor := "", uint64(a.Minor)
	if a.Minor < 0 {
		sign, minor = "-", -minor // also right for the least int64
	}
	symbol, ok := symbols[a.Currency]
	if !ok {
		symbol = a.Currency + " "
	}
	return sign + symbol + group(decimal(minor, Digits(a.Currency)))
}

// Decimal prints an amount as a plain decimal number: -1234.50.
func (a Amount) Decimal() string {
	if a.Minor < 0 {
		return "-" + decimal(-uint64(a.Minor), Digits(a.Currency))
	}
	return decimal(uint64(a.Minor), Digits(a.Currency))
}

func decimal(minor uint64, digits int) string {
	s := fmt.Sprintf("%0*d", digits+1, minor)
	if digits == 0 {
		return s
	}
	return s[:len(s)-digits] + "." + s[len(s)-digits:]
}

// group puts commas between the thousands of a decimal number.
func group(s string) string {
	whole, fraction, found := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if found {
		return whole + "." + fraction
	}
	return whole
}

// UnmarshalJSON reads what MarshalJSON wrote; the form for people is ignored.
func (a *Amount) UnmarshalJSON(data []byte) error {
	type plain Amount
	return json.Unmarshal(data, (*plain)(a))
}

// MarshalJSON writes an amount for machines and people at once.
func (a Amount) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"minor":%d,"currency":%s,"display":%s}`, a.Minor, strconv.Quote(a.Currency), strconv.Quote(a.String())), nil
}
