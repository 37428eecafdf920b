package config

import (
	"fmt"
	"log/slog"
)

// Secret is a value that doesn't let itself be printed.
type Secret string

const hiddenSecret = "[hidden]"

// Reveal returns the value, for the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

// String says whether there is a value, and no more.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hiddenSecret
}

// Format hides the value from every verb of fmt.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, s.String()) }

// MarshalText hides the value from JSON, YAML and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue hides the value from logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
