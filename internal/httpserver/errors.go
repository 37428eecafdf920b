package httpserver

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/telemetry"
)

// ErrorBody is the body of every error of every service.
type ErrorBody struct {
	Class     fault.Class `json:"error" doc:"Class of the error" enum:"ValidationError,TimeoutError,ConnectionError,AuthenticationError,RateLimitError,NotFoundError,ConflictError,InternalError"`
	Detail    string      `json:"detail" doc:"What is wrong, for a person" example:"message must not be empty"`
	Reason    string      `json:"reason,omitempty" doc:"Tells errors of one class apart, for programs" example:"insufficient_funds"`
	Timestamp float64     `json:"timestamp" doc:"Unix seconds"`
	RequestID string      `json:"request_id" doc:"Names the request in the log"`

	status     int
	retryAfter time.Duration
	cause      error
}

// Error and GetStatus make an ErrorBody huma's form of an error.
func (e *ErrorBody) Error() string { return e.Detail }

// GetStatus is the HTTP status.
func (e *ErrorBody) GetStatus() int { return e.status }

// Unwrap returns the error that the body tells of, for errors.Is.
func (e *ErrorBody) Unwrap() error { return e.cause }

// bodyOf is what the caller is told of err. Only a *fault.Error and a passed
// deadline say more than "internal error".
func bodyOf(err error) *ErrorBody {
	f := fault.As(err)
	if f.Class == fault.Internal && errors.Is(err, context.DeadlineExceeded) {
		f = fault.New(fault.Timeout, "the request took too long")
	}
	return &ErrorBody{Class: f.Class, Detail: f.Detail, Reason: f.Reason, status: f.Status, retryAfter: f.RetryAfter, cause: err}
}

// usualRetryAfter is told to callers of what is overloaded or down when nobody
// knows better: long enough to help, short enough for someone who waits.
const usualRetryAfter = 5 * time.Second

// address completes the body for one request, sets the headers that go with it,
// and notes the failure for the request's log line.
func (e *ErrorBody) address(ctx context.Context, h http.Header) {
	e.RequestID = telemetry.RequestID(ctx)
	e.Timestamp = float64(time.Now().UnixMilli()) / 1000
	wait := e.retryAfter
	if wait == 0 && (e.status == http.StatusServiceUnavailable || e.status == http.StatusTooManyRequests) {
		wait = usualRetryAfter
	}
	if wait > 0 {
		h.Set("Retry-After", strconv.Itoa(wholeSeconds(wait)))
	}
	if e.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if x := exchangeOf(ctx); x != nil {
		x.fail(e.Class, e.cause)
	}
}

// WriteError answers a request with an error, for handlers that are no API
// operations. Operations return theirs. Once an answer has begun it only does what
// Fail does: half an answer with an error behind it would be neither.
func WriteError(w http.ResponseWriter, r *http.Request, err error) {
	if x := exchangeOf(r.Context()); x != nil && x.status != 0 {
		Fail(r.Context(), err)
		return
	}
	body := bodyOf(err)
	body.address(r.Context(), w.Header())
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(body.status)
	// An error of this write means that the client left; nobody is there to tell.
	_ = json.NewEncoder(w).Encode(body)
}

// Fail notes for the request's log line that it failed after its answer had begun,
// as a stream does that ends in an error event. Handlers that return their error
// or write it with WriteError need not. It is called where the answer is written.
func Fail(ctx context.Context, err error) {
	if x := exchangeOf(ctx); x != nil {
		x.fail(bodyOf(err).Class, err)
	}
}

// useContractErrors makes huma speak the contract's errors. huma keeps the maker
// of its errors in a package variable, for the whole process and without a way to
// hand one to an API; it is set once, before the first API is made, and holds no
// state.
var useContractErrors = sync.OnceFunc(func() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		for _, err := range errs {
			var body *ErrorBody
			var known *fault.Error
			switch {
			case errors.As(err, &body):
				return body
			case errors.As(err, &known), errors.Is(err, context.DeadlineExceeded):
				return bodyOf(err)
			}
		}
		if status >= http.StatusInternalServerError {
			// Whatever it says was written without the caller in mind.
			if len(errs) == 0 {
				return bodyOf(errors.New(message))
			}
			return bodyOf(errors.Join(errs...))
		}
		return bodyOf(fault.New(fault.FromStatus(status), "%s", explain(message, errs)).WithStatus(status))
	}
})

// completeErrors is the last step before huma writes a body: the only one that
// knows both the error and the request.
func completeErrors(ctx huma.Context, _ string, v any) (any, error) {
	shared, ok := v.(*ErrorBody)
	if !ok {
		return v, nil
	}
	body, h := *shared, http.Header{} // a handler may return one error to many
	body.address(ctx.Context(), h)
	for name := range h {
		ctx.SetHeader(name, h.Get(name))
	}
	return &body, nil
}
