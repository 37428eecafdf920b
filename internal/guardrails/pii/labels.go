package pii

import "strings"

// hintLabels are the words that say what a number is.
const hintLabels = hintPhone | hintPhoneWeak | hintSSN | hintITIN | hintCard | hintAccount | hintRouting |
	hintPassport | hintLicence | hintBirth | hintNetwork | hintHardware | hintWallet | hintSecret | hintOther | hintAmount

const (
	// reachBefore and reachAfter are how many tokens before and behind a number
	// may explain it.
	reachBefore = 10
	reachAfter  = 5
	// sentenceGap is how many tokens the end of a sentence between counts.
	sentenceGap = 3
	// afterGap is how many tokens it counts that a label stands behind: most
	// stand before.
	afterGap = 2
	// maxLabels is how many labels of one number are looked at.
	maxLabels = 6
)

// label is a word near a number and how far it is, in tokens.
type label struct {
	hint     hint
	distance int
}

// labels are the nearest labels of a number, nearest first.
type labels struct {
	list [maxLabels]label
	n    int
}

// labelsOf finds the labels of the number in tokens first to last (exclusive).
func (s *scanner) labelsOf(first, last int) labels {
	var found labels
	if s.hints&hintLabels == 0 {
		return found
	}
	extra := 0
	for i := first - 1; i >= 0 && i >= first-reachBefore; i-- {
		extra += sentenceEnd(s.gap(i + 1))
		if h := s.tokens[i].hint & hintLabels; !s.belongs(i) {
			found.add(h, first-i+extra)
		}
	}
	extra = afterGap
	for i := last; i < len(s.tokens) && i < last+reachAfter; i++ {
		if extra += sentenceEnd(s.gap(i)); extra > afterGap {
			break
		}
		found.add(s.tokens[i].hint&hintLabels, i-last+1+extra)
	}
	return found
}

// belongs says whether token i only completes the label before it, as the code of
// a routing code does.
func (s *scanner) belongs(i int) bool {
	if i == 0 || s.tokens[i].hint&hintOther == 0 || s.tokens[i-1].hint&hintIDs&^hintOther == 0 {
		return false
	}
	return strings.EqualFold(s.raw(i), "code") || strings.EqualFold(s.raw(i), "id")
}

// sentenceEnd returns by how much the gap between two tokens separates them.
func sentenceEnd(gap string) int {
	switch {
	case strings.Contains(gap, "\n\n"):
		return reachBefore
	case len(gap) > 1 && (gap[0] == '.' || gap[0] == '?' || gap[0] == '!'):
		return sentenceGap
	case len(gap) > 0 && (gap[0] == ';' || gap[0] == '\n'):
		return 1
	}
	return 0
}

// add keeps the list in order of distance.
func (l *labels) add(h hint, distance int) {
	if h == 0 {
		return
	}
	i := l.n
	if l.n < maxLabels {
		l.n++
	} else if i--; l.list[i].distance <= distance {
		return
	}
	for i > 0 && l.list[i-1].distance > distance {
		l.list[i] = l.list[i-1]
		i--
	}
	l.list[i] = label{h, distance}
}

// near says whether one of the labels is among the words so near.
func (l *labels) near(h hint, distance int) bool {
	for _, found := range l.list[:l.n] {
		if found.hint&h != 0 && found.distance <= distance {
			return true
		}
	}
	return false
}

// has says whether one of the labels is there at all.
func (l *labels) has(h hint) bool { return l.near(h, reachBefore+sentenceGap) }

// nearest returns the hints of the nearest label.
func (l *labels) nearest() hint {
	if l.n == 0 {
		return 0
	}
	return l.list[0].hint
}
