package ranking

import (
	"math"
	"slices"
)

// Relevant is the relevance from which a passage counts as an answer. 99 of 100
// questions to help articles of the US consumer bureau get a passage, and 14 of
// 100 questions about something else (CLINC150's) do there. On FiQA's forum answers,
// which have no titles and speak of everything, it is 96 and 40; of our own articles,
// 74 of Banking77's questions, not all of which they answer, and 11. Whether the passage
// is the right one is another matter, which the order decides.
const Relevant = 0.5

// The relevance is a logistic function of how much a passage has of what was asked,
// and of the share of the question that is a topic of the collection: of words that
// stand in some title or heading. "Do you have a pin board?" shares as much with an
// article about cards as a question about the PIN does. Its weights are those of a
// regression that told questions that a collection answers from questions about other
// things, on half of the questions of three collections, rounded.
const (
	relevanceBias  = -2.1
	relevanceMuch  = 3.6 // logarithm of the score in words as rare as can be
	relevanceTopic = 3.4
	enoughComplete = 1.9 // what the score is at least when no word is missing
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
		much := m.evidence / float64(x.unknown)
		if x.complete(q, m.passage) {
			much = max(much, enoughComplete)
		}
		logit = relevanceBias + relevanceMuch*math.Log(much) + relevanceTopic*q.topical
	}
	if highest := math.Sqrt(2 * math.Log(float64(len(x.ids)))); m.deviations > highest {
		logit = max(logit, -maxDenseLift) + min(maxDenseLift, relevanceDense*(m.deviations-highest))
	}
	return 1 / (1 + math.Exp(-logit))
}

// complete says whether a passage has every word of the question, which are not
// everyday words only.
func (x *Index) complete(q question, passage int32) bool {
	if q.missing || !q.telling {
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

// Where titles and headings are none, or all the same, their words are hardly any of the
// texts', and a question's share of them says nothing. untitledTopic stands for it then.
const (
	leastTopics   = 0.05
	untitledTopic = 0.2
)

// saysTopics says whether titles and headings say what the texts are about.
func (x *Index) saysTopics() bool {
	topics, all := 0, 0
	for _, sequence := range x.sequences {
		for _, t := range sequence {
			if all++; x.topics[t] {
				topics++
			}
		}
	}
	return float64(topics) >= leastTopics*float64(all)
}

// topical is the share of a question's words, by weight, that are topics of the
// collection. unknown holds the words that no passage has.
func (x *Index) topical(terms []weighted, everyday map[int32]bool, unknown map[string]float64) float64 {
	if !x.titled {
		return untitledTopic
	}
	topics, all := 0.0, 0.0
	for _, t := range terms {
		weight := float64(t.weight)
		if everyday[t.term] {
			weight *= commonShare
		}
		all += weight
		if x.topics[t.term] {
			topics += weight
		}
	}
	for word, weight := range unknown {
		if common[word] {
			weight *= commonShare
		}
		all += weight * float64(x.unknown)
	}
	if all == 0 {
		return 0
	}
	return topics / all
}
