// Package rag finds the passages of the knowledge base that answer a question.
// It owns documents, their passages, the search index and context assembly; it
// knows no HTTP and no SQL.
//
// The index is kept in memory and follows the database: every change of the
// documents raises a revision there, and each replica loads what is new. Ranking
// is therefore the same on every database, costs no query, and goes on while the
// database is down.
package rag

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// Document is one article as its author wrote it. Content is Markdown.
type Document struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Category string `json:"category"`
	URL      string `json:"url,omitempty"`
	Content  string `json:"content"`
}

// StoredDocument is a document as the store keeps it.
type StoredDocument struct {
	Document
	// Hash identifies what the document says: equal hashes mean that nothing has
	// to be stored again.
	Hash      string
	UpdatedAt time.Time
}

// Query asks for the passages nearest to a text.
type Query struct {
	Text     string
	Limit    int     // zero means 5
	MinScore float64 // zero means the service's own threshold
	Category string  // empty means all
}

// Passage is one part of a document that a search found. Score is between 0 and
// 1, higher is better.
type Passage struct {
	DocumentID string  `json:"document_id"`
	ChunkID    string  `json:"chunk_id"`
	Title      string  `json:"title"`
	Category   string  `json:"category"`
	Content    string  `json:"content"`
	Score      float64 `json:"score"`
	URL        string  `json:"url,omitempty"`
}

// Store keeps documents. All methods are safe for concurrent use by several
// replicas on one database.
type Store interface {
	// Put stores a document, replacing the one of the same id. It reports whether
	// anything changed; equal hashes change nothing.
	Put(ctx context.Context, d StoredDocument) (changed bool, err error)
	// Delete removes a document; fault.NotFound when there is none.
	Delete(ctx context.Context, id string) error
	// Document returns a document; fault.NotFound when there is none.
	Document(ctx context.Context, id string) (StoredDocument, error)
	// Documents returns all documents by id, after the given one, at most limit.
	Documents(ctx context.Context, after string, limit int) ([]StoredDocument, error)
	// Revision grows with every change of any document.
	Revision(ctx context.Context) (int64, error)
}

const (
	// MaxDocument bounds one document's content in bytes: a long book chapter.
	MaxDocument = 1 << 20
	// MaxResults bounds one search.
	MaxResults = 50
	// MaxQuery bounds how much of a question is searched for, in bytes.
	MaxQuery = 4000
	// followInterval is how soon a replica sees what another one has changed.
	followInterval = 2 * time.Second
	// relevant is the score from which a passage counts as an answer. It is a
	// little less than ranking.Relevant: a customer's question is short, and a help
	// centre speaks of few things.
	relevant = 0.3
	// pageSize is how many documents are loaded at once.
	pageSize = 200
)

// Options are what a Service is made of. Store is required.
type Options struct {
	Store      Store
	Log        *slog.Logger
	Registerer prometheus.Registerer
	Now        func() time.Time
}

// Service searches and keeps the knowledge base. It is safe for concurrent use.
type Service struct {
	store    Store
	log      *slog.Logger
	now      func() time.Time
	duration prometheus.Histogram
	index    atomic.Pointer[index]
	reload   chan struct{} // holds one permit: a single load at a time
}

// New returns a Service with an empty index; Follow fills it.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Service{store: o.Store, log: o.Log, now: o.Now, reload: make(chan struct{}, 1)}
	s.index.Store(newIndex(-1, nil))
	f := promauto.With(o.Registerer)
	s.duration = f.NewHistogram(prometheus.HistogramOpts{
		Name: "rag_search_duration_seconds", Help: "Duration of one search.",
		Buckets: []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1},
	})
	f.NewGaugeFunc(prometheus.GaugeOpts{Name: "rag_documents", Help: "Documents in the index."},
		func() float64 { documents, _ := s.Size(); return float64(documents) })
	f.NewGaugeFunc(prometheus.GaugeOpts{Name: "rag_chunks", Help: "Passages in the index."},
		func() float64 { _, chunks := s.Size(); return float64(chunks) })
	return s
}

