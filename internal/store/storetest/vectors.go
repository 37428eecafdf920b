package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

// vectors checks the contract of rag.VectorStore.
func vectors(t *testing.T, s rag.VectorStore) {
	t.Run("vectors come back as they were", func(t *testing.T) { putVectors(t, s) })
	t.Run("a set for each model and dimension", func(t *testing.T) { vectorSets(t, s) })
	t.Run("replicas storing the same vectors", func(t *testing.T) { concurrentVectors(t, s) })
	t.Run("a lease has one holder", func(t *testing.T) { leases(t, s) })
	t.Run("the index finds what is near", func(t *testing.T) { nearest(t, s) })
}

// direction is a random vector of length one.
func direction(random *rand.Rand, dimension int) []float32 {
	v := make([]float32, dimension)
	sum := 0.0
	for i := range v {
		v[i] = float32(random.NormFloat64())
		sum += float64(v[i]) * float64(v[i])
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(sum))
	}
	return v
}

// vectorsOf makes n vectors with the keys key0, key1, ... in two categories.
func vectorsOf(n, dimension int) []rag.Vector {
	random := rand.New(rand.NewPCG(1, uint64(dimension)))
	list := make([]rag.Vector, n)
	for i := range list {
		list[i] = rag.Vector{Key: fmt.Sprint("key", i), Category: []string{"even", "odd"}[i%2], Values: direction(random, dimension)}
	}
	return list
}

func storeVectors(t *testing.T, s rag.VectorStore, model string, list []rag.Vector) rag.VectorSet {
	t.Helper()
	if err := s.PutVectors(t.Context(), model, len(list[0].Values), list, turnTime); err != nil {
		t.Fatal(err)
	}
	return setOf(t, s, model)
}

