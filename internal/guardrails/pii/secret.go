package pii

import (
	"math"
	"strings"
)

// findSecrets finds passwords in URLs, keys with a known beginning, and words
// without sense behind a word such as "token".
func (s *scanner) findSecrets() {
	for i := 0; i < len(s.tokens); i++ {
		t := s.tokens[i]
		if t.taken {
			continue
		}
		switch {
		case t.kind == word && strings.HasPrefix(s.text[t.end:], "://"):
			s.urlCredentials(i)
		case t.shape == upper && strings.HasPrefix(s.text[t.start:], "BEGIN ") && strings.HasSuffix(s.text[:t.start], "-----"):
			s.privateKey(i)
		case t.hint&hintSecret != 0 && i+1 < len(s.tokens):
			s.secretAfter(i)
		}
		if !s.tokens[i].taken {
			s.knownKey(i)
		}
	}
}

// maxURLPart is the length up to which a user's name or password in a URL is
// read, in bytes.
const maxURLPart = 256

// urlCredentials takes name and password in a URL whose scheme is token i.
func (s *scanner) urlCredentials(i int) {
	start := s.tokens[i].end + len("://")
	colon := 0
	for at := start; at < len(s.text) && at < start+maxURLPart; at++ {
		switch c := s.text[at]; {
		case c == ':' && colon == 0:
			colon = at
		case c == '@':
			if colon > start && at > colon+1 {
				s.takeText(URLCredentials, i+1, start, at, hidden, 0.99)
			}
			return
		case c <= ' ' || c == '/' || c == '?' || c == '#' || c == '"':
			return
		}
	}
}

// takeText takes bytes start to end, of which token i or a later one is the
// first.
func (s *scanner) takeText(kind string, i, start, end int, masked string, confidence float64) {
	first := s.tokenAt(i, start)
	last := first
	for last < len(s.tokens) && s.tokens[last].start < end {
		last++
	}
	if first == last || !s.free(first, last) {
		return
	}
	s.takeBytes(kind, start, end, first, last, s.text[start:end], masked, confidence)
}

// maxPrivateKey is the length up to which a private key in PEM form is read.
const maxPrivateKey = 8 << 10

// privateKey takes a key in PEM form whose BEGIN is token i.
func (s *scanner) privateKey(i int) {
	rest := s.text[s.tokens[i].start:min(len(s.text), s.tokens[i].start+maxPrivateKey)]
	head, body, ok := strings.Cut(rest, "-----")
	if !ok || !strings.HasSuffix(head, "PRIVATE KEY") {
		return
	}
	end := len(body)
	if at := strings.Index(body, "-----"); at >= 0 {
		end = at
	}
	start := s.tokens[i].start + len(head) + len("-----")
	body = strings.TrimSpace(body[:end])
	if at := strings.Index(s.text[start:], body); body != "" && at >= 0 {
		s.takeText(APIKey, i, start+at, start+at+len(body), hidden, 0.99)
	}
}

// keyPrefix is how the keys of a service begin, and how many characters follow
// at least.
type keyPrefix struct {
	prefix string
	min    int
}

// keyPrefixes are those that the services document, by their first byte.
var keyPrefixes = func() (table [256][]keyPrefix) {
	for _, p := range []keyPrefix{
		{"sk-ant-", 20},
		{"sk-proj-", 20},
		{"sk_live_", 10},
		{"sk_test_", 10},
		{"pk_live_", 10},
		{"pk_test_", 10},
		{"rk_live_", 10},
		{"rk_test_", 10},
		{"sk-", 20},
		{"whsec_", 16},
		{"ghp_", 30},
		{"gho_", 30},
		{"ghu_", 30},
		{"ghs_", 30},
		{"ghr_", 30},
		{"github_pat_", 22},
		{"glpat-", 20},
		{"AKIA", 16},
		{"ASIA", 16},
		{"AIza", 35},
		{"ya29.", 20},
		{"xoxb-", 10},
		{"xoxa-", 10},
		{"xoxp-", 10},
		{"xoxr-", 10},
		{"xoxs-", 10},
		{"xapp-", 10},
		{"SG.", 40},
		{"npm_", 30},
		{"pypi-", 30},
		{"dop_v1_", 32},
		{"hf_", 30},
		{"tgp_v1_", 20},
		{"shpat_", 30},
		{"EAACEdEose0cBA", 10},
		{"sq0atp-", 20},
		{"sq0csp-", 20},
		{"key-", 32},
		{"lin_api_", 30},
		{"dckr_pat_", 20},
		{"AGE-SECRET-KEY-1", 50},
		{"glsa_", 30},
		{"nvapi-", 30},
		{"gsk_", 30},
		{"r8_", 30},
		{"access_token$", 20},
	} {
		table[p.prefix[0]] = append(table[p.prefix[0]], p)
	}
	return table
}()

