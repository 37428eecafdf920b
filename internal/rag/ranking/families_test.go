package ranking_test

import (
	"fmt"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ranking"
)

func TestRelatedWordsAreFoundAfterTheWordItself(t *testing.T) {
	t.Parallel()
	docs := []ranking.Doc{
		{ID: "both-1", Text: "A complaint comes from whoever complains."},
		{ID: "both-2", Text: "We read every complaint of a customer who complains."},
		{ID: "word", Text: "A complaint needs the date."},
		{ID: "relative", Text: "When somebody complains, be kind."},
		{ID: "no-relative-1", Text: "A computer stands on the table."},
		{ID: "no-relative-2", Text: "Complements are good company."},
	}
	for i := range 30 {
		docs = append(docs, ranking.Doc{ID: fmt.Sprint("other-", i), Text: fmt.Sprintf("Nothing of the kind stands in text %d.", i)})
	}
	rank := map[string]int{}
	for i, id := range ids(ranking.Build(docs).Search(ranking.Query{Text: "complaint"}, 10)) {
		rank[id] = i + 1
	}
	if rank["word"] == 0 || rank["relative"] <= rank["word"] || rank["no-relative-1"]+rank["no-relative-2"] > 0 {
		t.Errorf("ranks are %v", rank)
	}
}

func TestAbbreviationsAreWords(t *testing.T) {
	t.Parallel()
	var docs []ranking.Doc
	for id, text := range map[string]string{
		"w2": "Your W-2 comes in January.", "401k": "A 401(k) is a plan for retirement.", "sp": "The S&P is an index.",
		"pe": "The P/E compares price and earnings.", "email": "Change your e-mail in the app.", "apr": "The A.P.R. of a loan is its yearly cost.",
		"1099k": "Form 1099-K lists payments.", "plain": "Plan b or a is fine, and/or none.",
	} {
		docs = append(docs, ranking.Doc{ID: id, Text: text})
	}
	x := ranking.Build(docs)
	for query, want := range map[string]string{
		"w2": "w2", "W-2 form": "w2", "401k": "401k", "401(k) plan": "401k", "what is the s&p": "sp", "P/E ratio": "pe",
		"email": "email", "E-Mail": "email", "apr": "apr", "1099-k": "1099k", "and/or": "",
	} {
		if got := first(x.Search(ranking.Query{Text: query}, 1)); got != want {
			t.Errorf("%q finds %q, want %q", query, got, want)
		}
	}
}
