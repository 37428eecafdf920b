package rag

import (
	"context"
	"fmt"
	"strings"
)

// ContextQuery asks for text to put before a model.
type ContextQuery struct {
	Query     string
	Earlier   []string // the conversation's questions before it, oldest first
	MaxTokens int      // zero means 2000
	TopK      int      // zero means 3
	Category  string
}

// Source is one source of a context.
type Source struct {
	Title    string  `json:"title"`
	Category string  `json:"category"`
	Score    float64 `json:"score"`
}

// Context is text made of the best passages, each named as a source.
type Context struct {
	Query      string   `json:"query"`
	Context    string   `json:"context"`
	NumSources int      `json:"num_sources"`
	Sources    []Source `json:"sources"`
	Degraded   bool     `json:"degraded" doc:"Searched by words alone, because the embedder failed or isn't done"`
}

// bytesPerToken is how much English text a token of today's models holds; on
// the safe side of the usual four.
const bytesPerToken = 3.5

// Context assembles the best passages within a budget of tokens. A passage that
// doesn't fit is left out. When nothing is relevant there are no sources.
func (s *Service) Context(ctx context.Context, q ContextQuery) (Context, error) {
	if q.TopK == 0 {
		q.TopK = 3
	}
	if q.MaxTokens == 0 {
		q.MaxTokens = 2000
	}
	found, err := s.Find(ctx, Query{Text: q.Query, Context: q.Earlier, Limit: q.TopK, Category: q.Category})
	if err != nil {
		return Context{}, err
	}
	result := Context{Query: q.Query, Sources: []Source{}, Degraded: found.Degraded}
	var b strings.Builder
	for _, p := range found.Passages {
		block := fmt.Sprintf("[Source %d: %s - %s]\n%s\n\n", len(result.Sources)+1, p.Title, p.Category, p.Content)
		if float64(b.Len()+len(block)) > float64(q.MaxTokens)*bytesPerToken {
			continue
		}
		b.WriteString(block)
		result.Sources = append(result.Sources, Source{p.Title, p.Category, p.Score})
	}
	result.Context, result.NumSources = strings.TrimSpace(b.String()), len(result.Sources)
	return result, nil
}
