package linear

import (
	"bytes"
	"compress/flate"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"math"
)

// file is the stored form of a model: every weight as a multiple of its class's
// scale, which is as exact as the scores need.
type file struct {
	Classes []string
	Bits    uint8
	Bias    []float32
	Scale   []float32
	Weights []byte // int8, class by class
}

// maxModel bounds the weights of a model that is read.
const maxModel = 1 << 26

// Marshal returns the stored form of a model, its weights rounded to eight bits.
func (m *Model) Marshal() ([]byte, error) {
	k := len(m.Classes)
	f := file{Classes: m.Classes, Bits: m.bits, Bias: m.bias, Scale: make([]float32, k), Weights: make([]byte, len(m.weights))}
	buckets := len(m.weights) / k
	for c := range k {
		for b := range buckets {
			f.Scale[c] = max(f.Scale[c], float32(math.Abs(float64(m.weights[b*k+c])))/math.MaxInt8)
		}
		for b := range buckets {
			if f.Scale[c] > 0 {
				f.Weights[c*buckets+b] = byte(int8(math.Round(float64(m.weights[b*k+c] / f.Scale[c]))))
			}
		}
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if err := gob.NewEncoder(w).Encode(f); err != nil {
		return nil, fmt.Errorf("encode model: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Unmarshal reads what Marshal wrote.
func Unmarshal(data []byte) (*Model, error) {
	var f file
	if err := gob.NewDecoder(io.LimitReader(flate.NewReader(bytes.NewReader(data)), 2*maxModel)).Decode(&f); err != nil {
		return nil, fmt.Errorf("decode model: %w", err)
	}
	k := len(f.Classes)
	if k == 0 || f.Bits > 26 || k<<f.Bits > maxModel || len(f.Weights) != k<<f.Bits || len(f.Bias) != k || len(f.Scale) != k {
		return nil, errors.New("decode model: its parts don't fit together")
	}
	m := &Model{Classes: f.Classes, bits: f.Bits, bias: f.Bias, weights: make([]float32, len(f.Weights))}
	buckets := len(f.Weights) / k
	for c := range k {
		for b := range buckets {
			m.weights[b*k+c] = float32(int8(f.Weights[c*buckets+b])) * f.Scale[c]
		}
	}
	return m, nil
}
