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
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ranking"
)

// Document is one article as its author wrote it. Content is Markdown.
type Document struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Category string `json:"category"`
	URL      string `json:"url,omitempty"`
	Content  string `json:"content"`
	// Source says what keeps the document up to date: a name, a colon and a path
	// there. Empty for one that nobody does.
	Source string `json:"source,omitempty"`
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
	Text string
	// Context holds the earlier questions of the conversation, oldest first. They
	// matter only where Text points back to them ("and abroad?").
	Context  []string
	Limit    int     // zero means 5
	MinScore float64 // zero means the service's own threshold, which is lower for all but the best
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

// Found is what a search found.
type Found struct {
	Passages []Passage // best first; none when nothing is relevant
	// Degraded says that the search went by words alone, although it should have
	// gone by meaning, too.
	Degraded bool
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
	// Summaries is Documents without their contents.
	Summaries(ctx context.Context, after string, limit int) ([]StoredDocument, error)
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
	// quickLoad is up to how many passages whoever changes a document waits until it
	// is found: a tenth of a second. Beyond it the index follows by itself, so that
	// many changes in a row don't load everything each time.
	quickLoad = 2000
	// further is the score of what is found beside an answer, at least.
	further = 0.1
	// pageSize is how many documents are loaded at once.
	pageSize = 200
)

// Options are what a Service is made of. Store is required.
type Options struct {
	Store Store
	// Vectors, Embedder and Model add search by meaning; all or none of them.
	Vectors  VectorStore
	Embedder Embedder
	Model    string
	// Mask hides personal data in a question before the embedder gets it; nil
	// sends it as it is.
	Mask func(text string) string
	// Injected says whether a text gives orders to a model. Such passages don't get
	// into a context, and whoever stores them is told. Nil takes every text for data.
	Injected   func(ctx context.Context, text string) bool
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
	loadTime atomic.Int64  // nanoseconds that the last load took

	vectors      VectorStore
	embedder     Embedder // nil for search by words alone
	model        string
	mask         func(string) string
	injected     func(context.Context, string) bool
	exactNumbers int
	patience     time.Duration // denseDeadline
	degraded     prometheus.Counter
	worker       worker
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
	s := &Service{store: o.Store, log: o.Log, now: o.Now, reload: make(chan struct{}, 1), patience: denseDeadline}
	s.vectors, s.embedder, s.model, s.mask, s.exactNumbers = o.Vectors, o.Embedder, o.Model, o.Mask, exactNumbers
	if s.mask == nil {
		s.mask = func(text string) string { return text }
	}
	if s.injected = o.Injected; s.injected == nil {
		s.injected = func(context.Context, string) bool { return false }
	}
	s.index.Store(newIndex(-1, nil))
	f := promauto.With(o.Registerer)
	s.duration = f.NewHistogram(prometheus.HistogramOpts{
		Name: "rag_search_duration_seconds", Help: "Duration of one search.",
		Buckets: []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5},
	})
	s.degraded = f.NewCounter(prometheus.CounterOpts{
		Name: "rag_search_degraded_total", Help: "Searches that went by words alone although an embedder is set.",
	})
	s.worker = newWorker(f, s)
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

// Search is Find for those to whom it is all the same how passages were found.
func (s *Service) Search(ctx context.Context, q Query) ([]Passage, error) {
	found, err := s.Find(ctx, q)
	return found.Passages, err
}

// Find returns the passages nearest to a query, best first. Nothing relevant is an
// empty list.
func (s *Service) Find(ctx context.Context, q Query) (Found, error) {
	if isBlank(q.Text) {
		return Found{}, fault.New(fault.Validation, "query must not be empty")
	}
	if q.Limit <= 0 {
		q.Limit = 5
	}
	q.Limit = min(q.Limit, MaxResults)
	r := ranking.Query{MinRelevance: q.MinScore, MinFurther: q.MinScore}
	if q.MinScore == 0 {
		r.MinRelevance, r.MinFurther = ranking.Relevant, further
	}
	began := time.Now()
	x := s.index.Load()
	degraded := s.byMeaning(ctx, x, q, &r)
	found := Found{Passages: x.search(q, r)}
	if found.Degraded = degraded(); found.Degraded {
		s.degraded.Inc()
	}
	s.duration.Observe(time.Since(began).Seconds())
	return found, nil
}

