package grounding

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// facts of a turn with two accounts and two transactions.
func facts(t *testing.T) *Facts {
	t.Helper()
	var result any
	err := json.Unmarshal([]byte(`{"accounts":[
		{"id":"acc-999777","name":"Everyday Checking","ending":"2301","balance":{"minor":123450,"currency":"USD","display":"$1,234.50"}},
		{"id":"x","name":"Savings","ending":"0099","balance":{"minor":50000,"currency":"USD","display":"$500.00"}}],
		"transactions":[{"occurred_at":"2026-11-04T02:30:00Z","merchant":"Corner 7 Grocer","amount":{"minor":-4299,"currency":"USD","display":"-$42.99"}}],
		"more":false,"count":48}`), &result)
	if err != nil {
		t.Fatal(err)
	}
	var f Facts
	f.AddResult(result, time.FixedZone("west", -5*3600))
	f.AddText("A transfer costs $1.99 and takes 30 minutes; the fee abroad is 1%. The cutoff is 5:00 p.m. We keep records for 7 years, and 365 days of history. See https://help.example/fees.")
	f.AddCustomer("send 75 to the account ending 4411 on March 3")
	f.AddDay(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	f.AddPlaceholder("CARD_1")
	return &f
}

func TestWhatIsKnownMayBeSaid(t *testing.T) {
	t.Parallel()
	f := facts(t)
	for _, text := range []string{
		"Your Everyday Checking (ending in 2301) has $1,234.50.",
		"That is USD 1234.5, or 1,234.50 dollars, and 1.234,50 € in other clothes.",
		"Altogether you have $1,734.50 in 2 accounts.",
		"You spent $42.99 at Corner 7 Grocer on November 3, 2026.",
		"On 11/3/2026, 3 Nov, 3rd of November and Nov 3 you spent forty-two dollars and 99 cents, 42 dollars and ninety-nine cents.",
		"It was on 2026-11-03; today is November 23.",
		"Shall I send $75 to ••••4411 on March 3rd?",
		"It costs $1.99, takes 30 minutes, 1% abroad, cutoff 5:00 p.m., and we are here 24/7.",
		"There are 3 ways, and 48 entries over 365 days in 2026.",
		"I used [CARD_1] and [card 1].",
		"The minus is −$42.99 or -$42.99.",
		"Nothing to see here.",
		"More under https://help.example/fees, or [here](https://help.example/fees).",
		"You have ＄１,２３４.５０, or 1\u2060,234.50 dollars, and ٧٥ dollars.",
		"Savings ends in 0099.",
	} {
		if got := f.Unsupported(text); len(got) > 0 {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestWhatIsMadeUpIsFound(t *testing.T) {
	t.Parallel()
	f := facts(t)
	for text, want := range map[string][]Claim{
		"Your balance is $1,234.51.":                   {{Amount, "$1,234.51"}},
		"You have 9000 dollars.":                       {{Amount, "9000 dollars"}},
		"You have five thousand dollars.":              {{Amount, "five thousand dollars"}},
		"You have $5k and $2 million.":                 {{Amount, "$5k"}, {Amount, "$2 million"}},
		"Your balance is 12.":                          {{Number, "12"}},
		"Your balance is 8100":                         {{Number, "8100"}},
		"Your balance comes to 99.10":                  {{Number, "99.10"}},
		"$999,777":                                     {{Amount, "$999,777"}}, // an id is no amount
		"It is the account ending in 2302.":            {{Ending, "ending in 2302"}},
		"It is ****5555 and the last four are 7777":    {{Ending, "****5555"}, {Ending, "last four are 7777"}},
		"On November 4 you paid.":                      {{Date, "November 4"}}, // a day later in UTC only
		"It arrives on 2026-12-24 or Dec 25th, 2026.":  {{Date, "2026-12-24"}, {Date, "Dec 25th, 2026"}},
		"The 12/30/2026 one, and the one of June 2025": {{Date, "12/30/2026"}, {Date, "June 2025"}},
		"Look at [fees](https://help.example/fees) and https://help.example/trap.": {{Link, "https://help.example/trap"}},
		"Sign in at www.evil.example now, or HTTP://evil.example/":                 {{Link, "www.evil.example"}, {Link, "http://evil.example"}},
		"Write to [CARD_2] or [PERSON 1].":                                         {{Unknown, "[CARD_2]"}, {Unknown, "[PERSON 1]"}},
		"A fee of 3% applies, within 45 minutes.":                                  {{Number, "3"}, {Number, "45"}},
		"The cutoff is 6:30 p.m.":                                                  {{Number, "6:30"}},
		"You have ９９９ dollars.":                                                    {{Amount, "999 dollars"}},
		"Your balance is ٩٩٩ or ८१०० or 𝟡𝟡𝟡𝟡.":                                     {{Number, "999"}, {Number, "8100"}, {Number, "9999"}},
		"You have ＄9\u200b9\u20609.00.":                                            {{Amount, "$999.00"}},
	} {
		if diff := cmp.Diff(want, f.Unsupported(text)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestNobodySaysThatMoneyMovedWhenItDidNot(t *testing.T) {
	t.Parallel()
	var f Facts
	for _, text := range []string{
		"I've sent $50 to Jordan.", "I have successfully transferred the money.", "I just paid your bill.", "We've frozen your card.",
		"Done! The money is on its way.", "Your transfer has been completed.", "The payment was successful.", "$50 has been sent to Jordan.",
		"Your card has now been frozen.", "The transfer went through.", "Sure. Transfer complete!", "All done.", "Transfer successful: Jordan",
		"I went ahead and transferred it.", "Successfully sent!", "Your payment is all set.", "All done, moved it!", "It's all taken care of.", "Consider it done.", "Your rent is paid.", "The dispute has been opened.", "Sent!",
		"He transferido el dinero.", "La transferencia ha sido realizada.", "Ich habe das Geld überwiesen.", "J'ai envoyé l'argent.",
		"It is not a problem. I've sent the money.", "If you wonder: yes. Your money has been transferred.",
	} {
		if f.movement(text) == "" {
			t.Errorf("not noticed: %s", text)
		}
	}
	for _, text := range []string{
		"I've prepared a transfer of that amount.", "Nothing has been sent yet.", "Your transfer has not been made.", "I haven't sent anything.",
		"Once your payment has been sent, it can't be stopped.", "Shall I send it?", "Reply yes and I will move the money.",
		"You can freeze your card in the app.", "I can't say that your payment was processed.", "The transfer is waiting for your confirmation.",
		"When a transfer is completed, you get a message.", "A dispute is something you can open.", "Once it is taken care of, we write to you.", "How do I know if my transfer was sent?",
	} {
		if got := f.movement(text); got != "" {
			t.Errorf("%s: %q", text, got)
		}
	}
	f.AddHistory()
	if got := f.movement("Your payment to City Power was made on the 9th."); got != "" {
		t.Errorf("what was read: %q", got)
	}
	if f.movement("I've just sent $50.") == "" {
		t.Error("a model moves nothing, whatever it has read")
	}
}

// TestArticlesMayBeQuoted: what an article says may be repeated sentence by
// sentence when that article was found.
func TestArticlesMayBeQuoted(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../knowledge/*.md")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d articles, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var f Facts
		f.AddText(string(raw))
		for _, sentence := range regexp.MustCompile(`[.!?]\s|\n`).Split(string(raw), -1) {
			if strings.Contains(sentence, "#") || strings.HasPrefix(sentence, "|") { // customers' words, tables
				continue
			}
			if got := f.Unsupported(sentence); len(got) > 0 {
				t.Errorf("%s: %s: %v", filepath.Base(file), sentence, got)
			}
		}
	}
}

func TestAnAmountBelongsToItsAccount(t *testing.T) {
	t.Parallel()
	f := facts(t)
	for _, text := range []string{
		"Your Everyday Checking has $1,234.50 and your Savings $500.00.",
		"You have $500.00 in savings and $1,234.50 in everyday checking.",
		"Savings: $500.00", "You have $500.00.", "From savings to Everyday Checking you can move $75.",
		"Together Everyday Checking and Savings have $1,734.50.",
	} {
		if got := f.Unsupported(text); len(got) > 0 {
			t.Errorf("%s: %v", text, got)
		}
	}
	for _, text := range []string{
		"Your Everyday Checking has $500.00.", "There are $1,234.50 in your savings.",
		"You have $1,234.50 in savings and $500.00 in everyday checking.", "Savings: $1,234.50; checking: $500.00",
	} {
		if len(f.Unsupported(text)) == 0 {
			t.Errorf("not noticed: %s", text)
		}
	}
}

func TestCovered(t *testing.T) {
	t.Parallel()
	shown := "Your Everyday Checking balance is $1,234.50."
	if !Covered("- Everyday Checking: $1,234.50", shown) || Covered("- Savings: $500.00", shown) || Covered("Here are your balances:", shown) {
		t.Error("what is shown already isn't told from what isn't")
	}
}

func TestAmountsInAllForms(t *testing.T) {
	t.Parallel()
	f := facts(t)
	f.AddCustomer("or send two hundred and fifty")
	if !f.HasAmount("250.00") {
		t.Error("an amount in words, without a unit")
	}
	known := slices.DeleteFunc([]string{"75", "$75.00", "75 bucks", "seventy-five dollars", "76", "", "x"}, func(s string) bool { return !f.HasAmount(s) })
	if diff := cmp.Diff([]string{"75", "$75.00", "75 bucks", "seventy-five dollars"}, known); diff != "" {
		t.Error(diff)
	}
}

func FuzzUnsupported(f *testing.F) {
	f.Add("Your balance is $1,234.50 on Nov 3, ending in 2301 [CARD_1] 1/2/26 24/7")
	f.Add("1.,:2 $., €.5 ..., 9/99/9999 [A 1 ]")
	f.Fuzz(func(t *testing.T, text string) {
		var known Facts
		known.AddText(text)
		known.AddHistory()
		for _, claim := range known.Unsupported(text) {
			if claim.Kind != Unknown && claim.Kind != Movement {
				t.Errorf("%q is in the text that it is taken from", claim.Text)
			}
		}
	})
}
