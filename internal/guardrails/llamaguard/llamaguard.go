// Package llamaguard asks a Llama Guard model whether a text is unsafe. It speaks
// the model's form of question and answer and knows the codes of its hazards;
// when the model is asked, and what follows from its answer, is decided elsewhere.
package llamaguard

import (
	"context"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/safety"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/llm"
)

// hazards are the codes of Llama Guard 3 and 4 (the MLCommons taxonomy) that are
// among our categories. Defamation, advice, privacy, intellectual property and
// elections are nothing that a bank's customers must be kept from.
var hazards = map[string]safety.Category{
	"S1": safety.Violence, "S9": safety.Violence,
	"S2": safety.Illegal, "S14": safety.Illegal,
	"S3": safety.Sexual, "S4": safety.Sexual, "S12": safety.Sexual,
	"S10": safety.Hate, "S11": safety.SelfHarm,
}

// Judge asks a model. It is safe for concurrent use.
type Judge struct{ Model llm.Model }

// Unsafe returns the categories in which a text is unsafe; none for a safe one.
// The text must hold no personal data. An answer in another form is a
// fault.Connection.
func (j Judge) Unsafe(ctx context.Context, text string, byAssistant bool) ([]safety.Category, error) {
	messages := []llm.Message{{Role: llm.User, Text: text}}
	if byAssistant { // the model judges the last message
		messages = []llm.Message{{Role: llm.User, Text: "What can you tell me?"}, {Role: llm.Assistant, Text: text}}
	}
	answer, err := j.Model.Complete(ctx, llm.Request{Messages: messages})
	if err != nil {
		return nil, err
	}
	return parse(answer.Text)
}

// parse reads "safe", or "unsafe" and a line of codes.
func parse(answer string) ([]safety.Category, error) {
	fields := strings.FieldsFunc(answer, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' || r == '\r' })
	switch {
	case len(fields) == 1 && fields[0] == "safe":
		return nil, nil
	case len(fields) < 2 || fields[0] != "unsafe":
		return nil, fault.New(fault.Connection, "the judging model's answer can't be understood")
	}
	var list []safety.Category
	for _, code := range fields[1:] {
		if category, ok := hazards[code]; ok {
			list = append(list, category)
		}
	}
	return list, nil
}
