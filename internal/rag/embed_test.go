package rag_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/breaker"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/embedding"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/embedding/embeddingtest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/pgtest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

const (
	model     = "model-a"
	dimension = 512
)

// eachStore runs a test on every kind of database. indexed says that vectors are
// compared by the database.
func eachStore(t *testing.T, run func(t *testing.T, b *base)) {
	t.Helper()
	for name, open := range map[string]func(t *testing.T) *base{
		"sqlite": func(t *testing.T) *base {
			return newBase(t, store.Options{SQLitePath: filepath.Join(t.TempDir(), "db")}, false)
		},
		"postgres":         func(t *testing.T) *base { return newBase(t, store.Options{DatabaseURL: pgtest.URL(t)}, false) },
		"postgres indexed": func(t *testing.T) *base { return newBase(t, store.Options{DatabaseURL: pgtest.URL(t)}, true) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, open(t))
		})
	}
}

// base is a database and an embeddings endpoint.
type base struct {
	options  store.Options
	store    store.Store
	endpoint *embeddingtest.Server
	indexed  bool
}

func newBase(t *testing.T, o store.Options, indexed bool) *base {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	endpoint := embeddingtest.New(model, dimension)
	endpoint.Dimensions["model-b"] = 384
	endpoint.Synonyms("automobile", "vehicle")
	return &base{o, s, endpoint, indexed}
}

