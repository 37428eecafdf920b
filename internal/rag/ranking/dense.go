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

// Cosine is of two vectors of length one and of the same embedder. Several sums
// at a time keep the processor busy, and blocks spare checks of the bounds.
func Cosine(a, b []float32) float64 {
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

// Neighbours are passages and how near they are to a question. Mean and Deviation
// are of the cosines of all passages, whatever their category; a deviation of 0
// says that nothing is known of them.
type Neighbours struct {
	Near            []Neighbour
	Mean, Deviation float64
}

// Neighbour is a passage by its position among those that were built, and the
// cosine of its vector with the question's.
type Neighbour struct {
	Passage int
	Cosine  float64
}

// WithVectors returns an index of the same passages with these vectors, in their
// order, nil for a passage without one. Vectors must have length one; they are
// shared, not copied.
func (x *Index) WithVectors(vectors [][]float32) *Index {
	y := *x
	y.vectors = vectors
	return &y
}

// fuse joins the matches by words with the best n by vectors, and adds to each
// what its vector is worth. Standard deviations make cosines of all embedders
// comparable, for which 0.7 may mean the same or nothing at all.
func (x *Index) fuse(q question, found []match, n int) []match {
	near := x.neighbours(q, found, n)
	if near.Deviation == 0 {
		return found
	}
	best := 1.0
	at := make(map[int32]int, len(found)+len(near.Near))
	for i, m := range found {
		best = max(best, m.score)
		at[m.passage] = i
	}
	for _, c := range near.Near {
		if c.Passage < 0 || c.Passage >= len(x.ids) {
			continue
		}
		i, ok := at[int32(c.Passage)]
		if !ok {
			i = len(found)
			at[int32(c.Passage)] = i
			found = append(found, match{passage: int32(c.Passage)})
		}
		m := &found[i]
		if m.dense != 0 {
			continue // named twice, counts once
		}
		m.dense = c.Cosine
		m.deviations = (c.Cosine - near.Mean) / near.Deviation
		m.score += denseWeight * best * max(0, m.deviations-denseFloor)
	}
	return found
}

// neighbours returns the n passages whose vectors are nearest to the question's,
// and those found by words.
func (x *Index) neighbours(q question, found []match, n int) Neighbours {
	if q.nearest != nil {
		candidates := make([]int, len(found))
		for i, m := range found {
			candidates[i] = int(m.passage)
		}
		return q.nearest(candidates, n)
	}
	if q.vector == nil {
		return Neighbours{}
	}
	cosines, mean, deviation := x.cosines(q)
	near := Neighbours{Mean: mean, Deviation: deviation}
	if deviation == 0 {
		return near
	}
	for _, m := range append(top(cosines, n), found...) {
		if c := cosines[m.passage]; c != absent {
			near.Near = append(near.Near, Neighbour{int(m.passage), float64(c)})
		}
	}
	return near
}

// absent stands for the cosine of a passage that can't be compared.
const absent = -2

// cosines returns the cosine of the question with every passage that it may find.
// Mean and standard deviation are of all passages that can be compared, as a
// category may be too small to have any.
func (x *Index) cosines(q question) (list []float32, mean, deviation float64) {
	list = make([]float32, len(x.vectors))
	sum, squares, n := 0.0, 0.0, 0.0
	for i, v := range x.vectors {
		list[i] = absent
		if len(v) != len(q.vector) {
			continue
		}
		c := Cosine(v, q.vector)
		if q.category == "" || q.category == x.categories[i] {
			list[i] = float32(c)
		}
		sum, squares, n = sum+c, squares+c*c, n+1
	}
	if n == 0 {
		return list, 0, 0
	}
	mean = sum / n
	return list, mean, math.Sqrt(max(0, squares/n-mean*mean))
}
