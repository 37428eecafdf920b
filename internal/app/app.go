// Package app joins everything into running services: it is the only package
// that knows all others. A service is the same whether it runs alone or with
// the others in one process; only how it reaches its neighbours differs.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
)

// Name is one of the three services.
type Name string

// The services, in the order in which they start: each may need those before it.
const (
	Guardrails Name = "guardrails"
	RAG        Name = "rag"
	Concierge  Name = "concierge"
)

// All is every service, in starting order.
var All = []Name{Guardrails, RAG, Concierge}

// StartError says why a start is impossible: a port, a file or the schema of
// the database is in the way.
type StartError struct{ err error }

func (e *StartError) Error() string { return e.err.Error() }

// Unwrap returns the reason.
func (e *StartError) Unwrap() error { return e.err }

// Options say what to run.
type Options struct {
	Config config.Config
	// Services to run in this process, in starting order.
	Services []Name
	// Logs gets the log lines of all services.
	Logs    io.Writer
	Version string
	Commit  string
}

// App is one process with one or more services.
type App struct {
	o        Options
	services []*service
	teardown teardown
	// profiling is where the profiles are; empty when they are off.
	profiling string
}

// New opens what the services need and binds their ports. Nothing is served
// yet. The caller must call Close unless it calls Run.
func New(ctx context.Context, o Options) (_ *App, err error) {
	a := &App{o: o}
	defer func() {
		if err != nil {
			err = errors.Join(&StartError{err}, a.Close())
		}
	}()
	if err := a.startProfiling(ctx); err != nil {
		return nil, err
	}
	neighbours := &neighbours{}
	for _, name := range o.Services {
		s, err := a.newService(ctx, name, neighbours)
		if err != nil {
			return nil, err
		}
		a.services = append(a.services, s)
	}
	return a, nil
}

// Close gives back what New took.
func (a *App) Close() error { return a.teardown.run() }

// URL is where this host reaches a service.
func (a *App) URL(name Name) string {
	for _, s := range a.services {
		if s.name == name {
			return s.server.URL()
		}
	}
	return ""
}

// ProfilingAddress is where Go's profiles are served; empty when they are off.
func (a *App) ProfilingAddress() string { return a.profiling }

// Run serves until ctx ends, then takes the services down without losing a
// request. It returns early when a service can't go on.
func (a *App) Run(ctx context.Context) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx)) // background work outlives ctx until the drain is done
	g, gctx := errgroup.WithContext(ctx)
	var background errgroup.Group
	for _, s := range a.services {
		g.Go(s.server.Serve)
		for _, task := range s.tasks {
			background.Go(func() error { task(work); return nil })
		}
		g.Go(func() error { return s.prepare(gctx) })
	}
	g.Go(func() error {
		<-gctx.Done()
		return a.drain()
	})
	err := g.Wait()
	stop()
	return errors.Join(err, background.Wait(), a.Close())
}

// drain takes all services down at once: those of one process stop together.
func (a *App) drain() error {
	timeout := time.Duration(a.o.Config.DrainDelay) + time.Duration(a.o.Config.DrainTimeout)
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	var g errgroup.Group
	for _, s := range a.services {
		g.Go(func() error {
			s.log.Info("stopping")
			if err := s.server.Shutdown(ctx); err != nil {
				return fmt.Errorf("%s: requests were still running after %v: %w", s.name, timeout, err)
			}
			return nil
		})
	}
	return g.Wait()
}

// WaitReady waits until every service is prepared, or returns why one never
// will be.
func (a *App) WaitReady(ctx context.Context) error {
	for _, s := range a.services {
		select {
		case <-s.prepared:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (a *App) address(name Name) string {
	c := a.o.Config
	port := map[Name]int{Guardrails: c.GuardrailsPort, RAG: c.RAGPort, Concierge: c.ConciergePort}[name]
	return net.JoinHostPort(c.BindAddress, strconv.Itoa(port))
}

// teardown undoes what was set up, last first.
type teardown struct{ steps []teardownStep }

type teardownStep struct {
	name string
	undo func() error
}

func (t *teardown) add(name string, undo func() error) {
	t.steps = append(t.steps, teardownStep{name, undo})
}

func (t *teardown) run() error {
	var errs []error
	for len(t.steps) > 0 {
		last := t.steps[len(t.steps)-1]
		t.steps = t.steps[:len(t.steps)-1]
		if err := last.undo(); err != nil {
			errs = append(errs, fmt.Errorf("close %s: %w", last.name, err))
		}
	}
	return errors.Join(errs...)
}

var level = map[string]slog.Level{
	"DEBUG": slog.LevelDebug, "INFO": slog.LevelInfo, "WARNING": slog.LevelWarn, "ERROR": slog.LevelError,
}
