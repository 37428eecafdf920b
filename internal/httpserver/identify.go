package httpserver

import (
	"context"
	"math"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/auth"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/telemetry"
)

// apiPrefix is where operations live that need identity and limits; probes and
// pages need neither.
const apiPrefix = "/api/"

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, apiPrefix) }

type authErrorKey struct{}

// authErrorOf is why the request's token was not accepted, or nil.
func authErrorOf(ctx context.Context) error {
	err, _ := ctx.Value(authErrorKey{}).(error)
	return err
}

// authenticate puts the principal into the context, or why there is none.
func (s *Server) authenticate(next http.Handler) http.Handler {
	if s.opts.Auth == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isAPI(r) {
			next.ServeHTTP(w, r)
			return
		}
		ctx := r.Context()
		principal, err := s.opts.Auth.Authenticate(ctx, r.Header.Get("Authorization"))
		if err != nil {
			ctx = context.WithValue(ctx, authErrorKey{}, err)
		} else {
			ctx = auth.WithPrincipal(ctx, principal)
			telemetry.SetUser(ctx, principal.Subject)
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// Scopes of rate_limit_hits_total.
const (
	scopeCustomer = "customer"
	scopeAddress  = "address"
)

// rateLimit refuses callers who ask too often.
func (s *Server) rateLimit(next http.Handler) http.Handler {
	if s.opts.RateLimit == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isAPI(r) {
			next.ServeHTTP(w, r)
			return
		}
		scope, key := callerOf(r)
		ok, wait := s.opts.RateLimit.Allow(r.Context(), scope+":"+key)
		if ok {
			next.ServeHTTP(w, r)
			return
		}
		s.metrics.limited.WithLabelValues(scope).Inc()
		s.log.InfoContext(r.Context(), "rate_limit reached", "scope", scope, "retry_after", wait)
		WriteError(w, r, fault.New(fault.RateLimit, "too many requests, try again in %s", seconds(wait)).
			WithRetryAfter(wait))
	})
}

// callerOf is whom a request counts against: the authenticated subject, else the
// peer's address (an IPv6 one by its /64, which is what one customer is given).
func callerOf(r *http.Request) (scope, key string) {
	if p := auth.FromContext(r.Context()); p.Authenticated && p.Subject != "" {
		return scopeCustomer, p.Subject
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return scopeAddress, "unknown"
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return scopeAddress, "unknown"
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		prefix, _ := addr.Prefix(64)
		return scopeAddress, prefix.String()
	}
	return scopeAddress, addr.String()
}

// wholeSeconds is d as Retry-After says it: at least 1, rounded up.
func wholeSeconds(d time.Duration) int { return max(1, int(math.Ceil(d.Seconds()))) }

func seconds(d time.Duration) string {
	if n := wholeSeconds(d); n != 1 {
		return strconv.Itoa(n) + " seconds"
	}
	return "1 second"
}
