package pii

import (
	"crypto/sha256"
	"math/big"
	"strings"

	"golang.org/x/crypto/sha3"
)

// issuer is a range of card number prefixes and the lengths of its numbers, as
// bits (ISO/IEC 7812, and what the networks publish).
type issuer struct {
	from, to, digits int // prefixes of that many digits
	lengths          uint32
}

func lengths(ns ...int) (bits uint32) {
	for _, n := range ns {
		bits |= 1 << n
	}
	return bits
}

var (
	any16to19 = lengths(16, 17, 18, 19)
	any12to19 = lengths(12, 13, 14, 15, 16, 17, 18, 19)
)

// issuers by first digit.
var issuers = [10][]issuer{
	1: {{1800, 1800, 4, lengths(15)}}, // JCB, older
	2: {
		{2131, 2131, 4, lengths(15)}, // JCB, older
		{2200, 2204, 4, any16to19},   // Mir
		{2221, 2720, 4, lengths(16)}, // Mastercard
		{2014, 2014, 4, lengths(15)}, // enRoute
		{2149, 2149, 4, lengths(15)}, // enRoute
	},
	3: {
		{34, 34, 2, lengths(15)},           // American Express
		{37, 37, 2, lengths(15)},           // American Express
		{300, 305, 3, lengths(14, 16, 19)}, // Diners Club
		{309, 309, 3, lengths(14, 16, 19)}, // Diners Club
		{36, 36, 2, lengths(14, 15, 16, 17, 18, 19)},
		{38, 39, 2, lengths(14, 16, 17, 18, 19)}, // Diners Club
		{3088, 3094, 4, any16to19},               // JCB
		{3096, 3102, 4, any16to19},               // JCB
		{3112, 3120, 4, any16to19},               // JCB
		{3158, 3159, 4, any16to19},               // JCB
		{3337, 3349, 4, any16to19},               // JCB
		{3528, 3589, 4, any16to19},               // JCB
		{35, 35, 2, lengths(16)},                 // JCB, as generators of test numbers make them
	},
	4: {{4, 4, 1, lengths(13, 16, 18, 19)}}, // Visa, Switch
	5: {
		{51, 55, 2, lengths(16)}, // Mastercard
		{50, 50, 2, any12to19},   // Maestro, Verve, Elo
		{56, 59, 2, any12to19},   // Maestro
	},
	6: {
		{6011, 6011, 4, any16to19}, // Discover
		{644, 649, 3, any16to19},   // Discover
		{65, 65, 2, any16to19},     // Discover, RuPay, Verve
		{62, 62, 2, any16to19},     // UnionPay
		{60, 60, 2, any12to19},     // RuPay, Hipercard, Maestro
		{63, 63, 2, any12to19},     // InstaPayment, Maestro, Solo
		{66, 69, 2, any12to19},     // Maestro
		{61, 61, 2, any12to19},     // Maestro
	},
	8: {
		{81, 82, 2, any16to19},       // RuPay, UnionPay
		{8600, 8600, 4, lengths(16)}, // UzCard
	},
	9: {
		{9792, 9792, 4, lengths(16)}, // Troy
		{9860, 9860, 4, lengths(16)}, // Humo
	},
}

// isCard says whether digits are a card number.
func isCard(d []digit) bool {
	for _, i := range issuers[d[0].value-'0'] {
		if i.lengths>>len(d)&1 == 0 {
			continue
		}
		prefix := 0
		for _, x := range d[:i.digits] {
			prefix = prefix*10 + int(x.value-'0')
		}
		if prefix >= i.from && prefix <= i.to {
			return luhn(d)
		}
	}
	return false
}

