package telemetry

import (
	"strings"
	"unicode"
)

// hidden stands in a log line where a secret would.
const hidden = "[hidden]"

// Keys whose values are never printed, whatever their type. They are compared in
// lower case without "_" and "-".
var (
	// secretEndings hide every key that ends in one of them: "operator_token" and
	// "X-Api-Key", while counts such as "max_tokens" stay readable.
	secretEndings = [...]string{
		"authorization", "password", "passwd", "passphrase", "secret", "token",
		"apikey", "privatekey", "cookie", "credential", "credentials",
	}
	// secretNames hide only the key itself; other words end in them too.
	secretNames = [...]string{"pin", "cvv", "cvc", "otp", "ssn", "jwt"}
)

func isSecret(key string) bool {
	if strings.ContainsAny(key, "_-") || hasUpper(key) {
		key = plainKey(key)
	}
	for _, name := range secretNames {
		if key == name {
			return true
		}
	}
	for _, ending := range secretEndings {
		if strings.HasSuffix(key, ending) {
			return true
		}
	}
	return false
}

func plainKey(key string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' {
			return -1
		}
		return unicode.ToLower(r)
	}, key)
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
