package intent

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/linear"
)

// maxRead bounds how many bytes of a message are looked at; requests are short.
const maxRead = 1000

// maxWords bounds how many words are judged.
const maxWords = 120

// normalise folds a message to lower-case words between single spaces. Digits
// become 0 and every currency sign $, as no intent depends on a figure;
// apostrophes vanish, as many people leave them out.
func normalise(text string) string {
	if len(text) > maxRead {
		text = strings.ToValidUTF8(text[:maxRead], "")
	}
	b := make([]byte, 1, len(text)+2)
	b[0] = ' '
	for _, r := range text {
		b = appendFolded(b, r)
	}
	if b[len(b)-1] != ' ' {
		b = append(b, ' ')
	}
	return string(b)
}

func appendFolded(b []byte, r rune) []byte {
	last := b[len(b)-1]
	switch {
	case r >= 'a' && r <= 'z':
		return append(b, byte(r))
	case r >= 'A' && r <= 'Z':
		return append(b, byte(r)+'a'-'A')
	case r >= '0' && r <= '9':
		return appendOnce(b, '0')
	case r == '\'' || r == '’' || r == '‘' || r == '`':
		return b
	case r == '.' || r == ',':
		if last == '0' { // inside or behind a figure
			return b
		}
		return appendOnce(b, ' ')
	case r == '$' || r == '€' || r == '£' || r == '¥' || r == '₹':
		return appendOnce(b, '$')
	case r == '?':
		if last != ' ' {
			b = append(b, ' ')
		}
		return append(b, '?', ' ')
	case r == '_' || r == '&':
		return append(b, byte(r))
	case r > unicode.MaxASCII && unicode.IsLetter(r):
		return utf8.AppendRune(b, unicode.ToLower(r))
	}
	return appendOnce(b, ' ')
}

func appendOnce(b []byte, c byte) []byte {
	if b[len(b)-1] == c {
		return b
	}
	return append(b, c)
}

// The kinds of features. Each starts its hash at a value of its own, so that
// the word "card" and the letters "card" inside a word are told apart.
const (
	kindWord uint32 = 0x1e3779b1 * (iota + 1)
	kindPair
	kindTriple
	kindSkip
	kindLetters
	kindUnknown
)

// How much each kind counts.
const (
	weightWord    = 1
	weightPair    = 0.9
	weightTriple  = 0.6
	weightSkip    = 0.5
	weightLetters = 0.6
	weightUnknown = 1.5
	scaled        = 1.5 // the length of all features together
)

// words splits a normalised message, with the question marks left out.
func words(normalised string, into []string) []string {
	for word := range strings.SplitSeq(normalised, " ") {
		if word != "" && word != "?" && len(into) < maxWords {
			into = append(into, word)
		}
	}
	return into
}

// features are the words of a normalised message, the pairs and triples of
// neighbours, the pairs with one word between, and the groups of three to five
// letters inside words, scaled to length one.
func features(list []string, into []linear.Feature) []linear.Feature {
	at := into[:0]
	last, before := hash(kindWord, "^"), uint32(0)
	for _, w := range list {
		h := hash(kindWord, w)
		at = append(at, linear.Feature{Hash: h, Value: weightWord}, linear.Feature{Hash: mix(kindPair, last, h), Value: weightPair})
		if before != 0 {
			at = append(at, linear.Feature{Hash: mix(mix(kindTriple, before, last), last, h), Value: weightTriple},
				linear.Feature{Hash: mix(kindSkip, before, h), Value: weightSkip})
		}
		at = letters(w, at)
		before, last = last, h
	}
	at = append(at, linear.Feature{Hash: mix(kindPair, last, hash(kindWord, "$")), Value: weightPair})
	return at
}

// letters adds the groups of letters of a word between its borders. They let
// misspelt and inflected words count.
func letters(w string, at []linear.Feature) []linear.Feature {
	var buffer [40]byte
	b := append(buffer[:0], '<')
	b = append(append(b, w[:min(len(w), 36)]...), '>')
	for i := range b {
		h := kindLetters
		for j := i; j < len(b) && j < i+5; j++ {
			h = (h ^ uint32(b[j])) * 16777619
			if j >= i+2 && j-i+1 < len(b) {
				at = append(at, linear.Feature{Hash: finish(h), Value: weightLetters})
			}
		}
	}
	return at
}

// hash is FNV-1a with a start of its own for each kind.
func hash(kind uint32, s string) uint32 {
	h := kind ^ 2166136261
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return finish(h)
}

func mix(kind, a, b uint32) uint32 {
	return finish((kind^a)*0x85ebca6b + b*0xc2b2ae35)
}

// finish spreads a hash over all bits, as the model takes the lowest ones
// (MurmurHash3's last step, by Austin Appleby).
func finish(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}

// scale gives the features of a message the length one, so that long messages
// aren't surer than short ones.
func scale(list []linear.Feature) {
	var sum float64
	for _, f := range list {
		sum += float64(f.Value) * float64(f.Value)
	}
	by := float32(scaled / math.Sqrt(max(sum, 1)))
	for i := range list {
		list[i].Value *= by
	}
}
