package event

import (
	"context"
	"log/slog"
	"math"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Gauges export how the backups stand. They read the record at intervals, so that
// a scrape costs no query and answers while the database is down.
type Gauges struct {
	store Store
	log   *slog.Logger

	mu    sync.Mutex
	known bool // the record was read
	state backupState
}

type backupState struct{ last, good, verified, proof *Event }

var (
	successDesc = prometheus.NewDesc("backup_last_success_timestamp_seconds", "When the newest good backup was made, in Unix seconds; 0 for never.", nil, nil)
	ageDesc     = prometheus.NewDesc("backup_age_seconds", "Age of the newest good backup; infinite when there is none.", nil, nil)
	verifyDesc  = prometheus.NewDesc("backup_last_verify_timestamp_seconds", "When a backup was last proven restorable or undamaged, in Unix seconds; 0 for never.", nil, nil)
	proofDesc   = prometheus.NewDesc("backup_last_verify_result", "1 when the last verification or rehearsal went well, 0 when it failed; absent before the first.", nil, nil)
	resultDesc  = prometheus.NewDesc("backup_last_result", "1 when the last backup went well, 0 when it failed; absent before the first.", nil, nil)
)

// NewGauges returns gauges over a record and registers them.
func NewGauges(store Store, reg prometheus.Registerer, log *slog.Logger) *Gauges {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	g := &Gauges{store: store, log: log}
	if reg != nil {
		reg.MustRegister(g)
	}
	return g
}

// Run reads the record at every interval until ctx ends.
func (g *Gauges) Run(ctx context.Context, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		if err := g.Refresh(ctx); err != nil && ctx.Err() == nil {
			g.log.WarnContext(ctx, "the record of backups could not be read", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Refresh reads the record now.
func (g *Gauges) Refresh(ctx context.Context) (err error) {
	var s backupState
	if s.last, err = g.store.Last(ctx, Backup, false); err != nil {
		return err
	}
	if s.good, err = g.store.Last(ctx, Backup, true); err != nil {
		return err
	}
	for _, kind := range []Kind{Verify, DRTest} {
		good, err := g.store.Last(ctx, kind, true)
		if err != nil {
			return err
		}
		last, err := g.store.Last(ctx, kind, false)
		if err != nil {
			return err
		}
		s.verified, s.proof = newer(s.verified, good), newer(s.proof, last)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.state, g.known = s, true
	return nil
}

// newer returns the later of two events, either of which may be missing.
func newer(a, b *Event) *Event {
	if a == nil || b != nil && b.At.After(a.At) {
		return b
	}
	return a
}

// Describe implements prometheus.Collector.
func (g *Gauges) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{successDesc, ageDesc, verifyDesc, proofDesc, resultDesc} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (g *Gauges) Collect(ch chan<- prometheus.Metric) {
	g.mu.Lock()
	s, known := g.state, g.known
	g.mu.Unlock()
	if !known {
		return
	}
	age := math.Inf(1)
	if s.good != nil {
		age = time.Since(s.good.At).Seconds()
	}
	gauge := func(d *prometheus.Desc, v float64) { ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v) }
	gauge(successDesc, seconds(s.good))
	gauge(ageDesc, age)
	gauge(verifyDesc, seconds(s.verified))
	for desc, e := range map[*prometheus.Desc]*Event{resultDesc: s.last, proofDesc: s.proof} {
		if e != nil {
			gauge(desc, map[bool]float64{true: 1}[e.OK])
		}
	}
}

func seconds(e *Event) float64 {
	if e == nil {
		return 0
	}
	return float64(e.At.UnixMilli()) / 1000
}
