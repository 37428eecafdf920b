package guardrails

import (
	"crypto/sha256"
	"math/big"
	"net/netip"
	"strings"
)

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func alphanumeric(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
}

// issuer is a range of card number prefixes and its lengths (ISO/IEC 7812 as
// the networks publish it).
type issuer struct {
	from, to string // of equal length
	lengths  string // one byte for each length
}

func lengths(ns ...int) string {
	var b strings.Builder
	for _, n := range ns {
		b.WriteByte(byte(n))
	}
	return b.String()
}

var issuers = []issuer{
	{"4", "4", lengths(13, 16, 19)},                       // Visa
	{"51", "55", lengths(16)},                             // Mastercard
	{"2221", "2720", lengths(16)},                         // Mastercard
	{"34", "34", lengths(15)},                             // American Express
	{"37", "37", lengths(15)},                             // American Express
	{"6011", "6011", lengths(16, 19)},                     // Discover
	{"644", "659", lengths(16, 19)},                       // Discover
	{"300", "305", lengths(14, 16, 19)},                   // Diners Club
	{"36", "36", lengths(14, 16, 19)},                     // Diners Club
	{"38", "39", lengths(14, 16, 19)},                     // Diners Club
	{"3528", "3589", lengths(16, 17, 18, 19)},             // JCB
	{"62", "62", lengths(16, 17, 18, 19)},                 // UnionPay
	{"50", "50", lengths(12, 13, 14, 15, 16, 17, 18, 19)}, // Maestro
	{"56", "58", lengths(12, 13, 14, 15, 16, 17, 18, 19)}, // Maestro
	{"67", "67", lengths(12, 13, 14, 15, 16, 17, 18, 19)}, // Maestro
	{"2131", "2131", lengths(15)},                         // JCB, older
	{"1800", "1800", lengths(15)},                         // JCB, older
	{"2200", "2204", lengths(16, 17, 18, 19)},             // Mir
}

// isCard says whether at least minCard digits are a card number.
func isCard(d string) bool {
	if !luhn(d) || strings.Trim(d, d[:1]) == "" {
		return false
	}
	for _, i := range issuers {
		prefix := d[:len(i.from)]
		if prefix >= i.from && prefix <= i.to && strings.IndexByte(i.lengths, byte(len(d))) >= 0 {
			return true
		}
	}
	return false
}

// luhn is the check digit of ISO/IEC 7812-1.
func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		n := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

// ibanLength is the length of each country's IBAN (SWIFT IBAN registry).
var ibanLength = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
	"CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
	"FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
	"IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
	"LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18,
	"NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24,
	"SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}

// isIBAN checks an account number of its country's length, in upper case.
func isIBAN(s string) bool { return mod97(s[4:]+s[:4]) == 1 }

// mod97 is the checksum of ISO 7064 over digits and letters (A is 10).
func mod97(s string) int {
	rest := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			rest = (rest*10 + int(r-'0')) % 97
		} else {
			rest = (rest*100 + int(r-'A') + 10) % 97
		}
	}
	return rest
}

// acceptSSN knows the numbers that the Social Security Administration never
// issues. Without separators, only the words around tell it from any number.
func acceptSSN(value, before string) float64 {
	d := digitsOf(value)
	if d[:3] == "000" || d[:3] == "666" || d[0] == '9' || d[3:5] == "00" || d[5:] == "0000" {
		return 0
	}
	switch {
	case mentions(before, "ssn", "social security", "social sec", "social"):
		return 0.95
	case len(value) == 11 && value[3] == '-' && value[6] == '-':
		return 0.85
	}
	return 0
}

// acceptITIN knows the ranges of the IRS: 9xx and a group of 50-65, 70-88,
// 90-92 or 94-99.
func acceptITIN(value, before string) float64 {
	d := digitsOf(value)
	group := d[3:5]
	known := group >= "50" && group <= "65" || group >= "70" && group <= "88" || group >= "90" && group <= "92" || group >= "94"
	switch {
	case !known:
		return 0
	case mentions(before, "itin", "taxpayer", "tax id"):
		return 0.95
	case len(value) == 11 && value[3] == '-' && value[6] == '-':
		return 0.8
	}
	return 0
}

// acceptABA checks the weighted sum of a routing number (3, 7, 1) and its first
// two digits, and wants to hear that it is one.
func acceptABA(value, before string) float64 {
	sum := 0
	for i, weight := range []int{3, 7, 1, 3, 7, 1, 3, 7, 1} {
		sum += weight * int(value[i]-'0')
	}
	prefix := value[:2]
	known := prefix <= "12" || prefix >= "21" && prefix <= "32" || prefix >= "61" && prefix <= "72" || prefix == "80"
	if sum%10 != 0 || sum == 0 || !known || !mentions(before, "routing", "aba", "rtn") {
		return 0
	}
	return 0.95
}

func acceptIP(value, before string) float64 {
	address, err := netip.ParseAddr(value)
	if err != nil || address.IsUnspecified() || mentions(before, "version", "release", " v") {
		return 0
	}
	if address.Is6() && strings.Count(value, ":") < 3 {
		return 0 // a time of day looks the same
	}
	return 0.9
}

// acceptCrypto checks a Bitcoin address by Base58Check. An Ethereum address has
// no checksum in lower case, but forty hexadecimal digits behind 0x are nothing
// else.
func acceptCrypto(value, _ string) float64 {
	if strings.HasPrefix(value, "0x") || base58Check(value) {
		return 0.95
	}
	return 0
}

const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

func base58Check(s string) bool {
	n, radix := new(big.Int), big.NewInt(58)
	for _, r := range s {
		digit := strings.IndexRune(base58, r)
		if digit < 0 {
			return false
		}
		n.Add(n.Mul(n, radix), big.NewInt(int64(digit)))
	}
	const size = 25 // version, hash and checksum
	if n.BitLen() > 8*size {
		return false
	}
	raw := n.FillBytes(make([]byte, size))
	first := sha256.Sum256(raw[:21])
	second := sha256.Sum256(first[:])
	return string(second[:4]) == string(raw[21:])
}
