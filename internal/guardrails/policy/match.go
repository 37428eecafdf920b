package policy

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/phrases"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/safety"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
)

// WithoutAllowed returns a text without its allowed phrases. plain is the plain
// view of the text.
func (p *Policy) WithoutAllowed(text string, plain textview.View) string {
	if p.allowed == nil {
		return text
	}
	for _, hit := range wholeWords(p.allowed, plain.Text) {
		text = cut(text, p.allowedWords[hit.Tag])
	}
	return text
}

// cut removes what an expression finds, where it stands as whole words.
func cut(text string, words *regexp.Regexp) string {
	var b strings.Builder
	at := 0
	for _, m := range words.FindAllStringIndex(text, -1) {
		if letterBefore(text, m[0]) || letterAt(text, m[1]) {
			continue
		}
		b.WriteString(text[at:m[0]])
		b.WriteString(" ")
		at = m[1]
	}
	b.WriteString(text[at:])
	return b.String()
}

// wholeWords finds phrases that no letter touches, each only once. A phrase may go
// over the end of a line.
func wholeWords(set *phrases.Set, text string) []phrases.Hit {
	text = strings.ReplaceAll(text, "\n", " ")
	var found []phrases.Hit
	for _, hit := range set.Find(text, nil) {
		known := slices.ContainsFunc(found, func(h phrases.Hit) bool { return h.Tag == hit.Tag })
		if !known && !letterBefore(text, hit.Start) && !letterAt(text, hit.End) {
			found = append(found, hit)
		}
	}
	return found
}

// Denied is a finding of the policy's own.
type Denied struct {
	Category string
	Severity safety.Severity
	Action   Action
}

// Denied returns what the denied phrases and the patterns find in the views of a
// text, at most one finding a category. It ends early, with ctx's error, when
// ctx does.
func (p *Policy) Denied(ctx context.Context, views []textview.View, output bool) ([]Denied, error) {
	if p.denied == nil && p.unsafe == nil {
		return nil, nil
	}
	var list []Denied
	add := func(d denial) {
		next := Denied{d.category, d.severity, d.rule.For(output)}
		at := slices.IndexFunc(list, func(o Denied) bool { return o.Category == next.Category })
		switch {
		case at < 0:
			list = append(list, next)
		case next.Action.rank() > list[at].Action.rank():
			list[at] = next
		}
	}
	for _, v := range views {
		if p.denied != nil {
			for _, hit := range wholeWords(p.denied, v.Text) {
				add(p.denials[hit.Tag])
			}
		}
		for _, u := range p.unsafe {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if strings.Contains(v.Text, u.literal) && u.regex.MatchString(v.Text) {
				add(u.denial)
			}
		}
	}
	return list, nil
}

// HasPatterns says whether the policy has expressions of its own, whose time grows
// with their number.
func (p *Policy) HasPatterns() bool { return len(p.personal)+len(p.unsafe) > 0 }

func (a Action) rank() int { return slices.Index([]Action{Allow, Flag, Block, Handoff}, a) }

// PII turns what the detectors found in a text into what the policy reports:
// without what it ignores, and with what its own patterns find. Like the
// detectors' matches they are in order and don't overlap.
func (p *Policy) PII(ctx context.Context, text string, found []pii.Match) ([]pii.Match, error) {
	if len(p.ignored) > 0 || len(p.ownValues) > 0 || p.minConfidence > 0 {
		found = slices.DeleteFunc(found, func(m pii.Match) bool {
			return p.ignored[m.Type] || m.Confidence < p.minConfidence ||
				len(p.ownValues) > 0 && (p.ownValues[comparable(m.Value)] || p.ownValues[comparable(text[m.Start:m.End])])
		})
	}
	for _, own := range p.personal {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !strings.Contains(text, own.literal) {
			continue
		}
		for _, at := range own.regex.FindAllStringIndex(text, -1) {
			if at[0] < at[1] {
				found = append(found, own.match(text, at[0], at[1]))
			}
		}
	}
	if len(p.personal) == 0 {
		return found, nil
	}
	return joined(text, found), nil
}

// joined puts matches in order and makes one of those that overlap: all that any
// of them covers is hidden.
func joined(text string, found []pii.Match) []pii.Match {
	slices.SortStableFunc(found, func(a, b pii.Match) int { return a.Start - b.Start })
	list := found[:0]
	for _, m := range found {
		if len(list) == 0 || m.Start >= list[len(list)-1].End {
			list = append(list, m)
			continue
		}
		last := &list[len(list)-1]
		switch {
		case m.End <= last.End: // within it
		case m.Start == last.Start: // around it
			*last = m
		default:
			last.End = m.End
			last.Value, last.Masked = text[last.Start:last.End], hidden
		}
	}
	return list
}
