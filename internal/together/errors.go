package together

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// What a server can answer with that isn't an answer.
var (
	errMalformed = errors.New("together: an answer that can't be understood")
	errCut       = errors.New("together: the stream broke off")
	errFiltered  = errors.New("together: the server's content filter stopped the answer")
)

// classify gives a failed call the error of its kind. ctx is the caller's, and
// bounded the call's own with its deadline.
func classify(ctx, bounded context.Context, err error) error {
	var api *openai.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case errors.Is(err, errStalled), bounded.Err() != nil, isTimeout(err):
		return fault.New(fault.Timeout, "the language model did not answer in time").WithCause(err)
	case errors.Is(err, errFiltered):
		return fault.New(fault.Validation, "the language model refused to answer").WithCause(err)
	case errors.As(err, &api):
		return fromStatus(api)
	}
	return fault.New(fault.Connection, "the language model gave no usable answer").WithCause(err)
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// fromStatus turns an error answer into a fault. Its text is the server's and
// may repeat the prompt, so it is neither shown nor logged.
func fromStatus(api *openai.Error) error {
	cause := errors.New("status " + strconv.Itoa(api.StatusCode))
	switch api.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fault.New(fault.Authentication, "the language model refused the API key").WithCause(cause)
	case http.StatusTooManyRequests:
		return fault.New(fault.RateLimit, "the language model's rate limit is reached").WithCause(cause).
			WithRetryAfter(retryAfter(api.Response, time.Now()))
	case http.StatusRequestTimeout, http.StatusConflict:
		return fault.New(fault.Connection, "the language model gave no answer").WithCause(cause)
	}
	if api.StatusCode >= http.StatusInternalServerError {
		return fault.New(fault.Connection, "the language model failed").WithCause(cause).
			WithRetryAfter(retryAfter(api.Response, time.Now()))
	}
	return fault.New(fault.Validation, "the language model refused the request").WithStatus(api.StatusCode).WithCause(cause)
}

// retryAfter reads Retry-After, in seconds or as a date; zero when there is none.
func retryAfter(answer *http.Response, now time.Time) time.Duration {
	if answer == nil {
		return 0
	}
	value := strings.TrimSpace(answer.Header.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds >= 0 && seconds < 1e6 {
		return time.Duration(seconds * float64(time.Second))
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// statusOf names how a call ended, for a metric's label.
func statusOf(err error) string {
	f := fault.As(err)
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, errStalled):
		return "stalled"
	case errors.Is(err, errCut):
		return "cut"
	case errors.Is(err, errMalformed):
		return "malformed"
	case f.Class == fault.Timeout:
		return "timeout"
	case f.Class == fault.RateLimit:
		return "rate_limit"
	case f.Class == fault.Authentication:
		return "unauthorized"
	case f.Class == fault.Validation:
		return "refused"
	}
	return "failed"
}
