package knowledge_test

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/swipesavvy/swipesavvy-ai-agents/knowledge"
)

const (
	articleURL = "https://help.swipesavvy.example/articles/"
	minWords   = 150
	maxWords   = 450
	minSection = 2
)

// article is one parsed file. Body is what follows the front matter.
type article struct {
	file string
	front
	body string
}

type front struct {
	ID       string `yaml:"id"`
	Title    string `yaml:"title"`
	Category string `yaml:"category"`
	URL      string `yaml:"url"`
}

func load(t *testing.T) []article {
	t.Helper()
	names, err := fs.Glob(knowledge.Articles, "*.md")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 25 {
		t.Fatalf("%d articles are embedded, want at least 25", len(names))
	}
	articles := make([]article, 0, len(names))
	for _, name := range names {
		articles = append(articles, parse(t, name))
	}
	return articles
}

func parse(t *testing.T, name string) article {
	t.Helper()
	raw, err := fs.ReadFile(knowledge.Articles, name)
	if err != nil {
		t.Fatal(err)
	}
	text, found := strings.CutPrefix(string(raw), "---\n")
	head, body, closed := strings.Cut(text, "\n---\n")
	if !found || !closed {
		t.Fatalf("%s: no front matter between --- lines", name)
	}
	a := article{file: strings.TrimSuffix(name, ".md"), body: body}
	dec := yaml.NewDecoder(strings.NewReader(head))
	dec.KnownFields(true)
	if err := dec.Decode(&a.front); err != nil {
		t.Fatalf("%s: front matter: %v", name, err)
	}
	return a
}

func TestFrontMatter(t *testing.T) {
	t.Parallel()
	kebab := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	titles := map[string]string{}
	for _, a := range load(t) {
		if a.ID != a.file {
			t.Errorf("%s: id is %q, want the file's name", a.file, a.ID)
		}
		if !kebab.MatchString(a.ID) {
			t.Errorf("%s: id isn't lower case with hyphens", a.file)
		}
		if a.URL != articleURL+a.ID {
			t.Errorf("%s: url is %q, want %q", a.file, a.URL, articleURL+a.ID)
		}
		if !slices.Contains(categories, a.Category) {
			t.Errorf("%s: category %q is none of %v", a.file, a.Category, categories)
		}
		if other, taken := titles[a.Title]; a.Title == "" || taken {
			t.Errorf("%s: title %q is empty or also that of %q", a.file, a.Title, other)
		}
		titles[a.Title] = a.file
	}
}

// categories are those that searches may be restricted to.
var categories = []string{
	"accounts", "transactions", "transfers", "bills", "cards", "limits-and-fees",
	"disputes", "fraud", "security", "deposits", "rewards", "statements",
	"savings", "closing", "support", "privacy",
}

func TestBodies(t *testing.T) {
	t.Parallel()
	html := regexp.MustCompile(`<[a-zA-Z/!]`)
	for _, a := range load(t) {
		if !utf8.ValidString(a.body) {
			t.Errorf("%s: not UTF-8", a.file)
		}
		if n := words(a.body); n < minWords || n > maxWords {
			t.Errorf("%s: %d words, want %d to %d", a.file, n, minWords, maxWords)
		}
		if html.MatchString(a.body) {
			t.Errorf("%s: has raw HTML", a.file)
		}
		if strings.HasPrefix(strings.TrimSpace(a.body), "#") {
			t.Errorf("%s: opens with a heading, want a sentence that answers", a.file)
		}
	}
}

// words counts what a reader reads: a link's text, not its target.
func words(body string) int {
	return len(strings.Fields(link.ReplaceAllString(body, "$1")))
}

func TestHeadingsHaveAnswers(t *testing.T) {
	t.Parallel()
	heading := regexp.MustCompile(`(?m)^#+ .*$`)
	for _, a := range load(t) {
		heads := heading.FindAllString(a.body, -1)
		if len(heads) < minSection {
			t.Errorf("%s: %d sections, want at least %d", a.file, len(heads), minSection)
		}
		answers := heading.Split(a.body, -1)[1:]
		for i, h := range heads {
			if !strings.HasPrefix(h, "## ") {
				t.Errorf("%s: %q is not a second-level heading", a.file, h)
			}
			if slices.Contains(heads[:i], h) {
				t.Errorf("%s: %q appears twice", a.file, h)
			}
			if strings.TrimSpace(answers[i]) == "" {
				t.Errorf("%s: %q has no answer", a.file, h)
			}
		}
	}
}

// link is a Markdown link with its text and target.
var link = regexp.MustCompile(`\[([^]]+)\]\(([^)]*)\)`)

func TestLinksResolve(t *testing.T) {
	t.Parallel()
	articles := load(t)
	known := map[string]bool{}
	for _, a := range articles {
		known[a.URL] = true
	}
	linked := map[string]bool{}
	for _, a := range articles {
		for _, m := range link.FindAllStringSubmatch(a.body, -1) {
			if !known[m[2]] || m[2] == a.URL {
				t.Errorf("%s: link to %q, want another article", a.file, m[2])
			}
			linked[m[2]] = true
		}
	}
	for _, a := range articles {
		if !linked[a.URL] {
			t.Errorf("%s: no other article links to it", a.file)
		}
	}
}

// TestNoContactData keeps phone numbers, email addresses and account numbers
// out of the articles: guardrails would hide them from an answer that quotes
// them.
func TestNoContactData(t *testing.T) {
	t.Parallel()
	contact := regexp.MustCompile(`\S+@\S+|\d{3}[-. ]\d{3,4}|\d{5,}`)
	for _, a := range load(t) {
		if got := contact.FindString(a.body); got != "" {
			t.Errorf("%s: has %q", a.file, got)
		}
	}
}
