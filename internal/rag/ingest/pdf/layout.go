package pdf

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const (
	// boldWeight is from where a font counts as bold.
	boldWeight = 600
	// largerThanText is how much larger than most of the text a heading is.
	largerThanText = 1.15
	// longestHeading is the length in bytes from which a large line is text.
	longestHeading = 110
)

// line is a line of text, or a part of one in a single font. Positions are points,
// counted from the bottom left of the page.
type line struct {
	text                     string
	left, right, top, bottom float64
	size                     float64 // of the font, in points
	bold                     bool
}

// appendRun adds a run of text to the line that it continues, or as a line of its
// own.
func appendRun(lines []line, run line) []line {
	run.text = clean(run.text)
	if strings.TrimSpace(run.text) == "" {
		return lines
	}
	if n := len(lines); n > 0 && lines[n-1].continues(run) {
		lines[n-1].join(run)
		return lines
	}
	return append(lines, run)
}

// continues says whether a run stands right of a line, at its height.
func (l line) continues(run line) bool {
	within := func(a, b line) bool { middle := (a.top + a.bottom) / 2; return middle <= b.top && middle >= b.bottom }
	return (within(l, run) || within(run, l)) && run.left >= l.right-math.Max(l.size, run.size)/2
}

func (l *line) join(run line) {
	size := math.Max(l.size, run.size)
	switch gap := run.left - l.right; {
	case gap > 2*size: // another column
		l.text = strings.TrimRight(l.text, " ") + " | "
	case gap > size/8 && !strings.HasSuffix(l.text, " ") && !strings.HasPrefix(run.text, " "):
		l.text += " "
	}
	if len(run.text) > len(l.text) { // most of the line decides what it looks like
		l.size, l.bold = run.size, run.bold
	}
	l.text += run.text
	l.right, l.top, l.bottom = run.right, math.Max(l.top, run.top), math.Min(l.bottom, run.bottom)
}

// hyphen is what PDFium puts where a word was divided at the end of a line.
const hyphen = "\ufffe"

// clean drops what isn't text.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u0002' || r == '\u00ad':
			return []rune(hyphen)[0]
		case r == '\t' || r == '\n' || r == '\r' || unicode.Is(unicode.Zs, r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
}

// compose writes the lines of all pages as Markdown: larger lines are headings,
// lines close together a paragraph, and what is repeated on every page is left out.
func compose(pages [][]line) string {
	var all []line
	for _, p := range withoutRepeated(pages) {
		all = append(all, p...)
	}
	text := textSize(all)
	levels := headingLevels(all, text)
	w := writer{}
	for i, l := range all {
		level := 0
		if l.isHeading(text) {
			level = levels[round(l.size)]
		}
		near := i > 0 && all[i-1].top > l.top && all[i-1].bottom-l.top < 0.8*math.Max(l.size, all[i-1].size)
		w.line(strings.TrimSpace(l.text), level, near)
	}
	return strings.TrimSpace(strings.ReplaceAll(w.b.String(), hyphen, ""))
}

type writer struct {
	b     strings.Builder
	level int  // of the line before; 0 for text
	open  bool // the line before ended in a divided word
}

var bullet = regexp.MustCompile(`^[•▪◦●○■‣–·*-] +`)

// line writes one line. near says that it stands right below the one before.
func (w *writer) line(text string, level int, near bool) {
	divided := strings.HasSuffix(text, hyphen)
	text = strings.ReplaceAll(text, hyphen, "")
	switch {
	case w.open:
	case level > 0 && near && level == w.level:
		w.b.WriteString(" ")
	case level > 0:
		w.b.WriteString("\n\n" + strings.Repeat("#", level) + " ")
	case near && w.level == 0:
		w.b.WriteString("\n")
	default:
		w.b.WriteString("\n\n")
	}
	if level == 0 && !w.open {
		text = bullet.ReplaceAllString(text, "- ")
	}
	w.b.WriteString(text)
	w.level, w.open = level, divided
}

// isHeading says whether a line looks like one, given the size of the text.
func (l line) isHeading(text float64) bool {
	if len(l.text) > longestHeading || !strings.ContainsFunc(l.text, unicode.IsLetter) {
		return false
	}
	return l.size >= largerThanText*text || l.bold && l.size >= 1.05*text
}

func round(size float64) int { return int(math.Round(2 * size)) }

// textSize is the size of most of the text.
func textSize(lines []line) float64 {
	sizes := map[int]int{}
	best := 0
	for _, l := range lines {
		sizes[round(l.size)] += len(l.text)
	}
	for size, n := range sizes {
		if n > sizes[best] || n == sizes[best] && size < best {
			best = size
		}
	}
	return float64(best) / 2
}

// headingLevels gives the sizes of headings their levels, the largest the first.
func headingLevels(lines []line, text float64) map[int]int {
	var sizes []int
	for _, l := range lines {
		if l.isHeading(text) {
			sizes = append(sizes, round(l.size))
		}
	}
	slices.Sort(sizes)
	sizes = slices.Compact(sizes)
	slices.Reverse(sizes)
	levels := map[int]int{}
	for i, size := range sizes {
		levels[size] = min(i+1, 4)
	}
	return levels
}

var digits = regexp.MustCompile(`\d+`)

// edge is how many lines at the top and the bottom of a page may be repeated on
// others: running titles and page numbers.
const edge = 2

// withoutRepeated leaves out the first and last lines that most pages have in
// common but for their numbers.
func withoutRepeated(pages [][]line) [][]line {
	if len(pages) < 3 {
		return pages
	}
	seen := map[string]int{}
	form := func(l line) string { return digits.ReplaceAllString(strings.TrimSpace(l.text), "0") }
	for _, p := range pages {
		onPage := map[string]bool{}
		for i, l := range p {
			if i < edge || i >= len(p)-edge {
				onPage[form(l)] = true
			}
		}
		for f := range onPage {
			seen[f]++
		}
	}
	kept := make([][]line, len(pages))
	for n, p := range pages {
		for i, l := range p {
			if (i < edge || i >= len(p)-edge) && 2*seen[form(l)] > len(pages) {
				continue
			}
			kept[n] = append(kept[n], l)
		}
	}
	return kept
}
