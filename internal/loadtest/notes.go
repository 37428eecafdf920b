package loadtest

import (
	"fmt"
	"time"
)

// Notes say in words what a profile is run for: how soon the service recovered
// from too much, by the thresholds of Judge, and what its memory and goroutines did.
func (r *Result) Notes() []string {
	var notes []string
	if r.Profile.MayRefuse {
		after, recovered := r.Recovery(r.limits.P95)
		note := "not recovered after the peak"
		if recovered {
			note = fmt.Sprintf("recovered within %v of the peak: nothing refused or failed any more, and P95 below %v", after+time.Second, r.limits.P95)
		}
		notes = append(notes, note)
	}
	if n := len(r.Samples); n > 0 {
		early, late := r.quarters()
		notes = append(notes,
			fmt.Sprintf("memory: %.1f MB at first, %.1f in the second quarter, %.1f in the last, %.1f at most",
				memory(r.Samples[0]), mean(early, memory), mean(late, memory), highestOf(r.Samples, memory)),
			fmt.Sprintf("goroutines: %.0f at first, %.1f in the second quarter, %.1f in the last, %.0f at most",
				goroutines(r.Samples[0]), mean(early, goroutines), mean(late, goroutines), highestOf(r.Samples, goroutines)))
	}
	return notes
}

// goodSeconds in a row are a recovery: one may be luck.
const goodSeconds = 3

// Recovery is the time from the end of a profile's peak, which is where its last
// stage begins, to the first of some good seconds in a row: none refused, failed
// or wrong, and P95 within slow.
func (r *Result) Recovery(slow time.Duration) (after time.Duration, recovered bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	stages := r.Profile.Stages
	if len(stages) == 0 {
		return 0, false
	}
	calm := stages[len(stages)-1].Duration
	// The second in which the peak ends is still its own.
	first := int((r.Profile.Duration() - calm + time.Second - 1) / time.Second)
	enough, good := max(1, min(goodSeconds, int(calm/time.Second))), 0
	for n := first; n < len(r.seconds); n++ {
		t := r.seconds[n]
		if t.Refused+t.Failed+t.Wrong > 0 || t.Quantile(.95) > slow {
			good = 0
			continue
		}
		if good++; good == enough {
			return time.Duration(n-enough+1-first) * time.Second, true
		}
	}
	return 0, false
}

// The growth that a soak may show between its second and its last quarter:
// caches fill, and the runtime keeps what it may need again.
const (
	growthFactor     = 1.25
	growthMB         = 16
	growthGoroutines = 50
	samplesToJudge   = 40
)

func memory(s Sample) float64     { return s.MemoryMB }
func goroutines(s Sample) float64 { return float64(s.Goroutines) }

// quarters are the second and the last quarter of the samples. The first one, in
// which caches and pools fill, doesn't count.
func (r *Result) quarters() (early, late []Sample) {
	n := len(r.Samples)
	return r.Samples[n/4 : max(n/2, n/4+1)], r.Samples[min(3*n/4, n-1):]
}

// growth says whether a soak's memory or goroutines kept growing.
func (r *Result) growth() error {
	if r.Profile.Name != "soak" || len(r.Samples) < samplesToJudge {
		return nil
	}
	early, late := r.quarters()
	if a, b := mean(early, memory), mean(late, memory); b > growthFactor*a+growthMB {
		return fmt.Errorf("memory grew from %.0f to %.0f MB", a, b)
	}
	if a, b := mean(early, goroutines), mean(late, goroutines); b > growthFactor*a+growthGoroutines {
		return fmt.Errorf("goroutines grew from %.0f to %.0f", a, b)
	}
	return nil
}

func mean(samples []Sample, of func(Sample) float64) float64 {
	sum := 0.0
	for _, s := range samples {
		sum += of(s)
	}
	return sum / float64(len(samples))
}

func highestOf(samples []Sample, of func(Sample) float64) float64 {
	top := 0.0
	for _, s := range samples {
		top = max(top, of(s))
	}
	return top
}
