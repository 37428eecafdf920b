package textview

import (
	"unicode"
	"unicode/utf8"
)

// Word is a word of a view's text, or a run of punctuation, or one character of
// a script that sets no spaces.
type Word struct {
	Start, End int32  // bytes
	Hash       uint32 // of the word's text
	Kind       WordKind
}

// WordKind is what a Word is made of.
type WordKind uint8

// The kinds of words.
const (
	Letters WordKind = iota
	Digits
	Punctuation
	Ideograph // a character of a script without spaces
)

// words cuts a folded text.
func words(text string) []Word {
	list := make([]Word, 0, len(text)/4+4)
	for i := 0; i < len(text); {
		kind, size := classify(text, i)
		if kind == blank {
			i += size
			continue
		}
		start, hash := i, uint32(fnvBasis)
		for {
			for j := i; j < i+size; j++ {
				hash = (hash ^ uint32(text[j])) * fnvPrime
			}
			i += size
			if i >= len(text) || kind == Ideograph || i-start > maxWord {
				break
			}
			var next WordKind
			next, size = classify(text, i)
			if next != kind {
				break
			}
		}
		list = append(list, Word{Start: int32(start), End: int32(i), Hash: mix(hash), Kind: kind})
	}
	return list
}

const (
	blank WordKind = 255
	// maxWord bounds a word, in bytes: an endless one is cut.
	maxWord = 48

	fnvBasis = 2166136261
	fnvPrime = 16777619
)

// asciiKinds classifies the ASCII characters.
var asciiKinds = func() (kinds [utf8.RuneSelf]WordKind) {
	for b := range byte(utf8.RuneSelf) {
		switch {
		case asciiLetter(b):
			kinds[b] = Letters
		case asciiDigit(b):
			kinds[b] = Digits
		case b <= ' ':
			kinds[b] = blank
		default:
			kinds[b] = Punctuation
		}
	}
	return kinds
}()

// classify returns the kind and the size of the character at byte i.
func classify(text string, i int) (WordKind, int) {
	if b := text[i]; b < utf8.RuneSelf {
		if b == '\'' && i > 0 && i+1 < len(text) && asciiLetter(text[i-1]) && asciiLetter(text[i+1]) {
			return Letters, 1
		}
		return asciiKinds[b], 1
	}
	r, size := utf8.DecodeRuneInString(text[i:])
	switch {
	case unspaced(r):
		return Ideograph, size
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return Letters, size
	case unicode.IsDigit(r):
		return Digits, size
	}
	return Punctuation, size
}

// unspaced says whether r belongs to a script that sets no spaces between words:
// Thai, Lao, Myanmar, Khmer, kana, Han.
func unspaced(r rune) bool {
	return r >= 0x0e00 && r <= 0x0eff || r >= 0x1000 && r <= 0x109f || r >= 0x1780 && r <= 0x17ff ||
		r >= 0x3040 && r <= 0x30ff || r >= 0x3400 && r <= 0x9fff || r >= 0x20000 && r <= 0x3ffff
}

// mix spreads a hash over all its bits (the finaliser of MurmurHash3).
func mix(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}

// Join hashes an ordered pair of hashes.
func Join(a, b uint32) uint32 { return mix(a*31 + b ^ 0x9e3779b9) }

// gram is the length of the character n-grams, in bytes.
const gram = 4

// features appends the hashes of the features of word i of a text: itself, the
// pairs and the triple that it ends, and the character n-grams in it.
func features(text string, list []Word, i int, into []uint32) []uint32 {
	w := list[i]
	into = append(into, w.Hash)
	if i > 0 {
		p := list[i-1].Hash
		into = append(into, Join(p, w.Hash))
		if i > 1 {
			into = append(into, Join(Join(list[i-2].Hash, p), w.Hash))
		}
	}
	if w.Kind != Letters {
		return into
	}
	word := text[w.Start:w.End]
	for at := 0; len(word) > gram && at+gram <= len(word); at++ {
		h := uint32(word[at]) | uint32(word[at+1])<<8 | uint32(word[at+2])<<16 | uint32(word[at+3])<<24
		if at == 0 {
			h = ^h // a word's beginning
		}
		into = append(into, mix(h))
	}
	return into
}

// Hashes returns the hashes of the features of word i, by which models know it.
func (v *View) Hashes(i int) []uint32 {
	start := int32(0)
	if i > 0 {
		start = v.ends[i-1]
	}
	return v.hashes[start:v.ends[i]]
}

// describe computes the features of all words, once for every model that reads
// them.
func (v *View) describe() {
	v.ends = make([]int32, len(v.Words))
	v.hashes = make([]uint32, 0, featuresPerByte*len(v.Text))
	for i := range v.Words {
		v.hashes = features(v.Text, v.Words, i, v.hashes)
		v.ends[i] = int32(len(v.hashes))
	}
}

// featuresPerByte is somewhat more than most texts have.
const featuresPerByte = 1
