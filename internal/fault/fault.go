// Package fault holds the contract's error classes and their HTTP statuses.
//
// It is the only vocabulary of errors that crosses a package or network border:
// cores return a *fault.Error for everything a caller can act on, the HTTP edge
// turns it into a status and a body, and the HTTP clients turn that body back
// into the error which the core would have returned. An error that is not a
// *fault.Error is internal: its text is logged and never shown.
package fault

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Class is the value of "error" in an error body and of error_type in a log.
type Class string

// The classes of the contract.
const (
	Validation     Class = "ValidationError"
	Timeout        Class = "TimeoutError"
	Connection     Class = "ConnectionError"
	Authentication Class = "AuthenticationError"
	RateLimit      Class = "RateLimitError"
	NotFound       Class = "NotFoundError"
	Conflict       Class = "ConflictError"
	Internal       Class = "InternalError"
)

// Error is an error meant for the caller. Detail is safe to show; the cause is
// for logs only.
type Error struct {
	Class  Class
	Status int
	Detail string
	// Reason tells errors of one class apart for a program, such as
	// insufficient_funds; empty where the class says enough.
	Reason string
	// RetryAfter is when a retry may succeed; zero means unknown. Only errors
	// that a retry can cure carry it.
	RetryAfter time.Duration
	cause      error
}

func (e *Error) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%s: %s: %v", e.Class, e.Detail, e.cause)
	}
	return fmt.Sprintf("%s: %s", e.Class, e.Detail)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// New returns an error of a class, with the class's usual status and a detail
// that the caller may see.
func New(class Class, format string, args ...any) *Error {
	return &Error{Class: class, Status: usualStatus(class), Detail: fmt.Sprintf(format, args...)}
}

// WithStatus returns a copy of e answered with another status than its class's
// usual one (403 for Authentication, 413 for Validation, ...).
func (e *Error) WithStatus(status int) *Error {
	c := *e
	c.Status = status
	return &c
}

// WithCause returns a copy of e that wraps cause, for logs and errors.Is.
func (e *Error) WithCause(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// WithReason returns a copy of e that names its reason for programs.
func (e *Error) WithReason(reason string) *Error {
	c := *e
	c.Reason = reason
	return &c
}

// WithRetryAfter returns a copy of e that tells the caller when to come back.
func (e *Error) WithRetryAfter(d time.Duration) *Error {
	c := *e
	c.RetryAfter = d
	return &c
}

// As returns the *Error in err's chain. Any other error becomes an Internal one
// that shows nothing of err.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return New(Internal, "internal error").WithCause(err)
}

// Is reports whether err carries an Error of the given class.
func Is(err error, class Class) bool {
	var e *Error
	return errors.As(err, &e) && e.Class == class
}

// ReasonOf returns the reason that err carries, or "".
func ReasonOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// FromStatus gives the class for a status whose body names none, such as one
// that a proxy answered.
func FromStatus(status int) Class {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return Authentication
	case http.StatusNotFound:
		return NotFound
	case http.StatusConflict:
		return Conflict
	case http.StatusTooManyRequests:
		return RateLimit
	case http.StatusGatewayTimeout, http.StatusRequestTimeout:
		return Timeout
	case http.StatusBadGateway, http.StatusServiceUnavailable:
		return Connection
	}
	if status >= 400 && status < 500 {
		return Validation
	}
	return Internal
}

func usualStatus(class Class) int {
	switch class {
	case Validation:
		return http.StatusUnprocessableEntity
	case Timeout:
		return http.StatusGatewayTimeout
	case Connection:
		return http.StatusServiceUnavailable
	case Authentication:
		return http.StatusUnauthorized
	case RateLimit:
		return http.StatusTooManyRequests
	case NotFound:
		return http.StatusNotFound
	case Conflict:
		return http.StatusConflict
	}
	return http.StatusInternalServerError
}
