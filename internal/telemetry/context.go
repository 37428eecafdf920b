package telemetry

import (
	"context"
	"sync"
)

// fields are what every log line of a request carries. They live in one record
// that is filled on the way, so that the line at the request's end knows what
// was learnt in its middle.
type fields struct {
	mu                           sync.Mutex
	requestID, sessionID, userID string
}

type fieldsKey struct{}

// WithRequest returns a context with a new record of log fields.
func WithRequest(ctx context.Context, requestID string) context.Context {
	return context.WithValue(ctx, fieldsKey{}, &fields{requestID: requestID})
}

// SetSession notes the session that a request belongs to.
func SetSession(ctx context.Context, id string) {
	if f, ok := ctx.Value(fieldsKey{}).(*fields); ok {
		f.mu.Lock()
		f.sessionID = id
		f.mu.Unlock()
	}
}

// SetUser notes the customer that a request comes from.
func SetUser(ctx context.Context, id string) {
	if f, ok := ctx.Value(fieldsKey{}).(*fields); ok {
		f.mu.Lock()
		f.userID = id
		f.mu.Unlock()
	}
}

// RequestID returns the id of the request that a context belongs to, or "".
func RequestID(ctx context.Context) string {
	id, _, _ := known(ctx)
	return id
}

func known(ctx context.Context) (requestID, sessionID, userID string) {
	if f, ok := ctx.Value(fieldsKey{}).(*fields); ok {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.requestID, f.sessionID, f.userID
	}
	return "", "", ""
}
