package health

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// finding is a check that finds the same each time.
func finding(name string, required bool, detail string, err error) Check {
	return Check{Name: name, Required: required, Run: func(context.Context) (string, error) { return detail, err }}
}

var errSecret = errors.New("dial tcp 10.0.0.7:5432: password authentication failed")

func TestStates(t *testing.T) {
	t.Parallel()
	up := finding("database", true, "sqlite", nil)
	for name, c := range map[string]struct {
		checks           []Check
		want, wantReason string
	}{
		"nothing to check":        {nil, "ready", ""},
		"all well":                {[]Check{up, finding("rag", false, "", nil)}, "ready", ""},
		"an optional one is down": {[]Check{up, finding("rag", false, "", errSecret)}, "degraded", ""},
		"one works badly":         {[]Check{finding("database", true, "slow", Impaired(errSecret))}, "degraded", ""},
		"a required one is down":  {[]Check{finding("database", true, "", errSecret), finding("rag", false, "", errSecret)}, "not_ready", "database: not available"},
		"two required are down":   {[]Check{finding("b", true, "", errSecret), finding("a", true, "gone", errSecret)}, "not_ready", "a: gone; b: not available"},
		"the error may be shown":  {[]Check{finding("a", true, "", fault.New(fault.Connection, "schema is being prepared").WithCause(errSecret))}, "not_ready", "a: schema is being prepared"},
		"the check itself panics": {[]Check{{Name: "a", Required: true, Run: func(context.Context) (string, error) { panic(errSecret) }}}, "not_ready", "a: not available"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := New(nil, c.checks...).Report(t.Context())
			if r.Status() != c.want || r.Reason() != c.wantReason {
				t.Errorf("got %q because of %q, want %q because of %q", r.Status(), r.Reason(), c.want, c.wantReason)
			}
			if r.Ready() != (c.want == "ready" || c.want == "degraded") {
				t.Errorf("Ready is %v when %s", r.Ready(), c.want)
			}
		})
	}
}

func TestReportShowsNothingOfTheError(t *testing.T) {
	t.Parallel()
	r := New(nil,
		finding("database", true, "", errSecret), finding("rag", false, "slow", Impaired(errSecret)), finding("disk", false, "", nil),
	).Report(t.Context())
	want := map[string]Result{
		"database": {Status: Down, Required: true, Detail: "not available"},
		"rag":      {Status: Degraded, Detail: "slow"},
		"disk":     {Status: OK, Detail: "ok"},
	}
	if diff := cmp.Diff(want, r.Checks, cmpopts.IgnoreFields(Result{}, "LatencyMS")); diff != "" {
		t.Error(diff)
	}
}

func TestDrainingIsFinalAndStillHealthy(t *testing.T) {
	t.Parallel()
	s := New(nil, finding("database", true, "", nil))
	s.Drain()
	r := s.Report(t.Context())
	if r.Status() != "draining" || r.Ready() || !r.Healthy() {
		t.Errorf("got %q, ready %v, healthy %v", r.Status(), r.Ready(), r.Healthy())
	}
}

func TestProbesShareOneRoundASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int32
		s := New(nil, Check{Name: "a", Run: func(context.Context) (string, error) {
			time.Sleep(100 * time.Millisecond)
			runs.Add(1)
			return "", nil
		}})
		for range 50 {
			go s.Report(t.Context())
		}
		time.Sleep(200 * time.Millisecond)
		s.Report(t.Context())
		if n := runs.Load(); n != 1 {
			t.Errorf("51 probes made %d rounds, want 1", n)
		}
		time.Sleep(reportAge)
		s.Report(t.Context())
		if n := runs.Load(); n != 2 {
			t.Errorf("a probe a second later made it %d rounds, want 2", n)
		}
	})
}

func TestChecksRunTogetherAndWithinTheirTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := func(d time.Duration) func(context.Context) (string, error) {
			return func(ctx context.Context) (string, error) {
				select {
				case <-time.After(d):
					return "answered", nil
				case <-ctx.Done():
					return "", ctx.Err()
				}
			}
		}
		deaf := make(chan struct{})
		defer close(deaf)
		s := New(nil,
			Check{Name: "slow", Run: slow(time.Second)}, Check{Name: "slow too", Run: slow(time.Second)},
			Check{Name: "too slow", Run: slow(time.Hour)},
			Check{Name: "deaf", Run: func(context.Context) (string, error) { <-deaf; return "", nil }},
		)
		start := time.Now()
		r := s.Report(t.Context())
		if took := time.Since(start); took != checkTimeout {
			t.Errorf("the round took %v, want %v", took, checkTimeout)
		}
		want := map[string]Result{
			"slow": {Status: OK, Detail: "answered", LatencyMS: 1000}, "slow too": {Status: OK, Detail: "answered", LatencyMS: 1000},
			"too slow": {Status: Down, Detail: "no answer in time", LatencyMS: 2000}, "deaf": {Status: Down, Detail: "no answer in time", LatencyMS: 2000},
		}
		if diff := cmp.Diff(want, r.Checks); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAProberWhoLeavesDoesNotStopTheRound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(nil, Check{Name: "a", Required: true, Run: func(ctx context.Context) (string, error) {
			time.Sleep(time.Second)
			return "", ctx.Err()
		}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if r := s.Report(ctx); r.Ready() || r.Reason() == "" {
			t.Errorf("ready before the first round was complete: %+v", r)
		}
		time.Sleep(time.Second)
		if r := s.Report(t.Context()); !r.Ready() {
			t.Errorf("the round was not completed: %+v", r)
		}
	})
}

func TestOnlyChangesAreLogged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		failing := false
		s := New(slog.New(slog.NewTextHandler(&out, nil)), Check{Name: "database", Required: true, Run: func(context.Context) (string, error) {
			if failing {
				return "", errSecret
			}
			return "", nil
		}})
		for _, failing = range []bool{false, false, true, true, true, false, false} {
			s.Report(t.Context())
			time.Sleep(reportAge)
			synctest.Wait()
		}
		log := out.String()
		if n := strings.Count(log, "\n"); n != 2 {
			t.Fatalf("got %d lines, want one for each change:\n%s", n, log)
		}
		for _, want := range []string{"level=ERROR", "to=down", "password authentication failed", "level=INFO", "to=ok"} {
			if !strings.Contains(log, want) {
				t.Errorf("%q is not in\n%s", want, log)
			}
		}
	})
}
