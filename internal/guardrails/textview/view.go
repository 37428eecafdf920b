// Package textview reads a text in the ways in which its words may be hidden:
// look-alike and invisible characters, markup, encodings, ciphers, letters set
// apart. Each reading is a View in one plain form, cut into words, for others to
// judge; this package judges nothing, and bounds the number and the size of what
// it reads, so that its time is linear in the text.
package textview

import "strings"

// Kind says how the text of a view was written.
type Kind string

// The kinds of views. A text has exactly one Plain view, the first.
const (
	Plain     Kind = "plain"
	Invisible Kind = "invisible characters"
	Markup    Kind = "markup"
	Comment   Kind = "comment"
	Escapes   Kind = "escapes"
	Codes     Kind = "character codes"
	Base64    Kind = "base64"
	Base32    Kind = "base32"
	Hex       Kind = "hex"
	Ascii85   Kind = "ascii85"
	Morse     Kind = "morse"
	Cipher    Kind = "cipher"
	Reversed  Kind = "reversed"
	Leet      Kind = "leetspeak"
	Spaced    Kind = "spaced letters"
	Split     Kind = "split words"
)

// View is one reading of a text.
type View struct {
	Kind Kind
	// Text is folded: compatible forms and look-alikes unified, accents and
	// invisible characters gone, in lower case, white space single. A line break
	// stays one.
	Text  string
	Words []Word

	hashes []uint32 // of the features of all words
	ends   []int32  // by word, where its hashes end
}

// Missing is how many words a view has less than some number. A character of a
// script without spaces is half a word.
func (v *View) Missing(of int) int {
	halves := 2 * of
	for i := 0; i < len(v.Words) && halves > 0; i++ {
		switch v.Words[i].Kind {
		case Punctuation:
		case Ideograph:
			halves--
		default:
			halves -= 2
		}
	}
	return max(0, halves/2)
}

const (
	// maxViews bounds the readings of one text.
	maxViews = 24
	// maxDepth is how often an encoding may be inside another one.
	maxDepth = 3
	// spare is how many bytes of readings any text may have, besides
	// growth times its own size.
	spare  = 2 << 10
	growth = 3
)

// Of returns the readings of a text, the plain one first.
func Of(text string) []View {
	r := reader{views: make([]View, 0, 2), room: growth*len(text) + spare}
	r.read(Plain, text, 0)
	return r.views
}

// reader collects views until there are too many or they are too large.
type reader struct {
	views []View
	room  int // bytes left for readings other than the plain one
}

// reading is a text that a decoder found in another.
type reading struct {
	kind Kind
	text string
}

// read adds the view of a text and those of what is hidden in it.
func (r *reader) read(kind Kind, text string, depth int) {
	visible, found := clean(text)
	folded := fold(visible)
	if kind != Plain && r.seen(folded) {
		return
	}
	v := View{Kind: kind, Text: folded, Words: words(folded)}
	v.describe()
	r.views = append(r.views, v)
	if depth == maxDepth {
		return
	}
	list := r.views[len(r.views)-1].Words
	found = append(found, decoded(visible)...)
	if r, ok := unturned(text); ok {
		found = append(found, r)
	}
	r.readAll(found, depth+1)
	if !mostly(found, visible) {
		r.readAll(respelled(visible, folded, list), maxDepth)
	}
}

// mostly says whether what was found is much of a text: then the rest is no
// strange spelling, but encoded data.
func mostly(found []reading, text string) bool {
	size := 0
	for _, f := range found {
		if f.kind != Markup && f.kind != Comment {
			size += len(f.text)
		}
	}
	return size*4 > len(text)
}

// readAll reads what was found in a text. What was spelt in another way holds
// no encodings any more: they depend on case.
func (r *reader) readAll(found []reading, depth int) {
	for _, f := range found {
		if len(r.views) == maxViews || len(f.text) > r.room {
			return
		}
		r.room -= len(f.text)
		r.read(f.kind, f.text, depth)
	}
}

// seen says whether a view says the same, or nothing is said.
func (r *reader) seen(folded string) bool {
	for _, v := range r.views {
		if v.Text == folded {
			return true
		}
	}
	return strings.TrimSpace(folded) == ""
}