func setOf(t *testing.T, s rag.VectorStore, model string) rag.VectorSet {
	t.Helper()
	sets, err := s.VectorSets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range slices.Backward(sets) {
		if set.Model == model {
			return set
		}
	}
	return rag.VectorSet{}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func putVectors(t *testing.T, s rag.VectorStore) {
	list := vectorsOf(5, 3)
	set := storeVectors(t, s, "put", list[:3])
	changed := slices.Clone(list)
	changed[0].Values = []float32{0, 0, 1}
	if again := storeVectors(t, s, "put", changed); again.ID != set.ID || again.Version <= set.Version {
		t.Errorf("%+v became %+v", set, again)
	}
	got, err := s.Vectors(t.Context(), set.ID, []string{"key4", "key0", "none", `"'`})
	slices.SortFunc(got, func(a, b rag.Vector) int { return strings.Compare(a.Key, b.Key) })
	if diff := cmp.Diff([]rag.Vector{list[0], list[4]}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	must(t, s.DeleteVectors(t.Context(), set.ID, []string{"key1", "none"}))
	keys, err := s.VectorKeys(t.Context(), set.ID)
	want := map[string]time.Time{"key0": turnTime, "key2": turnTime, "key3": turnTime, "key4": turnTime}
	if diff := cmp.Diff(want, keys); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if err := s.PutVectors(t.Context(), "put", 3, []rag.Vector{{Key: "x", Values: []float32{1}}}, turnTime); err == nil {
		t.Error("a vector of another dimension was stored")
	}
}

func vectorSets(t *testing.T, s rag.VectorStore) {
	old, other := storeVectors(t, s, "old", vectorsOf(2, 3)), storeVectors(t, s, "other", vectorsOf(2, 3))
	wider := storeVectors(t, s, "old", vectorsOf(2, 4))
	if old.Complete || old.ID >= other.ID || other.ID >= wider.ID || wider.Dimension != 4 {
		t.Errorf("%+v %+v %+v", old, other, wider)
	}
	must(t, s.CompleteSet(t.Context(), old.ID))
	must(t, s.UseSet(t.Context(), old.ID, turnTime.Add(time.Hour)))
	must(t, s.UseSet(t.Context(), old.ID, turnTime.Add(time.Minute)))
	must(t, s.DeleteSet(t.Context(), wider.ID))
	want := rag.VectorSet{ID: old.ID, Model: "old", Dimension: 3, Complete: true, UsedAt: turnTime.Add(time.Hour)}
	if diff := cmp.Diff(want, setOf(t, s, "old"), cmpopts.IgnoreFields(rag.VectorSet{}, "Version")); diff != "" {
		t.Error(diff)
	}
	if keys, err := s.VectorKeys(t.Context(), wider.ID); err != nil || len(keys) > 0 {
		t.Errorf("a deleted set has %v, %v", keys, err)
	}
}

func concurrentVectors(t *testing.T, s rag.VectorStore) {
	list := vectorsOf(40, 3)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for part := range slices.Chunk(list, 10) {
				if err := s.PutVectors(context.Background(), "raced", 3, part, turnTime); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	set := setOf(t, s, "raced")
	keys, err := s.VectorKeys(t.Context(), set.ID)
	if err != nil || len(keys) != 40 || set.Version != 16 {
		t.Errorf("%d keys, %+v, %v", len(keys), set, err)
	}
}

func leases(t *testing.T, s rag.VectorStore) {
	at := func(minutes int) time.Time { return turnTime.Add(time.Duration(minutes) * time.Minute) }
	for i, step := range []struct {
		model, holder string
		now, until    int
		held          bool
	}{
		{"m", "a", 0, 5, true},
		{"m", "b", 1, 6, false},
		{"m", "a", 2, 7, true},
		{"n", "b", 2, 7, true},
		{"m", "b", 7, 12, false},
		{"m", "b", 8, 13, true},
		{"m", "a", 9, 14, false},
	} {
		held, err := s.Lease(t.Context(), step.model, step.holder, at(step.now), at(step.until))
		if err != nil || held != step.held {
			t.Errorf("step %d: %v, %v", i, held, err)
		}
	}
	must(t, s.EndLease(t.Context(), "m", "a")) // not its own
	if held, err := s.Lease(t.Context(), "m", "a", at(9), at(14)); err != nil || held {
		t.Errorf("another's lease was ended: %v", err)
	}
	must(t, s.EndLease(t.Context(), "m", "b"))
	if held, err := s.Lease(t.Context(), "m", "a", at(9), at(14)); err != nil || !held {
		t.Errorf("an ended lease is still held: %v", err)
	}
}

// nearest compares the index with an exact scan, where the database has one.
func nearest(t *testing.T, s rag.VectorStore) {
	const dimension, n = 24, 30
	list := vectorsOf(2000, dimension)
	set := storeVectors(t, s, "indexed", list)
	if set.Indexed {
		t.Error("indexed before anybody asked for it")
	}
	if err := s.IndexSet(t.Context(), set); errors.Is(err, rag.ErrNoVectorIndex) {
		t.Skip("this database has no index of vectors: ", err)
	} else if err != nil {
		t.Fatal(err)
	}
	must(t, s.IndexSet(t.Context(), set)) // again changes nothing
	if set = setOf(t, s, "indexed"); !set.Indexed {
		t.Error("not indexed")
	}
	to := direction(rand.New(rand.NewPCG(9, 9)), dimension)
	for _, category := range []string{"", "odd", "none"} {
		got, err := s.Nearest(t.Context(), set, to, category, n, []string{"key0", "none"})
		must(t, err)
		checkNearest(t, list, to, category, n, got)
	}
	if _, err := s.Nearest(t.Context(), set, to[1:], "", n, nil); err == nil {
		t.Error("a question of another dimension was accepted")
	}
	must(t, s.DeleteSet(t.Context(), set.ID))
	if again := storeVectors(t, s, "indexed", list[:1]); again.Indexed {
		t.Error("the index outlived its set")
	}
}

func checkNearest(t *testing.T, list []rag.Vector, to []float32, category string, n int, got []rag.Near) {
	t.Helper()
	cosines := map[string]float64{}
	for _, v := range list {
		for i, f := range v.Values {
			cosines[v.Key] += float64(f) * float64(to[i])
		}
	}
	var want []string
	for _, v := range list {
		if category == "" || v.Category == category {
			want = append(want, v.Key)
		}
	}
	slices.SortFunc(want, func(a, b string) int { return -int(math.Copysign(1, cosines[a]-cosines[b])) })
	want = want[:min(n, len(want))]
	found, asked := 0, false
	for _, near := range got {
		if math.Abs(near.Cosine-cosines[near.Key]) > 1e-4 {
			t.Errorf("%s: cosine %f, want %f", near.Key, near.Cosine, cosines[near.Key])
		}
		asked = asked || near.Key == "key0"
		if slices.Contains(want, near.Key) {
			found++
		}
	}
	if !asked || found < len(want)*9/10 || len(got) > n+1 {
		t.Errorf("category %q: %d of the %d nearest among %d found; the passage asked for is there: %v", category, found, len(want), len(got), asked)
	}
}
