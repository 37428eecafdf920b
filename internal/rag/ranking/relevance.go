package ranking

// Relevant is the relevance from which a passage counts as an answer.
const Relevant = 0.5

func (x *Index) relevance(q question, m match) float64 { return 1 }
