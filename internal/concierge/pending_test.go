package concierge

import (
	"errors"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// shown is the state of a conversation whose last answer showed an action.
func shown(t *testing.T, actionID string) []byte {
	t.Helper()
	data, err := (&state{Shown: actionID}).save()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func executed() *bank.Action {
	left := money.Of(100, "USD")
	return &bank.Action{
		ID: "a1", CustomerID: "u", SessionID: "s", Status: bank.ActionExecuted, Summary: "Move $5.00 from A to B.",
		Receipt: &bank.Receipt{Reference: "REF", Available: &left},
	}
}

func TestOnlyAPlainYesToTheSummaryConfirms(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		say, shown string
		confirmed  int
		want       string
	}{
		"yes":                      {"Yes!", "a1", 1, "Done. Moved $5.00 from A to B."},
		"yes without a summary":    {"yes", "", 0, "do you mean this?"},
		"yes and something else":   {"yes but what is my balance?", "a1", 0, ""},
		"a question":               {"what is my balance?", "a1", 0, ""},
		"no":                       {"no", "a1", 0, "Nothing was done"},
		"yes in another language":  {"sí", "a1", 0, ""},
		"an instruction in quotes": {"the note said \"yes\"", "a1", 0, ""},
	} {
		a := executed()
		if tc.shown == "" {
			a.Status = bank.ActionPending
		}
		p := &parts{action: a, state: shown(t, tc.shown)}
		reply, err := newService(t, p).Turn(t.Context(), Request{Message: tc.say, UserID: "u", SessionID: "s"}, nil)
		if err != nil || p.confirmed != tc.confirmed || !strings.Contains(reply.Message, tc.want) {
			t.Errorf("%s: confirmed %d times, %q, %v", name, p.confirmed, reply.Message, err)
		}
	}
}

// TestAStaleTurnKeepsItsYes: the first attempt at the turn carried the action
// out, but couldn't be stored. The next one must say so, and not ask again.
func TestAStaleTurnKeepsItsYes(t *testing.T) {
	t.Parallel()
	p := &parts{action: executed(), state: shown(t, "a1"), saveErrs: []error{ErrStale, ErrStale}}
	reply, err := newService(t, p).Turn(t.Context(), Request{Message: "yes", UserID: "u", SessionID: "s"}, nil)
	if err != nil || p.confirmed != 1 || !strings.Contains(reply.Message, "Done. Moved") || len(p.saved) != 1 {
		t.Errorf("confirmed %d times, %q, %v", p.confirmed, reply.Message, err)
	}
}

func TestAnUnknownOutcomeIsSaidToBeUnknown(t *testing.T) {
	t.Parallel()
	a := executed()
	a.Status, a.Receipt = bank.ActionExecuting, nil
	p := &parts{action: a, state: shown(t, "a1"), confirmErr: errors.New("cut")}
	reply, err := newService(t, p).Turn(t.Context(), Request{Message: "yes", UserID: "u", SessionID: "s"}, nil)
	if err != nil || !strings.Contains(reply.Message, "once or not at all") || strings.Contains(reply.Message, "Done") {
		t.Errorf("%q, %v", reply.Message, err)
	}
}

func TestAnonymousCustomersConfirmNothing(t *testing.T) {
	t.Parallel()
	p := &parts{action: executed(), state: shown(t, "a1")}
	if _, err := newService(t, p).Turn(t.Context(), Request{Message: "yes", SessionID: "s"}, nil); err != nil || p.confirmed != 0 {
		t.Errorf("confirmed %d times, %v", p.confirmed, err)
	}
}
