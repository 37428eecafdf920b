// Package loadtest loads a running concierge as its customers do and judges how
// it held up. It owns the profiles, the arrival of requests, the checks of the
// answers and of the money that moved, and the report; it knows the public HTTP
// contract and nothing of the services behind it.
//
// Requests arrive when the profile says, whether or not earlier ones have been
// answered, and a latency counts from the moment of arrival: a service that
// stalls is charged for everybody who waited (no coordinated omission).
package loadtest

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// Customer is one on whose behalf requests are made. Whatever a run does to its
// accounts is real.
type Customer struct {
	ID    string
	Token string // bearer token; empty where none is required
}

// Options say what to load, and how. BaseURL, Customers and Profile are required.
type Options struct {
	BaseURL   string
	Customers []Customer
	Profile   Profile
	// Transfer and Bill are the messages that propose a payment of Amount, which
	// every customer must be able to make; Amount is in minor units.
	Transfer, Bill string
	Amount         int64
	// Patience is how long a request that failed safely is sent again, with the
	// key that keeps it from happening twice; 0 counts the first failure.
	Patience time.Duration
	// Progress gets a line every few seconds; nil for none.
	Progress io.Writer
	// Rand chooses operations and customers; nil for a random one.
	Rand *rand.Rand
}

// MaxInFlight bounds the requests that wait for an answer. An arrival beyond it
// isn't sent and counts as an error: the service is hopelessly behind.
const MaxInFlight = 5000

// requestTimeout bounds one request.
const requestTimeout = 60 * time.Second

// Run loads until the profile or ctx ends, then looks after the money. It fails
// only if the run can't begin; what it found is in the result.
func Run(ctx context.Context, o Options) (*Result, error) {
	r, err := newRun(ctx, o)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	r.result.Began = began
	stop := r.watch(ctx)
	r.arrivals(ctx, began)
	r.inFlight.Wait()
	stop()
	r.result.Took = time.Since(began)
	// The money is looked after even when the run was cut short.
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
	defer cancel()
	r.audit(settle)
	return r.result, nil
}

// run is a load in progress.
type run struct {
	o      Options
	client *client
	result *Result
	steady map[string]customerFacts
	ledger writes

	inFlight sync.WaitGroup
	slots    chan struct{}
	rand     *rand.Rand
}

// customerFacts are what a right answer must say.
type customerFacts struct {
	savings string // displayed balance of an account that the run doesn't touch
	total   int64  // of all accounts, in minor units, before the run
}

func newRun(ctx context.Context, o Options) (*run, error) {
	if len(o.Customers) == 0 || len(o.Profile.Stages) == 0 {
		return nil, fault.New(fault.Validation, "a load needs customers and a profile")
	}
	if o.Rand == nil {
		o.Rand = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 512
	r := &run{
		o: o, rand: o.Rand, slots: make(chan struct{}, MaxInFlight), steady: map[string]customerFacts{},
		client: &client{base: o.BaseURL, http: &http.Client{Transport: transport, Timeout: requestTimeout}},
		result: newResult(o),
	}
	for _, c := range o.Customers {
		accounts, err := r.client.accounts(ctx, c)
		if err != nil {
			return nil, unloadable(o.BaseURL, c, err)
		}
		if len(accounts) == 0 {
			return nil, fault.New(fault.NotFound, "customer %s has no account: start the service with DEMO_DATA=true, or name customers of your own", c.ID)
		}
		r.steady[c.ID] = facts(accounts)
	}
	return r, nil
}

// unloadable says why a run can't begin.
func unloadable(url string, c Customer, err error) error {
	kind := fault.Internal
	var f *failure
	if errors.As(err, &f) && f.again {
		kind = fault.Connection
	}
	return fault.New(kind, "accounts of %s before the run, at %s: %v", c.ID, url, err)
}

func facts(accounts []accountBody) customerFacts {
	f := customerFacts{}
	for _, a := range accounts {
		f.total += a.Balance.Minor
		if a.Kind == "savings" {
			f.savings = a.Balance.Display
		}
	}
	return f
}

// arrivals starts every request at its time until the profile or ctx ends.
func (r *run) arrivals(ctx context.Context, began time.Time) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for at := range r.o.Profile.arrivals() {
		intended := began.Add(at)
		timer.Reset(time.Until(intended))
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		operation, customer := r.pick()
		select {
		case r.slots <- struct{}{}:
		default:
			r.result.record(operation, intended, 0, &failure{kind: failed, reason: "not sent: too many requests wait for an answer"})
			continue
		}
		r.inFlight.Go(func() {
			defer func() { <-r.slots }()
			// Whoever was sent before the end gets its answer.
			err := r.perform(context.WithoutCancel(ctx), operation, customer)
			r.result.record(operation, intended, time.Since(intended), err)
		})
	}
}

// pick draws an operation by the mix and a customer.
func (r *run) pick() (Operation, Customer) {
	customer := r.o.Customers[r.rand.IntN(len(r.o.Customers))]
	n := r.rand.IntN(100)
	for _, share := range Mix {
		if n -= share.Percent; n < 0 {
			return share.Operation, customer
		}
	}
	return Health, customer
}
