package ratelimit

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNeverMoreThanBurstAndRate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		now := start
		perSecond, burst := float64(rapid.IntRange(1, 50).Draw(t, "rate")), rapid.IntRange(1, 50).Draw(t, "burst")
		l := New(perSecond, burst, func() time.Time { return now })
		granted := 0
		for _, ms := range rapid.SliceOfN(rapid.IntRange(0, 300), 1, 200).Draw(t, "pauses") {
			now = now.Add(time.Duration(ms) * time.Millisecond)
			ok, wait := l.Allow(t.Context(), "k")
			if ok {
				granted++
			} else if wait <= 0 {
				t.Fatalf("refused without saying for how long")
			}
			if most := float64(burst) + perSecond*now.Sub(start).Seconds() + 1e-6; float64(granted) > most {
				t.Fatalf("%d granted, at most %.2f allowed", granted, most)
			}
		}
	})
}

func TestARefusedCallerMayComeBackWhenTold(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := New(10, 1, func() time.Time { return now })
	l.Allow(t.Context(), "k")
	ok, wait := l.Allow(t.Context(), "k")
	if ok || wait != 100*time.Millisecond {
		t.Fatalf("%v, %v", ok, wait)
	}
	if ok, _ := l.Allow(t.Context(), "another"); !ok {
		t.Error("one key's limit holds for another")
	}
	now = now.Add(wait)
	if ok, _ := l.Allow(t.Context(), "k"); !ok {
		t.Error("refused after the wait")
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := New(1, 1, func() time.Time { return now })
	for i := range maxKeys + 10 {
		l.Allow(t.Context(), fmt.Sprint(i))
	}
	if n := len(l.buckets); n > maxKeys {
		t.Errorf("%d buckets", n)
	}
}
