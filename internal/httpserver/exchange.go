package httpserver

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// exchange is one request and its response: the writer that handlers write to,
// and the record that is filled on the way and logged once at the end.
//
// It is used by the request's own goroutine only, as a ResponseWriter is.
type exchange struct {
	http.ResponseWriter // the server's
	control             *http.ResponseController
	writeTimeout        time.Duration
	extended            time.Time // when the write deadline was set last

	start  time.Time
	route  string // the matched pattern's path, or unmatched
	status int    // 0 until the header is written
	bytes  int64
	class  fault.Class // what went wrong; "" when nothing did
	err    error       // why, for the log
	stack  string      // where, when a handler panicked
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// Unwrap lets http.ResponseController reach the server's writer, for Flush and
// deadlines.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// WriteHeader sends the status once. A second call, which a handler makes when it
// fails after it began to answer, changes nothing.
func (x *exchange) WriteHeader(status int) {
	if x.status != 0 {
		return
	}
	if status >= 200 || status == http.StatusSwitchingProtocols {
		x.status = status
	}
	x.extend()
	x.ResponseWriter.WriteHeader(status)
}

func (x *exchange) Write(p []byte) (int, error) {
	if x.status == 0 {
		x.WriteHeader(http.StatusOK)
	}
	x.extend()
	n, err := x.ResponseWriter.Write(p)
	x.bytes += int64(n)
	return n, err
}

// extend renews the write deadline: a client has that long for each write, and a
// stream lasts as long as it is read. A writer without deadlines has none.
func (x *exchange) extend() {
	now := time.Now()
	if now.Sub(x.extended) < x.writeTimeout/extensions {
		return
	}
	x.extended = now
	_ = x.control.SetWriteDeadline(now.Add(x.writeTimeout))
}

// extensions is how often the deadline may be renewed within one write timeout: a
// client has at least nine tenths of it for each write, and short answers set it
// once.
const extensions = 10

// fail notes what went wrong; the first cause stays.
func (x *exchange) fail(class fault.Class, err error) {
	if x.class == "" {
		x.class, x.err = class, err
	}
}

// StatusClientGone is what is logged and counted for a request whose client left
// before the answer; it is never sent.
const StatusClientGone = 499

// outcome is the status to log and count.
func (x *exchange) outcome(ctx context.Context) int {
	gone := errors.Is(context.Cause(ctx), context.Canceled)
	switch {
	case gone && (x.status == 0 || x.status >= http.StatusInternalServerError || errors.Is(x.err, context.Canceled)):
		return StatusClientGone
	case x.status == 0:
		return http.StatusOK
	}
	return x.status
}
