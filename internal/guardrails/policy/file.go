package policy

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/phrases"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/safety"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
)

// Bounds of a policy file: they bound the time of a check as well.
const (
	maxFile     = 1 << 20
	maxPhrases  = 2000 // allowed, and denied
	maxPhrase   = 200  // bytes
	minPhrase   = 3    // bytes, once folded
	maxPatterns = 32
	maxRegex    = 1000 // bytes
	// maxProgram bounds a compiled expression, in instructions: matching takes
	// at most that many steps for a character.
	maxProgram = 500
	// minThreshold keeps a typing error from blocking everything.
	minThreshold = 0.05
)

// file is a policy as it is written.
type file struct {
	Version   string                       `yaml:"version"`
	Safety    map[safety.Category]ruleFile `yaml:"safety"`
	Injection ruleFile                     `yaml:"injection"`
	PII       piiFile                      `yaml:"pii"`
	Allow     []string                     `yaml:"allow"`
	Deny      []denyFile                   `yaml:"deny"`
	Patterns  []patternFile                `yaml:"patterns"`
}

type ruleFile struct {
	Threshold *float64 `yaml:"threshold"`
	Input     Action   `yaml:"input"`
	Output    Action   `yaml:"output"`
}

type piiFile struct {
	MinConfidence *float64 `yaml:"min_confidence"`
	Ignore        []string `yaml:"ignore"`
	AllowValues   []string `yaml:"allow_values"`
}

type denyFile struct {
	Phrase   string          `yaml:"phrase"`
	Category string          `yaml:"category"`
	Severity safety.Severity `yaml:"severity"`
	Input    Action          `yaml:"input"`
	Output   Action          `yaml:"output"`
}

type patternFile struct {
	Name     string          `yaml:"name"`
	Regex    string          `yaml:"regex"`
	PIIType  string          `yaml:"pii_type"`
	Mask     string          `yaml:"mask"`
	Category string          `yaml:"category"`
	Severity safety.Severity `yaml:"severity"`
	Input    Action          `yaml:"input"`
	Output   Action          `yaml:"output"`
}

// inherit fills what a file leaves out from the one below it.
func (f *file) inherit(below file) {
	f.Injection = f.Injection.over(below.Injection)
	if f.Safety == nil {
		f.Safety = map[safety.Category]ruleFile{}
	}
	for category, rule := range below.Safety {
		f.Safety[category] = f.Safety[category].over(rule)
	}
	if f.PII.MinConfidence == nil {
		f.PII.MinConfidence = below.PII.MinConfidence
	}
}

func (r ruleFile) over(below ruleFile) ruleFile {
	if r.Threshold == nil {
		r.Threshold = below.Threshold
	}
	return ruleFile{r.Threshold, cmp.Or(r.Input, below.Input), cmp.Or(r.Output, below.Output)}
}

// compile checks everything and joins all faults into one error.
func (f file) compile() (*Policy, error) {
	c := compiler{p: &Policy{
		Version: f.Version, Safety: map[safety.Category]Rule{}, ignored: map[string]bool{}, ownValues: map[string]bool{},
	}}
	if !versionForm.MatchString(f.Version) {
		c.fault("version: want 1 to 64 letters, digits, '.', '_' and '-', such as 2026-03-01")
	}
	for _, category := range slices.Sorted(maps.Keys(f.Safety)) {
		if !slices.Contains(safety.Categories, category) {
			c.fault("safety: there is no category %q; there are %v", category, safety.Categories)
		}
		c.p.Safety[category] = c.rule("safety: "+string(category), f.Safety[category])
	}
	c.p.Injection = c.rule("injection", f.Injection)
	c.pii(f.PII)
	c.allow(f.Allow)
	c.deny(f.Deny)
	c.patterns(f.Patterns)
	return c.p, errors.Join(c.faults...)
}

var (
	versionForm  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)
	categoryForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	typeForm     = regexp.MustCompile(`^[A-Z][A-Z_]{0,38}[A-Z]$`)
)

// compiler makes a policy and collects the faults of its file.
type compiler struct {
	p      *Policy
	faults []error
}

func (c *compiler) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf(format, args...))
}

func (c *compiler) rule(where string, r ruleFile) Rule {
	rule := Rule{Threshold: safety.Threshold, Input: r.Input, Output: r.Output}
	if r.Threshold != nil {
		rule.Threshold = *r.Threshold
	}
	if !(rule.Threshold >= minThreshold && rule.Threshold <= 1) {
		c.fault("%s: the threshold %v must be from %v to 1", where, rule.Threshold, minThreshold)
	}
	c.action(where+": input", rule.Input)
	c.action(where+": output", rule.Output)
	return rule
}

