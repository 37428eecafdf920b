package guardrails

import (
	"encoding/json"
	"testing"
)

func TestPlaceholdersSurviveAModelsRewriting(t *testing.T) {
	t.Parallel()
	v := Vault{Values: map[string]string{"CARD_1": "4111111111111111", "CARD_12": "5555555555554444", "BIRTH_DATE_1": "04/12/1987"}}
	for text, want := range map[string]string{
		"[CARD_1]":                   "4111111111111111",
		"[Card 1]":                   "4111111111111111",
		"[card_1]":                   "4111111111111111",
		"[card-1]":                   "4111111111111111",
		"[ CARD_1 ]":                 "4111111111111111",
		"[CARD1]":                    "4111111111111111",
		"CARD_1":                     "4111111111111111",
		"card_1.":                    "4111111111111111.",
		"CARD-1,":                    "4111111111111111,",
		"**[CARD_1]**":               "**4111111111111111**",
		"`CARD_1`":                   "`4111111111111111`",
		`\[CARD\_1\]`:                "4111111111111111",
		`CARD\_1`:                    "4111111111111111",
		"(CARD_1)":                   "(4111111111111111)",
		"[CARD_12] not [CARD_1]":     "5555555555554444 not 4111111111111111",
		"[birth date 1]":             "04/12/1987",
		"[BIRTH-DATE-1]":             "04/12/1987",
		"BIRTH_DATE_1":               "04/12/1987",
		"[CARD_2] and CARD_2":        "[CARD_2] and CARD_2",
		"your card 1 is frozen":      "your card 1 is frozen",
		"card-1 of our offers":       "card-1 of our offers",
		"MYCARD_1 CARD_1X CARD_123":  "MYCARD_1 CARD_1X CARD_123",
		"[1] see [card] and a_b-c[]": "[1] see [card] and a_b-c[]",
	} {
		if got := v.Unmask(text); got != want {
			t.Errorf("%s became %s, want %s", text, got, want)
		}
	}
}

// TestOneValueOnePlaceholder covers several values, and one that is written in
// different ways, over turns and a restart.
func TestOneValueOnePlaceholder(t *testing.T) {
	t.Parallel()
	var v Vault
	for _, turn := range []struct{ text, want string }{
		{"my card is 4111 1111 1111 1111", "my card is [CARD_1]"},
		{"no, 4111-1111-1111-1111 and 5555555555554444", "no, [CARD_1] and [CARD_2]"},
		{"card ４１１１１１１１１１１１１１１１, mail Ann.Lee@Mail.example", "card [CARD_1], mail [EMAIL_1]"},
		{"card four one one one one one one one one one one one one one one one", "card [CARD_1]"},
		{"ann.lee@mail.example, born 04/12/1987", "[EMAIL_1], born [BIRTH_DATE_1]"},
	} {
		if got := v.Mask(turn.text, check(t, turn.text)).String(); got != turn.want {
			t.Errorf("%q became %q, want %q", turn.text, got, turn.want)
		}
		data, err := json.Marshal(v)
		v = Vault{}
		if err != nil || json.Unmarshal(data, &v) != nil {
			t.Fatal("the vault doesn't survive a restart")
		}
	}
	if got := v.Unmask("[CARD_1] [CARD_2] [EMAIL_1]"); got != "4111 1111 1111 1111 5555555555554444 Ann.Lee@Mail.example" {
		t.Errorf("the values became %q", got)
	}
}

func TestToolsGetValuesAlsoInNestedArguments(t *testing.T) {
	t.Parallel()
	v := Vault{Values: map[string]string{"IBAN_1": "GB82WEST12345698765432", "PERSON_1": "Ann \"Lee\""}}
	got, err := v.UnmaskJSON([]byte(`{"to":{"iban":"iban_1"},"names":["[Person 1]"],"amount":10.00}`))
	if want := `{"amount":10.00,"names":["Ann \"Lee\""],"to":{"iban":"GB82WEST12345698765432"}}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if _, err := v.UnmaskJSON([]byte(`{"a":"[IBAN_1]"`)); err == nil {
		t.Error("broken JSON is accepted")
	}
}

func FuzzUnmask(f *testing.F) {
	f.Add("[CARD_1] card_1 CARD-1 [card")
	f.Fuzz(func(t *testing.T, text string) {
		v := Vault{Values: map[string]string{"CARD_1": "x"}}
		if once := v.Unmask(text); v.Unmask(once) != once && len(once) > len(text) {
			t.Errorf("%q grew to %q", text, once)
		}
	})
}
