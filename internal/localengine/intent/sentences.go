package intent

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// ownSentences teach what no public data covers: this bank's own requests, the
// questions about money movements that must not become orders, and topics that
// are none of our business. A sentence's alternatives stand in parentheses
// between bars and may be empty; a class may have a part after a slash, which
// keeps wordings of one intent apart in the model.
func ownSentences() map[string]string {
	all := map[string]string{string(OutOfScope) + "/near": nearSentences}
	for _, part := range []map[string]string{requestSentences, questionSentences, talkSentences} {
		maps.Copy(all, part)
	}
	return all
}

// written expands the own sentences of every class: at most limit of each
// pattern, drawn by the random source.
func written(limit, outside int, random *rand.Rand) []example {
	var list []example
	own := ownSentences()
	for _, class := range sortedKeys(own) {
		for pattern := range strings.SplitSeq(strings.TrimSpace(own[class]), "\n") {
			for _, text := range expansions(pattern, limit, random) {
				list = append(list, example{text: text, class: class, source: sourceOwn})
				if random.IntN(slipEvery) == 0 {
					list = append(list, example{text: slipped(text, random), class: class, source: sourceOwn})
				}
			}
		}
	}
	for i := range outside {
		text := draw(outsideQuestions[i%len(outsideQuestions)], random)
		for strings.Contains(text, "@") {
			text = strings.Replace(text, "@", outsideTopics[random.IntN(len(outsideTopics))], 1)
		}
		list = append(list, example{text: text, class: string(OutOfScope) + "/own", source: sourceOwn})
	}
	return list
}

// slipEvery is how often a sentence is also learned with a slip of the keyboard in it.
const slipEvery = 3

// slipped leaves out, doubles or swaps a letter of one of the longer words.
func slipped(text string, random *rand.Rand) string {
	words := strings.Fields(text)
	at := random.IntN(len(words))
	for range words {
		if len(words[at]) > 3 {
			break
		}
		at = (at + 1) % len(words)
	}
	if w := []byte(words[at]); len(w) > 3 {
		switch i := 1 + random.IntN(len(w)-2); random.IntN(3) {
		case 0:
			w = slices.Delete(w, i, i+1)
		case 1:
			w = slices.Insert(w, i, w[i])
		default:
			w[i], w[i+1] = w[i+1], w[i]
		}
		words[at] = string(w)
	}
	return strings.Join(words, " ")
}

// expansions draws up to limit different sentences from a pattern.
func expansions(pattern string, limit int, random *rand.Rand) []string {
	seen := map[string]bool{}
	var list []string
	for range 2 * limit {
		if text := draw(pattern, random); !seen[text] && len(list) < limit {
			seen[text] = true
			list = append(list, text)
		}
	}
	return list
}

// draw takes one alternative of every pair of parentheses.
func draw(pattern string, random *rand.Rand) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(pattern, "(")
		b.WriteString(before)
		if !found {
			return strings.Join(strings.Fields(b.String()), " ")
		}
		choice, after, _ := strings.Cut(rest, ")")
		options := strings.Split(choice, "|")
		b.WriteString(options[random.IntN(len(options))])
		pattern = after
	}
}
