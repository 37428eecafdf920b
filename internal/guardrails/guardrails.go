// Package guardrails judges texts: which personal data they hold, whether they
// are unsafe, whether they try to inject instructions. It owns detection, the
// policy and the review queue; it knows no HTTP.
package guardrails

// Direction says who wrote the text that is judged.
type Direction string

// The directions of a text: from the customer, or to the customer.
const (
	Input  Direction = "input"
	Output Direction = "output"
)

// Request is one text to judge and which checks to run on it.
type Request struct {
	Text           string
	Direction      Direction
	CheckSafety    bool
	CheckPII       bool
	CheckInjection bool
	UserID         string
}

// Verdict is the judgement on one text. Its JSON form is the contract's.
type Verdict struct {
	IsSafe           bool        `json:"is_safe" doc:"Whether the text may pass as far as content safety goes"`
	HasPII           bool        `json:"has_pii" doc:"Whether personal data was found"`
	IsInjection      bool        `json:"is_injection" doc:"Whether the text tries to override instructions"`
	InjectionAction  string      `json:"injection_action" enum:"allow,flag,block,handoff" doc:"What follows from an injection; allow where there is none"`
	MaskedText       string      `json:"masked_text" doc:"The text with every piece of personal data replaced"`
	SafetyViolations []Violation `json:"safety_violations"`
	PIIMatches       []Match     `json:"pii_matches"`
	InjectionScore   float64     `json:"injection_score" minimum:"0" maximum:"1"`
	PolicyVersion    string      `json:"policy_version"`
}

// Violation is one broken content rule.
type Violation struct {
	Category string  `json:"category"`
	Severity string  `json:"severity" enum:"low,medium,high"`
	Score    float64 `json:"score" minimum:"0" maximum:"1"`
	Action   string  `json:"action" enum:"allow,flag,block,handoff"`
}

// Match is one piece of personal data. Start and End are code-point offsets
// into the judged text, End exclusive. The value itself is never in it.
type Match struct {
	PIIType     string  `json:"pii_type"`
	Start       int     `json:"start"`
	End         int     `json:"end"`
	MaskedValue string  `json:"masked_value"`
	Confidence  float64 `json:"confidence" minimum:"0" maximum:"1"`
}
