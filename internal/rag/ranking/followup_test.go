package ranking_test

import (
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/beir"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ranking"
)

func TestRewriteCarriesTheSubjectOnlyWhenItIsMissing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		earlier []string
		text    string
		carried string // words that must be carried, or "" for none at all
	}{
		{"no earlier question", nil, "and which is cheaper?", ""},
		{"an opening of a follow-up", []string{"wire or ordinary transfer"}, "and which is cheaper?", "wire transfer"},
		{"what about", []string{"overdraft fee of checking"}, "what about savings?", "overdraft fee"},
		{"a pronoun", []string{"how do I freeze a card"}, "how long does it take", "freeze card"},
		{"that at the end", []string{"closing my account"}, "is there a charge for that", "closing account"},
		{"no words of its own", []string{"closing my account"}, "why?", "closing account"},
		{"a fragment", []string{"limits of bill payments"}, "per day?", "limits bill payments"},
		{"two questions back", []string{"wire transfers", "how long do they take"}, "and the cost", "wire transfers"},
		{"a new subject", []string{"how do I freeze a card"}, "what interest do savings accounts pay", ""},
		{"a pronoun with its noun before it", []string{"how do I freeze a card"}, "my phone and wallet are gone, is it dangerous", ""},
		{"a clause of existence", []string{"how do I freeze a card"}, "is there a minimum balance for savings", ""},
		{"courtesies alone lend nothing", []string{"hello, thanks"}, "and the cost", ""},
		{"an empty text", []string{"wire transfers"}, "", ""},
		{"punctuation only", []string{"wire transfers"}, "?!", ""},
	} {
		own, words := len(ranking.Rewrite(nil, test.text)), ranking.Rewrite(test.earlier, test.text)
		have := map[string]bool{}
		for _, w := range words[own:] {
			have[w.Text] = true
			if w.Weight >= 1 {
				t.Errorf("%s: %q counts %v, want less than an own word", test.name, w.Text, w.Weight)
			}
		}
		if test.carried == "" && len(have) > 0 {
			t.Errorf("%s: carried %v, want nothing", test.name, have)
		}
		for w := range strings.FieldsSeq(test.carried) {
			if !have[w] {
				t.Errorf("%s: carried %v, want %q", test.name, have, w)
			}
		}
	}
}

// A public question is cut in two: most of its words are the first question, the
// last ones the follow-up. An unrelated question before a complete one is the
// worst change of subject.
func TestFollowUpsOnPublicQuestions(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"askcfpb", "fiqa"} {
		c, err := beir.Read(collection(t, name))
		if err != nil {
			t.Fatal(err)
		}
		x := ranking.Build(asDocs(c))
		ndcg := func(query func(q beir.Question) ranking.Query) float64 {
			return c.Measure(func(q beir.Question) []string { return ids(x.Search(query(q), 10)) }).NDCG10
		}
		cut := func(q beir.Question) (string, string) {
			words := strings.Fields(q.Text)
			n := len(words) - max(1, len(words)/4)
			return strings.Join(words[:n], " "), "and what about " + strings.Join(words[n:], " ")
		}
		whole := ndcg(func(q beir.Question) ranking.Query { return ranking.Query{Text: q.Text} })
		alone := ndcg(func(q beir.Question) ranking.Query { _, second := cut(q); return ranking.Query{Text: second} })
		follow := ndcg(func(q beir.Question) ranking.Query {
			before, second := cut(q)
			return ranking.Query{Text: second, Context: []string{before}}
		})
		previous := c.Questions[len(c.Questions)-1].Text
		changed := ndcg(func(q beir.Question) ranking.Query {
			query := ranking.Query{Text: q.Text, Context: []string{previous}}
			previous = q.Text
			return query
		})
		t.Logf("%s: nDCG@10 whole %.3f, follow-up alone %.3f, with context %.3f; after another subject %.3f", name, whole, alone, follow, changed)
		if follow < 0.9*whole {
			t.Errorf("%s: a follow-up reaches %.3f, want nine tenths of %.3f", name, follow, whole)
		}
		if changed < whole-0.01 {
			t.Errorf("%s: another subject before costs %.4f, want at most 0.01", name, whole-changed)
		}
	}
}

func asDocs(c beir.Collection) []ranking.Doc {
	var list []ranking.Doc
	for _, d := range c.Docs {
		list = append(list, ranking.Doc{ID: d.ID, Title: d.Title, Text: d.Text, Path: d.Category + " / " + d.Subcategory})
	}
	return list
}
