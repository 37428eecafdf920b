package ranking_test

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ranking"
)

var shelf = []ranking.Doc{
	{ID: "freeze", Title: "Freezing your card", Category: "Cards", Text: "Open the app, choose the card and tap Freeze. Purchases are refused until you unfreeze it."},
	{ID: "overdraft", Title: "Going below zero", Category: "Accounts", Text: "An overdraft happens when a payment is larger than your balance. The overdraft fee is $5."},
	{ID: "receive", Title: "Receiving money", Category: "Transfers", Text: "You receive a transfer within minutes. Tell the sender your account number and routing number."},
	{ID: "atm", Title: "Cash", Category: "Cards", Text: "An ATM of our network gives cash without a fee. Elsewhere a withdrawal costs $2."},
	{ID: "savings", Title: "Savings", Category: "Accounts", Text: "Savings earn interest every month. Checking earns none, but has no minimum balance."},
	{ID: "wire", Title: "Transfers", Category: "Transfers", Text: "A wire transfer reaches another bank on the same day. A wire costs $20, an ordinary transfer nothing."},
}

func first(hits []ranking.Hit) string {
	if len(hits) == 0 {
		return ""
	}
	return hits[0].ID
}

func ids(hits []ranking.Hit) []string {
	list := []string{}
	for _, h := range hits {
		list = append(list, h.ID)
	}
	return list
}

func TestSearchFindsWhatWasMeant(t *testing.T) {
	t.Parallel()
	x := ranking.Build(shelf)
	for _, test := range []struct{ name, query, want string }{
		{"the words of the article", "how do I freeze my card?", "freeze"},
		{"another form of the word", "freezing cards", "freeze"},
		{"two letters swapped", "overdarft", "overdraft"},
		{"a well-known slip", "when do I recieve the money", "receive"},
		{"a letter missing", "overdrft fee", "overdraft"},
		{"a letter too many", "withdrrawal", "atm"},
		{"a contraction without its apostrophe", "cant unfreze", "freeze"},
		{"two words written as one", "routingnumber", "receive"},
		{"a word for the same thing", "cashpoint", "atm"},
		{"capitals and accents", "ÓVERDRAFT", "overdraft"},
		{"wide characters", "ＡＴＭ", "atm"},
		{"only words that say nothing", "what is it about?", ""},
		{"a word like no other", "xylophone", ""},
		{"a different word, near a known one", "card came", "freeze"},
		{"nothing", "", ""},
		{"broken text", "\xff\xfe", ""},
	} {
		if got := first(x.Search(ranking.Query{Text: test.query}, 3)); got != test.want {
			t.Errorf("%s: %q finds %q, want %q", test.name, test.query, got, test.want)
		}
	}
}

func TestSearchObeysCategoryLimitAndThreshold(t *testing.T) {
	t.Parallel()
	x := ranking.Build(shelf)
	if got := ids(x.Search(ranking.Query{Text: "fee", Category: "cards"}, 5)); !cmp.Equal(got, []string{"atm"}) {
		t.Errorf("category: got %v", got)
	}
	if got := x.Search(ranking.Query{Text: "fee", Category: "nowhere"}, 5); len(got) != 0 {
		t.Errorf("unknown category: got %v", got)
	}
	for _, k := range []int{-1, 0, 1, 2, math.MaxInt} {
		if got := len(x.Search(ranking.Query{Text: "transfer card fee"}, k)); got > max(0, k) || (k > 0 && got == 0) {
			t.Errorf("k=%d: got %d hits", k, got)
		}
	}
	if got := x.Search(ranking.Query{Text: "fee", MinRelevance: 1.1}, 5); len(got) != 0 {
		t.Errorf("a threshold that nothing reaches: got %v", got)
	}
	if got := ranking.Build(nil).Search(ranking.Query{Text: "fee"}, 5); len(got) != 0 {
		t.Errorf("empty index: got %v", got)
	}
}

