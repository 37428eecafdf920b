package handoff

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 123456789, time.UTC)

// TestEveryPairOfStates writes the table down once more, by hand.
func TestEveryPairOfStates(t *testing.T) {
	t.Parallel()
	allowed := []string{"bot waiting", "waiting human", "waiting closed", "human human", "human closed"}
	states := []State{Bot, Waiting, Human, Closed}
	for _, from := range states {
		for _, to := range states {
			if want := slices.Contains(allowed, string(from)+" "+string(to)); from.CanBecome(to) != want {
				t.Errorf("%s to %s: %v", from, to, !want)
			}
		}
	}
	if State("nonsense").CanBecome(Waiting) || Waiting.CanBecome("nonsense") {
		t.Error("a state that doesn't exist takes part")
	}
}

func TestDeedsInEveryState(t *testing.T) {
	t.Parallel()
	at := func(s State) Handoff {
		h := Request("h", "s", "ann", HumanRequest, "", noon)
		if s == Human || s == Closed {
			h, _ = h.Claim("Dana", false, noon)
		}
		if s == Closed {
			h, _ = h.Close("Dana", noon)
		}
		if s == Bot {
			h.State = Bot
		}
		return h
	}
	claim := func(agent string, over bool) func(Handoff) (Handoff, error) {
		return func(h Handoff) (Handoff, error) { return h.Claim(agent, over, noon.Add(time.Hour)) }
	}
	reply := func(agent string) func(Handoff) (Handoff, error) {
		return func(h Handoff) (Handoff, error) { return h, h.MayReply(agent) }
	}
	closing := func(h Handoff) (Handoff, error) { return h.Close("Dana", noon.Add(time.Hour)) }
	for name, tc := range map[string]struct {
		do   func(Handoff) (Handoff, error)
		want map[State]string // the state afterwards, or the reason of the refusal
	}{
		"claim":              {claim("Dana", false), map[State]string{Bot: "closed", Waiting: "human", Human: "human", Closed: "closed"}},
		"another claims":     {claim("Kim", false), map[State]string{Bot: "closed", Waiting: "human", Human: "claimed", Closed: "closed"}},
		"another takes over": {claim("Kim", true), map[State]string{Bot: "closed", Waiting: "human", Human: "human", Closed: "closed"}},
		"reply":              {reply("Dana"), map[State]string{Bot: "closed", Waiting: "not_claimed", Human: "human", Closed: "closed"}},
		"another replies":    {reply("Kim"), map[State]string{Bot: "closed", Waiting: "not_claimed", Human: "claimed", Closed: "closed"}},
		"close":              {closing, map[State]string{Bot: "closed", Waiting: "closed", Human: "closed", Closed: "closed"}},
	} {
		for state, want := range tc.want {
			before := at(state)
			h, err := tc.do(before)
			got := string(h.State)
			if err != nil {
				got = fault.ReasonOf(err)
				if h != before || !fault.Is(err, fault.Conflict) {
					t.Errorf("%s in %s: refused with %v and changed to %+v", name, state, err, h)
				}
			}
			if got != want {
				t.Errorf("%s in %s: %s, want %s (%v)", name, state, got, want, err)
			}
		}
	}
	h, _ := at(Human).Claim("Kim", true, noon)
	if h.Agent != "Kim" || h.By != "Kim" {
		t.Errorf("taken over: %+v", h)
	}
}

func TestAgentsNames(t *testing.T) {
	t.Parallel()
	for name, ok := range map[string]bool{
		"Dana": true, "Zoë K.": true, strings.Repeat("é", 60): true, strings.Repeat("é", 61): false, "": false, " Dana": false, "a\nb": false, "\x1b[1m": false, "a\u202eb": false, "\xff": false,
	} {
		if ValidAgent(name) != ok {
			t.Errorf("%q: %v", name, !ok)
		}
	}
}

func TestWordsThatAskForAPerson(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Reason{
		"This is useless":                             Frustration,
		"you are not helping":                         Frustration,
		"stop wasting my time":                        Frustration,
		"stupid bot":                                  Frustration,
		"I'm so frustrated":                           Frustration,
		"I already told you twice":                    Frustration,
		"for the third time, what is my balance":      Frustration,
		"this is the third time I ask":                Frustration,
		"you still don't get it":                      Frustration,
		"get me out of this bot":                      Frustration,
		"that was the last time I paid cash":          "",
		"you will hear from my lawyer":                Legal,
		"I'll sue you":                                Legal,
		"I will file a complaint with the CFPB":       Legal,
		"we consider legal action":                    Legal,
		"what is my balance?":                         "",
		"is this card useless abroad?":                "",
		"pay my lawyer":                               Legal, // a person can tell better than we
		"how much did I spend at the Legal Sea Foods": "",
		"send $20 to Sue":                             "",
		"that's it, thanks":                           "",
	} {
		if got := WordsOf(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestAskingForAPersonInSoManyWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"I want a human, my card [CARD_1] is odd":           true,
		"I need help from a person, my balance is wrong":    true,
		"what is my balance? or give me a real person":      true,
		"can I talk to someone about this $20 charge":       true,
		"I'd like to speak with a manager":                  true,
		"please put me through to an agent":                 true,
		"connect me with somebody":                          true,
		"is there a human here?":                            true,
		"human, please":                                     true,
		"Quiero hablar con una persona":                     true,
		"Ich möchte mit einem Mitarbeiter sprechen":         true,
		"je voudrais parler à un conseiller":                true,
		"quero falar com um atendente":                      true,
		"what is my balance?":                               false,
		"I want to send money to a person":                  false,
		"I want to pay my insurance agent $50":              false,
		"are you a human?":                                  false,
		"can I transfer to another person's account?":       false,
		"transfer $20 to the person I paid last":            false,
		"wrong person":                                      false,
		"I need the agent fee explained":                    true, // asked for too often rather than in vain
		"how much did I spend at Real Human Coffee?":        false,
		"what is the limit for one person?":                 false,
		"do I need a person's full name to send them money": false,
	} {
		if AsksForPerson(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func TestBackToTheAssistant(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"Back to the assistant!": true, "please go back to the bot": true, "I don't want to wait": true, "stop waiting.": true,
		"no": false, "cancel": false, "is it better to go back to the bot?": false, "": false, strings.Repeat("back to the bot ", 100): false,
	} {
		if BackToAssistant(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func TestEachFieldCounts(t *testing.T) {
	t.Parallel()
	h := Request("h", "s", "ann", HumanRequest, "ab", noon)
	seen := map[string]bool{string(h.Digest()): true}
	for i, change := range []func(*Handoff){
		func(h *Handoff) { h.ID = "i" }, func(h *Handoff) { h.SessionID = "t" }, func(h *Handoff) { h.UserID = "bob" },
		func(h *Handoff) { h.State = Closed }, func(h *Handoff) { h.Reason = Fraud }, func(h *Handoff) { h.Summary = "a"; h.Agent = "b" },
		func(h *Handoff) { h.By = "x" }, func(h *Handoff) { h.RequestedAt = noon.Add(1e6) }, func(h *Handoff) { h.ClaimedAt = noon }, func(h *Handoff) { h.ClosedAt = noon },
	} {
		other := h
		change(&other)
		if d := string(other.Digest()); seen[d] {
			t.Errorf("change %d has another's digest", i)
		} else {
			seen[d] = true
		}
	}
}
