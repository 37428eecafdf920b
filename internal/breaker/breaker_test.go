package breaker

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

var errDown = fault.New(fault.Connection, "down")

func answer(err error) func(context.Context) error {
	return func(context.Context) error { return err }
}

// opened returns a breaker that two failures in a row have opened.
func opened(t *testing.T, reg *prometheus.Registry) *Breaker {
	t.Helper()
	b := NewFactory(Options{FailureThreshold: 2, Delay: time.Minute, HalfOpenCalls: 2, Registerer: reg}).New("dep")
	for range 2 {
		if err := b.Do(t.Context(), answer(errDown)); !errors.Is(err, errDown) {
			t.Fatalf("closed breaker: %v", err)
		}
	}
	return b
}

func gauge(t *testing.T, reg *prometheus.Registry) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil || len(families) != 1 {
		t.Fatalf("gather: %v, %v", families, err)
	}
	return families[0].GetMetric()[0].GetGauge().GetValue()
}

func TestBreakerOpensAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reg := prometheus.NewRegistry()
		b := opened(t, reg)
		called := false
		err := b.Do(t.Context(), func(context.Context) error { called = true; return nil })
		if called || !fault.Is(err, fault.Connection) || fault.As(err).RetryAfter != time.Minute {
			t.Fatalf("open breaker: called %v, %v (retry after %v)", called, err, fault.As(err).RetryAfter)
		}
		if v := gauge(t, reg); v != 1 {
			t.Errorf("gauge of an open breaker: %v", v)
		}
		time.Sleep(time.Minute) // virtual
		for range 2 {
			if err := b.Do(t.Context(), answer(nil)); err != nil {
				t.Fatalf("half-open breaker: %v", err)
			}
		}
		if b.State() != "closed" || gauge(t, reg) != 0 {
			t.Errorf("after two good trials: %s, gauge %v", b.State(), gauge(t, reg))
		}
	})
}

func TestHalfOpenBreakerOpensAgainOnFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reg := prometheus.NewRegistry()
		b := opened(t, reg)
		time.Sleep(time.Minute) // virtual
		for range 2 {
			_ = b.Do(t.Context(), answer(errDown))
		}
		if b.State() != "open" {
			t.Errorf("after failed trials: %s", b.State())
		}
	})
}

func TestOnlyFailuresOfTheDependencyCount(t *testing.T) {
	t.Parallel()
	gaveUp, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range map[string]struct {
		ctx context.Context
		err error
	}{
		"a refused request":     {t.Context(), fault.New(fault.Validation, "no")},
		"nothing found":         {t.Context(), fault.New(fault.NotFound, "no")},
		"a caller who gave up":  {gaveUp, context.Canceled},
		"a successful exchange": {t.Context(), nil},
	} {
		b := NewFactory(Options{FailureThreshold: 1}).New("dep")
		_ = b.Do(call.ctx, answer(call.err))
		if b.State() != "closed" {
			t.Errorf("%s opened the breaker", name)
		}
	}
}

func TestMetricNamesTheBreaker(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	NewFactory(Options{Registerer: reg}).New("rag")
	if n, err := testutil.GatherAndCount(reg, "circuit_breaker_state"); err != nil || n != 1 {
		t.Errorf("series: %d, %v", n, err)
	}
}
