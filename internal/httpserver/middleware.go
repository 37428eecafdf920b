package httpserver

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/auth"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/telemetry"
)

// handler wraps the routes, outermost first. The order matters:
//
//  1. identify: request id and trace come first, everything after logs them.
//  2. observe: the access log and the metrics see the final status, panics and
//     refusals included.
//  3. recoverPanic: inside observe, so that a panic is counted as the 500 it is.
//  4. secure: headers that belong on every answer, also on refusals.
//  5. cors: a browser's preflight carries no token, so before authenticate.
//  6. authenticate: who it is; what that person may do, the operation says.
//  7. route: last.
func (s *Server) handler() http.Handler {
	h := http.Handler(http.HandlerFunc(s.route))
	for _, wrap := range []func(http.Handler) http.Handler{
		s.authenticate, s.cors, s.secure, recoverPanic, s.observe(), s.identify,
	} {
		h = wrap(h)
	}
	return h
}

// requestNote is what the access log learns on the way.
type requestNote struct {
	route string
	fault *fault.Error
}

type noteKey struct{}

func note(ctx context.Context, f *fault.Error) {
	if n, ok := ctx.Value(noteKey{}).(*requestNote); ok {
		n.fault = f
	}
}

// requestID is what is taken over from a caller; it stands in logs.
var requestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)

func (s *Server) identify(next http.Handler) http.Handler {
	tracer := s.o.TracerProvider.Tracer("github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-ID")
		if !requestID.MatchString(id) {
			id = rand.Text()
		}
		w.Header().Set("X-Request-ID", id)
		ctx := telemetry.WithRequest(r.Context(), id)
		ctx = telemetry.Propagator.Extract(ctx, propagation.HeaderCarrier(r.Header))
		n := &requestNote{}
		ctx, span := tracer.Start(context.WithValue(ctx, noteKey{}, n), r.Method, trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		next.ServeHTTP(w, r.WithContext(ctx))
		if span.IsRecording() {
			span.SetName(r.Method + " " + n.route)
			span.SetAttributes(attribute.String("http.route", n.route), attribute.String("request_id", id))
		}
	})
}

// observe measures and logs every request once, at its end.
func (s *Server) observe() func(http.Handler) http.Handler {
	f := promauto.With(s.o.Registry)
	total := f.NewCounterVec(prometheus.CounterOpts{
		Name: "http_requests_total", Help: "HTTP requests by route and status.",
	}, []string{"service", "method", "path", "status"})
	duration := f.NewHistogramVec(prometheus.HistogramOpts{
		Name: "http_request_duration_seconds", Help: "Duration of HTTP requests by route.",
		Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 5, 10, 30},
	}, []string{"service", "method", "path"})
	inProgress := f.NewGaugeVec(prometheus.GaugeOpts{
		Name: "http_requests_in_progress", Help: "HTTP requests being answered.",
	}, []string{"service"}).WithLabelValues(s.o.Service)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			began := time.Now()
			inProgress.Inc()
			defer inProgress.Dec()
			sw := &statusWriter{ResponseWriter: w}
			next.ServeHTTP(sw, r)
			n := noteOf(r.Context())
			status := sw.status(r.Context())
			method := methodLabel(r.Method)
			took := time.Since(began)
			total.WithLabelValues(s.o.Service, method, n.route, fmt.Sprint(status)).Inc()
			duration.WithLabelValues(s.o.Service, method, n.route).Observe(took.Seconds())
			s.accessLog(r, n, status, took)
		})
	}
}

func noteOf(ctx context.Context) *requestNote {
	n, _ := ctx.Value(noteKey{}).(*requestNote)
	return n
}

// methodLabel keeps invented methods from making new time series.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

func (s *Server) accessLog(r *http.Request, n *requestNote, status int, took time.Duration) {
	attrs := []any{"method", methodLabel(r.Method), "path", n.route, "status", status, "duration_ms", telemetry.Milliseconds(took)}
	log := s.o.Log.InfoContext
	switch {
	case n.fault != nil && status >= http.StatusInternalServerError:
		log = s.o.Log.ErrorContext
		attrs = append(attrs, "error", n.fault)
	case n.fault != nil && status != StatusClientGone:
		attrs = append(attrs, "error", n.fault)
	case probe(n.route):
		log = s.o.Log.DebugContext
	}
	log(r.Context(), "request", attrs...)
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	code int
}

func (w *statusWriter) WriteHeader(code int) {
	if w.code == 0 && code >= http.StatusOK {
		w.code = code
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.code == 0 {
		w.code = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController flush and set deadlines.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) status(ctx context.Context) int {
	switch {
	case w.code != 0:
		return w.code
	case ctx.Err() != nil:
		return StatusClientGone
	}
	return http.StatusOK
}

func recoverPanic(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch p := recover(); {
			case p == nil:
			case p == http.ErrAbortHandler:
				panic(p)
			default:
				err := fmt.Errorf("panic: %v\n%s", p, debug.Stack())
				if sw, ok := w.(*statusWriter); ok && sw.code != 0 { // too late for an answer
					note(r.Context(), fault.As(err))
					return
				}
				writeError(w, r, err)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

func (s *Server) secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Cache-Control", "no-store")
		if s.o.TLSCertFile != "" {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) cors(next http.Handler) http.Handler {
	allowed := make(map[string]bool, len(s.o.CORSOrigins))
	for _, origin := range s.o.CORSOrigins {
		allowed[origin] = true
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		if len(allowed) > 0 {
			w.Header().Add("Vary", "Origin")
		}
		if origin == "" || !allowed[origin] && !allowed["*"] {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Expose-Headers", "X-Request-ID, Retry-After")
		if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
			next.ServeHTTP(w, r)
			return
		}
		h.Set("Access-Control-Allow-Methods", "GET, POST, DELETE")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, X-Request-ID, traceparent")
		h.Set("Access-Control-Max-Age", "600")
		noteOf(r.Context()).route = "preflight"
		w.WriteHeader(http.StatusNoContent)
	})
}

// authenticate finds out who calls the API. Probes and pages need no identity.
func (s *Server) authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.o.Auth == nil || !strings.HasPrefix(r.URL.Path, "/api/") {
			next.ServeHTTP(w, r)
			return
		}
		p, err := s.o.Auth.Authenticate(r.Context(), r.Header.Get("Authorization"))
		if err != nil {
			noteOf(r.Context()).route = s.pattern(r)
			challenge(w, err)
			writeError(w, r, err)
			return
		}
		if p.Authenticated {
			telemetry.SetUser(r.Context(), p.Subject)
		}
		next.ServeHTTP(w, r.WithContext(auth.WithPrincipal(r.Context(), p)))
	})
}

// challenge says how to authenticate, as RFC 6750 asks of a 401.
func challenge(w http.ResponseWriter, err error) {
	if fault.As(err).Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
}
