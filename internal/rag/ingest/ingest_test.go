package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ingest"
)

// reader is shared, because starting to read PDF files takes seconds.
var reader = sync.OnceValue(func() *ingest.Reader {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ingest.New("")
	}
	return ingest.New(filepath.Join(cache, "swipesavvy"))
})

func file(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func wide(s string, mark []byte, little bool) string {
	b := bytes.NewBuffer(mark)
	for _, u := range utf16.Encode([]rune(s)) {
		if little {
			b.Write([]byte{byte(u), byte(u >> 8)})
		} else {
			b.Write([]byte{byte(u >> 8), byte(u)})
		}
	}
	return b.String()
}

func TestRead(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		name, data string
		want       rag.Document
	}{
		"markdown with front matter": {
			"a/b.md", "---\r\nid: x\r\ntitle: T\r\ncategory: c\r\nurl: https://x.example\r\n---\r\n# H\r\n\r\ntext\r\n",
			rag.Document{ID: "x", Title: "T", Category: "c", URL: "https://x.example", Content: "# H\n\ntext"},
		},
		"markdown without":       {"fees/atm.md", "# ATM fees #\n\n$2.50", rag.Document{ID: "fees.atm", Title: "ATM fees", Category: "fees", Content: "# ATM fees #\n\n$2.50"}},
		"markdown of text alone": {"atm.markdown", "$2.50", rag.Document{ID: "atm", Title: "atm", Content: "$2.50"}},
		"markdown named text":    {"atm.txt", "---\ntitle: T\n---\nx", rag.Document{ID: "atm", Title: "T", Content: "x"}},
		"text":                   {"atm.txt", "\n  ATM   fees\n\n$2.50\n", rag.Document{ID: "atm", Title: "ATM fees", Content: "ATM   fees\n\n$2.50"}},
		"text of one long line":  {"a b.txt", strings.Repeat("x ", 200), rag.Document{ID: "a-b-c8687a08", Title: "a b", Content: strings.TrimSpace(strings.Repeat("x ", 200))}},
		"UTF-8 with a mark":      {"a.md", "\xef\xbb\xbf---\nid: x\n---\né", rag.Document{ID: "x", Title: "a", Content: "é"}},
		"UTF-16":                 {"a.txt", wide("Grüße 😀", []byte{0xff, 0xfe}, true), rag.Document{ID: "a", Title: "Grüße 😀", Content: "Grüße 😀"}},
		"UTF-16, big end first":  {"a.txt", wide("Grüße 😀", []byte{0xfe, 0xff}, false), rag.Document{ID: "a", Title: "Grüße 😀", Content: "Grüße 😀"}},
		"UTF-16 without a mark":  {"a.txt", wide("Fees and limits", nil, true), rag.Document{ID: "a", Title: "Fees and limits", Content: "Fees and limits"}},
		"Latin-1":                {"a.txt", "The caf\xe9's fee is \xa3 5", rag.Document{ID: "a", Title: "The café's fee is £ 5", Content: "The café's fee is £ 5"}},
		"HTML named text":        {"a.txt", "<!-- c --> <!DOCTYPE html><title>T</title><p>x", rag.Document{ID: "a", Title: "T", Content: "x"}},
		"a piece of HTML":        {"a.HTM", "<p>x &amp; y", rag.Document{ID: "a", Title: "a", Content: "x & y"}},
		"HTML in another encoding": {
			"a.html", "<html><meta charset=windows-1251><title>\xd2\xe0\xf0\xe8\xf4\xfb</title><p>\xca\xe0\xf0\xf2\xe0</html>",
			rag.Document{ID: "a", Title: "Тарифы", Content: "Карта"},
		},
		"PDF": {"docs/fees.bin", file(t, "fees.pdf"), rag.Document{
			ID: "docs.fees", Title: "Card fees", Category: "docs",
			Content: "# Card fees\n\nAn ATM outside our network costs $2.50 for each\nwithdrawal, wherever it is.\n\n## Abroad\n\n" +
				"- Purchases cost 1%\n- Refunds are free\n\nPlan Fee\nBasic $0.00",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := reader().Read(t.Context(), tc.name, []byte(tc.data))
			if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
				t.Error(err, diff)
			}
		})
	}
}