// client reaches the endpoint without a network.
func (b *base) client(t *testing.T) *embedding.Client {
	t.Helper()
	c, err := embedding.New(embedding.Options{
		BaseURL: "http://endpoint.example/v1", Key: embeddingtest.Key, Transport: b.endpoint, Breakers: breaker.NewFactory(breaker.Options{}),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// replica is a service on the base.
func (b *base) replica(t *testing.T, change ...func(*rag.Options)) *rag.Service {
	t.Helper()
	o := rag.Options{Store: b.store.Knowledge(), Vectors: b.store.Vectors(), Embedder: b.client(t), Model: model}
	for _, c := range change {
		c(&o)
	}
	s := rag.New(o)
	s.Wait(time.Minute)
	if b.indexed {
		s.CompareInMemory(0)
	}
	refresh(t, s)
	return s
}

func withModel(name string) func(*rag.Options) { return func(o *rag.Options) { o.Model = name } }

func withEmbedder(e rag.Embedder) func(*rag.Options) {
	return func(o *rag.Options) { o.Embedder = e }
}

// later makes a service that lives in the future, when leases have run out.
func later(d time.Duration) func(*rag.Options) {
	return func(o *rag.Options) { o.Now = func() time.Time { return time.Now().Add(d) } }
}

func refresh(t *testing.T, s *rag.Service) {
	t.Helper()
	if err := s.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func embed(t *testing.T, s *rag.Service) {
	t.Helper()
	if err := s.EmbedMissing(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// helpCentre is an article about a car and others about other things.
func helpCentre(n int) []rag.Document {
	list := []rag.Document{{ID: "car", Title: "Insurance", Category: "Insurance", Content: "Your automobile is insured against hail."}}
	for i := range n {
		w := func(k int) string { return fmt.Sprintf("word%d", (i*37+k*101)%9973) }
		list = append(list, rag.Document{
			ID: fmt.Sprintf("doc%04d", i), Title: "About " + w(1), Category: []string{"Cards", "Fees"}[i%2],
			Content: fmt.Sprintf("Here %s meets %s, then %s follows %s.", w(2), w(3), w(4), w(5)),
		})
	}
	return list
}

func fill(t *testing.T, s *rag.Service, documents []rag.Document) {
	t.Helper()
	results, err := s.Upsert(t.Context(), documents)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Status == "failed" {
			t.Fatalf("%+v", r)
		}
	}
}

func find(t *testing.T, s *rag.Service, q rag.Query) rag.Found {
	t.Helper()
	found, err := s.Find(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func ids(found rag.Found) string {
	var list []string
	for _, p := range found.Passages {
		list = append(list, p.DocumentID)
	}
	return strings.Join(list, " ")
}

func TestMeaningFindsWhatWordsDoNot(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, b *base) {
		s := b.replica(t)
		fill(t, s, helpCentre(120))
		vehicle := rag.Query{Text: "my vehicle and hail damage?"}
		if found := find(t, s, rag.Query{Text: "vehicle"}); !found.Degraded || ids(found) != "" {
			t.Errorf("before the passages are embedded: %+v", found)
		}
		embed(t, s)
		if e := s.Embedding(); e.Serving != model || e.Passages != 121 || e.Total != 121 || e.Err != nil || e.InDatabase != b.indexed {
			t.Errorf("%+v", e)
		}
		for _, c := range []struct {
			q    rag.Query
			want string
		}{
			{rag.Query{Text: "vehicle"}, "car"},
			{rag.Query{Text: "vehicle", Category: "insurance"}, "car"},
			{rag.Query{Text: "vehicle", Category: "Cards"}, ""},
			{rag.Query{Text: "and it?", Context: []string{"word9", "vehicle"}}, "car"},
			{vehicle, "car"},
		} {
			if found := find(t, s, c.q); found.Degraded || ids(found) != c.want {
				t.Errorf("%+v finds %q, degraded %v; want %q", c.q, ids(found), found.Degraded, c.want)
			}
		}
	})
}

// TestDatabaseAndMemoryFindTheSame compares answers in which words and vectors both
// have a part.
func TestDatabaseAndMemoryFindTheSame(t *testing.T) {
	t.Parallel()
	memory := newBase(t, store.Options{SQLitePath: filepath.Join(t.TempDir(), "db")}, false)
	database := newBase(t, store.Options{DatabaseURL: pgtest.URL(t)}, true)
	documents := helpCentre(800)
	services := []*rag.Service{}
	for _, b := range []*base{memory, database} {
		s := b.replica(t)
		fill(t, s, documents)
		embed(t, s)
		services = append(services, s)
	}
	if !services[1].Embedding().InDatabase || services[0].Embedding().InDatabase {
		t.Fatal("both compare at the same place")
	}
	same, all, empty := 0, 0, 0
	for i := range 60 {
		q := rag.Query{Text: fmt.Sprintf("word%d word%d vehicle", (i*7*37+202)%9973, (i*13*37+303)%9973), MinScore: 0.01, Category: []string{"", "fees"}[i%2]}
		a, b := find(t, services[0], q), find(t, services[1], q)
		if all++; ids(a) == ids(b) {
			same++
		} else {
			t.Logf("%s:\n%s\n%s", q.Text, ids(a), ids(b))
		}
		if a.Degraded || b.Degraded {
			t.Errorf("%s is degraded", q.Text)
		}
		if len(a.Passages) == 0 {
			empty++
		}
	}
	if same < all*95/100 || empty > 5 {
		t.Errorf("%d of %d answers are the same, %d find nothing", same, all, empty)
	}
}

// faulty is an embedder whose answers a test may replace.
type faulty struct {
	rag.Embedder
	passages func(texts []string) error
	question func(ctx context.Context) ([]float32, error)
}

func (f *faulty) Passages(ctx context.Context, model string, texts []string) ([][]float32, error) {
	if f.passages != nil {
		if err := f.passages(texts); err != nil {
			return nil, err
		}
	}
	return f.Embedder.Passages(ctx, model, texts)
}

func (f *faulty) Question(ctx context.Context, model, text string) ([]float32, error) {
	if f.question != nil {
		return f.question(ctx)
	}
	return f.Embedder.Question(ctx, model, text)
}

func TestWordsAnswerWhenTheEmbedderDoesNot(t *testing.T) {
	t.Parallel()
	b := newBase(t, store.Options{SQLitePath: filepath.Join(t.TempDir(), "db")}, false)
	f := &faulty{Embedder: b.client(t)}
	s := b.replica(t, withEmbedder(f))
	fill(t, s, helpCentre(60))
	embed(t, s)
	for name, question := range map[string]func(context.Context) ([]float32, error){
		"down":            func(context.Context) ([]float32, error) { return nil, fault.New(fault.Connection, "down") },
		"too slow":        func(ctx context.Context) ([]float32, error) { <-ctx.Done(); return nil, ctx.Err() },
		"wrong dimension": func(context.Context) ([]float32, error) { return make([]float32, dimension+1), nil },
	} {
		f.question = question
		if name == "too slow" {
			s.Wait(10 * time.Millisecond)
		}
		found := find(t, s, rag.Query{Text: "automobile insured hail"})
		if !found.Degraded || ids(found) != "car" || s.Embedding().QuestionErr == nil {
			t.Errorf("%s: %+v", name, found)
		}
		c, err := s.Context(t.Context(), rag.ContextQuery{Query: "automobile insured hail"})
		if err != nil || !c.Degraded || c.NumSources != 1 {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	f.question = nil
	s.Wait(time.Minute)
	if found := find(t, s, rag.Query{Text: "vehicle"}); found.Degraded || ids(found) != "car" || s.Embedding().QuestionErr != nil {
		t.Errorf("recovered: %+v", found)
	}
}

func TestOnlyChangedPassagesAreEmbeddedAgain(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, b *base) {
		s := b.replica(t)
		article := rag.Document{ID: "a", Title: "T", Category: "c", Content: "one\n\n## Two\n\ntwo\n\n## Three\n\nthree"}
		fill(t, s, []rag.Document{article, {ID: "b", Title: "B", Category: "c", Content: "other"}})
		embed(t, s)
		article.Content = strings.Replace(article.Content, "two", "changed", 1)
		fill(t, s, []rag.Document{article})
		embed(t, s)
		embed(t, s)
		want := map[string]int{"T\n\none": 1, "T\n\nTwo\n\ntwo": 1, "T\n\nThree\n\nthree": 1, "B\n\nother": 1, "T\n\nTwo\n\nchanged": 1}
		if diff := cmp.Diff(want, b.embedded(model)); diff != "" {
			t.Error(diff)
		}
		// What is gone is removed, but not at once: another replica may still need it.
		aged := b.replica(t, later(2*time.Hour))
		embed(t, aged)
		if keys := b.keys(t, model); len(keys) != 4 {
			t.Errorf("%d vectors for 4 passages", len(keys))
		}
	})
}

// embedded returns how often each text was embedded by a model.
func (b *base) embedded(model string) map[string]int {
	list := map[string]int{}
	for text, n := range b.endpoint.Embedded() {
		if own, ok := strings.CutPrefix(text, model+": "); ok {
			list[own] = n
		}
	}
	return list
}

func (b *base) sets(t *testing.T) []rag.VectorSet {
	t.Helper()
	sets, err := b.store.Vectors().VectorSets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return sets
}

func (b *base) keys(t *testing.T, model string) []string {
	t.Helper()
	for _, set := range slices.Backward(b.sets(t)) {
		if set.Model == model {
			keys, err := b.store.Vectors().VectorKeys(t.Context(), set.ID)
			if err != nil {
				t.Fatal(err)
			}
			return slices.Collect(maps.Keys(keys))
		}
	}
	return nil
}

func TestTheOldModelServesUntilTheNewOneIsComplete(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, b *base) {
		s := b.replica(t)
		fill(t, s, helpCentre(200))
		embed(t, s)

		budget := atomic.Int32{}
		f := &faulty{Embedder: b.client(t), passages: func([]string) error {
			if budget.Add(-1) < 0 {
				return fault.New(fault.RateLimit, "not now")
			}
			return nil
		}}
		changed := b.replica(t, withModel("model-b"), withEmbedder(f))
		stop := make(chan struct{})
		var searching sync.WaitGroup
		for range 2 {
			searching.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					found, err := changed.Find(context.Background(), rag.Query{Text: "vehicle"})
					if err != nil || found.Degraded || ids(found) != "car" {
						t.Errorf("while the model changes: %+v, %v", found, err)
						return
					}
				}
			})
		}
		budget.Store(1)
		if err := changed.EmbedMissing(t.Context()); !fault.Is(err, fault.RateLimit) {
			t.Errorf("%v", err)
		}
		refresh(t, changed)
		if e := changed.Embedding(); e.Serving != model || e.Model != "model-b" || e.Err == nil || len(b.keys(t, "model-b")) != 64 {
			t.Errorf("half way: %+v, %d vectors", e, len(b.keys(t, "model-b")))
		}
		budget.Store(1000)
		embed(t, changed)
		close(stop)
		searching.Wait()
		if e := changed.Embedding(); e.Serving != "model-b" || e.Dimension != 384 || e.Passages != 201 || e.Err != nil {
			t.Errorf("afterwards: %+v", e)
		}
		// A replica that still has the old model goes on, and nothing is embedded twice.
		embed(t, s)
		if found := find(t, s, rag.Query{Text: "vehicle"}); found.Degraded || ids(found) != "car" || s.Embedding().Serving != model {
			t.Errorf("the old replica: %+v, %+v", found, s.Embedding())
		}
		for text, n := range b.endpoint.Embedded() {
			if n != 1 && !strings.HasSuffix(text, "vehicle") {
				t.Errorf("%q was embedded %d times", text, n)
			}
		}
		embed(t, b.replica(t, withModel("model-b"), later(2*24*time.Hour)))
		if sets := b.sets(t); len(sets) != 1 || sets[0].Model != "model-b" {
			t.Errorf("two days later there are %+v", sets)
		}
	})
}

