package pii

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/linear"
)

// What the model says about a token. Places and organizations are told apart
// only so that they are not taken for people.
const (
	labelNone = iota
	labelPerson
	labelAddress
	labelPlace
	labelOrganization
)

var labels = []string{"NONE", Person, Address, "PLACE", "ORGANIZATION"}

//go:embed names.model
var namesFile []byte

var names = func() *Names {
	m, err := UnmarshalNames(namesFile)
	if err != nil {
		panic("pii: names.model: " + err.Error()) // a broken build
	}
	return m
}()

// Names is the model of names and addresses.
type Names struct {
	tokens *linear.Model
	common filter // ordinary words: whoever is called so is not told from them
}

// filter is a Bloom filter (Bloom 1970) over hashes of words.
type filter []byte

// bitsPerWord and hashesPerWord give one percent of false answers.
const (
	bitsPerWord   = 10
	hashesPerWord = 5
)

func newFilter(words map[string]bool) filter {
	f := make(filter, len(words)*bitsPerWord/8+8)
	for w := range words {
		h := hashLower(w)
		for k := range uint32(hashesPerWord) {
			at := mix(k, h) % uint32(8*len(f))
			f[at/8] |= 1 << (at % 8)
		}
	}
	return f
}

func (f filter) has(hash uint32) bool {
	if len(f) == 0 {
		return false
	}
	for k := range uint32(hashesPerWord) {
		at := mix(k, hash) % uint32(8*len(f))
		if f[at/8]>>(at%8)&1 == 0 {
			return false
		}
	}
	return true
}

// Marshal returns the stored form of a model.
func (m *Names) Marshal() ([]byte, error) {
	tokens, err := m.tokens.Marshal()
	if err != nil {
		return nil, err
	}
	out := binary.BigEndian.AppendUint32(nil, uint32(len(m.common)))
	return append(append(out, m.common...), tokens...), nil
}

// UnmarshalNames reads what Marshal wrote.
func UnmarshalNames(data []byte) (*Names, error) {
	if len(data) < 4 || uint64(binary.BigEndian.Uint32(data)) > uint64(len(data)-4) {
		return nil, errors.New("the model is cut off")
	}
	n := int(binary.BigEndian.Uint32(data))
	tokens, err := linear.Unmarshal(data[4+n:])
	return &Names{tokens, filter(data[4 : 4+n])}, err
}

// namedToken is what the model sees of a token.
type namedToken struct {
	lower, prefix2, prefix3, suffix2, suffix3, suffix4 uint32
	shape, common                                      uint32
	starts                                             bool // a line or a sentence
	described                                          bool
	label                                              uint8
}

// margin is how much more likely than nothing a name or an address must be, in
// the model's log odds: chosen for few false alarms on ordinary questions.
const margin = 0.0

// findNames finds people and street addresses.
func (s *scan) findNames(names *Names) {
	s.undescribed(names.common)
	features := make([]linear.Feature, 0, 64)
	var scores []float32
	for i := range s.tokens {
		if !s.worthAsking(i) {
			continue
		}
		features = s.features(i, features[:0], 0)
		scores = names.tokens.Scores(features, scores)
		best := labelPerson
		for l := labelPerson; l < len(scores); l++ {
			if scores[l] > scores[best] {
				best = l
			}
		}
		if scores[best] < scores[labelNone]+margin {
			best = labelNone
		}
		s.named[i].label = uint8(best)
	}
	s.claimNames()
}

// claimNames turns runs of one label into claims.
func (s *scan) claimNames() {
	for i := 0; i < len(s.tokens); {
		l := s.named[i].label
		if l != labelPerson && l != labelAddress || s.tokens[i].kind == mark {
			i++
			continue
		}
		last := i
		for k := i + 1; k < len(s.tokens) && k <= last+2; k++ {
			if s.named[k].label != l && (s.tokens[k].kind != mark || l == labelPerson && strings.IndexByte(".-'’", s.text[s.tokens[k].start]) < 0) {
				break
			}
			if l == labelPerson && strings.Contains(s.text[s.tokens[k-1].end:s.tokens[k].start], "\n") {
				break
			}
			if s.tokens[k].kind != mark && s.named[k].label == l {
				last = k
			}
		}
		if l == labelPerson {
			s.claimPerson(i, last)
		} else {
			s.claimAddress(i, last)
		}
		i = last + 1
	}
}

