package loadtest

import (
	"strings"
	"testing"
	"time"
)

// spiked is a run of a spike whose peak ends after four seconds; each of the
// given seconds ended as its letter says: ok, refused, failed or slow.
func spiked(seconds string) *Result {
	r := newResult(Options{Profile: Profile{Name: "spike", MayRefuse: true, Stages: []Stage{
		{Duration: 2 * time.Second, From: 1, To: 1}, {Duration: 2 * time.Second, From: 10, To: 10}, {Duration: 6 * time.Second, From: 1, To: 1},
	}}})
	r.Began = time.Now()
	for n, how := range seconds {
		at := r.Began.Add(time.Duration(n) * time.Second)
		switch how {
		case 'o':
			r.record(Balance, at, time.Millisecond, nil)
		case 'r':
			r.record(Balance, at, 0, &failure{kind: refused, reason: "status 503"})
		case 'f':
			r.record(Balance, at, 0, &failure{kind: failed, reason: "EOF"})
		case 's':
			r.record(Balance, at, time.Second, nil)
		}
	}
	return r
}

func TestRecovery(t *testing.T) {
	t.Parallel()
	limits := Thresholds{ErrorRate: 1, P95: 100 * time.Millisecond}
	for seconds, want := range map[string]struct {
		after     time.Duration
		recovered bool
	}{
		"oorroooooo": {0, true},
		"oorrrooooo": {time.Second, true},
		"oorrfsoooo": {2 * time.Second, true},
		"oorroosooo": {3 * time.Second, true}, // two good seconds are luck
		"oorrororoo": {0, false},
		"oorr":       {0, false},
	} {
		r := spiked(seconds)
		after, recovered := r.Recovery(limits.P95)
		if after != want.after || recovered != want.recovered {
			t.Errorf("%s: %v, %t", seconds, after, recovered)
		}
		if err := r.Judge(limits); (err == nil) != want.recovered {
			t.Errorf("%s: judged %v", seconds, err)
		}
		if notes := strings.Join(r.Notes(), "\n"); strings.Contains(notes, "not recovered") == want.recovered {
			t.Errorf("%s: %s", seconds, notes)
		}
	}
}

func TestNotesOfASoak(t *testing.T) {
	t.Parallel()
	r := newResult(Options{Profile: Profile{Name: "soak"}})
	for n := range 100 {
		r.Samples = append(r.Samples, Sample{time.Duration(n) * time.Second, float64(50 + n), 30})
		if len(r.Notes()) != 2 {
			t.Fatalf("%d samples: %q", n+1, r.Notes())
		}
	}
	notes := strings.Join(r.Notes(), "\n")
	for _, want := range []string{"memory: 50.0 MB at first, 87.0 in the second quarter, 137.0 in the last, 149.0 at most", "goroutines: 30 at first"} {
		if !strings.Contains(notes, want) {
			t.Errorf("%q is not in\n%s", want, notes)
		}
	}
}