func TestReplicasShareTheWork(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, b *base) {
		fill(t, b.replica(t), helpCentre(300))
		replicas := []*rag.Service{b.replica(t), b.replica(t), b.replica(t)}
		var wg sync.WaitGroup
		for _, s := range replicas {
			wg.Go(func() {
				if err := s.EmbedMissing(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, s := range replicas {
			embed(t, s)
			refresh(t, s)
			if e := s.Embedding(); e.Passages != 301 {
				t.Errorf("%+v", e)
			}
		}
		for text, n := range b.embedded(model) {
			if n != 1 {
				t.Errorf("%q was embedded %d times", text, n)
			}
		}
	})
}

func TestAnotherReplicaTakesOverFromOneThatHangs(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, b *base) {
		hanging, goOn := make(chan struct{}), make(chan struct{})
		first := sync.OnceFunc(func() { close(hanging) })
		f := &faulty{Embedder: b.client(t), passages: func([]string) error { first(); <-goOn; return nil }}
		a := b.replica(t, withEmbedder(f))
		fill(t, a, helpCentre(100))
		done := make(chan error, 1)
		go func() { done <- a.EmbedMissing(context.Background()) }()
		<-hanging
		other := b.replica(t)
		embed(t, other)
		if n := len(b.keys(t, model)); n != 0 {
			t.Errorf("%d vectors although another replica has the lease", n)
		}
		other = b.replica(t, later(rag.LeaseTime+time.Second))
		embed(t, other)
		if e := other.Embedding(); e.Passages != 101 {
			t.Errorf("%+v", e)
		}
		close(goOn)
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) { // it may have noticed that it lost the lease
			t.Error(err)
		}
		if n := len(b.keys(t, model)); n != 101 {
			t.Errorf("%d vectors for 101 passages", n)
		}
	})
}

