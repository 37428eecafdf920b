package ranking

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"
	"golang.org/x/text/unicode/norm"
)

// maxWord is the length in bytes from which a word is taken for a code or an
// address, which nobody searches by its words.
const maxWord = 40

// forWords calls yield with every word of a text that says something, in lower
// case and without accents, until yield returns false.
func forWords(text string, yield func(word string) bool) {
	text = fold(withoutTargets(text))
	for len(text) > 0 {
		var w string
		if w, text = nextWord(text); len(w) > 1 && len(w) <= maxWord && !stopwords[w] && !yield(w) {
			return
		}
	}
}

// nextWord cuts the first word off a folded text. Single letters are joined to what
// they belong to, or else would be lost: "S&P", "W-2", "401(k)", "e-mail".
func nextWord(text string) (word, rest string) {
	start := strings.IndexFunc(text, inWord)
	if start < 0 {
		return "", ""
	}
	word, rest = cutWord(text[start:])
	letters := isLetter(word)
	for len(rest) > 1 && strings.IndexByte(".&/-(", rest[0]) >= 0 {
		next, after := cutWord(rest[1:])
		if !belongs(word, letters, rest[0], next) {
			break
		}
		letters = letters && isLetter(next)
		word, rest = word+next, after
	}
	return word, rest
}

func cutWord(text string) (word, rest string) {
	if end := strings.IndexFunc(text, notInWord); end >= 0 {
		return text[:end], text[end:]
	}
	return text, ""
}

// belongs says whether a word and the next one, with a single mark between them, are
// one: letters ("p/e", "u.s"), a letter before a hyphen ("e-mail", "w-2"), or one
// after a number ("401(k", "1099-k"). letters says that the word is letters already.
func belongs(word string, letters bool, mark byte, next string) bool {
	hyphen := mark == '-'
	if isLetter(next) {
		return letters && mark != '(' || isNumber(word) && (hyphen || mark == '(')
	}
	return letters && hyphen && next != ""
}

func isLetter(word string) bool { return len(word) == 1 && isPlain(word) }

func isNumber(word string) bool { return strings.Trim(word, "0123456789") == "" }

// withoutTargets drops the targets of Markdown links. Nobody sees them, and they
// name the page that they lead to: with them this passage would rank above that
// page. Addresses in plain sight stay, as their words are part of the text.
func withoutTargets(text string) string {
	before, rest, found := strings.Cut(text, "](")
	if !found {
		return text
	}
	var b strings.Builder
	for ; found; before, rest, found = strings.Cut(rest, "](") {
		b.WriteString(before)
		b.WriteByte(' ')
		end := strings.IndexAny(rest, ") \t\r\n")
		if end < 0 {
			end = len(rest)
		}
		rest = rest[end:]
	}
	b.WriteString(before)
	return b.String()
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func notInWord(r rune) bool { return !inWord(r) }

// fold makes a text comparable: lower case, no accents, one form of each
// character.
func fold(text string) string {
	if isASCII(text) {
		return strings.ToLower(text)
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(text))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func stem(word string) string { return english.Stem(word, false) }

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// stopwords are the words of questions that don't say what they are about. They
// decide more than any other part: customers write "my", articles write "your",
// so "my" is rare in articles and would count as the most telling word of a
// question. Longer lists, with words such as "good", "way" or "use", lost on both
// public sets.
var stopwords = set(`a about all also am an and any are as at be because been but by can could did do does
	doesn don eg for from get had has have he her here him his how ie if in into is isn it its just let ll me might more most my no
	not of off on one or our out over own please re s she should so some such t than that the their them then there these
	they this those to too up us ve very want was we were what when where which while who whom why will with would you your
	arent cant couldnt didnt doesnt dont hasnt havent hows im isnt ive shouldnt thats theres wasnt whats wheres wont wouldnt youre`)
