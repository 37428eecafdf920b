package textview

import (
	"strings"
)

// leet are digits and signs that stand for letters.
var leet = [256]byte{'0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '8': 'b', '9': 'g', '@': 'a', '$': 's', '!': 'i', '|': 'i', '+': 't'}

// appendDisguised adds readings of a folded text whose letters are disguised.
func appendDisguised(views []View, folded, text string) []View {
	if v := unleet(folded); v != "" {
		views = append(views, View{v, "digits for letters"})
	}
	if v := joinLetters(text); v != "" {
		views = append(views, View{Fold(v), "letters apart"})
	}
	if v := unshift(folded); v != "" {
		views = append(views, View{v, "letters shifted"})
	}
	return views
}

// unleet rewrites words that mix letters with digits and signs. It returns
// nothing when too few do: an order number is no disguise.
func unleet(s string) string {
	var b []byte
	changed := 0
	for at := 0; at < len(s); {
		end := strings.IndexByte(s[at:], ' ')
		if end < 0 {
			end = len(s)
		} else {
			end += at
		}
		letters, signs := 0, 0
		for i := at; i < end; i++ {
			switch {
			case s[i] >= 'a' && s[i] <= 'z':
				letters++
			case leet[s[i]] != 0 && (i < end-1 || s[i] != '!'):
				signs++
			}
		}
		if letters > 0 && signs > 0 && signs <= 2*letters || letters == 0 && signs == 1 && end-at == 1 {
			if b == nil {
				b = []byte(s)
			}
			for i := at; i < end; i++ {
				if l := leet[s[i]]; l != 0 && (i < end-1 || s[i] != '!') {
					b[i] = l
				}
			}
			if letters > 0 && end-at > 2 {
				changed++
			}
		}
		at = end + 1
	}
	if changed < 2 {
		return ""
	}
	return string(b)
}

// joinLetters joins letters that stand apart, as in "i g n o r e" or
// "i-g-n-o-r-e"; wider gaps end a word. It returns nothing when there are none.
func joinLetters(text string) string {
	var b strings.Builder
	words, longest := 0, 0
	for i := 0; i < len(text); {
		end, word := spaced(text, i)
		if len(word) < 2 {
			b.WriteByte(text[i])
			i++
			continue
		}
		words, longest = words+1, max(longest, len(word))
		b.WriteString(word)
		i = end
	}
	if longest < 5 && words < 3 {
		return ""
	}
	return b.String()
}

// spaced reads letters from offset i on with one sign between any two.
func spaced(text string, i int) (end int, word string) {
	if i > 0 && letter(text[i-1]) || !letter(text[i]) {
		return i, ""
	}
	var b []byte
	for i < len(text) && letter(text[i]) {
		if i+1 < len(text) && letter(text[i+1]) { // a word of its own
			break
		}
		b = append(b, text[i])
		end = i + 1
		if i+2 >= len(text) || strings.IndexByte(" -._*|/", text[i+1]) < 0 || !letter(text[i+2]) {
			break
		}
		i += 2
	}
	return end, string(b)
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// common are the words that most English texts have some of.
var common = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq("the be to of and a in that have i it for not on with he as you do at this but his by from they we say her she or an will my one all would there their what so up out if about who get which go me when make can like no just him know take into your some could them see other than then now is are was were has had did how tell give show ignore") {
		m[w] = true
	}
	return m
}()

// shiftSample bounds the text that shifts are tried on, in bytes.
const shiftSample = 400

// unshift undoes Caesar's cipher, rot13 among them, atbash and writing
// backwards, when one of them gives a text of common words and the text itself
// has none to speak of.
func unshift(s string) string {
	sample := s[:min(len(s), shiftSample)]
	own := commonShare(sample)
	if len(sample) < 2*leastLen || own > 15 {
		return ""
	}
	best, share := -1, max(20, 2*own)
	for n := 1; n <= 26; n++ {
		if got := commonShare(shifted(sample, n)); got > share {
			best, share = n, got
		}
	}
	if commonShare(reversed(sample)) > share {
		return reversed(s)
	}
	if best < 0 {
		return ""
	}
	return shifted(s, best)
}

// shifted moves each letter by n places; 26 stands for atbash.
func shifted(s string, n int) string {
	b := []byte(s)
	for i, c := range b {
		switch {
		case c < 'a' || c > 'z':
		case n == 26:
			b[i] = 'z' - (c - 'a')
		default:
			b[i] = 'a' + (c-'a'+byte(n))%26
		}
	}
	return string(b)
}

func reversed(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

// commonShare is the percentage of words that are common ones.
func commonShare(s string) int {
	words, known := 0, 0
	for at := 0; at < len(s); {
		for at < len(s) && !letter(s[at]) && s[at] < 0x80 {
			at++
		}
		start := at
		for at < len(s) && (letter(s[at]) || s[at] >= 0x80) {
			at++
		}
		if at > start {
			words++
			if common[s[start:at]] {
				known++
			}
		}
	}
	if words < 3 {
		return 0
	}
	return known * 100 / words
}
