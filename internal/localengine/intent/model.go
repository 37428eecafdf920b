package intent

import (
	"bytes"
	_ "embed"
	"encoding/gob"
	"fmt"
	"strings"
	"sync"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/linear"
)

//go:embed model.bin
var stored []byte

// embedded is the model that Train made from the development data.
var embedded = sync.OnceValue(func() *Model {
	m, err := Unmarshal(stored)
	if err != nil {
		panic("intent: " + err.Error()) // the file in this folder is broken
	}
	return m
})

// Model guesses intents. It is safe for concurrent use.
type Model struct {
	classes *linear.Model
	known   *vocabulary
	intents []Intent // in the order of their first class
	of      []int    // the intent of each class
	space   sync.Pool
}

// scratch is the memory that one guess needs.
type scratch struct {
	words    []string
	features []linear.Feature
	scores   []float32
}

func newModel(classes *linear.Model, known *vocabulary) *Model {
	m := &Model{classes: classes, known: known}
	index := map[Intent]int{}
	for _, name := range classes.Classes {
		i, ok := index[coarse(name)]
		if !ok {
			i = len(m.intents)
			index[coarse(name)] = i
			m.intents = append(m.intents, coarse(name))
		}
		m.of = append(m.of, i)
	}
	m.space.New = func() any { return new(scratch) }
	return m
}

// guess gives every intent its probability, in no order.
func (m *Model) guess(text string) []Guess {
	s := m.space.Get().(*scratch)
	defer m.space.Put(s)
	s.words = words(normalise(text), s.words[:0])
	s.features = m.known.unknown(s.words, 0, features(s.words, s.features))
	scale(s.features)
	s.scores = linear.Softmax(m.classes.Scores(s.features, s.scores))
	guesses := make([]Guess, len(m.intents))
	for i, name := range m.intents {
		guesses[i].Intent = name
	}
	for c, p := range s.scores {
		guesses[m.of[c]].Probability += p
	}
	return guesses
}

// file is the stored form of a model.
type file struct {
	Classes []byte
	Known   []byte
}

// Marshal returns the stored form of a model.
func (m *Model) Marshal() ([]byte, error) {
	classes, err := m.classes.Marshal()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(file{classes, m.known.bits()}); err != nil {
		return nil, fmt.Errorf("encode intents: %w", err)
	}
	return b.Bytes(), nil
}

// Unmarshal reads what Marshal wrote.
func Unmarshal(data []byte) (*Model, error) {
	var f file
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&f); err != nil {
		return nil, fmt.Errorf("decode intents: %w", err)
	}
	if len(f.Known) != vocabularySize/8 {
		return nil, fmt.Errorf("decode intents: a vocabulary of %d bytes", len(f.Known))
	}
	classes, err := linear.Unmarshal(f.Classes)
	if err != nil {
		return nil, err
	}
	return newModel(classes, vocabularyOf(f.Known)), nil
}

// vocabularySize is how many places the words of banking have; ten times as
// many as words, so that few others are taken for one.
const vocabularySize = 1 << 16

// vocabulary counts, by hash, in how many examples about banking a word stands.
// Words that stand in none are a sign of another topic.
type vocabulary struct {
	count []uint16
}

func newVocabulary(list []example) *vocabulary {
	v := &vocabulary{count: make([]uint16, vocabularySize)}
	for _, e := range list {
		if !inScope(e.class) {
			continue
		}
		seen := map[string]bool{}
		for word := range strings.SplitSeq(normalise(e.text), " ") {
			if at := place(word); word != "" && !seen[word] && v.count[at] < 1<<15 {
				seen[word] = true
				v.count[at]++
			}
		}
	}
	return v
}

func vocabularyOf(bits []byte) *vocabulary {
	v := &vocabulary{count: make([]uint16, vocabularySize)}
	for i := range v.count {
		v.count[i] = uint16(bits[i/8]>>(i%8)) & 1
	}
	return v
}

// bits tells only which words are known.
func (v *vocabulary) bits() []byte {
	b := make([]byte, vocabularySize/8)
	for i, n := range v.count {
		if n > 0 {
			b[i/8] |= 1 << (i % 8)
		}
	}
	return b
}

func place(word string) int { return int(hash(kindUnknown, word) % vocabularySize) }

// features of an example for training. A word that stands in no other example
// about banking counts as unknown, as it would have been had it come later.
func (v *vocabulary) features(normalised string, inScope bool) []linear.Feature {
	list := words(normalised, nil)
	own := uint16(0)
	if inScope {
		own = 1
	}
	all := v.unknown(list, own, features(list, nil))
	scale(all)
	return all
}

// unknown adds features that say how many words are unknown, and what share.
func (v *vocabulary) unknown(list []string, own uint16, at []linear.Feature) []linear.Feature {
	n := 0
	for _, w := range list {
		if v.count[place(w)] <= own {
			n++
		}
	}
	share := 0
	if len(list) > 0 {
		share = (4*n + len(list) - 1) / len(list)
	}
	return append(at, linear.Feature{Hash: kindUnknown + 7*uint32(min(n, 4)), Value: weightUnknown},
		linear.Feature{Hash: kindUnknown + 1000 + 7*uint32(share), Value: weightUnknown})
}
