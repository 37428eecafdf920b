package rag

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ranking"
)

const (
	// denseDeadline bounds how long a search waits for the vector of its question,
	// and again for the database's index. After it the words alone answer.
	denseDeadline = 300 * time.Millisecond
	// exactNumbers is how many numbers of vectors are compared in memory where the
	// database could do it: 64 MB, and about 5 ms for one search. That is 40,000
	// passages with 384 numbers each, or 16,000 with 1,024.
	exactNumbers = 16 << 20
	// sampleSize is how many vectors stand for all of them where the database keeps
	// them: enough to know the deviation of their cosines to some percent.
	sampleSize = 2000
	// vectorPage is how many vectors are loaded at once.
	vectorPage = 500
)

// dense is what an index knows of the passages' vectors: all of them, or a sample
// where the database compares them. It never changes.
type dense struct {
	set     VectorSet
	keys    []string // by passage
	loaded  map[string]Vector
	count   int // passages that have a vector
	ranking *ranking.Index
	// positions finds passages by their keys; nil when all vectors are in memory.
	positions map[string][]int
	sample    []Vector
}

// keys returns what identifies the passages' vectors, in the order of the passages.
func (x *index) keys() []string {
	if x.dense != nil {
		return x.dense.keys
	}
	list := make([]string, len(x.order))
	for i, id := range x.order {
		p := x.passages[id]
		list[i] = vectorKey(p.Category, embeddedText(p))
	}
	return list
}

// embeddedText is what of a passage is embedded.
func embeddedText(p Passage) string { return p.Title + "\n\n" + p.Content }

// serving chooses the set that searches use: that of the model or, until it is
// complete, the newest other one that is.
func serving(sets []VectorSet, model string) (VectorSet, bool) {
	complete := slices.DeleteFunc(slices.Clone(sets), func(s VectorSet) bool { return !s.Complete })
	if set, ok := newest(complete, model); ok {
		return set, true
	}
	if len(complete) == 0 {
		return VectorSet{}, false
	}
	return complete[len(complete)-1], true
}

// newest returns the last set of a model.
func newest(sets []VectorSet, model string) (VectorSet, bool) {
	for _, s := range slices.Backward(sets) {
		if s.Model == model {
			return s, true
		}
	}
	return VectorSet{}, false
}

// withVectors returns an index with the vectors that serve now, which is x itself
// when it has them.
func (s *Service) withVectors(ctx context.Context, x *index) (*index, error) {
	if s.embedder == nil {
		return x, nil
	}
	sets, err := s.vectors.VectorSets(ctx)
	if err != nil {
		return x, err
	}
	set, ok := serving(sets, s.model)
	switch {
	case !ok && x.dense == nil:
		return x, nil
	case !ok:
		return x.with(nil), nil
	case x.dense != nil && x.dense.set.ID == set.ID && x.dense.set.Version == set.Version && x.dense.set.Indexed == set.Indexed:
		return x, nil
	}
	d, err := s.loadVectors(ctx, x, set)
	if err != nil {
		return x, err
	}
	return x.with(d), nil
}

func (x *index) with(d *dense) *index {
	y := *x
	y.dense = d
	return &y
}

// inMemory says whether a set is compared in memory.
func (s *Service) inMemory(set VectorSet, passages int) bool {
	return !set.Indexed || passages*set.Dimension <= s.exactNumbers
}

func (s *Service) loadVectors(ctx context.Context, x *index, set VectorSet) (*dense, error) {
	keys := x.keys()
	d := &dense{set: set, keys: keys, ranking: x.ranking}
	if s.inMemory(set, len(keys)) {
		var err error
		if d.loaded, err = s.fetch(ctx, set, keys); err != nil {
			return nil, err
		}
		d.ranking = x.ranking.WithVectors(d.inARow())
		return d, nil
	}
	d.positions = map[string][]int{}
	for i, key := range keys {
		d.positions[key] = append(d.positions[key], i)
	}
	stored, err := s.vectors.VectorKeys(ctx, set.ID)
	if err != nil {
		return nil, err
	}
	for key, at := range d.positions {
		if _, ok := stored[key]; ok {
			d.count += len(at)
		}
	}
	step := max(1, len(keys)/sampleSize)
	var some []string
	for i := 0; i < len(keys); i += step {
		some = append(some, keys[i])
	}
	if d.loaded, err = s.fetch(ctx, set, some); err != nil {
		return nil, err
	}
	for _, key := range some {
		if v, ok := d.loaded[key]; ok {
			d.sample = append(d.sample, v)
		}
	}
	return d, nil
}

// inARow returns the vectors in the order of the passages, and moves them together
// in memory in that order: a scan is a third faster then.
func (d *dense) inARow() [][]float32 {
	block := make([]float32, 0, len(d.loaded)*d.set.Dimension)
	moved := make(map[string]Vector, len(d.loaded))
	list := make([][]float32, len(d.keys))
	for i, key := range d.keys {
		v, ok := moved[key]
		if !ok {
			if v, ok = d.loaded[key]; !ok {
				continue
			}
			start := len(block)
			block = append(block, v.Values...)
			v.Values = block[start:len(block):len(block)]
			moved[key] = v
		}
		list[i] = v.Values
		d.count++
	}
	d.loaded = moved
	return list
}

