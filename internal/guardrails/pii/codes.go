package pii

import (
	"net/netip"
	"strings"
)

// findCodes finds what is told by its letters and signs: addresses of all kinds,
// accounts, keys, documents.
func (s *scan) findCodes() {
	for i, t := range s.tokens {
		// Most tokens are words, and what they could begin shows in the character
		// behind them.
		joint := t.end < len(s.text) && strings.IndexByte(":-.", s.text[t.end]) >= 0
		switch t.kind {
		case mark:
			switch s.text[t.start] {
			case '@':
				s.email(i)
			case ':':
				if strings.HasPrefix(s.text[t.start:], "://") {
					s.credentials(i)
				}
				s.ip6(i)
			}
			continue
		case mixed:
			s.iban(i)
			s.wallet(t)
			s.document(i)
			s.key(i)
		case word:
			if t.class&atWord != 0 {
				s.spelledEmail(i)
			}
			if t.upper {
				s.document(i)
			}
			s.ibanStart(i)
			s.wallet(t)
			s.key(i)
		case digits:
			if joint {
				s.ip4(i)
			}
			s.document(i)
		}
		if joint {
			s.hexPairs(i)
			s.ip6(i)
		}
	}
}

const (
	maxLocal  = 64  // of an e-mail address, in bytes (RFC 5321)
	maxDomain = 255 // in bytes (RFC 5321)
)

func localByte(c byte) bool {
	return isAlphanumeric(c) || c >= 0x80 || strings.IndexByte("._%+'-", c) >= 0
}

func (s *scan) email(i int) {
	at := s.tokens[i].start
	start := at
	for start > 0 && at-start < maxLocal && localByte(s.text[start-1]) {
		start--
	}
	for start < at && (s.text[start] == '.' || s.text[start] == '\'' || s.text[start] == '-' || s.text[start] == '%') {
		start++
	}
	end := domainEnd(s.text, at+1)
	if start == at || end == 0 {
		return
	}
	s.claim(Email, start, end, strings.ToLower(s.text[start:end]), 0.99)
}

// domainEnd returns where the domain ends that begins at offset i, zero when
// none does.
func domainEnd(text string, i int) int {
	end, label, dots := 0, i, 0
	for k := i; ; k++ {
		if k < len(text) && k-i < maxDomain && (isAlphanumeric(text[k]) || text[k] == '-' || text[k] >= 0x80) {
			continue
		}
		size := k - label
		if size == 0 || text[label] == '-' || text[k-1] == '-' {
			return end
		}
		if dots > 0 && size >= 2 && size <= 24 && letters(text[label:k]) {
			end = k
		}
		if k >= len(text) || text[k] != '.' {
			if dots > 0 && end != k { // the last label is no top-level domain
				return end
			}
			return end
		}
		dots++
		label = k + 1
	}
}

func letters(s string) bool {
	for i := range len(s) {
		if !isLetter(s[i]) && s[i] < 0x80 {
			return false
		}
	}
	return true
}

// spelledEmail finds "ann at example dot com", with or without brackets; i is
// the token of "at".
func (s *scan) spelledEmail(i int) {
	first := i - 1
	for first >= 0 && s.tokens[first].kind == mark && strings.IndexByte("([{<", s.text[s.tokens[first].start]) >= 0 {
		first--
	}
	bracketed := first < i-1
	next := i + 1
	for next < len(s.tokens) && s.tokens[next].kind == mark && strings.IndexByte(")]}>", s.text[s.tokens[next].start]) >= 0 {
		next++
	}
	if first < 0 || s.tokens[first].kind == mark {
		return
	}
	if bracketed { // "ann (at) example.com"
		if next < len(s.tokens) {
			if end := domainEnd(s.text, s.tokens[next].start); end > 0 {
				s.spelled(first, s.text[s.tokens[next].start:end], end)
				return
			}
		}
	}
	domain, end, dots := "", 0, 0
	for k := next; k < len(s.tokens) && k < next+12; k++ {
		t := s.tokens[k]
		switch {
		case t.class&dotWord != 0 && domain != "":
			domain += "."
			dots++
		case t.kind == mark && strings.IndexByte("()[]{}", s.text[t.start]) >= 0:
		case t.kind != mark && (domain == "" || strings.HasSuffix(domain, ".")):
			domain += s.of(t)
			if dots > 0 && t.class&topDomain != 0 {
				end = t.end
			}
		default:
			k = len(s.tokens)
		}
	}
	if end > 0 {
		s.spelled(first, strings.TrimSuffix(domain, "."), end)
		return
	}
	if next < len(s.tokens) && s.before(first, 5, saysEmail) { // "my email is ann at example.com"
		if end := domainEnd(s.text, s.tokens[next].start); end > 0 {
			s.spelled(first, s.text[s.tokens[next].start:end], end)
		}
	}
}

