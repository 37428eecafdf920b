// Package health says whether a service can do its job. Checks are named and
// listed once; readiness, health and diagnosis read the same list.
package health

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

const (
	// checkTimeout bounds one check; an orchestrator's own limit is usually
	// a few seconds.
	checkTimeout = 2 * time.Second
	// reportAge is how old a report may be: probes from many sides cost no more
	// than one round of checks a second.
	reportAge = time.Second
)

// Check is one thing that a service depends on.
type Check struct {
	Name string
	// Required says that the service can't do its job without it. What is not
	// required only degrades it.
	Required bool
	// Run returns an error when the dependency doesn't work. The detail is shown
	// to anybody; of the error only what a *fault.Error shows.
	Run func(ctx context.Context) (detail string, err error)
}

// Status is the state of one check.
type Status string

// States of a check.
const (
	OK       Status = "ok"
	Degraded Status = "degraded" // down, and the service does without it
	Down     Status = "down"
)

// Result is the outcome of one check.
type Result struct {
	Status    Status  `json:"status" enum:"ok,degraded,down"`
	Required  bool    `json:"required"`
	Detail    string  `json:"detail,omitempty"`
	LatencyMS float64 `json:"latency_ms"`
}

// Report is the outcome of all checks.
type Report struct {
	Checks   map[string]Result
	Draining bool
}

// Ready says whether requests should be sent here.
func (r Report) Ready() bool { return !r.Draining && r.Healthy() }

// Healthy says whether the service can do its job.
func (r Report) Healthy() bool { return r.Reason() == "" }

// Reason names the first required check that is down, or is empty.
func (r Report) Reason() string {
	reason, first := "", ""
	for name, c := range r.Checks {
		if c.Status == Down && (first == "" || name < first) {
			first, reason = name, name+": "+c.Detail
		}
	}
	return reason
}

// Degraded says whether something is missing that the service can do without.
func (r Report) Degraded() bool {
	for _, c := range r.Checks {
		if c.Status == Degraded {
			return true
		}
	}
	return false
}

// Set is the checks of one service. It is safe for concurrent use.
type Set struct {
	checks   []Check
	log      *slog.Logger
	draining atomic.Bool
	flight   singleflight.Group

	mu     sync.Mutex
	last   map[string]Result
	lastAt time.Time
}

// New returns a Set. Changes of a check's state are logged to log, which may be
// nil.
func New(log *slog.Logger, checks ...Check) *Set {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Set{checks: checks, log: log}
}

// Drain makes the service not ready for the rest of its life.
func (s *Set) Drain() { s.draining.Store(true) }

// Report returns the state of all checks, at most a second old.
func (s *Set) Report(ctx context.Context) Report {
	s.mu.Lock()
	checks, fresh := s.last, time.Since(s.lastAt) < reportAge
	s.mu.Unlock()
	if !fresh {
		// The round outlives a prober that gives up: others wait for it too.
		v, _, _ := s.flight.Do("", func() (any, error) { return s.run(context.WithoutCancel(ctx)), nil })
		checks = v.(map[string]Result)
	}
	return Report{Checks: checks, Draining: s.draining.Load()}
}

func (s *Set) run(ctx context.Context) map[string]Result {
	results := make([]Result, len(s.checks))
	var wg sync.WaitGroup
	for i, c := range s.checks {
		wg.Go(func() { results[i] = s.check(ctx, c) })
	}
	wg.Wait()
	byName := make(map[string]Result, len(results))
	for i, c := range s.checks {
		byName[c.Name] = results[i]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last, s.lastAt = byName, time.Now()
	return byName
}

func (s *Set) check(ctx context.Context, c Check) Result {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	began := time.Now()
	detail, err := c.Run(ctx)
	r := Result{Status: OK, Required: c.Required, Detail: detail}
	if err != nil {
		r.Status, r.Detail = Degraded, publicDetail(err)
		if c.Required {
			r.Status = Down
		}
	}
	r.LatencyMS = float64(time.Since(began).Microseconds()) / 1000
	s.logChange(ctx, c, r, err)
	return r
}

// logChange logs a check that fails or works for the first time, with the whole
// error: probes come every few seconds and would fill the log.
func (s *Set) logChange(ctx context.Context, c Check, now Result, err error) {
	s.mu.Lock()
	before, known := s.last[c.Name]
	s.mu.Unlock()
	switch {
	case err != nil && (!known || before.Status == OK):
		s.log.WarnContext(ctx, "dependency not available", "check", c.Name, "required", c.Required, "error", err)
	case err == nil && known && before.Status != OK:
		s.log.InfoContext(ctx, "dependency available again", "check", c.Name)
	}
}

// publicDetail is what anybody may read of an error.
func publicDetail(err error) string {
	var f *fault.Error
	switch {
	case errors.As(err, &f):
		return f.Detail
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	}
	return "not available, see the log"
}
