package httpserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Shutdown drains the server:
//
//  1. At once /ready answers 503, and every response asks its client to leave the
//     connection.
//  2. For DrainDelay requests are accepted as before, for proxies to notice.
//  3. No new connection is accepted. Those that are open are served until each
//     has had its answer, streams to their end, and the rest have been silent for
//     quietTime: a client may be about to use a connection that it was not yet
//     asked to leave.
//  4. What is left is idle, and closed.
//
// http.Server.Shutdown alone would begin with 4 and drop each request that
// arrives on an open connection from then on. When ctx ends first the requests in
// flight are cut off, and the error says so.
func (s *Server) Shutdown(ctx context.Context) error {
	defer s.stopOnce.Do(func() { close(s.stopped) })
	s.opts.Health.Drain()
	s.log.InfoContext(ctx, "draining", "delay", s.opts.DrainDelay, "connections", s.conns.open())
	wait(ctx, s.opts.DrainDelay)
	if s.serving.Load() {
		if err := s.listener.stop(); err != nil && !errors.Is(err, net.ErrClosed) {
			return errors.Join(err, s.http.Close())
		}
		s.listener.wait(ctx)
		s.conns.quiet(ctx)
	}
	if err := errors.Join(s.http.Shutdown(ctx), s.closeListener()); err != nil {
		return errors.Join(fmt.Errorf("%s: requests were cut off: %w", s.opts.Service, err), s.http.Close())
	}
	s.log.InfoContext(ctx, "drained")
	return nil
}

// wait sleeps for d, or until ctx ends.
func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

const (
	// quietTime is how long open connections must be silent to be taken for idle:
	// many times what a busy client needs to send its next request.
	quietTime = 500 * time.Millisecond
	// newTime is the same for those that have not sent any: a client connects in
	// order to send, but a browser does so in advance.
	newTime = 2 * time.Second
	// quietPoll is how often that is looked at.
	quietPoll = 5 * time.Millisecond
)

// connections knows the state of each open connection.
type connections struct {
	mu      sync.Mutex
	states  map[net.Conn]http.ConnState
	changed time.Time // when a state last changed
}

// track is the server's ConnState hook.
func (c *connections) track(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changed = time.Now()
	if state == http.StateClosed || state == http.StateHijacked {
		delete(c.states, conn)
		return
	}
	c.states[conn] = state
}

func (c *connections) open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.states)
}

// quiet waits until no request is in flight and none is to be expected.
func (c *connections) quiet(ctx context.Context) {
	for ctx.Err() == nil && !c.isQuiet() {
		wait(ctx, quietPoll)
	}
}

func (c *connections) isQuiet() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	silent, fresh := time.Since(c.changed), false
	for _, state := range c.states {
		if state == http.StateActive {
			return false
		}
		fresh = fresh || state == http.StateNew
	}
	return len(c.states) == 0 || silent >= newTime || (silent >= quietTime && !fresh)
}
