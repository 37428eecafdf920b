package health

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// Status is the state of one check.
type Status string

// The states of a check.
const (
	OK       Status = "ok"
	Degraded Status = "degraded" // it works, but not well; see Impaired
	Down     Status = "down"
)

// Result is what one check found. Detail is fit for anyone to read.
type Result struct {
	Status    Status  `json:"status" enum:"ok,degraded,down"`
	Required  bool    `json:"required" doc:"Whether the service can't do its job without it"`
	Detail    string  `json:"detail"`
	LatencyMS float64 `json:"latency_ms"`
}

// current returns results that are at most reportAge old. Callers who come while
// the checks run share that round. A caller who leaves doesn't stop it: the next
// one finds it done.
func (s *Set) current(ctx context.Context) map[string]Result {
	s.mu.Lock()
	if !s.at.IsZero() && time.Since(s.at) < reportAge {
		defer s.mu.Unlock()
		return s.results
	}
	if s.running == nil {
		s.running = make(chan struct{})
		go s.refresh(context.WithoutCancel(ctx), s.running)
	}
	done, stale := s.running, s.results
	s.mu.Unlock()
	select {
	case <-done:
		return s.latest()
	case <-ctx.Done():
		return stale
	}
}

func (s *Set) latest() map[string]Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.results
}

// refresh runs every check at once and publishes what they found.
func (s *Set) refresh(ctx context.Context, done chan struct{}) {
	found := make([]Result, len(s.checks))
	failures := make([]error, len(s.checks))
	var wg sync.WaitGroup
	for i, check := range s.checks {
		wg.Go(func() { found[i], failures[i] = s.run(ctx, check) })
	}
	wg.Wait()

	fresh := make(map[string]Result, len(s.checks))
	for i, check := range s.checks {
		fresh[check.Name] = found[i]
	}
	previous := s.publish(fresh, done)
	for i, check := range s.checks {
		s.logChange(ctx, check, previous[check.Name], found[i], failures[i])
	}
}

func (s *Set) publish(fresh map[string]Result, done chan struct{}) (previous map[string]Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	previous, s.results, s.at, s.running = s.results, fresh, time.Now(), nil
	close(done)
	return previous
}

// run tries one check within its time. A check that ignores its context is left
// behind when the time is over: a probe must be answered.
func (s *Set) run(ctx context.Context, check Check) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	type outcome struct {
		detail string
		err    error
	}
	finished := make(chan outcome, 1)
	start := time.Now()
	go func() {
		detail, err := try(ctx, check)
		finished <- outcome{detail, err}
	}()
	var o outcome
	select {
	case o = <-finished:
	case <-ctx.Done():
		o.err = fmt.Errorf("%s: %w", check.Name, context.DeadlineExceeded)
	}
	elapsed := time.Since(start)
	return result(check, o.detail, o.err, elapsed), o.err
}

func try(ctx context.Context, check Check) (detail string, err error) {
	defer func() {
		if v := recover(); v != nil {
			detail, err = "", fmt.Errorf("the check panicked: %v", v)
		}
	}()
	return check.Run(ctx)
}

func result(check Check, detail string, err error, elapsed time.Duration) Result {
	r := Result{Status: OK, Required: check.Required, Detail: detail}
	r.LatencyMS = float64(elapsed.Microseconds()) / 1000
	if r.Detail == "" {
		r.Detail = shownOf(err)
	}
	var partly *impaired
	switch {
	case errors.As(err, &partly):
		r.Status = Degraded
	case err != nil:
		r.Status = Down
	}
	return r
}

// shownOf is what anyone may read of a check that had no words of its own.
func shownOf(err error) string {
	var shown *fault.Error
	var partly *impaired
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &shown):
		return shown.Detail
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &partly):
		return "working with limits"
	}
	return "not available"
}

// logChange says once, in full, what probes only see in brief.
func (s *Set) logChange(ctx context.Context, check Check, before, now Result, err error) {
	if before.Status == now.Status || (before.Status == "" && now.Status == OK) {
		return
	}
	level := slog.LevelInfo
	switch {
	case now.Status == Down && check.Required:
		level = slog.LevelError
	case now.Status != OK:
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{
		slog.String("check", check.Name), slog.String("from", string(before.Status)), slog.String("to", string(now.Status)),
		slog.Bool("required", check.Required), slog.Float64("latency_ms", now.LatencyMS),
	}
	if err != nil {
		attrs = append(attrs, slog.Any("error", err))
	}
	s.log.LogAttrs(ctx, level, "dependency state changed", attrs...)
}
