package wordmodel

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Drawn is a sentence and the label of the line that it was drawn from.
type Drawn struct{ Label, Text string }

// Sentences draws sentences from the lines of a text: a label and a pattern, in
// which {a|b} are alternatives and {NAME} stands for those of an earlier line
// "let NAME: a|b". So a line stands for many sentences. A pattern is drawn from
// so many times, or so often for each alternative of its longest list if that is
// more; no sentence of a line comes twice.
func Sentences(text string, times, each int, random *rand.Rand) ([]Drawn, error) {
	g := grammar{lists: map[string][]string{}, random: random}
	var list []Drawn
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		label, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || label == "#":
			continue
		case label == "let":
			name, choices, ok := strings.Cut(rest, ":")
			if !ok {
				return nil, fmt.Errorf("%q has no colon", line)
			}
			g.lists[name] = alternatives(strings.TrimPrefix(choices, " "))
			continue
		}
		seen := map[string]bool{}
		for range max(times, each*g.longest(rest)) {
			sentence, err := g.draw(rest, 0)
			if err != nil {
				return nil, fmt.Errorf("%q: %w", line, err)
			}
			sentence = strings.TrimSpace(sentence)
			if !seen[sentence] {
				seen[sentence] = true
				list = append(list, Drawn{label, sentence})
			}
		}
	}
	return list, nil
}

type grammar struct {
	lists  map[string][]string
	random *rand.Rand
}

// longest returns the length of the longest list that a pattern names.
func (g *grammar) longest(pattern string) int {
	longest := 0
	for _, name := range strings.FieldsFunc(pattern, func(r rune) bool { return r == '{' || r == '}' || r == '|' }) {
		longest = max(longest, len(g.lists[name]))
	}
	return longest
}

// maxNesting bounds alternatives within alternatives.
const maxNesting = 8

// draw replaces each group of a pattern by one of its alternatives.
func (g *grammar) draw(pattern string, depth int) (string, error) {
	if depth > maxNesting {
		return "", fmt.Errorf("alternatives are nested deeper than %d", maxNesting)
	}
	var b strings.Builder
	for {
		before, rest, open := strings.Cut(pattern, "{")
		b.WriteString(before)
		if !open {
			return b.String(), nil
		}
		end := closing(rest)
		if end < 0 {
			return "", fmt.Errorf("a group isn't closed: {%s", rest)
		}
		drawn, err := g.choose(rest[:end], depth)
		if err != nil {
			return "", err
		}
		b.WriteString(drawn)
		pattern = rest[end+1:]
	}
}

// choose draws one alternative of a group. A name in it, also one of several
// alternatives, stands for its list.
func (g *grammar) choose(group string, depth int) (string, error) {
	choices := alternatives(group)
	choice := choices[g.random.IntN(len(choices))]
	if list, ok := g.lists[choice]; ok {
		choice = list[g.random.IntN(len(list))]
	}
	return g.draw(choice, depth+1)
}

// closing is where the group ends that a text is inside of.
func closing(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}

// alternatives splits a text at the bars that are in no group of it.
func alternatives(text string) []string {
	var list []string
	start, depth := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '{':
			depth++
		case '}':
			depth--
		case '|':
			if depth == 0 {
				list = append(list, text[start:i])
				start = i + 1
			}
		}
	}
	return append(list, text[start:])
}
