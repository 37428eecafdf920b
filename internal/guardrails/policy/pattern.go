package policy

import (
	"cmp"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
)

// pattern is a regular expression of the company's own.
type pattern struct {
	regex *regexp.Regexp
	// literal is a text without which the expression matches nothing; empty when
	// there is none.
	literal string
	kind    string // of personal data
	last4   bool
	denial  denial
}

// hidden masks a value of which no part may be shown; minShown is the length
// from which the last four characters may be.
const (
	hidden   = "****"
	minShown = 8
)

func (p pattern) match(text string, start, end int) pii.Match {
	value := text[start:end]
	m := pii.Match{Type: p.kind, Start: start, End: end, Value: value, Masked: hidden, Confidence: 1}
	if runes := []rune(value); p.last4 && len(runes) >= minShown {
		m.Masked += string(runes[len(runes)-4:])
	}
	return m
}

func (c *compiler) patterns(list []patternFile) {
	if len(list) > maxPatterns {
		c.fault("patterns: at most %d", maxPatterns)
		return
	}
	for _, f := range list {
		where := "patterns: " + cmp.Or(f.Name, f.Regex)
		if len(where) > 60 {
			where = where[:60] + "…"
		}
		switch {
		case (f.PIIType == "") == (f.Category == ""):
			c.fault("%s: want either a pii_type or a category", where)
		case f.PIIType != "":
			c.personal(where, f)
		default:
			p, ok := c.expression(where, f.Regex, syntax.Perl|syntax.FoldCase)
			p.denial = c.denial(where, f.Category, f.Severity, f.Input, f.Output)
			if f.Mask != "" {
				c.fault("%s: mask is for personal data", where)
			}
			if ok {
				c.p.unsafe = append(c.p.unsafe, p)
			}
		}
	}
}

func (c *compiler) personal(where string, f patternFile) {
	p, ok := c.expression(where, f.Regex, syntax.Perl)
	p.kind, p.last4 = f.PIIType, f.Mask == "last4"
	if !typeForm.MatchString(f.PIIType) {
		c.fault("%s: the pii_type %q must be 2 to 40 capital letters and '_'", where, f.PIIType)
	}
	if f.Mask != "" && f.Mask != "last4" && f.Mask != "all" {
		c.fault("%s: the mask %q is not one of all, last4", where, f.Mask)
	}
	if f.Severity != "" || f.Input != "" || f.Output != "" {
		c.fault("%s: severity, input and output are for unsafe content", where)
	}
	if ok {
		c.p.personal = append(c.p.personal, p)
	}
}

// expression compiles a regular expression that is small enough.
func (c *compiler) expression(where, source string, flags syntax.Flags) (p pattern, ok bool) {
	if source == "" || len(source) > maxRegex {
		c.fault("%s: the regex must have 1 to %d bytes", where, maxRegex)
		return p, false
	}
	tree, err := syntax.Parse(source, flags)
	if err != nil {
		c.fault("%s: %v", where, err)
		return p, false
	}
	tree = tree.Simplify()
	program, err := syntax.Compile(tree)
	if err != nil || len(program.Inst) > maxProgram {
		c.fault("%s: the regex is too large: use fewer or smaller repetitions", where)
		return p, false
	}
	if flags&syntax.FoldCase != 0 {
		source = "(?i)" + source
	}
	if p.regex, err = regexp.Compile(source); err != nil {
		c.fault("%s: %v", where, err)
		return p, false
	}
	if p.regex.MatchString("") {
		c.fault("%s: the regex matches nothing at all, and so every text", where)
		return p, false
	}
	p.literal = required(tree, flags&syntax.FoldCase != 0)
	return p, true
}

// required returns the longest text that an expression can't match without.
// folded says that it will be looked for in a text in small letters.
func required(tree *syntax.Regexp, folded bool) string {
	longest := ""
	switch tree.Op {
	case syntax.OpLiteral:
		text := string(tree.Rune)
		switch {
		case tree.Flags&syntax.FoldCase == 0:
			return text
		case folded && ascii(text):
			return strings.ToLower(text)
		}
	case syntax.OpCapture, syntax.OpPlus:
		return required(tree.Sub[0], folded)
	case syntax.OpRepeat:
		if tree.Min > 0 {
			return required(tree.Sub[0], folded)
		}
	case syntax.OpConcat:
		for _, sub := range tree.Sub {
			if r := required(sub, folded); len(r) > len(longest) {
				longest = r
			}
		}
	}
	return longest
}

// ascii says whether case in a text is only that of a to z. K and S have other
// forms beyond ASCII, which the views of a text don't have any more.
func ascii(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r >= 0x80 })
}
