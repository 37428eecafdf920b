package pii

import (
	"strings"
	"unicode/utf8"
)

const (
	maxLocal  = 64    // bytes before the @ (RFC 5321)
	maxDomain = 253   // bytes behind it
	escapedAt = "%40" // an @ in a web address
)

// findEmails finds addresses with an @ and those that spell it out.
func (s *scanner) findEmails() {
	token := 0
	for _, at := range s.ats {
		token = s.emailAround(at, token)
	}
	for i := 1; i+1 < len(s.tokens); i++ {
		if isAtWord(s.raw(i)) {
			s.spelledEmail(i)
		}
	}
}

// isAtWord says whether a word stands for @, in English, Spanish, Portuguese,
// French, Italian or German.
func isAtWord(w string) bool {
	switch len(w) {
	case 2:
		return strings.EqualFold(w, "at")
	case 6, 7, 9, 11:
		return atWords[strings.ToLower(w)]
	}
	return false
}

var atWords = setOf("arroba arobase chiocciola klammeraffe")

// isLocal says whether a byte may stand before the @.
func isLocal(c byte) bool {
	return classes[c] != classSign || c == '.' || c == '_' || c == '%' || c == '+' || c == '-' || c == '\''
}

// emailAround takes the address around the @ at byte at. Tokens before number
// token are known to end earlier; it returns the same for the next one.
func (s *scanner) emailAround(at, token int) int {
	text := s.text
	localEnd, domainStart := at, at+1
	if text[at] != '@' {
		domainStart = at + len(escapedAt)
	}
	if at > 0 && text[at-1] == ' ' {
		localEnd--
	}
	if domainStart < len(text) && text[domainStart] == ' ' {
		domainStart++
	}
	start := localEnd
	for start > 0 && localEnd-start <= maxLocal && isLocal(text[start-1]) {
		start--
	}
	for start < localEnd && classes[text[start]] == classSign {
		start++
	}
	token = s.tokenAt(token, start)
	if start == localEnd || localEnd-start > maxLocal || token >= len(s.tokens) {
		return token
	}
	end := s.domainEnd(domainStart, localEnd < at || text[domainStart-1] == ' ')
	if end == 0 {
		return token
	}
	last := s.tokenAt(token, end-1) + 1
	if s.free(token, last) {
		value := strings.ToLower(text[start:localEnd] + "@" + strings.ReplaceAll(text[domainStart:end], " ", ""))
		s.takeBytes(Email, start, end, token, last, value, maskEmail(value), 0.99)
	}
	return token
}

// domainEnd returns where the domain ends that begins at byte i, zero when none
// does. A domain in a spaced address must end in a name of the top level that
// is known.
func (s *scanner) domainEnd(i int, spaced bool) int {
	text := s.text
	end, label := 0, i
	labels := 0
	for at := i; at < len(text) && at-i <= maxDomain; {
		for at < len(text) && (classes[text[at]] != classSign || text[at] == '-') {
			at++
		}
		name := strings.TrimRight(text[label:at], "-")
		if name == "" || name[0] == '-' {
			break
		}
		labels++
		if labels > 1 && isTopLevel(name, spaced) {
			end = label + len(name)
		}
		next := at
		if spaced && next < len(text) && text[next] == ' ' {
			next++
		}
		if next >= len(text) || text[next] != '.' {
			break
		}
		next++
		if spaced && next < len(text) && text[next] == ' ' {
			next++
		}
		at, label = next, next
	}
	return end
}

// isTopLevel says whether a name may end a domain.
func isTopLevel(name string, strict bool) bool {
	if len(name) < 2 || len(name) > 24 {
		return false
	}
	for i := range len(name) {
		if isDigit(name[i]) || name[i] == '-' {
			return strings.HasPrefix(strings.ToLower(name), "xn--")
		}
	}
	return !strict || knownTopLevel[strings.ToLower(name)]
}

