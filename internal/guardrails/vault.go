package guardrails

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
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

	names map[string]string // placeholders by kind and what the value has in common with others
	last  map[string]int    // the highest number by kind
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

// alike is what two ways of writing one value have in common: what the detectors
// make of it, such as the digits of a number that is spelled out; else its letters
// and digits, in small letters, whatever their width and script.
func alike(value string) string {
	if found := pii.Find(value); len(found) == 1 && found[0].Start == 0 && found[0].End == len(value) {
		value = found[0].Value
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsDigit(r):
			return '0' + digit(r)
		case unicode.IsLetter(r) || r == '@':
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(value))
}

// digit returns what a digit of any script counts: those of one stand in order.
func digit(r rune) rune {
	n := rune(0)
	for n < 9 && unicode.IsDigit(r-n-1) {
		n++
	}
	return n
}

func (v *Vault) placeholder(kind, value string) string {
	if name, ok := placeholderNames[kind]; ok {
		kind = name
	}
	v.learn()
	same := kind + "\x00" + alike(value)
	if name, ok := v.names[same]; ok && v.Values[name] != "" {
		return name
	}
	for {
		v.last[kind]++
		name := fmt.Sprintf("%s_%d", kind, v.last[kind])
		if _, taken := v.Values[name]; !taken {
			v.Values[name], v.names[same] = value, name
			return name
		}
	}
}

// learn indexes the values, which may come from elsewhere.
func (v *Vault) learn() {
	if v.names != nil && len(v.names) == len(v.Values) {
		return
	}
	if v.Values == nil {
		v.Values = map[string]string{}
	}
	v.names, v.last = make(map[string]string, len(v.Values)), map[string]int{}
	for name, value := range v.Values {
		kind, number, _ := cutLast(name)
		v.names[kind+"\x00"+alike(value)] = name
		v.last[kind] = max(v.last[kind], number)
	}
}

// cutLast splits CARD_1 into its kind and its number.
func cutLast(name string) (kind string, number int, ok bool) {
	end := strings.LastIndexByte(name, '_')
	if end <= 0 {
		return name, 0, false
	}
	number, err := strconv.Atoi(name[end+1:])
	return name[:end], number, err == nil
}

// Adopt adds the values that another vault holds. They may have other
// placeholders here.
func (v *Vault) Adopt(other Vault) {
	for _, name := range slices.Sorted(maps.Keys(other.Values)) {
		if kind, _, ok := cutLast(name); ok {
			v.placeholder(kind, other.Values[name])
		}
	}
}

// placeholder is also found where a model has rewritten it a little: in small
// letters, with other separators, escaped for Markdown, and without its brackets
// where it still is no ordinary word.
var placeholder = regexp.MustCompile(`(?i)\\?\[\s*([a-z]+(?:\\?[_ -][a-z]+)*)\\?[_ -]?(\d{1,4})\s*\\?\]` +
	`|\b([a-z]+(?:\\?_[a-z]+)*)\\?_(\d{1,4})\b|\b(?-i:([A-Z]+(?:[_-][A-Z]+)*)-(\d{1,4}))\b`)

// Unmask puts the values back in the place of their placeholders. Placeholders
// that this conversation doesn't know stay as they are.
func (v *Vault) Unmask(text string) string {
	if len(v.Values) == 0 || !strings.ContainsAny(text, "[_-") {
		return text
	}
	return placeholder.ReplaceAllStringFunc(text, func(found string) string {
		m := placeholder.FindStringSubmatch(found)
		kind, number := m[1]+m[3]+m[5], m[2]+m[4]+m[6]
		name := strings.ToUpper(separators.Replace(kind)) + "_" + number
		if value, ok := v.Values[name]; ok {
			return value
		}
		return found
	})
}

var separators = strings.NewReplacer(" ", "_", "-", "_", "\\", "")

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
	if len(v.Values) == 0 || !bytes.ContainsAny(data, "[_-") {
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
