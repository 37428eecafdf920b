// Package breaker keeps a failing dependency from being asked again and again.
//
// A breaker is closed while its dependency answers. After a number of failures
// in a row it opens: calls fail at once, without the wait that a dead dependency
// costs. After a delay it is half-open and lets a few calls try; their success
// closes it, a failure opens it again. The state machine is failsafe-go's; this
// package decides what counts as a failure and makes the state visible in the
// metric circuit_breaker_state and in the log.
package breaker

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// Options are shared by all breakers of a service. The zero value works.
type Options struct {
	// FailureThreshold is how many failures in a row open a breaker; zero means 5.
	FailureThreshold uint
	// Delay is how long it stays open; zero means a minute.
	Delay time.Duration
	// HalfOpenCalls is how many trial calls must succeed to close it; zero means 3.
	HalfOpenCalls uint
	Log           *slog.Logger
	Registerer    prometheus.Registerer
}

// Factory makes the breakers of a service.
type Factory struct {
	o     Options
	state *prometheus.GaugeVec
}

// NewFactory returns a Factory.
func NewFactory(o Options) *Factory {
	if o.FailureThreshold == 0 {
		o.FailureThreshold = 5
	}
	if o.Delay == 0 {
		o.Delay = time.Minute
	}
	if o.HalfOpenCalls == 0 {
		o.HalfOpenCalls = 3
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	return &Factory{o: o, state: promauto.With(o.Registerer).NewGaugeVec(prometheus.GaugeOpts{
		Name: "circuit_breaker_state", Help: "State of a circuit breaker: 0 closed, 1 open, 2 half-open.",
	}, []string{"name"})}
}

// Breaker guards the calls to one dependency. It is safe for concurrent use.
type Breaker struct {
	name    string
	circuit circuitbreaker.CircuitBreaker[any]
}

// New returns a closed breaker for the dependency of this name. Names are few
// and fixed: each is a metric label.
func (f *Factory) New(name string) *Breaker {
	gauge := f.state.WithLabelValues(name)
	gauge.Set(0)
	circuit := circuitbreaker.NewBuilder[any]().
		WithFailureThreshold(f.o.FailureThreshold).
		WithDelay(f.o.Delay).
		WithSuccessThreshold(f.o.HalfOpenCalls).
		OnStateChanged(func(e circuitbreaker.StateChangedEvent) {
			gauge.Set(gaugeValue(e.NewState))
			f.o.Log.Warn("circuit_breaker_state changed", "breaker", name,
				"from", e.OldState.String(), "to", e.NewState.String())
		}).Build()
	return &Breaker{name: name, circuit: circuit}
}

func gaugeValue(s circuitbreaker.State) float64 {
	switch s {
	case circuitbreaker.OpenState:
		return 1
	case circuitbreaker.HalfOpenState:
		return 2
	}
	return 0
}

// State returns "closed", "open" or "half-open".
func (b *Breaker) State() string { return b.circuit.State().String() }

// Do calls fn unless the breaker is open, in which case it returns a
// fault.Connection at once. Only failures of the dependency count: an answer
// that refuses the request shows that it works, and a caller who gave up says
// nothing about it.
func (b *Breaker) Do(ctx context.Context, fn func(context.Context) error) error {
	if !b.circuit.TryAcquirePermit() {
		return fault.New(fault.Connection, "%s is not available", b.name).WithRetryAfter(max(b.circuit.RemainingDelay(), time.Second))
	}
	err := fn(ctx)
	if err != nil && !errors.Is(ctx.Err(), context.Canceled) && failure(err) {
		b.circuit.RecordFailure()
	} else {
		b.circuit.RecordSuccess()
	}
	return err
}

func failure(err error) bool {
	switch fault.As(err).Class {
	case fault.Connection, fault.Timeout, fault.Internal, fault.RateLimit:
		return true
	}
	return false
}
