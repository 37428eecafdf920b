package httpserver

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/auth"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// Names of the security schemes in the API document.
const (
	schemeCustomer = "customer"
	schemeOperator = "operator"
)

// What an operation says in its Security to be enforced at the edge. They are
// never changed.
var (
	// CustomerAuth wants a customer's token, where tokens are required at all.
	CustomerAuth = []map[string][]string{{schemeCustomer: {}}}
	// OperatorAuth wants the operators' token, always.
	OperatorAuth = []map[string][]string{{schemeOperator: {}}}
)

// authorize enforces what an operation's Security asks for. A bad token is
// refused wherever the operation asks for any, also where none is required: the
// caller meant to be somebody.
func (s *Server) authorize(hc huma.Context, next func(huma.Context)) {
	for _, need := range hc.Operation().Security {
		err := authErrorOf(hc.Context())
		if err == nil {
			err = s.missing(need, auth.FromContext(hc.Context()))
		}
		if err != nil {
			s.writeErr(hc, err)
			return
		}
	}
	next(hc)
}

func (s *Server) missing(need map[string][]string, p auth.Principal) error {
	_, operator := need[schemeOperator]
	_, customer := need[schemeCustomer]
	switch {
	case operator && (s.opts.Auth == nil || !s.opts.Auth.HasOperator()):
		return fault.New(fault.Authentication, "operators' functions are off: OPERATOR_TOKEN is not set").
			WithStatus(http.StatusForbidden)
	case operator && !p.Authenticated:
		return fault.New(fault.Authentication, "the operators' token is required")
	case operator && !p.Operator:
		return fault.New(fault.Authentication, "only operators may do this").WithStatus(http.StatusForbidden)
	case customer && s.opts.Auth != nil && s.opts.Auth.Required() && !p.Authenticated:
		return fault.New(fault.Authentication, "a token is required")
	}
	return nil
}

// writeErr answers an operation's request with an error.
func (s *Server) writeErr(hc huma.Context, err error) {
	body := bodyOf(err)
	// An error of this write means that the client left; nobody is there to tell.
	_ = huma.WriteErr(s.api, hc, body.status, body.Detail, body)
}

// readBody reads an operation's body before huma does. huma would take a broken
// upload for an internal error, accept what is no text, and leave its deadline on
// the connection, which would cancel a turn that takes longer than the upload may.
func (s *Server) readBody(hc huma.Context, next func(huma.Context)) {
	op := hc.Operation()
	if op.RequestBody == nil {
		next(hc)
		return
	}
	r, w := humago.Unwrap(hc)
	timeout := s.opts.Timeouts.Read
	if op.BodyReadTimeout > 0 && op.BodyReadTimeout != humaReadTimeout {
		timeout = op.BodyReadTimeout
	}
	body, err := readAll(w, r, op.MaxBodyBytes, timeout)
	if err == nil && len(body) > 0 {
		err = checkBody(op, r.Header.Get("Content-Type"), body)
	}
	if err != nil {
		s.writeErr(hc, err)
		return
	}
	next(&bufferedContext{humaContext: hc, body: bytes.NewReader(body)})
}

// humaReadTimeout is what huma sets where an operation names no time of its own.
const humaReadTimeout = 5 * time.Second

// readAll reads a body of fewer than limit bytes (huma, which reads it again,
// refuses the limit itself). What announces itself as longer is not read at all.
func readAll(w http.ResponseWriter, r *http.Request, limit int64, timeout time.Duration) ([]byte, error) {
	if r.ContentLength >= limit {
		// Without this the connection would be kept, and its next request looked
		// for in the rest of this one's body.
		w.Header().Set("Connection", "close")
		return nil, tooLarge(limit)
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(timeout)) // test writers have no deadlines
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit-1))
	if err != nil {
		return nil, bodyError(err, limit)
	}
	return body, nil
}

func tooLarge(limit int64) error {
	return fault.New(fault.Validation, "the body must be smaller than %d bytes", limit).
		WithStatus(http.StatusRequestEntityTooLarge)
}

func bodyError(err error, limit int64) error {
	var tooLong *http.MaxBytesError
	var network net.Error
	switch {
	case errors.As(err, &tooLong):
		return tooLarge(limit)
	case errors.As(err, &network) && network.Timeout():
		return fault.New(fault.Timeout, "the body did not arrive in time").
			WithStatus(http.StatusRequestTimeout).WithCause(err)
	}
	return malformed("the body ended too early").WithCause(err)
}

// checkBody refuses what no handler should see.
func checkBody(op *huma.Operation, contentType string, body []byte) error {
	mediaType, params, err := mime.ParseMediaType(contentType)
	charset := params["charset"]
	if err != nil || op.RequestBody.Content[mediaType] == nil || (charset != "" && !strings.EqualFold(charset, "utf-8")) {
		return fault.New(fault.Validation, "Content-Type must be application/json").
			WithStatus(http.StatusUnsupportedMediaType)
	}
	return checkJSON(body)
}

// humaContext has a name of its own because huma.Context has a method Context.
type humaContext huma.Context

// bufferedContext hands huma a body that was read already.
type bufferedContext struct {
	humaContext
	body io.Reader
}

func (c *bufferedContext) BodyReader() io.Reader { return c.body }

// SetReadDeadline does nothing: there is no more to read.
func (c *bufferedContext) SetReadDeadline(time.Time) error { return nil }

// Unwrap lets humago find the request and its writer.
func (c *bufferedContext) Unwrap() huma.Context { return c.humaContext }
