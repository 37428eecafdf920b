package pii

import "strings"

// Bounds of the parts of an address, in tokens.
const (
	maxStreetWords = 6
	maxTail        = 14
	reachContext   = 8
)

// findAddresses finds house numbers and streets, post boxes and military
// addresses, with the unit, place and postcode behind them.
func (s *scanner) findAddresses() {
	if !s.digits {
		return
	}
	for i := 0; i < len(s.tokens); i++ {
		if s.tokens[i].taken {
			continue
		}
		end := s.boxAt(i)
		if end == 0 {
			end = s.streetAt(i)
		}
		if end == 0 {
			continue
		}
		first := s.unitBefore(i)
		if first == i && s.paired(i) && s.addressSpoken(i) {
			first = i - 2
		}
		last := s.tail(s.otherStreet(first, end))
		value := strings.ToLower(strings.Join(strings.Fields(s.text[s.tokens[first].start:s.tokens[last-1].end]), " "))
		s.take(Address, first, last, value, hidden, 0.75)
		i = last - 1
	}
}

// otherStreet returns where the second street of a corner ends, when the first
// one is tokens first to last (exclusive).
func (s *scanner) otherStreet(first, last int) int {
	if !s.cornerOf(first) || last+1 >= len(s.tokens) || !strings.EqualFold(s.raw(last), "and") {
		return last
	}
	if end := s.streetAt(last + 1); end > 0 {
		return end
	}
	k := last + 1
	for k < len(s.tokens) && k < last+4 && (k == last+1 || s.gap(k) == " ") && s.tokens[k].shape != lower && !s.tokens[k].taken {
		k++
	}
	if k == last+1 {
		return last
	}
	return k
}

// streetAt returns where the street and house number end that begin with token
// i, zero when none do.
func (s *scanner) streetAt(i int) int {
	if s.isHouse(i) {
		return s.numberFirst(i)
	}
	if s.tokens[i].kind == word {
		return s.streetFirst(i)
	}
	return 0
}

// isHouse says whether token i may be the number of a house, such as 12 or 221B.
func (s *scanner) isHouse(i int) bool {
	t := s.tokens[i]
	size := t.end - t.start
	if t.taken || t.kind == word || size > 6 || t.start > 0 && strings.IndexByte("$.:+", s.text[t.start-1]) >= 0 {
		return false
	}
	if t.kind == number {
		return size <= 5
	}
	return isDigit(s.text[t.start]) && len(digitsOf(s.raw(i))) >= size-1 && s.text[t.end-1]|0x20 <= 'k'
}

// numberFirst reads 12 Main Street, 12 rue de Paris and, where an address is
// spoken of, 12 Anything 34. A second number may stand before the street.
func (s *scanner) numberFirst(i int) int {
	k := i + 1
	if k < len(s.tokens) && s.isHouse(k) && (s.gap(k) == " " || s.gap(k) == "-" || s.gap(k) == "/") {
		k++
	}
	if k < len(s.tokens) && s.gap(k) == ", " && s.tokens[k].hint&hintStreetFirst != 0 {
		return s.streetName(k, true)
	}
	if k >= len(s.tokens) || s.gap(k) != " " {
		return 0
	}
	return s.streetName(k, true)
}

// streetFirst reads Hauptstraße 5, via Roma 41 and Main Street 12.
func (s *scanner) streetFirst(i int) int {
	t := s.tokens[i]
	if t.shape == lower && t.hint&hintStreetFirst == 0 && !s.hasStreetEnding(s.raw(i)) {
		return 0
	}
	return s.streetName(i, false)
}

// street is what was seen of a street's name.
type street struct {
	words   int  // of the name, without the word for street
	proper  int  // words that are capitalised or unknown
	kind    bool // a word for street, or an ending like -straße
	plain   bool // of which the word is an ordinary one too: way, place
	ordinal bool
}

