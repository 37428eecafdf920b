package ranking_test

import (
	"fmt"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ranking"
)

// Two passages match as well; the document of one of them is about the same.
func TestADocumentSpeaksForItsPassages(t *testing.T) {
	t.Parallel()
	docs := []ranking.Doc{
		{ID: "aside#1", Document: "aside", Text: "The pin of the card opens the door."},
		{ID: "aside#2", Document: "aside", Text: "Doors close by themselves."},
		{ID: "pins#1", Document: "pins", Text: "The pin of the card opens the safe."},
		{ID: "pins#2", Document: "pins", Text: "A pin has four digits."},
		{ID: "alone#1", Document: "alone", Text: "The pin of the card opens the gate. It is new."},
	}
	for i := range 10 {
		docs = append(docs, ranking.Doc{ID: fmt.Sprint("other-", i), Text: fmt.Sprintf("Text %d is about something else.", i)})
	}
	hits := ranking.Build(docs).Search(ranking.Query{Text: "card pin"}, 3)
	if first(hits) != "alone#1" && first(hits) != "pins#1" {
		t.Fatalf("found %v", ids(hits))
	}
	rank := map[string]int{}
	for i, id := range ids(hits) {
		rank[id] = i + 1
	}
	if rank["pins#1"] == 0 || rank["pins#1"] > rank["aside#1"] && rank["aside#1"] > 0 {
		t.Errorf("found %v, want pins#1 before aside#1", ids(hits))
	}
}

func TestEverydayWordsAreNoTopic(t *testing.T) {
	t.Parallel()
	x := ranking.Build(articles(t))
	for query, want := range map[string]bool{
		"how long does a transfer usually take":             true,
		"can I use my card in europe":                       true,
		"how long does sourdough usually take":              false,
		"what happens if the marathon is cancelled by snow": false,
		"could you tell me what you think":                  false,
		"use":                                               false,
	} {
		hits := x.Search(ranking.Query{Text: query, MinRelevance: ranking.Relevant}, 1)
		if got := len(hits) > 0; got != want {
			t.Errorf("%q finds %v, want something: %v", query, hits, want)
		}
	}
}

// Where there is an answer, less sure passages come with it, and never alone.
func TestLessSurePassagesOnlyFollow(t *testing.T) {
	t.Parallel()
	x := ranking.Build(articles(t))
	for _, query := range []string{"how do I freeze my card", "how long does sourdough usually take"} {
		all := x.Search(ranking.Query{Text: query, MinFurther: 0.1}, 10)
		sure := x.Search(ranking.Query{Text: query, MinRelevance: ranking.Relevant, MinFurther: ranking.Relevant}, 10)
		both := x.Search(ranking.Query{Text: query, MinRelevance: ranking.Relevant, MinFurther: 0.1}, 10)
		if len(all) == 0 || len(both) < len(sure) || (len(both) > 0) != (len(sure) > 0) || len(sure) > 0 && both[0].ID != sure[0].ID {
			t.Errorf("%q: %d in all, %d sure, %d with less sure ones", query, len(all), len(sure), len(both))
		}
	}
}

func TestTextsWithoutTitlesAreFound(t *testing.T) {
	t.Parallel()
	var docs []ranking.Doc
	for i := range 50 {
		docs = append(docs, ranking.Doc{ID: fmt.Sprint(i), Title: "Untitled", Text: fmt.Sprintf("Post %d says that a bond%d pays a coupon%d every year.", i, i, i)})
	}
	hits := ranking.Build(docs).Search(ranking.Query{Text: "which coupon7 does bond7 pay", MinRelevance: ranking.Relevant}, 3)
	if first(hits) != "7" {
		t.Errorf("found %v", hits)
	}
}