// knownKey takes the key or JSON web token that begins with token i.
func (s *scanner) knownKey(i int) {
	start := s.tokens[i].start
	if start < s.tried {
		return
	}
	if s.text[start] == 'e' {
		s.webToken(i)
	}
	for _, p := range keyPrefixes[s.text[start]] {
		if !strings.HasPrefix(s.text[start:], p.prefix) {
			continue
		}
		end := s.keyEnd(start, "_-.")
		s.tried = end
		if body := s.text[start+len(p.prefix) : max(end, start+len(p.prefix))]; len(body) >= p.min && strings.ContainsAny(body, "0123456789") {
			s.takeText(APIKey, i, start, end, hidden, 0.97)
		}
		return
	}
}

// webToken takes three parts of Base64 between dots, of which the first two are
// JSON objects.
func (s *scanner) webToken(i int) {
	start := s.tokens[i].start
	if !strings.HasPrefix(s.text[start:], "eyJ") {
		return
	}
	end := s.keyEnd(start, "_-.=")
	s.tried = end
	if parts := strings.SplitN(s.text[start:end], ".", 4); len(parts) == 3 && len(parts[0]) > 10 && strings.HasPrefix(parts[1], "eyJ") {
		s.takeText(APIKey, i, start, end, hidden, 0.99)
	}
}

// maxKey is the length up to which a key is read, in bytes.
const maxKey = 4 << 10

// keyEnd returns where the letters, digits and signs end that begin at byte
// start.
func (s *scanner) keyEnd(start int, signs string) int {
	end := start
	for end < len(s.text) && end-start < maxKey && (isAlnum(s.text[end]) || strings.IndexByte(signs, s.text[end]) >= 0) {
		end++
	}
	for end > start && (s.text[end-1] == '.' || s.text[end-1] == '-') {
		end--
	}
	return end
}

const (
	// maxSecretGap is how many words may stand between a label and its secret.
	maxSecretGap = 3
	minSecret    = 16
	maxSecret    = 512
	// minEntropy is in bits a character; English words have less than 3.2 at
	// this length, random Base64 about 4.
	minEntropy = 3.2
)

// secretAfter takes a word without sense that follows the label at token i.
func (s *scanner) secretAfter(i int) {
	for k := i + 1; k < len(s.tokens) && k <= i+1+maxSecretGap; k++ {
		t := s.tokens[k]
		if t.taken || strings.Contains(s.gap(k), "\n\n") {
			return
		}
		end := s.secretEnd(t.start)
		if secret := s.text[t.start:end]; isRandom(secret) && !strings.Contains(secret, "://") {
			s.takeText(APIKey, k, t.start, end, hidden, 0.8)
			return
		}
	}
}

// secretEnd is keyEnd with all signs of Base64, for a shorter text.
func (s *scanner) secretEnd(start int) int {
	end := start
	for end < len(s.text) && end-start < maxSecret && (isAlnum(s.text[end]) || strings.IndexByte("_-.+/=", s.text[end]) >= 0) {
		end++
	}
	for end > start && (s.text[end-1] == '.' || s.text[end-1] == '-') {
		end--
	}
	return end
}

// isRandom says whether a text mixes letters and digits like a key does.
func isRandom(text string) bool {
	if len(text) < minSecret || len(text) >= maxSecret {
		return false
	}
	var counts [256]int
	digits, letters := 0, 0
	for i := range len(text) {
		counts[text[i]]++
		switch classes[text[i]] {
		case classDigit:
			digits++
		case classLower, classUpper:
			letters++
		}
	}
	if digits < 2 || letters < 2 {
		return false
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(text))
			bits -= p * math.Log2(p)
		}
	}
	return bits >= minEntropy
}
