package rag

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/beir"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ranking"
)

// brief shows chunks as "path / heading: text", text without line breaks.
func brief(chunks []chunk) []string {
	var list []string
	for _, c := range chunks {
		list = append(list, c.path+" / "+c.heading+": "+strings.Join(strings.Fields(c.text), " "))
	}
	return list
}

func TestSplitFollowsTheStructure(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		content string
		want    []string
	}{
		"headings with those above": {
			"intro\n# Cards\ncards\n## Freezing\n### In the app\ntap\n### By phone\ncall\n## Fees\nnone\n# Other\nx",
			[]string{
				" / : intro", " / Cards: cards", "Cards > Freezing / In the app: tap", "Cards > Freezing / By phone: call",
				"Cards / Fees: none", " / Other: x",
			},
		},
		"the title isn't repeated": {"# Title\na\n## B\nb", []string{" / Title: a", " / B: b"}},
		"underlined headings":      {"One\n===\na\n\nTwo\n---\nb\n\nthree\nlines\n---\nc", []string{" / One: a", "One / Two: b three lines c"}},
		"closing number signs":     {"## One ##\r\na\r\n", []string{" / One: a"}},
		"no headings":              {"#hashtag\n\n####### seven\n\n# \n\nx", []string{" / : #hashtag ####### seven # x"}},
		"code is no heading":       {"```sh\n# comment\n\n~~~\n```\n# H\nx", []string{" / : ```sh # comment ~~~ ```", " / H: x"}},
		"code without an end":      {"a\n\n~~~\n# no heading", []string{" / : a ~~~ # no heading"}},
		"nothing but headings":     {"# One\n## Two", []string{" / : # One ## Two"}},
		"a heading without text":   {"# One\n# Two\nx", []string{" / Two: x"}},
		"breaks are left out":      {"a\n\n---\n\n* * *\nb", []string{" / : a b"}},
	} {
		if diff := cmp.Diff(tc.want, brief(split(Document{ID: "d", Title: "title", Content: tc.content}))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// lines makes n lines of about 20 tokens.
func lines(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format+strings.Repeat(" word", 12)+"\n", i)
	}
	return b.String()
}

func TestSplitKeepsTogetherWhatBelongsTogether(t *testing.T) {
	t.Parallel()
	filler := lines(15, "filler%d") // most of a chunk
	for name, tc := range map[string]struct{ content, whole string }{
		"list":                  {filler + "\n" + lines(30, "- item%d"), lines(30, "- item%d")},
		"list with gaps":        {filler + "\n" + lines(15, "1. item%d\n\n   more"), lines(15, "1. item%d\n\n   more")},
		"table":                 {filler + "\n| a | b |\n|---|---|\n" + lines(25, "| %d |"), "| a | b |\n|---|---|\n" + lines(25, "| %d |")},
		"table without bars":    {filler + "\na | b\n--|--\n" + lines(25, "%d | b"), "a | b\n--|--\n" + lines(25, "%d | b")},
		"code":                  {filler + "\n```\n" + lines(20, "%d") + "\n\n" + lines(5, "%d") + "```", "```\n" + lines(20, "%d") + "\n\n" + lines(5, "%d") + "```"},
		"a list and its lead":   {filler + "\nYou need:\n\n" + lines(10, "- item%d"), "You need:\n\n" + lines(10, "- item%d")},
		"a list within a list":  {filler + "\n- a\n  - b\n  - c\n- d", "- a\n  - b\n  - c\n- d"},
		"a list after its text": {filler + "\nlead\n- a\n- b", "- a\n- b"},
	} {
		chunks := split(Document{ID: "d", Content: tc.content})
		if !slices.ContainsFunc(chunks, func(c chunk) bool { return strings.Contains(c.text, strings.TrimSpace(tc.whole)) }) {
			t.Errorf("%s was cut: %q", name, brief(chunks))
		}
	}
}