// streetName reads a street's name that begins with token i and the house number
// behind it. numbered says whether a number stands before.
func (s *scanner) streetName(i int, numbered bool) int {
	var seen street
	k := i
	for ; k < len(s.tokens) && k < i+maxStreetWords+1; k++ {
		t := s.tokens[k]
		if t.taken || k > i && !nameGap(s.gap(k), s.tokens[k-1]) {
			break
		}
		if t.kind != word && !s.isOrdinal(k) {
			break
		}
		if k > i && t.hint&hintUnit != 0 || !numbered && !seen.kind && !startsStreet(t) || !s.streetWord(k, i, &seen) {
			break
		}
		if seen.kind && t.hint&hintStreet != 0 && k > i && !s.moreOfStreet(k+1) {
			k++
			break
		}
	}
	if k == i {
		return 0
	}
	house := s.houseAfter(k)
	if !s.believable(i, k, numbered, house > 0, seen) {
		return 0
	}
	return max(k, house)
}

// startsStreet says whether a word may stand in a street's name that no number
// comes before.
func startsStreet(t token) bool {
	return t.hint&hintAddressCtx == 0 && (t.shape != lower || t.hint&(hintParticle|hintStreetFirst|hintStreet) != 0 || t.end-t.start >= minStreetEnding && t.hint == 0)
}

// nameGap says whether the words of a street's name may be so far apart.
func nameGap(gap string, before token) bool {
	switch gap {
	case " ", "-", "'", "  ", "/ ":
		return true
	}
	return gap == ". " && before.end-before.start <= 5
}

// isOrdinal says whether token i is 5th or the like.
func (s *scanner) isOrdinal(i int) bool {
	raw := strings.ToLower(s.raw(i))
	digits := digitsOf(raw)
	if digits == "" || len(digits) > 3 || !strings.HasPrefix(raw, digits) {
		return false
	}
	switch raw[len(digits):] {
	case "st", "nd", "rd", "th":
		return true
	}
	return false
}

// streetWord notes token k as a part of the name that begins with token i; it
// reports whether it can be one.
func (s *scanner) streetWord(k, i int, seen *street) bool {
	t := s.tokens[k]
	if t.hint&hintStreet != 0 && k > i || t.hint&hintStreetFirst != 0 && (k == i || !seen.kind) || k >= i && s.hasStreetEnding(s.raw(k)) {
		seen.plain = t.hint&hintWord != 0 && !coreStreets[strings.ToLower(s.raw(k))] && (t.shape == lower || vagueStreets[strings.ToLower(s.raw(k))])
		if seen.kind {
			seen.words++
		}
		seen.kind = true
		if k > i || t.hint&hintStreetFirst == 0 {
			seen.proper++
		}
		return true
	}
	switch {
	case t.hint&(hintMonth|hintDay|hintAmount) != 0 && t.shape == lower:
		return false
	case t.kind != word:
		seen.ordinal = true
	case t.shape != lower:
		seen.proper++
	case t.hint&hintParticle != 0 && k > i:
	case t.hint&hintWord == 0:
		seen.proper++
	case !s.streetSoon(k) && !(seen.kind && k > i && s.houseAfter(k+1) > 0):
		return false
	}
	seen.words++
	return true
}

// streetSoon says whether a word for street follows an ordinary word at token k,
// as in 12 main street.
func (s *scanner) streetSoon(k int) bool {
	return k+1 < len(s.tokens) && s.gap(k+1) == " " && coreStreets[strings.ToLower(s.raw(k+1))]
}

// moreOfStreet says whether token k goes on with a street's name: a second word
// for street or a direction.
func (s *scanner) moreOfStreet(k int) bool {
	if k >= len(s.tokens) || s.gap(k) != " " {
		return false
	}
	if s.tokens[k].hint&hintStreet != 0 && s.tokens[k].shape != lower {
		return true
	}
	switch s.raw(k) {
	case "N", "S", "E", "W", "NE", "NW", "SE", "SW", "North", "South", "East", "West":
		return true
	}
	return false
}