func TestAPassageThatTheEmbedderRefuses(t *testing.T) {
	t.Parallel()
	b := newBase(t, store.Options{SQLitePath: filepath.Join(t.TempDir(), "db")}, false)
	f := &faulty{Embedder: b.client(t), passages: func(texts []string) error {
		if slices.ContainsFunc(texts, func(x string) bool { return strings.Contains(x, "poison") }) {
			return fault.New(fault.Validation, "no")
		}
		return nil
	}}
	b.endpoint.MaxBytes = 1000
	s := b.replica(t, withEmbedder(f))
	long := strings.Repeat("| dinosaur | automobile |\n", 150)
	fill(t, s, append(helpCentre(100), rag.Document{ID: "bad", Title: "poison", Content: "x"}, rag.Document{ID: "long", Title: "Long", Content: long}))
	embed(t, s)
	if e := s.Embedding(); e.Serving != model || e.Passages != 102 || e.Total != 103 || e.Err != nil {
		t.Errorf("%+v", e)
	}
	if found := find(t, s, rag.Query{Text: "poison"}); ids(found) != "bad" || found.Degraded {
		t.Errorf("%+v", found)
	}
	calls := b.endpoint.Calls()
	embed(t, s)
	if b.endpoint.Calls() != calls {
		t.Error("a refused passage is sent again and again")
	}
}

func TestAnEmbedderThatRefusesEverything(t *testing.T) {
	t.Parallel()
	b := newBase(t, store.Options{SQLitePath: filepath.Join(t.TempDir(), "db")}, false)
	s := b.replica(t, withEmbedder(&faulty{Embedder: b.client(t), passages: func([]string) error { return fault.New(fault.Validation, "no") }}))
	fill(t, s, helpCentre(10))
	if err := s.EmbedMissing(t.Context()); err == nil || s.Embedding().Err == nil || len(b.sets(t)) > 0 {
		t.Errorf("%v, %+v, %+v", err, s.Embedding(), b.sets(t))
	}
}

// TestAModelThatChangesBehindItsName meets vectors of another dimension: now and
// then they are a mistake, again and again another model.
func TestAModelThatChangesBehindItsName(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, b *base) {
		s := b.replica(t)
		fill(t, s, helpCentre(100))
		embed(t, s)
		b.endpoint.Set(func(e *embeddingtest.Server) { e.Dimensions[model] = 256 })
		fill(t, s, []rag.Document{{ID: "new", Title: "New", Content: "Something new."}})
		for pass := range 2 {
			if err := s.EmbedMissing(t.Context()); err == nil || len(b.sets(t)) != 1 {
				t.Errorf("pass %d: %v", pass, err)
			}
		}
		if found := find(t, s, rag.Query{Text: "automobile insured hail"}); !found.Degraded || ids(found) != "car" {
			t.Errorf("%+v", found)
		}
		embed(t, s) // believes it, and begins a new set
		embed(t, s)
		if e := s.Embedding(); e.Dimension != 256 || e.Passages != 102 || e.Err != nil {
			t.Errorf("%+v", e)
		}
		if found := find(t, s, rag.Query{Text: "vehicle"}); found.Degraded || ids(found) != "car" {
			t.Errorf("%+v", found)
		}
	})
}

