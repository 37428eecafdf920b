// Package feed brings a knowledge base up to date with files. It owns what is sent,
// what is left alone and what is removed, and goes on after what fails; it neither
// reads formats nor knows how the knowledge base is reached.
//
// Nothing is remembered between two runs: what is stored is compared with what the
// files say, by hashes. A run that is killed therefore needs nothing but another
// one, and two at once end where one would.
package feed

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ingest"
)

// Base is the knowledge base that is fed.
type Base interface {
	// Summaries returns all documents without their contents.
	Summaries(ctx context.Context) ([]rag.StoredDocument, error)
	// Put stores documents and says what became of each, in their order.
	Put(ctx context.Context, documents []rag.Document) ([]rag.Upserted, error)
	// Delete removes a document; fault.NotFound when there is none.
	Delete(ctx context.Context, id string) error
}

const (
	// batchDocuments and batchBytes bound what is sent at once: little enough that a
	// service on a slow line gets it in time, and that a kill loses little.
	batchDocuments = 100
	batchBytes     = 1 << 20
	// attempts is how often a call is tried while the service is away or busy, with
	// pauses that double from the first to the longest.
	attempts     = 6
	firstPause   = 200 * time.Millisecond
	longestPause = 5 * time.Second
)

// Status is what became of a file or a document.
type Status string

// What becomes of files and documents.
const (
	Stored    Status = "stored"
	Unchanged Status = "unchanged"
	Removed   Status = "removed"
	Failed    Status = "failed"
)

// Event is the outcome of one file or document.
type Event struct {
	Name   string // of the file, or the id of a document that is removed
	Status Status
	Reason string // why it failed, or a warning about what is stored, in one line
	// Done and Total count files.
	Done, Total int
}

// Counts are how many files and documents had each outcome.
type Counts map[Status]int

// Feeder feeds a knowledge base. Base and Reader are required.
type Feeder struct {
	Base   Base
	Reader *ingest.Reader
	// Category is that of documents that name none.
	Category string
	// Force stores and removes also what looks like a mistake.
	Force bool
	// Report is told every outcome, in order; nil for nobody.
	Report func(Event)
}

// run is one feeding.
type run struct {
	*Feeder
	ctx    context.Context
	known  map[string]rag.StoredDocument
	source string            // empty for none
	claims map[string]string // the file of each document, by id
	failed []string          // files and folders that couldn't be read
	counts Counts
	total  int
	batch  []rag.Document
	size   int // of the batch, in bytes
}

// Add stores the documents of files. It fails when the knowledge base can't be
// reached; what is wrong with a file is told to Report and counted.
func (f *Feeder) Add(ctx context.Context, files []File) (Counts, error) {
	r, err := f.start(ctx, "")
	if err != nil {
		return nil, err
	}
	return r.counts, r.store(files)
}

// Sync stores the documents of a folder and removes those that an earlier Sync has
// made of files that are gone. The source is the name under which the folder is
// remembered. It removes nothing, and fails, when that would be more documents than the
// folder has left, as when a disk isn't there; unless Force is set.
func (f *Feeder) Sync(ctx context.Context, source string, folder fs.FS) (Counts, error) {
	// What is known is asked for before the folder is read: a document that another
	// run makes meanwhile isn't taken for one whose file is gone.
	r, err := f.start(ctx, source)
	if err != nil {
		return nil, err
	}
	files, err := List(folder)
	if err != nil {
		return r.counts, err
	}
	if err := r.store(files); err != nil {
		return r.counts, err
	}
	return r.counts, r.removeGone()
}

func (f *Feeder) start(ctx context.Context, source string) (*run, error) {
	list, err := f.Base.Summaries(ctx)
	if err != nil {
		return nil, err
	}
	r := &run{Feeder: f, ctx: ctx, source: source, known: map[string]rag.StoredDocument{}, claims: map[string]string{}, counts: Counts{}}
	for _, d := range list {
		r.known[d.ID] = d
	}
	return r, nil
}

// store reads files and sends the documents that aren't stored already.
func (r *run) store(files []File) error {
	r.total = len(files)
	for _, file := range files {
		d, err := r.read(file)
		switch {
		case r.ctx.Err() != nil:
			return r.ctx.Err()
		case err != nil:
			r.fail(file.Name, err)
			continue
		case r.known[d.ID].Hash == d.Hash():
			r.report(Event{Name: file.Name, Status: Unchanged})
			continue
		}
		if len(r.batch) == batchDocuments || r.size+len(d.Content) > batchBytes {
			if err := r.send(); err != nil {
				return err
			}
		}
		r.batch, r.size = append(r.batch, d), r.size+len(d.Content)
	}
	return r.send()
}

