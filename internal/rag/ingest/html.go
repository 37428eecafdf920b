package ingest

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

// readHTML takes what a page shows: its main part, or else its body without
// navigation. Headings, lists and tables become Markdown.
func readHTML(data []byte) (rag.Document, error) {
	content, err := decodeHTML(data)
	if err != nil {
		return rag.Document{}, err
	}
	root, err := html.Parse(strings.NewReader(content))
	if err != nil {
		return rag.Document{}, invalid("it is nested too deeply to be a page").WithCause(err)
	}
	d := about(root)
	main := find(root, func(n *html.Node) bool { return n.DataAtom == atom.Main || attribute(n, "role") == "main" })
	if main == nil {
		main = find(root, func(n *html.Node) bool { return n.DataAtom == atom.Body })
	}
	if main == nil {
		return rag.Document{}, invalid("it has no text")
	}
	w := &page{inMain: main.DataAtom != atom.Body}
	w.node(main)
	w.flush()
	if h1 := find(main, func(n *html.Node) bool { return n.DataAtom == atom.H1 }); h1 != nil {
		if title := inline(h1); title != "" && len(title) <= maxTitle {
			d.Title = title
		}
	}
	d.Content = strings.TrimSpace(w.b.String())
	return d, nil
}

// decodeHTML goes by the page's own word on its encoding, which decode doesn't
// know of.
func decodeHTML(data []byte) (string, error) {
	e, name, _ := charset.DetermineEncoding(data, "")
	if name == "utf-8" || name == "windows-1252" || name == "replacement" || strings.HasPrefix(name, "utf-16") {
		return decode(data)
	}
	return decodeAs(e, data)
}

// about reads a page's head.
func about(root *html.Node) rag.Document {
	var d rag.Document
	if n := find(root, func(n *html.Node) bool { return n.DataAtom == atom.Title && n.Namespace == "" }); n != nil && n.FirstChild != nil {
		if title := oneLine(n.FirstChild.Data); len(title) <= maxTitle {
			d.Title = title
		}
	}
	_ = find(root, func(n *html.Node) bool {
		switch {
		case n.DataAtom == atom.Link && strings.EqualFold(attribute(n, "rel"), "canonical"):
			if address, ok := webAddress(attribute(n, "href")); ok {
				d.URL = address
			}
		case n.DataAtom == atom.Meta && attribute(n, "name") == "category":
			d.Category = oneLine(attribute(n, "content"))
		case n.DataAtom == atom.Meta && attribute(n, "name") == "id":
			d.ID = strings.TrimSpace(attribute(n, "content"))
		}
		return false
	})
	return d
}

// find returns the first visible element, from top to bottom, that fits.
func find(n *html.Node, fits func(*html.Node) bool) *html.Node {
	if n.Type == html.ElementNode && fits(n) {
		return n
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && (isHidden(c) && c.DataAtom != atom.Head) {
			continue
		}
		if found := find(c, fits); found != nil {
			return found
		}
	}
	return nil
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func webAddress(s string) (string, bool) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || len(s) > 1000 {
		return "", false
	}
	return strings.NewReplacer("(", "%28", ")", "%29").Replace(u.String()), true
}

// unseen are elements that a page doesn't show, or that aren't its text.
var unseen = map[atom.Atom]bool{
	atom.Head: true, atom.Script: true, atom.Style: true, atom.Template: true, atom.Noscript: true, atom.Iframe: true,
	atom.Object: true, atom.Embed: true, atom.Svg: true, atom.Math: true, atom.Canvas: true, atom.Audio: true, atom.Video: true,
	atom.Select: true, atom.Textarea: true, atom.Datalist: true, atom.Dialog: true, atom.Nav: true,
}

// hiddenStyle finds what makes an element invisible in its own style.
var hiddenStyle = regexp.MustCompile(`(?i)(display\s*:\s*none|visibility\s*:\s*(hidden|collapse)|opacity\s*:\s*0*(\.0+)?\s*(;|!|$)|font-size\s*:\s*0*(\.0+)?[a-z%]*\s*(;|!|$))`)

