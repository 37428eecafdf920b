package raghttp

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

// Operator changes a remote knowledge base.
type Operator struct {
	client *Client
	header http.Header
}

// NewOperator returns an Operator that shows the operators' token; empty for none,
// which the service accepts when it has none itself.
func NewOperator(c *Client, token string) *Operator {
	header := http.Header{}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	return &Operator{c, header}
}

// Put stores documents and returns what became of each, in their order.
func (o *Operator) Put(ctx context.Context, documents []rag.Document) ([]rag.Upserted, error) {
	in := uploads{Documents: make([]document, 0, len(documents))}
	for _, d := range documents {
		in.Documents = append(in.Documents, document{ID: d.ID, Title: d.Title, Content: d.Content, Category: d.Category, URL: d.URL, Source: d.Source})
	}
	var out uploaded
	err := o.client.http.DoWith(ctx, o.header, http.MethodPost, base+"/documents", in, &out)
	return out.Results, err
}

// Delete removes a document; fault.NotFound when there is none.
func (o *Operator) Delete(ctx context.Context, id string) error {
	return o.client.http.DoWith(ctx, o.header, http.MethodDelete, base+"/documents/"+url.PathEscape(id), nil, nil)
}

// summaryPage is how many documents are listed at once.
const summaryPage = 1000

// Summaries returns all documents by id, without their contents.
func (o *Operator) Summaries(ctx context.Context) ([]rag.StoredDocument, error) {
	var all []rag.StoredDocument
	query := url.Values{"content": {"false"}, "limit": {strconv.Itoa(summaryPage)}}
	for {
		var page listed
		if err := o.client.http.DoWith(ctx, o.header, http.MethodGet, base+"/documents?"+query.Encode(), nil, &page); err != nil {
			return nil, err
		}
		for _, d := range page.Documents {
			all = append(all, rag.StoredDocument{
				Document: rag.Document{ID: d.ID, Title: d.Title, Category: d.Category, URL: d.URL, Source: d.Source},
				Hash:     d.Hash, UpdatedAt: time.UnixMilli(int64(d.UpdatedAt * 1000)).UTC(),
			})
		}
		if page.Next == "" || page.Next == query.Get("after") {
			return all, nil
		}
		query.Set("after", page.Next)
	}
}
