package loadtest

import (
	"iter"
	"math"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// Operation is something that customers do.
type Operation string

// The operations.
const (
	Balance      Operation = "balance"
	Transactions Operation = "transactions"
	Transfer     Operation = "transfer" // proposed in words, confirmed by its button
	Bill         Operation = "bill"     // the same
	Health       Operation = "health"
)

// Share is how often an operation occurs.
type Share struct {
	Operation Operation
	Percent   int
}

// Mix is what customers do, in percent of all operations.
var Mix = []Share{{Balance, 40}, {Transactions, 25}, {Transfer, 15}, {Bill, 10}, {Health, 10}}

// Stage is a time during which the rate goes evenly from one value to another,
// in operations a second.
type Stage struct {
	Duration time.Duration
	From, To float64
}

// Profile is a load over time.
type Profile struct {
	Name   string
	Stages []Stage
	// MayRefuse is set where the load is meant to exceed what the service takes:
	// a 503 or 429 with Retry-After is then the right answer.
	MayRefuse bool
}

// NewProfile returns the profile of a name: baseline, stress, spike or soak.
// rate is its steady load in operations a second, duration its whole length; 0
// means the profile's own (20 a second; 2, 5, 3 and 20 minutes).
func NewProfile(name string, rate float64, duration time.Duration) (Profile, error) {
	if rate == 0 {
		rate = 20
	}
	if rate < 0 || rate > 100_000 || duration < 0 {
		return Profile{}, fault.New(fault.Validation, "a rate is between 0 and 100000 a second, and a duration isn't negative")
	}
	var p Profile
	m := time.Minute
	switch name {
	case "baseline":
		p = Profile{Stages: []Stage{{2 * m, rate, rate}}}
	case "stress": // ever more, to find where it ends
		p = Profile{Stages: []Stage{{m, rate, rate}, {3 * m, rate, 20 * rate}, {m, rate, rate}}, MayRefuse: true}
	case "spike": // ten times as much at once, and back
		p = Profile{Stages: []Stage{{m, rate, rate}, {m / 2, 10 * rate, 10 * rate}, {3 * m / 2, rate, rate}}, MayRefuse: true}
	case "soak":
		p = Profile{Stages: []Stage{{20 * m, rate, rate}}}
	default:
		return Profile{}, fault.New(fault.Validation, "no profile is called %q: there are baseline, stress, spike and soak", name)
	}
	p.Name = name
	if duration > 0 {
		p.stretch(float64(duration) / float64(p.Duration()))
	}
	return p, nil
}

// Duration is the length of the whole profile.
func (p Profile) Duration() time.Duration {
	var d time.Duration
	for _, s := range p.Stages {
		d += s.Duration
	}
	return d
}

func (p *Profile) stretch(factor float64) {
	for i := range p.Stages {
		p.Stages[i].Duration = time.Duration(float64(p.Stages[i].Duration) * factor)
	}
}

// arrivals yields when each operation arrives, from the beginning of the run.
// The number that has arrived until t of a stage is From·t + (To-From)·t²/2d;
// the n-th arrives when that reaches n.
func (p Profile) arrivals() iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		var began time.Duration
		for _, s := range p.Stages {
			d := s.Duration.Seconds()
			total := int((s.From + s.To) / 2 * d)
			slope := (s.To - s.From) / d
			for n := range total {
				at := float64(n) / s.From
				if slope != 0 {
					at = (math.Sqrt(s.From*s.From+2*slope*float64(n)) - s.From) / slope
				}
				if !yield(began + time.Duration(at*float64(time.Second))) {
					return
				}
			}
			began += s.Duration
		}
	}
}
