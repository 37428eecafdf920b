package rag

import (
	"context"
	"fmt"
	"regexp"
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

const (
	// bytesPerToken is how much English text a token of today's models holds; on
	// the safe side of the usual four.
	bytesPerToken = 3.5
	// leastExcerpt is from how many bytes on the beginning of the best passage is
	// better than nothing.
	leastExcerpt = 80
	// sourceEnd stands between two sources.
	sourceEnd = "\n\n"
)

// Context assembles the best passages within a budget of tokens. A passage that
// doesn't fit is left out; of the best one, if none fits, the beginning is taken. When
// nothing is relevant there are no sources. Passages are data: one that gives orders to
// a model is left out.
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
	left := int(float64(q.MaxTokens) * bytesPerToken)
	passages := s.harmless(ctx, found.Passages)
	for _, p := range passages {
		result.add(p, p.Content, &left)
	}
	if len(passages) > 0 && result.NumSources == 0 {
		p := passages[0]
		result.add(p, beginning(p.Content, left-len(marker(1, p))), &left)
	}
	return result, nil
}

// harmless leaves out passages that give orders to a model.
func (s *Service) harmless(ctx context.Context, passages []Passage) []Passage {
	var kept []Passage
	for _, p := range passages {
		if s.injected(ctx, p.Title+"\n"+p.Content) {
			s.log.WarnContext(ctx, "a passage gives orders to a model and is kept from it", "chunk_id", p.ChunkID)
			continue
		}
		kept = append(kept, p)
	}
	return kept
}

// add appends a source, if it fits into the bytes that are left.
func (c *Context) add(p Passage, content string, left *int) {
	block := marker(c.NumSources+1, p) + unmarked(content)
	if c.NumSources > 0 {
		block = sourceEnd + block
	}
	if content == "" || len(block) > *left {
		return
	}
	*left -= len(block)
	c.Context += block
	c.Sources = append(c.Sources, Source{p.Title, p.Category, p.Score})
	c.NumSources++
}

// marker opens a source.
func marker(number int, p Passage) string {
	name := p.Title
	if p.Category != "" {
		name += " - " + p.Category
	}
	name = strings.NewReplacer("[", "(", "]", ")").Replace(strings.Join(strings.Fields(name), " "))
	return fmt.Sprintf("[Source %d: %s]\n", number, name)
}

// unmarked keeps a text from opening a source of its own.
func unmarked(text string) string { return sourceMark.ReplaceAllString(text, "($1") }

var sourceMark = regexp.MustCompile(`(?i)\[(\s*source\b)`)

// beginning cuts a text to at most size bytes, after a sentence if there is one.
func beginning(text string, size int) string {
	if size < leastExcerpt {
		return ""
	}
	head, _ := cut(text, size)
	if end := strings.LastIndexAny(head, ".!?\n"); end > len(head)/3 {
		head = head[:end+1]
	}
	return strings.TrimSpace(head)
}
