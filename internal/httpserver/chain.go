package httpserver

import (
	"net/http"
	"slices"
)

// layer wraps a handler with one concern.
type layer func(next http.Handler) http.Handler

// chain is the way of every request, outermost first.
func (s *Server) chain() http.Handler {
	layers := []layer{
		// First, so that each request, however it ends, has its ids, is counted,
		// and is logged once.
		s.observe,
		// Inside observe, so that a panic is logged with its ids and counted as
		// the 500 it becomes; outside all else, so that any layer may panic.
		recoverPanic,
		// Before anything may refuse, for a refusal carries these headers too.
		secureHeaders,
		// Before authentication: a preflight brings no token, and a page may read
		// an error body only when the response names its origin.
		s.cors,
		// Before work is done for a request: what is too large or not text.
		bounds,
		// Below /api/ only. A bad token is not refused here but where an operation
		// needs one (operation.go), after the limit: guessing tokens is limited.
		s.authenticate,
		// Needs to know who asks.
		s.rateLimit,
	}
	var h http.Handler = http.HandlerFunc(s.dispatch)
	for _, wrap := range slices.Backward(layers) {
		h = wrap(h)
	}
	return h
}
