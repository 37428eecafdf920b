// Package phrases finds many fixed phrases in a text in one pass. It takes a
// text as it is: folding it first is the caller's.
package phrases

import "strings"

// Hit is a phrase at bytes Start to End of a text.
type Hit struct {
	Start, End int
	Tag        int
}

// Set is a set of phrases, each with a tag. A phrase may have several tags. It is
// safe for concurrent use once all phrases are added.
type Set struct {
	// heads leads from a hash of three bytes to the phrases that begin with them;
	// zero leads nowhere.
	heads  [1 << tableBits]uint16
	groups [][]phrase
}

type phrase struct {
	text string
	tag  int
}

const (
	tableBits = 14
	// head is the length of the shortest phrase, in bytes.
	head = 3
)

func hash(a, b, c byte) uint32 {
	return (uint32(a) | uint32(b)<<8 | uint32(c)<<16) * 0x9e3779b1 >> (32 - tableBits)
}

// Add adds phrases, which must have three bytes or more.
func (s *Set) Add(tag int, texts ...string) {
	for _, text := range texts {
		if len(text) < head {
			panic("phrases: too short: " + text) // a mistake in a table of ours
		}
		h := hash(text[0], text[1], text[2])
		if s.heads[h] == 0 {
			s.groups = append(s.groups, nil)
			s.heads[h] = uint16(len(s.groups))
		}
		group := &s.groups[s.heads[h]-1]
		*group = append(*group, phrase{text, tag})
	}
}

// Find appends the hits in a text to hits, in the order of their starts.
func (s *Set) Find(text string, hits []Hit) []Hit {
	for i := 0; i+head <= len(text); i++ {
		g := s.heads[hash(text[i], text[i+1], text[i+2])]
		if g == 0 {
			continue
		}
		for _, p := range s.groups[g-1] {
			if strings.HasPrefix(text[i:], p.text) {
				hits = append(hits, Hit{i, i + len(p.text), p.tag})
			}
		}
	}
	return hits
}
