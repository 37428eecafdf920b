package test

import (
	"strings"
	"testing"
)

// dialogues are whole conversations with the local engine over HTTP; those that
// need no server are beside the engine.
func dialogues(t *testing.T, s *system) {
	for name, tc := range map[string]struct {
		turns []string // by turns what is said and words of the answer
		moved int64    // cents that leave checking
	}{
		"asked for what is missing, then corrected": {[]string{
			"I want to send some money", "How much", "twenty bucks", "Where should the money go", "jordan", "Send $20.00 from Everyday Checking",
			"no, make it 30", "Send $30.00", "to Sam instead", "to Sam Lindqvist", "hmm not sure", "no hurry", "yep do it", "Sent $30.00",
		}, 3000},
		"half a yes moves nothing": {[]string{
			"send a hundred and five dollars to Maria", "Send $105.00", "ok", "do you mean this?", "yes?", "do you mean this?", "yes but 1.234,50", "Send $1,234.50",
			"yes and what's my balance", "nothing was done yet", "nah forget about that", "Nothing was done", "yes", "nothing that waits",
		}, 0},
		"looking, in several ways": {[]string{
			"coffee last month over $5", "coffee of at least $5", "and groceries?", "for groceries", "what did I buy the day before yesterday", " on ",
			"whats my blance", "Everyday Checking: $", "show my limits and my cards", "Debit Card ending in",
		}, 0},
		"cards": {[]string{
			"freeze my card", "Which card do you mean", "the debit one", "Freeze your Debit Card", "👎", "Nothing was done",
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := teller{s, "dialogue-" + strings.NewReplacer(" ", "-", ",", "").Replace(name)}
			before := c.balance(t, "demo-alex-checking")
			for i := 0; i < len(tc.turns); i += 2 {
				c.says(t, tc.turns[i], tc.turns[i+1])
			}
			if moved := before - c.balance(t, "demo-alex-checking"); moved != tc.moved {
				t.Errorf("%d left the account instead of %d", moved, tc.moved)
			}
		})
	}
}
