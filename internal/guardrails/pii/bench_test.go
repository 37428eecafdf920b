package pii_test

import (
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
)

// message is about 200 characters, with three things to find.
const message = "Hi, this is Laura Jensen. I tried to pay with my card 4539 1488 0343 6467 on Monday and it was " +
	"declined, although the balance was fine. Please call me at (415) 555-2671 or write to laura.j@example.com, thanks"

// plainMessage has nothing to find, like most.
const plainMessage = "Hello, I would like to know why the transfer that I made on Tuesday is still pending. It was for " +
	"$250.00 and the app says that it should take one or two business days. Can you please check what is going on?"

func BenchmarkFind(b *testing.B) {
	for name, text := range map[string]string{
		"message": message, "plain": plainMessage,
		"10kB":      strings.Repeat(message+"\n"+plainMessage+"\n", 25)[:10_000],
		"10kBplain": strings.Repeat(plainMessage+"\n", 50)[:10_000],
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				pii.Find(text)
			}
		})
	}
}

// hostile are pieces that, repeated, cost a careless scanner quadratic time.
var hostile = map[string]string{
	"digits":       "7",
	"groups":       "4 ",
	"cards":        "4111 ",
	"zeros":        "0 0-",
	"phones":       "call 415-555-2671 ",
	"plus":         "+44 20 7946 0958 ",
	"plusBad":      "+1 000 000 0000 ",
	"capitals":     "Anna Maria ",
	"unknown":      "Xulqort ",
	"letters":      "x",
	"at":           "@",
	"addresses":    "a@",
	"dotted":       "a@b.c.",
	"wordAt":       "x at y dot ",
	"spelled":      "four one ",
	"double":       "double ",
	"iban":         "DE89 ",
	"hex":          "ab:",
	"ip":           "1.2.3.4.",
	"url":          "http://a:",
	"token":        "token a1b2",
	"secret":       "key ",
	"base58":       "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa ",
	"streets":      "12 Main ",
	"introduced":   "我叫李建国 ",
	"titles":       "李建国先生",
	"announced":    "اسمي ليلى ",
	"han":          "李",
	"street":       "rue de la ",
	"corner":       "corner of ",
	"passport":     "passport number ",
	"passports":    "passport X1234567 ",
	"licence":      "driver licence ",
	"month":        "March 5 ",
	"accounts":     "account 12345678 ",
	"again":        "my name is Bob and bob ",
	"wide":         "４１１１ ",
	"invisible":    "4\u200b1\u200b",
	"arabic":       "٠١٢",
	"pem":          "-----BEGIN PRIVATE KEY-----\n",
	"jwt":          "eyJ.eyJ.",
	"sk":           "sk-",
	"names":        "my name is ",
	"unit":         "PSC 1, Box 2 ",
	"keys":         "ghp_a1",
	"sameNumbers":  "ssn 123456789 123456789 ",
	"parentheses":  "(0",
	"slashes":      "1/2/",
	"quotes":       "O'",
	"initials":     "J. ",
	"mixedLetters": "1a",
}

// BenchmarkLinear shows the time for each byte at two lengths: it must be the
// same.
func BenchmarkLinear(b *testing.B) {
	for name, piece := range hostile {
		for size, n := range map[string]int{"10kB": 10_000, "100kB": 100_000} {
			text := strings.Repeat(piece, n/len(piece)+1)[:n]
			b.Run(name+"/"+size, func(b *testing.B) {
				b.SetBytes(int64(n))
				for b.Loop() {
					pii.Find(text)
				}
			})
		}
	}
}
