package pii_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
)

// found writes matches as "TYPE text" each.
func found(text string) []string {
	var list []string
	for _, m := range pii.Find(text) {
		list = append(list, m.Type+" "+text[m.Start:m.End])
	}
	return list
}

func TestFind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"a card in groups", "it is 4539 1488 0343 6467, thanks", "CREDIT_CARD 4539 1488 0343 6467"},
		{"a card beside its date and code", "card 4539148803436467 12/27 123", "CREDIT_CARD 4539148803436467"},
		{"a card of fifteen digits", "my amex 3782 822463 10005", "CREDIT_CARD 3782 822463 10005"},
		{"a card of twelve digits, called so", "my card is 501800000009", "CREDIT_CARD 501800000009"},
		{"a card written together with a word", "card4539148803436467", "CREDIT_CARD card4539148803436467"},
		{"a social security number", "my ssn: 536-22-8731", "SSN 536-22-8731"},
		{"without dashes, called so", "social security 536228731", "SSN 536228731"},
		{"with a dash only by its form", "536-22-8731", "SSN 536-22-8731"},
		{"a taxpayer number", "tax id 950-84-3321", "ITIN 950-84-3321"},
		{"an account number of the IBAN kind", "to gb29 nwbk 6016 1331 9268 19 please", "IBAN gb29 nwbk 6016 1331 9268 19"},
		{"a routing number and an account", "routing 011401533, account 0049382716", "ABA_ROUTING 011401533|BANK_ACCOUNT 0049382716"},
		{"both named before both", "account and routing numbers: 483920183 and 322271627", "BANK_ACCOUNT 483920183|ABA_ROUTING 322271627"},
		{"a routing number named behind", "322271627 is my routing number", "ABA_ROUTING 322271627"},
		{"an account named by a/c", "a/c 30192837465", "BANK_ACCOUNT 30192837465"},
		{"an American phone", "reach me at (415) 555-2671 ext. 12", "PHONE (415) 555-2671 ext. 12"},
		{"an international phone", "+44 (0)20 7946 0958", "PHONE +44 (0)20 7946 0958"},
		{"a local phone by the words around", "nobody answers at 482 1907", "PHONE 482 1907"},
		{"a phone of another country's groups", "my mobile is 0471 22 38 90", "PHONE 0471 22 38 90"},
		{"an e-mail address", "write to J.Doe+x@mail.example.co.uk.", "EMAIL J.Doe+x@mail.example.co.uk"},
		{"an address of version 4", "login from 203.0.113.77", "IP_ADDRESS 203.0.113.77"},
		{"an address of version 6", "from 2001:db8::8a2e:370:7334.", "IP_ADDRESS 2001:db8::8a2e:370:7334"},
		{"hardware addresses", "3c:22:fb:9a:00:1e and 3c22.fb9a.001e", "MAC_ADDRESS 3c:22:fb:9a:00:1e|MAC_ADDRESS 3c22.fb9a.001e"},
		{"birth dates", "DOB 07/22/1985, née le 3 mars 1990", "DATE_OF_BIRTH 07/22/1985|DATE_OF_BIRTH 3 mars 1990"},
		{"a passport", "my passport no. is C03005988", "PASSPORT C03005988"},
		{"a driving licence", "driver's license D123-4567-8901", "DRIVERS_LICENSE D123-4567-8901"},
		{"a British licence by its form", "it says DOEXX 707156 J99AB", "DRIVERS_LICENSE DOEXX 707156 J99AB"},
		{"a Bitcoin address", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "CRYPTO bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"},
		{"credentials in a URL", "postgres://app:pa55@db/x", "URL_CREDENTIALS app:pa55"},
		{"a key by how it begins", "sk_live_abcd1234efgh", "API_KEY sk_live_abcd1234efgh"},
		{"a key by the word before", "token: k3J9xQ2mZ8vB1nL5", "API_KEY k3J9xQ2mZ8vB1nL5"},
		{"a street", "I moved to 4521 Elm St Apt 3B, Austin TX 78701", "ADDRESS 4521 Elm St Apt 3B, Austin TX 78701"},
		{"a German street", "Bahnhofstraße 21, 8001 Zürich", "ADDRESS Bahnhofstraße 21, 8001 Zürich"},
		{"a French street", "au 10 rue des Lilas, 69003 Lyon", "ADDRESS 10 rue des Lilas, 69003 Lyon"},
		{"a post box", "P.O. Box 77, Reno NV 89501", "ADDRESS P.O. Box 77, Reno NV 89501"},
		{"a name announced", "my name is vilja koskela", "PERSON vilja koskela"},
		{"names of the lists", "Maria de la Cruz paid Tom", "PERSON Maria de la Cruz|PERSON Tom"},
		{"a relation's name", "add my wife Zarina as guardian", "PERSON Zarina"},
		{"a German label and its number", "Reisepassnummer C01X00T47, geb. 03.11.1982", "PASSPORT C01X00T47|DATE_OF_BIRTH 03.11.1982"},
		{"a Russian birth date", "Родилась 7 марта 1984 года", "DATE_OF_BIRTH 7 марта 1984"},
		{"a Chinese birth date and card", "出生日期：1979年3月8日，卡号6212262201023557228", "DATE_OF_BIRTH 1979年3月8|CREDIT_CARD 6212262201023557228"},
		{"a Korean birth date", "생년월일은 1988년 2월 9일", "DATE_OF_BIRTH 1988년 2월 9"},
		{"a Thai card", "เลขบัตร 4539148803436467", "CREDIT_CARD 4539148803436467"},
		{"a birth date that is put right", "DOB is 03/04/1981 but should be 04/03/1981", "DATE_OF_BIRTH 03/04/1981|DATE_OF_BIRTH 04/03/1981"},
		{"digits spelled out in Spanish", "mi tarjeta: cuatro cinco tres nueve uno cuatro ocho ocho cero tres cuatro tres seis cuatro seis siete", "CREDIT_CARD cuatro cinco tres nueve uno cuatro ocho ocho cero tres cuatro tres seis cuatro seis siete"},
		{"an address spelled out in French", "ecrivez a paul.roux arobase mail point fr", "EMAIL paul.roux arobase mail point fr"},
		{"German labels are nobody", "Empfänger und Kartennummer: unbekannt", ""},
		{"a Chinese name", "您好，我叫李建国，想查余额。李建国", "PERSON 李建国|PERSON 李建国"},
		{"a Japanese name", "高橋美咲と申します", "PERSON 高橋美咲"},
		{"a Korean name", "저는 박지훈입니다", "PERSON 박지훈"},
		{"an Arabic name", "مرحبا، اسمي ليلى حداد", "PERSON ليلى حداد"},
		{"a Hindi name", "मेरा नाम अमित वर्मा है", "PERSON अमित वर्मा"},
		{"a Hebrew name", "שמי דוד לוי", "PERSON דוד לוי"},
		{"a Thai name", "ผมชื่อ วิชัย แสงทอง ครับ", "PERSON วิชัย แสงทอง"},
		{"a Chinese name before a label", "我叫李建生日1979年3月8日。 李建", "PERSON 李建|DATE_OF_BIRTH 1979年3月8|PERSON 李建"},
		{"Chinese without a name", "我是新客户，我的名字写错了", ""},
		{"an address in a web address", "https://x.test/pay?mail=jo.roux%40example.com&n=1", "EMAIL jo.roux%40example.com"},
		{"a verb that is a name elsewhere", "my son said he wants a card", ""},
		{"what is found once is found again", "ssn 536-22-8731, I repeat 536228731", "SSN 536-22-8731|SSN 536228731"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(found(c.text), "|"); got != c.want {
				t.Errorf("Find(%q)\n got %s\nwant %s", c.text, got, c.want)
			}
		})
	}
}

