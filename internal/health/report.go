package health

import (
	"context"
	"slices"
	"strings"
)

// Report is the state of a service and of everything that it depends on.
type Report struct {
	Checks   map[string]Result
	Draining bool
	// pending is set while the first round of checks has not been completed.
	pending bool
}

// Report returns the state of all checks, at most a second old. When ctx ends
// first it is the last known one.
func (s *Set) Report(ctx context.Context) Report {
	checks := s.current(ctx)
	r := Report{Checks: checks, Draining: s.draining.Load(), pending: len(checks) < len(s.checks)}
	if r.Checks == nil {
		r.Checks = map[string]Result{}
	}
	return r
}

// Status is the service's state in a word: "ready", "degraded", "not_ready" or
// "draining".
func (r Report) Status() string {
	switch {
	case r.Draining:
		return "draining"
	case !r.Healthy():
		return "not_ready"
	case r.Degraded():
		return "degraded"
	}
	return "ready"
}

// Ready reports whether requests should be sent here.
func (r Report) Ready() bool { return !r.Draining && r.Healthy() }

// Healthy reports whether the service can do its job: every required dependency
// works. A draining service still can.
func (r Report) Healthy() bool { return r.Reason() == "" }

// Reason says what keeps the service from doing its job, or is empty.
func (r Report) Reason() string {
	if r.pending {
		return "the dependencies have not been checked yet"
	}
	var reasons []string
	for name, c := range r.Checks {
		if c.Required && c.Status == Down {
			reasons = append(reasons, name+": "+c.Detail)
		}
	}
	slices.Sort(reasons)
	return strings.Join(reasons, "; ")
}

// Degraded reports whether something is missing that the service can do without,
// or works badly.
func (r Report) Degraded() bool {
	for _, c := range r.Checks {
		if c.Status != OK {
			return true
		}
	}
	return false
}
