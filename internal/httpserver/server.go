package httpserver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"go.opentelemetry.io/otel/trace"
)

// Server is the HTTP edge of one service. Register operations and pages first,
// then Listen, Serve, and Shutdown from another goroutine.
type Server struct {
	opts    Options
	mux     *http.ServeMux
	api     huma.API
	http    *http.Server
	metrics *metrics
	tracer  trace.Tracer
	log     *slog.Logger

	listener *listener
	serving  atomic.Bool // whether somebody accepts from listener
	conns    connections
	stopOnce sync.Once
	stopped  chan struct{} // closed when the server was shut down or closed
}

// New returns a server with the probes, the metrics, the API document and its
// page. The error names the option that is wrong, or the TLS file that can't be
// loaded.
func New(opts Options) (*Server, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{
		opts: opts, mux: http.NewServeMux(), log: opts.Log, stopped: make(chan struct{}),
		conns:  connections{states: map[net.Conn]http.ConnState{}},
		tracer: opts.TracerProvider.Tracer("github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"),
	}
	if s.metrics, err = newMetrics(opts.Registry, opts.Service); err != nil {
		return nil, err
	}
	s.api = s.newAPI()
	s.registerProbes()
	s.registerDocs()
	if err := s.newHTTP(); err != nil {
		return nil, err
	}
	return s, nil
}

// newHTTP sets the standard server up. Its own header bound lies above ours, so
// that a client which sends a little too much gets the contract's error body
// rather than the standard library's text.
func (s *Server) newHTTP() error {
	timeouts := s.opts.Timeouts
	s.http = &http.Server{
		Handler:           s.chain(),
		ReadHeaderTimeout: timeouts.ReadHeader,
		WriteTimeout:      timeouts.Write,
		IdleTimeout:       timeouts.Idle,
		MaxHeaderBytes:    4 * maxHeaderBytes,
		ConnState:         s.conns.track,
		ErrorLog:          newServerLog(s.log),
	}
	if !s.secure() {
		return nil
	}
	certificate, err := tls.LoadX509KeyPair(s.opts.TLSCertFile, s.opts.TLSKeyFile)
	if err != nil {
		return fmt.Errorf("load the TLS certificate %s and key %s: %w", s.opts.TLSCertFile, s.opts.TLSKeyFile, err)
	}
	s.http.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}}
	return nil
}

// secure reports whether the server speaks TLS itself.
func (s *Server) secure() bool { return s.opts.TLSCertFile != "" }

// API is where services register their operations, before Serve.
func (s *Server) API() huma.API { return s.api }

// Handle adds a page that is no API operation, by a pattern as in http.ServeMux.
// It passes the same layers. It may set its own Content-Security-Policy.
func (s *Server) Handle(pattern string, h http.Handler) { s.mux.Handle(pattern, h) }

// Listen takes the address. The error is one line that says what is wrong with
// it; which setting to change the caller knows.
func (s *Server) Listen(ctx context.Context) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", s.opts.Addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("address %s is in use by another program", s.opts.Addr)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("address %s needs more rights: take a port above 1023", s.opts.Addr)
	case err != nil:
		return fmt.Errorf("address %s can't be used: %w", s.opts.Addr, err)
	}
	s.listener = newListener(l.(*net.TCPListener), maxConnections) // "tcp" gives no other
	return nil
}

// Addr is the address that Listen bound, with the real port; the configured one
// before.
func (s *Server) Addr() string {
	if s.listener == nil {
		return s.opts.Addr
	}
	return s.listener.Addr().String()
}

// URL is where programs on this host reach the server.
func (s *Server) URL() string {
	scheme := "http"
	if s.secure() {
		scheme = "https"
	}
	host, port, _ := net.SplitHostPort(s.Addr())
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// Serve answers requests until the server was shut down to the end, then returns
// nil. Listen comes first.
func (s *Server) Serve() error {
	if s.listener == nil {
		return errors.New("httpserver: Serve before Listen")
	}
	serve := s.http.Serve
	if s.secure() {
		serve = func(l net.Listener) error { return s.http.ServeTLS(l, "", "") }
	}
	s.serving.Store(true)
	err := serve(s.listener)
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		<-s.stopped
		return nil
	}
	return fmt.Errorf("%s: serve: %w", s.opts.Service, err)
}

// Close ends the server at once, for a start that failed half-way.
func (s *Server) Close() error {
	defer s.stopOnce.Do(func() { close(s.stopped) })
	return errors.Join(s.http.Close(), s.closeListener())
}

// closeListener closes the listening socket where Serve has not, for a server
// that never got so far.
func (s *Server) closeListener() error {
	if s.listener == nil {
		return nil
	}
	return s.listener.Close()
}

// ExtendWriteDeadline gives a client of a stream time for the next write. Writes
// do so themselves; a stream calls it before it flushes what was written long ago.
func ExtendWriteDeadline(c *http.ResponseController) {
	_ = c.SetWriteDeadline(time.Now().Add(streamWriteTimeout)) // a writer without deadlines has none to extend
}

const streamWriteTimeout = 30 * time.Second
