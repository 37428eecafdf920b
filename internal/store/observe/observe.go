// Package observe makes a store's work visible: how long each query takes and
// how full the connection pool is, in metrics and in the log lines that the
// runbook greps for. Both engines share it.
package observe

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// slowQuery is from when on a single query is worth a warning: a chat turn
// should take about a millisecond, so this is two orders of magnitude off.
const slowQuery = 200 * time.Millisecond

// Pool is the state of a connection pool at one moment.
type Pool struct {
	Active  int   // connections in use
	Idle    int   // connections open and free
	Max     int   // most connections there may be
	Waited  int64 // acquisitions that had to wait, since the start
	WaitFor time.Duration
}

// Observer watches one store. It is safe for concurrent use.
type Observer struct {
	log      *slog.Logger
	pool     func() Pool
	duration *prometheus.HistogramVec

	mu    sync.Mutex
	since summary
}

// summary is what happened since the last report.
type summary struct {
	queries int
	total   time.Duration
	slowest time.Duration
	label   string // of the slowest
}

// New returns an Observer of a store whose pool is read by pool. A nil log or
// registerer keeps it silent.
func New(reg prometheus.Registerer, log *slog.Logger, pool func() Pool) *Observer {
	if reg == nil {
		reg = prometheus.NewRegistry()
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	f := promauto.With(reg)
	f.NewGaugeFunc(prometheus.GaugeOpts{Name: "database_connections_active", Help: "Database connections in use."},
		func() float64 { return float64(pool().Active) })
	f.NewGaugeFunc(prometheus.GaugeOpts{Name: "database_connections_max", Help: "Most database connections that may be open."},
		func() float64 { return float64(pool().Max) })
	return &Observer{log: log, pool: pool, duration: f.NewHistogramVec(prometheus.HistogramOpts{
		Name: "database_query_duration_seconds", Help: "Duration of a unit of database work, waiting for a connection included.",
		Buckets: []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5},
	}, []string{"query"})}
}

// Done notes that the work with this label, begun at a time, has ended.
func (o *Observer) Done(ctx context.Context, query string, began time.Time) {
	took := time.Since(began)
	o.duration.WithLabelValues(query).Observe(took.Seconds())
	if took >= slowQuery {
		o.log.WarnContext(ctx, "database_query_time slow", "query", query, "duration_ms", took.Milliseconds())
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.since.queries++
	o.since.total += took
	if took > o.since.slowest {
		o.since.slowest, o.since.label = took, query
	}
}

// Run reports the pool and the query times at every interval until ctx ends, so
// that a grep finds them on a quiet system as well.
func (o *Observer) Run(ctx context.Context, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		o.Report(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Report logs the pool and the query times since the last report.
func (o *Observer) Report(ctx context.Context) {
	o.mu.Lock()
	s := o.since
	o.since = summary{}
	o.mu.Unlock()
	p := o.pool()
	o.log.InfoContext(ctx, "connection pool", "active", p.Active, "idle", p.Idle, "max", p.Max,
		"waited", p.Waited, "waited_ms", p.WaitFor.Milliseconds())
	mean := 0.0
	if s.queries > 0 {
		mean = milliseconds(s.total) / float64(s.queries)
	}
	o.log.InfoContext(ctx, "database_query_time", "queries", s.queries, "mean_ms", mean,
		"slowest_ms", milliseconds(s.slowest), "slowest_query", s.label)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
