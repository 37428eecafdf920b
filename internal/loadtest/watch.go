package loadtest

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// progressInterval is between two lines of progress, and two looks at /live.
const progressInterval = 5 * time.Second

// watch reports progress and samples /live until the returned function is called.
// Behind a proxy the samples are those of whichever replica answered.
func (r *run) watch(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() {
		tick := time.NewTicker(progressInterval)
		defer tick.Stop()
		for {
			r.sample(ctx)
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			if r.o.Progress != nil {
				fmt.Fprintln(r.o.Progress, r.result.progress(len(r.slots)))
			}
		}
	})
	return func() { cancel(); done.Wait() }
}

func (r *run) sample(ctx context.Context) {
	var body struct {
		Memory     float64 `json:"memory_usage_mb"`
		Goroutines int     `json:"goroutines"`
	}
	if r.client.call(ctx, http.MethodGet, "/live", Customer{}, "", nil, &body) != nil {
		return // the plot has a gap
	}
	r.result.mu.Lock()
	defer r.result.mu.Unlock()
	r.result.Samples = append(r.result.Samples, Sample{time.Since(r.result.Began), body.Memory, body.Goroutines})
}

// progress is one line on the run so far.
func (r *Result) progress(waiting int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.all
	ms := func(q float64) float64 { return float64(t.Quantile(q).Microseconds()) / 1000 }
	return fmt.Sprintf("%6s of %s  %d done, %d failed, %d refused, %d wrong, %d waiting  P50 %.1f  P95 %.1f  P99 %.1f ms",
		time.Since(r.Began).Round(time.Second), r.Profile.Duration().Round(time.Second),
		t.Count(), t.Failed, t.Refused, t.Wrong, waiting, ms(.5), ms(.95), ms(.99))
}
