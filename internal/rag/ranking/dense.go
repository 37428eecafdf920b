package ranking

import "math"

// unit returns a vector of length one in the same direction, or nil when there
// is no direction.
func unit(v []float32) []float32 {
	sum := 0.0
	for _, f := range v {
		sum += float64(f) * float64(f)
	}
	if sum == 0 || math.IsNaN(sum) || math.IsInf(sum, 0) {
		return nil
	}
	scale := float32(1 / math.Sqrt(sum))
	u := make([]float32, len(v))
	for i, f := range v {
		u[i] = f * scale
	}
	return u
}

// cosine is of two vectors of length one and of the same embedder. Several sums
// at a time keep the processor busy, and blocks spare checks of the bounds.
func cosine(a, b []float32) float64 {
	var s0, s1, s2, s3 float32
	for len(a) >= 8 && len(b) >= 8 {
		u, v := a[:8:8], b[:8:8]
		s0 += u[0]*v[0] + u[4]*v[4]
		s1 += u[1]*v[1] + u[5]*v[5]
		s2 += u[2]*v[2] + u[6]*v[6]
		s3 += u[3]*v[3] + u[7]*v[7]
		a, b = a[8:], b[8:]
	}
	for i := range min(len(a), len(b)) {
		s0 += a[i] * b[i]
	}
	return float64(s0 + s1 + s2 + s3)
}

// denseWeight is how much of the best score by words one standard deviation of
// the cosines, above denseFloor of them, is worth. It was chosen with simulated
// embedders of many strengths, on which joining by rank lost two thirds of the
// score when the vectors were useless, and this one next to nothing. It is on the
// low side, as errors of a real embedder are more like those of the words.
const (
	denseWeight = 0.1
	denseFloor  = 1.0
)

// fuse joins the matches by words with the best n by vectors, and adds to each
// what its vector is worth. Standard deviations make cosines of all embedders
// comparable, for which 0.7 may mean the same or nothing at all.
func (x *Index) fuse(q question, found []match, n int) []match {
	if q.vector == nil {
		return found
	}
	cosines, mean, deviation := x.cosines(q)
	if deviation == 0 {
		return found
	}
	best := 1.0
	have := make(map[int32]bool, len(found))
	for i := range found {
		best = max(best, found[i].score)
		have[found[i].passage] = true
	}
	for _, m := range top(cosines, n) {
		if !have[m.passage] {
			found = append(found, match{passage: m.passage})
		}
	}
	for i := range found {
		m := &found[i]
		if c := cosines[m.passage]; c != absent {
			m.dense = float64(c)
			m.deviations = (m.dense - mean) / deviation
			m.score += denseWeight * best * max(0, m.deviations-denseFloor)
		}
	}
	return found
}

// absent stands for the cosine of a passage that can't be compared.
const absent = -2

// cosines returns the cosine of the question with every passage, and their mean
// and standard deviation over those that can be compared.
func (x *Index) cosines(q question) (list []float32, mean, deviation float64) {
	list = make([]float32, len(x.vectors))
	sum, squares, n := 0.0, 0.0, 0.0
	for i, v := range x.vectors {
		if len(v) != len(q.vector) || (q.category != "" && q.category != x.categories[i]) {
			list[i] = absent
			continue
		}
		c := cosine(v, q.vector)
		list[i] = float32(c)
		sum, squares, n = sum+c, squares+c*c, n+1
	}
	if n == 0 {
		return list, 0, 0
	}
	mean = sum / n
	return list, mean, math.Sqrt(max(0, squares/n-mean*mean))
}
