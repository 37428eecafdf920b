package telemetry

import (
	"context"
	"sync"

	"go.opentelemetry.io/otel/trace"
)

// fields are what every log line of a request carries. They live in one record
// that is filled on the way, so that the line which closes the request knows what
// was learnt in its middle, in code that was handed a derived context.
type fields struct {
	mu                           sync.Mutex
	requestID, sessionID, userID string
}

type fieldsKey struct{}

// WithRequest returns a context with a new record of log fields.
func WithRequest(ctx context.Context, requestID string) context.Context {
	return context.WithValue(ctx, fieldsKey{}, &fields{requestID: requestID})
}

// SetSession notes the conversation that a request belongs to. Without a request
// in ctx it does nothing.
func SetSession(ctx context.Context, id string) {
	if f, ok := ctx.Value(fieldsKey{}).(*fields); ok {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.sessionID = id
	}
}

// SetUser notes the authenticated subject of a request. Without a request in ctx
// it does nothing.
func SetUser(ctx context.Context, id string) {
	if f, ok := ctx.Value(fieldsKey{}).(*fields); ok {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.userID = id
	}
}

// RequestID returns the id of the request that ctx belongs to, or "".
func RequestID(ctx context.Context) string {
	id, _, _ := known(ctx)
	return id
}

// TraceID returns the W3C trace id of ctx in hex, or "". It is known whenever the
// caller sent a traceparent, even when no trace is exported.
func TraceID(ctx context.Context) string {
	if sc := trace.SpanContextFromContext(ctx); sc.HasTraceID() {
		return sc.TraceID().String()
	}
	return ""
}

func known(ctx context.Context) (requestID, sessionID, userID string) {
	if f, ok := ctx.Value(fieldsKey{}).(*fields); ok {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.requestID, f.sessionID, f.userID
	}
	return "", "", ""
}