func TestFindSeesThrough(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, kind, value string }{
		{"spaces between all digits", "card 4 5 3 9 1 4 8 8 0 3 4 3 6 4 6 7", pii.CreditCard, "4539148803436467"},
		{"other dashes", "4539\u20141488\u20140343\u20146467", pii.CreditCard, "4539148803436467"},
		{"full-width digits", "４５３９ １４８８ ０３４３ ６４６７", pii.CreditCard, "4539148803436467"},
		{"Arabic digits", "ssn ٥٣٦٢٢٨٧٣١", pii.SSN, "536228731"},
		{"digits in circles", "call ④①⑤ ⑤⑤⑤ ②⑥⑦①", pii.Phone, "4155552671"},
		{"zero-width characters", "4539\u200b1488\u200c0343\u200d6467", pii.CreditCard, "4539148803436467"},
		{"digits spelled out", "ssn five three six, two two, eight seven three one", pii.SSN, "536228731"},
		{"tens and repeats spelled out", "call four one five triple five twenty-six seven one", pii.Phone, "4155552671"},
		{"a repeat at the start", "call double four one five five five five two six seven", pii.Phone, "4415555267"},
		{"an e-mail address in words", "jane dot roe (at) example dot com", pii.Email, "jane.roe@example.com"},
		{"an e-mail address with spaces", "jane @ example . com", pii.Email, "jane@example.com"},
		{"a full-width e-mail address", "ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", pii.Email, "jane@example.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			matches := pii.Find(c.text)
			if len(matches) != 1 || matches[0].Type != c.kind || matches[0].Value != c.value {
				t.Errorf("Find(%q) = %+v, want %s %s", c.text, matches, c.kind, c.value)
			}
		})
	}
}

func TestFindNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", " ", "\xff\xfe",
		"my card is 4539 1488 0343 6468",                                                    // check digit
		"my card is 9999 9999 9999 9995",                                                    // no issuer
		"SSN 000-12-3456, SSN 666-12-1234, SSN 123-00-4567, SSN 123-45-0000",                // never issued
		"ITIN 912-93-1234",                                                                  // group not used
		"GB28 NWBK 6016 1331 9268 19",                                                       // check digits
		"routing number 021000022",                                                          // checksum
		"256.100.50.25 and version 10.0.19045.3803",                                         // no address
		"00:1A:2B:3C:4D and 12:30:45",                                                       // too short, a time
		"john@localhost and meet @ 5pm",                                                     // no domain
		"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3",                                                // checksum
		"+1 000 000 0000 and +999 123 456 789",                                              // no such codes
		"order 112-8391820-2938471, tracking 9405511899223197428490, ref TX-2024-009182",    // other numbers
		"confirmation number 839201928, case 00123456, invoice 20240115, item 415-555-2671", // other numbers
		"$1,234,567.89 on 03/14/2024 for 3 nights, 250000 points, 24.99%",                   // amounts, dates
		"your code is 482913 and my card ends in 4242",                                      // short numbers
		"550e8400-e29b-41d4-a716-446655440000",                                              // an id
		"passport renewal takes 10 weeks, my driver license expires 2027",                   // no number
		"I bought lunch at Taco Bell with Apple Pay, then Uber and a Best Buy order",        // merchants
		"Wells Fargo, Bank of America and Chase Sapphire Reserve",                           // banks, products
		"a 10 minute drive, 5 star place, 2 Apple Pay charges",                              // no street
		"I shop at amazon.com and look at this dot", "one two three testing",
	} {
		if got := found(text); len(got) > 0 {
			t.Errorf("Find(%q) = %q, want nothing", text, got)
		}
	}
}

// TestFindWallets takes the examples that the coins' specifications publish, and
// changes one letter of each.
func TestFindWallets(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{
		"Bitcoin, Base58Check":     "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
		"Bitcoin, script":          "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
		"Bitcoin, BIP 173":         "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
		"Bitcoin, BIP 350":         "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
		"Bitcoin Cash":             "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
		"Ethereum, mixed case":     "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
		"Dogecoin":                 "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L",
		"Dash":                     "XpESxaUmonkq8RaLLp46Brx2K39ggQe226",
		"Tron":                     "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8",
		"Ripple":                   "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh",
		"Stellar":                  "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ",
		"Monero":                   "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
		"Solana, spoken of":        "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV",
		"Ethereum, small letters":  "0xde709f2102306220921060314715629080e2fb77",
		"Litecoin, of Base58Check": "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			matches := pii.Find("my wallet is " + address)
			if len(matches) != 1 || matches[0].Type != pii.Crypto {
				t.Errorf("Find = %+v", matches)
			}
			if strings.Contains(name, ", s") {
				return // no checksum, or a shorter one
			}
			wrong, middle := []byte(address), len(address)/2
			wrong[middle] = 'q'
			if address[middle] == 'q' {
				wrong[middle] = 'p'
			}
			if matches := pii.Find("see " + string(wrong)); len(matches) > 0 {
				t.Errorf("with a wrong letter: Find = %+v", matches)
			}
		})
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	text := "card 4539 1488 0343 6467, mail jane@example.com, at 12 Oak Lane"
	want := "card ****6467, mail j***@example.com, at ****"
	if got := pii.Mask(text, pii.Find(text)); got != want {
		t.Errorf("Mask = %q, want %q", got, want)
	}
	if got := pii.Mask("nothing", nil); got != "nothing" {
		t.Errorf("Mask without matches = %q", got)
	}
}

func TestValueIsTheSameHoweverWritten(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"call +1 (415) 555-2671", "call 415.555.2671", "call 1-415-555-2671", "call 4155552671"},
		{"iban GB29NWBK60161331926819", "iban gb29 nwbk 6016 1331 9268 19"},
		{"JANE@Example.com", "jane (at) example (dot) com"},
		{"born 1985-07-22", "born July 22, 1985", "born 22.7.1985", "born on the 22nd of July 1985"},
		{"3C:22:FB:9A:00:1E", "3c-22-fb-9a-00-1e"},
	} {
		var values []string
		for _, text := range same {
			for _, m := range pii.Find(text) {
				values = append(values, m.Value)
			}
		}
		if len(values) != len(same) || len(slices.Compact(values)) != 1 {
			t.Errorf("values of %q are %q", same, values)
		}
	}
}

func ExampleFind() {
	text := "Please call Anna Berg at (415) 555-2671."
	for _, m := range pii.Find(text) {
		fmt.Println(m.Type, text[m.Start:m.End], m.Masked, m.Value)
	}
	// Output:
	// PERSON Anna Berg **** anna berg
	// PHONE (415) 555-2671 ****2671 4155552671
}
