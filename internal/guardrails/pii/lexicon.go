package pii

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// hint is what a word may tell about itself or about a number near it; the kinds
// are explained by the words in lexicon.txt.
type hint uint64

const (
	hintPhone hint = 1 << iota
	hintPhoneWeak
	hintSSN
	hintITIN
	hintCard
	hintAccount
	hintRouting
	hintPassport
	hintLicence
	hintBirth
	hintNetwork
	hintHardware
	hintWallet
	hintSecret
	hintEmail
	hintOther
	hintAmount
	hintTitle
	hintMonth
	hintDay
	hintDigit
	hintStreet
	hintStreetFirst
	hintUnit
	hintPOBox
	hintMilitary
	hintAddressCtx
	hintLeading
	hintCountry
	hintPlace
	hintNationality
	hintIntro
	hintRelation
	hintContact
	hintSaid
	hintCopula
	hintParticle
	hintOrg
	hintBrand
	hintGiven
	hintFamily
	hintWord
	hintForeign // an ordinary word of another language than English
)

// hintNames are the names of the kinds in the word lists.
var hintNames = map[string]hint{
	"phone": hintPhone, "phoneweak": hintPhoneWeak, "ssn": hintSSN, "itin": hintITIN, "card": hintCard,
	"account": hintAccount, "routing": hintRouting, "passport": hintPassport, "licence": hintLicence,
	"birth": hintBirth, "network": hintNetwork, "hardware": hintHardware, "wallet": hintWallet,
	"secret": hintSecret, "email": hintEmail, "other": hintOther, "amount": hintAmount, "title": hintTitle,
	"month": hintMonth, "day": hintDay, "digit": hintDigit, "street": hintStreet, "streetfirst": hintStreetFirst,
	"unit": hintUnit, "pobox": hintPOBox, "military": hintMilitary, "addressctx": hintAddressCtx,
	"leading": hintLeading, "country": hintCountry, "place": hintPlace, "nationality": hintNationality, "intro": hintIntro,
	"relation": hintRelation, "contact": hintContact, "said": hintSaid, "copula": hintCopula, "particle": hintParticle, "orgword": hintOrg,
	"brand": hintBrand, "given": hintGiven, "family": hintFamily, "ordinary": hintForeign,
}

//go:embed lexicon.txt
var lexiconText string

//go:embed names.txt
var namesText string

//go:embed words.txt
var wordsText string

// lexicon is what is known of words.
type lexicon struct {
	hints    map[string]hint // of every word, in folded form
	nameOdds trigrams
}

// loadLexicon reads the word lists when the first text is scanned, which takes
// some milliseconds.
var loadLexicon = sync.OnceValue(func() *lexicon {
	l := &lexicon{hints: readWords()}
	l.nameOdds = oddsOfNames(l.hints)
	return l
})

func readWords() map[string]hint {
	words := make(map[string]hint, 20000)
	for line := range strings.Lines(lexiconText + namesText) {
		if kind, list, ok := strings.Cut(line, ":"); ok && line[0] != '#' {
			for w := range strings.FieldsSeq(list) {
				words[w] |= hintNames[kind]
			}
		}
	}
	for line := range strings.Lines(wordsText) {
		if line[0] != '#' {
			for w := range strings.FieldsSeq(line) {
				words[w] |= hintWord
			}
		}
	}
	return words
}

// maxWord is the length in bytes of the longest word that is looked up.
const maxWord = 24

// hintsOf looks a word up, whatever its case and accents.
func (l *lexicon) hintsOf(word string) hint {
	if len(word) > maxWord {
		return 0
	}
	var buf [2 * maxWord]byte
	return l.hints[string(fold(buf[:0], word))]
}

// fold appends a word in lower case and without accents.
func fold(to []byte, word string) []byte {
	for i := 0; i < len(word); i++ {
		c := word[i]
		if c < utf8.RuneSelf {
			to = append(to, c|lowerBit[c])
			continue
		}
		r, size := utf8.DecodeRuneInString(word[i:])
		i += size - 1
		switch {
		case r >= 0xc0 && r < 0xc0+rune(len(baseLetter)):
			to = append(to, baseLetter[r-0xc0])
		case r >= 0x300 && r <= 0x36f: // accents of their own
		default:
			to = utf8.AppendRune(to, unicode.ToLower(r))
		}
	}
	return to
}

// lowerBit holds the bit that makes a capital letter small.
var lowerBit = func() (bits [utf8.RuneSelf]byte) {
	for c := 'A'; c <= 'Z'; c++ {
		bits[c] = 'a' - 'A'
	}
	return bits
}()

// baseLetter holds the Latin letter without accent, in lower case, of the runes
// from U+00C0 to U+024F.
var baseLetter = func() (base [0x250 - 0xc0]byte) {
	odd := map[rune]byte{
		'ø': 'o', 'Ø': 'o', 'ł': 'l', 'Ł': 'l', 'đ': 'd', 'Đ': 'd', 'ð': 'd', 'Ð': 'd', 'þ': 't', 'Þ': 't',
		'æ': 'a', 'Æ': 'a', 'œ': 'o', 'Œ': 'o', 'ß': 's', 'ı': 'i',
	}
	for i := range base {
		r := rune(i + 0xc0)
		base[i] = norm.NFD.String(string(r))[0]
		if c, ok := odd[r]; ok {
			base[i] = c
		}
		if base[i] < utf8.RuneSelf {
			base[i] |= lowerBit[base[i]]
		}
	}
	return base
}()
