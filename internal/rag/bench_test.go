package rag_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/pgtest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

const benchDimension = 384

// clusters is an embedder whose vectors lie in groups, as those of real texts do:
// the first word of a text chooses the group.
type clusters struct{ calls atomic.Uint64 }

func (c *clusters) vector(text string) []float32 {
	word, _, _ := strings.Cut(text, " ")
	seed := uint64(0)
	for _, r := range word {
		seed = seed*31 + uint64(r)
	}
	center, own := rand.New(rand.NewPCG(seed, 0)), rand.New(rand.NewPCG(c.calls.Add(1), 1))
	v := make([]float32, benchDimension)
	sum := 0.0
	for i := range v {
		v[i] = float32(center.NormFloat64() + 0.7*own.NormFloat64())
		sum += float64(v[i]) * float64(v[i])
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(sum))
	}
	return v
}

func (c *clusters) Passages(_ context.Context, _ string, texts []string) ([][]float32, error) {
	list := make([][]float32, len(texts))
	for i, t := range texts {
		list[i] = c.vector(t)
	}
	return list, nil
}

func (c *clusters) Question(_ context.Context, _, text string) ([]float32, error) {
	return c.vector(text), nil
}

// benchCentre is n passages of about 100 words by Zipf's law.
func benchCentre(n int) []rag.Document {
	random := rand.New(rand.NewPCG(5, 5))
	list := make([]rag.Document, n)
	for i := range list {
		list[i] = rag.Document{ID: fmt.Sprintf("d%06d", i), Title: zipf(random, 4), Category: fmt.Sprint("c", i%8), Content: zipf(random, 100)}
	}
	return list
}

func zipf(random *rand.Rand, words int) string {
	var b strings.Builder
	for range words {
		fmt.Fprintf(&b, "w%dx ", int(math.Exp(random.Float64()*math.Log(30_000))))
	}
	return b.String()
}

// BenchmarkSearch is a search of five words, with its p50 and p99:
//
//	go test -run - -bench Search ./internal/rag
//
// "words" goes by words alone; "memory" adds vectors that are compared in memory;
// "database" those that pgvector's index compares, and "sql" is that query alone.
func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("words/passages=%d", n), func(b *testing.B) { benchSearch(b, n, nil, nil) })
		b.Run(fmt.Sprintf("memory/passages=%d", n), func(b *testing.B) {
			benchSearch(b, n, &clusters{}, &store.Options{SQLitePath: filepath.Join(b.TempDir(), "db")})
		})
		b.Run(fmt.Sprintf("database/passages=%d", n), func(b *testing.B) {
			address := pgtest.URL(b)
			b.Run("search", func(b *testing.B) { benchSearch(b, n, &clusters{}, &store.Options{DatabaseURL: address}) })
			b.Run("sql", func(b *testing.B) { benchSQL(b, address) })
		})
	}
}

func benchSearch(b *testing.B, n int, embedder rag.Embedder, o *store.Options) {
	indexed := o != nil && o.DatabaseURL != ""
	if o == nil {
		o = &store.Options{SQLitePath: filepath.Join(b.TempDir(), "db")}
	}
	db, err := store.Open(b.Context(), *o)
	check(b, err)
	b.Cleanup(func() { _ = db.Close() })
	check(b, db.Migrate(b.Context()))
	options := rag.Options{Store: db.Knowledge()}
	if embedder != nil {
		options.Vectors, options.Embedder, options.Model = db.Vectors(), embedder, "m"
	}
	s := rag.New(options)
	s.CompareInMemory(math.MaxInt)
	if indexed {
		s.CompareInMemory(0)
	}
	documents := benchCentre(n)
	for part := range slices.Chunk(documents, 20_000) {
		for _, d := range part {
			_, err := db.Knowledge().Put(b.Context(), rag.StoredDocument{Document: d, Hash: d.ID})
			check(b, err)
		}
	}
	check(b, s.Refresh(b.Context()))
	began := time.Now()
	check(b, s.EmbedMissing(b.Context()))
	if embedder != nil {
		b.Logf("%d vectors stored and indexed in %v", n, time.Since(began).Round(time.Millisecond))
	}
	random := rand.New(rand.NewPCG(6, 6))
	timed(b, func() error {
		found, err := s.Find(b.Context(), rag.Query{Text: zipf(random, 5)})
		if found.Degraded {
			b.Error("degraded")
		}
		return err
	})
}

// benchSQL asks the index for as many neighbours as a search does.
func benchSQL(b *testing.B, address string) {
	pool, err := pgxpool.New(b.Context(), address)
	check(b, err)
	defer pool.Close()
	vectors := &clusters{}
	random := rand.New(rand.NewPCG(7, 7))
	timed(b, func() error {
		return pgx.BeginFunc(b.Context(), pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(b.Context(), `SELECT set_config('hnsw.ef_search', '200', true), set_config('enable_sort', 'off', true)`); err != nil {
				return err
			}
			rows, err := tx.Query(b.Context(), fmt.Sprintf(`SELECT key FROM passage_vectors WHERE set_id = 1
				ORDER BY vector::halfvec(%[1]d) <#> $1::real[]::halfvec(%[1]d) LIMIT 200`, benchDimension), vectors.vector(zipf(random, 5)))
			if err != nil {
				return err
			}
			_, err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		})
	})
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func timed(b *testing.B, do func() error) {
	b.Helper()
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		check(b, do())
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
