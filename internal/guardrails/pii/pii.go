// Package pii finds personal data in texts: numbers by their checksums and
// ranges, identifiers by the words around them, names and addresses by a small
// trained model. It knows neither policies nor placeholders, and keeps nothing.
//
// One pass splits a text into tokens; every finder works on those, so that the
// time is linear in the text and no pattern is run over it.
package pii

import (
	"slices"
	"strings"
)

// The types of personal data.
const (
	SSN            = "SSN"
	ITIN           = "ITIN"
	CreditCard     = "CREDIT_CARD"
	IBAN           = "IBAN"
	ABARouting     = "ABA_ROUTING"
	BankAccount    = "BANK_ACCOUNT"
	Phone          = "PHONE"
	Email          = "EMAIL"
	IPAddress      = "IP_ADDRESS"
	MACAddress     = "MAC_ADDRESS"
	DateOfBirth    = "DATE_OF_BIRTH"
	Passport       = "PASSPORT"
	DriversLicense = "DRIVERS_LICENSE"
	Address        = "ADDRESS"
	Person         = "PERSON"
	Crypto         = "CRYPTO"
	URLCredentials = "URL_CREDENTIALS"
	APIKey         = "API_KEY"
)

// Types lists every type, the one that wins first where two claim the same text.
var Types = []string{
	URLCredentials, APIKey, Email, Crypto, IBAN, CreditCard, MACAddress, IPAddress, SSN, ITIN, ABARouting, DateOfBirth,
	Passport, DriversLicense, BankAccount, Phone, Address, Person,
}

// Match is one piece of personal data in a text.
type Match struct {
	Type string
	// Start and End are byte offsets into the text, End exclusive.
	Start, End int
	// Masked is what may be shown of it, such as ****1234.
	Masked string
	// Value is what it says, however it was written: the same number with and
	// without spaces has one Value.
	Value string
	// Confidence is between 0 and 1.
	Confidence float64
}

// claim is a piece of text that a finder takes for personal data; offsets are
// those of the straightened text.
type claim struct {
	rank       int // in Types
	start, end int
	value      string
	confidence float64
}

var ranks = func() map[string]int {
	m := map[string]int{}
	for i, t := range Types {
		m[t] = i
	}
	return m
}()

// Find returns the personal data in a text, in order and without overlaps.
func Find(text string) []Match { return find(text, names) }

func find(text string, names *Names) []Match {
	s := newScan(text)
	defer s.release()
	s.findCodes()
	s.findNumbers()
	s.findDates()
	s.findNames(names)
	return s.resolve()
}

// Mask replaces matches of a text by what may be shown of them.
func Mask(text string, matches []Match) string {
	if len(matches) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, m := range matches {
		b.WriteString(text[at:m.Start])
		b.WriteString(m.Masked)
		at = m.End
	}
	b.WriteString(text[at:])
	return b.String()
}

func (s *scan) claim(kind string, start, end int, value string, confidence float64) {
	s.claims = append(s.claims, claim{ranks[kind], start, end, value, confidence})
}

// resolve lets the stronger type win where claims overlap, and the longer text
// within a type.
func (s *scan) resolve() []Match {
	if len(s.claims) == 0 {
		return nil
	}
	slices.SortStableFunc(s.claims, func(a, b claim) int {
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		if n := (b.end - b.start) - (a.end - a.start); n != 0 {
			return n
		}
		return a.start - b.start
	})
	taken := make([]bool, len(s.text))
	var list []Match
	for _, c := range s.claims {
		// Ends of shorter claims may lie inside a longer one, and no claim that
		// was accepted can lie strictly inside a later one of the same or a
		// weaker type without its ends being seen here.
		if slices.Contains(taken[c.start:c.end], true) {
			continue
		}
		for i := c.start; i < c.end; i++ {
			taken[i] = true
		}
		list = append(list, Match{
			Type: Types[c.rank], Start: s.original(c.start), End: s.originalEnd(c.end), Value: c.value,
			Masked: masked(Types[c.rank], c.value), Confidence: c.confidence,
		})
	}
	slices.SortFunc(list, func(a, b Match) int { return a.Start - b.Start })
	return list
}

// masked keeps what people know a thing by, where that gives nothing away.
func masked(kind, value string) string {
	switch kind {
	case SSN, ITIN, CreditCard, IBAN, ABARouting, BankAccount, Phone, Passport, DriversLicense, Crypto:
		if len(value) >= 8 {
			return "****" + value[len(value)-4:]
		}
		return "****" // most of a short number would be the number
	case Email:
		if name, domain, ok := strings.Cut(value, "@"); ok && len(name) > 1 && name[0] < 0x80 {
			return name[:1] + "***@" + domain
		}
		return "****"
	}
	return "****"
}
