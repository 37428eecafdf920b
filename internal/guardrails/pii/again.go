package pii

import "strings"

// findAgain takes every other mention of what was found: the word that explains
// a value often stands beside only one of its mentions.
func (s *scanner) findAgain() {
	if len(s.found) == 0 {
		return
	}
	m := mentions{words: map[string][]int{}, numbers: map[string]int{}}
	for i, f := range s.found {
		m.learn(s, i, f)
	}
	for i := 0; i < len(s.tokens); i++ {
		if s.tokens[i].taken {
			continue
		}
		if s.tokens[i].kind != word {
			s.numberAgain(&m, i)
		}
		if !s.tokens[i].taken {
			s.wordsAgain(&m, i)
		}
	}
	s.coverDomains(&m)
}

// mentions indexes what was found.
type mentions struct {
	words   map[string][]int // first word, in lower case, to finds
	numbers map[string]int   // digits to a find
	lengths [maxAccount + 3]bool
}

// maxSameStart is how many finds that begin with the same word are looked for.
const maxSameStart = 4

func (m *mentions) learn(s *scanner, i int, f find) {
	if n := len(f.value); n >= minNumber && n < len(m.lengths) && digitsOf(f.value) == f.value {
		m.numbers[f.value] = i
		m.lengths[n] = true
	}
	first := firstWord(strings.ToLower(s.text[f.start:f.end]))
	if list := m.words[first]; first != "" && len(list) < maxSameStart {
		m.words[first] = append(list, i)
	}
}

// firstWord returns the first run of letters and digits.
func firstWord(text string) string {
	start := 0
	for start < len(text) && classes[text[start]] == classSign {
		start++
	}
	end := start
	for end < len(text) && classes[text[end]] != classSign {
		end++
	}
	return text[start:end]
}

// wordsAgain takes a mention in the same letters, whatever their case, that
// begins with token i.
func (s *scanner) wordsAgain(m *mentions, i int) {
	list := m.words[strings.ToLower(s.raw(i))]
	for _, k := range list {
		f := s.found[k]
		shift := strings.Index(s.text[f.start:f.end], firstWord(s.text[f.start:f.end]))
		start := s.tokens[i].start - shift
		end := start + f.end - f.start
		if start < 0 || end > len(s.text) || !strings.EqualFold(s.text[start:end], s.text[f.start:f.end]) {
			continue
		}
		if f.kind == Person && s.tokens[i].hint&hintWord != 0 && s.text[start:end] != s.text[f.start:f.end] {
			continue // Mark is a name, mark is not
		}
		last := s.tokenAt(i, end-1)
		if last >= len(s.tokens) || s.tokens[last].start >= end {
			last--
		}
		if s.tokens[last].end <= end && s.free(i, last+1) {
			s.takeBytes(f.kind, start, end, i, last+1, f.value, f.masked, f.confidence)
			return
		}
	}
}

// numberAgain takes a mention in the same digits, whatever stands between them,
// that begins with token i; or one inside of a longer token.
func (s *scanner) numberAgain(m *mentions, i int) {
	if len(m.numbers) == 0 {
		return
	}
	if k, ok := m.inside(s.raw(i)); ok {
		s.again(k, i, i+1)
		return
	}
	var buf [len(m.lengths)]byte
	n := 0
	for j := i; j < len(s.tokens) && j < i+len(buf) && s.tokens[j].kind == number && !s.tokens[j].taken; j++ {
		if j > i && !groupGap(s.gap(j)) || n+len(s.raw(j)) >= len(buf) {
			return
		}
		n += copy(buf[n:], s.raw(j))
		if !m.lengths[n] {
			continue
		}
		if k, ok := m.numbers[string(buf[:n])]; ok {
			s.again(k, i, j+1)
			return
		}
	}
}

func (s *scanner) again(k, first, last int) {
	f := s.found[k]
	s.take(f.kind, first, last, f.value, f.masked, f.confidence)
}

// inside finds a known number among the digits of a token that is longer.
func (m *mentions) inside(token string) (int, bool) {
	for n, known := range m.lengths {
		if !known {
			continue
		}
		for at := 0; at+n <= len(token); at++ {
			if k, ok := m.numbers[token[at:at+n]]; ok {
				return k, true
			}
		}
	}
	return 0, false
}

// coverDomains hides the domain of an e-mail address when it holds a word that
// was found elsewhere.
func (s *scanner) coverDomains(m *mentions) {
	for i := range s.found {
		f := &s.found[i]
		if f.kind != Email {
			continue
		}
		_, domain, _ := strings.Cut(f.value, "@")
		for w := range strings.FieldsFuncSeq(domain, func(r rune) bool { return r == '.' || r == '-' }) {
			for _, k := range m.words[w] {
				if s.found[k].kind != Email {
					f.masked = hidden
				}
			}
		}
	}
}