// coreStreets are words for street that are hardly used for anything else.
var coreStreets = setOf("street st road rd avenue ave boulevard blvd lane ln strasse rue calle avenida rua straat utca")

// vagueStreets are words for street that, even capitalised, often belong to a
// name of something else.
var vagueStreets = setOf("way place point pass key close park bridge row run view square plaza building block floor court")

// streetEndings are the ends of street names in languages that write them in
// one word.
var streetEndings = []string{
	"strasse", "straße", "stra\u1e9ee", "gasse", "platz", "allee", "chaussee", "damm", "weg", "vej", "gade", "plads", "alle", "vagen", "vägen", "gatan",
	"gränd", "torget", "stigen", "veien", "vegen", "gata", "gaten", "katu", "kuja", "polku", "tie", "kaari", "straat", "laan", "plein", "gracht",
	"kade", "singel", "dijk", "hof", "pad", "gate", "bakken", "svingen", "vegur", "gotu", "götu", "stræde", "str", "stræti", "braut", "vangur", "holt", "ring", "ufer", "steig", "stieg",
}

// minStreetEnding is the least length in bytes of a word that a street's ending
// closes: shorter ones end so by chance.
const minStreetEnding = 7

// hasStreetEnding says whether a word ends like a street's name and is no
// ordinary word.
func (s *scanner) hasStreetEnding(w string) bool {
	if len(w) < minStreetEnding || s.hintsOf(w)&(hintWord|hintGiven|hintFamily|hintPlace|hintCountry) != 0 {
		return false
	}
	w = strings.ToLower(w)
	for _, ending := range streetEndings {
		if strings.HasSuffix(w, ending) {
			return true
		}
	}
	return false
}

// houseAfter returns where the house number ends that stands at token k, zero
// when none does.
func (s *scanner) houseAfter(k int) int {
	if k >= len(s.tokens) || !s.isHouse(k) || s.isOrdinal(k) {
		return 0
	}
	switch s.gap(k) {
	case " ", ", ", ". ", " nr. ", " n. ", ", n. ", " Nr. ":
		return k + 1
	}
	return 0
}

// believable decides whether the name in tokens i to k is a street's.
func (s *scanner) believable(i, k int, numbered, house bool, seen street) bool {
	capital := s.tokens[i].shape != lower || k > i+1 && s.tokens[i+1].shape != lower
	switch {
	case seen.words == 0 && !s.hasStreetEnding(s.raw(i)):
		return seen.kind && house && k == i+1 && k+1 < len(s.tokens) && strings.Contains(s.gap(k+1), "#") // Calle 7 # 71-21
	case seen.kind && numbered && capital && !seen.plain:
		return true
	case seen.kind && numbered && capital && (k > i+1 || house):
		return s.allProper(i, k) || s.addressSpoken(i) || s.unitOrPlace(k)
	case seen.kind && house && capital && !seen.plain && (s.tokens[i].shape != lower || s.tokens[i].hint&hintWord == 0):
		return seen.proper > 0 && !s.followsPrice(i)
	case seen.kind && numbered && !seen.plain && (house || seen.proper > 1):
		return s.allProper(i, k)
	case seen.kind && house && capital:
		return seen.proper > 0 && s.allProper(i+1, k) && s.addressSpoken(i)
	case seen.kind && (numbered || house):
		return s.addressSpoken(i)
	case numbered && seen.proper > 0 && (capital || house) && s.tokens[k-1].end-s.tokens[i].start > 2 && s.allProper(i, k):
		return s.introduced(i) && (house && s.unitOrPlace(k+1) || s.postcodeAndPlace(k) || s.unitOrPlace(k) || s.addressSpoken(i))
	case house && capital && s.allProper(i, k) && s.postcodeAndPlace(k+1):
		return true
	case house && capital && s.allProper(i, k):
		return s.cornerOf(i) || s.addressSpoken(i) && s.introduced(i) && (s.paired(i) || s.unitOrPlace(k+1))
	}
	return false
}

