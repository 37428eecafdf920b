package concierge

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// sessionID is what a client may choose as a session's name. It is narrow
// because the name stands in logs that people grep.
var sessionID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// idempotencyKey is what a client may send as one: visible ASCII.
var idempotencyKey = regexp.MustCompile(`^[\x21-\x7e]{1,128}$`)

func validate(r Request) error {
	switch {
	case !utf8.ValidString(r.Message):
		return fault.New(fault.Validation, "message must be valid UTF-8")
	case strings.TrimFunc(r.Message, invisible) == "":
		return fault.New(fault.Validation, "message must not be empty")
	case utf8.RuneCountInString(r.Message) > MaxMessageLength:
		return fault.New(fault.Validation, "message must be at most %d characters long", MaxMessageLength)
	case strings.ContainsFunc(r.Message, forbiddenControl):
		return fault.New(fault.Validation, "message must not contain control characters")
	case r.IdempotencyKey != "" && !idempotencyKey.MatchString(r.IdempotencyKey):
		return fault.New(fault.Validation, "Idempotency-Key must be 1 to 128 visible ASCII characters")
	case r.SessionID != "":
		return ValidateSessionID(r.SessionID)
	}
	return nil
}

// ValidateSessionID returns a fault.Validation for what can't be a session id.
func ValidateSessionID(id string) error {
	if !sessionID.MatchString(id) {
		return fault.New(fault.Validation, "session_id must be 1 to 64 letters, digits, hyphens or underscores")
	}
	return nil
}

// invisible says whether a rune shows nothing: a message of only such runes is
// as empty as one without any.
func invisible(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

// forbiddenControl tells control characters from the white space of ordinary text.
func forbiddenControl(r rune) bool {
	return unicode.Is(unicode.Cc, r) && r != '\n' && r != '\r' && r != '\t'
}
