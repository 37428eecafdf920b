package textview

import "strings"

// Lexicon knows the senses of words and phrases, at most 64 of them. It finds
// them in one walk through a text. It is safe for concurrent use.
type Lexicon struct {
	nodes []lexNode
	edges []lexEdge // open addressing; its length is a power of two
	root  [256]uint32
}

type lexNode struct {
	exact, prefix uint64 // senses of a word that ends here, or goes on from here
}

type lexEdge struct {
	key, to uint32 // key is the node and the byte; to is zero in an empty slot
}

// NewLexicon builds a lexicon from senses: sense n means the phrases of list n.
// A phrase that ends with an asterisk stands for every word that it begins. A
// phrase in a script without spaces always does.
func NewLexicon(senses [][]string) *Lexicon {
	type edge struct {
		node uint32
		b    byte
	}
	tree := map[edge]uint32{}
	l := &Lexicon{nodes: make([]lexNode, 1)}
	for sense, phrases := range senses {
		for _, phrase := range phrases {
			stem, prefix := strings.CutSuffix(phrase, "*")
			stem = Fold(stem)
			at := uint32(0)
			for _, b := range []byte(stem) {
				next, ok := tree[edge{at, b}]
				if !ok {
					next = uint32(len(l.nodes))
					l.nodes = append(l.nodes, lexNode{})
					tree[edge{at, b}] = next
				}
				at = next
			}
			l.nodes[at].add(sense, prefix || openEnded(stem))
		}
	}
	l.edges = make([]lexEdge, 4)
	for len(l.edges) < 2*len(tree) {
		l.edges = make([]lexEdge, 2*len(l.edges))
	}
	for e, to := range tree {
		if e.node == 0 {
			l.root[e.b] = to
			continue
		}
		key := e.node<<8 | uint32(e.b)
		slot := l.slot(key)
		for l.edges[slot].to != 0 {
			slot = (slot + 1) & (len(l.edges) - 1)
		}
		l.edges[slot] = lexEdge{key, to}
	}
	return l
}

func (n *lexNode) add(sense int, prefix bool) {
	if prefix {
		n.prefix |= 1 << sense
	} else {
		n.exact |= 1 << sense
	}
}

// openEnded says whether nothing separates a phrase from what follows it.
func openEnded(stem string) bool {
	list := words(stem)
	if len(list) == 0 {
		return false
	}
	last := list[len(list)-1].Kind
	return last == Ideograph || last == Punctuation
}

func (l *Lexicon) slot(key uint32) int { return int(mix(key)) & (len(l.edges) - 1) }

func (l *Lexicon) next(node uint32, b byte) uint32 {
	if node == 0 {
		return l.root[b]
	}
	key := node<<8 | uint32(b)
	for slot := l.slot(key); ; slot = (slot + 1) & (len(l.edges) - 1) {
		e := l.edges[slot]
		if e.to == 0 || e.key == key {
			return e.to
		}
	}
}

// Senses returns the senses of the words and phrases that begin with word i of a
// view, one bit each.
func (l *Lexicon) Senses(v *View, i int) uint64 {
	senses, node := uint64(0), uint32(0)
	for at := int(v.Words[i].Start); at < len(v.Text); at++ {
		b := v.Text[at]
		if b == '\n' {
			b = ' '
		}
		if node = l.next(node, b); node == 0 {
			break
		}
		n := l.nodes[node]
		senses |= n.prefix
		if n.exact != 0 && wordEnds(v.Text, at+1) {
			senses |= n.exact
		}
	}
	return senses
}

// wordEnds says whether no letter or digit stands at byte i.
func wordEnds(text string, i int) bool {
	if i >= len(text) {
		return true
	}
	kind, _ := classify(text, i)
	return kind != Letters && kind != Digits
}