func TestSplitCutsWhatIsTooLong(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ content, each string }{
		"list":      {lines(100, "- item%d"), "- item"},
		"table":     {"| head | er |\n|---|---|\n" + lines(100, "| %d |"), "| head | er |\n|---|---|\n| "},
		"code":      {"```\n" + lines(100, "%d") + "```", ""},
		"paragraph": {strings.ReplaceAll(lines(100, "Sentence%d"), "\n", ". "), "Sentence"},
		"one word":  {strings.Repeat("ä", 10_000), "ä"},
	} {
		chunks := split(Document{ID: "d", Content: tc.content})
		if len(chunks) < 3 {
			t.Errorf("%s: %d chunks", name, len(chunks))
		}
		for _, c := range chunks {
			if tokens(c.text) > chunkTokens || !strings.HasPrefix(c.text, tc.each) || !utf8.ValidString(c.text) {
				t.Errorf("%s: %d tokens: %.80q", name, tokens(c.text), c.text)
			}
		}
	}
}

// FuzzSplit holds that passages are within their bound, valid and not blank, and
// that no word of the text is lost.
func FuzzSplit(f *testing.F) {
	f.Add("a\n# H\nb\n\n- c\n\n  d\n| e |\n|--|\n| f |\n```\n# g\n```\nh\n==\ni")
	f.Add("- a\n\n\n\n# \n```")
	f.Add(strings.Repeat("äöü", 2000) + "\n|" + strings.Repeat("x y|", 2000))
	f.Fuzz(func(t *testing.T, content string) {
		if !utf8.ValidString(content) || isBlank(content) || len(content) > MaxDocument {
			return
		}
		chunks := split(Document{ID: "d", Title: "t", Content: content})
		var all strings.Builder
		for _, c := range chunks {
			if isBlank(c.text) || tokens(c.text) > wholeTokens || !utf8.ValidString(c.text) {
				t.Errorf("%d tokens: %q of %q", tokens(c.text), c.text, content)
			}
			all.WriteString(c.text + "\n")
		}
		found := map[string]bool{}
		for word := range strings.FieldsFuncSeq(all.String(), unicode.IsSpace) {
			found[word] = true
		}
		for _, s := range sections(content) {
			for _, b := range s.blocks {
				for word := range strings.FieldsFuncSeq(b.text(), unicode.IsSpace) {
					if !found[word] && len(word) < 500 {
						t.Errorf("%q is lost of %q", word, content)
					}
				}
			}
		}
	})
}

// TestSplitKeepsTheRanking holds that passages cut from the documents of the public
// collections find as well as the whole documents do. The floors are a little under
// what was reached.
func TestSplitKeepsTheRanking(t *testing.T) {
	t.Parallel()
	for name, floor := range map[string]float64{"askcfpb": 0.70, "fiqa": 0.43} {
		folder := filepath.Join("../../../shared/data/rag", name)
		if _, err := os.Stat(folder); err != nil {
			t.Skipf("the public collection %s is not here", name)
		}
		c, err := beir.Read(os.DirFS(folder))
		if err != nil {
			t.Fatal(err)
		}
		documents := make([]StoredDocument, len(c.Docs))
		for i, d := range c.Docs {
			documents[i] = StoredDocument{Document: Document{ID: d.ID, Title: d.Title, Content: d.Text}}
		}
		x := newIndex(1, documents)
		m := c.Measure(func(q beir.Question) []string {
			var ids []string
			for _, p := range x.search(Query{Text: q.Text, Limit: MaxResults}, ranking.Query{}) {
				ids = append(ids, p.DocumentID)
			}
			return ids
		})
		t.Logf("%s: %d documents, %d passages, nDCG@10 %.4f, recall@10 %.4f", name, len(documents), len(x.passages), m.NDCG10, m.Recall10)
		if m.NDCG10 < floor {
			t.Errorf("%s: nDCG@10 is %.4f, want at least %.2f", name, m.NDCG10, floor)
		}
	}
}