// Size returns how many documents and passages can be searched.
func (s *Service) Size() (documents, chunks int) {
	i := s.index.Load()
	return i.documents, len(i.passages)
}

// Loaded says whether the index has been read from the database at least once.
func (s *Service) Loaded() bool { return s.index.Load().revision >= 0 }

// Search returns the passages nearest to a query, best first. Nothing relevant
// is an empty list.
func (s *Service) Search(_ context.Context, q Query) ([]Passage, error) {
	if isBlank(q.Text) {
		return nil, fault.New(fault.Validation, "query must not be empty")
	}
	if q.Limit <= 0 {
		q.Limit = 5
	}
	q.Limit = min(q.Limit, MaxResults)
	if q.MinScore == 0 {
		q.MinScore = relevant
	}
	began := time.Now()
	found := s.index.Load().search(q)
	s.duration.Observe(time.Since(began).Seconds())
	return found, nil
}

// Follow keeps the index equal to the database until ctx ends.
func (s *Service) Follow(ctx context.Context) {
	tick := time.NewTicker(followInterval)
	defer tick.Stop()
	for {
		if err := s.Refresh(ctx); err != nil && ctx.Err() == nil {
			s.log.DebugContext(ctx, "knowledge base not refreshed", "error", err) // readiness tells the state
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Refresh loads the documents when the database has a newer revision.
func (s *Service) Refresh(ctx context.Context) error {
	select {
	case s.reload <- struct{}{}:
		defer func() { <-s.reload }()
	case <-ctx.Done():
		return ctx.Err()
	}
	revision, err := s.store.Revision(ctx)
	if err != nil || revision == s.index.Load().revision {
		return err
	}
	var all []StoredDocument
	for after := ""; ; after = all[len(all)-1].ID {
		page, err := s.store.Documents(ctx, after, pageSize)
		if err != nil {
			return err
		}
		all = append(all, page...)
		if len(page) < pageSize {
			break
		}
	}
	s.index.Store(newIndex(revision, all))
	documents, chunks := s.Size()
	s.log.InfoContext(ctx, "knowledge base loaded", "documents", documents, "chunks", chunks, "revision", revision)
	return nil
}

// Upserted is what became of one document.
type Upserted struct {
	ID     string `json:"id"`
	Status string `json:"status" enum:"stored,unchanged,failed"`
	Error  string `json:"error,omitempty"`
}

// Upsert stores documents by id. One that can't be stored doesn't stop the
// others; its result says why. An outage of the database fails the whole call.
func (s *Service) Upsert(ctx context.Context, documents []Document) ([]Upserted, error) {
	results := make([]Upserted, 0, len(documents))
	for _, d := range documents {
		d = d.normalised()
		result := Upserted{ID: d.ID, Status: "unchanged"}
		if err := d.validate(); err != nil {
			results = append(results, Upserted{ID: d.ID, Status: "failed", Error: fault.As(err).Detail})
			continue
		}
		changed, err := s.store.Put(ctx, StoredDocument{Document: d, Hash: d.hash(), UpdatedAt: s.now()})
		if err != nil {
			return nil, err
		}
		if changed {
			result.Status = "stored"
		}
		results = append(results, result)
	}
	return results, s.Refresh(ctx)
}

// Delete removes a document.
func (s *Service) Delete(ctx context.Context, id string) error {
	if err := s.store.Delete(ctx, id); err != nil {
		return err
	}
	return s.Refresh(ctx)
}

// Document returns one document.
func (s *Service) Document(ctx context.Context, id string) (StoredDocument, error) {
	return s.store.Document(ctx, id)
}

// Documents lists documents by id, those after the given one.
func (s *Service) Documents(ctx context.Context, after string, limit int) ([]StoredDocument, error) {
	return s.store.Documents(ctx, after, limit)
}

// hash identifies what a document says.
func (d Document) hash() string {
	sum := sha256.New()
	for _, field := range []string{d.Title, d.Category, d.URL, d.Content} {
		sum.Write([]byte(field))
		sum.Write([]byte{0})
	}
	return hex.EncodeToString(sum.Sum(nil))
}
