package httpclient

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

func serve(t *testing.T, h http.HandlerFunc) *Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return New("dep", s.URL+"/", &http.Client{Timeout: 200 * time.Millisecond})
}

func TestFailuresComeBackAsFaults(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		class  fault.Class
		status int
	}{
		"the contract's error": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = w.Write([]byte(`{"error":"RateLimitError","detail":"slow down"}`))
		}, fault.RateLimit, http.StatusTooManyRequests},
		"a proxy's error": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			_, _ = w.Write([]byte(`<html>`))
		}, fault.Connection, http.StatusBadGateway},
		"garbage": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{`)) }, fault.Connection, http.StatusServiceUnavailable},
		"a cut answer": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"a":`))
		}, fault.Connection, http.StatusServiceUnavailable},
		"no answer": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, fault.Timeout, http.StatusGatewayTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out map[string]any
			err := serve(t, tc.answer).Do(t.Context(), http.MethodGet, "/x", nil, &out)
			if f := fault.As(err); f.Class != tc.class || f.Status != tc.status {
				t.Errorf("got %v (status %d)", err, f.Status)
			}
		})
	}
}

func TestRetryAfterIsKept(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	if f := fault.As(c.Do(t.Context(), http.MethodPost, "/x", map[string]int{"a": 1}, nil)); f.RetryAfter != 7*time.Second {
		t.Errorf("%v, retry after %v", f, f.RetryAfter)
	}
}

func TestRefusedConnection(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	err := New("dep", s.URL, http.DefaultClient).Do(t.Context(), http.MethodGet, "/", nil, nil)
	if !fault.Is(err, fault.Connection) {
		t.Errorf("got %v", err)
	}
}
