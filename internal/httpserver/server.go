// Package httpserver is the edge of every service: what a request meets before
// a handler sees it and what every answer has in common. It gives a service its
// limits, time-outs, request ids, traces, errors, authentication, probes,
// metrics and documentation, and takes it down without losing a request. It
// knows nothing of what the services do.
package httpserver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/auth"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/health"
)

// maxHeaderBytes bounds a request's header; the longest honest one holds a
// token of a few kilobytes.
const maxHeaderBytes = 32 << 10

// Authenticator turns an Authorization header into a principal.
type Authenticator interface {
	Authenticate(ctx context.Context, header string) (auth.Principal, error)
	Required() bool
	HasOperator() bool
}

// Timeouts bound the phases of a request. Zero values get defaults.
type Timeouts struct {
	ReadHeader time.Duration // 5 s
	Read       time.Duration // 15 s: header and body
	Write      time.Duration // 30 s: the whole answer, or each event of a stream
	Idle       time.Duration // 2 min between requests of one connection
}

// Options describe a server. Service, Log, Registry and Health are required.
type Options struct {
	Service string
	Version string
	// Addr is host:port; port 0 takes a free one.
	Addr     string
	Log      *slog.Logger
	Registry *prometheus.Registry
	Health   *health.Set
	// Auth verifies tokens; nil leaves everybody anonymous.
	Auth Authenticator
	// CORSOrigins may call from a browser; "*" stands for all.
	CORSOrigins []string
	// TLSCertFile and TLSKeyFile turn TLS on when both are set.
	TLSCertFile, TLSKeyFile string
	Timeouts                Timeouts
	// MemoryCeiling is the resident memory in bytes above which /live fails;
	// zero means no ceiling.
	MemoryCeiling uint64
	// DrainDelay is how long a stopping server still accepts requests after it
	// became not ready, so that load balancers notice first.
	DrainDelay     time.Duration
	TracerProvider trace.TracerProvider
}

// Server serves one service.
type Server struct {
	o        Options
	mux      *http.ServeMux
	api      huma.API
	http     *http.Server
	listener net.Listener
}

// New returns a server with the endpoints that all services share.
func New(o Options) (*Server, error) {
	if o.Service == "" || o.Log == nil || o.Registry == nil || o.Health == nil {
		return nil, errors.New("httpserver: Service, Log, Registry and Health are required")
	}
	if o.TracerProvider == nil {
		o.TracerProvider = noop.NewTracerProvider()
	}
	o.Timeouts = o.Timeouts.withDefaults()
	useContractErrors()
	s := &Server{o: o, mux: http.NewServeMux()}
	s.api = humago.New(s.mux, apiConfig(o))
	s.api.UseMiddleware(s.authorize)
	s.registerProbes()
	s.registerDocs()
	s.http = &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: o.Timeouts.ReadHeader, ReadTimeout: o.Timeouts.Read,
		WriteTimeout: o.Timeouts.Write, IdleTimeout: o.Timeouts.Idle,
		MaxHeaderBytes: maxHeaderBytes,
		ErrorLog:       slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug), // TLS handshakes of port scanners and the like
	}
	return s, nil
}

func (t Timeouts) withDefaults() Timeouts {
	or := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	or(&t.ReadHeader, 5*time.Second)
	or(&t.Read, 15*time.Second)
	or(&t.Write, 30*time.Second)
	or(&t.Idle, 2*time.Minute)
	return t
}

// API is where operations are registered.
func (s *Server) API() huma.API { return s.api }

// Listen binds the address. A port that is taken is an error of one line.
func (s *Server) Listen(ctx context.Context) error {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", s.o.Addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("address %s is in use by another program", s.o.Addr)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("address %s needs more rights: take a port above 1023", s.o.Addr)
	case err != nil:
		return fmt.Errorf("address %s can't be used: %w", s.o.Addr, err)
	}
	if s.o.TLSCertFile != "" && s.o.TLSKeyFile != "" {
		cert, err := tls.LoadX509KeyPair(s.o.TLSCertFile, s.o.TLSKeyFile)
		if err != nil {
			return errors.Join(fmt.Errorf("TLS certificate and key can't be used: %w", err), l.Close())
		}
		l = tls.NewListener(l, &tls.Config{
			MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"},
		})
	}
	s.listener = l
	return nil
}

// Addr is the address that Listen has bound.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// URL is where this host reaches the server.
func (s *Server) URL() string {
	scheme := "http"
	if s.o.TLSCertFile != "" {
		scheme = "https"
	}
	host, port, _ := net.SplitHostPort(s.Addr())
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// Serve answers requests until Shutdown, then returns nil.
func (s *Server) Serve() error {
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Shutdown takes the server down: it becomes not ready at once, goes on
// accepting for DrainDelay, then lets what is in flight finish until ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	s.o.Health.Drain()
	select {
	case <-time.After(s.o.DrainDelay):
	case <-ctx.Done():
	}
	err := s.http.Shutdown(ctx)
	if err != nil {
		_ = s.http.Close() // what is still open has had its time
	}
	return err
}

// Close ends the server at once, for a start that failed half-way.
func (s *Server) Close() error {
	if s.listener == nil {
		return nil
	}
	return errors.Join(s.http.Close(), ignoreClosed(s.listener.Close()))
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// ExtendWriteDeadline gives a stream time for its next event. A client that
// doesn't read for that long is cut off.
func ExtendWriteDeadline(c *http.ResponseController) {
	_ = c.SetWriteDeadline(time.Now().Add(streamEventTimeout)) // without deadlines there is nothing to extend
}

// streamEventTimeout is how long a client may take to accept one event.
const streamEventTimeout = 30 * time.Second
