package guardrails

import (
	"context"
	"slices"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/attack"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/policy"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/safety"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
)

// judge runs the checks that a request asks for. It fails when ctx ends before
// the policy's own patterns have run.
func judge(ctx context.Context, p *policy.Policy, r Request) (Verdict, error) {
	v := Verdict{
		IsSafe: true, MaskedText: r.Text, PolicyVersion: p.Version, InjectionAction: string(policy.Allow),
		SafetyViolations: []Violation{}, PIIMatches: []Match{},
	}
	if r.CheckPII {
		found, err := p.PII(ctx, r.Text, pii.Find(r.Text))
		if err != nil {
			return Verdict{}, err
		}
		v.PIIMatches, v.MaskedText, v.HasPII = matches(r.Text, found), pii.Mask(r.Text, found), len(found) > 0
	}
	if !r.CheckSafety && !r.CheckInjection {
		return v, nil
	}
	views := textview.Of(r.Text)
	if rest := p.WithoutAllowed(r.Text, views[0]); len(rest) != len(r.Text) {
		views = textview.Of(rest)
	}
	output := r.Direction == Output
	if r.CheckSafety {
		denied, err := p.Denied(ctx, views, output)
		if err != nil {
			return Verdict{}, err
		}
		v.violations(p, safety.Find(views, p.Limit), denied, output)
	}
	if r.CheckInjection {
		v.InjectionScore, _ = attack.Score(views)
		v.IsInjection = v.InjectionScore >= p.Injection.Threshold
		if v.IsInjection {
			v.InjectionAction = string(p.Injection.For(output))
		}
	}
	return v, nil
}

// violations notes what was found and what follows from it.
func (v *Verdict) violations(p *policy.Policy, found []safety.Finding, denied []policy.Denied, output bool) {
	for _, f := range found {
		v.SafetyViolations = append(v.SafetyViolations, Violation{string(f.Category), string(f.Severity), f.Score, string(p.Action(f, output))})
	}
	for _, d := range denied {
		violation := Violation{d.Category, string(d.Severity), 1, string(d.Action)}
		at := slices.IndexFunc(v.SafetyViolations, func(o Violation) bool { return o.Category == d.Category })
		if at >= 0 {
			v.SafetyViolations[at] = violation // the company's own word is the surer one
		} else {
			v.SafetyViolations = append(v.SafetyViolations, violation)
		}
	}
	v.settle()
}

// matches gives found pieces their code-point offsets.
func matches(text string, found []pii.Match) []Match {
	list := make([]Match, 0, len(found))
	at, points := 0, 0
	for _, m := range found {
		points += utf8.RuneCountInString(text[at:m.Start])
		length := utf8.RuneCountInString(text[m.Start:m.End])
		list = append(list, Match{PIIType: m.Type, Start: points, End: points + length, MaskedValue: m.Masked, Confidence: m.Confidence})
		points += length
		at = m.End
	}
	return list
}

// MaskLog replaces the personal data in a text that is about to be logged. It
// leaves out names and addresses: what is logged are our own words, among which
// the names of things would be taken for people.
func (s *Service) MaskLog(text string) string {
	if !mayHold(text) {
		return text
	}
	found := pii.Find(text)
	kept := found[:0]
	for _, m := range found {
		if m.Type != pii.Person && m.Type != pii.Address {
			kept = append(kept, m)
		}
	}
	return pii.Mask(text, kept)
}

// mayHold is a cheap look at what personal data in a log line needs: some digits,
// an @, a colon, or anything beyond ASCII.
func mayHold(text string) bool {
	digits := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			if digits++; digits == fewDigits {
				return true
			}
		case c == '@' || c == ':' || c >= utf8.RuneSelf:
			return true
		}
	}
	return false
}

// fewDigits is how many the shortest number has that is personal: 8.8.8.8.
const fewDigits = 4
