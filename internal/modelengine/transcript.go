package modelengine

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
)

const (
	maxRecent   = 12   // exchanges that are kept word for word
	maxExchange = 2000 // bytes of each text of them
	maxSummary  = 24   // lines about what was before them
	summaryText = 90   // bytes of each text in such a line
)

// Exchange is a customer's message and its answer, both masked.
type Exchange struct {
	Customer string `json:"c,omitempty"`
	Answer   string `json:"a"`
}

// Transcript is a conversation as a model may see it: without personal data, the
// newest part word for word, the older part as one line an exchange. Its size is
// bounded. The zero value is an empty conversation.
type Transcript struct {
	Summary []string   `json:"summary,omitempty"`
	Recent  []Exchange `json:"recent,omitempty"`
}

// Add appends an exchange. A message may be missing: outcomes of buttons are
// answers to none.
func (t *Transcript) Add(message, answer guardrails.Masked) {
	t.Recent = append(t.Recent, Exchange{clip(message.String(), maxExchange), clip(answer.String(), maxExchange)})
	for len(t.Recent) > maxRecent {
		t.Summary = append(t.Summary, t.Recent[0].line())
		t.Recent = slices.Delete(t.Recent, 0, 1)
	}
	if extra := len(t.Summary) - maxSummary; extra > 0 {
		t.Summary = slices.Delete(t.Summary, 0, extra)
	}
}

// fit returns the newest exchanges that take no more than a number of tokens,
// and a summary of the others.
func (t Transcript) fit(budget int) (recent []Exchange, summary []string) {
	for _, line := range t.Summary {
		budget -= tokens(line)
	}
	at := len(t.Recent)
	for at > 0 {
		x := t.Recent[at-1]
		if budget -= tokens(x.Customer) + tokens(x.Answer); budget < 0 {
			break
		}
		at--
	}
	summary = slices.Clone(t.Summary)
	for _, x := range t.Recent[:at] {
		summary = append(summary, x.line())
	}
	return t.Recent[at:], summary[max(0, len(summary)-maxSummary):]
}

// said is everything that the customer wrote in the newest exchanges.
func (t Transcript) said(exchanges int) string {
	var b strings.Builder
	for _, x := range t.Recent[max(0, len(t.Recent)-exchanges):] {
		b.WriteString(x.Customer + "\n")
	}
	return b.String()
}

func (x Exchange) line() string {
	answer := "answered: " + oneLine(x.Answer)
	if x.Customer == "" {
		return answer
	}
	return "customer: " + oneLine(x.Customer) + "; " + answer
}

func oneLine(s string) string { return clip(strings.Join(strings.Fields(s), " "), summaryText) }

// clip bounds a text without splitting a character or a placeholder.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := limit
	for !utf8.RuneStart(s[end]) {
		end--
	}
	if open := strings.LastIndexByte(s[:end], '['); open >= 0 && end-open < maxPlaceholder && !strings.Contains(s[open:end], "]") {
		end = open
	}
	return s[:end] + "…"
}

// maxPlaceholder is longer than any placeholder.
const maxPlaceholder = 40
