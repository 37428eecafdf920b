package httpserver

import (
	"errors"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

const (
	// maxReasons is how many wrong fields one error names.
	maxReasons = 3
	// maxField bounds a field's name, which a client may have invented.
	maxField = 64
)

// explain says what is wrong with a request in words that name the fields. Values
// are never repeated: they may be long, or somebody's secret.
func explain(message string, errs []error) string {
	var reasons []string
	for _, err := range errs {
		if reason := reasonOf(err); reason != "" {
			reasons = append(reasons, reason)
		}
	}
	switch {
	case len(reasons) == 0:
		return message
	case len(reasons) > maxReasons:
		reasons = append(reasons[:maxReasons], "and more")
	}
	return strings.Join(reasons, "; ")
}

func reasonOf(err error) string {
	if err == nil {
		return ""
	}
	var d huma.ErrorDetailer
	if !errors.As(err, &d) {
		return "the request is not valid"
	}
	detail := d.ErrorDetail()
	return phrase(fieldName(detail.Location), detail.Message)
}

// fieldName is a location as the client knows it: "body.items[0].name" →
// "items[0].name", "query.limit" → "limit".
func fieldName(location string) string {
	if location == "body" || location == "" {
		return "the body"
	}
	_, name, found := strings.Cut(location, ".")
	if !found {
		name = location
	}
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if len(name) > maxField {
		name = strings.ToValidUTF8(name[:maxField], "") + "…"
	}
	return name
}

// phrasing turns huma's messages into sentences about a field. "$F" stands for
// the field; the first match counts.
var phrasing = []struct {
	message  *regexp.Regexp
	sentence string
}{
	{regexp.MustCompile(`^expected required property (\S+) to be present$`), "$1 is required"},
	{regexp.MustCompile(`^required \w+ parameter is missing$`), "$F is required"},
	{regexp.MustCompile(`^expected length >= 1$`), "$F must not be empty"},
	{regexp.MustCompile(`^expected length >= (\d+)$`), "$F must have at least $1 characters"},
	{regexp.MustCompile(`^expected length <= (\d+)$`), "$F must have at most $1 characters"},
	{regexp.MustCompile(`^expected array length >= 1$`), "$F must not be empty"},
	{regexp.MustCompile(`^expected array length >= (\d+)$`), "$F must have at least $1 items"},
	{regexp.MustCompile(`^expected array length <= (\d+)$`), "$F must have at most $1 items"},
	{regexp.MustCompile(`^expected number >= (\S+)$`), "$F must be at least $1"},
	{regexp.MustCompile(`^expected number <= (\S+)$`), "$F must be at most $1"},
	{regexp.MustCompile(`^expected number > (\S+)$`), "$F must be more than $1"},
	{regexp.MustCompile(`^expected number < (\S+)$`), "$F must be less than $1"},
	{regexp.MustCompile(`^expected value to be one of "(.*)"$`), "$F must be one of: $1"},
	{regexp.MustCompile(`^(?:expected|invalid) integer$`), "$F must be a whole number"},
	{regexp.MustCompile(`^(?:expected|invalid) (?:number|float)$`), "$F must be a number"},
	{regexp.MustCompile(`^(?:expected|invalid) boolean$`), "$F must be true or false"},
	{regexp.MustCompile(`^expected string$`), "$F must be a string"},
	{regexp.MustCompile(`^expected array$`), "$F must be an array"},
	{regexp.MustCompile(`^expected object$`), "$F must be an object"},
	{regexp.MustCompile(`^expected string to be RFC 3339 date$`), "$F must be a date such as 2026-01-31"},
	{regexp.MustCompile(`^expected string to be RFC 3339 date-time$`), "$F must be a time such as 2026-01-31T12:00:00Z"},
	{regexp.MustCompile(`^expected string to be RFC \d+ (\w+)`), "$F must be a valid $1"},
	{regexp.MustCompile(`^expected string to (be .+|match pattern .+)$`), "$F must $1"},
	{regexp.MustCompile(`^unexpected property$`), "$F is not known"},
}

func phrase(field, message string) string {
	for _, p := range phrasing {
		if m := p.message.FindStringSubmatchIndex(message); m != nil {
			sentence := string(p.message.ExpandString(nil, strings.ReplaceAll(p.sentence, "$F", "$$F"), message, m))
			// "the body.name is required" reads worse than the name alone, but a
			// nested one needs its parent.
			if strings.Contains(p.sentence, "$1 is required") && field != "the body" {
				sentence = field + "." + sentence
			}
			return strings.ReplaceAll(sentence, "$F", field)
		}
	}
	return field + " does not fit what is documented in /docs"
}
