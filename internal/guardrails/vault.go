package guardrails

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Masked is a text without personal data, fit to leave the process. Only a
// Vault makes one, and only from a verdict.
type Masked struct{ text string }

// String returns the text.
func (m Masked) String() string { return m.text }

// Vault holds the personal data of one conversation behind its placeholders.
// One value has one placeholder over the whole conversation. Its zero value is
// ready; it is not safe for concurrent use. Its JSON form holds the data and is
// as secret as the conversation itself.
type Vault struct {
	// Values are the values by placeholder, such as CARD_1.
	Values map[string]string `json:"values,omitempty"`
}

// placeholderNames are what the kinds are called in placeholders.
var placeholderNames = map[string]string{
	"CREDIT_CARD": "CARD", "IP_ADDRESS": "IP", "MAC_ADDRESS": "MAC", "ABA_ROUTING": "ROUTING", "BANK_ACCOUNT": "ACCOUNT",
	"DATE_OF_BIRTH": "BIRTH_DATE", "DRIVERS_LICENSE": "LICENSE", "URL_CREDENTIALS": "CREDENTIALS",
}

// Mask replaces what a verdict found in a text by placeholders such as [CARD_1].
// The text must be the one that the verdict judged.
func (v *Vault) Mask(text string, verdict Verdict) Masked {
	if len(verdict.PIIMatches) == 0 {
		return Masked{text}
	}
	points := []rune(text)
	var b strings.Builder
	at := 0
	for _, m := range verdict.PIIMatches {
		if m.Start < at || m.End > len(points) || m.Start > m.End {
			return Masked{verdict.MaskedText} // a verdict about another text: keep nothing of this one
		}
		b.WriteString(string(points[at:m.Start]))
		b.WriteString("[" + v.placeholder(m.PIIType, string(points[m.Start:m.End])) + "]")
		at = m.End
	}
	b.WriteString(string(points[at:]))
	return Masked{b.String()}
}

// alike is what two ways of writing one value have in common: letters and
// digits, in small letters.
func alike(value string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '@' {
			return unicode.ToLower(r)
		}
		return -1
	}, value)
}

func (v *Vault) placeholder(kind, value string) string {
	if name, ok := placeholderNames[kind]; ok {
		kind = name
	}
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s_%d", kind, n)
		switch known, taken := v.Values[name]; {
		case taken && alike(known) == alike(value):
			return name
		case !taken:
			if v.Values == nil {
				v.Values = map[string]string{}
			}
			v.Values[name] = value
			return name
		}
	}
}

// Adopt adds the values that another vault holds. They may have other
// placeholders here.
func (v *Vault) Adopt(other Vault) {
	for _, name := range slices.Sorted(maps.Keys(other.Values)) {
		if end := strings.LastIndexByte(name, '_'); end > 0 {
			v.placeholder(name[:end], other.Values[name])
		}
	}
}

// placeholder is also found where a model has rewritten it a little.
var placeholder = regexp.MustCompile(`(?i)\[\s*([A-Z]+(?:[_ ][A-Z]+)*)[_ ]?(\d+)\s*\]`)

// Unmask puts the values back in the place of their placeholders. Placeholders
// that this conversation doesn't know stay as they are.
func (v *Vault) Unmask(text string) string {
	if len(v.Values) == 0 || !strings.Contains(text, "[") {
		return text
	}
	return placeholder.ReplaceAllStringFunc(text, func(found string) string {
		m := placeholder.FindStringSubmatch(found)
		name := strings.ToUpper(strings.ReplaceAll(m[1], " ", "_")) + "_" + m[2]
		if value, ok := v.Values[name]; ok {
			return value
		}
		return found
	})
}

// leastKnown is the length from which a value is hidden wherever it stands:
// shorter ones are parts of other words.
const leastKnown = 4

// HideKnown puts placeholders in the place of values that the vault already
// holds. It finds nothing new: what it returns is not Masked yet.
func (v *Vault) HideKnown(text string) string {
	for _, name := range slices.SortedFunc(maps.Keys(v.Values), func(a, b string) int {
		return cmp.Or(len(v.Values[b])-len(v.Values[a]), strings.Compare(a, b)) // the longest first, for one may hold another
	}) {
		if value := v.Values[name]; len(value) >= leastKnown && strings.Contains(text, value) {
			text = replaceWord(text, value, "["+name+"]")
		}
	}
	return text
}

// replaceWord replaces a value where it isn't a part of a longer word.
func replaceWord(text, value, with string) string {
	var b strings.Builder
	for {
		at := strings.Index(text, value)
		if at < 0 {
			b.WriteString(text)
			return b.String()
		}
		end := at + len(value)
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[end:])
		b.WriteString(text[:at])
		if wordRune(before) && wordRune(firstRune(value)) || wordRune(after) {
			b.WriteString(value)
		} else {
			b.WriteString(with)
		}
		text = text[end:]
	}
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// UnmaskJSON does the same in every string of a JSON document.
func (v *Vault) UnmaskJSON(data []byte) ([]byte, error) {
	if len(v.Values) == 0 || !bytes.Contains(data, []byte("[")) {
		return data, nil
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber() // keeps digits as they are written
	var document any
	if err := d.Decode(&document); err != nil {
		return nil, fmt.Errorf("unmask: %w", err)
	}
	return json.Marshal(v.unmaskAny(document))
}

func (v *Vault) unmaskAny(document any) any {
	switch x := document.(type) {
	case string:
		return v.Unmask(x)
	case []any:
		for i := range x {
			x[i] = v.unmaskAny(x[i])
		}
	case map[string]any:
		for key := range x {
			x[key] = v.unmaskAny(x[key])
		}
	}
	return document
}
