package rag

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

const (
	// embedBatch is how many passages are embedded between two commits: what a kill
	// can lose.
	embedBatch = 64
	// leaseTime is how long after the death of the replica that embeds another one
	// takes over; it is renewed a few times as often.
	leaseTime = 15 * time.Second
	// longestPause bounds the wait after failures.
	longestPause = time.Minute
	// keepUnused is how long a set outlives its last use: going back to the model
	// before, or a replica of the release before, costs nothing meanwhile.
	keepUnused = 24 * time.Hour
	// useInterval is how often a use is noted.
	useInterval = time.Hour
	// keepOrphans is how long a vector outlives its passage. A replica that hasn't
	// seen a new passage yet must not remove its vector.
	keepOrphans = time.Hour
	// longestEmbedded is how many bytes of a passage are embedded: more than most
	// models read. Only tables and the like are longer.
	longestEmbedded = 8000
	// shortestEmbedded is down to how many bytes a passage is cut for an embedder
	// that refuses it; after that it has no vector.
	shortestEmbedded = 500
	// newDimension is how many passes in a row must meet another dimension before
	// it is believed that the model behind the name has changed.
	newDimension = 3
)

// worker is what the background work remembers between passes.
type worker struct {
	holder   string
	embedded prometheus.Counter

	refused map[string]bool // keys that the embedder won't have
	done    doneMark
	doneAt  time.Time
	odd     struct{ dimension, times int }

	running sync.Mutex // held by the pass under way

	mu    sync.Mutex
	state Embedding
}

// doneMark says for what everything was done.
type doneMark struct {
	revision int64
	set      VectorSet
}

// refreshInterval is how often what is done is looked over all the same, to remove
// what nobody needs any more.
const refreshInterval = time.Hour

func newWorker(f promauto.Factory, s *Service) worker {
	f.NewGaugeFunc(prometheus.GaugeOpts{Name: "rag_vectors", Help: "Passages that can be found by meaning."},
		func() float64 { return float64(s.Embedding().Passages) })
	return worker{
		holder: rand.Text(), refused: map[string]bool{},
		embedded: f.NewCounter(prometheus.CounterOpts{Name: "rag_passages_embedded_total", Help: "Passages that this replica gave a vector."}),
	}
}

// Embedding is the state of search by meaning.
type Embedding struct {
	// Model is the one that is set, empty for search by words alone; Serving is the
	// one whose vectors are searched, empty while none are.
	Model, Serving string
	Dimension      int
	// Passages have a vector that serves, Total is how many there are.
	Passages, Total int
	// InDatabase says that the database compares vectors, not this process.
	InDatabase bool
	// NoIndex says why the database doesn't although there are many.
	NoIndex error
	// Err is what keeps passages from being embedded, QuestionErr what kept the last
	// question from it.
	Err, QuestionErr error
}

// Embedding returns the state of search by meaning.
func (s *Service) Embedding() Embedding {
	s.worker.mu.Lock()
	e := s.worker.state
	s.worker.mu.Unlock()
	x := s.index.Load()
	e.Model, e.Total = s.model, len(x.order)
	if s.embedder == nil {
		e.Model = ""
	}
	if d := x.dense; d != nil {
		e.Serving, e.Dimension, e.Passages, e.InDatabase = d.set.Model, d.set.Dimension, d.count, d.positions != nil
	}
	return e
}

