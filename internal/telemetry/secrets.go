package telemetry

import "strings"

// hidden stands in a log line where a secret would.
const hidden = "[hidden]"

// secretNames are the last words of keys whose values are never printed,
// whatever their type. Compared in lower case without "_" and "-", and as a
// suffix, so that "operator_token" and "X-Api-Key" are caught while counts such
// as "max_tokens" are not.
var secretNames = [...]string{
	"authorization", "password", "passwd", "passphrase", "secret", "token",
	"apikey", "privatekey", "cookie", "jwt", "credential", "credentials",
	"pin", "cvv", "cvc", "otp", "ssn",
}

// exactOnly are the names that end innocent words too ("shopping", "...topin").
var exactOnly = map[string]bool{"pin": true, "otp": true, "cvv": true, "cvc": true, "ssn": true, "jwt": true}

func isSecret(key string) bool {
	name := key
	if strings.ContainsAny(key, "_-") || hasUpper(key) {
		name = strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(key))
	}
	for _, secret := range secretNames {
		if name == secret {
			return true
		}
		if !exactOnly[secret] && strings.HasSuffix(name, secret) {
			return true
		}
	}
	return false
}

func hasUpper(s string) bool {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			return true
		}
	}
	return false
}

// scrub removes credentials that hide inside longer texts: the password of a URL
// and the token after "Bearer". Driver and HTTP errors carry both.
func scrub(s string) string {
	if strings.Contains(s, "://") && strings.Contains(s, "@") {
		s = scrubURLs(s)
	}
	if strings.Contains(s, "earer ") || strings.Contains(s, "EARER ") {
		s = scrubBearer(s)
	}
	return s
}

// scrubURLs hides the user information of each URL in s.
func scrubURLs(s string) string {
	var out strings.Builder
	for {
		start := strings.Index(s, "://")
		if start < 0 {
			break
		}
		scheme := s[:start]
		start += len("://")
		authority := s[start : start+wordEnd(s[start:])]
		if slash := strings.IndexAny(authority, "/?#"); slash >= 0 &&
			(!isDatabase(scheme) || strings.Contains(authority[:slash], "@")) {
			authority = authority[:slash]
		}
		out.WriteString(s[:start])
		if at := strings.LastIndexByte(authority, '@'); at >= 0 {
			out.WriteString(hidden)
			out.WriteString(authority[at:])
		} else {
			out.WriteString(authority)
		}
		s = s[start+len(authority):]
	}
	out.WriteString(s)
	return out.String()
}

// isDatabase reports whether text ends in the scheme of a database URL. Those are
// written by hand, and a password may have a raw "/" in it; other URLs may well
// have an "@" behind the host.
func isDatabase(text string) bool {
	for _, scheme := range [...]string{"postgres", "postgresql", "redis", "rediss"} {
		if strings.HasSuffix(text, scheme) {
			return true
		}
	}
	return false
}

func scrubBearer(s string) string {
	lower := strings.ToLower(s)
	var out strings.Builder
	for {
		at := strings.Index(lower, "bearer ")
		if at < 0 {
			break
		}
		at += len("bearer ")
		end := at + wordEnd(s[at:])
		out.WriteString(s[:at])
		out.WriteString(hidden)
		s, lower = s[end:], lower[end:]
	}
	out.WriteString(s)
	return out.String()
}

// wordEnd is the index of the first space, quote or control character in s.
func wordEnd(s string) int {
	if i := strings.IndexFunc(s, func(r rune) bool {
		return r <= ' ' || r == '"' || r == '\'' || r == '`' || r == '<' || r == '>'
	}); i >= 0 {
		return i
	}
	return len(s)
}
