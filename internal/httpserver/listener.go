package httpserver

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// listener accepts connections up to a number, and stops without losing those that
// wait in the kernel's queue.
//
// A client takes a connection in that queue for established and has often sent its
// request already; plainly closing the listening socket resets it. So a listener
// that stops accepts until the queue is empty and closes the socket in the next
// moment. What arrives in that moment, some microseconds, is still reset: no
// portable call closes a socket for new connections only. DrainDelay is what
// keeps clients behind a proxy from ever meeting it.
type listener struct {
	*net.TCPListener
	slots    chan struct{} // one element for each open connection
	stopping atomic.Bool
	closed   chan struct{}
	once     sync.Once
}

func newListener(l *net.TCPListener, connections int) *listener {
	return &listener{TCPListener: l, slots: make(chan struct{}, connections), closed: make(chan struct{})}
}

// past is a deadline that has always been exceeded.
var past = time.Unix(1, 0)

// stop ends Accept after the queued connections.
func (l *listener) stop() error {
	l.stopping.Store(true)
	return l.SetDeadline(past) // wakes an Accept that waits
}

// wait returns when the listening socket is closed, or ctx ends.
func (l *listener) wait(ctx context.Context) {
	select {
	case <-l.closed:
	case <-ctx.Done():
	}
}

// Accept waits for a connection, and for one to be closed when there are too
// many. It returns net.ErrClosed at the end.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.next()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &slottedConn{Conn: c, slots: l.slots}, nil
}

// next is the next connection, or the end of them.
func (l *listener) next() (net.Conn, error) {
	for {
		if l.stopping.Load() {
			if !queued(l.TCPListener) {
				return nil, errors.Join(net.ErrClosed, l.Close())
			}
			_ = l.SetDeadline(time.Time{}) // fails only when closed, as Accept then says
		}
		c, err := l.TCPListener.Accept()
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return c, err
		}
	}
}

// Close closes the listening socket at once.
func (l *listener) Close() error {
	var err error
	l.once.Do(func() {
		close(l.closed)
		err = l.TCPListener.Close()
	})
	return err
}

// slottedConn gives its slot back when it is closed.
type slottedConn struct {
	net.Conn
	slots chan struct{}
	once  sync.Once
}

func (c *slottedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { <-c.slots })
	return err
}

// CloseWrite lets the server half-close, so that a client reads an early refusal
// before the connection ends.
func (c *slottedConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
