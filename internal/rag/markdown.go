package rag

import (
	"regexp"
	"strings"
)

// kind is what a block of Markdown is, as far as it matters for cutting.
type kind int

const (
	paragraph kind = iota
	list
	table
	code
)

// block is a part of a section that belongs together.
type block struct {
	kind  kind
	lines []string
}

func (b block) text() string { return strings.Trim(strings.Join(b.lines, "\n"), "\n") }

// section is a heading, those above it, and what follows up to the next one.
type section struct {
	above   []string
	heading string
	blocks  []block
}

// maxHeading is the length in bytes from which a line that begins like a heading
// is taken for text.
const maxHeading = 120

var (
	fenceLine     = regexp.MustCompile("^ {0,3}(`{3,}|~{3,})")
	itemLine      = regexp.MustCompile(`^[ \t]*([-*+]|\d{1,9}[.)])[ \t]`)
	delimiterLine = regexp.MustCompile(`^[ \t]*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$`)
	breakLine     = regexp.MustCompile(`^ {0,3}(-[ \t]*){3,}$|^ {0,3}(\*[ \t]*){3,}$|^ {0,3}(_[ \t]*){3,}$`)
)

// sections divides Markdown at its headings, and each section into blocks. It
// knows as much of Markdown as cutting needs: headings, lists, tables and code.
func sections(content string) []section {
	p := parser{lines: strings.Split(strings.ReplaceAll(content, "\r\n", "\n"), "\n"), sections: []section{{}}}
	for p.at < len(p.lines) {
		p.step()
	}
	return p.sections
}

type parser struct {
	lines    []string
	at       int
	sections []section
	outline  [7]string // the open heading of each level
}

// step reads one heading, blank line or block.
func (p *parser) step() {
	line := p.lines[p.at]
	level, title := heading(line)
	switch {
	case level > 0:
		p.at++
		p.open(level, title)
	case isBlank(line) || breakLine.MatchString(line):
		p.at++
	case fenceLine.MatchString(line):
		p.fence()
	case p.isTable():
		p.add(table, p.while(func(line string) bool { return strings.Contains(line, "|") }))
	case isItem(line):
		p.list()
	default:
		p.paragraph()
	}
}

func (p *parser) open(level int, title string) {
	s := section{heading: title}
	for _, above := range p.outline[:level] {
		if above != "" {
			s.above = append(s.above, above)
		}
	}
	clear(p.outline[level:])
	p.outline[level] = title
	p.sections = append(p.sections, s)
}

func (p *parser) add(k kind, lines []string) {
	s := &p.sections[len(p.sections)-1]
	s.blocks = append(s.blocks, block{k, lines})
}

// while takes the present line and those after it that are like it.
func (p *parser) while(like func(line string) bool) []string {
	start := p.at
	for p.at++; p.at < len(p.lines) && like(p.lines[p.at]); p.at++ {
	}
	return p.lines[start:p.at:p.at]
}

// fence takes a piece of code up to the line that closes it.
func (p *parser) fence() {
	mark := fenceLine.FindStringSubmatch(p.lines[p.at])[1]
	lines := p.while(func(line string) bool {
		line = strings.TrimSpace(line)
		return len(line) < len(mark) || strings.Trim(line, mark[:1]) != ""
	})
	if p.at < len(p.lines) {
		lines = append(lines, p.lines[p.at])
		p.at++
	}
	p.add(code, lines)
}

// isTable says whether a table begins here: a row in bars, or the line above a
// table's delimiters.
func (p *parser) isTable() bool {
	line := p.lines[p.at]
	if !strings.Contains(line, "|") {
		return false
	}
	return strings.HasPrefix(strings.TrimSpace(line), "|") ||
		p.at+1 < len(p.lines) && isDelimiterRow(p.lines[p.at+1]) && strings.Contains(p.lines[p.at+1], "|")
}

// list takes a list with what is indented in it, also where blank lines stand
// between its items.
func (p *parser) list() {
	lines := p.while(func(line string) bool {
		if level, _ := heading(line); level > 0 {
			return false
		}
		if !isBlank(line) {
			return isItem(line) || indent(line) > 1 || !isBlank(p.lines[p.at-1])
		}
		if isBlank(p.lines[p.at-1]) { // decided at the first blank line
			return true
		}
		for _, next := range p.lines[p.at:] {
			if !isBlank(next) {
				return isItem(next) || indent(next) > 1
			}
		}
		return false
	})
	p.add(list, lines)
}

// paragraph takes lines up to a blank one or another block. One line with a line
// of equals signs or hyphens below it is a heading.
func (p *parser) paragraph() {
	if p.at+1 < len(p.lines) && len(p.lines[p.at]) <= maxHeading {
		if level := underline(p.lines[p.at+1]); level > 0 {
			p.open(level, strings.TrimSpace(p.lines[p.at]))
			p.at += 2
			return
		}
	}
	p.add(paragraph, p.while(func(line string) bool {
		level, _ := heading(line)
		return level == 0 && !isBlank(line) && !fenceLine.MatchString(line) && !isItem(line) && !breakLine.MatchString(line) && !p.isTable()
	}))
}

func underline(line string) (level int) {
	line = strings.TrimSpace(line)
	switch {
	case line == "":
		return 0
	case strings.Trim(line, "=") == "":
		return 1
	case strings.Trim(line, "-") == "":
		return 2
	}
	return 0
}

// heading reads "## Title" and returns level 0 for any other line.
func heading(line string) (level int, title string) {
	line = strings.TrimRight(line, " \t")
	title = strings.TrimLeft(line, "#")
	level = len(line) - len(title)
	if level == 0 || level > 6 || !strings.HasPrefix(title, " ") && !strings.HasPrefix(title, "\t") || len(title) > maxHeading {
		return 0, ""
	}
	if title = strings.TrimSpace(strings.TrimRight(title, "#")); title == "" {
		return 0, ""
	}
	return level, title
}

func isItem(line string) bool { return itemLine.MatchString(line) && !breakLine.MatchString(line) }

func isDelimiterRow(line string) bool { return delimiterLine.MatchString(line) }

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }
