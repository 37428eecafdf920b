// Package ingest reads files as documents of the knowledge base: Markdown, HTML,
// plain text and PDF, told apart by what they hold. It owns the formats, their
// bounds and what is said about a file that can't be read; it knows neither where
// files come from nor where documents go.
package ingest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ingest/pdf"
)

// MaxFile bounds one file in bytes.
const MaxFile = 20 << 20

// maxTitle bounds a title that is taken from the text, in bytes.
const maxTitle = 200

// Reader reads files. It is safe for concurrent use.
type Reader struct{ pdf *pdf.Reader }

// New returns a Reader that may keep a cache for reading PDF files in a folder;
// empty for none.
func New(cache string) *Reader { return &Reader{pdf.New(cache)} }

// Close gives back what reading took.
func (r *Reader) Close() error { return r.pdf.Close() }

// TooLarge is the error for a file of a size above MaxFile.
func TooLarge(size int64) error {
	return invalid("it has %d MB, at most %d MB are read: split it", (size+1<<20-1)>>20, MaxFile>>20)
}

// Read makes a document of a file. The name is the file's path in its folder, with
// slashes; it stands in for what the file itself doesn't say: the id, the title,
// and its first folder for the category. What is wrong with the file is a
// fault.Validation whose detail is one line.
func (r *Reader) Read(ctx context.Context, name string, data []byte) (rag.Document, error) {
	if len(data) > MaxFile {
		return rag.Document{}, TooLarge(int64(len(data)))
	}
	d, err := r.parse(ctx, name, data)
	if err != nil {
		return rag.Document{}, err
	}
	if strings.TrimSpace(d.Content) == "" {
		return rag.Document{}, invalid("it has no text")
	}
	if len(d.Content) > rag.MaxDocument {
		return rag.Document{}, invalid("it has more than %d MB of text: split it", rag.MaxDocument>>20)
	}
	return named(d, name), nil
}

func (r *Reader) parse(ctx context.Context, name string, data []byte) (rag.Document, error) {
	f, err := identify(name, data)
	if err != nil {
		return rag.Document{}, err
	}
	switch f {
	case formatPDF:
		title, content, err := r.pdf.Text(ctx, data)
		return titled(rag.Document{Title: title, Content: content}), err
	case formatHTML:
		return readHTML(data)
	}
	text, err := decode(data)
	if err != nil {
		return rag.Document{}, err
	}
	if f == formatMarkdown {
		d, err := rag.FrontMatter([]byte(text))
		return titled(d), err
	}
	return readText(text), nil
}

// readText takes the first line of a plain text for its title.
func readText(text string) rag.Document {
	d := rag.Document{Content: strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))}
	first, _, _ := strings.Cut(d.Content, "\n")
	if first = oneLine(strings.TrimLeft(first, "#")); len(first) <= maxTitle {
		d.Title = first
	}
	return d
}

// titled gives a document without a title its first heading, if it opens with one.
func titled(d rag.Document) rag.Document {
	if d.Title != "" {
		return d
	}
	first, _, _ := strings.Cut(strings.TrimSpace(d.Content), "\n")
	if title := strings.TrimLeft(first, "#"); title != first && strings.HasPrefix(title, " ") && len(title) <= maxTitle {
		d.Title = oneLine(strings.TrimRight(title, "# "))
	}
	return d
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// named fills what the file doesn't say from its name.
func named(d rag.Document, name string) rag.Document {
	if d.ID == "" {
		d.ID = idOf(name)
	}
	if d.Title == "" {
		base := path.Base(name)
		d.Title = strings.ToValidUTF8(strings.TrimSuffix(base, path.Ext(base)), "?")
	}
	if folder, _, ok := strings.Cut(path.Clean(name), "/"); ok && d.Category == "" && utf8.ValidString(folder) && folder != ".." {
		d.Category = folder
	}
	return d
}

var notInID = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// idOf makes an id of a path: folders are separated by dots. One that an id can't
// spell gets the hash of it, so that two files never share an id by chance.
func idOf(name string) string {
	const longest = 100
	name = strings.TrimSuffix(name, path.Ext(name))
	plain := strings.ReplaceAll(name, "/", ".")
	id := strings.TrimLeft(notInID.ReplaceAllString(plain, "-"), "._-")
	if id == plain && id != "" && len(id) <= longest {
		return id
	}
	sum := sha256.Sum256([]byte(name))
	return strings.TrimLeft(id[:min(len(id), longest)]+"-"+hex.EncodeToString(sum[:4]), "-")
}

func invalid(format string, args ...any) *fault.Error {
	return fault.New(fault.Validation, format, args...)
}

// format is what a file holds.
type format int

const (
	formatText format = iota
	formatMarkdown
	formatHTML
	formatPDF
)

// Extensions are the endings of the files that a folder's documents are read from,
// in lower case. A single file may have any.
var Extensions = []string{".md", ".markdown", ".html", ".htm", ".xhtml", ".txt", ".text", ".pdf"}

// magic are the first bytes of what people mistake for documents.
var magic = []struct{ prefix, what string }{
	{"PK\x03\x04", "a ZIP archive or an Office document: save it as PDF, HTML or text"},
	{"\xd0\xcf\x11\xe0", "an Office document: save it as PDF, HTML or text"},
	{"{\\rtf", "an RTF document: save it as PDF, HTML or text"},
	{"%!PS", "PostScript: save it as PDF"},
	{"\x89PNG", "a picture"},
	{"\xff\xd8\xff", "a picture"},
	{"GIF8", "a picture"},
	{"\x1f\x8b", "compressed: unpack it"},
	{"\x7fELF", "a program"},
	{"MZ\x90", "a program"},
}

// sniffed is how much of a file decides what it is.
const sniffed = 1024

// identify says what a file holds. The name decides only between kinds of text.
func identify(name string, data []byte) (format, error) {
	head := data[:min(len(data), sniffed)]
	ending := strings.ToLower(path.Ext(name))
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return 0, invalid("it is empty")
	case bytes.Contains(head, []byte("%PDF-")):
		return formatPDF, nil
	case ending == ".pdf":
		return 0, invalid("it is no PDF, whatever its name says")
	}
	for _, m := range magic {
		if bytes.HasPrefix(data, []byte(m.prefix)) {
			return 0, invalid("it is %s", m.what)
		}
	}
	switch {
	case looksLikeHTML(head), strings.HasSuffix(ending, "htm"), strings.HasSuffix(ending, "html"):
		return formatHTML, nil
	case ending == ".md", ending == ".markdown", bytes.HasPrefix(withoutMark(data), []byte("---\n")):
		return formatMarkdown, nil
	}
	return formatText, nil
}

var htmlStart = regexp.MustCompile(`(?is)^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)[\s>]`)

func looksLikeHTML(head []byte) bool { return htmlStart.Match(withoutMark(head)) }

func withoutMark(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) }