// spelled claims an address whose name ends with token first; the name may have
// parts joined by "dot", "." or "_".
func (s *scan) spelled(first int, domain string, end int) {
	name := s.of(s.tokens[first])
	for n := 0; n < 4 && first >= 2; n++ {
		joint := s.tokens[first-1]
		sign := s.of(joint)
		if joint.class&dotWord == 0 && sign != "." && sign != "_" && sign != "-" || s.tokens[first-2].kind == mark || sign == "." && s.tokens[first-2].end != joint.start {
			break
		}
		if joint.class&dotWord != 0 {
			sign = "."
		}
		first -= 2
		name = s.of(s.tokens[first]) + sign + name
	}
	s.claim(Email, s.tokens[first].start, end, strings.ToLower(name+"@"+domain), 0.9)
}

// credentials finds user and password in a URL; i is the token of its colon.
func (s *scan) credentials(i int) {
	if i == 0 || s.tokens[i-1].kind == mark {
		return
	}
	const longest = 256
	start := s.tokens[i].start + len("://")
	colon := false
	for k := start; k < len(s.text) && k-start < longest; k++ {
		switch c := s.text[k]; {
		case c == ':':
			colon = true
		case c == '@':
			if colon && k > start+2 {
				s.claim(URLCredentials, start, k, s.text[start:k], 0.99)
			}
			return
		case c <= ' ' || c == '/' || c == '?' || c == '#' || c == '"' || c == '<':
			return
		}
	}
}

// ibanStart is for numbers that begin with a country code apart: "DE 89 3704".
func (s *scan) ibanStart(i int) {
	if t := s.tokens[i]; t.end-t.start == 2 && i+1 < len(s.tokens) && s.tokens[i+1].kind != mark && s.tokens[i+1].kind != word {
		s.iban(i)
	}
}

// iban finds an account number by its country's length, so that a word after
// one is no part of it.
func (s *scan) iban(i int) {
	start := s.tokens[i].start
	if start+4 > len(s.text) {
		return
	}
	length := ibanLength[strings.ToUpper(s.text[start:start+2])]
	if length == 0 {
		return
	}
	value := make([]byte, 0, 34)
	k := start
	for k < len(s.text) && len(value) < length {
		if !isAlphanumeric(s.text[k]) {
			return
		}
		value = append(value, s.text[k])
		if len(value) == 4 && !(isDigit(value[2]) && isDigit(value[3])) {
			return
		}
		k++
		if len(value) < length {
			k += separators(s.text[k:])
		}
	}
	if len(value) < length || k < len(s.text) && isAlphanumeric(s.text[k]) {
		return
	}
	if v := strings.ToUpper(string(value)); isIBAN(v) {
		s.claim(IBAN, start, k, v, 0.99)
	}
}

// separators gives the number of bytes that separators take at the start of s.
func separators(s string) int {
	n := 0
	for n < len(s) && n < maxSeparators && (s[n] == ' ' || s[n] == '-' || s[n] == '.' || s[n] == '\t') {
		n++
	}
	if n < len(s) && s[n] == 0xc2 && strings.HasPrefix(s[n:], "\u00a0") {
		n += 2
	}
	return n
}

func (s *scan) wallet(t token) {
	if t.end-t.start < 25 {
		return
	}
	if v := s.of(t); isWallet(v) {
		s.claim(Crypto, t.start, t.end, v, 0.97)
	}
}