func isHidden(n *html.Node) bool {
	return unseen[n.DataAtom] || has(n, "hidden") || attribute(n, "aria-hidden") == "true" || hiddenStyle.MatchString(attribute(n, "style"))
}

// page writes elements as blocks of Markdown.
type page struct {
	b      strings.Builder
	text   strings.Builder // the block that is being written
	prefix string          // of the block's first line
	depth  int             // of lists
	inMain bool
}

// maxText ends the reading of a page that writes more than any document may hold.
const maxText = 2 * rag.MaxDocument

func (w *page) full() bool { return w.b.Len()+w.text.Len() > maxText }

func (w *page) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
}

func (w *page) node(n *html.Node) {
	switch {
	case w.full():
	case n.Type == html.TextNode:
		w.text.WriteString(n.Data)
	case n.Type == html.DocumentNode:
		w.children(n)
	case n.Type != html.ElementNode || isHidden(n):
	case !w.inMain && (n.DataAtom == atom.Header || n.DataAtom == atom.Footer || n.DataAtom == atom.Aside):
	default:
		w.element(n)
	}
}

func (w *page) element(n *html.Node) {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		w.flush()
		if title := inline(n); title != "" {
			w.block(strings.Repeat("#", int(n.Data[1]-'0')) + " " + title)
		}
	case atom.Br:
		w.text.WriteString("\v")
	case atom.Img:
		w.text.WriteString(" " + attribute(n, "alt") + " ")
	case atom.A:
		w.link(n)
	case atom.Pre:
		w.flush()
		w.code(n)
	case atom.Table:
		w.flush()
		w.table(n)
	case atom.Ul, atom.Ol, atom.Menu:
		w.flush()
		w.list(n)
	default:
		if !isBlock[n.DataAtom] {
			w.children(n)
			return
		}
		w.flush()
		w.children(n)
		w.flush()
	}
}

var isBlock = map[atom.Atom]bool{
	atom.Body: true, atom.Main: true, atom.Article: true, atom.Section: true, atom.Div: true, atom.P: true, atom.Header: true,
	atom.Footer: true, atom.Aside: true, atom.Blockquote: true, atom.Address: true, atom.Figure: true, atom.Figcaption: true,
	atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Details: true, atom.Summary: true, atom.Form: true, atom.Fieldset: true,
	atom.Legend: true, atom.Hr: true, atom.Li: true, atom.Tr: true, atom.Td: true, atom.Th: true, atom.Caption: true, atom.Center: true,
	atom.Tbody: true, atom.Thead: true, atom.Tfoot: true, atom.Option: true,
}

func (w *page) link(n *html.Node) {
	text := inline(n)
	address, ok := webAddress(attribute(n, "href"))
	switch {
	case text == "" || find(n, func(c *html.Node) bool { return c != n && isBlock[c.DataAtom] }) != nil:
		w.children(n)
	case ok && !strings.ContainsAny(text, "[]"):
		w.text.WriteString("[" + text + "](" + address + ")")
	default:
		w.text.WriteString(text)
	}
}

// flush ends the present block.
func (w *page) flush() {
	var lines []string
	for line := range strings.SplitSeq(w.text.String(), "\v") {
		if line = oneLine(line); line != "" {
			lines = append(lines, literal(line))
		}
	}
	w.text.Reset()
	if len(lines) > 0 {
		w.block(strings.Join(lines, "\n"))
	}
}

// block writes a block, within lists indented under its item.
func (w *page) block(text string) {
	margin := ""
	if w.depth > 0 {
		margin = strings.Repeat("  ", min(w.depth, maxDepth))
	}
	first := margin
	if w.prefix != "" {
		first, w.prefix = w.prefix, ""
	} else if w.depth == 0 && w.b.Len() > 0 {
		w.b.WriteString("\n")
	}
	w.b.WriteString(first + strings.ReplaceAll(text, "\n", "\n"+margin) + "\n")
}

