package pii

import "strings"

func isDigit(c byte) bool { return classes[c] == classDigit }

func isAlnum(c byte) bool { return classes[c] != classSign && classes[c] != classHigh }

// digitsOf returns the ASCII digits of a text.
func digitsOf(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if isDigit(s[i]) {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// compact returns the letters and digits of a text, in upper case.
func compact(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if classes[s[i]] != classSign {
			b.WriteByte(s[i])
		}
	}
	return strings.ToUpper(b.String())
}

// luhn is the check digit of ISO/IEC 7812-1.
func luhn(digits []byte) bool {
	sum := 0
	double := false
	for i := len(digits) - 1; i >= 0; i-- {
		n := int(digits[i] - '0')
		if double {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
		double = !double
	}
	return sum%10 == 0
}

// mod97 is the remainder of ISO 7064 over digits and capital letters (A is 10).
func mod97(s string) int {
	rest := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			rest = (rest*10 + int(s[i]-'0')) % 97
		} else {
			rest = (rest*100 + int(s[i]-'A') + 10) % 97
		}
	}
	return rest
}

// isSSN knows which numbers the Social Security Administration never issues.
func isSSN(d string) bool {
	return len(d) == 9 && d[:3] != "000" && d[:3] != "666" && d[0] != '9' && d[3:5] != "00" && d[5:] != "0000"
}

// isSpecimenSSN says whether the number was printed in advertisements, and so
// belongs to nobody.
func isSpecimenSSN(d string) bool { return d == "078051120" || d == "219099999" }

// isITIN knows the ranges of the Internal Revenue Service: nine first, then a
// group of 50-65, 70-88, 90-92 or 94-99.
func isITIN(d string) bool {
	if len(d) != 9 || d[0] != '9' {
		return false
	}
	group := d[3:5]
	return group >= "50" && group <= "65" || group >= "70" && group <= "88" || group >= "90" && group <= "92" || group >= "94"
}

// isABA checks a routing number's weights (3, 7, 1) and that its first two
// digits belong to a Federal Reserve district, thrift, electronic or cheque
// range.
func isABA(d string) bool {
	if len(d) != 9 {
		return false
	}
	sum := 0
	for i, weight := range [9]int{3, 7, 1, 3, 7, 1, 3, 7, 1} {
		sum += weight * int(d[i]-'0')
	}
	prefix := d[:2]
	known := prefix <= "12" || prefix >= "21" && prefix <= "32" || prefix >= "61" && prefix <= "72" || prefix == "80"
	return sum%10 == 0 && sum > 0 && known
}
