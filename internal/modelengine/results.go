package modelengine

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
)

// maxResult bounds what a model reads of one tool's result, in bytes.
const maxResult = 12 << 10

// removed stands where a text gave instructions.
const removed = "(text removed: it contained instructions)"

// plainKeys are fields whose values are words of our own.
var plainKeys = []string{"id", "status", "kind", "category", "currency", "ending", "number_ending", "routing_ending", "opened_at", "more", "due_on"}

// view is a tool's result as a model reads it: amounts as people write them,
// times in the customer's zone, personal data masked, and without texts that try
// to give it instructions.
func (t *turn) view(ctx context.Context, decoded any) (string, error) {
	v := viewer{loc: t.in.location()}
	document := v.simplify("", "", decoded)
	if err := t.maskTexts(ctx, v.texts); err != nil {
		return "", err
	}
	data, err := json.Marshal(document)
	return clip(string(data), maxResult), err
}

// viewer walks through a result and collects the texts that somebody else wrote.
type viewer struct {
	loc   *time.Location
	texts []*text
}

// text is a text in a result, to be masked in place.
type text struct {
	value  string
	person bool // the name of a person, whatever it looks like
}

// MarshalJSON writes the text as it is by then.
func (x *text) MarshalJSON() ([]byte, error) { return json.Marshal(x.value) }

func (v *viewer) simplify(parent, key string, value any) any {
	switch x := value.(type) {
	case map[string]any:
		if display, ok := x["display"].(string); ok && x["minor"] != nil {
			return display
		}
		out := make(map[string]any, len(x))
		for k, member := range x {
			if k != "action_id" {
				out[k] = v.simplify(parent, k, member)
			}
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, member := range x {
			out[i] = v.simplify(key, key, member)
		}
		return out
	case string:
		if at, err := time.Parse(time.RFC3339, x); err == nil {
			return at.In(v.loc).Format("2006-01-02 15:04")
		}
		if x == "" || slices.Contains(plainKeys, key) || strings.HasSuffix(key, "_id") {
			return x
		}
		t := &text{value: x, person: parent == "payees" && key == "name"}
		v.texts = append(v.texts, t)
		return t
	}
	return value
}

// maskTexts masks texts in place. They are judged together, one a line: one
// check costs as little as one, also when the guardrails run elsewhere.
func (t *turn) maskTexts(ctx context.Context, texts []*text) error {
	if len(texts) == 0 {
		return nil
	}
	var joined strings.Builder
	for _, x := range texts {
		x.value = strings.ReplaceAll(strings.ToValidUTF8(clip(x.value, maxExchange), ""), "\n", " ")
		joined.WriteString(x.value + "\n")
	}
	verdict, err := t.e.o.Guard.Check(ctx, guardrails.Request{
		Text: joined.String(), Direction: guardrails.Input, UserID: t.in.Caller.CustomerID, CheckPII: true, CheckInjection: true,
	})
	if err != nil {
		return err
	}
	at := 0
	for _, x := range texts {
		length := utf8.RuneCountInString(x.value)
		x.value = t.masked(x, within(verdict, at, at+length))
		at += length + 1
	}
	if !verdict.IsInjection {
		return nil
	}
	for _, x := range texts {
		single, err := t.injected(ctx, x.value)
		if err != nil {
			return err
		}
		if single {
			x.value = removed
		}
	}
	return nil
}

func (t *turn) injected(ctx context.Context, s string) (bool, error) {
	v, err := t.e.o.Guard.Check(ctx, guardrails.Request{
		Text: s, Direction: guardrails.Input, UserID: t.in.Caller.CustomerID, CheckInjection: true,
	})
	if v.IsInjection {
		t.e.o.Log.WarnContext(ctx, "instructions removed from what a model reads", "injection_score", v.InjectionScore)
	}
	return v.IsInjection, err
}

func (t *turn) masked(x *text, v guardrails.Verdict) string {
	if x.person {
		v.PIIMatches = []guardrails.Match{{PIIType: "PERSON", Start: 0, End: utf8.RuneCountInString(x.value)}}
	}
	return t.in.Vault.HideKnown(t.in.Vault.Mask(x.value, v).String())
}

// within is a verdict on a part of the text that was judged.
func within(v guardrails.Verdict, from, to int) guardrails.Verdict {
	var part guardrails.Verdict
	for _, m := range v.PIIMatches {
		if m.Start >= from && m.End <= to {
			m.Start, m.End = m.Start-from, m.End-from
			part.PIIMatches = append(part.PIIMatches, m)
		}
	}
	return part
}
