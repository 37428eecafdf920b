package httpserver

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/telemetry"
)

// StatusClientGone is logged for a caller who left before the answer.
const StatusClientGone = 499

// ErrorBody is every error of the contract.
type ErrorBody struct {
	Class     string  `json:"error" doc:"Class of the error" enum:"ValidationError,TimeoutError,ConnectionError,AuthenticationError,RateLimitError,NotFoundError,ConflictError,InternalError"`
	Detail    string  `json:"detail" doc:"What is wrong, for a person"`
	Timestamp float64 `json:"timestamp" doc:"Unix seconds"`
	RequestID string  `json:"request_id" doc:"Names the request in the log"`

	status     int
	retryAfter time.Duration
}

// Error and GetStatus make an ErrorBody huma's form of an error.
func (e *ErrorBody) Error() string { return e.Detail }

// GetStatus returns the HTTP status.
func (e *ErrorBody) GetStatus() int { return e.status }

// GetHeaders returns the headers that go with the error.
func (e *ErrorBody) GetHeaders() http.Header { return retryHeader(e.retryAfter) }

// ContentType keeps huma from calling the body problem+json.
func (e *ErrorBody) ContentType(string) string { return "application/json" }

func retryHeader(after time.Duration) http.Header {
	h := http.Header{}
	if after > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(after.Seconds()))))
	}
	return h
}

func newBody(ctx context.Context, f *fault.Error) *ErrorBody {
	return &ErrorBody{
		Class: string(f.Class), Detail: f.Detail, RequestID: telemetry.RequestID(ctx),
		Timestamp: float64(time.Now().UnixMilli()) / 1000,
		status:    f.Status, retryAfter: retryAfter(f),
	}
}

// retryAfter makes sure that a caller who is asked to come back learns when.
func retryAfter(f *fault.Error) time.Duration {
	if f.RetryAfter == 0 && (f.Status == http.StatusServiceUnavailable || f.Status == http.StatusTooManyRequests) {
		return time.Second
	}
	return f.RetryAfter
}

// writeError answers with an error and notes it for the access log.
func writeError(w http.ResponseWriter, r *http.Request, err error) {
	f := fault.As(err)
	note(r.Context(), f)
	body := newBody(r.Context(), f)
	for k, v := range body.GetHeaders() {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(body.status)
	_ = json.NewEncoder(w).Encode(body) // a client that left needs no answer
}

// useContractErrors makes huma answer with ErrorBody. huma keeps its error
// constructors in package variables, so this is set once for the process; they
// hold no state.
var useContractErrors = sync.OnceFunc(func() {
	huma.NewError = func(status int, detail string, errs ...error) huma.StatusError {
		return newBody(context.Background(), humaFault(status, detail, errs))
	}
	huma.NewErrorWithContext = func(hc huma.Context, status int, detail string, errs ...error) huma.StatusError {
		f := humaFault(status, detail, errs)
		note(hc.Context(), f)
		return newBody(hc.Context(), f)
	}
})

// humaFault finds the contract's error in what huma reports: one that a handler
// returned, or one about the request's form.
func humaFault(status int, detail string, errs []error) *fault.Error {
	var tooLarge *http.MaxBytesError
	for _, err := range errs {
		var f *fault.Error
		switch {
		case errors.As(err, &f):
			return f
		case errors.As(err, &tooLarge):
			return fault.New(fault.Validation, "the body is larger than %d bytes", tooLarge.Limit).WithStatus(http.StatusRequestEntityTooLarge)
		case errors.Is(err, context.Canceled):
			return fault.New(fault.Timeout, "the caller left").WithStatus(StatusClientGone).WithCause(err)
		case errors.Is(err, context.DeadlineExceeded):
			return fault.New(fault.Timeout, "the request took too long").WithCause(err)
		}
	}
	if status >= http.StatusInternalServerError {
		return fault.New(fault.Internal, "internal error").WithStatus(status).WithCause(errors.Join(errs...))
	}
	return requestFault(status, detail, errs)
}

// requestFault explains what is wrong with a request, naming the field but not
// repeating its value.
func requestFault(status int, detail string, errs []error) *fault.Error {
	reasons := make([]string, 0, len(errs))
	for _, err := range errs {
		reasons = append(reasons, fieldReason(err))
	}
	switch {
	case status == http.StatusBadRequest && len(errs) > 0:
		detail = "the body is not valid JSON: " + reasons[0]
	case status == http.StatusUnsupportedMediaType:
		detail = "the Content-Type must be application/json"
	case strings.Contains(detail, "timeout"):
		return fault.New(fault.Timeout, "the request was not sent in time").WithStatus(http.StatusRequestTimeout)
	case len(reasons) > 0 && status == http.StatusUnprocessableEntity:
		detail = strings.Join(reasons, "; ")
	}
	return fault.New(fault.FromStatus(status), "%s", detail).WithStatus(status)
}

// maxReason bounds what one wrong field adds to an error.
const maxReason = 200

func fieldReason(err error) string {
	var d huma.ErrorDetailer
	reason := err.Error()
	if errors.As(err, &d) {
		detail := d.ErrorDetail()
		reason = detail.Message
		if field := strings.TrimPrefix(strings.TrimPrefix(detail.Location, "body"), "."); field != "" {
			reason = field + ": " + reason
		}
	}
	if len(reason) > maxReason {
		reason = strings.ToValidUTF8(reason[:maxReason], "") + "..."
	}
	return reason
}

// decodeJSON reads one JSON value. encoding/json would replace broken UTF-8
// instead of refusing it, and so change what the caller said.
func decodeJSON(data []byte, v any) error {
	if !utf8.Valid(data) {
		return errors.New("it is not UTF-8")
	}
	return json.Unmarshal(data, v)
}