// read makes a document of a file, and sees that no other file makes the same.
func (r *run) read(file File) (rag.Document, error) {
	data, err := file.Read()
	if err != nil {
		return rag.Document{}, err
	}
	d, err := r.Reader.Read(r.ctx, file.Name, data)
	if err != nil {
		return rag.Document{}, err
	}
	if d.Category == "" {
		d.Category = r.Category
	}
	if r.source != "" {
		d.Source = r.source + ":" + strings.ToValidUTF8(file.Name, "?")
	}
	if other, ok := r.claims[d.ID]; ok {
		return rag.Document{}, fault.New(fault.Validation, "its id %s is that of %s: give one of them another", d.ID, other)
	}
	owner, _, synced := strings.Cut(r.known[d.ID].Source, ":")
	if synced && owner != r.source && !r.Force {
		return rag.Document{}, fault.New(fault.Validation, "its id %s is that of a document of the source %s", d.ID, owner)
	}
	r.claims[d.ID] = file.Name
	return d, nil
}

// send stores the batch.
func (r *run) send() error {
	batch := r.batch
	r.batch, r.size = nil, 0
	if len(batch) == 0 {
		return nil
	}
	var results []rag.Upserted
	err := r.persist(func() (err error) {
		results, err = r.Base.Put(r.ctx, batch)
		return err
	})
	switch {
	case fault.Is(err, fault.Validation): // of the batch: none of it is stored
		for _, d := range batch {
			r.fail(r.claims[d.ID], err)
		}
		return nil
	case err != nil:
		return err
	case len(results) != len(batch):
		return fault.New(fault.Connection, "the service answered for %d of %d documents", len(results), len(batch))
	}
	for i, d := range batch {
		if results[i].Status == string(Failed) {
			r.fail(r.claims[d.ID], fault.New(fault.Validation, "%s", results[i].Error))
			continue
		}
		r.report(Event{Name: r.claims[d.ID], Status: Status(results[i].Status), Reason: results[i].Warning})
	}
	return nil
}

// removeGone removes the source's documents whose files are gone.
func (r *run) removeGone() error {
	var gone []string
	for id, d := range r.known {
		path, ours := strings.CutPrefix(d.Source, r.source+":")
		if !ours {
			continue
		}
		if _, claimed := r.claims[id]; !claimed && !r.unreadable(path) {
			gone = append(gone, id)
		}
	}
	if left := len(r.claims) + len(r.failed); len(gone) > left && !r.Force {
		return fault.New(fault.Validation, "%d documents are gone from the folder, which has %d: none was removed; --force removes them", len(gone), left)
	}
	slices.Sort(gone)
	for _, id := range gone {
		err := r.persist(func() error { return r.Base.Delete(r.ctx, id) })
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		r.report(Event{Name: id, Status: Removed})
	}
	return nil
}

// unreadable says whether a file may still be there, although it couldn't be read.
func (r *run) unreadable(path string) bool {
	for _, f := range r.failed {
		if path == f || strings.HasPrefix(path, f+"/") {
			return true
		}
	}
	return false
}

func (r *run) fail(name string, err error) {
	r.failed = append(r.failed, name)
	reason := err.Error()
	if f := fault.As(err); f.Class != fault.Internal {
		reason = f.Detail
	}
	r.report(Event{Name: name, Status: Failed, Reason: reason})
}

func (r *run) report(e Event) {
	r.counts[e.Status]++
	if r.Report == nil {
		return
	}
	e.Done, e.Total = r.counts[Stored]+r.counts[Unchanged]+r.counts[Failed], r.total
	r.Report(e)
}

// persist calls fn again while the service is away or busy. Whatever fn does may be
// done twice.
func (r *run) persist(fn func() error) error {
	pause := firstPause
	for attempt := 1; ; attempt++ {
		err := fn()
		passing := fault.Is(err, fault.Connection) || fault.Is(err, fault.Timeout) || fault.Is(err, fault.RateLimit)
		if !passing || attempt == attempts {
			return err
		}
		wait := pause
		if f := fault.As(err); f.RetryAfter > 0 {
			wait = min(f.RetryAfter, longestPause)
		}
		select {
		case <-time.After(wait):
		case <-r.ctx.Done():
			return fmt.Errorf("interrupted: %w", r.ctx.Err())
		}
		pause = min(2*pause, longestPause)
	}
}