func (s *scan) claimPerson(first, last int) {
	for first < last && s.tokens[first].class&title != 0 { // the title names nobody
		first++
		for first < last && s.tokens[first].kind == mark {
			first++
		}
	}
	letters := 0
	for k := first; k <= last; k++ {
		switch t := s.tokens[k]; t.kind {
		case word:
			letters += t.end - t.start
		case digits, mixed:
			return // nobody is called that
		}
	}
	if letters < 2 || s.tokens[first].class&(month|title|saysOther) != 0 && first == last {
		return
	}
	start, end := s.tokens[first].start, s.tokens[last].end
	if text := s.text[start:end]; strings.HasSuffix(text, "'s") || strings.HasSuffix(text, "’s") {
		end = strings.LastIndexAny(s.text[:end], "'’")
	}
	s.claim(Person, start, end, strings.Join(strings.Fields(s.text[start:end]), " "), 0.7)
}

func (s *scan) claimAddress(first, last int) {
	numbers, words := 0, 0
	dated, onStreet := false, false
	for k := first; k <= last; k++ {
		dated, onStreet = dated || s.tokens[k].class&month != 0, onStreet || s.tokens[k].class&street != 0
		switch s.tokens[k].kind {
		case digits, mixed:
			numbers++
		case word:
			words++
		}
	}
	if words == 0 || numbers == 0 && last-first < 3 || dated && !onStreet {
		return
	}
	start, end := s.tokens[first].start, s.tokens[last].end
	s.claim(Address, start, end, strings.Join(strings.Fields(s.text[start:end]), " "), 0.7)
}

// worthAsking leaves out what can't be a name or part of an address, which is
// most of any text.
func (s *scan) worthAsking(i int) bool {
	t := s.tokens[i]
	if i > 0 {
		if before := s.named[i-1].label; before == labelAddress || before == labelPerson || before == labelPlace && t.kind == mark {
			return true
		}
		if i > 1 && s.tokens[i-1].kind == mark && s.named[i-2].label == labelAddress {
			return true
		}
	}
	switch t.kind {
	case word:
		return t.upper || s.before(i, 3, introduces) || s.before(i, 2, title)
	case digits, mixed:
		return t.end-t.start <= 6 && isDigit(s.text[t.start])
	}
	return false
}

// undescribed prepares the tokens for describe.
func (s *scan) undescribed(common filter) {
	s.common = common
	s.named = slices.Grow(s.named[:0], len(s.tokens))[:len(s.tokens)]
	clear(s.named)
}

// describe computes what the model sees of token i, once: most tokens are near no
// name and never asked about.
func (s *scan) describe(i int) *namedToken {
	n := &s.named[i]
	if n.described {
		return n
	}
	n.described = true
	t := s.tokens[i]
	v := s.of(t)
	n.starts = i == 0
	if i > 0 {
		gap := s.text[s.tokens[i-1].end:t.start]
		last := s.text[s.tokens[i-1].start]
		n.starts = strings.IndexByte(gap, '\n') >= 0 || s.tokens[i-1].kind == mark && (last == '.' || last == '!' || last == '?')
	}
	n.lower = hashLower(v)
	n.shape = shape(t, v)
	if t.kind == word && s.common.has(n.lower) {
		n.common = 1
	}
	if t.kind == word || t.kind == mixed {
		n.prefix2, n.prefix3 = hashLower(firstRunes(v, 2)), hashLower(firstRunes(v, 3))
		n.suffix2, n.suffix3, n.suffix4 = hashLower(lastRunes(v, 2)), hashLower(lastRunes(v, 3)), hashLower(lastRunes(v, 4))
	}
	return n
}

func shape(t token, v string) uint32 {
	switch t.kind {
	case mark:
		return uint32(v[0])
	case digits:
		return 300 + uint32(min(len(v), 7))
	case mixed:
		if isDigit(v[0]) {
			return 320
		}
		return 321
	}
	n := uint32(400)
	if len(v) == 1 {
		n += 8
	}
	if t.upper {
		n++
		if t.shout && len(v) > 1 {
			n++
		}
	}
	if strings.ContainsAny(v, "'’") {
		n += 4
	}
	return n
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func lastRunes(s string, n int) string {
	i := len(s)
	for ; n > 0 && i > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
	}
	return s[i:]
}

// hashLower is FNV-1a (Fowler, Noll and Vo) of a word in lower case.
func hashLower(s string) uint32 {
	h := uint32(2166136261)
	for _, r := range s {
		if r < utf8.RuneSelf {
			if r >= 'A' && r <= 'Z' {
				r += 'a' - 'A'
			}
		} else {
			r = unicode.ToLower(r)
		}
		h = (h ^ uint32(r)) * 16777619
	}
	return h
}

// mix joins a template's number and values to the hash of a feature.
func mix(template uint32, values ...uint32) uint32 {
	h := template*0x9e3779b1 + 0x7f4a7c15
	for _, v := range values {
		h = (h ^ v) * 0x85ebca6b
		h ^= h >> 15
	}
	return h * 0xc2b2ae35 >> 3
}

// What training hides, so that the model doesn't rely on it.
const (
	hideWord    = 1 << iota // who it is
	hideContext             // the words around it
)

