package httpserver

import (
	"net/http"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// routeOf is the path of the pattern that a request matches ("GET /health" →
// "/health"), or unmatched. It is known before any layer may refuse, so that
// refusals are counted at their route.
func (s *Server) routeOf(r *http.Request) string {
	_, pattern := s.mux.Handler(r)
	if pattern == "" {
		return unmatched
	}
	if _, path, ok := strings.Cut(pattern, " "); ok {
		return strings.TrimLeft(path, " \t")
	}
	return pattern
}

// dispatch hands the request to its route. The mux would answer unknown ones in
// plain text.
func (s *Server) dispatch(w http.ResponseWriter, r *http.Request) {
	if exchangeOf(r.Context()).route == unmatched {
		s.refuse(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// refuse answers a request that no route takes. Whether the path is unknown or
// only the method is, and which methods there are, only the mux's own answer
// tells; of that the header is read and the text dropped.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request) {
	muxAnswer, _ := s.mux.Handler(r)
	probe := headerOnly{header: http.Header{}}
	muxAnswer.ServeHTTP(&probe, r)
	if probe.status != http.StatusMethodNotAllowed {
		WriteError(w, r, fault.New(fault.NotFound, "there is nothing at this path; see /docs"))
		return
	}
	allowed := probe.header.Get("Allow")
	w.Header().Set("Allow", allowed)
	WriteError(w, r, fault.New(fault.Validation, "this route allows only %s", allowed).
		WithStatus(http.StatusMethodNotAllowed))
}

// headerOnly keeps a response's status and header and drops its body.
type headerOnly struct {
	header http.Header
	status int
}

func (h *headerOnly) Header() http.Header         { return h.header }
func (h *headerOnly) WriteHeader(status int)      { h.status = status }
func (h *headerOnly) Write(p []byte) (int, error) { return len(p), nil }
