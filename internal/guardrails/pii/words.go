package pii

import "strings"

// class is a set of meanings that a word has for the finders.
type class uint32

const (
	saysSSN class = 1 << iota
	saysITIN
	saysRouting
	saysAccount
	saysPhone
	saysBirth
	saysPassport
	saysLicense
	saysOther   // names a number that is nobody's: an order, a ticket, an amount
	saysVersion // of software
	title       // Mr, Dr
	street      // Street, Avenue
	unit        // Apt, Suite
	month
	spelled    // a digit in words
	repeated   // double, triple
	atWord     // at
	dotWord    // dot
	extension  // ext
	topDomain  // com, org
	introduces // a name follows: name, named, am, Dear
	possessive // my, his
	isWord     // is, was
	saysCard
	saysEmail
)

var lexicon = map[string]class{}

func init() {
	for c, words := range map[class]string{
		saysSSN:      "ssn social socials sozialversicherungsnummer",
		saysITIN:     "itin taxpayer tin tax",
		saysRouting:  "routing aba rtn rtns transit",
		saysAccount:  "account accounts acct acc accnt konto kontonummer cuenta compte conto bankkonto",
		saysPhone:    "phone phones telephone tel telefon telefono téléphone mobile cell cellphone handy call calls called calling caller dial dialed reach text texting sms whatsapp fax contact contacts ring rang hotline landline handset answering answer messages message voicemail office desk home pager móvil",
		saysBirth:    "born birth birthdate birthday dob birthdays nacimiento geboren geburtsdatum naissance nacido nacida nascita nascido",
		saysPassport: "passport passports pasaporte passeport reisepass",
		saysLicense:  "license licence licenses licences licensed dl dvla driving driver's drivers driver führerschein licencia permis dmv",
		saysOther:    "order orders invoice ticket tracking reference ref confirmation transaction transactions case serial sku isbn model part build zip zipcode postal error code codes id item quantity total amount balance flight policy claim voucher coupon batch bill statement cheque check row page",
		saysVersion:  "version versions release v ver firmware build",
		title:        "mr mrs ms miss dr prof professor sir madam mme herr frau señor señora monsieur madame lord lady rev fr",
		street:       "street st avenue ave road rd boulevard blvd lane ln drive dr court ct place pl square sq terrace way parkway pkwy highway hwy circle cir crescent close gate hill row alley trail loop walk mews rue via calle strasse straße platz weg allee gasse avenida rua piazza viale corso plaza camino carrera boulevarden gatan vägen vej gade laan straat plein ulica utca",
		unit:         "apt apartment suite ste unit floor flat room bldg building",
		month:        "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec",
		spelled:      "zero one two three four five six seven eight nine oh nought",
		repeated:     "double triple",
		atWord:       "at",
		dotWord:      "dot",
		extension:    "ext extension x",
		topDomain:    "com org net edu gov io co uk de fr es it app dev info me us ca au in biz",
		introduces:   "name named dear regards sincerely cheers hi hello hey signed",
		possessive:   "my his her their our your",
		saysCard:     "card cards credit debit cc visa mastercard amex maestro pan",
		saysEmail:    "email e-mail mail emails mailbox correo",
		isWord:       "is was are am i'm",
	} {
		for w := range strings.FieldsSeq(words) {
			lexicon[w] |= c
		}
	}
}

// longestWord is the length of the longest word in the lexicon, in bytes.
const longestWord = 26

// classOf looks a word up, in any case.
func classOf(s string) class {
	if len(s) > longestWord {
		return 0
	}
	var lower [longestWord]byte
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	return lexicon[string(lower[:len(s)])]
}

// digitWords gives the digits in words.
var digitWords = map[string]byte{
	"zero": '0', "oh": '0', "nought": '0', "one": '1', "two": '2', "three": '3', "four": '4', "five": '5', "six": '6', "seven": '7', "eight": '8', "nine": '9',
}
