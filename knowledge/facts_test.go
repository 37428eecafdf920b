package knowledge_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// figure matches what must agree between articles: money, percentages, times of
// day, and counts with a unit.
var figure = regexp.MustCompile(`\$\d[\d,]*(?:\.\d\d)?|\d+(?:\.\d+)?%|\d{1,2}:\d\d [ap]\.m\.|` +
	`\d+(?: to \d+)? (?:(?:business )?day|hour|minute|month|year|digit|character|countr(?:y|ie))s?\b`)

// TestFiguresAreInTheFactSheet compares both ways: a figure in an article needs
// a fact that names the article, and a fact needs its figure in every article
// that it names.
func TestFiguresAreInTheFactSheet(t *testing.T) {
	t.Parallel()
	stated := map[string][]string{}
	for _, a := range load(t) {
		found := map[string]bool{}
		for _, f := range figure.FindAllString(link.ReplaceAllString(a.body, "$1"), -1) {
			found[f] = true
		}
		for _, f := range slices.Sorted(maps.Keys(found)) {
			stated[f] = append(stated[f], a.file)
		}
	}
	if diff := cmp.Diff(facts(t), stated); diff != "" {
		t.Errorf("_FACTS.md (-) and the articles (+) differ:\n%s", diff)
	}
}

// facts reads the fact sheet: the articles that may state each figure.
func facts(t *testing.T) map[string][]string {
	t.Helper()
	raw, err := os.ReadFile("_FACTS.md")
	if err != nil {
		t.Fatal(err)
	}
	sheet := map[string][]string{}
	for row := range strings.Lines(string(raw)) {
		cells := strings.Split(row, "|")
		if len(cells) != 5 || !figure.MatchString(cells[2]) {
			continue
		}
		f := strings.TrimSpace(cells[2])
		for name := range strings.SplitSeq(cells[3], ",") {
			sheet[f] = append(sheet[f], strings.TrimSpace(name))
		}
	}
	for f, names := range sheet {
		slices.Sort(names)
		sheet[f] = slices.Compact(names)
	}
	return sheet
}

func TestFigureRecognizesWhatWritersUse(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"costs $1.99 each":              "$1.99",
		"up to $2,500.00.":              "$2,500.00",
		"earns 3.60% APY":               "3.60%",
		"before 5:00 p.m. Eastern":      "5:00 p.m.",
		"in 1 to 2 business days.":      "1 to 2 business days",
		"takes 1 business day":          "1 business day",
		"more than 200 countries":       "200 countries",
		"the last 4 digits":             "4 digits",
		"by January 31":                 "",
		"a code, or Form 1099-INT":      "",
		"answer within a business day.": "",
	}
	for text, want := range tests {
		if got := figure.FindString(text); got != want {
			t.Errorf("figure in %q is %q, want %q", text, got, want)
		}
	}
}
