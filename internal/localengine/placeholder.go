package localengine

import (
	"regexp"
	"strings"
)

// The engine's patterns read digits as amounts and brackets as the end of a
// name. Placeholders of masked values, such as [PERSON_1], are therefore read as
// words and written as placeholders again in what the bank's tools get.
var (
	placeholder = regexp.MustCompile(`\[([A-Za-z]+(?:_[A-Za-z]+)*)_(\d{1,4})\]`)
	asWord      = regexp.MustCompile(`qz([a-z]+)qx([a-j]{1,4})qz`)
)

func hidePlaceholders(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(found string) string {
		m := placeholder.FindStringSubmatch(found)
		number := strings.Map(func(r rune) rune { return r - '0' + 'a' }, m[2])
		return "qz" + strings.ToLower(strings.ReplaceAll(m[1], "_", "qy")) + "qx" + number + "qz"
	})
}

func showPlaceholders(text string) string {
	return asWord.ReplaceAllStringFunc(text, func(found string) string {
		m := asWord.FindStringSubmatch(found)
		number := strings.Map(func(r rune) rune { return r - 'a' + '0' }, m[2])
		return "[" + strings.ToUpper(strings.ReplaceAll(m[1], "qy", "_")) + "_" + number + "]"
	})
}