// hexPairs finds MAC addresses: six pairs with the same sign between them, or
// three groups of four with dots.
func (s *scan) hexPairs(i int) {
	if i > 0 && s.tokens[i-1].end == s.tokens[i].start && (s.is(i-1, ':') || s.is(i-1, '-')) {
		return
	}
	for _, form := range []struct {
		signs       string
		groups, len int
	}{{":-", 6, 2}, {".", 3, 4}} {
		if s.tokens[i].end-s.tokens[i].start != form.len || i+2*form.groups-1 > len(s.tokens) {
			continue
		}
		sign := s.text[s.tokens[i].end:]
		if sign == "" || strings.IndexByte(form.signs, sign[0]) < 0 {
			continue
		}
		last := i + 2*form.groups - 2
		value := make([]byte, 0, 12)
		for k := i; k <= last; k++ {
			t := s.tokens[k]
			if k > i && t.start != s.tokens[k-1].end {
				return
			}
			if (k-i)%2 == 1 {
				if s.text[t.start] != sign[0] {
					return
				}
				continue
			}
			v := s.of(t)
			if len(v) != form.len || strings.Trim(v, "0123456789abcdefABCDEF") != "" {
				return
			}
			value = append(value, v...)
		}
		if last+1 < len(s.tokens) && s.tokens[last+1].start == s.tokens[last].end && s.text[s.tokens[last+1].start] == sign[0] && sign[0] != '.' && sign[0] != ':' {
			return
		}
		s.claim(MACAddress, s.tokens[i].start, s.tokens[last].end, strings.ToLower(string(value)), 0.95)
		return
	}
}

// ip4 finds four numbers with dots between them.
func (s *scan) ip4(i int) {
	if i+6 >= len(s.tokens) || i > 0 && s.tokens[i-1].end == s.tokens[i].start && s.is(i-1, '.') && i > 1 && s.tokens[i-2].kind == digits {
		return
	}
	for k := i; k <= i+6; k++ {
		t := s.tokens[k]
		if k > i && t.start != s.tokens[k-1].end {
			return
		}
		if (k-i)%2 == 1 && !s.is(k, '.') || (k-i)%2 == 0 && (t.kind != digits || t.end-t.start > 3) {
			return
		}
	}
	end := s.tokens[i+6].end
	if i+8 < len(s.tokens) && s.is(i+7, '.') && s.tokens[i+7].start == end && s.tokens[i+8].kind == digits && s.tokens[i+8].start == end+1 {
		return // a longer series
	}
	address, err := netip.ParseAddr(s.text[s.tokens[i].start:end])
	if err != nil || address.IsUnspecified() || s.before(i, 2, saysVersion) {
		return
	}
	s.claim(IPAddress, s.tokens[i].start, end, address.String(), 0.95)
}

// ip6 finds an address of version 6 that begins at token i.
func (s *scan) ip6(i int) {
	start := s.tokens[i].start
	if start > 0 && (isAlphanumeric(s.text[start-1]) || s.text[start-1] == ':' || s.text[start-1] == '.') {
		return
	}
	end, colons := start, 0
	for end < len(s.text) && end-start < 46 {
		c := s.text[end]
		if c == ':' {
			colons++
		} else if !isDigit(c) && !(c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') && c != '.' {
			break
		}
		end++
	}
	for end > start && s.text[end-1] == '.' {
		end--
	}
	if colons < 2 || end-start < 3 || end < len(s.text) && isAlphanumeric(s.text[end]) {
		return
	}
	v := s.text[start:end]
	if strings.HasSuffix(v, ":") && !strings.HasSuffix(v, "::") {
		v = v[:len(v)-1]
		end--
	}
	address, err := netip.ParseAddr(v)
	if err != nil || address.IsUnspecified() || colons < 3 && !strings.Contains(v, "::") {
		return // a time of day looks the same
	}
	s.claim(IPAddress, start, end, address.String(), 0.95)
}

