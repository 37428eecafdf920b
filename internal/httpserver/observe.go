package httpserver

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/telemetry"
)

// headerRequestID is X-Request-ID as http.Header spells it.
const headerRequestID = "X-Request-Id"

// maxRequestID is long enough for every id in common use and short for a log.
const maxRequestID = 64

// observe gives a request its ids and its record, and tells the log, the metrics
// and the trace how it ended.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := &exchange{
			ResponseWriter: w, control: http.NewResponseController(w),
			writeTimeout: s.opts.Timeouts.Write, start: time.Now(), route: s.routeOf(r),
		}
		// The server's own deadline counts from here; ours from each write.
		_ = x.control.SetWriteDeadline(time.Time{})
		id := requestIDFor(r)
		w.Header().Set(headerRequestID, id)
		if s.opts.Health.Draining() {
			w.Header().Set("Connection", "close")
		}
		ctx := telemetry.WithRequest(context.WithValue(r.Context(), exchangeKey{}, x), id)
		ctx = telemetry.Propagator.Extract(ctx, propagation.HeaderCarrier(r.Header))
		ctx, span := s.tracer.Start(ctx, knownMethod(r.Method), trace.WithSpanKind(trace.SpanKindServer))

		s.metrics.inProgress.Inc()
		// Deferred, for a handler may abort with http.ErrAbortHandler.
		defer func() {
			s.metrics.inProgress.Dec()
			s.finish(ctx, r, x, span)
			x.extend() // for what the server still has to send
		}()
		next.ServeHTTP(x, s.timed(r.WithContext(ctx), x))
	})
}

// timed gives a client Timeouts.Read to send the body, whether or not a handler
// reads it: what is left of it the server itself reads at the end.
func (s *Server) timed(r *http.Request, x *exchange) *http.Request {
	if r.ContentLength == 0 {
		return r
	}
	_ = x.control.SetReadDeadline(time.Now().Add(s.opts.Timeouts.Read)) // test writers have no deadlines
	r.Body = &timedBody{r.Body, x.control}
	return r
}

// timedBody takes the deadline off at the end of the body. The server goes on
// reading from there to learn when the client leaves, and would take a deadline
// that passes for that.
type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
}

func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// requestIDFor takes the client's id when it is well-formed, else makes one.
func requestIDFor(r *http.Request) string {
	id := r.Header.Get(headerRequestID)
	if id == "" || len(id) > maxRequestID || strings.IndexFunc(id, notInID) >= 0 {
		return rand.Text()
	}
	return id
}

func notInID(c rune) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return false
	}
	return c != '.' && c != '_' && c != '-'
}

func (s *Server) finish(ctx context.Context, r *http.Request, x *exchange, span trace.Span) {
	status, elapsed := x.outcome(ctx), time.Since(x.start)
	route, method := x.route, knownMethod(r.Method)
	s.metrics.observe(method, route, status, elapsed)
	if span.IsRecording() {
		endSpan(span, method, route, status, x.class)
	}
	span.End()
	s.logAccess(ctx, x, method, route, status, elapsed)
}

func endSpan(span trace.Span, method, route string, status int, class fault.Class) {
	span.SetName(method + " " + route)
	span.SetAttributes(
		attribute.String("http.request.method", method),
		attribute.String("http.route", route),
		attribute.Int("http.response.status_code", status),
	)
	if status >= http.StatusInternalServerError {
		span.SetAttributes(attribute.String("error.type", string(class)))
		span.SetStatus(codes.Error, string(class))
	}
}

// logAccess writes the request's line. What we broke is an ERROR with its cause,
// what a dependency broke a WARNING; what the client did wrong, and a client who
// left, are ordinary. Probes are only of interest when someone debugs them.
func (s *Server) logAccess(ctx context.Context, x *exchange, method, route string, status int, elapsed time.Duration) {
	level := accessLevel(route, status, x.class)
	if !s.log.Enabled(ctx, level) {
		return
	}
	attrs := make([]slog.Attr, 0, 8)
	attrs = append(attrs,
		slog.String("method", method), slog.String("route", route), slog.Int("status", status),
		slog.Duration("duration_ms", elapsed), slog.Int64("bytes", x.bytes),
	)
	if x.class != "" && status != StatusClientGone {
		attrs = append(attrs, slog.String("error_type", string(x.class)))
		if ours := level > slog.LevelInfo; ours {
			attrs = append(attrs, slog.Any("error", x.err))
		}
		if x.stack != "" {
			attrs = append(attrs, slog.String("stack", x.stack))
		}
	}
	s.log.LogAttrs(ctx, level, "request", attrs...)
}

func accessLevel(route string, status int, class fault.Class) slog.Level {
	switch {
	case isProbe(route):
		return slog.LevelDebug
	case status == StatusClientGone:
		return slog.LevelInfo
	case class == fault.Internal:
		return slog.LevelError
	case status >= http.StatusInternalServerError, class != "" && status < http.StatusBadRequest:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}