// TestReadHTML shows the Markdown that pages become.
func TestReadHTML(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ html, want string }{
		"headings and text": {"<h1>A <b>b</b></h1>text <i>of</i>\n two<br>lines<h2>C</h2><div>x<p>y", "# A b\n\ntext of two\nlines\n\n## C\n\nx\n\ny"},
		"lists": {
			"<p>You need:<ul><li>one<li><p>two</p><ol><li>a<li>b</ol><li hidden>no</ul><p>end",
			"You need:\n\n- one\n- two\n  1. a\n  2. b\n\nend",
		},
		"tables": {
			"<table><caption>Fees</caption><tr><th>Plan<th>Fee<tbody><tr><td>Basic<td>a|b<tr><td hidden>x</table>after",
			"Fees\n\n| Plan | Fee |\n|---|---|\n| Basic | a\\|b |\n\nafter",
		},
		"tables of layout":          {"<table><tr><td><h2>H</h2><td><table><tr><td>x</table></table>", "## H\n\n| x |\n|---|"},
		"preformatted text":         {"<pre>a\n  b <i>c</i></pre>", "```\na\n  b c\n```"},
		"what isn't shown":          {"<script>x</script><style>x</style><p hidden>x<p style='color:red; Display : none'>x<p style=opacity:0>x<p aria-hidden=true>x<template>x</template><!-- x --><noscript>x</noscript><svg><text>x</text></svg><p style='opacity:0.5'>y", "y"},
		"what goes with every page": {"<header>x</header><nav>x</nav><p>y<footer>x</footer>", "y"},
		"the main part alone":       {"<p>x<main><header>y</header><p>z<footer>a</footer></main>", "y\n\nz\n\na"},
		"links":                     {"<a href='https://x.example/a(b)'>one</a> <a href=/b>two</a> <a href='javascript:x'>three</a>", "[one](https://x.example/a%28b%29) two three"},
		"pictures":                  {"<p>Tap <img alt='Freeze' src=x>", "Tap Freeze"},
		"text like Markdown":        {"<p># a<p>``` b<p>- c<p>-d", "\\# a\n\n\\``` b\n\n\\- c\n\n-d"},
		"definitions":               {"<dl><dt>Fee<dd>what you pay</dl>", "Fee\n\nwhat you pay"},
		"answers to be opened":      {"<details><summary>How?</summary>So.</details>", "How?\n\nSo."},
	} {
		d, err := reader().Read(t.Context(), "a.html", []byte("<html><body>"+tc.html))
		if diff := cmp.Diff(tc.want, d.Content); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
	d, err := reader().Read(t.Context(), "a.html", []byte(`<html><head><title>Fees | Help</title><link rel=canonical href=https://x.example/fees>
		<meta name=category content=fees><meta name=id content=the-fees></head><body><h1>Fees</h1>none`))
	want := rag.Document{ID: "the-fees", Title: "Fees", Category: "fees", URL: "https://x.example/fees", Content: "# Fees\n\nnone"}
	if diff := cmp.Diff(want, d); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	whole := file(t, "fees.pdf")
	for name, tc := range map[string]struct{ name, data, want string }{
		"an empty file":             {"a.md", "", "it is empty"},
		"an empty PDF":              {"a.pdf", "", "it is empty"},
		"white space":               {"a.txt", " \n\t", "it is empty"},
		"no body":                   {"a.md", "---\nid: x\n---", "it has no text"},
		"a page without text":       {"a.html", "<html><script>x</script>", "it has no text"},
		"a page too deep":           {"a.html", strings.Repeat("<div>", 600) + "x", "nested too deeply"},
		"front matter without end":  {"a.md", "---\nid: x\n", "the front matter has no end"},
		"front matter of no YAML":   {"a.md", "---\n: : :\n---\nx", "not valid YAML"},
		"a large file":              {"a.txt", strings.Repeat("x", 50<<20), "it has 50 MB, at most 20 MB are read"},
		"a long text":               {"a.txt", strings.Repeat("x", rag.MaxDocument+1), "more than 1 MB of text"},
		"a long page":               {"a.html", "<p>" + strings.Repeat("word ", 600_000), "more than 1 MB of text"},
		"a program":                 {"a.txt", "\x7fELF\x02\x01\x01", "it is a program"},
		"a picture":                 {"a.md", "\x89PNG\r\n\x1a\n", "it is a picture"},
		"an Office document":        {"a.txt", "PK\x03\x04xxxx", "Office document: save it as PDF, HTML or text"},
		"binary data":               {"a.txt", "abc\x00def", "it is no text"},
		"control characters":        {"a.txt", strings.Repeat("a\x01\x02", 50), "it is no text"},
		"another alphabet":          {"a.txt", "\xd2\xe0\xf0\xe8\xf4\xfb \xed\xe0 \xea\xe0\xf0\xf2\xfb", "save it as UTF-8"},
		"broken UTF-8":              {"a.txt", "Gr\xc3\xbc\xc3\xe4\xe4\xe4", "save it as UTF-8"},
		"broken UTF-16":             {"a.txt", "\xff\xfea\x00\x00\xd8b\x00", "its encoding is broken"},
		"a PDF by name alone":       {"a.pdf", "<html>not found</html>", "it is no PDF"},
		"a cut PDF":                 {"a.pdf", whole[:len(whole)/3], "it is damaged or no PDF"},
		"a PDF of nothing":          {"a.pdf", "%PDF-1.7\n%%EOF", "it is damaged or no PDF"},
		"an encrypted PDF":          {"a.pdf", file(t, "encrypted.pdf"), "it is encrypted"},
		"a PDF of pictures":         {"a.pdf", file(t, "picture.pdf"), "it has no text; when its pages are pictures"},
		"a PDF of endless nesting":  {"a.pdf", "%PDF-1.7\n1 0 obj\n" + strings.Repeat("[", 1_000_000), "it is damaged or no PDF"},
		"a PDF of circular objects": {"a.pdf", circularPDF, "it "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := reader().Read(t.Context(), tc.name, []byte(tc.data))
			if detail := fault.As(err).Detail; !fault.Is(err, fault.Validation) || !strings.Contains(detail, tc.want) || strings.ContainsAny(detail, "\n\r") {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

// circularPDF names itself as its own page tree.
const circularPDF = "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99999999/Parent 2 0 R>>\nendobj\ntrailer\n<</Root 1 0 R/Size 3/Prev 9>>\nstartxref\n9\n%%EOF"

func TestReadStopsWhenTold(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := reader().Read(ctx, "a.pdf", []byte(file(t, "fees.pdf"))); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := reader().Read(t.Context(), "a.pdf", []byte(file(t, "fees.pdf"))); err != nil {
		t.Errorf("the next file: %v", err)
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, name := range []string{"a.md", "a/b.md", "ä.md", "ö.md", "a b.md", "a-b.md", ".hidden", "/.md", strings.Repeat("x", 300) + ".md", strings.Repeat("x", 301) + ".md", "\xff.md"} {
		d, err := reader().Read(t.Context(), name, []byte("text"))
		if err != nil || d.ID == "" || len(d.ID) > 128 || seen[d.ID] != "" || !utf8.ValidString(d.Title) {
			t.Errorf("%q: %+v, %v; same as %q", name, d, err, seen[d.ID])
		}
		seen[d.ID] = name
	}
}

// FuzzRead holds for every format that a document or a one-line reason comes out.
func FuzzRead(f *testing.F) {
	f.Add("a.md", "---\nid: a\n---\n# H")
	f.Add("a.html", "<ul><li><table><tr><td>x<pre>y</ul><a href=http://x>z<h2>")
	f.Add("a.html", "<meta charset=gbk><p>\x81\x30")
	f.Add("a.txt", "\xff\xfea\x00")
	f.Add("a.txt", "caf\xe9")
	f.Fuzz(func(t *testing.T, name, data string) {
		checkRead(t, name, []byte(data))
	})
}

// FuzzReadPDF damages a sound file.
func FuzzReadPDF(f *testing.F) {
	whole := file(f, "fees.pdf")
	f.Add(uint16(0), []byte{})
	f.Add(uint16(500), []byte("<<<<<<"))
	f.Add(uint16(2300), []byte("999999999"))
	f.Fuzz(func(t *testing.T, at uint16, damage []byte) {
		data := []byte(whole)
		copy(data[int(at)%len(data):], damage)
		checkRead(t, "a.pdf", data)
	})
}

func checkRead(t *testing.T, name string, data []byte) {
	d, err := reader().Read(t.Context(), name, data)
	if err != nil {
		if detail := fault.As(err).Detail; !fault.Is(err, fault.Validation) || strings.ContainsAny(detail, "\n\r") {
			t.Errorf("%q of %q", err, data)
		}
		return
	}
	if d.ID == "" || strings.TrimSpace(d.Title) == "" && strings.TrimSpace(d.Content) == "" || !utf8.ValidString(d.Content) || !utf8.ValidString(d.Title) {
		t.Errorf("%+v of %q", d, data)
	}
}

func BenchmarkRead(b *testing.B) {
	var page strings.Builder
	for i := range 200 {
		fmt.Fprintf(&page, "<h2>Question %d</h2><p>An answer of some words, with a <a href=https://x.example/%d>link</a>.<ul><li>one<li>two</ul>", i, i)
	}
	for name, data := range map[string]string{"html": page.String(), "pdf": file(b, "fees.pdf")} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := reader().Read(b.Context(), "a."+name, []byte(data)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
