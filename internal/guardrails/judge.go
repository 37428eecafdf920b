package guardrails

import (
	"strings"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/attack"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/safety"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
)

// judge runs the checks that a request asks for.
func judge(r Request) Verdict {
	v := Verdict{
		IsSafe: true, MaskedText: r.Text, PolicyVersion: policyVersion,
		SafetyViolations: []Violation{}, PIIMatches: []Match{},
	}
	if r.CheckPII {
		found := pii.Find(r.Text)
		v.PIIMatches, v.MaskedText, v.HasPII = matches(r.Text, found), pii.Mask(r.Text, found), len(found) > 0
	}
	if !r.CheckSafety && !r.CheckInjection {
		return v
	}
	views := textview.Of(r.Text)
	if r.CheckSafety {
		v.SafetyViolations = violations(safety.Find(views))
		for _, violation := range v.SafetyViolations {
			v.IsSafe = v.IsSafe && violation.Action != "block" && violation.Action != "handoff"
		}
	}
	if r.CheckInjection {
		v.InjectionScore, _ = attack.Score(views)
		v.IsInjection = v.InjectionScore >= attack.Threshold
	}
	return v
}

// violations says what follows from findings. Who speaks of harming themselves
// gets help; of the rest, what is not sure is only noted.
func violations(found []safety.Finding) []Violation {
	list := make([]Violation, 0, len(found))
	for _, f := range found {
		action := "block"
		switch {
		case f.Category == safety.SelfHarm && f.Severity != safety.Low:
			action = "handoff"
		case f.Severity == safety.Low:
			action = "flag"
		}
		list = append(list, Violation{Category: string(f.Category), Severity: string(f.Severity), Score: f.Score, Action: action})
	}
	return list
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

// mayHold is a cheap look at what personal data in a log line needs: a digit, an
// @, or anything beyond ASCII.
func mayHold(text string) bool {
	return strings.ContainsAny(text, "0123456789@") || strings.Contains(text, "://") || strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
}
