package httpserver

import (
	"net/http"
	"slices"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

const (
	corsMethods = "GET, HEAD, POST, PUT, PATCH, DELETE"
	corsHeaders = "Authorization, Content-Type, Idempotency-Key, Traceparent, X-Request-ID"
	corsExposed = "X-Request-ID, Retry-After"
	corsMaxAge  = "600" // seconds that a browser may reuse a preflight's answer
)

// cors lets pages of the configured origins call, answers their preflights, and
// refuses changes that a page of any other origin asks a browser to make: without
// that, a page could drive a service that runs without tokens on the reader's own
// machine.
func (s *Server) cors(next http.Handler) http.Handler {
	anyOrigin := slices.Contains(s.opts.CORSOrigins, "*")
	foreign := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		if origin == "" {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Add("Vary", "Origin")
		if !anyOrigin && !slices.Contains(s.opts.CORSOrigins, origin) {
			if foreign.Check(r) != nil {
				WriteError(w, r, fault.New(fault.Authentication, "pages of this origin may not call").
					WithStatus(http.StatusForbidden))
				return
			}
			next.ServeHTTP(w, r)
			return
		}
		allow(w.Header(), origin)
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			preflight(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// allow names the origin itself, never "*": the answer depends on the request.
// Credentials are not allowed, for tokens come in a header that the page sets.
func allow(h http.Header, origin string) {
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", corsExposed)
}

func preflight(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", corsMethods)
	h.Set("Access-Control-Allow-Headers", corsHeaders)
	h.Set("Access-Control-Max-Age", corsMaxAge)
	w.WriteHeader(http.StatusNoContent)
}
