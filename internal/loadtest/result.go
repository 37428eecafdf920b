package loadtest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Result is what a run found. Its latencies are in microseconds, from the moment
// at which a request should have been sent.
type Result struct {
	Profile Profile
	Target  string
	Began   time.Time
	Took    time.Duration
	Money   Money
	Samples []Sample

	limits     Thresholds // that it was judged by
	mu         sync.Mutex
	operations map[Operation]*Tally
	all        *Tally
	seconds    []*Tally
	reasons    map[string]int
}

// Tally counts operations and their latencies.
type Tally struct {
	OK, Failed, Refused, Wrong int
	hist                       *hdrhistogram.Histogram
}

// Sample is the state of the process that answered /live.
type Sample struct {
	At         time.Duration
	MemoryMB   float64
	Goroutines int
}

// highest latency that is told apart, in microseconds; longer ones count as it.
const highest = int64(2 * time.Minute / time.Microsecond)

func newTally() *Tally { return &Tally{hist: hdrhistogram.New(1, highest, 3)} }

func newResult(o Options) *Result {
	r := &Result{Profile: o.Profile, Target: o.BaseURL, operations: map[Operation]*Tally{}, all: newTally(), reasons: map[string]int{}}
	for _, s := range Mix {
		r.operations[s.Operation] = newTally()
	}
	return r
}

// Count is how many operations there were.
func (t *Tally) Count() int { return t.OK + t.Failed + t.Refused + t.Wrong }

// Quantile is a latency of the operations that were answered as they should.
func (t *Tally) Quantile(q float64) time.Duration {
	return time.Duration(t.hist.ValueAtQuantile(100*q)) * time.Microsecond
}

// Max is the longest latency.
func (t *Tally) Max() time.Duration { return time.Duration(t.hist.Max()) * time.Microsecond }

func (t *Tally) add(latency time.Duration, kind outcome) {
	switch kind {
	case ok:
		t.OK++
		_ = t.hist.RecordValue(min(latency.Microseconds(), highest)) // within its range, so it can't fail
	case failed:
		t.Failed++
	case refused:
		t.Refused++
	case wrong:
		t.Wrong++
	}
}

// second returns the tally of the second in which a request should have been sent.
func (r *Result) second(at time.Duration) *Tally {
	n := int(at / time.Second)
	for len(r.seconds) <= n {
		// Two digits are enough for a plot, and a soak has many seconds.
		r.seconds = append(r.seconds, &Tally{hist: hdrhistogram.New(1, highest, 2)})
	}
	return r.seconds[n]
}

func (r *Result) record(operation Operation, intended time.Time, latency time.Duration, err error) {
	kind := ok
	var f *failure
	if errors.As(err, &f) {
		kind = f.kind
	} else if err != nil {
		kind = failed
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range []*Tally{r.all, r.operations[operation], r.second(intended.Sub(r.Began))} {
		t.add(latency, kind)
	}
	if err != nil {
		r.reasons[string(operation)+": "+err.Error()]++
	}
}

// All is the tally of everything.
func (r *Result) All() *Tally { return r.all }

// Of is the tally of an operation.
func (r *Result) Of(o Operation) *Tally { return r.operations[o] }

// Thresholds are what a run must keep to pass.
type Thresholds struct {
	ErrorRate float64       // most failed operations, as a share of all
	P95       time.Duration // slowest that one in twenty may be
}

// Judge returns all that is wrong with a run, or nil. Wrong answers and money
// that doesn't add up are never allowed; refusals only where the profile expects
// them, with a recovery afterwards; and a soak must not grow.
func (r *Result) Judge(t Thresholds) error {
	r.limits = t
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	bad := r.all.Failed
	if !r.Profile.MayRefuse {
		bad += r.all.Refused
	}
	if n := r.all.Count(); n == 0 {
		fail("no operation was made")
	} else if share := float64(bad) / float64(n); share > t.ErrorRate {
		fail("%.2f %% of the operations failed, %.2f %% are allowed", 100*share, 100*t.ErrorRate)
	}
	// A service that is given too much on purpose is judged after it, not during.
	if p95 := r.all.Quantile(.95); !r.Profile.MayRefuse && p95 > t.P95 {
		fail("P95 is %v, %v is allowed", p95.Round(time.Millisecond), t.P95)
	}
	if r.Profile.MayRefuse {
		if _, recovered := r.Recovery(t.P95); !recovered {
			fail("it has not recovered after the peak")
		}
	}
	if r.all.Wrong > 0 {
		fail("%d answers were wrong", r.all.Wrong)
	}
	if r.Money.Lost > 0 {
		fail("%d acknowledged payments are lost", r.Money.Lost)
	}
	for _, p := range r.Money.Problems {
		fail("%s", p)
	}
	if err := r.growth(); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
