// Package health answers whether a service can do its job.
//
// It owns the named checks of a service's dependencies, how they are run
// (together, each within a time, at most once a second however often probes
// ask) and the report behind /health and /ready. What a check does
// belongs to the package that knows the dependency; HTTP belongs to httpserver.
//
// A service is in one of four states:
//
//	ready      every check is ok
//	degraded   it serves, but an optional dependency is down, or one works badly
//	not_ready  a required dependency is down: it can't do its job
//	draining   it finishes what it has begun and takes nothing new; final
package health

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Check is one named dependency.
type Check struct {
	// Name is the key in the report, such as "database".
	Name string
	// Required says that the service can't do its job without it. A dependency
	// that has a fallback is not required: it must not take a replica out of
	// service.
	Required bool
	// Run tries the dependency and honours ctx. The detail is a short plain phrase
	// that anyone may read (no address, no query, no error text). Of the error
	// only a *fault.Error's own detail is shown, where there is no other; the
	// whole is logged. An error made by Impaired says that the dependency works,
	// but not well.
	Run func(ctx context.Context) (detail string, err error)
}

// Impaired marks err as one that leaves the dependency usable.
func Impaired(err error) error { return &impaired{err} }

type impaired struct{ cause error }

func (d *impaired) Error() string { return d.cause.Error() }
func (d *impaired) Unwrap() error { return d.cause }

const (
	// checkTimeout bounds one check; an orchestrator's own limit is usually a
	// few seconds.
	checkTimeout = 2 * time.Second
	// reportAge is how old a report may be: probes from many sides cost no more
	// than one round of checks a second.
	reportAge = time.Second
)

// Set is the checks of one service. It is safe for concurrent use.
type Set struct {
	checks   []Check
	log      *slog.Logger
	draining atomic.Bool

	mu      sync.Mutex
	results map[string]Result
	at      time.Time     // when results were complete; zero before the first
	running chan struct{} // closed when the round under way is complete; nil without one
}

// New returns a set of checks. They first run when a report is first asked for.
// A change of a check's state is logged to log, which may be nil.
func New(log *slog.Logger, checks ...Check) *Set {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Set{log: log, checks: checks}
}

// Drain makes the service not ready for good. It is called at the start of a
// shutdown, so that proxies stop sending before the service stops accepting.
func (s *Set) Drain() { s.draining.Store(true) }

// Draining reports whether Drain was called.
func (s *Set) Draining() bool { return s.draining.Load() }