// fetch returns the vectors of keys, and asks the database only for those that the
// present index hasn't.
func (s *Service) fetch(ctx context.Context, set VectorSet, keys []string) (map[string]Vector, error) {
	var have map[string]Vector
	if d := s.index.Load().dense; d != nil && d.set.ID == set.ID {
		have = d.loaded
	}
	loaded := make(map[string]Vector, len(keys))
	var missing []string
	for _, key := range keys {
		if v, ok := have[key]; ok {
			loaded[key] = v
		} else {
			missing = append(missing, key)
		}
	}
	for page := range slices.Chunk(missing, vectorPage) {
		list, err := s.vectors.Vectors(ctx, set.ID, page)
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			if len(v.Values) == set.Dimension {
				loaded[v.Key] = v
			}
		}
	}
	return loaded, nil
}

// byMeaning adds the question's vector to what is asked of the ranking. degraded
// tells, after the ranking, whether the words alone have answered for want of it.
func (s *Service) byMeaning(ctx context.Context, x *index, q Query, r *ranking.Query) (degraded func() bool) {
	never := func() bool { return false }
	if s.embedder == nil || len(x.order) == 0 {
		return never
	}
	vector, err := s.question(ctx, x, q)
	s.worker.noteQuestion(err)
	if err != nil {
		s.log.DebugContext(ctx, "searched by words alone", "error", err)
		return func() bool { return true }
	}
	if x.dense.positions == nil {
		r.Vector = vector
		return never
	}
	failed := false
	r.Nearest = func(candidates []int, n int) ranking.Neighbours {
		near, err := s.nearest(ctx, x, vector, q.Category, candidates, n)
		if failed = err != nil; failed {
			s.log.WarnContext(ctx, "searched by words alone", "error", err)
		}
		return near
	}
	return func() bool { return failed }
}

// noteQuestion keeps how the last question fared.
func (w *worker) noteQuestion(err error) {
	w.mu.Lock()
	w.state.QuestionErr = err
	w.mu.Unlock()
}

// question returns the vector of a question, made by the model that serves.
func (s *Service) question(ctx context.Context, x *index, q Query) ([]float32, error) {
	if x.dense == nil {
		return nil, fault.New(fault.NotFound, "the passages have no vectors yet")
	}
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	text := s.mask(questionText(q))
	if isBlank(text) {
		return nil, fault.New(fault.Validation, "nothing is left of the question")
	}
	vector, err := s.embedder.Question(ctx, x.dense.set.Model, text)
	if err == nil && len(vector) != x.dense.set.Dimension {
		err = otherDimension(len(vector), x.dense.set.Dimension)
	}
	return vector, err
}

func otherDimension(got, want int) error {
	return fault.New(fault.Connection, "the embedder's vectors have %d dimensions, those stored of this model %d", got, want)
}

// questionText is what is embedded of a question. One that can't be understood
// alone is embedded together with the one before it.
func questionText(q Query) string {
	text := clip(q.Text, MaxQuery)
	for _, w := range ranking.Rewrite(q.Context, text) {
		if w.Weight < 1 {
			return clip(q.Context[len(q.Context)-1], MaxQuery) + "\n" + text
		}
	}
	return text
}

// clip shortens a text to whole words within a number of bytes. A text of one word
// is cut within it.
func clip(text string, size int) string {
	text = strings.TrimSpace(text)
	if len(text) <= size {
		return text
	}
	text = text[:size]
	if end := strings.LastIndexFunc(text, unicode.IsSpace); end > 0 {
		return strings.TrimSpace(text[:end])
	}
	return strings.ToValidUTF8(text, "")
}

// nearest asks the database for the passages that are near to a question.
func (s *Service) nearest(ctx context.Context, x *index, vector []float32, category string, candidates []int, n int) (ranking.Neighbours, error) {
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	category = strings.ToLower(category)
	keys := make([]string, len(candidates))
	for i, position := range candidates {
		keys[i] = x.dense.keys[position]
	}
	found, err := s.vectors.Nearest(ctx, x.dense.set, vector, category, n, keys)
	if err != nil {
		return ranking.Neighbours{}, err
	}
	near := x.dense.spread(vector)
	for _, f := range found {
		for _, position := range x.dense.positions[f.Key] {
			near.Near = append(near.Near, ranking.Neighbour{Passage: position, Cosine: f.Cosine})
		}
	}
	slices.SortFunc(near.Near, func(a, b ranking.Neighbour) int { return a.Passage - b.Passage })
	return near, nil
}

// spread estimates mean and deviation of the cosines from the sample.
func (d *dense) spread(vector []float32) ranking.Neighbours {
	sum, squares, n := 0.0, 0.0, float64(len(d.sample))
	for _, v := range d.sample {
		c := ranking.Cosine(vector, v.Values)
		sum, squares = sum+c, squares+c*c
	}
	if n == 0 {
		return ranking.Neighbours{}
	}
	mean := sum / n
	return ranking.Neighbours{Mean: mean, Deviation: math.Sqrt(max(0, squares/n-mean*mean))}
}
