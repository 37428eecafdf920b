package feature

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/open-feature/go-sdk/openfeature"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// memory is a Store that can be down.
type memory struct {
	changes []Change
	err     error
}

func (m *memory) Flags(context.Context) ([]Change, error) {
	last := map[Name]Change{}
	for _, c := range m.changes {
		last[c.Name] = c
	}
	var list []Change
	for _, c := range last {
		list = append(list, c)
	}
	return list, m.err
}

func (m *memory) Changes(_ context.Context, name Name, _ int) (list []Change, err error) {
	for _, c := range m.changes {
		if c.Name == name {
			list = append([]Change{c}, list...)
		}
	}
	return list, m.err
}

func (m *memory) SetFlag(_ context.Context, c Change) error {
	if m.err == nil {
		m.changes = append(m.changes, c)
	}
	return m.err
}

func newFlags(t *testing.T, m *memory) *Flags {
	t.Helper()
	f, err := New(Options{Store: m})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func on(t *testing.T, f *Flags) (names string) {
	t.Helper()
	for _, d := range Definitions() {
		if f.On(t.Context(), d.Name) {
			names += " " + string(d.Name)
		}
	}
	return strings.TrimSpace(names)
}

func TestFlagsOverTheirLife(t *testing.T) {
	t.Parallel()
	const all = "chat streaming transfers bill_payments card_controls local_engine response_cache retrieval llm"
	const locked = "chat streaming local_engine response_cache retrieval lockdown"
	m := &memory{}
	f, replica := newFlags(t, m), newFlags(t, m)
	if got := on(t, f); got != locked {
		t.Errorf("before the first reading: %s", got)
	}
	if err := f.Refresh(t.Context()); err != nil || on(t, f) != all {
		t.Errorf("defaults: %s, %v", on(t, f), err)
	}
	if _, err := f.Set(t.Context(), Streaming, false, "operator:dana", "too chatty"); err != nil || f.On(t.Context(), Streaming) {
		t.Errorf("set: %s, %v", on(t, f), err)
	}
	if err := replica.Refresh(t.Context()); err != nil || replica.On(t.Context(), Streaming) {
		t.Errorf("another replica: %s, %v", on(t, replica), err)
	}
	if _, err := f.Set(t.Context(), Lockdown, true, "operator", "breach"); err != nil || on(t, f) != strings.Replace(locked, "streaming ", "", 1) {
		t.Errorf("lockdown: %s, %v", on(t, f), err)
	}
	m.err = errors.New("down")
	if err := replica.Refresh(t.Context()); err == nil || replica.On(t.Context(), Streaming) || !replica.On(t.Context(), Transfers) {
		t.Errorf("during an outage the last values hold: %s, %v", on(t, replica), err)
	}
	if _, err := f.Set(t.Context(), Lockdown, false, "operator", "over"); err == nil || !f.On(t.Context(), Lockdown) {
		t.Errorf("what wasn't stored is in force: %s, %v", on(t, f), err)
	}
}

func TestWhatCanBeSet(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Change{
		"no such flag":   {Name: "nonsense", Reason: "r", Operator: "o"},
		"no reason":      {Name: Chat, Reason: " \t", Operator: "o"},
		"a long reason":  {Name: Chat, Reason: strings.Repeat("é", MaxReason+1), Operator: "o"},
		"two lines":      {Name: Chat, Reason: "a\nb", Operator: "o"},
		"not UTF-8":      {Name: Chat, Reason: "\xff", Operator: "o"},
		"nobody":         {Name: Chat, Reason: "r"},
		"a long name":    {Name: Chat, Reason: "r", Operator: strings.Repeat("o", maxOperator+1)},
		"an escape code": {Name: Chat, Reason: "r", Operator: "\x1b[31m"},
	} {
		m := &memory{}
		if _, err := newFlags(t, m).Set(t.Context(), c.Name, true, c.Operator, c.Reason); !fault.Is(err, fault.Validation) && !fault.Is(err, fault.NotFound) || len(m.changes) > 0 {
			t.Errorf("%s: %v, %d stored", name, err, len(m.changes))
		}
	}
}

func TestEachFieldOfAChangeCounts(t *testing.T) {
	t.Parallel()
	c := Change{ID: "1", Name: Chat, On: true, Reason: "ab", Operator: "c"}
	seen := map[string]bool{string(c.Digest()): true}
	for _, other := range []Change{
		{ID: "2", Name: Chat, On: true, Reason: "ab", Operator: "c"},
		{ID: "1", Name: LLM, On: true, Reason: "ab", Operator: "c"},
		{ID: "1", Name: Chat, On: false, Reason: "ab", Operator: "c"},
		{ID: "1", Name: Chat, On: true, Reason: "a", Operator: "bc"},
	} {
		if d := string(other.Digest()); seen[d] {
			t.Errorf("%+v has another change's digest", other)
		} else {
			seen[d] = true
		}
	}
}

func TestOtherKindsOfValuesAreRefused(t *testing.T) {
	t.Parallel()
	f := newFlags(t, &memory{})
	if v, err := f.client.StringValue(t.Context(), string(Chat), "fallback", openfeature.EvaluationContext{}); v != "fallback" || err == nil {
		t.Errorf("%q, %v", v, err)
	}
	if v, err := f.client.BooleanValue(t.Context(), "nonsense", true, openfeature.EvaluationContext{}); !v || err == nil {
		t.Errorf("%v, %v", v, err)
	}
	if f.On(t.Context(), "nonsense") {
		t.Error("a flag that doesn't exist is on")
	}
}

func BenchmarkOn(b *testing.B) {
	f, err := New(Options{Store: &memory{}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		f.On(b.Context(), Streaming)
	}
}
