// Package raghttp puts the knowledge base on HTTP: a handler for the contract
// and a client for those who search. It ranks nothing itself.
package raghttp

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpclient"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

const (
	base = "/api/v1/rag"
	// maxDocumentsBytes bounds one upload of documents.
	maxDocumentsBytes = 16 << 20
	// maxListed bounds the contents of one list of documents in bytes, give or take
	// one step: it is read contentStep documents at a time.
	maxListed   = 4 << 20
	contentStep = 5
)

type searchBody struct {
	_        struct{} `additionalProperties:"true"`
	Query    string   `json:"query" doc:"What to look for"`
	Limit    int      `json:"limit,omitempty" minimum:"0" maximum:"50" doc:"Most results; default 5"`
	TopK     int      `json:"top_k,omitempty" minimum:"0" maximum:"50" doc:"Another name of limit"`
	MinScore float64  `json:"min_score,omitempty" minimum:"0" maximum:"1" doc:"Least score; default is the service's own threshold, which is lower for all but the best result"`
	Category string   `json:"category,omitempty" maxLength:"100"`
	Context  []string `json:"context,omitempty" maxItems:"20" doc:"Earlier questions of the conversation, oldest first; they matter where the query points back to them"`
}

type searchResults struct {
	Results  []rag.Passage `json:"results"`
	Query    string        `json:"query"`
	Count    int           `json:"count"`
	Degraded bool          `json:"degraded" doc:"Searched by words alone, because the embedder failed or isn't done"`
}

type contextBody struct {
	_         struct{} `additionalProperties:"true"`
	Query     string   `json:"query"`
	MaxTokens int      `json:"max_tokens,omitempty" minimum:"0" maximum:"100000" doc:"Budget; default 2000"`
	TopK      int      `json:"top_k,omitempty" minimum:"0" maximum:"50" doc:"Most sources; default 3"`
	Category  string   `json:"category,omitempty" maxLength:"100"`
	Context   []string `json:"context,omitempty" maxItems:"20" doc:"Earlier questions of the conversation, oldest first"`
}

type document struct {
	_        struct{} `additionalProperties:"true"`
	ID       string   `json:"id,omitempty" doc:"Made from title and category when empty"`
	Title    string   `json:"title"`
	Content  string   `json:"content" doc:"Markdown or plain text"`
	Category string   `json:"category"`
	URL      string   `json:"url,omitempty"`
	Source   string   `json:"source,omitempty" doc:"What keeps it up to date, such as a synchronized folder: a name, a colon and a path there"`
}

type storedDocument struct {
	document
	Hash      string  `json:"hash" doc:"SHA-256 of what the document says"`
	UpdatedAt float64 `json:"updated_at" doc:"Unix seconds"`
}

// wrapped is an answer with a body of type T.
type wrapped[T any] struct{ Body T }

// body is a request with a body of type T.
type body[T any] struct{ Body T }

type uploads struct {
	Documents []document `json:"documents" minItems:"1" maxItems:"1000"`
}

type uploaded struct {
	Results []rag.Upserted `json:"results" doc:"In the order of the documents"`
	Count   int            `json:"count"`
}

