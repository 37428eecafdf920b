package localengine

import (
	"regexp"
	"strings"
)

// Words that decide what a message means, and one that mustn't be taken for one.
// A slip behind the first letter of a long one is repaired; of the short ones only two letters in the wrong order, as another
// letter makes another word of them.
var (
	longWords = wordList(`transfer transfers transaction transactions balance balances savings saving checking account accounts payment
payments purchase purchases yesterday spending sending groceries grocery restaurant restaurants electricity freeze unfreeze statement
deposit dollars freezer amount payees`)
	shortWords = wordList(`send move show much what card cards bill bills last week month spent spend money cancel how pay why`)
	letters    = regexp.MustCompile(`[A-Za-z]{3,}`)
)

func wordList(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// respell repairs slips of the keyboard in the words that matter. Words that
// begin with a capital may be names and stay, unless the whole message shouts.
func respell(text string) string {
	return letters.ReplaceAllStringFunc(text, func(w string) string {
		lower := strings.ToLower(w)
		if w != lower && w != strings.ToUpper(w) && !strings.HasPrefix(text, w) || longWords[lower] || shortWords[lower] {
			return w
		}
		if right := meant(lower); right != "" {
			return right
		}
		return w
	})
}

// meant is the only word that a misspelt one can be.
func meant(w string) (found string) {
	for right := range longWords {
		if len(w) >= 5 && len(right) >= 6 && w[0] == right[0] && oneSlip(w, right) {
			if found != "" {
				return ""
			}
			found = right
		}
	}
	for right := range shortWords {
		if swapped(w, right) {
			return right
		}
	}
	return found
}

// oneSlip says whether one letter too many, too few or wrong, or two in the wrong
// order, make the one word of the other.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i < len(a) && (a[i+1:] == b[i+1:] || swapped(a, b))
	}
	return len(a)+1 == len(b) && a[i:] == b[i+1:]
}

func swapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) - 1 {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
}
