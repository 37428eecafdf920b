package linear

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// examples are drawn from three overlapping kinds.
func examples(n int, seed uint64) []Example {
	r := rand.New(rand.NewPCG(seed, 1))
	list := make([]Example, n)
	for i := range list {
		class := r.IntN(3)
		e := Example{Class: class}
		for range 6 {
			hash := r.Uint32N(40)
			if r.IntN(2) == 0 {
				hash = uint32(class)*10 + r.Uint32N(10)
			}
			e.Features = append(e.Features, Feature{Hash: hash, Value: 1})
		}
		list[i] = e
	}
	return list
}

var options = Options{Classes: []string{"a", "b", "c"}, Bits: 10, Epochs: 5, Rate: 0.2, L2: 1e-5, Seed: 7}

func accuracy(m *Model, list []Example) float64 {
	right := 0
	for _, e := range list {
		best := 0
		scores := m.Scores(e.Features, nil)
		for c, s := range scores {
			if s > scores[best] {
				best = c
			}
		}
		if best == e.Class {
			right++
		}
	}
	return float64(right) / float64(len(list))
}

func TestTrainLearnsAndIsReproducible(t *testing.T) {
	m := Train(examples(2000, 1), options)
	if got := accuracy(m, examples(500, 2)); got < 0.85 {
		t.Errorf("accuracy on unseen examples = %.3f, want at least 0.85", got)
	}
	one, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	two, err := Train(examples(2000, 1), options).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, two) {
		t.Error("two trainings with one seed differ")
	}
}

func TestStoredModelDecidesAlike(t *testing.T) {
	m := Train(examples(2000, 1), options)
	data, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	read, err := Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	unseen := examples(500, 2)
	if a, b := accuracy(m, unseen), accuracy(read, unseen); a-b > 0.01 || b-a > 0.01 {
		t.Errorf("accuracy %.3f became %.3f by storing", a, b)
	}
}

func TestSoftmax(t *testing.T) {
	p := Softmax([]float32{1000, 999, -1000})
	if sum := p[0] + p[1] + p[2]; sum < 0.999 || sum > 1.001 || p[0] < p[1] || p[2] != 0 {
		t.Errorf("softmax = %v", p)
	}
}

func FuzzUnmarshal(f *testing.F) {
	data, err := Train(examples(50, 1), options).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := Unmarshal(data); err == nil {
			m.Scores([]Feature{{Hash: 1 << 31, Value: 1}}, nil)
		}
	})
}
