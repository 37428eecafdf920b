package pii

import "math"

// letters is the size of the alphabet of trigrams: a to z and one sign for the
// edges of a word and everything else.
const letters = 27

// trigrams counts three letters in a row.
type trigrams [letters * letters * letters]float32

// oddsOfNames says of each trigram how much more often, as a natural logarithm,
// it occurs in the names known than in ordinary words. It judges names of no
// list.
func oddsOfNames(hints map[string]hint) (odds trigrams) {
	var names, words trigrams
	var allNames, allWords float64
	for w, h := range hints {
		switch {
		case h&hintWord == 0 && h&(hintGiven|hintFamily) != 0:
			allNames += names.count(w)
		case h&hintWord != 0 && h&(hintGiven|hintFamily) == 0:
			allWords += words.count(w)
		}
	}
	const smooth = 0.5 // seen in every trigram beforehand
	allNames += smooth * float64(len(odds))
	allWords += smooth * float64(len(odds))
	for i := range odds {
		odds[i] = float32(math.Log((float64(names[i])+smooth)/allNames) - math.Log((float64(words[i])+smooth)/allWords))
	}
	return odds
}

func letter(c byte) int {
	if c >= 'a' && c <= 'z' {
		return int(c-'a') + 1
	}
	return 0
}

// count adds the trigrams of a folded word and returns their number.
func (t *trigrams) count(w string) float64 {
	at := 0
	for i := range len(w) + 1 {
		at = next(at, w, i)
		t[at]++
	}
	return float64(len(w) + 1)
}

// next returns the trigram that ends with letter i of a word, when at is the one
// before.
func next(at int, w string, i int) int {
	c := 0
	if i < len(w) {
		c = letter(w[i])
	}
	return at%(letters*letters)*letters + c
}

// maxLikeness bounds what a single word says.
const maxLikeness = 1.5

// likeness is the mean odds of a word's trigrams: above zero it looks more like
// a name than like an ordinary word.
func (l *lexicon) likeness(w string) float64 {
	var buf [2 * maxWord]byte
	if len(w) > maxWord {
		return 0
	}
	folded := string(fold(buf[:0], w))
	sum, at := 0.0, 0
	for i := range len(folded) + 1 {
		at = next(at, folded, i)
		sum += float64(l.nameOdds[at])
	}
	return max(-maxLikeness, min(maxLikeness, sum/float64(len(folded)+1)))
}