// postcodeAndPlace says whether a comma or a new line, a postcode and a
// capitalised word stand at token k.
func (s *scanner) postcodeAndPlace(k int) bool {
	if k+1 >= len(s.tokens) || s.tokens[k].kind != number || s.gap(k) != ", " && s.gap(k) != "\n" || s.gap(k+1) != " " {
		return false
	}
	size, place := s.tokens[k].end-s.tokens[k].start, s.tokens[k+1]
	return size >= 4 && size <= 6 && place.kind == word && place.shape != lower && place.hint&(hintMonth|hintDay) == 0
}

// cornerOf says whether "corner of" stands before token i.
func (s *scanner) cornerOf(i int) bool {
	return i > 1 && strings.EqualFold(s.raw(i-1), "of") && strings.EqualFold(s.raw(i-2), "corner")
}

// paired says whether a capitalised word and "and" stand before token i.
func (s *scanner) paired(i int) bool {
	return i > 1 && s.gap(i) == " " && s.raw(i-1) == "and" && s.tokens[i-2].kind == word && s.tokens[i-2].shape != lower && s.free(i-2, i)
}

// introduced says whether the number before the name at token i begins a line or
// follows a word that leads to a place.
func (s *scanner) introduced(i int) bool {
	k := i - 1
	for k > 0 && s.tokens[k-1].kind != word && s.isHouse(k-1) && len(s.gap(k)) == 1 {
		k--
	}
	if k <= 0 || strings.ContainsAny(s.gap(k), "\n:,?.") {
		return true
	}
	return s.tokens[k-1].hint&hintLeading != 0
}

// followsPrice says whether words of money stand before token i.
func (s *scanner) followsPrice(i int) bool {
	return i > 0 && s.tokens[i-1].hint&hintAmount != 0
}

// allProper says whether no token of a name is an ordinary word, a brand, a
// month or an amount.
func (s *scanner) allProper(i, k int) bool {
	for ; i < k; i++ {
		t := s.tokens[i]
		if t.hint&(hintBrand|hintMonth|hintDay|hintAmount|hintCard|hintAccount) != 0 ||
			t.hint&hintWord != 0 && t.hint&(hintGiven|hintFamily|hintStreet|hintStreetFirst|hintParticle|hintPlace) == 0 {
			return false
		}
	}
	return true
}

// unitOrPlace says whether a flat, or a country, stands at token k or shortly
// behind.
func (s *scanner) unitOrPlace(k int) bool {
	if k < len(s.tokens) && s.tokens[k].hint&hintUnit != 0 && s.tokens[k].hint&hintPhone == 0 && k+1 < len(s.tokens) && s.tokens[k+1].kind != word {
		return true
	}
	for n := k; n < len(s.tokens) && n < k+5; n++ {
		if !placeGap(s.gap(n)) {
			return false
		}
		if s.tokens[n].hint&(hintCountry|hintPlace) != 0 {
			return true
		}
	}
	return false
}

// addressSpoken says whether an address, or going to one, is spoken of shortly
// before token i.
func (s *scanner) addressSpoken(i int) bool {
	for k := i - 1; k >= 0 && k >= i-reachContext; k-- {
		if s.tokens[k].hint&hintAddressCtx != 0 {
			return true
		}
	}
	return false
}

// boxAt returns where the post box, or the military address, ends that begins
// with token i; zero when none does.
func (s *scanner) boxAt(i int) int {
	t := s.tokens[i]
	if t.kind != word || t.hint&hintPOBox == 0 && strings.IndexByte("pcu", s.text[t.start]|0x20) < 0 {
		return 0
	}
	switch raw := strings.ToLower(s.raw(i)); {
	case t.hint&hintPOBox != 0 && s.numberAt(i+1):
		return i + 2
	case raw == "po" && s.isBox(i+1):
		return i + 3
	case raw == "p" && i+1 < len(s.tokens) && strings.EqualFold(s.raw(i+1), "o") && s.isBox(i+2):
		return i + 4
	case raw == "psc" || raw == "cmr" || raw == "unit" || raw == "uss" || raw == "usns" || raw == "usnv" || raw == "usnm" || raw == "usav" || raw == "uscgc":
		return s.military(i)
	}
	return 0
}

