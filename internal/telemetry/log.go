// Package telemetry is what operators see of a running service: its log, its
// metrics registry and its traces. Which metrics there are, the packages that
// count them say; this package makes sure that no line holds personal data.
package telemetry

import (
	"context"
	"encoding"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// LogOptions describe a service's log.
type LogOptions struct {
	Service string
	Version string
	Level   slog.Leveler
	// Mask removes personal data from a text; nil leaves texts as they are.
	Mask func(string) string
}

// hidden stands in the log for the value of a secret.
const hidden = "[hidden]"

// secretNames are parts of the names of attributes whose values are secrets.
var secretNames = []string{"password", "secret", "authorization", "api_key", "apikey", "cookie", "jwt", "private_key"}

// NewLogger returns a logger that writes the contract's JSON lines to w.
func NewLogger(w io.Writer, o LogOptions) *slog.Logger {
	if o.Mask == nil {
		o.Mask = func(s string) string { return s }
	}
	h := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: o.Level, ReplaceAttr: contractNames})
	base := h.WithAttrs([]slog.Attr{slog.String("service", o.Service), slog.String("version", o.Version)})
	return slog.New(&handler{next: base, mask: o.Mask})
}

// contractNames renames what slog writes by itself.
func contractNames(groups []string, a slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return a
	}
	switch a.Key {
	case slog.TimeKey:
		return slog.String("timestamp", a.Value.Time().UTC().Format("2006-01-02T15:04:05.000Z"))
	case slog.MessageKey:
		a.Key = "message"
	case slog.LevelKey:
		return slog.String("level", levelName(a.Value.Any()))
	}
	return a
}

func levelName(v any) string {
	level, _ := v.(slog.Level)
	switch {
	case level >= slog.LevelError:
		return "ERROR"
	case level >= slog.LevelWarn:
		return "WARNING"
	case level >= slog.LevelInfo:
		return "INFO"
	}
	return "DEBUG"
}

// handler adds what the context knows and masks every text.
type handler struct {
	next slog.Handler
	mask func(string) string
}

func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	masked := make([]slog.Attr, 0, len(attrs))
	for _, a := range attrs {
		masked = append(masked, h.masked(a)...)
	}
	return &handler{next: h.next.WithAttrs(masked), mask: h.mask}
}

func (h *handler) WithGroup(name string) slog.Handler {
	return &handler{next: h.next.WithGroup(name), mask: h.mask}
}

func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	requestID, sessionID, userID := known(ctx)
	message := h.mask(r.Message)
	if sessionID != "" {
		message += " session_id=" + sessionID // what the runbook greps for
	}
	out := slog.NewRecord(r.Time, r.Level, message, 0)
	out.AddAttrs(contextAttrs(ctx, requestID, sessionID, userID)...)
	r.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(h.masked(a)...)
		return true
	})
	return h.next.Handle(ctx, out)
}

func contextAttrs(ctx context.Context, requestID, sessionID, userID string) []slog.Attr {
	attrs := make([]slog.Attr, 0, 4)
	add := func(key, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(key, value))
		}
	}
	add("request_id", requestID)
	if span := trace.SpanContextFromContext(ctx); span.HasTraceID() {
		add("trace_id", span.TraceID().String())
	}
	add("session_id", sessionID)
	add("user_id", userID)
	return attrs
}

// masked returns an attribute fit to be written. An error also gives its class.
func (h *handler) masked(a slog.Attr) []slog.Attr {
	key, v := strings.ToLower(a.Key), a.Value.Resolve()
	if slices.ContainsFunc(secretNames, func(part string) bool { return strings.Contains(key, part) }) {
		return []slog.Attr{slog.String(a.Key, hidden)}
	}
	if err, ok := v.Any().(error); ok {
		return []slog.Attr{
			slog.String(a.Key, h.mask(err.Error())), slog.String("error_type", string(errorType(err))),
		}
	}
	return []slog.Attr{{Key: a.Key, Value: h.maskedValue(v)}}
}

func (h *handler) maskedValue(v slog.Value) slog.Value {
	switch v.Kind() {
	case slog.KindString:
		return slog.StringValue(h.mask(v.String()))
	case slog.KindGroup:
		var attrs []slog.Attr
		for _, a := range v.Group() {
			attrs = append(attrs, h.masked(a)...)
		}
		return slog.GroupValue(attrs...)
	case slog.KindAny:
		return h.maskedAny(v.Any())
	}
	return v // numbers, booleans, times and durations hold no text
}

func (h *handler) maskedAny(v any) slog.Value {
	switch v := v.(type) {
	case []string:
		masked := make([]string, len(v))
		for i, s := range v {
			masked[i] = h.mask(s)
		}
		return slog.AnyValue(masked)
	case fmt.Stringer:
		return slog.StringValue(h.mask(v.String()))
	case encoding.TextMarshaler:
		text, err := v.MarshalText()
		if err != nil {
			return slog.StringValue(hidden)
		}
		return slog.StringValue(h.mask(string(text)))
	case slog.LogValuer:
		return h.maskedValue(v.LogValue())
	}
	return h.maskedStructure(v)
}

// errorType is the contract's class of an error.
func errorType(err error) fault.Class {
	if errors.Is(err, context.DeadlineExceeded) {
		var f *fault.Error
		if !errors.As(err, &f) {
			return fault.Timeout
		}
	}
	return fault.As(err).Class
}

// Milliseconds is the contract's form of a duration in a log line.
func Milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
