package wordmodel

import "github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"

// minSentence is the number of words below which a sentence is joined with the
// next.
const minSentence = 5

// windows calls visit with the sentences, the windows of so many words, which step
// by half, and, last, the whole of a view.
func windows(v *textview.View, sizes []int, visit func(from, to int)) {
	sentences(v, visit)
	n := len(v.Words)
	for _, size := range sizes {
		for at := 0; at+size < n; at += size / 2 {
			visit(at, at+size)
		}
		if n > size {
			visit(n-size, n)
		}
	}
	visit(0, n)
}

// sentences visits the sentences of a view that has more than one.
func sentences(v *textview.View, visit func(from, to int)) {
	from := 0
	for i := range v.Words {
		if i+1-from >= minSentence && endsSentence(v, i) {
			visit(from, i+1)
			from = i + 1
		}
	}
	if from > 0 && from < len(v.Words) {
		visit(from, len(v.Words))
	}
}

// endsSentence says whether a sentence ends with word i.
func endsSentence(v *textview.View, i int) bool {
	w := v.Words[i]
	if w.Kind == textview.Punctuation {
		switch v.Text[w.End-1] {
		case '.', '!', '?', ':', ';':
			return true
		}
	}
	return i+1 < len(v.Words) && w.End < v.Words[i+1].Start && v.Text[w.End] == '\n'
}
