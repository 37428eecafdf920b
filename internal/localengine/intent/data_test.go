package intent

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// dataNames are what the data calls intents that it has under another name.
var dataNames = map[Intent]string{
	Human: "human_handoff", Limits: "transfer_limits", UnfreezeCard: "freeze_card", Accounts: "balance", Cards: "knowledge", Payees: "knowledge",
}

func accepted(e example, i Intent) bool {
	return slices.Contains(e.accept, string(i)) || slices.Contains(e.accept, dataNames[i])
}

const folds = 3

// foldOf keeps the examples of one group on one side of each split.
func foldOf(i int, e example) int {
	key := fmt.Sprint(i)
	if e.group != "" {
		key = e.group
	}
	return int(finish(hash(0, key)) % folds)
}

// TestUnseenMessages measures messages that the model hasn't seen, and topics of
// other domains of which it has seen none.
func TestUnseenMessages(t *testing.T) {
	t.Parallel()
	needData(t)
	list, err := readAll(data)
	if err != nil {
		t.Fatal(err)
	}
	var inside, insideRight, outside, outsideRight, questions, moved int
	for f := range folds {
		var train, test []example
		for i, e := range list {
			if foldOf(i, e) == f {
				test = append(test, e)
			} else {
				train = append(train, e)
			}
		}
		m := fit(append(train, written(ownLimit, ownOutside, rand.New(rand.NewPCG(1, 1)))...), 1)
		for _, e := range test {
			got := m.Classify(e.text)[0].Intent
			switch {
			case e.source == sourceBank77 && coarse(e.class) == Knowledge:
				questions++
				if got.MovesMoney() {
					moved++
				}
			case e.source != sourceClinc:
			case coarse(e.class) == OutOfScope:
				outside++
				if got == OutOfScope {
					outsideRight++
				}
			default:
				inside++
				if accepted(e, got) {
					insideRight++
				}
			}
		}
	}
	share := func(a, b int) float64 { return float64(a) / float64(b) }
	t.Logf("in scope %.4f of %d, out of scope %.4f of %d, questions taken for orders to move money %d of %d",
		share(insideRight, inside), inside, share(outsideRight, outside), outside, moved, questions)
	if share(insideRight, inside) < 0.94 || share(outsideRight, outside) < 0.85 {
		t.Error("worse than it was")
	}
}

func TestMessages(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Intent{
		"what's my balance": Balance, "how much do i have in savings": Balance, "send 20 dollars to maria": Transfer,
		"move 50 from checking to savings": Transfer, "pay my electric bill": PayBill, "please freeze my card": FreezeCard,
		"how do transfers work": Knowledge, "why was my transfer declined": Knowledge, "hello there": Greeting, "thank you so much": Thanks,
		"what will the weather be tomorrow": OutOfScope,
	} {
		if got := Classify(text)[0].Intent; got != want {
			t.Errorf("%q is taken for %s, want %s", text, got, want)
		}
	}
}

func FuzzClassify(f *testing.F) {
	f.Add("how much is in my account?")
	f.Add("\xff\x00")
	f.Fuzz(func(t *testing.T, text string) {
		sum := float32(0)
		for _, g := range Classify(text) {
			sum += g.Probability
		}
		if sum < 0.99 || sum > 1.01 {
			t.Errorf("%q: the probabilities add up to %v", text, sum)
		}
	})
}

func BenchmarkClassify(b *testing.B) {
	for b.Loop() {
		Classify("how much did i spend on groceries at the corner shop last month")
	}
}
