// Package linear trains and applies small multinomial logistic regressions over
// hashed features. They are what decides where hand-written rules fall short:
// cheap enough for every message, small enough to be embedded, and trained
// reproducibly by our own commands. It knows nothing about text.
package linear

import (
	"math"
	"math/rand/v2"
)

// Feature is one property of an example: a hash that names it, folded into the
// model's buckets, and its strength.
type Feature struct {
	Hash  uint32
	Value float32
}

// Example is a training example: its features and the index of its class.
type Example struct {
	Features []Feature
	Class    int
	// Weight is how much the example counts; zero means one.
	Weight float32
}

// Model gives every class a score that is linear in the features. It is safe
// for concurrent use.
type Model struct {
	Classes []string
	bits    uint8
	bias    []float32
	weights []float32 // by bucket, then by class
}

// Options of a training run. The same options and examples always give the same
// model.
type Options struct {
	Classes []string
	Bits    uint8   // the model has 2^Bits buckets
	Epochs  int     // passes over the examples
	Rate    float64 // initial learning rate of AdaGrad
	L2      float64 // strength of the penalty on large weights
	Seed    uint64
}

// Train fits a model by AdaGrad (Duchi, Hazan and Singer 2011) on the
// cross-entropy of a softmax over the classes.
func Train(examples []Example, o Options) *Model {
	k := len(o.Classes)
	m := &Model{Classes: o.Classes, bits: o.Bits, bias: make([]float32, k), weights: make([]float32, k<<o.Bits)}
	squares := make([]float32, len(m.weights))
	biasSquares := make([]float32, k)
	order := make([]int, len(examples))
	for i := range order {
		order[i] = i
	}
	random := rand.New(rand.NewPCG(o.Seed, o.Seed))
	p := make([]float32, k)
	for range o.Epochs {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			e := examples[i]
			weight := e.Weight
			if weight == 0 {
				weight = 1
			}
			Softmax(m.Scores(e.Features, p))
			for c := range k {
				gradient := p[c] * weight
				if c == e.Class {
					gradient -= weight
				}
				m.bias[c] -= step(&biasSquares[c], gradient, o.Rate)
				for _, f := range e.Features {
					at := m.bucket(f.Hash) + c
					m.weights[at] -= step(&squares[at], gradient*f.Value+float32(o.L2)*m.weights[at], o.Rate)
				}
			}
		}
	}
	return m
}

// step returns how far AdaGrad moves a weight against a gradient.
func step(sum *float32, gradient float32, rate float64) float32 {
	if gradient == 0 {
		return 0
	}
	*sum += gradient * gradient
	return float32(rate) * gradient / (float32(math.Sqrt(float64(*sum))) + 1e-6)
}

func (m *Model) bucket(hash uint32) int {
	return int(hash&(1<<m.bits-1)) * len(m.Classes)
}

// Scores writes the score of every class into into, which it grows when it is
// too small, and returns it.
func (m *Model) Scores(features []Feature, into []float32) []float32 {
	into = append(into[:0], m.bias...)
	for _, f := range features {
		at := m.bucket(f.Hash)
		for c, w := range m.weights[at : at+len(into)] {
			into[c] += w * f.Value
		}
	}
	return into
}

// Margins returns, of a model with two classes, how much each bucket and the bias
// speak for the second. The number of buckets is a power of two; a feature's is
// given by the low bits of its hash.
func (m *Model) Margins() (buckets []float32, bias float32) {
	buckets = make([]float32, len(m.weights)/2)
	for b := range buckets {
		buckets[b] = m.weights[2*b+1] - m.weights[2*b]
	}
	return buckets, m.bias[1] - m.bias[0]
}

// Softmax turns scores into probabilities, in place.
func Softmax(scores []float32) []float32 {
	most := float32(math.Inf(-1))
	for _, s := range scores {
		most = max(most, s)
	}
	var sum float32
	for i, s := range scores {
		scores[i] = float32(math.Exp(float64(s - most)))
		sum += scores[i]
	}
	for i := range scores {
		scores[i] /= sum
	}
	return scores
}
