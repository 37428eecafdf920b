package pii

import "strings"

// reachDocument is how many tokens may stand between a document's name and its
// number.
const reachDocument = 7

// findDocuments finds the numbers of passports and driving licences. They have
// as many forms as countries, so their names are looked for first.
func (s *scanner) findDocuments() {
	if !s.digits {
		return
	}
	for i := range s.tokens {
		switch t := s.tokens[i]; {
		case t.hint&hintPassport != 0:
			if !strings.EqualFold(s.raw(i), "pass") || s.numbered(i) {
				s.documentNear(i, Passport, hintPassport, (*scanner).passportAt)
			}
		case t.hint&hintLicence != 0 && s.isDriving(i):
			s.documentNear(i, DriversLicense, hintLicence|hintPassport, (*scanner).licenceAt)
		case t.kind != number && !t.taken && t.shape != lower && t.end-t.start >= 5:
			s.britishLicence(i)
		}
	}
}

// numbered says whether "number", in English or German, stands shortly behind the
// word at token i: a pass without is many things.
func (s *scanner) numbered(i int) bool {
	for k := i + 1; k < len(s.tokens) && k <= i+3; k++ {
		switch strings.ToLower(s.raw(k)) {
		case "nr", "nummer":
			return s.raw(i) == "Pass"
		}
	}
	return false
}

// isDriving says whether the word at token i speaks of a licence to drive: the
// word licence alone may be any.
func (s *scanner) isDriving(i int) bool {
	switch w := strings.ToLower(s.raw(i)); w {
	case "dl", "dvla":
		return true
	case "driver", "drivers", "driving", "dmv":
		for k := i + 1; k < len(s.tokens) && k <= i+3; k++ {
			if w := strings.ToLower(s.raw(k)); strings.HasPrefix(w, "licen") || strings.HasPrefix(w, "permit") {
				return true
			}
		}
	case "licence", "license", "licencia", "licenses", "licences":
		return s.isPersonal(i)
	case "permit", "permits", "prawo", "права", "patente", "carnet":
		return false // of many things; those to drive have another word beside
	default:
		return true // a word of another language that means only this
	}
	return false
}

// isPersonal says whether a number or an id follows the word licence at token i
// and no other trade stands before it.
func (s *scanner) isPersonal(i int) bool {
	if i > 0 {
		switch strings.ToLower(s.raw(i - 1)) {
		case "business", "software", "fishing", "hunting", "medical", "liquor", "marriage", "product", "gun", "nursing":
			return false
		}
	}
	if i+1 >= len(s.tokens) {
		return false
	}
	switch strings.ToLower(s.raw(i + 1)) {
	case "number", "no", "num", "is", "id":
		return true
	}
	return s.tokens[i+1].kind != word
}

// documentNear takes the first number behind the name at token i that read
// accepts, or the one just before it.
func (s *scanner) documentNear(i int, kind string, own hint, read func(*scanner, int) int) {
	for k := i + 1; k < len(s.tokens) && k <= i+reachDocument; k++ {
		t := s.tokens[k]
		if t.taken || t.hint&(hintLabels&^own&^(hintPhoneWeak|hintOther|hintAccount)) != 0 || t.hint&hintOther != 0 && !isIDWord(s.raw(k)) {
			break
		}
		if last := read(s, k); last > 0 {
			s.takeDocument(kind, k, last)
			return
		}
	}
	for k := i - 1; k >= 0 && k >= i-4; k-- {
		if sentenceEnd(s.gap(k+1)) > 0 || s.tokens[k].taken {
			return
		}
		if s.tokens[k].kind == word {
			continue
		}
		if last := read(s, k); last > 0 && last <= i {
			s.takeDocument(kind, k, last)
		}
		return
	}
}

// isIDWord says whether a word names any number, and so doesn't end the search.
func isIDWord(w string) bool {
	switch strings.ToLower(w) {
	case "id", "reference", "ref", "code":
		return true
	}
	return false
}

func (s *scanner) takeDocument(kind string, first, last int) {
	value := compact(s.text[s.tokens[first].start:s.tokens[last-1].end])
	s.take(kind, first, last, value, last4(value), 0.85)
}

// passportAt returns where the passport number ends that begins with token i,
// zero when none does: six to ten letters and digits, with at least four
// digits, in at most three groups.
func (s *scanner) passportAt(i int) int {
	return s.codeAt(i, 6, 10, 4, 3)
}

// licenceAt is passportAt for driving licences.
func (s *scanner) licenceAt(i int) int {
	return s.codeAt(i, 5, 20, 3, 7)
}

// codeAt reads a code of minLen to maxLen letters and digits, of which at least
// so many are digits, in at most so many groups.
func (s *scanner) codeAt(i, minLen, maxLen, minDigits, maxGroups int) int {
	length, digits, last := 0, 0, 0
	if _, end := s.dateAt(i); end > i+1 {
		return 0
	}
	for k := i; k < len(s.tokens) && k < i+maxGroups && !s.tokens[k].taken; k++ {
		group := s.raw(k)
		if k > i && s.gap(k) != "-" && s.gap(k) != " " || !isCodeGroup(s.tokens[k], group, k == i) {
			break
		}
		length += len(group)
		if length > maxLen {
			break
		}
		for c := range len(group) {
			if isDigit(group[c]) {
				digits++
			}
		}
		if length >= minLen && digits >= minDigits && s.tokens[k].kind != word {
			last = k + 1
		}
	}
	if last > 0 && s.isDecimal(i, last) {
		return 0
	}
	return last
}

// isCodeGroup says whether a token may be a group of a code. A group of letters
// is in capitals and short, or it would be a word.
func isCodeGroup(t token, group string, first bool) bool {
	if t.kind != word {
		return true
	}
	return t.shape == upper && len(group) <= 5 || first && len(group) == 1 && t.shape == capital
}

// britishLicence takes a driving licence number of Great Britain, which shows
// itself: five letters of the surname (nines fill up), the birth date in the
// order decade, month (plus 50 for women), day, year; initials and check digits.
func (s *scanner) britishLicence(i int) {
	var b [18]byte
	n, last := 0, 0
	for k := i; k < len(s.tokens) && k < i+7 && n < 16; k++ {
		if k > i && s.gap(k) != " " || n+len(s.raw(k)) > 18 {
			break
		}
		n += copy(b[n:], s.raw(k))
		last = k + 1
	}
	if n != 16 && n != 18 || !isBritishLicence(string(b[:16])) || !s.free(i, last) {
		return
	}
	s.takeDocument(DriversLicense, i, last)
}

func isBritishLicence(code string) bool {
	letters := strings.TrimRight(code[:5], "9")
	if letters == "" || strings.ToUpper(code) != code || strings.ContainsAny(letters, "0123456789") {
		return false
	}
	for _, at := range []int{5, 6, 7, 8, 9, 10, 13} {
		if !isDigit(code[at]) {
			return false
		}
	}
	month, day := atoi(code[6:8]), atoi(code[8:10])
	if month > 50 {
		month -= 50
	}
	return month >= 1 && month <= 12 && day >= 1 && day <= 31 && !isDigit(code[11]) && !isDigit(code[14]) && !isDigit(code[15])
}