func TestEqualPassagesKeepTheirOrder(t *testing.T) {
	t.Parallel()
	var docs []ranking.Doc
	for i := range 300 {
		docs = append(docs, ranking.Doc{ID: fmt.Sprint(i), Text: fmt.Sprintf("limit %d", i)})
	}
	x := ranking.Build(docs)
	if got, want := ids(x.Search(ranking.Query{Text: "limit"}, 4)), []string{"0", "1", "2", "3"}; !cmp.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestRepeatedPassagesAreGivenOnce(t *testing.T) {
	t.Parallel()
	text := "You can dispute a purchase for 60 days after the statement that shows it, by message, by letter or at a branch."
	for _, test := range []struct {
		name, second string
		want         int
	}{
		{"word for word", text, 1},
		{"other punctuation and capitals", strings.ToUpper(text) + "!", 1},
		{"another figure", strings.Replace(text, "60", "90", 1), 2},
		{"a denial", strings.Replace(text, "can", "can not", 1), 2},
		{"a denial with an apostrophe", strings.Replace(text, "can", "can't", 1), 2},
		{"another thing", "A purchase that is pending can be seen among your transactions; you dispute it once it is posted.", 2},
	} {
		x := ranking.Build([]ranking.Doc{{ID: "a", Text: text}, {ID: "b", Text: test.second}})
		if got := x.Search(ranking.Query{Text: "dispute a purchase"}, 5); len(got) != test.want {
			t.Errorf("%s: got %v, want %d", test.name, ids(got), test.want)
		}
	}
}

func TestTargetsOfLinksDontCountAsWords(t *testing.T) {
	t.Parallel()
	x := ranking.Build([]ranking.Doc{
		{ID: "link", Text: "A second payment is explained [there](https://help.example/articles/recurring-bills)."},
		{ID: "page", Text: "Recurring bills are paid every month, on the day that you choose when you set them up in the app."},
	})
	if got := ids(x.Search(ranking.Query{Text: "recurring bills"}, 5)); !cmp.Equal(got, []string{"page"}) {
		t.Errorf("got %v, want only the page itself", got)
	}
}

func TestVectors(t *testing.T) {
	t.Parallel()
	docs := append([]ranking.Doc{}, shelf...)
	for i := range docs {
		docs[i].Vector = make([]float32, len(docs))
		docs[i].Vector[i] = 2 // not of length one
	}
	x := ranking.Build(docs)
	wire := docs[5].Vector
	for _, test := range []struct {
		name  string
		query ranking.Query
		want  string
	}{
		{"alone", ranking.Query{Vector: wire}, "wire"},
		{"with a word that nobody has", ranking.Query{Text: "xylophone", Vector: wire}, "wire"},
		{"of another embedder", ranking.Query{Text: "freeze", Vector: []float32{1}}, "freeze"},
		{"without a direction", ranking.Query{Text: "freeze", Vector: make([]float32, len(docs))}, "freeze"},
		{"not a number", ranking.Query{Text: "freeze", Vector: []float32{float32(math.NaN()), 0, 0, 0, 0, 0}}, "freeze"},
		{"with a category", ranking.Query{Text: "fee", Vector: wire, Category: "Cards"}, "atm"},
	} {
		if got := first(x.Search(test.query, 3)); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
	if hit := x.Search(ranking.Query{Vector: wire}, 1)[0]; math.Abs(hit.Parts.Dense-1) > 1e-6 || hit.Parts.Words != 0 {
		t.Errorf("parts: got %+v", hit.Parts)
	}
}

func TestFollowUpIsSearchedWithItsSubject(t *testing.T) {
	t.Parallel()
	x := ranking.Build(shelf)
	for _, test := range []struct {
		context []string
		query   string
		want    string
	}{
		{[]string{"how does an overdraft work?"}, "and what is the fee?", "overdraft"},
		{[]string{"tell me about wire transfers"}, "how much does it cost?", "wire"},
		{[]string{"tell me about wire transfers", "how long do they take?"}, "and the cost?", "wire"},
		{[]string{"how do I freeze my card?"}, "what interest do savings earn?", "savings"},
	} {
		if got := first(x.Search(ranking.Query{Text: test.query, Context: test.context}, 3)); got != test.want {
			t.Errorf("%q after %q finds %q, want %q", test.query, test.context, got, test.want)
		}
	}
}

func TestSearchIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	x := ranking.Build(shelf)
	queries := []string{"freeze card", "overdraft fee", "wire transfer cost", "savings interest"}
	want := map[string][]string{}
	for _, q := range queries {
		want[q] = ids(x.Search(ranking.Query{Text: q}, 3))
	}
	var running sync.WaitGroup
	for i := range 8 {
		running.Go(func() {
			for j := range 200 {
				q := queries[(i+j)%len(queries)]
				if got := ids(x.Search(ranking.Query{Text: q}, 3)); !cmp.Equal(got, want[q]) {
					t.Errorf("%q: got %v, want %v", q, got, want[q])
				}
			}
		})
	}
	running.Wait()
}

func FuzzSearch(f *testing.F) {
	x := ranking.Build(shelf)
	for _, s := range []string{"freeze my card", "and it?", "ﬁ İ ß \u0301", "\xff", strings.Repeat("overdarft ", 50), "a'b'c", "١٢٣"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, text, earlier string) {
		for _, h := range x.Search(ranking.Query{Text: text, Context: []string{earlier}}, 3) {
			if !(h.Relevance >= 0 && h.Relevance <= 1) || !(h.Score > 0) || math.IsInf(h.Score, 0) {
				t.Errorf("%q after %q: %+v", text, earlier, h)
			}
		}
		hits := ranking.Build([]ranking.Doc{{ID: "x", Title: earlier, Text: text}}).Search(ranking.Query{Text: text}, 1)
		if len(hits) > 1 || (len(hits) == 1 && hits[0].ID != "x") {
			t.Errorf("%q: %+v", text, hits)
		}
	})
}

func FuzzRewrite(f *testing.F) {
	f.Add("what about fees?", "how do wires work")
	f.Add("it", "é\xff")
	f.Fuzz(func(t *testing.T, text, earlier string) {
		alone := ranking.Rewrite(nil, text)
		words := ranking.Rewrite([]string{earlier}, text)
		if len(words) < len(alone) || !cmp.Equal(words[:len(alone)], alone, cmp.Transformer("", func(w []ranking.Word) string { return fmt.Sprint(w) })) {
			t.Fatalf("%q after %q lost words of its own: %v", text, earlier, words)
		}
		for _, w := range words {
			if w.Weight <= 0 || w.Weight > 1 || w.Text == "" || !utf8.ValidString(w.Text) {
				t.Errorf("%q after %q: %+v", text, earlier, w)
			}
		}
	})
}