// Embed gives passages their vectors until ctx ends. Every replica may run it: one
// at a time works, and another one takes over when that one dies.
func (s *Service) Embed(ctx context.Context) {
	if s.embedder == nil {
		return
	}
	failures := 0
	for {
		pause := followInterval
		if err := s.EmbedMissing(ctx); err != nil && ctx.Err() == nil {
			pause = min(longestPause, followInterval<<min(failures, 10))
			pause = max(fault.As(err).RetryAfter, followInterval) + mathrand.N(pause)
			failures++
			s.log.WarnContext(ctx, "passages not embedded", "error", err, "retry_ms", pause.Milliseconds())
		} else {
			failures = 0
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
	}
}

// EmbedMissing gives every passage of the index its vector, unless another replica
// is at it. It may be stopped at any time and goes on where it was.
func (s *Service) EmbedMissing(ctx context.Context) error {
	x := s.index.Load()
	if s.embedder == nil || x.revision < 0 {
		return nil
	}
	s.worker.running.Lock()
	defer s.worker.running.Unlock()
	err := s.embedUnlessDone(ctx, x)
	s.worker.mu.Lock()
	s.worker.state.Err = err
	s.worker.mu.Unlock()
	return err
}

func (s *Service) embedUnlessDone(ctx context.Context, x *index) error {
	sets, err := s.vectors.VectorSets(ctx)
	if err != nil {
		return err
	}
	if err := s.noteUse(ctx, sets); err != nil {
		return err
	}
	target, _ := newest(sets, s.model)
	done := s.worker.done == doneMark{x.revision, same(target)} && s.now().Sub(s.worker.doneAt) < refreshInterval
	if done || len(x.order) == 0 {
		return nil
	}
	ctx, release, held, err := s.lease(ctx)
	if err != nil || !held {
		return err
	}
	defer release()
	return s.embedAll(ctx, x, target)
}

// same is a set without what doesn't matter for what there is to do.
func same(set VectorSet) VectorSet {
	set.UsedAt = time.Time{}
	return set
}

// noteUse keeps the sets that this replica serves from or works on.
func (s *Service) noteUse(ctx context.Context, sets []VectorSet) error {
	for _, set := range s.inUse(sets) {
		if s.now().Sub(set.UsedAt) > useInterval {
			if err := s.vectors.UseSet(ctx, set.ID, s.now()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) inUse(sets []VectorSet) []VectorSet {
	var list []VectorSet
	if set, ok := serving(sets, s.model); ok {
		list = append(list, set)
	}
	if set, ok := newest(sets, s.model); ok {
		list = append(list, set)
	}
	return list
}

// lease makes this replica the one that embeds. The context that it returns ends
// when another one has taken over.
func (s *Service) lease(ctx context.Context) (_ context.Context, release func(), held bool, err error) {
	take := func() (bool, error) {
		now := s.now()
		return s.vectors.Lease(ctx, s.model, s.worker.holder, now, now.Add(leaseTime))
	}
	if held, err = take(); err != nil || !held {
		return ctx, nil, false, err
	}
	working, stop := context.WithCancel(ctx)
	var renewing sync.WaitGroup
	renewing.Go(func() {
		tick := time.NewTicker(leaseTime / 3)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				// An outage ends the work by itself; work that goes on without a lease does no
				// harm, as vectors are stored once.
				if held, err := take(); err == nil && !held {
					stop()
				}
			case <-working.Done():
				return
			}
		}
	})
	return working, func() {
		stop()
		renewing.Wait()
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.patience)
		defer cancel()
		if err := s.vectors.EndLease(ending, s.model, s.worker.holder); err != nil { // it runs out by itself
			s.log.DebugContext(ctx, "lease not ended", "error", err)
		}
	}, true, nil
}

// embedAll embeds what the target set lacks, then makes the set ready to serve.
func (s *Service) embedAll(ctx context.Context, x *index, target VectorSet) error {
	stored := map[string]time.Time{}
	if target.ID != 0 {
		var err error
		if stored, err = s.vectors.VectorKeys(ctx, target.ID); err != nil {
			return err
		}
	}
	missing := s.missing(x, stored)
	began := s.now()
	for part := range slices.Chunk(missing, embedBatch) {
		if err := s.embedPart(ctx, part, target); err != nil {
			return err
		}
		if s.index.Load().revision != x.revision {
			return nil // the next pass looks at what there is then
		}
	}
	if len(missing) > 0 {
		s.log.InfoContext(ctx, "passages embedded", "count", len(missing), "duration_ms", s.now().Sub(began).Milliseconds())
	}
	return s.finish(ctx, x)
}

// passageText is a passage to embed.
type passageText struct{ key, category, text string }

func (s *Service) missing(x *index, stored map[string]time.Time) []passageText {
	var list []passageText
	seen := map[string]bool{}
	for i, key := range x.keys() {
		if _, ok := stored[key]; ok || seen[key] || s.worker.refused[key] {
			continue
		}
		seen[key] = true
		p := x.passages[x.order[i]]
		list = append(list, passageText{key, p.Category, embeddedText(p)})
	}
	return list
}

// Embeddable cuts texts to the length that is embedded of a passage, and puts a dash
// in the place of an empty one, which no embedder takes.
func Embeddable(texts []string) []string {
	list := make([]string, len(texts))
	for i, t := range texts {
		if list[i] = clip(t, longestEmbedded); list[i] == "" {
			list[i] = "-"
		}
	}
	return list
}

func (s *Service) embedPart(ctx context.Context, part []passageText, target VectorSet) error {
	texts := make([]string, len(part))
	for i, p := range part {
		texts[i] = p.text
	}
	values, err := s.embedTexts(ctx, Embeddable(texts))
	if err != nil {
		return err
	}
	var vectors []Vector
	dimension := 0
	for i, v := range values {
		if v == nil {
			s.worker.refused[part[i].key] = true
			s.log.WarnContext(ctx, "the embedder refuses a passage, it is found by words alone", "key", part[i].key)
			continue
		}
		if dimension == 0 {
			dimension = len(v)
		}
		if len(v) != dimension {
			return fault.New(fault.Connection, "the embedder's vectors have different dimensions")
		}
		vectors = append(vectors, Vector{part[i].key, strings.ToLower(part[i].category), v})
	}
	switch {
	case len(vectors) == 0 && target.ID == 0:
		clear(s.worker.refused)
		return fault.New(fault.Connection, "the embedder refuses every passage")
	case len(vectors) == 0:
		return nil
	case target.ID != 0 && dimension != target.Dimension:
		if err := s.otherModel(dimension, target.Dimension); err != nil {
			return err
		}
	default:
		s.worker.odd.times = 0
	}
	s.worker.embedded.Add(float64(len(vectors)))
	return s.vectors.PutVectors(ctx, s.model, dimension, vectors, s.now())
}

// otherModel refuses vectors of another dimension until they have come often
// enough: then the model behind the name is another one, and gets its own set.
func (s *Service) otherModel(got, want int) error {
	odd := &s.worker.odd
	if odd.dimension != got {
		odd.dimension, odd.times = got, 0
	}
	if odd.times++; odd.times < newDimension {
		return otherDimension(got, want)
	}
	return nil
}

// embedTexts returns a vector for each text, nil for one that the embedder refuses
// however short. It finds that one by halves.
func (s *Service) embedTexts(ctx context.Context, texts []string) ([][]float32, error) {
	values, err := s.embedder.Passages(ctx, s.model, texts)
	switch {
	case err == nil && len(values) != len(texts):
		return nil, fmt.Errorf("the embedder returns %d vectors for %d texts", len(values), len(texts))
	case !fault.Is(err, fault.Validation):
		return values, err
	case len(texts) > 1:
		first, err := s.embedTexts(ctx, texts[:len(texts)/2])
		if err != nil {
			return nil, err
		}
		rest, err := s.embedTexts(ctx, texts[len(texts)/2:])
		return append(first, rest...), err
	case len(texts[0]) > shortestEmbedded:
		return s.embedTexts(ctx, []string{clip(texts[0], len(texts[0])/2)})
	}
	return [][]float32{nil}, nil
}

// finish makes the set that has everything serve, and removes what nobody needs.
func (s *Service) finish(ctx context.Context, x *index) error {
	sets, err := s.vectors.VectorSets(ctx)
	if err != nil {
		return err
	}
	target, ok := newest(sets, s.model)
	if !ok {
		return nil
	}
	// What is stored decides, not what was done: another set may have begun.
	stored, err := s.vectors.VectorKeys(ctx, target.ID)
	if err != nil || len(s.missing(x, stored)) > 0 {
		return err
	}
	if err := s.removeOrphans(ctx, x, target, stored); err != nil {
		return err
	}
	if err := s.indexSet(ctx, target, len(x.order)); err != nil {
		return err
	}
	if !target.Complete {
		if err := s.vectors.CompleteSet(ctx, target.ID); err != nil {
			return err
		}
		s.log.InfoContext(ctx, "vectors complete", "model", target.Model, "dimension", target.Dimension, "passages", len(x.order))
	}
	if err := s.removeUnused(ctx); err != nil {
		return err
	}
	if sets, err = s.vectors.VectorSets(ctx); err != nil {
		return err
	}
	target, _ = newest(sets, s.model)
	s.worker.done, s.worker.doneAt = doneMark{x.revision, same(target)}, s.now()
	return s.Refresh(ctx)
}

func (s *Service) removeOrphans(ctx context.Context, x *index, target VectorSet, stored map[string]time.Time) error {
	for _, key := range x.keys() {
		delete(stored, key)
	}
	var gone []string
	for key, at := range stored {
		if s.now().Sub(at) > keepOrphans {
			gone = append(gone, key)
		}
	}
	for part := range slices.Chunk(gone, vectorPage) {
		if err := s.vectors.DeleteVectors(ctx, target.ID, part); err != nil {
			return err
		}
	}
	return nil
}

// indexSet lets the database compare vectors once they are many. Where it can't,
// memory does.
func (s *Service) indexSet(ctx context.Context, target VectorSet, passages int) error {
	if target.Indexed || passages*target.Dimension <= s.exactNumbers {
		return nil
	}
	began := s.now()
	err := s.vectors.IndexSet(ctx, target)
	missing := errors.Is(err, ErrNoVectorIndex)
	s.worker.mu.Lock()
	s.worker.state.NoIndex = nil
	if missing {
		s.worker.state.NoIndex = err
	}
	s.worker.mu.Unlock()
	if err == nil {
		s.log.InfoContext(ctx, "vectors indexed", "passages", passages, "duration_ms", s.now().Sub(began).Milliseconds())
	}
	if missing {
		s.log.WarnContext(ctx, "vectors are compared in memory", "passages", passages, "error", err)
		return nil
	}
	return err
}

// removeUnused removes the sets that no replica has used for long.
func (s *Service) removeUnused(ctx context.Context) error {
	sets, err := s.vectors.VectorSets(ctx)
	if err != nil {
		return err
	}
	used := s.inUse(sets)
	for _, set := range sets {
		own := slices.ContainsFunc(used, func(u VectorSet) bool { return u.ID == set.ID })
		if own || s.now().Sub(set.UsedAt) < keepUnused {
			continue
		}
		if err := s.vectors.DeleteSet(ctx, set.ID); err != nil {
			return err
		}
		s.log.InfoContext(ctx, "unused vectors removed", "model", set.Model)
	}
	return nil
}