// features describes token i to the model.
func (s *scan) features(i int, list []linear.Feature, hidden int) []linear.Feature {
	none := namedToken{shape: 999}
	at := func(k int) *namedToken {
		if k < 0 || k >= len(s.named) {
			return &none
		}
		return s.describe(k)
	}
	classAt := func(k int) uint32 {
		if k < 0 || k >= len(s.tokens) {
			return 0
		}
		return uint32(s.tokens[k].class)
	}
	add := func(template uint32, values ...uint32) {
		list = append(list, linear.Feature{Hash: mix(template, values...), Value: 1})
	}
	t, p, pp, n, nn := at(i), at(i-1), at(i-2), at(i+1), at(i+2)
	starts := uint32(0)
	if t.starts {
		starts = 1
	}
	label, label2 := uint32(p.label), uint32(pp.label)
	if hidden&hideWord == 0 {
		add(1, t.lower)
		add(2, t.prefix3)
		add(3, t.suffix3)
		add(4, t.suffix4)
	}
	add(5, t.prefix2)
	add(6, t.suffix2)
	add(7, t.shape, starts)
	add(8, classAt(i)&uint32(street|unit|title|month|saysOther))
	add(9, label, t.shape)
	add(10, label, label2, t.shape)
	add(11, p.shape, t.shape, n.shape)
	add(12, n.shape, nn.shape, t.shape)
	add(13, pp.shape, p.shape, t.shape)
	add(14, label, n.shape, t.shape)
	if hidden&hideContext == 0 {
		add(15, p.lower)
		add(16, n.lower)
		add(17, pp.lower)
		add(18, nn.lower)
		add(19, p.lower, t.shape)
		add(20, n.lower, t.shape)
		add(21, pp.lower, p.lower)
		add(22, n.lower, nn.lower)
		add(23, at(i-3).lower, t.shape)
	}
	add(24, classAt(i+1)&uint32(street|unit|title), t.shape)
	add(25, classAt(i-1)&uint32(street|unit|title|introduces|possessive|isWord), t.shape)
	add(26, classAt(i+2)&uint32(street|unit), label)
	add(27, p.suffix3, label)
	add(28, n.suffix3)
	add(29, t.common, t.shape, starts)
	add(30, t.common, n.common, t.shape, n.shape, label)
	add(31, t.common, p.common, t.shape, p.shape, label)
	return list
}

// Label is a labelled piece of a training text, in bytes. Types other than
// Person and Address are PLACE and ORGANIZATION.
type Label struct {
	Start, End int
	Type       string
}

// Example is a training text.
type Example struct {
	Text   string
	Labels []Label
}

const (
	modelBits   = 15
	trainEpochs = 8
	trainRate   = 0.15
	trainL2     = 1e-6
)

// TrainNames fits the model of names and addresses. Words that the ordinary texts
// write with small letters at least twice count as common. The same examples in the
// same order and the same seed give the same model.
func TrainNames(examples []Example, ordinary []string, seed uint64) *Names {
	common := newFilter(commonWords(ordinary))
	random := rand.New(rand.NewPCG(seed, 1))
	var list []linear.Example
	for _, e := range examples {
		s := newScan(e.Text)
		s.undescribed(common)
		s.label(e.Labels)
		for i := range s.tokens {
			if !s.worthAsking(i) {
				continue
			}
			class := int(s.named[i].label)
			list = append(list, linear.Example{Features: s.features(i, nil, 0), Class: class})
			switch hidden := random.IntN(4); hidden {
			case hideWord, hideContext:
				list = append(list, linear.Example{Features: s.features(i, nil, hidden), Class: class, Weight: 0.5})
			}
		}
		s.release()
	}
	tokens := linear.Train(list, linear.Options{Classes: labels, Bits: modelBits, Epochs: trainEpochs, Rate: trainRate, L2: trainL2, Seed: seed})
	return &Names{tokens, common}
}

func commonWords(texts []string) map[string]bool {
	seen := map[string]int{}
	for _, text := range texts {
		s := newScan(text)
		for _, t := range s.tokens {
			if v := s.of(t); t.kind == word && !t.upper && ascii(v) {
				seen[v]++
			}
		}
		s.release()
	}
	words := map[string]bool{}
	for w, n := range seen {
		if n > 1 {
			words[w] = true
		}
	}
	return words
}

// label gives tokens the labels of a training text.
func (s *scan) label(list []Label) {
	for i, t := range s.tokens {
		start := s.original(t.start)
		for _, l := range list {
			if start >= l.Start && start < l.End {
				for k, name := range labels {
					if name == l.Type {
						s.named[i].label = uint8(k)
					}
				}
			}
		}
	}
}

// UseNames finds with another model of names; for measuring.
func UseNames(m *Names) func(text string) []Match {
	return func(text string) []Match {
		return find(text, m)
	}
}
