// Package policy says what follows from what the guardrails find: thresholds,
// actions for either direction, phrases that are allowed or denied, and patterns
// of the company's own. It is read from YAML, checked as a whole, and never
// changes once made; detection itself is in other packages.
package policy

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/phrases"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/safety"
)

// Action is what happens with a text because of a finding.
type Action string

// The actions, the mildest first.
const (
	Allow   Action = "allow"
	Flag    Action = "flag"
	Block   Action = "block"
	Handoff Action = "handoff"
)

// Stops says whether a text with this action must not pass.
func (a Action) Stops() bool { return a == Block || a == Handoff }

// Rule says from which score on something is found, and what follows for texts
// by customers (Input) and for them (Output).
type Rule struct {
	Threshold float64 `json:"threshold"`
	Input     Action  `json:"input"`
	Output    Action  `json:"output"`
}

// For returns the action for texts by customers, or for those to them.
func (r Rule) For(output bool) Action {
	if output {
		return r.Output
	}
	return r.Input
}

// Policy is one checked policy. It is safe for concurrent use.
type Policy struct {
	// Version is the file's own, and the beginning of a digest of its content
	// for any but the built-in one: no two policies have the same.
	Version   string
	Safety    map[safety.Category]Rule
	Injection Rule

	minConfidence float64
	ignored       map[string]bool
	ownValues     map[string]bool // in the form of comparable

	allowed      *phrases.Set
	allowedWords []*regexp.Regexp // by the tag in allowed
	denied       *phrases.Set
	denials      []denial // by the tag in denied
	personal     []pattern
	unsafe       []pattern
}

// denial is what a denied phrase is found as.
type denial struct {
	category string
	severity safety.Severity
	rule     Rule
}

//go:embed builtin.yaml
var builtin []byte

// BuiltinYAML is the built-in policy as a file, with comments.
func BuiltinYAML() []byte { return slices.Clone(builtin) }

// Builtin returns the built-in policy.
func Builtin() *Policy {
	p, err := parse(builtin)
	if err != nil {
		panic("policy: builtin.yaml: " + err.Error()) // a broken build
	}
	return p
}

// Parse reads a policy: the built-in one, with what the file says instead. The
// error names every fault that can be told at once, with its place.
func Parse(data []byte) (*Policy, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("a policy must be at most %d bytes long", maxFile)
	}
	p, err := parse(builtin, data)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	p.Version += "+" + hex.EncodeToString(sum[:4])
	return p, nil
}

// parse reads layers of one policy, the later ones over the earlier.
func parse(layers ...[]byte) (*Policy, error) {
	f := file{}
	for i, data := range layers {
		next := file{}
		d := yaml.NewDecoder(bytes.NewReader(data))
		d.KnownFields(true)
		if err := d.Decode(&next); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if d.Decode(new(any)) != io.EOF {
			return nil, errors.New("a policy is one document: nothing may follow a line of ---")
		}
		if i > 0 {
			next.inherit(f)
		}
		f = next
	}
	return f.compile()
}

// Limit is the score from which a category counts.
func (p *Policy) Limit(c safety.Category) float64 { return p.Safety[c].Threshold }

// Action is what follows from a finding.
func (p *Policy) Action(f safety.Finding, output bool) Action {
	a := p.Safety[f.Category].For(output)
	if f.Severity == safety.Low && a.Stops() {
		return Flag
	}
	return a
}

// Summary is what anybody may know of a policy: not the phrases and patterns
// themselves, which would tell how to get around them.
type Summary struct {
	Version       string                   `json:"policy_version" doc:"Names the policy in every verdict"`
	Safety        map[safety.Category]Rule `json:"safety"`
	Injection     Rule                     `json:"injection"`
	MinConfidence float64                  `json:"pii_min_confidence"`
	Ignored       []string                 `json:"pii_ignored" doc:"Types of personal data that are not reported"`
	Allowed       int                      `json:"allowed_phrases"`
	Denied        int                      `json:"denied_phrases"`
	Patterns      int                      `json:"patterns"`
}

// Summary describes the policy.
func (p *Policy) Summary() Summary {
	return Summary{
		Version: p.Version, Safety: p.Safety, Injection: p.Injection,
		MinConfidence: p.minConfidence, Ignored: slices.Sorted(maps.Keys(p.ignored)),
		Allowed: len(p.allowedWords), Denied: len(p.denials), Patterns: len(p.personal) + len(p.unsafe),
	}
}
