package intent

import (
	"math"
	"strings"
	"testing"
)

func TestClassify(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Intent{
		"What's my balance?":                               Balance,
		"how much is left in savings":                      Balance,
		"show me my last ten transactions":                 Transactions,
		"What did I spend on groceries last month?":        Spending,
		"Send $40 to my sister for the tickets":            Transfer,
		"could you move 300 from checking to savings":      Transfer,
		"please pay my electricity bill":                   PayBill,
		"when is my phone bill due":                        BillInfo,
		"freeze my card, I left it on the bus":             FreezeCard,
		"please unfreeze my debit card":                    UnfreezeCard,
		"there is a charge I don't recognize":              Fraud,
		"how much of my daily limit is left":               Limits,
		"what is my account number?":                       AccountNumbers,
		"what is a routing number?":                        Knowledge,
		"list my accounts":                                 Accounts,
		"which cards do I have":                            Cards,
		"show my payees":                                   Payees,
		"I want to talk to a real person":                  Human,
		"good morning":                                     Greeting,
		"thank you so much!":                               Thanks,
		"bye bye":                                          Goodbye,
		"what can you do?":                                 Capabilities,
		"tell me a joke":                                   Smalltalk,
		"yes, go ahead":                                    Yes,
		"no, don't":                                        No,
		"never mind":                                       Cancel,
		"say that again please":                            Repeat,
		"what is the capital of the largest country":       OutOfScope,
		"who won the world cup in hockey":                  OutOfScope,
		"":                                                 OutOfScope,
		"?!":                                               OutOfScope,
		"how do I change my PIN?":                          Knowledge,
		"why is my account frozen":                         Knowledge,
		"do you charge for withdrawals in other countries": Knowledge,
	} {
		if got := Classify(text)[0].Intent; got != want {
			t.Errorf("Classify(%q) = %s, want %s", text, got, want)
		}
	}
}

// questions are about moving money, and none of them orders it.
var questions = []string{
	"how do transfers work", "how do I send money to a friend?", "can i pay my bill by card", "Can I transfer money abroad?",
	"why was my transfer declined", "my transfer hasn't arrived", "when will the payment to my landlord go through?",
	"what does it cost to transfer money", "is it possible to pay my rent with a credit card", "I want to cancel the transfer I made",
	"did my payment go through", "what happens if I pay my bill late", "are transfers free?", "I tried to send money and got an error",
	"how long does a transfer take", "tell me about transfers", "who can send me money?", "I don't want to transfer anything",
	"explain how to pay a bill", "should I pay my bill now or later?", "I was charged for a transfer", "HOW DO I TRANSFER MONEY???",
	"please tell me how to move money to savings", "hi, can i send $50 to someone without an account?",
}

func TestQuestionsNeverMoveMoney(t *testing.T) {
	t.Parallel()
	for _, text := range questions {
		for _, g := range Classify(text) {
			if g.Intent.MovesMoney() && g.Probability > 0 {
				t.Errorf("Classify(%q) gives %s %.2f", text, g.Intent, g.Probability)
			}
		}
	}
}

func TestDenialIsNeverYes(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"that is not right", "no, that's wrong", "absolutely not", "please don't do it", "wait, stop", "that's false"} {
		if got := Classify(text)[0].Intent; got == Yes {
			t.Errorf("Classify(%q) = %s", text, got)
		}
	}
}

func TestNormalise(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"What’s my balance?":     " whats my balance ? ",
		"Send $1,234.50 to Sam!": " send $0 to sam ",
		"  ÄRGER\tüber  £20 ":    " ärger über $0 ",
		"":                       " ",
		"pay [PERSON_1] 20":      " pay person_0 0 ",
	} {
		if got := normalise(text); got != want {
			t.Errorf("normalise(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestUnmarshalRefusesWhatIsNoModel(t *testing.T) {
	t.Parallel()
	for _, stored := range [][]byte{nil, []byte("no model"), stored[:len(stored)/2]} {
		if _, err := Unmarshal(stored); err == nil {
			t.Errorf("Unmarshal of %d bytes succeeded", len(stored))
		}
	}
}

func TestTrainWithoutDataFails(t *testing.T) {
	t.Parallel()
	if _, err := Train(t.TempDir(), 1); err == nil {
		t.Error("Train without data succeeded")
	}
}

func TestModelIsSmall(t *testing.T) {
	t.Parallel()
	if len(stored) > 600<<10 {
		t.Errorf("the model has %d bytes", len(stored))
	}
}

func FuzzClassify(f *testing.F) {
	for _, text := range questions {
		f.Add(text)
	}
	f.Add("\xff\xfe$$$'''")
	f.Add(strings.Repeat("a ", 2000))
	f.Fuzz(func(t *testing.T, text string) {
		var sum float64
		guesses := Classify(text)
		for i, g := range guesses {
			sum += float64(g.Probability)
			if i > 0 && g.Probability > guesses[i-1].Probability {
				t.Fatalf("not sorted: %v", guesses)
			}
		}
		if math.Abs(sum-1) > 1e-3 {
			t.Fatalf("probabilities of %q add up to %v", text, sum)
		}
	})
}

func BenchmarkClassify(b *testing.B) {
	for name, text := range map[string]string{
		"short": "what's my balance?",
		"usual": "how much did I spend on groceries at Fresh Basket last month?",
		"long":  strings.Repeat("I sent money to my landlord last week and it has not arrived, ", 10),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Classify(text)
			}
		})
	}
}
