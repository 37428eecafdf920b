// Package rag finds the passages of the knowledge base that answer a question.
// It owns documents, their chunks, the search index and context assembly; it
// knows no HTTP.
package rag

import "time"

// Document is one article as its author wrote it. Content is Markdown.
type Document struct {
	ID       string
	Title    string
	Category string
	URL      string
	Content  string
}

// StoredDocument is a document as the store keeps it.
type StoredDocument struct {
	Document
	// Hash identifies title, category, URL and content: equal hashes mean that
	// nothing has to be stored again.
	Hash      string
	Chunks    int
	UpdatedAt time.Time
}

// Query asks for the passages nearest to a text.
type Query struct {
	Text     string
	Limit    int
	MinScore float64
	// Category restricts the search; empty means all.
	Category string
}

// Passage is one chunk that a search found. Score is between 0 and 1, higher
// is better. Its JSON form is the contract's.
type Passage struct {
	DocumentID string  `json:"document_id"`
	ChunkID    string  `json:"chunk_id"`
	Title      string  `json:"title"`
	Category   string  `json:"category"`
	Content    string  `json:"content"`
	Score      float64 `json:"score"`
	URL        string  `json:"url,omitempty"`
}
