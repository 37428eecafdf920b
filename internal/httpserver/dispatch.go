package httpserver

import (
	"net/http"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// dispatch hands the request to its route. It asks the mux first, because what
// the mux itself answers to unknown routes is plain text.
func (s *Server) dispatch(w http.ResponseWriter, r *http.Request) {
	handler, pattern := s.mux.Handler(r)
	if pattern == "" {
		s.refuse(w, r, handler)
		return
	}
	if x := exchangeOf(r.Context()); x != nil {
		x.route = routeOf(pattern)
	}
	s.mux.ServeHTTP(w, r)
}

// routeOf strips the method from a pattern: "GET /health" → "/health".
func routeOf(pattern string) string {
	if _, path, ok := strings.Cut(pattern, " "); ok {
		return strings.TrimLeft(path, " \t")
	}
	return pattern
}

// refuse answers a request that no route takes. Whether the path is unknown or
// only the method is, and which methods there are, only the mux's own answer
// tells; of that the header is read and the text dropped.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, muxAnswer http.Handler) {
	probe := headerOnly{header: http.Header{}}
	muxAnswer.ServeHTTP(&probe, r)
	if probe.status != http.StatusMethodNotAllowed {
		WriteError(w, r, fault.New(fault.NotFound, "no such route"))
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