func TestQuestionsAreMaskedForTheEmbedder(t *testing.T) {
	t.Parallel()
	b := newBase(t, store.Options{SQLitePath: filepath.Join(t.TempDir(), "db")}, false)
	s := b.replica(t, func(o *rag.Options) {
		o.Mask = func(text string) string { return strings.ReplaceAll(text, "4111", "[CARD]") }
	})
	fill(t, s, helpCentre(20))
	embed(t, s)
	find(t, s, rag.Query{Text: "and it?", Context: []string{"is my vehicle 4111 insured"}})
	find(t, s, rag.Query{Text: "vehicle 4111"})
	asked := 0
	for text := range b.endpoint.Embedded() {
		if strings.Contains(text, "4111") {
			t.Errorf("sent: %q", text)
		}
		if strings.Contains(text, "[CARD]") {
			asked++
		}
	}
	if asked != 2 {
		t.Errorf("%d masked questions were sent, want 2", asked)
	}
}

func TestStrangeQuestions(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, b *base) {
		s := b.replica(t)
		if found := find(t, s, rag.Query{Text: "anything"}); found.Degraded || len(found.Passages) > 0 {
			t.Errorf("an empty knowledge base: %+v", found)
		}
		if c, err := s.Context(t.Context(), rag.ContextQuery{Query: "anything"}); err != nil || c.NumSources != 0 || c.Context != "" || c.Sources == nil {
			t.Errorf("its context: %+v, %v", c, err)
		}
		embed(t, s)
		fill(t, s, helpCentre(100))
		embed(t, s)
		for _, empty := range []string{"", " \n\t", "\u00a0"} {
			if _, err := s.Find(t.Context(), rag.Query{Text: empty}); !fault.Is(err, fault.Validation) {
				t.Errorf("an empty question: %v", err)
			}
		}
		for name, c := range map[string]struct{ text, want string }{
			"10,000 words":         {strings.Repeat("automobile hail ", 5000), "car"},
			"one word of 100,000":  {strings.Repeat("x", 100_000), ""},
			"nothing but fillers":  {"what is the", ""},
			"nothing but signs":    {"?!;'--", ""},
			"characters beside it": {"\U0001F697 automobile", "car"},
		} {
			find(t, s, rag.Query{Text: c.text, Context: []string{"", strings.Repeat("hail ", 5000), "\xff"}})
			found := find(t, s, rag.Query{Text: c.text})
			if got := ids(found); found.Degraded || name != "nothing but fillers" && name != "nothing but signs" && got != c.want {
				t.Errorf("%s: %q, degraded %v", name, got, found.Degraded)
			}
		}
	})
}

func TestEmbeddingGoesOnAfterAnOutageOfTheDatabase(t *testing.T) {
	t.Parallel()
	p := pgtest.NewProxy(t, pgtest.URL(t))
	b := newBase(t, store.Options{DatabaseURL: p.URL}, true)
	calls := 0
	f := &faulty{Embedder: b.client(t), passages: func([]string) error {
		if calls++; calls == 2 {
			p.Down()
		}
		return nil
	}}
	s := b.replica(t, withEmbedder(f))
	fill(t, s, helpCentre(200))
	if err := s.EmbedMissing(t.Context()); !fault.Is(err, fault.Connection) || s.Embedding().Err == nil {
		t.Errorf("during the outage: %v", err)
	}
	if found := find(t, s, rag.Query{Text: "automobile insured hail"}); !found.Degraded || ids(found) != "car" {
		t.Errorf("during the outage: %+v", found)
	}
	p.Up()
	embed(t, s)
	if e := s.Embedding(); e.Passages != 201 || e.Err != nil {
		t.Errorf("afterwards: %+v", e)
	}
	p.Down()
	if found := find(t, s, rag.Query{Text: "automobile insured hail"}); !found.Degraded || ids(found) != "car" {
		t.Errorf("without the database's index: %+v", found)
	}
	p.Up()
	if found := find(t, s, rag.Query{Text: "vehicle"}); found.Degraded || ids(found) != "car" {
		t.Errorf("recovered: %+v", found)
	}
}
