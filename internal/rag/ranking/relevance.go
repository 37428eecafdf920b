package ranking

import (
	"math"
	"slices"
)

// Relevant is the relevance from which a passage counts as an answer. On the
// halves that weren't fitted, 99 of 100 questions to help articles of the US
// consumer bureau get a passage, and 10 of 100 questions about something else
// (CLINC150's) do there. On FiQA's forum answers, which speak of everything, it is
// 80 and 21; on our own articles 85 and 3. Whether the passage is the right one is
// another matter, which the order decides.
const Relevant = 0.5

// The relevance is a logistic function of how full the passage is of what was
// asked, and of how much that is. Its weights are those of a regression that
// told questions that a collection answers from questions about other things, on
// half of the questions of three collections, rounded.
const (
	relevanceBias  = -2.0
	relevanceFull  = 4.0 // logarithm of the score over the weight of all words
	relevanceMuch  = 5.0 // logarithm of the score in words as rare as can be
	enoughComplete = 1.5 // what the latter is at least when no word is missing
)

// Dense evidence lifts a passage that the words leave in doubt. How high cosines
// of unrelated texts get differs between embedders, so only what lies above the
// highest of as many random ones counts, and only so far.
const (
	relevanceDense = 1.0
	maxDenseLift   = 3.0
)

func (x *Index) relevance(q question, m match) float64 {
	logit := math.Inf(-1)
	if m.words > 0 {
		score := float64(m.words) + m.phrases
		much := score / float64(x.unknown)
		if x.complete(q, m.passage) {
			much = max(much, enoughComplete)
		}
		logit = relevanceBias + relevanceFull*math.Log(score/q.total) + relevanceMuch*math.Log(much)
	}
	if highest := math.Sqrt(2 * math.Log(float64(len(x.ids)))); m.deviations > highest {
		logit = max(logit, -maxDenseLift) + min(maxDenseLift, relevanceDense*(m.deviations-highest))
	}
	return 1 / (1 + math.Exp(-logit))
}

// complete says whether a passage has every word of the question.
func (x *Index) complete(q question, passage int32) bool {
	if q.missing {
		return false
	}
	for _, t := range q.terms {
		_, ok := slices.BinarySearchFunc(x.postings[t.term], passage, func(p posting, passage int32) int {
			return int(p.passage - passage)
		})
		if !ok {
			return false
		}
	}
	return true
}
