package ranking_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ranking"
	"github.com/swipesavvy/swipesavvy-ai-agents/knowledge"
)

// articles are the sections of the help articles.
func articles(t testing.TB) []ranking.Doc {
	t.Helper()
	names, err := fs.Glob(knowledge.Articles, "*.md")
	if err != nil {
		t.Fatal(err)
	}
	var docs []ranking.Doc
	for _, name := range names {
		data, err := fs.ReadFile(knowledge.Articles, name)
		if err != nil {
			t.Fatal(err)
		}
		d, err := rag.ParseMarkdown(name, data)
		if err != nil {
			t.Fatal(err)
		}
		for i, section := range strings.Split("\n"+d.Content, "\n## ") {
			heading, text := "", section
			if i > 0 {
				heading, text, _ = strings.Cut(section, "\n")
			}
			docs = append(docs, ranking.Doc{
				ID: fmt.Sprintf("%s#%d", d.ID, i), Title: d.Title, Heading: heading, Text: text, Category: d.Category,
			})
		}
	}
	return docs
}

func TestNothingRelevantIsNothing(t *testing.T) {
	t.Parallel()
	x := ranking.Build(articles(t))
	for _, query := range []string{
		"asdf qwer zxcv", "lorem ipsum dolor sit amet", "colorless green ideas", "kjhgfd", "🙂🙂", "!!!",
		"how do I bake sourdough bread", "who won the football match last night", "what is the weather in Berlin tomorrow",
		"recommend a good science fiction novel", "write a poem about the sea", "how tall is Mount Everest",
		"translate good morning into Japanese", "my bicycle has a flat tire", "when does the museum open",
		"how many calories are in a banana", "which gods did the Romans worship", "sort a list in Python",
	} {
		if hits := x.Search(ranking.Query{Text: query, MinRelevance: ranking.Relevant}, 3); len(hits) > 0 {
			t.Errorf("%q finds %s with relevance %.2f, want nothing", query, hits[0].ID, hits[0].Relevance)
		}
	}
}

func TestRealQuestionsAreRelevant(t *testing.T) {
	t.Parallel()
	x := ranking.Build(articles(t))
	for _, test := range []struct{ query, articles string }{
		{"fees", "fees"},
		{"atm", "atm-withdrawals"},
		{"what is my routing number?", "account-and-routing-numbers"},
		{"how do i freeze my card", "freezing-and-unfreezing-your-card"},
		{"i cant freze my card", "freezing-and-unfreezing-your-card replacement-cards"},
		{"overdarft", "checking-balances fees"},
		{"i lost my card, what now?", "lost-or-stolen-card replacement-cards"},
		{"forgot the pin of my card", "card-pin"},
		{"dispute a charge I did not make", "disputing-a-transaction"},
		{"does it cost anything to pay abroad in a foreign currency", "foreign-transactions-and-travel fees"},
		{"how can I earn cash back rewards", "rewards-and-cash-back"},
		{"schedule a recurring bill payment", "scheduled-and-recurring-bills"},
		{"talk to a real person", "talking-to-a-person"},
		{"close my account", "closing-your-account"},
		{"where are my statements", "statements-and-tax-documents"},
	} {
		hits := x.Search(ranking.Query{Text: test.query, MinRelevance: ranking.Relevant}, 3)
		article, _, _ := strings.Cut(first(hits), "#")
		if article == "" || !strings.Contains(" "+test.articles+" ", " "+article+" ") {
			t.Errorf("%q finds %q, want one of %s", test.query, article, test.articles)
		}
	}
}
