package concierge

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// Admission bounds the turns that a replica works on. The zero value bounds
// nothing.
type Admission struct {
	// Running is how many turns run at once.
	Running int
	// Waiting is how many more may wait, and Wait for how long.
	Waiting int
	Wait    time.Duration
}

// admission lets turns in. What is too much is refused at once: a customer whose
// turn would only time out in a queue is better told to come back.
type admission struct {
	running, waiting chan struct{} // full when no more may come in; nil without bound
	wait             time.Duration
}

func newAdmission(a Admission, reg prometheus.Registerer) *admission {
	x := &admission{wait: a.Wait}
	if a.Running > 0 {
		x.running, x.waiting = make(chan struct{}, a.Running), make(chan struct{}, a.Waiting)
	}
	promauto.With(reg).NewGaugeFunc(prometheus.GaugeOpts{
		Name: "queue_depth", Help: "Chat turns that wait for others to end on this replica.",
	}, func() float64 { return float64(len(x.waiting)) })
	return x
}

// enter waits for a place. The caller must call leave when the error is nil.
func (x *admission) enter(ctx context.Context) (leave func(), err error) {
	if x.running == nil {
		return func() {}, nil
	}
	leave = func() { <-x.running }
	select {
	case x.running <- struct{}{}:
		return leave, nil
	default:
	}
	select {
	case x.waiting <- struct{}{}:
		defer func() { <-x.waiting }()
	default:
		return nil, overloaded()
	}
	patience := time.NewTimer(x.wait)
	defer patience.Stop()
	select {
	case x.running <- struct{}{}:
		return leave, nil
	case <-patience.C:
		return nil, overloaded()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// overloaded asks the caller to come back in one to four seconds, not all at once.
func overloaded() error {
	return fault.New(fault.Connection, "too many conversations at once, try again in a moment").
		WithRetryAfter(time.Second + rand.N(3*time.Second))
}
