package httpserver

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/auth"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/health"
)

// Authenticator tells who sends a request.
type Authenticator interface {
	// Authenticate reads an Authorization header. An empty one is an anonymous
	// Principal; a token that can't be believed is a *fault.Error.
	Authenticate(ctx context.Context, authorization string) (auth.Principal, error)
	// Required says whether customers' operations need a token.
	Required() bool
	// HasOperator says whether there is an operators' token at all.
	HasOperator() bool
}

// Limiter decides whether a caller may go on now, and if not, how long to wait.
// Keys are bounded in length.
type Limiter interface {
	Allow(ctx context.Context, key string) (ok bool, retryAfter time.Duration)
}

// Timeouts bound the phases of a request. A zero field means its default.
type Timeouts struct {
	ReadHeader time.Duration // to send a request's headers; 5 s
	Read       time.Duration // to send its body; 10 s, an operation's BodyReadTimeout comes first
	// Write is how long one write may wait for a reader; 30 s. It is renewed at
	// each write: it never cuts a stream that the client keeps reading, however
	// long that lasts, nor an answer that took long to find.
	Write time.Duration
	Idle  time.Duration // between requests of one connection; 90 s
}

func (t Timeouts) withDefaults() Timeouts {
	setDefault(&t.ReadHeader, 5*time.Second)
	setDefault(&t.Read, 10*time.Second)
	setDefault(&t.Write, 30*time.Second)
	setDefault(&t.Idle, 90*time.Second)
	return t
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Bounds of what one client can cost.
const (
	// maxHeaderBytes is the size of all headers; the longest honest one holds a
	// token of a few kilobytes.
	maxHeaderBytes = 32 << 10
	// maxURLBytes is the length of path and query.
	maxURLBytes = 8 << 10
	// maxConnections is how many are open at once; more wait in the kernel's
	// queue. With its buffers one costs about 10 KB.
	maxConnections = 4096
)

// Options of a Server. Service and Addr are required; the zero value of the rest
// works.
type Options struct {
	Service, Version string
	// Addr is host:port, such as ":8000"; port 0 takes a free one.
	Addr string
	// Log takes access lines and failures; nil drops them.
	Log *slog.Logger
	// Registry takes the HTTP metrics and is what /metrics shows; nil means a
	// private one.
	Registry *prometheus.Registry
	// Health answers the probes; nil means no dependencies.
	Health *health.Set
	// Auth authenticates requests below /api/. Nil leaves everybody anonymous and
	// operators' functions off.
	Auth Authenticator
	// RateLimit bounds requests below /api/, per customer or, for anonymous
	// requests, per address; nil doesn't.
	RateLimit Limiter
	// CORSOrigins are the origins ("https://app.example.com") whose pages may
	// call; "*" admits any.
	CORSOrigins []string
	// TLSCertFile and TLSKeyFile turn on TLS (1.2 or newer). Both or none.
	TLSCertFile, TLSKeyFile string
	Timeouts                Timeouts
	// MemoryCeiling is the resident memory in bytes above which /live fails, so
	// that an orchestrator restarts the process; zero means no ceiling.
	MemoryCeiling uint64
	// DrainDelay is how long Shutdown still accepts requests while /ready
	// already answers 503, so that proxies notice first.
	DrainDelay time.Duration
	// TracerProvider makes a span for each request; nil exports none.
	TracerProvider trace.TracerProvider
}

func (o Options) withDefaults() (Options, error) {
	if o.Service == "" {
		return o, errors.New("httpserver: Service is required")
	}
	if _, _, err := net.SplitHostPort(o.Addr); err != nil {
		return o, errors.New("httpserver: Addr must be host:port, such as \":8000\"")
	}
	if (o.TLSCertFile == "") != (o.TLSKeyFile == "") {
		return o, errors.New("TLS needs both a certificate file and a key file")
	}
	setDefault(&o.Version, "dev")
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Registry == nil {
		o.Registry = prometheus.NewRegistry()
	}
	if o.Health == nil {
		o.Health = health.New(o.Log)
	}
	if o.TracerProvider == nil {
		o.TracerProvider = noop.NewTracerProvider()
	}
	o.Timeouts = o.Timeouts.withDefaults()
	return o, nil
}
