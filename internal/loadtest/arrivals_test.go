package loadtest

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestArrivalsFollowTheProfile(t *testing.T) {
	t.Parallel()
	p := Profile{Stages: []Stage{{10 * time.Second, 10, 10}, {10 * time.Second, 10, 50}}}
	at := slices.Collect(p.arrivals())
	if len(at) != 100+300 || !slices.IsSorted(at) || at[len(at)-1] >= 20*time.Second {
		t.Fatalf("%d arrivals, the last at %v", len(at), at[len(at)-1])
	}
	in := func(from, to time.Duration) (n float64) {
		for _, a := range at {
			if a >= from && a < to {
				n++
			}
		}
		return n
	}
	for _, s := range []struct {
		from int
		want float64
	}{{0, 10}, {9, 10}, {10, 12}, {19, 48}} {
		from := time.Duration(s.from) * time.Second
		if n := in(from, from+time.Second); math.Abs(n-s.want) > 1 {
			t.Errorf("%v arrive in second %d, want %v", n, s.from, s.want)
		}
	}
}

func TestASoakMustNotGrow(t *testing.T) {
	t.Parallel()
	soak := func(memory func(i int) float64, goroutines func(i int) int) *Result {
		r := newResult(Options{Profile: Profile{Name: "soak"}})
		r.record(Health, r.Began, time.Millisecond, nil)
		for i := range 240 {
			r.Samples = append(r.Samples, Sample{At: time.Duration(i) * progressInterval, MemoryMB: memory(i), Goroutines: goroutines(i)})
		}
		return r
	}
	flat := func(int) int { return 100 }
	for name, tc := range map[string]struct {
		r    *Result
		want string
	}{
		"flat":               {soak(func(int) float64 { return 60 }, flat), ""},
		"warms up, then not": {soak(func(i int) float64 { return 60 + float64(min(i, 60)) }, flat), ""},
		"leaks memory":       {soak(func(i int) float64 { return 60 + float64(i) }, flat), "memory grew"},
		"leaks goroutines":   {soak(func(int) float64 { return 60 }, func(i int) int { return 100 + 2*i }), "goroutines grew"},
	} {
		err := tc.r.Judge(Thresholds{P95: time.Second})
		if (err == nil) != (tc.want == "") || (err != nil && !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
