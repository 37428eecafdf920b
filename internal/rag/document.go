package rag

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// maxSource bounds a document's source in bytes.
const maxSource = 1000

var documentID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)

// normalised trims a document and gives it an id made from its title and
// category when it has none, so that sending it again replaces it.
func (d Document) normalised() Document {
	d.ID, d.Title, d.Category = strings.TrimSpace(d.ID), strings.TrimSpace(d.Title), strings.TrimSpace(d.Category)
	if d.ID == "" {
		sum := sha256.Sum256([]byte(d.Title + "\x00" + d.Category))
		d.ID = "doc-" + hex.EncodeToString(sum[:8])
	}
	return d
}

func (d Document) validate() error {
	invalid := func(format string, args ...any) error { return fault.New(fault.Validation, format, args...) }
	switch {
	case !documentID.MatchString(d.ID):
		return invalid("id must be 1 to 128 letters, digits, dots, hyphens or underscores")
	case d.Title == "" || len(d.Title) > 500:
		return invalid("title must have 1 to 500 bytes")
	case len(d.Category) > 100:
		return invalid("category must have at most 100 bytes")
	case isBlank(d.Content):
		return invalid("content must not be empty")
	case len(d.Content) > MaxDocument:
		return invalid("content must have at most %d bytes: split the document", MaxDocument)
	case !isText(d.Title) || !isText(d.Category) || !isText(d.Content):
		return invalid("the document must be UTF-8 text")
	case len(d.Source) > maxSource || !isText(d.Source):
		return invalid("source must be UTF-8 text of at most %d bytes", maxSource)
	case d.URL != "" && !isWebAddress(d.URL):
		return invalid("url must be an http:// or https:// address")
	}
	return nil
}

func isBlank(s string) bool { return strings.TrimFunc(s, unicode.IsSpace) == "" }

func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func isWebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && len(s) <= 2000
}

// ParseMarkdown reads an article as FrontMatter does. What it doesn't say of id and
// title, the name of the file does.
func ParseMarkdown(name string, data []byte) (Document, error) {
	d, err := FrontMatter(data)
	if err != nil {
		return Document{}, fault.New(fault.Validation, "%s: %s", name, fault.As(err).Detail).WithCause(err)
	}
	base := strings.TrimSuffix(path.Base(name), path.Ext(name))
	d.ID, d.Title = cmp.Or(d.ID, base), cmp.Or(d.Title, base)
	return d, nil
}

// FrontMatter reads Markdown that may open with YAML between "---" lines, whose
// keys are id, title, category and url. What it doesn't say stays empty.
func FrontMatter(data []byte) (Document, error) {
	var d Document
	body := bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	if rest, ok := bytes.CutPrefix(body, []byte("---\n")); ok {
		front, after, found := bytes.Cut(append(bytes.Clone(rest), '\n'), []byte("\n---\n"))
		if !found {
			return Document{}, fault.New(fault.Validation, "the front matter has no end")
		}
		var meta struct{ ID, Title, Category, URL string }
		if err := yaml.Unmarshal(front, &meta); err != nil {
			return Document{}, wrongFrontMatter(err)
		}
		d.ID, d.Title, d.Category, d.URL, body = meta.ID, meta.Title, meta.Category, meta.URL, after
	}
	d.Content = strings.TrimSpace(string(body))
	return d, nil
}

// wrongFrontMatter says where YAML is wrong, in one line and without quoting it.
func wrongFrontMatter(err error) error {
	if wrong := new(yaml.TypeError); errors.As(err, &wrong) {
		return fault.New(fault.Validation, "the front matter must be lines such as \"title: Fees\", and id, title, category and url must be text").WithCause(err)
	}
	detail := "the front matter is not valid YAML"
	if line := yamlLine.FindStringSubmatch(err.Error()); line != nil {
		n, _ := strconv.Atoi(line[1])
		detail += fmt.Sprintf(", near line %d of the file", n+1)
	}
	return fault.New(fault.Validation, "%s; put texts with a colon into quotes", detail).WithCause(err)
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// IngestFS stores every Markdown file of a folder. Documents that can't be read
// are named in the error; the others are stored all the same.
func (s *Service) IngestFS(ctx context.Context, files fs.FS) error {
	names, err := fs.Glob(files, "*.md")
	if err != nil {
		return err
	}
	var documents []Document
	var failed []error
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		d, err := ParseMarkdown(name, data)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		documents = append(documents, d)
	}
	results, err := s.Upsert(ctx, documents)
	if err != nil {
		return err
	}
	for _, r := range results {
		if r.Status == "failed" {
			failed = append(failed, fmt.Errorf("%s: %s", r.ID, r.Error))
		}
	}
	return errors.Join(failed...)
}
