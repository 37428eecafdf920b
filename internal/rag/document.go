package rag

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

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

// ParseMarkdown reads an article with front matter (id, title, category, url).
// Without it the name of the file stands in for id and title.
func ParseMarkdown(name string, data []byte) (Document, error) {
	base := strings.TrimSuffix(path.Base(name), path.Ext(name))
	d := Document{ID: base, Title: base}
	body := bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	if rest, ok := bytes.CutPrefix(body, []byte("---\n")); ok {
		front, after, found := bytes.Cut(rest, []byte("\n---\n"))
		if !found {
			return Document{}, fault.New(fault.Validation, "%s: the front matter has no end", name)
		}
		var meta struct{ ID, Title, Category, URL string }
		if err := yaml.Unmarshal(front, &meta); err != nil {
			return Document{}, fault.New(fault.Validation, "%s: the front matter is not valid YAML", name).WithCause(err)
		}
		d.Category, d.URL, body = meta.Category, meta.URL, after
		if meta.ID != "" {
			d.ID = meta.ID
		}
		if meta.Title != "" {
			d.Title = meta.Title
		}
	}
	d.Content = strings.TrimSpace(string(body))
	return d, nil
}

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
