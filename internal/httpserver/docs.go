package httpserver

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed docs.html
var docsHTML string

var docsTemplate = template.Must(template.New("docs").Parse(docsHTML))

// docsPage is what the template shows.
type docsPage struct {
	Title, Version string
	Operations     []docsOperation
}

type docsOperation struct {
	Method, Path, Summary, Description, Token string
	Parameters                                []docsField
	Body                                      string
	Answers                                   []docsField
}

type docsField struct{ Name, In, Type, Text string }

// registerDocs serves the contract for machines and for people. Both are made
// on first use, when all operations are registered, and never change.
func (s *Server) registerDocs() {
	spec := sync.OnceValues(func() ([]byte, error) { return json.Marshal(s.api.OpenAPI()) })
	page := sync.OnceValues(func() ([]byte, error) {
		var b bytes.Buffer
		err := docsTemplate.Execute(&b, describe(s.api.OpenAPI()))
		return b.Bytes(), err
	})
	s.mux.HandleFunc("GET /openapi.json", static("application/json", spec))
	s.mux.HandleFunc("GET /docs", static("text/html; charset=utf-8", page))
}

func static(contentType string, content func() ([]byte, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		data, err := content()
		if err != nil {
			WriteError(w, r, err)
			return
		}
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		_, _ = w.Write(data) // a client that left needs no answer
	}
}

func describe(api *huma.OpenAPI) docsPage {
	p := docsPage{Title: api.Info.Title, Version: api.Info.Version}
	for path, item := range api.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				p.Operations = append(p.Operations, describeOperation(api, path, op))
			}
		}
	}
	slices.SortFunc(p.Operations, func(a, b docsOperation) int {
		return strings.Compare(a.Path+a.Method, b.Path+b.Method)
	})
	return p
}

func describeOperation(api *huma.OpenAPI, path string, op *huma.Operation) docsOperation {
	d := docsOperation{Method: op.Method, Path: path, Summary: op.Summary, Description: op.Description}
	for _, need := range op.Security {
		for kind := range need {
			d.Token = kind
		}
	}
	for _, param := range op.Parameters {
		d.Parameters = append(d.Parameters, docsField{param.Name, param.In, typeName(param.Schema), param.Description})
	}
	if op.RequestBody != nil {
		d.Body = content(api, op.RequestBody.Content)
	}
	for status, answer := range op.Responses {
		d.Answers = append(d.Answers, docsField{Name: status, Text: answer.Description, Type: content(api, answer.Content)})
	}
	slices.SortFunc(d.Answers, func(a, b docsField) int { return strings.Compare(a.Name, b.Name) })
	return d
}

func content(api *huma.OpenAPI, media map[string]*huma.MediaType) string {
	if m := media["application/json"]; m != nil && m.Schema != nil {
		return outline(api, m.Schema, 0)
	}
	return ""
}

// maxOutline bounds how deep a schema is shown.
const maxOutline = 4

// outline writes a schema the way JSON would look.
func outline(api *huma.OpenAPI, s *huma.Schema, depth int) string {
	if s.Ref != "" {
		s = api.Components.Schemas.SchemaFromRef(s.Ref)
	}
	indent := strings.Repeat("  ", depth)
	switch {
	case depth > maxOutline:
		return "..."
	case s.Type == "array":
		return "[" + outline(api, s.Items, depth) + ", ...]"
	case len(s.Properties) == 0:
		return typeName(s)
	}
	var b strings.Builder
	b.WriteString("{\n")
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		fmt.Fprintf(&b, "%s  %q: %s%s\n", indent, name, outline(api, s.Properties[name], depth+1), remark(s, name))
	}
	return b.String() + indent + "}"
}

func remark(s *huma.Schema, name string) string {
	var parts []string
	if !slices.Contains(s.Required, name) {
		parts = append(parts, "optional")
	}
	if text := s.Properties[name].Description; text != "" {
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return ""
	}
	return "  // " + strings.Join(parts, "; ")
}

func typeName(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case len(s.Enum) > 0:
		values := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			values[i] = fmt.Sprint(v)
		}
		return strings.Join(values, " | ")
	}
	return s.Type
}