// document finds passports and driving licences, by the words before them.
func (s *scan) document(i int) {
	t := s.tokens[i]
	n := t.end - t.start
	if n < 4 || n > 20 || t.kind == word && !(t.shout && t.upper) {
		return
	}
	c := s.nearest(i, contextWords, saysPassport|saysLicense|saysPhone|saysAccount|saysSSN|saysRouting|saysBirth)
	switch {
	case c&saysPassport != 0:
		if t.kind == word {
			return
		}
		end, value, numbers := s.join(i, 2)
		if numbers >= 6 && len(value) >= 7 && len(value) <= 10 || numbers >= 5 && len(value) == 8 {
			s.claim(Passport, t.start, end, value, 0.85)
		}
	case c&saysLicense != 0:
		end, value, numbers := s.join(i, 6)
		if numbers >= 4 && len(value) >= 5 && len(value) <= 20 {
			s.claim(DriversLicense, t.start, end, value, 0.85)
		}
	}
}

// join reads a document's number from token i on: groups of capital letters and
// digits, at most n, with one space or hyphen between them.
func (s *scan) join(i, n int) (end int, value string, numbers int) {
	var b strings.Builder
	for k := i; k < len(s.tokens) && n > 0; k++ {
		t := s.tokens[k]
		v := s.of(t)
		if t.kind == mark && v == "-" && k > i && k+1 < len(s.tokens) && s.tokens[k+1].start == t.end {
			continue
		}
		if k > i && t.start > s.tokens[k-1].end+1 || t.kind == mark || t.kind != digits && v != strings.ToUpper(v) && k > i || t.kind == word && k > i && len(v) > 5 {
			break
		}
		if t.kind == word && k > i && (k+1 >= len(s.tokens) || s.tokens[k+1].kind != digits) {
			break
		}
		for _, c := range []byte(v) {
			if isDigit(c) {
				numbers++
			}
		}
		b.WriteString(strings.ToUpper(v))
		end = t.end
		n--
	}
	return end, b.String(), numbers
}

// keyPrefixes are how well-known services begin their keys.
var keyPrefixes = []struct {
	prefix string
	least  int // bytes behind it
}{
	{"sk-", 16},
	{"sk_live_", 16},
	{"sk_test_", 16},
	{"pk_live_", 16},
	{"pk_test_", 16},
	{"rk_live_", 16},
	{"ghp_", 30},
	{"gho_", 30},
	{"ghu_", 30},
	{"ghs_", 30},
	{"ghr_", 30},
	{"github_pat_", 30},
	{"glpat-", 16},
	{"AKIA", 16},
	{"ASIA", 16},
	{"AIza", 30},
	{"ya29.", 20},
	{"xoxb-", 10},
	{"xoxp-", 10},
	{"xoxa-", 10},
	{"xoxs-", 10},
	{"xoxr-", 10},
	{"hf_", 30},
	{"npm_", 30},
	{"SG.", 30},
	{"shpat_", 28},
	{"dop_v1_", 40},
	{"key-", 28},
	{"eyJ", 30},
	{"pypi-", 30},
	{"tgp_v1_", 30},
}

// maxKey bounds what is read of one key, in bytes.
const maxKey = 1 << 10

// beginsKey says with which bytes keys begin.
var beginsKey = func() (table [256]bool) {
	for _, p := range keyPrefixes {
		table[p.prefix[0]] = true
	}
	return table
}()

// key finds keys and tokens of programs.
func (s *scan) key(i int) {
	t := s.tokens[i]
	if !beginsKey[s.text[t.start]] || t.start > 0 && (isAlphanumeric(s.text[t.start-1]) || s.text[t.start-1] == '_') {
		return
	}
	for _, p := range keyPrefixes {
		if s.text[t.start] != p.prefix[0] || !strings.HasPrefix(s.text[t.start:], p.prefix) {
			continue
		}
		end := t.start + len(p.prefix)
		numbers := false
		for end < len(s.text) && end-t.start < maxKey && (isAlphanumeric(s.text[end]) || strings.IndexByte("_-.", s.text[end]) >= 0) {
			numbers = numbers || isDigit(s.text[end])
			end++
		}
		for end > t.start && strings.IndexByte("_-.", s.text[end-1]) >= 0 {
			end--
		}
		if end-t.start-len(p.prefix) < p.least || !numbers {
			return
		}
		if p.prefix == "eyJ" && strings.Count(s.text[t.start:end], ".") < 1 {
			return
		}
		s.claim(APIKey, t.start, end, s.text[t.start:end], 0.97)
		return
	}
}
