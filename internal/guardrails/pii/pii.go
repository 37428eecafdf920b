// Package pii finds personal data in a text: numbers that identify a person or
// an account, contact details, secrets, addresses and names. It reads the text
// once, cuts it into words and numbers, and lets small verifiers judge only what
// could be something: check digits, issuer ranges, numbering plans and the words
// around decide, not the look of a number alone.
//
// It owns neither policy (what to do with a find) nor storage, and it remembers
// nothing between calls. All time is linear in the length of the text.
package pii

import (
	"slices"
	"strings"
)

// The types of personal data that Find reports.
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

// Types are all types.
var Types = []string{
	SSN, ITIN, CreditCard, IBAN, ABARouting, BankAccount, Phone, Email, IPAddress, MACAddress, DateOfBirth,
	Passport, DriversLicense, Address, Person, Crypto, URLCredentials, APIKey,
}

// Match is a piece of personal data at bytes Start to End (exclusive) of the
// text, both on rune boundaries.
type Match struct {
	Type       string
	Start, End int
	// Masked is what may be shown instead, such as ****1234 or j***@example.com.
	Masked string
	// Value is the same however the value was written: digits only for numbers,
	// lower case for an e-mail address.
	Value string
	// Confidence is between 0 and 1: how sure the verifier is, not a probability.
	Confidence float64
}

// Find returns the personal data in a text, sorted and without overlaps.
func Find(text string) []Match {
	s := newScanner(text)
	defer s.release()
	s.findSecrets()
	s.findEmails()
	s.findWallets()
	s.findIBANs()
	s.findHardware()
	s.findIPs()
	s.findCards()
	s.findBirthDates()
	s.findDocuments()
	s.findAddresses()
	s.findNumbers()
	s.findPersons()
	s.findIntroduced(text)
	s.findAgain()
	return s.matches(text)
}

// Mask replaces every match by its masked value. The matches are those that
// Find returned for this text.
func Mask(text string, matches []Match) string {
	if len(matches) == 0 {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	at := 0
	for _, m := range matches {
		b.WriteString(text[at:m.Start])
		b.WriteString(m.Masked)
		at = m.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// matches translates what was found to places in the original text.
func (s *scanner) matches(text string) []Match {
	if len(s.found) == 0 {
		return nil
	}
	slices.SortFunc(s.found, func(a, b find) int { return a.start - b.start })
	list := make([]Match, 0, len(s.found))
	end := 0
	for _, f := range s.found {
		m := Match{Type: f.kind, Value: f.value, Masked: f.masked, Confidence: f.confidence}
		m.Start, m.End = s.origin(f.start, f.end)
		if m.Start < end || m.End > len(text) {
			continue // words of one original rune can't be told apart
		}
		end = m.End
		list = append(list, m)
	}
	return list
}

// hidden masks a value of which no part may be shown.
const hidden = "****"

// minShown is the length from which the last four characters of a number may be
// shown: of a shorter one they would be most of it.
const minShown = 8

// last4 keeps the last four characters, by which people know their cards and
// accounts.
func last4(value string) string {
	if len(value) < minShown {
		return hidden
	}
	return hidden + value[len(value)-4:]
}
