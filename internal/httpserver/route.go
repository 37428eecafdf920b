package httpserver

import (
	"net/http"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// unmatched stands for the route of what no route serves.
const unmatched = "unmatched"

// route sends a request to its handler, or answers that there is none.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	n := noteOf(r.Context())
	if n.route = s.pattern(r); n.route != unmatched {
		s.mux.ServeHTTP(w, r)
		return
	}
	h, _ := s.mux.Handler(r)
	answer := &headerOnly{header: http.Header{}}
	h.ServeHTTP(answer, r)
	if allow := answer.header.Get("Allow"); answer.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", allow)
		writeError(w, r, fault.New(fault.Validation, "the method is not allowed here; allowed: %s", allow).
			WithStatus(http.StatusMethodNotAllowed))
		return
	}
	writeError(w, r, fault.New(fault.NotFound, "there is nothing at this path; see /docs"))
}

// pattern is the route that a request matches, without its method.
func (s *Server) pattern(r *http.Request) string {
	_, pattern := s.mux.Handler(r)
	if pattern == "" {
		return unmatched
	}
	if _, path, found := strings.Cut(pattern, " "); found {
		return path
	}
	return pattern
}

// headerOnly finds out what the ServeMux would answer, whose own text is not
// the contract's.
type headerOnly struct {
	header http.Header
	status int
}

func (h *headerOnly) Header() http.Header         { return h.header }
func (h *headerOnly) Write(b []byte) (int, error) { return len(b), nil }
func (h *headerOnly) WriteHeader(status int)      { h.status = status }
