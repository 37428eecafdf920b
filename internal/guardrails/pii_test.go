package guardrails

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// found writes what is found in a text as "TYPE=value", by code points, so that
// the offsets are tested with it.
func found(text string) []string {
	v := judge(Request{Text: text, CheckPII: true})
	points, list := []rune(text), []string{}
	for _, m := range v.PIIMatches {
		list = append(list, m.PIIType+"="+string(points[m.Start:m.End]))
	}
	return list
}

func TestPersonalDataIsFoundBesideOtherNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"my card is 4111 1111 1111 1111":                   "CREDIT_CARD=4111 1111 1111 1111",
		"card 4111 1111 1111 1111 12/27":                   "CREDIT_CARD=4111 1111 1111 1111",
		"card 4111111111111111 123 is mine":                "CREDIT_CARD=4111111111111111",
		"the 2 4111-1111-1111-1111 one":                    "CREDIT_CARD=4111-1111-1111-1111",
		"aligned 4111  1111  1111  1111":                   "CREDIT_CARD=4111  1111  1111  1111",
		"amex 378282246310005":                             "CREDIT_CARD=378282246310005",
		"Ünïcödé ４１１１１１１１１１１１１１１１":                         "CREDIT_CARD=４１１１１１１１１１１１１１１１",
		"bold 𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏":                            "CREDIT_CARD=𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏",
		"mono 𝟺𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷":                            "CREDIT_CARD=𝟺𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷",
		"hidden 4111\u200b1111\u200b1111\u200b1111":        "CREDIT_CARD=4111\u200b1111\u200b1111\u200b1111",
		"IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFFXXX": "IBAN=DE89 3704 0044 0532 0130 00",
		"to gb82west12345698765432 please":                 "IBAN=gb82west12345698765432",
		"ssn 123-45-6789":                                  "SSN=123-45-6789",
		"my itin is 912-70-1234":                           "ITIN=912-70-1234",
		"routing 021000021":                                "ABA_ROUTING=021000021",
		"write to jane.doe@example.com.":                   "EMAIL=jane.doe@example.com",
		"call 212-555-0123 4 times":                        "PHONE=212-555-0123",
		"call me: +44 20 7946 0958":                        "PHONE=+44 20 7946 0958",
		"from 192.168.10.7":                                "IP_ADDRESS=192.168.10.7",
		"mac 00:1A:2B:3C:4D:5E":                            "MAC_ADDRESS=00:1A:2B:3C:4D:5E",
		"send to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2":       "CRYPTO=1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
	} {
		if diff := cmp.Diff([]string{want}, found(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestInvalidNumbersAreNotPersonalData(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"order 4111111111111112", "I paid $1,234.56 on 2026-05-04", "see you at 10:30:15",
		"IBAN DE89370400440532013001", "routing 021000022", "invoice 0000 0000 0000 0000",
		"version 1.2.3.4", "666-45-6789", "reference 20260504123456",
	} {
		if got := found(text); len(got) > 0 {
			t.Errorf("%q: found %v", text, got)
		}
	}
}

func TestValueExplainedOnceIsMaskedEverywhere(t *testing.T) {
	t.Parallel()
	text := "123456789 again. My account number is 123456789, " + strings.Repeat("and so on ", 8) + "123456789"
	v := judge(Request{Text: text, CheckPII: true})
	if strings.Contains(v.MaskedText, "123456789") {
		t.Errorf("the account number is left in %q", v.MaskedText)
	}
}

// BenchmarkMatches shows that a text full of matches costs by its length: eight
// times the text must take about eight times as long.
func BenchmarkMatches(b *testing.B) {
	for _, piece := range []string{"a@b.co ", "1.1.1.1 ", "4111 1111 1111 1111 ", "212-555-0123 "} {
		for _, length := range []int{32 << 10, 256 << 10} {
			text := strings.Repeat(piece, length/len(piece))
			b.Run(fmt.Sprintf("%s%d", piece, length), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					judge(Request{Text: text, CheckPII: true})
				}
			})
		}
	}
}