// Follow keeps the index equal to the database until ctx ends. While documents
// change all the time, it spends at most half of its time loading them.
func (s *Service) Follow(ctx context.Context) {
	for {
		if err := s.Refresh(ctx); err != nil && ctx.Err() == nil {
			s.log.DebugContext(ctx, "knowledge base not refreshed", "error", err) // readiness tells the state
		}
		select {
		case <-time.After(max(followInterval, time.Duration(s.loadTime.Load()))):
		case <-ctx.Done():
			return
		}
	}
}

// Refresh loads the documents when the database has a newer revision, and vectors
// when there are newer ones.
func (s *Service) Refresh(ctx context.Context) error {
	select {
	case s.reload <- struct{}{}:
		defer func() { <-s.reload }()
	case <-ctx.Done():
		return ctx.Err()
	}
	revision, err := s.store.Revision(ctx)
	if err != nil {
		return err
	}
	x := s.index.Load()
	if revision != x.revision {
		if x, err = s.load(ctx, revision); err != nil {
			return err
		}
	}
	x, err = s.withVectors(ctx, x)
	s.index.Store(x) // without vectors, should they have failed to load
	return err
}

// load reads all documents, of which the database has the revision.
func (s *Service) load(ctx context.Context, revision int64) (*index, error) {
	began := time.Now()
	var all []StoredDocument
	for after := ""; ; after = all[len(all)-1].ID {
		page, err := s.store.Documents(ctx, after, pageSize)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < pageSize {
			break
		}
	}
	x := newIndex(revision, all)
	s.loadTime.Store(int64(time.Since(began)))
	s.log.InfoContext(ctx, "knowledge base loaded", "documents", x.documents, "chunks", len(x.passages), "revision", revision)
	return x, nil
}

// Upserted is what became of one document.
type Upserted struct {
	ID     string `json:"id"`
	Status string `json:"status" enum:"stored,unchanged,failed"`
	Error  string `json:"error,omitempty"`
	// Warning is about a document that is stored.
	Warning string `json:"warning,omitempty"`
}

// Upsert stores documents by id. One that can't be stored doesn't stop the
// others; its result says why. An outage of the database fails the whole call.
func (s *Service) Upsert(ctx context.Context, documents []Document) ([]Upserted, error) {
	results := make([]Upserted, 0, len(documents))
	seen := map[string]bool{}
	for _, d := range documents {
		d = d.normalised()
		err := d.validate()
		if err == nil && seen[d.ID] {
			err = fault.New(fault.Validation, "another document before it has the same id")
		}
		if err != nil {
			results = append(results, Upserted{ID: d.ID, Status: "failed", Error: fault.As(err).Detail})
			continue
		}
		seen[d.ID] = true
		result, err := s.put(ctx, d)
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	return results, s.changed(ctx)
}

func (s *Service) put(ctx context.Context, d Document) (Upserted, error) {
	changed, err := s.store.Put(ctx, StoredDocument{Document: d, Hash: d.Hash(), UpdatedAt: s.now()})
	if err != nil || !changed {
		return Upserted{ID: d.ID, Status: "unchanged"}, err
	}
	return Upserted{ID: d.ID, Status: "stored", Warning: s.warning(ctx, d)}, nil
}

// warning tells the author of a document that gives orders to a model.
func (s *Service) warning(ctx context.Context, d Document) string {
	orders, all := 0, split(d)
	for _, c := range all {
		if s.injected(ctx, d.Title+"\n"+c.content()) {
			orders++
		}
	}
	if orders == 0 {
		return ""
	}
	return fmt.Sprintf("%d of its %d passages read like orders to a language model and are kept from it", orders, len(all))
}

// Delete removes a document.
func (s *Service) Delete(ctx context.Context, id string) error {
	if err := s.store.Delete(ctx, id); err != nil {
		return err
	}
	return s.changed(ctx)
}

// changed lets a change be found before whoever made it goes on, where that is
// quick.
func (s *Service) changed(ctx context.Context) error {
	if _, passages := s.Size(); passages > quickLoad {
		return nil
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

// Summaries lists documents as Documents does, without their contents.
func (s *Service) Summaries(ctx context.Context, after string, limit int) ([]StoredDocument, error) {
	return s.store.Summaries(ctx, after, limit)
}

// Hash identifies what a document says and where it comes from: one with the hash
// of the stored one need not be stored again.
func (d Document) Hash() string {
	d = d.normalised()
	fields := []string{d.Title, d.Category, d.URL, d.Content}
	if d.Source != "" {
		fields = append(fields, d.Source)
	}
	sum := sha256.New()
	for _, field := range fields {
		sum.Write([]byte(field))
		sum.Write([]byte{0})
	}
	return hex.EncodeToString(sum.Sum(nil))
}
