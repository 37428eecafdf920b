package modelengine

import (
	"strings"
	"unicode"
)

const (
	// leakWords is how many words in a row nobody shares with the instructions by
	// chance.
	leakWords = 8
	// phraseWords is how many words in a row show that a text rests on another.
	phraseWords = 3
)

// shingles are all runs of words of a text.
type shingles map[string]bool

func shinglesOf(text string) shingles { return runsOf(text, leakWords) }

func runsOf(text string, length int) shingles {
	set := shingles{}
	words := wordsOf(text)
	for i := 0; i+length <= len(words); i++ {
		set[strings.Join(words[i:i+length], " ")] = true
	}
	return set
}

// in says whether a text repeats a run of words, other than one of what it may
// repeat.
func (s shingles) in(text, allowed string) bool {
	words := wordsOf(text)
	for i := 0; i+leakWords <= len(words); i++ {
		run := strings.Join(words[i:i+leakWords], " ")
		if s[run] && !strings.Contains(strings.Join(wordsOf(allowed), " "), run) {
			return true
		}
	}
	return false
}

// sharedPhrases counts the phrases that two texts share.
func sharedPhrases(a, b string) int {
	known, n := runsOf(b, phraseWords), 0
	for run := range runsOf(a, phraseWords) {
		if known[run] {
			n++
		}
	}
	return n
}

func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
