package pii

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// what lists matches as "TYPE value".
func what(text string) string {
	var list []string
	for _, m := range Find(text) {
		list = append(list, m.Type+" "+m.Value)
	}
	return strings.Join(list, "; ")
}

func TestFinds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                       "",
		"pay with 4111 1111 1111 1111 12/27 123": "CREDIT_CARD 4111111111111111",
		"amex 378282246310005":                   "CREDIT_CARD 378282246310005",
		"4111-1111-1111-1112":                    "", // wrong check digit
		"4１１１ 1111 1111 1111":                    "CREDIT_CARD 4111111111111111",
		"4111\u200b1111\u200b1111\u200b1111":     "CREDIT_CARD 4111111111111111",
		"four one one one, one one one one, one one one one, one one one one": "CREDIT_CARD 4111111111111111",
		"my ssn is 219-09-8888":                          "SSN 219098888",
		"ssn: 219098888":                                 "SSN 219098888",
		"219-09-8888":                                    "SSN 219098888",
		"219 09-8888":                                    "",
		"666-12-3456":                                    "",
		"itin 912-70-1234":                               "ITIN 912701234",
		"order 219-09-8888":                              "",
		"DE89 3704 0044 0532 0130 00":                    "IBAN DE89370400440532013000",
		"DE89 3704 0044 0532 0130 01":                    "",
		"iban gb82west12345698765432 ok":                 "IBAN GB82WEST12345698765432",
		"routing number 021000021":                       "ABA_ROUTING 021000021",
		"routing number 021000022":                       "",
		"invoice 021000021":                              "",
		"my account number is 12345678901":               "BANK_ACCOUNT 12345678901",
		"order number 12345678901":                       "",
		"call me at (415) 555-2671":                      "PHONE 4155552671",
		"+44 20 7946 0958 is mine":                       "PHONE 442079460958",
		"+1-415-555-2671x104":                            "PHONE 14155552671",
		"they don't answer at 329 7730":                  "PHONE 3297730",
		"I paid 2 400 300 in total":                      "",
		"it costs $415 555 2671":                         "",
		"mail Ann.Lee+x@Example.co.uk!":                  "EMAIL ann.lee+x@example.co.uk",
		"ann (at) example (dot) com":                     "EMAIL ann@example.com",
		"ann dot lee at example dot com":                 "EMAIL ann.lee@example.com",
		"meet me at noon":                                "",
		"user@localhost":                                 "",
		"from 192.168.0.17 today":                        "IP_ADDRESS 192.168.0.17",
		"version 1.2.3.4":                                "",
		"300.1.1.1":                                      "",
		"2001:db8::8a2e:370:7334":                        "IP_ADDRESS 2001:db8::8a2e:370:7334",
		"at 12:30:45":                                    "",
		"mac 00:1B:44:11:3A:B7":                          "MAC_ADDRESS 001b44113ab7",
		"001b.4411.3ab7":                                 "MAC_ADDRESS 001b44113ab7",
		"born on 12/31/1990":                             "DATE_OF_BIRTH 12/31/1990",
		"my date of birth is 3rd of May 1988":            "DATE_OF_BIRTH 3rd of may 1988",
		"paid on 12/31/2020":                             "",
		"passport no. X1234567":                          "PASSPORT X1234567",
		"my driver's license is D123-4567-8901":          "DRIVERS_LICENSE D12345678901",
		"BTC 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa":         "CRYPTO 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
		"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb":             "",
		"bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq":     "CRYPTO bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
		"bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdz":     "",
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed":     "CRYPTO 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD":     "",
		"postgres://bob:hunter2@db.example/x":            "URL_CREDENTIALS bob:hunter2",
		"https://example.com/a@b":                        "",
		"key " + "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc": "API_KEY " + "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
		"my name is Maria Gonzalez":                      "PERSON Maria Gonzalez",
		"I live at 221 Baker Street":                     "ADDRESS 221 Baker Street",
		"I paid Starbucks $5.40 on Monday":               "",
		"Transfer 500 to savings":                        "",
	} {
		if got := what(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestOffsetsAreOfTheOriginal(t *testing.T) {
	t.Parallel()
	text := "é ｃａｒｄ 4１11\u200b 1111 1111 1111\u200b, ok"
	list := Find(text)
	if len(list) != 1 || text[list[0].Start:list[0].End] != "4１11\u200b 1111 1111 1111" {
		t.Errorf("%+v", list)
	}
	if got := Mask(text, list); got != "é ｃａｒｄ ****1111\u200b, ok" {
		t.Errorf("%q", got)
	}
}

func FuzzFind(f *testing.F) {
	for _, seed := range []string{
		"4111 1111 1111 1111", "ann@example.com", "\u200b4\xff1", "my ssn is 219 09 8888 x12", "dob 1/2/1990", "my name is O'Brien-Smith's",
		"double five five triple six one two three", "DE89370400440532013000", "::1 1:2:3:4:5:6:7:8", "+(1) 415 ext. 5", "a@b@c.d.e", "12 Main St\nApt 4",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		list := Find(text)
		for _, m := range list {
			if m.Start < at || m.End <= m.Start || m.End > len(text) || m.Confidence <= 0 || m.Confidence > 1 {
				t.Fatalf("%q: %+v", text, m)
			}
			if utf8.ValidString(text) && (!utf8.RuneStart(text[m.Start]) || m.End < len(text) && !utf8.RuneStart(text[m.End])) {
				t.Fatalf("%q: %+v splits a character", text, m)
			}
			if strings.Contains(m.Masked, text[m.Start:m.End]) {
				t.Fatalf("%q: masked as %s", text, m.Masked)
			}
			at = m.End
		}
		Mask(text, list)
	})
}

// message is an ordinary one of 200 characters.
const message = "Hello, this is Maria Gonzalez. I sent $250.00 to my landlord on March 3 with the card ending in 4421, but it still says pending. " +
	"Could you check it, or call me at 415-555-2671 after 5 pm? Thank you!"

func BenchmarkFind(b *testing.B) {
	for name, text := range map[string]string{
		"200 characters":  message,
		"10 kB":           strings.Repeat(message+" ", 60)[:10_000],
		"100 kB":          strings.Repeat(message+" ", 600)[:100_000],
		"10 kB of digits": strings.Repeat("4 1 ", 2500),
		"10 kB of @":      strings.Repeat("a@", 5000),
		"10 kB of Names":  strings.Repeat("Maria ", 1667),
		"10 kB of phones": strings.Repeat("+1 415 555 2671, ", 588),
		"10 kB of hex":    strings.Repeat("ab:cd:", 1667),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Find(text)
			}
		})
	}
}

func ExampleMask() {
	text := "my card is 4111 1111 1111 1111"
	fmt.Println(Mask(text, Find(text)))
	// Output: my card is ****1111
}