// knownTopLevel are the common ends of domains, for addresses that are spelled
// out and could be ordinary words.
var knownTopLevel = setOf(`com org net edu gov mil int info biz name pro io co me tv ai app dev cloud online shop
	site store tech xyz email bank uk us ca au nz ie de at ch fr es pt it nl be lu dk se no fi is pl cz sk hu ro bg gr
	cy tr ru ua by lt lv ee si hr rs ba mk al md ge am az kz il ae sa qa kw eg ma tn dz za ng ke gh in pk bd lk np cn
	hk tw jp kr sg my id th vn ph mx br ar cl pe ve uy eu asia`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// spelledEmail takes the address whose @ is the word at token i, as in "john
// (at) example dot com".
func (s *scanner) spelledEmail(i int) {
	left, right := strings.TrimSpace(s.gap(i)), strings.TrimSpace(s.gap(i+1))
	bracketed := bracketPair(left, right)
	if left != "" && !bracketed || right != "" && !bracketed {
		return
	}
	last, domain, spelled := s.spelledDomain(i + 1)
	if last == 0 || !bracketed && !spelled && !s.nearEmail(i) {
		return
	}
	first, local := s.spelledLocal(i - 1)
	if !s.free(first, last) || !bracketed && first == i-1 && notLocal[strings.ToLower(local)] {
		return
	}
	value := strings.ToLower(local + "@" + domain)
	s.take(Email, first, last, value, maskEmail(value), 0.9)
}

// notLocal are words before "at" that begin no address.
var notLocal = setOf("me us look shop buy order available me it is was out online here available visit arrive meet")

// nearEmail says whether e-mail is spoken of shortly before token i.
func (s *scanner) nearEmail(i int) bool {
	for k := i - 1; k >= 0 && k >= i-6; k-- {
		if s.tokens[k].hint&hintEmail != 0 {
			return true
		}
	}
	return false
}

// bracketPair says whether signs are brackets, or the like, around a word.
func bracketPair(left, right string) bool {
	if len(left) == 0 || len(right) == 0 {
		return false
	}
	switch left[len(left)-1] {
	case '(':
		return right[0] == ')'
	case '[':
		return right[0] == ']'
	case '{':
		return right[0] == '}'
	case '<':
		return right[0] == '>'
	case '-', '_', '*':
		return right[0] == left[len(left)-1]
	}
	return false
}

// maxSpelledParts is how many parts an address that is spelled out may have on
// either side.
const maxSpelledParts = 5

// spelledDomain reads the domain that begins with token i: where it ends, and
// whether a dot of it was spelled out.
func (s *scanner) spelledDomain(i int) (last int, domain string, spelled bool) {
	domain = s.raw(i)
	for n := 0; n < maxSpelledParts; n++ {
		for i+1 < len(s.tokens) && s.gap(i+1) == "-" {
			i++
			domain += "-" + s.raw(i)
		}
		next, word := s.dotAfter(i)
		if next == 0 {
			return last, domain, spelled
		}
		spelled = spelled || word
		domain += "." + s.raw(next)
		if isTopLevel(s.raw(next), true) {
			last = next + 1
		}
		i = next
	}
	return last, domain, spelled
}

// dotAfter returns the token behind a dot that follows token i, and whether the
// dot is a word.
func (s *scanner) dotAfter(i int) (next int, word bool) {
	if i+1 >= len(s.tokens) {
		return 0, false
	}
	switch gap := s.gap(i + 1); gap {
	case ".", " .", " . ", "[.]", "(.)", "[.", "(.":
		return i + 1, false
	default:
		if i+2 < len(s.tokens) && len(gap) <= 2 && len(s.gap(i+2)) <= 2 && isDotWord(s.raw(i+1)) &&
			(gap == "" || gap[len(gap)-1] == ' ' || bracketPair(gap, s.gap(i+2))) {
			return i + 2, true
		}
	}
	return 0, false
}

func isDotWord(w string) bool {
	return strings.EqualFold(w, "dot") || strings.EqualFold(w, "punkt") || strings.EqualFold(w, "punto") || strings.EqualFold(w, "point") || strings.EqualFold(w, "ponto")
}

// spelledLocal reads what stands before the @, up to token i, backwards.
func (s *scanner) spelledLocal(i int) (first int, local string) {
	local = s.raw(i)
	for n := 0; n < maxSpelledParts && i > 0; n++ {
		gap := s.gap(i)
		switch {
		case gap == "." || gap == "_" || gap == "-" || gap == "+":
			local = s.raw(i-1) + gap + local
			i--
		case i > 1 && len(gap) <= 2 && len(s.gap(i-1)) <= 2 && signWord(s.raw(i-1)) != "":
			local = s.raw(i-2) + signWord(s.raw(i-1)) + local
			i -= 2
		default:
			return i, local
		}
	}
	return i, local
}

// signWord returns the sign that a word stands for in an address.
func signWord(w string) string {
	switch strings.ToLower(w) {
	case "dot", "punkt", "punto", "point", "ponto":
		return "."
	case "underscore":
		return "_"
	case "dash", "hyphen":
		return "-"
	case "plus":
		return "+"
	}
	return ""
}

// maskEmail keeps the first letter and the domain.
func maskEmail(value string) string {
	local, domain, _ := strings.Cut(value, "@")
	_, size := utf8.DecodeRuneInString(local)
	return local[:size] + "***@" + domain
}
