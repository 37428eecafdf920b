package guardrails

import (
	"context"
	"slices"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/policy"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/safety"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/textview"
)

// Opinion is a second judge of content, a slower one than the detectors.
type Opinion interface {
	// Unsafe returns the categories in which a text without personal data is
	// unsafe; none for a safe one.
	Unsafe(ctx context.Context, text string, byAssistant bool) ([]safety.Category, error)
}

const (
	// A text is a case for the second judge when its highest score is from
	// unsureFrom to unsureTo: below, next to nothing is unsafe, above, next to
	// nothing is safe.
	unsureFrom = 0.2
	unsureTo   = 0.8
	// opinionScore is that of what the second judge finds.
	opinionScore = 0.9
	// opinionTimeout bounds the wait: without an answer the first verdict stands.
	opinionTimeout = 1500 * time.Millisecond
	// maxOpinion bounds the text that is sent, in bytes.
	maxOpinion = 8 << 10
)

// secondOpinion lets the other judge decide where the detectors are unsure. It
// is never believed when it takes back a sign of self-harm, and it leaves alone
// what the policy's own phrases and patterns have found.
func (s *Service) secondOpinion(ctx context.Context, p *policy.Policy, r Request, v *Verdict) {
	if s.opinion == nil || !r.CheckSafety || !unsure(r.Text, v) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, opinionTimeout)
	defer cancel()
	masked := shorten(pii.Mask(r.Text, pii.Find(r.Text)), maxOpinion)
	found, err := s.opinion.Unsafe(ctx, masked, r.Direction == Output)
	if err != nil {
		s.opinions.WithLabelValues("failed").Inc()
		s.log.WarnContext(ctx, "no second opinion, the verdict stands", "error", err)
		return
	}
	if len(found) == 0 {
		s.opinions.WithLabelValues("safe").Inc()
	} else {
		s.opinions.WithLabelValues("unsafe").Inc()
	}
	v.heed(p, found, r.Direction == Output)
}

// unsure says whether the detectors leave room for another opinion.
func unsure(text string, v *Verdict) bool {
	highest := 0.0
	for _, violation := range v.SafetyViolations {
		highest = max(highest, violation.Score)
	}
	if highest == 0 {
		for _, f := range safety.Find(textview.Of(text), func(safety.Category) float64 { return unsureFrom }) {
			highest = max(highest, f.Score)
		}
	}
	return highest >= unsureFrom && highest < unsureTo
}

// heed makes a second opinion part of a verdict.
func (v *Verdict) heed(p *policy.Policy, found []safety.Category, output bool) {
	for i := range v.SafetyViolations {
		violation := &v.SafetyViolations[i]
		if len(found) == 0 && violation.Category != string(safety.SelfHarm) && policy.Action(violation.Action).Stops() {
			violation.Action = string(policy.Flag)
		}
	}
	for _, category := range found {
		f := safety.Finding{Category: category, Severity: safety.High, Score: opinionScore}
		violation := Violation{string(category), string(f.Severity), f.Score, string(p.Action(f, output))}
		at := slices.IndexFunc(v.SafetyViolations, func(o Violation) bool { return o.Category == string(category) })
		if at < 0 {
			v.SafetyViolations = append(v.SafetyViolations, violation)
		} else {
			v.SafetyViolations[at] = violation
		}
	}
	v.settle()
}

// settle recomputes whether the text is safe.
func (v *Verdict) settle() {
	v.IsSafe = !slices.ContainsFunc(v.SafetyViolations, func(o Violation) bool { return policy.Action(o.Action).Stops() })
}