type listInput struct {
	After   string `query:"after" maxLength:"128" doc:"List the documents after this id"`
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"50" doc:"Most documents; fewer come when they are long"`
	Content bool   `query:"content" default:"true" doc:"false leaves the contents out"`
}

type listed struct {
	Documents []storedDocument `json:"documents"`
	Count     int              `json:"count"`
	Next      string           `json:"next,omitempty" doc:"The after of the next page; absent on the last"`
}

type idInput struct {
	ID string `path:"id" maxLength:"128"`
}

// Register adds the knowledge base's operations to an API. guarded wants the
// operators' token from whoever changes documents.
func Register(api huma.API, s *rag.Service, guarded bool) {
	h := handler{s}
	op := func(method, path, id, summary string, writes bool) huma.Operation {
		o := huma.Operation{Method: method, Path: base + path, OperationID: id, Summary: summary, Tags: []string{"Knowledge base"}}
		if writes && guarded {
			o.Security = httpserver.OperatorAuth
		}
		return o
	}
	huma.Register(api, op(http.MethodPost, "/search", "search", "Find passages", false), h.search)
	huma.Register(api, op(http.MethodPost, "/context", "context", "Assemble passages for a model", false), h.context)
	upload := op(http.MethodPost, "/documents", "put-documents", "Store documents by id", true)
	upload.MaxBodyBytes = maxDocumentsBytes
	huma.Register(api, upload, h.upload)
	huma.Register(api, op(http.MethodGet, "/documents", "list-documents", "List documents", false), h.list)
	huma.Register(api, op(http.MethodGet, "/documents/{id}", "get-document", "One document", false), h.get)
	remove := op(http.MethodDelete, "/documents/{id}", "delete-document", "Remove a document", true)
	remove.DefaultStatus = http.StatusNoContent
	huma.Register(api, remove, h.remove)
}

type handler struct{ rag *rag.Service }

func (h handler) search(ctx context.Context, in *body[searchBody]) (*wrapped[searchResults], error) {
	found, err := h.rag.Find(ctx, rag.Query{
		Text: in.Body.Query, Context: in.Body.Context, Limit: max(in.Body.Limit, in.Body.TopK),
		MinScore: in.Body.MinScore, Category: in.Body.Category,
	})
	return &wrapped[searchResults]{searchResults{found.Passages, in.Body.Query, len(found.Passages), found.Degraded}}, err
}

func (h handler) context(ctx context.Context, in *body[contextBody]) (*wrapped[rag.Context], error) {
	c, err := h.rag.Context(ctx, rag.ContextQuery{
		Query: in.Body.Query, Earlier: in.Body.Context, MaxTokens: in.Body.MaxTokens, TopK: in.Body.TopK, Category: in.Body.Category,
	})
	return &wrapped[rag.Context]{c}, err
}

func (h handler) upload(ctx context.Context, in *body[uploads]) (*wrapped[uploaded], error) {
	documents := make([]rag.Document, 0, len(in.Body.Documents))
	for _, d := range in.Body.Documents {
		documents = append(documents, rag.Document{ID: d.ID, Title: d.Title, Category: d.Category, URL: d.URL, Content: d.Content, Source: d.Source})
	}
	results, err := h.rag.Upsert(ctx, documents)
	return &wrapped[uploaded]{uploaded{results, len(results)}}, err
}

func (h handler) list(ctx context.Context, in *listInput) (*wrapped[listed], error) {
	read, step := h.rag.Documents, contentStep
	if !in.Content {
		read, step = h.rag.Summaries, in.Limit
	}
	out := listed{Documents: []storedDocument{}, Next: in.After}
	for size := 0; out.Count < in.Limit && size < maxListed; {
		want := min(step, in.Limit-out.Count)
		page, err := read(ctx, out.Next, want)
		if err != nil {
			return nil, err
		}
		for _, d := range page {
			out.Documents = append(out.Documents, stored(d))
			size += len(d.Content)
		}
		out.Count = len(out.Documents)
		if len(page) < want {
			out.Next = ""
			break
		}
		out.Next = page[len(page)-1].ID
	}
	return &wrapped[listed]{out}, nil
}

func (h handler) get(ctx context.Context, in *idInput) (*wrapped[storedDocument], error) {
	d, err := h.rag.Document(ctx, in.ID)
	return &wrapped[storedDocument]{stored(d)}, err
}

func (h handler) remove(ctx context.Context, in *idInput) (*struct{}, error) {
	return nil, h.rag.Delete(ctx, in.ID)
}

func stored(d rag.StoredDocument) storedDocument {
	return storedDocument{
		document: document{ID: d.ID, Title: d.Title, Content: d.Content, Category: d.Category, URL: d.URL, Source: d.Source},
		Hash:     d.Hash, UpdatedAt: float64(d.UpdatedAt.UnixMilli()) / 1000,
	}
}

// Client searches a remote knowledge base.
type Client struct{ http *httpclient.Client }

// NewClient returns a client of the service at a base URL. hc should have a
// time-out.
func NewClient(baseURL string, hc *http.Client) *Client {
	return &Client{httpclient.New("rag", baseURL, hc)}
}

// Search is Find for those to whom it is all the same how passages were found.
func (c *Client) Search(ctx context.Context, q rag.Query) ([]rag.Passage, error) {
	found, err := c.Find(ctx, q)
	return found.Passages, err
}

// Find returns the passages nearest to a query, best first.
func (c *Client) Find(ctx context.Context, q rag.Query) (rag.Found, error) {
	var answer searchResults
	err := c.http.Do(ctx, http.MethodPost, base+"/search",
		searchBody{Query: q.Text, Context: q.Context, Limit: q.Limit, MinScore: q.MinScore, Category: q.Category}, &answer)
	return rag.Found{Passages: answer.Results, Degraded: answer.Degraded}, err
}