func (s *scanner) numberAt(i int) bool {
	return i < len(s.tokens) && s.tokens[i].kind == number && !s.tokens[i].taken
}

// isBox says whether "box" and a number stand at token i.
func (s *scanner) isBox(i int) bool {
	return s.numberAt(i+1) && strings.EqualFold(s.raw(i), "box")
}

// maxMilitary is how many tokens stand before the post office of a military
// address.
const maxMilitary = 6

// military reads an address that begins with token i up to APO, FPO or DPO and
// the region.
func (s *scanner) military(i int) int {
	for k := i + 1; k+1 < len(s.tokens) && k < i+maxMilitary; k++ {
		if s.tokens[k].taken {
			return 0
		}
		switch strings.ToLower(s.raw(k)) {
		case "apo", "fpo", "dpo":
			return k + 2
		}
	}
	return 0
}

// unitBefore returns the first token of a flat's number that stands before token
// i, otherwise i.
func (s *scanner) unitBefore(i int) int {
	if i >= 2 && s.tokens[i-2].hint&hintUnit != 0 && s.tokens[i-1].kind != word && s.free(i-2, i) && len(s.gap(i)) <= 2 {
		return i - 2
	}
	return i
}

// tail returns where the unit, places and postcode behind a street end, of which
// the first is token k.
func (s *scanner) tail(k int) int {
	last, postcode, lowers := k, false, 0
	for n := k; n < len(s.tokens) && n < k+maxTail; n++ {
		t := s.tokens[n]
		if t.taken || !placeGap(s.gap(n)) && (n == k || s.tokens[n-1].hint&(hintUnit|hintStreet) == 0 || s.gap(n) != ". ") {
			break
		}
		switch {
		case t.hint&hintUnit != 0:
			if n+1 >= len(s.tokens) || s.tokens[n+1].kind == word && s.tokens[n+1].end-s.tokens[n+1].start > 2 {
				return last
			}
			n++
			last = n + 1
		case t.kind != word:
			if postcode && t.kind == number || t.end-t.start > 8 || s.numberAt(n+1) && s.gap(n+1) != " " || t.kind == number && t.end-t.start < 3 {
				return last
			}
			postcode = true
			last = n + 1
		case t.hint&(hintCountry|hintPlace) != 0, t.shape == upper && t.end-t.start <= 3:
			last = n + 1
		case s.placeWord(n):
			last = n + 1
		case t.shape == lower && t.hint&(hintWord|hintSaid|hintRelation) == 0 && lowers < 3:
			if lowers++; t.hint&hintParticle == 0 {
				last = n + 1
			}
		default:
			return last
		}
	}
	return last
}

// placeWord says whether token n is capitalised as a place's name and labels
// nothing else.
func (s *scanner) placeWord(n int) bool {
	t := s.tokens[n]
	if t.shape == lower || t.hint&(hintLabels&^hintOther|hintTitle|hintDay|hintMonth) != 0 {
		return false
	}
	if s.gap(n) == " " || t.hint&hintWord == 0 {
		return t.hint&hintWord == 0 || s.tokens[n-1].shape != lower
	}
	return t.hint&(hintPlace|hintCountry|hintGiven|hintFamily|hintStreet) != 0 || strings.HasPrefix(s.gap(n), ",")
}

// placeGap says whether the parts of an address may be so far apart.
func placeGap(gap string) bool {
	if len(gap) > 6 || strings.Contains(gap, "\n\n") {
		return false
	}
	for i := range len(gap) {
		switch gap[i] {
		case ' ', ',', '\n', '\r', '-', '(', '#', '\'':
		default:
			return false
		}
	}
	return true
}