// maxDepth is how deep lists are indented.
const maxDepth = 5

func (w *page) list(n *html.Node) {
	if w.depth == 0 && w.b.Len() > 0 {
		w.b.WriteString("\n")
	}
	number := 0
	for c := n.FirstChild; c != nil && !w.full(); c = c.NextSibling {
		if c.DataAtom != atom.Li {
			w.node(c)
			continue
		}
		if isHidden(c) {
			continue
		}
		w.flush()
		number++
		mark := "- "
		if n.DataAtom == atom.Ol {
			mark = fmt.Sprintf("%d. ", number)
		}
		w.prefix = strings.Repeat("  ", min(w.depth, maxDepth)) + mark
		w.depth++
		w.children(c)
		w.flush()
		w.depth--
		w.prefix = ""
	}
	w.flush()
}

// code writes preformatted text.
func (w *page) code(n *html.Node) {
	text := strings.Trim(raw(n), "\n")
	if strings.TrimSpace(text) == "" {
		return
	}
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	w.block(fence + "\n" + text + "\n" + fence)
}

// table writes rows of cells. A table within which stand headings, lists or other
// tables is layout, and its cells are blocks.
func (w *page) table(n *html.Node) {
	if find(n, func(c *html.Node) bool {
		return c != n && (c.DataAtom == atom.Table || c.DataAtom == atom.Ul || c.DataAtom == atom.Ol || len(c.Data) == 2 && c.Data[0] == 'h' && c.Data[1] >= '1' && c.Data[1] <= '6')
	}) != nil {
		w.children(n)
		w.flush()
		return
	}
	var rows []string
	size := 0
	_ = find(n, func(row *html.Node) bool {
		if row.DataAtom == atom.Caption {
			if text := inline(row); text != "" {
				w.block(literal(text))
			}
		}
		if row.DataAtom != atom.Tr {
			return false
		}
		var cells []string
		filled := false
		for c := row.FirstChild; c != nil; c = c.NextSibling {
			if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
				text := ""
				if !isHidden(c) {
					text = strings.ReplaceAll(inline(c), "|", "\\|")
				}
				filled = filled || text != ""
				cells = append(cells, text)
			}
		}
		if !filled {
			return false
		}
		rows = append(rows, "| "+strings.Join(cells, " | ")+" |")
		if len(rows) == 1 {
			rows = append(rows, strings.Repeat("|---", len(cells))+"|")
		}
		size += len(rows[len(rows)-1])
		return size > maxText
	})
	if len(rows) > 0 {
		w.block(strings.Join(rows, "\n"))
	}
}

// inline is an element's visible text in one line.
func inline(n *html.Node) string {
	w := &page{inMain: true}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			w.text.WriteString(n.Data)
		case n.Type == html.ElementNode && isHidden(n):
		default:
			if n.DataAtom == atom.Img {
				w.text.WriteString(attribute(n, "alt"))
			}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				walk(c)
			}
			if isBlock[n.DataAtom] || n.DataAtom == atom.Br {
				w.text.WriteString(" ")
			}
		}
	}
	walk(n)
	return oneLine(w.text.String())
}

// raw is an element's visible text as it is written.
func raw(n *html.Node) string {
	var b bytes.Buffer
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case n.Type == html.ElementNode && isHidden(n):
		default:
			if n.DataAtom == atom.Br {
				b.WriteString("\n")
			}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				walk(c)
			}
		}
	}
	walk(n)
	return b.String()
}

// literal keeps a line of text from being read as a heading, a fence or a list.
func literal(line string) string {
	r, size := utf8.DecodeRuneInString(line)
	next, _ := utf8.DecodeRuneInString(line[size:])
	switch {
	case r == '#', strings.HasPrefix(line, "```"), strings.HasPrefix(line, "~~~"),
		strings.ContainsRune("-*+", r) && unicode.IsSpace(next):
		return "\\" + line
	}
	return line
}