func (c *compiler) action(where string, a Action) {
	if !slices.Contains([]Action{Allow, Flag, Block, Handoff}, a) {
		c.fault("%s: %q is not one of allow, flag, block, handoff", where, a)
	}
}

func (c *compiler) pii(f piiFile) {
	if f.MinConfidence != nil {
		c.p.minConfidence = *f.MinConfidence
	}
	if !(c.p.minConfidence >= 0 && c.p.minConfidence <= 1) {
		c.fault("pii: min_confidence %v must be from 0 to 1", c.p.minConfidence)
	}
	for _, kind := range f.Ignore {
		if !slices.Contains(pii.Types, kind) {
			c.fault("pii: ignore: there is no type %q; there are %s", kind, strings.Join(pii.Types, ", "))
		}
		c.p.ignored[kind] = true
	}
	if len(f.AllowValues) > maxPhrases {
		c.fault("pii: allow_values: at most %d", maxPhrases)
	}
	for _, value := range f.AllowValues {
		if comparable(value) == "" {
			c.fault("pii: allow_values: %q has neither letters nor digits", value)
		}
		c.p.ownValues[comparable(value)] = true
	}
}

// comparable is what two ways of writing one value have in common.
func comparable(value string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '@' {
			return unicode.ToLower(r)
		}
		return -1
	}, value)
}

// phrase folds a phrase and says whether it can be looked for.
func (c *compiler) phrase(where, text string) (string, bool) {
	folded := strings.Join(strings.Fields(textview.Fold(text)), " ")
	switch {
	case len(text) > maxPhrase:
		c.fault("%s: %.20q…: at most %d bytes", where, text, maxPhrase)
	case len(folded) < minPhrase:
		c.fault("%s: %q: at least %d characters", where, text, minPhrase)
	case !letterAt(folded, 0) || !letterBefore(folded, len(folded)):
		c.fault("%s: %q must begin and end with a letter or a digit", where, text)
	default:
		return folded, true
	}
	return "", false
}

func (c *compiler) allow(list []string) {
	if len(list) > maxPhrases {
		c.fault("allow: at most %d phrases", maxPhrases)
		return
	}
	for _, text := range list {
		folded, ok := c.phrase("allow", text)
		if !ok {
			continue
		}
		if c.p.allowed == nil {
			c.p.allowed = new(phrases.Set)
		}
		c.p.allowed.Add(len(c.p.allowedWords), folded)
		var words []string
		for _, word := range strings.Fields(text) {
			words = append(words, regexp.QuoteMeta(word))
		}
		c.p.allowedWords = append(c.p.allowedWords, regexp.MustCompile(`(?i)`+strings.Join(words, `\s+`)))
	}
}

func (c *compiler) deny(list []denyFile) {
	if len(list) > maxPhrases {
		c.fault("deny: at most %d phrases", maxPhrases)
		return
	}
	for _, d := range list {
		folded, ok := c.phrase("deny", d.Phrase)
		if !ok {
			continue
		}
		if c.p.denied == nil {
			c.p.denied = new(phrases.Set)
		}
		c.p.denied.Add(len(c.p.denials), folded)
		c.p.denials = append(c.p.denials, c.denial(fmt.Sprintf("deny: %q", d.Phrase), cmp.Or(d.Category, "denied"), d.Severity, d.Input, d.Output))
	}
}

// denial checks what a phrase or a pattern is found as.
func (c *compiler) denial(where, category string, severity safety.Severity, input, output Action) denial {
	d := denial{category: category, severity: cmp.Or(severity, safety.High), rule: Rule{Input: cmp.Or(input, Block), Output: cmp.Or(output, Block)}}
	if !categoryForm.MatchString(category) {
		c.fault("%s: the category %q must be 1 to 40 small letters, digits and '_'", where, category)
	}
	if !slices.Contains([]safety.Severity{safety.Low, safety.Medium, safety.High}, d.severity) {
		c.fault("%s: the severity %q is not one of low, medium, high", where, d.severity)
	}
	c.action(where+": input", d.rule.Input)
	c.action(where+": output", d.rule.Output)
	return d
}

// letterAt and letterBefore say whether a character that belongs to a word
// starts or ends at a byte of a text.
func letterAt(text string, at int) bool {
	r, _ := utf8.DecodeRuneInString(text[at:])
	return at < len(text) && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func letterBefore(text string, at int) bool {
	r, _ := utf8.DecodeLastRuneInString(text[:at])
	return at > 0 && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
