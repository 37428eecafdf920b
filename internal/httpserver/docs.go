package httpserver

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed docs.html
var docsHTML string

//go:embed docs.css
var docsCSS string

var docsTemplate = template.Must(template.New("docs").Parse(docsHTML))

// docsPage is what the template shows.
type docsPage struct {
	Title, Version string
	Style          template.CSS // ours, embedded
	Operations     []docsOperation
	Error          string
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
	s.mux.HandleFunc("GET /openapi.json", static("application/json", apiPolicy, spec))
	s.mux.HandleFunc("GET /docs", static("text/html; charset=utf-8", docsPolicy(), page))
}

// docsPolicy lets the page have its own style and nothing else.
func docsPolicy() string {
	sum := sha256.Sum256([]byte(docsCSS))
	return apiPolicy + "; base-uri 'none'; form-action 'none'; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func static(contentType, policy string, content func() ([]byte, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		data, err := content()
		if err != nil {
			WriteError(w, r, err)
			return
		}
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Content-Security-Policy", policy)
		_, _ = w.Write(data) // a client that left needs no answer
	}
}

func describe(api *huma.OpenAPI) docsPage {
	p := docsPage{
		Title: api.Info.Title, Version: api.Info.Version, Style: template.CSS(docsCSS),
		Error: outline(api, &huma.Schema{Ref: "#/components/schemas/ErrorBody"}),
	}
	for path, item := range api.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				p.Operations = append(p.Operations, describeOperation(api, path, op))
			}
		}
	}
	slices.SortFunc(p.Operations, func(a, b docsOperation) int {
		return cmp.Or(probesLast(a.Path, b.Path), strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
	})
	return p
}

// probesLast puts what every service has behind what this one is for.
func probesLast(a, b string) int {
	switch {
	case isProbe(a) == isProbe(b):
		return 0
	case isProbe(a):
		return 1
	}
	return -1
}

func describeOperation(api *huma.OpenAPI, path string, op *huma.Operation) docsOperation {
	d := docsOperation{Method: op.Method, Path: path, Summary: op.Summary, Description: op.Description}
	for _, need := range op.Security {
		for kind := range need {
			d.Token = kind
		}
	}
	for _, param := range op.Parameters {
		d.Parameters = append(d.Parameters, docsField{param.Name, param.In, typeName(param.Schema), meaning(param)})
	}
	if op.RequestBody != nil {
		d.Body = content(api, op.RequestBody.Content)
	}
	for status, answer := range op.Responses {
		if status == "default" {
			continue // the error body, shown once for all
		}
		d.Answers = append(d.Answers, docsField{Name: status, Text: answer.Description, Type: content(api, answer.Content)})
	}
	slices.SortFunc(d.Answers, func(a, b docsField) int { return strings.Compare(a.Name, b.Name) })
	return d
}

func meaning(param *huma.Param) string {
	var parts []string
	if param.Description != "" {
		parts = append(parts, param.Description)
	}
	if param.Schema != nil {
		parts = append(parts, constraints(param.Schema)...)
	}
	return strings.Join(parts, "; ")
}

func content(api *huma.OpenAPI, media map[string]*huma.MediaType) string {
	if m := media["application/json"]; m != nil && m.Schema != nil {
		return outline(api, m.Schema)
	}
	return ""
}
