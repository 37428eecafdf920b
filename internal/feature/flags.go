package feature

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/open-feature/go-sdk/openfeature"
	"github.com/open-feature/go-sdk/openfeature/isolated"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// Store keeps flags. All methods are safe for concurrent use by several replicas
// on one database.
type Store interface {
	// Flags returns the last change of every flag that was ever changed.
	Flags(ctx context.Context) ([]Change, error)
	// Changes returns a flag's changes, newest first, at most limit.
	Changes(ctx context.Context, name Name, limit int) ([]Change, error)
	// SetFlag stores a change and its trace in the audit log, in one transaction.
	// When it returns, no order that the change forbids is confirmed any more, on
	// any replica.
	SetFlag(ctx context.Context, c Change) error
}

const (
	// followInterval is how often a replica reads the flags.
	followInterval = time.Second
	// readTimeout bounds one such reading.
	readTimeout = 5 * time.Second
	// MaxChanges bounds a flag's history as it is shown.
	MaxChanges = 50
)

// Options are what Flags are made of. Store is required.
type Options struct {
	Store      Store
	Log        *slog.Logger
	Registerer prometheus.Registerer
	Now        func() time.Time
}

// Flags are the switches as this replica knows them. They are safe for
// concurrent use.
type Flags struct {
	store  Store
	log    *slog.Logger
	now    func() time.Time
	values atomic.Pointer[map[Name]Change] // nil until the first reading
	client *openfeature.Client
}

// New returns Flags that are not read yet: until Refresh or Follow has done so,
// they are as in a lockdown.
func New(o Options) (*Flags, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	f := &Flags{store: o.Store, log: o.Log, now: o.Now}
	// An API of its own: the package-wide one would be shared by all services of a
	// process.
	api := isolated.NewAPI()
	if err := api.SetProviderAndWait(context.Background(), provider{f}); err != nil {
		return nil, err
	}
	f.client = api.NewClient()
	for _, d := range definitions {
		promauto.With(o.Registerer).NewGaugeFunc(prometheus.GaugeOpts{
			Name: "feature_flag_enabled", Help: "Flags as this replica knows them: 1 on, 0 off.",
			ConstLabels: prometheus.Labels{"flag": string(d.Name)},
		}, func() float64 {
			if f.resolve(d) {
				return 1
			}
			return 0
		})
	}
	return f, nil
}

// On says whether a flag is on. It asks this replica's memory and takes
// microseconds. A name that doesn't exist is off.
func (f *Flags) On(ctx context.Context, name Name) bool {
	return f.client.Boolean(ctx, string(name), false, openfeature.EvaluationContext{})
}

// resolve is the value of a flag as far as it is known here.
func (f *Flags) resolve(d Definition) bool {
	values := f.values.Load()
	if values == nil { // unknown: what could do harm waits
		return d.Default && !stoppedByLockdown(d.Name) || d.Name == Lockdown
	}
	own := func(d Definition) bool {
		if c, changed := (*values)[d.Name]; changed {
			return c.On
		}
		return d.Default
	}
	if stoppedByLockdown(d.Name) && own(Definition{Name: Lockdown}) {
		return false
	}
	return own(d)
}

// Follow keeps the flags equal to the database until ctx ends. While the
// database can't be reached the last values hold.
func (f *Flags) Follow(ctx context.Context) {
	tick := time.NewTicker(followInterval)
	defer tick.Stop()
	for {
		if err := f.Refresh(ctx); err != nil && ctx.Err() == nil {
			f.log.DebugContext(ctx, "flags not read, the last values hold", "error", err) // readiness tells the state
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Refresh reads the flags.
func (f *Flags) Refresh(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	changes, err := f.store.Flags(ctx)
	if err != nil {
		return err
	}
	values := make(map[Name]Change, len(changes))
	for _, c := range changes {
		values[c.Name] = c
	}
	before := f.values.Swap(&values)
	for name, c := range values {
		if before == nil || (*before)[name].ID != c.ID {
			f.log.InfoContext(ctx, "flag", "flag", string(name), "on", c.On, "operator", c.Operator, "change", c.ID)
		}
	}
	return nil
}

// List returns every flag as the database has it now.
func (f *Flags) List(ctx context.Context) ([]Setting, error) {
	changes, err := f.store.Flags(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]Setting, 0, len(definitions))
	for _, d := range definitions {
		s := Setting{Definition: d, On: d.Default}
		for _, c := range changes {
			if c.Name == d.Name {
				s.On, s.Last = c.On, &c
			}
		}
		list = append(list, s)
	}
	return list, nil
}

// Flag returns one flag as the database has it now, and its newest changes.
func (f *Flags) Flag(ctx context.Context, name Name) (Setting, []Change, error) {
	d, err := find(name)
	if err != nil {
		return Setting{}, nil, err
	}
	changes, err := f.store.Changes(ctx, name, MaxChanges)
	if err != nil {
		return Setting{}, nil, err
	}
	s := Setting{Definition: d, On: d.Default}
	if len(changes) > 0 {
		s.On, s.Last = changes[0].On, &changes[0]
	}
	return s, changes, nil
}

// Set changes a flag. When it returns without an error the change is stored and
// audited, holds for money on every replica, and for the rest on this one; other
// replicas follow within two seconds.
func (f *Flags) Set(ctx context.Context, name Name, on bool, operator, reason string) (Setting, error) {
	c := Change{ID: rand.Text(), Name: name, On: on, Reason: reason, Operator: operator, At: f.now().UTC().Truncate(time.Microsecond)}
	if err := c.check(); err != nil {
		return Setting{}, err
	}
	if err := f.store.SetFlag(ctx, c); err != nil {
		return Setting{}, err
	}
	if err := f.Refresh(ctx); err != nil { // stored all the same; Follow tries again
		f.log.WarnContext(ctx, "flag is set and not read back yet", "flag", string(name), "error", err)
	}
	d, err := find(name)
	return Setting{Definition: d, On: on, Last: &c}, err
}

// Defaults are flags that nobody can change, for what runs without a database.
type Defaults struct{}

// On returns the default of a flag.
func (Defaults) On(_ context.Context, name Name) bool {
	d, _ := find(name)
	return d.Default
}

// ErrOff is what a caller hears of a part that is switched off.
func ErrOff(what string) error {
	return fault.New(fault.Connection, "%s is switched off at the moment", what).WithReason("switched_off").WithRetryAfter(time.Minute)
}
