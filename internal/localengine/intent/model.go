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

// Classify is the package's function of this name, by another model.
func (m *Model) Classify(text string) []Guess {
	s := m.space.Get().(*scratch)
	defer m.space.Put(s)
	folded := normalise(text)
	s.words = words(folded, s.words[:0])
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
	govern(s.words, strings.Contains(folded, "?"), guesses)
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

// unknown adds features that say how many words are unknown, what share of them,
// and how many are words of banking.
func (v *vocabulary) unknown(list []string, own uint16, at []linear.Feature) []linear.Feature {
	n, anchors := 0, 0
	for _, w := range list {
		if v.count[place(w)] <= own {
			n++
		}
		if ofBanking[w] {
			anchors++
		}
	}
	share := 0
	if len(list) > 0 {
		share = (4*n + len(list) - 1) / len(list)
	}
	long := min(len(list)/3, 2)
	return append(at, linear.Feature{Hash: mix(kindUnknown, 1, uint32(min(n, 4))), Value: weightUnknown},
		linear.Feature{Hash: mix(kindUnknown, 2, uint32(share)), Value: weightUnknown},
		linear.Feature{Hash: mix(kindUnknown, 3, uint32(min(anchors, 3))), Value: weightUnknown},
		linear.Feature{Hash: mix(kindUnknown, uint32(4+min(anchors, 2)), uint32(5*min(n, 4)+long)), Value: weightUnknown})
}

// ofBanking are words that only messages about money and accounts have. A
// message without any is rarely about them.
var ofBanking = wordSet(`account accounts accnt acct card cards bank banks banking money cash funds fund balance balances credit debit
checking checkings savings saving transfer transfers transferred transferring transfered payment payments pay paid paying payee bill bills transaction
transactions purchase purchases purchased charge charges charged charging deposit deposits deposited withdraw withdrawal withdrawals withdrew atm atms
fee fees interest apr apy rate limit limits loan loans mortgage overdraft statement statements routing pin pins passcode fraud fraudulent scam
refund refunds refunded dispute declined decline reward rewards points cashback score spend spent spending spendings expenses visa mastercard amex
dollars dollar bucks $ $0 0$ euros pounds iban swift wire beneficiary recipient topup top topping currency exchange salary paycheck
direct check checks cheque cheques owe owed due freeze frozen unfreeze blocked unblock activate expire expires expiration stolen lost replacement
identity verify verification virtual disposable contactless refunded invoice premium rent utility utilities insurance subscription chase wells fargo
income identity gbp usd eur`)

// AboutBanking says whether a message has a word that only messages about money and
// accounts have.
func AboutBanking(text string) bool {
	return contains(words(normalise(text), nil), ofBanking)
}

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[w] = true
	}
	return set
}