// luhn is the check digit of ISO/IEC 7812-1. One digit repeated is no number,
// though it may fit.
func luhn(d []digit) bool {
	sum, same := 0, true
	for i := range d {
		n := int(d[len(d)-1-i].value - '0')
		same = same && d[i].value == d[0].value
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0 && !same
}

// isSSN knows the numbers that the Social Security Administration never issues,
// and those that advertisements made unusable.
func isSSN(d string) bool {
	return d[:3] != "000" && d[:3] != "666" && d[0] != '9' && d[3:5] != "00" && d[5:] != "0000" && d != "078051120" && d != "219099999" && d != "123456789"
}

// isITIN knows the ranges of the IRS: 9xx, and a group of 50-65, 70-88, 90-92 or
// 94-99.
func isITIN(d string) bool {
	group := d[3:5]
	return d[0] == '9' && (group >= "50" && group <= "65" || group >= "70" && group <= "88" || group >= "90" && group <= "92" || group >= "94")
}

// isABA checks the weighted sum of a routing number (3, 7, 1) and its first two
// digits.
func isABA(d string) bool {
	sum := 0
	for i, weight := range [9]int{3, 7, 1, 3, 7, 1, 3, 7, 1} {
		sum += weight * int(d[i]-'0')
	}
	prefix := d[:2]
	known := prefix <= "12" || prefix >= "21" && prefix <= "32" || prefix >= "61" && prefix <= "72" || prefix == "80"
	return sum%10 == 0 && sum > 0 && known
}

// ibanLength is the length of each country's IBAN (SWIFT IBAN registry).
var ibanLength = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29, "BY": 28,
	"CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18,
	"FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
	"IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
	"LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18,
	"NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24,
	"SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}

// isIBAN checks an account number of its country's length, in upper case: ISO
// 7064, modulo 97 (A is 10).
func isIBAN(s string) bool {
	rest := 0
	for i := range len(s) {
		c := s[(i+4)%len(s)]
		if isDigit(c) {
			rest = (rest*10 + int(c-'0')) % 97
		} else {
			rest = (rest*100 + int(c-'A') + 10) % 97
		}
	}
	return rest == 1
}

const (
	bitcoinAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	rippleAlphabet  = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
	bech32Alphabet  = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
)

// base58Check says whether an address of 25 bytes carries its checksum.
func base58Check(s, alphabet string) bool {
	n, radix := new(big.Int), big.NewInt(58)
	for i := range len(s) {
		d := strings.IndexByte(alphabet, s[i])
		if d < 0 {
			return false
		}
		n.Add(n.Mul(n, radix), big.NewInt(int64(d)))
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

// isBech32 checks an address by BIP 173 or BIP 350.
func isBech32(s string) bool {
	lower := strings.ToLower(s)
	if lower != s && strings.ToUpper(s) != s {
		return false
	}
	at := strings.LastIndexByte(lower, '1')
	if at < 1 || len(lower)-at < 7 {
		return false
	}
	check := uint32(1)
	add := func(v byte) {
		top := check >> 25
		check = check&0x1ffffff<<5 ^ uint32(v)
		for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				check ^= g
			}
		}
	}
	for i := range at {
		add(lower[i] >> 5)
	}
	add(0)
	for i := range at {
		add(lower[i] & 31)
	}
	for i := at + 1; i < len(lower); i++ {
		v := strings.IndexByte(bech32Alphabet, lower[i])
		if v < 0 {
			return false
		}
		add(byte(v))
	}
	return check == 1 || check == 0x2bc830a3
}

// isEthereum checks forty hexadecimal digits behind 0x. In mixed case they carry
// a checksum (EIP-55).
func isEthereum(hex string) bool {
	lower := strings.ToLower(hex)
	if strings.Trim(lower, "0123456789abcdef") != "" || lower == strings.Repeat("0", 40) {
		return false
	}
	if hex == lower || hex == strings.ToUpper(hex) {
		return true
	}
	h := sha3.NewLegacyKeccak256()
	h.Write([]byte(lower))
	sum := h.Sum(nil)
	for i := range len(hex) {
		nibble := sum[i/2] >> (4 * (1 - i%2)) & 15
		if c := hex[i]; isLetter(c) && (nibble >= 8) != (c <= 'F') {
			return false
		}
	}
	return true
}

// isWallet says whether letters and digits are the address of a wallet.
func isWallet(v string) bool {
	if len(v) < 25 {
		return false
	}
	switch {
	case strings.HasPrefix(v, "0x") && len(v) == 42:
		return isEthereum(v[2:])
	case len(v) <= 90 && (hasPrefixFold(v, "bc1") || hasPrefixFold(v, "tb1") || hasPrefixFold(v, "ltc1") || hasPrefixFold(v, "addr1")):
		return isBech32(v)
	case hasPrefixFold(v, "addr1") && len(v) <= 110:
		return isBech32(v)
	case len(v) > 36:
		return false
	case strings.IndexByte("13mn2LMDAT9X", v[0]) >= 0: // Bitcoin, Litecoin, Dogecoin, Tron, Dash
		return base58Check(v, bitcoinAlphabet)
	case v[0] == 'r':
		return base58Check(v, rippleAlphabet)
	}
	return false
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
