package httpserver

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/auth"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/health"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/telemetry"
)

const (
	traceID     = "4bf92f3577b34da6a3ce929d0e0e4736"
	traceparent = "00-" + traceID + "-00f067aa0ba902b7-01"
)

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	s := start(t, Options{}, nil)
	for name, c := range map[string]struct {
		sent string
		kept bool
	}{
		"a UUID":         {"0b9f4111-1111-4111-8111-123456789abc", true},
		"short":          {"a.B_9-", true},
		"none":           {"", false},
		"too long":       {strings.Repeat("a", 65), false},
		"spaces":         {"a b", false},
		"log injection":  {`x","level":"ERROR`, false},
		"not ASCII":      {"é", false},
		"path traversal": {"../x", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := s.do(t, http.MethodGet, "/health", "", "X-Request-ID", c.sent).header.Get("X-Request-ID")
			if (got == c.sent) != c.kept || got == "" {
				t.Errorf("sent %q, got %q", c.sent, got)
			}
		})
	}
}

func TestAccessLine(t *testing.T) {
	t.Parallel()
	s := start(t, Options{}, func(s *Server) {
		s.Handle("GET /page/{name}", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			telemetry.SetSession(r.Context(), "abc123")
			_, _ = io.WriteString(w, "hello")
		}))
	})
	s.do(t, http.MethodGet, "/page/secret?token=hunter2", "", "X-Request-ID", "r1", "traceparent", traceparent)
	line := s.logs.access(t, "r1")
	if d, ok := line["duration_ms"].(float64); !ok || d < 0 {
		t.Errorf("duration_ms is %v", line["duration_ms"])
	}
	delete(line, "duration_ms")
	delete(line, "timestamp")
	want := map[string]any{
		"level": "INFO", "message": "request session_id=abc123", "service": "test", "version": "1.2.3",
		"request_id": "r1", "trace_id": traceID, "session_id": "abc123",
		"method": "GET", "route": "/page/{name}", "status": 200.0, "bytes": 5.0,
	}
	if diff := cmp.Diff(want, line); diff != "" {
		t.Error(diff)
	}
	if logs := s.logs.String(); strings.Contains(logs, "hunter2") || strings.Contains(logs, "/page/secret") {
		t.Errorf("the raw URL is in the log: %s", logs)
	}
	s.do(t, http.MethodGet, "/ready", "", "X-Request-ID", "probe")
	if line := s.logs.access(t, "probe"); line["level"] != "DEBUG" {
		t.Errorf("a probe was logged as %v", line["level"])
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewSpanRecorder()
	s := start(t, Options{TracerProvider: sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))}, nil)
	s.post(t, `{"message":"internal"}`, "traceparent", traceparent)
	eventually(t, "the span", func() bool { return len(spans.Ended()) == 1 })
	span := spans.Ended()[0]
	if span.Name() != "POST /api/v1/echo" || span.SpanContext().TraceID().String() != traceID {
		t.Errorf("got the span %q of trace %s", span.Name(), span.SpanContext().TraceID())
	}
	if got := fmt.Sprint(span.Attributes()); !strings.Contains(got, "http.response.status_code") || !strings.Contains(got, "InternalError") {
		t.Errorf("attributes are %s", got)
	}
}

// counted returns http_requests_total as "method path status" → count.
func counted(t *testing.T, g prometheus.Gatherer) map[string]float64 {
	t.Helper()
	families, err := g.Gather()
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]float64{}
	for _, f := range families {
		if f.GetName() != "http_requests_total" {
			continue
		}
		for _, m := range f.Metric {
			labels := map[string]string{}
			for _, l := range m.Label {
				labels[l.GetName()] = l.GetValue()
			}
			if labels["service"] != "test" {
				t.Errorf("service is %q", labels["service"])
			}
			counts[labels["method"]+" "+labels["path"]+" "+labels["status"]] = m.GetCounter().GetValue()
		}
	}
	return counts
}

func TestMetricsHaveBoundedLabels(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	s := start(t, Options{Registry: registry, RateLimit: refuseAddress{}}, nil)
	s.do(t, http.MethodGet, "/api/v1/things/1", "")
	s.do(t, http.MethodGet, "/unknown/a", "")
	s.do(t, http.MethodGet, "/unknown/b", "")
	s.do(t, "BREW", "/health", "")
	s.do(t, "STEEP", "/health", "")
	want := map[string]float64{
		"GET /api/v1/things/{id} 429": 1, "GET unmatched 404": 2, "OTHER unmatched 405": 2,
	}
	eventually(t, "five requests in the metrics", func() bool {
		sum := 0.0
		for _, n := range counted(t, registry) {
			sum += n
		}
		return sum == 5
	})
	if diff := cmp.Diff(want, counted(t, registry)); diff != "" {
		t.Error(diff)
	}
	text := s.do(t, http.MethodGet, "/metrics", "").body
	for _, name := range []string{
		`http_request_duration_seconds_count{method="GET",path="unmatched",service="test"} 2`,
		`http_requests_in_progress{service="test"} 1`, `rate_limit_hits_total{scope="address"} 1`,
	} {
		if !strings.Contains(text, name) {
			t.Errorf("%s is not in /metrics", name)
		}
	}
}

// refuseAddress refuses who is known by address only.
type refuseAddress struct{}

func (refuseAddress) Allow(_ context.Context, key string) (bool, time.Duration) {
	return !strings.HasPrefix(key, "address:"), 1200 * time.Millisecond
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Auth: fakeAuth{}, RateLimit: refuseAddress{}}, nil)
	a := s.post(t, `{"message":"a"}`)
	body := a.fault(t)
	if a.status != http.StatusTooManyRequests || body.Class != fault.RateLimit || a.header.Get("Retry-After") != "2" {
		t.Errorf("got %d %s, Retry-After %q", a.status, a.body, a.header.Get("Retry-After"))
	}
	if a := s.post(t, `{"message":"a"}`, "Authorization", "Bearer alex"); a.status != http.StatusOK {
		t.Errorf("the customer got %d %s", a.status, a.body)
	}
	if a := s.do(t, http.MethodGet, "/health", ""); a.status != http.StatusOK {
		t.Errorf("a probe got %d", a.status)
	}
	if a := s.post(t, `{"message":"a"}`, "Authorization", "Bearer guess"); a.status != http.StatusTooManyRequests {
		t.Errorf("guessing tokens is not limited: %d", a.status)
	}
	if !strings.Contains(s.logs.String(), `"message":"rate_limit reached"`) {
		t.Error("no line says rate_limit")
	}
}

func TestCallersAreTellApartByAddress(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"192.0.2.1:1234": "192.0.2.1", "[::ffff:192.0.2.1]:1": "192.0.2.1",
		"[2001:db8:1:2:3:4:5:6]:1": "2001:db8:1:2::/64", "[2001:db8:1:2::9]:1": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:1": "fe80::/64", "nonsense": "unknown", "host:1": "unknown",
	} {
		r := &http.Request{RemoteAddr: remote}
		if scope, got := callerOf(r.WithContext(t.Context())); scope != scopeAddress || got != want {
			t.Errorf("%s: got %s %s, want %s", remote, scope, got, want)
		}
	}
}

// fakeAuth knows the tokens "alex" and "operator".
type fakeAuth struct{ required, noOperator bool }

func (a fakeAuth) Required() bool    { return a.required }
func (a fakeAuth) HasOperator() bool { return !a.noOperator }

func (a fakeAuth) Authenticate(_ context.Context, header string) (auth.Principal, error) {
	switch header {
	case "":
		return auth.Principal{}, nil
	case "Bearer alex":
		return auth.Principal{Subject: "alex", Authenticated: true}, nil
	case "Bearer operator":
		return auth.Principal{Subject: "operator", Operator: true, Authenticated: true}, nil
	case "Bearer down":
		return auth.Principal{}, fault.New(fault.Connection, "tokens can't be verified right now")
	}
	return auth.Principal{}, fault.New(fault.Authentication, "the token is not valid")
}

func TestAuthorization(t *testing.T) {
	t.Parallel()
	servers := map[string]*running{
		"nobody knows":  start(t, Options{}, nil),
		"optional":      start(t, Options{Auth: fakeAuth{}}, nil),
		"required":      start(t, Options{Auth: fakeAuth{required: true}}, nil),
		"no operator":   start(t, Options{Auth: fakeAuth{required: true, noOperator: true}}, nil),
		"no operator 2": start(t, Options{Auth: fakeAuth{noOperator: true}}, nil),
	}
	for _, c := range []struct {
		server, path, token string
		want                int
	}{
		{"nobody knows", "echo", "", 200},
		{"nobody knows", "echo", "Bearer x", 200},
		{"nobody knows", "admin/echo", "Bearer operator", 403},
		{"optional", "echo", "", 200},
		{"optional", "echo", "Bearer alex", 200},
		{"optional", "echo", "Bearer wrong", 401},
		{"optional", "admin/echo", "", 401},
		{"optional", "admin/echo", "Bearer alex", 403},
		{"optional", "admin/echo", "Bearer operator", 200},
		{"required", "echo", "", 401},
		{"required", "echo", "Bearer wrong", 401},
		{"required", "echo", "Basic alex", 401},
		{"required", "echo", "Bearer down", 503},
		{"required", "echo", "Bearer alex", 200},
		{"required", "admin/echo", "Bearer alex", 403},
		{"no operator", "admin/echo", "Bearer alex", 403},
		{"no operator 2", "admin/echo", "", 403},
	} {
		t.Run(fmt.Sprintf("%s/%s/%s", c.server, c.path, c.token), func(t *testing.T) {
			t.Parallel()
			s := servers[c.server]
			a := s.do(t, http.MethodPost, "/api/v1/"+c.path, `{"message":"a"}`,
				"Content-Type", "application/json", "Authorization", c.token)
			if a.status != c.want {
				t.Fatalf("got %d %s, want %d", a.status, a.body, c.want)
			}
			if a.status != 200 {
				a.fault(t)
			}
			if challenged := a.header.Get("WWW-Authenticate") == "Bearer"; challenged != (c.want == 401) {
				t.Errorf("WWW-Authenticate is %q at %d", a.header.Get("WWW-Authenticate"), a.status)
			}
		})
	}
	t.Run("the handler and the log know who asks", func(t *testing.T) {
		t.Parallel()
		a := servers["required"].post(t, `{"message":"a"}`, "Authorization", "Bearer alex")
		if !strings.Contains(a.body, `"subject":"alex"`) {
			t.Errorf("the handler answered %s", a.body)
		}
		if line := servers["required"].logs.access(t, a.header.Get("X-Request-ID")); line["user_id"] != "alex" {
			t.Errorf("logged as %v", line)
		}
	})
	t.Run("who may not is refused before the body is read", func(t *testing.T) {
		t.Parallel()
		if a := servers["required"].post(t, `{`); a.status != 401 {
			t.Errorf("got %d", a.status)
		}
	})
}

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	s := start(t, Options{}, nil)
	for _, path := range []string{"/health", "/unknown", "/docs", "/openapi.json", "/metrics", "/api/v1/echo"} {
		h := s.do(t, http.MethodGet, path, "").header
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
			"Strict-Transport-Security": "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if policy := h.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: Content-Security-Policy is %q", path, policy)
		}
	}
}

func TestCORS(t *testing.T) {
	t.Parallel()
	const app = "https://app.example.com"
	s := start(t, Options{CORSOrigins: []string{app}, Auth: fakeAuth{required: true}}, nil)
	t.Run("preflight", func(t *testing.T) {
		t.Parallel()
		a := s.do(t, http.MethodOptions, "/api/v1/echo", "", "Origin", app,
			"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type")
		if a.status != http.StatusNoContent || a.header.Get("Access-Control-Allow-Origin") != app ||
			!strings.Contains(a.header.Get("Access-Control-Allow-Methods"), "POST") ||
			!strings.Contains(a.header.Get("Access-Control-Allow-Headers"), "Authorization") || a.header.Get("Vary") != "Origin" {
			t.Errorf("got %d %v", a.status, a.header)
		}
	})
	t.Run("errors can be read", func(t *testing.T) {
		t.Parallel()
		a := s.post(t, `{"message":"a"}`, "Origin", app, "Sec-Fetch-Site", "cross-site")
		if a.status != 401 || a.header.Get("Access-Control-Allow-Origin") != app {
			t.Errorf("got %d %v", a.status, a.header)
		}
	})
	t.Run("another origin", func(t *testing.T) {
		t.Parallel()
		for _, origin := range []string{"https://evil.example", "null", app + ".evil.example", "http://app.example.com"} {
			a := s.post(t, `{"message":"a"}`, "Origin", origin, "Sec-Fetch-Site", "cross-site", "Authorization", "Bearer alex")
			if a.fault(t); a.status != http.StatusForbidden || a.header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s got %d %v", origin, a.status, a.header)
			}
			a = s.do(t, http.MethodGet, "/health", "", "Origin", origin)
			if a.status != http.StatusOK || a.header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s reading got %d %v", origin, a.status, a.header)
			}
		}
	})
	t.Run("own pages", func(t *testing.T) {
		t.Parallel()
		if a := s.post(t, `{"message":"a"}`, "Origin", s.URL(), "Authorization", "Bearer alex"); a.status != http.StatusOK {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
}

func TestProbes(t *testing.T) {
	t.Parallel()
	failing := health.New(nil,
		health.Check{Name: "database", Required: true, Run: func(context.Context) (string, error) { return "", errInternal }},
		health.Check{Name: "rag", Run: func(context.Context) (string, error) { return "reachable", nil }})
	well := start(t, Options{}, nil)
	ill := start(t, Options{Health: failing, MemoryCeiling: 1}, nil)
	for _, c := range []struct {
		s          *running
		path       string
		status     int
		wantStatus string
	}{
		{well, "/health", 200, "healthy"},
		{well, "/ready", 200, "ready"},
		{well, "/live", 200, "alive"},
		{ill, "/health", 503, "unhealthy"},
		{ill, "/ready", 503, "not_ready"},
		{ill, "/live", 503, "over_memory_limit"},
	} {
		a := c.s.do(t, http.MethodGet, c.path, "")
		var body struct{ Status, Service, Version, Reason string }
		mustDecode(t, a.body, &body)
		if a.status != c.status || body.Status != c.wantStatus || body.Service != "test" || body.Version != "1.2.3" {
			t.Errorf("%s: got %d %s", c.path, a.status, a.body)
		}
		if strings.Contains(a.body, "hunter2") || (a.status == 503) != (a.header.Get("Retry-After") != "") {
			t.Errorf("%s: got %v %s", c.path, a.header, a.body)
		}
		if c.path == "/health" && c.status == 503 && body.Reason != "database: not available" {
			t.Errorf("the reason is %q", body.Reason)
		}
		if head := c.s.do(t, http.MethodHead, c.path, ""); head.status != c.status || head.body != "" {
			t.Errorf("HEAD %s: got %d %q", c.path, head.status, head.body)
		}
	}
	var live map[string]any
	mustDecode(t, well.do(t, http.MethodGet, "/live", "").body, &live)
	for _, name := range []string{"memory_usage_mb", "cpu_percent", "goroutines", "open_files", "uptime_seconds"} {
		if v, ok := live[name].(float64); !ok || v < 0 || (name == "memory_usage_mb" && v < 1) {
			t.Errorf("%s is %v", name, live[name])
		}
	}
}

func TestStreamsOutliveTheWriteTimeout(t *testing.T) {
	t.Parallel()
	const timeout = 200 * time.Millisecond
	gone := make(chan error, 1)
	s := start(t, Options{Timeouts: Timeouts{Write: timeout}}, func(s *Server) {
		s.Handle("GET /stream", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			control := http.NewResponseController(w)
			for i := range 6 { // three times the timeout
				time.Sleep(timeout / 2)
				fmt.Fprintf(w, "data: %d\n\n", i)
				if err := control.Flush(); err != nil {
					t.Errorf("flush: %v", err)
				}
			}
		}))
		s.Handle("GET /late", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(2 * timeout)
			_, _ = io.WriteString(w, "late")
		}))
		s.Handle("GET /flood", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			chunk := make([]byte, 64<<10)
			for {
				if _, err := w.Write(chunk); err != nil {
					gone <- err
					return
				}
			}
		}))
	})
	t.Run("read slowly", func(t *testing.T) {
		t.Parallel()
		if a := s.do(t, http.MethodGet, "/stream", ""); !strings.HasSuffix(a.body, "data: 5\n\n") {
			t.Errorf("the stream was cut: %q", a.body)
		}
	})
	t.Run("answered late", func(t *testing.T) {
		t.Parallel()
		if a := s.do(t, http.MethodGet, "/late", ""); a.body != "late" {
			t.Errorf("got %d %q", a.status, a.body)
		}
	})
	t.Run("not read at all", func(t *testing.T) {
		t.Parallel()
		c := s.dial(t)
		if _, err := io.WriteString(c, "GET /flood HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		select {
		case <-gone:
		case <-time.After(10 * time.Second):
			t.Error("a client that doesn't read holds its handler for ever")
		}
	})
}

func TestEventsArriveWhenFlushed(t *testing.T) {
	t.Parallel()
	next := make(chan struct{})
	s := start(t, Options{}, func(s *Server) {
		huma.Register(s.API(), huma.Operation{OperationID: "events", Method: http.MethodGet, Path: "/api/v1/events"},
			func(context.Context, *struct{}) (*huma.StreamResponse, error) {
				return &huma.StreamResponse{Body: func(hc huma.Context) {
					hc.SetHeader("Content-Type", "text/event-stream")
					for i := range 3 {
						fmt.Fprintf(hc.BodyWriter(), "data: %d\n\n", i)
						if err := http.NewResponseController(hc.BodyWriter().(http.ResponseWriter)).Flush(); err != nil {
							t.Errorf("flush: %v", err)
						}
						<-next
					}
				}}, nil
			})
	})
	response, err := s.client.Get(s.URL() + "/api/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	for i := range 3 {
		lines.Scan()
		if want := fmt.Sprintf("data: %d", i); lines.Text() != want {
			t.Errorf("got %q, want %q", lines.Text(), want)
		}
		lines.Scan()
		next <- struct{}{} // only after the event was read is the next one made
	}
}

func TestAClientWhoLeftIsNoFailure(t *testing.T) {
	t.Parallel()
	entered := make(chan struct{})
	s := start(t, Options{}, func(s *Server) {
		huma.Register(s.API(), huma.Operation{OperationID: "wait", Method: http.MethodGet, Path: "/api/v1/wait"},
			func(ctx context.Context, _ *struct{}) (*echoOutput, error) {
				close(entered)
				<-ctx.Done()
				return nil, fmt.Errorf("load: %w", ctx.Err())
			})
	})
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+"/api/v1/wait", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Request-ID", "left")
	go func() {
		<-entered
		cancel()
	}()
	if _, err := s.client.Do(r); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	line := s.logs.access(t, "left")
	if line["status"] != 499.0 || line["level"] != "INFO" || line["error_type"] != nil {
		t.Errorf("logged as %v", line)
	}
}

func TestAPanicInAStreamCutsIt(t *testing.T) {
	t.Parallel()
	s := start(t, Options{}, func(s *Server) {
		s.Handle("GET /broken", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
			panic("hunter2")
		}))
	})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/broken", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Request-ID", "broken")
	response, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, err := io.ReadAll(response.Body); err == nil || strings.Contains(string(text), "hunter2") {
		t.Errorf("a half answer looks whole: %q, %v", text, err)
	}
	line := s.logs.access(t, "broken")
	if line["level"] != "ERROR" || line["error_type"] != "InternalError" || !strings.Contains(fmt.Sprint(line["stack"]), "edge_test.go") {
		t.Errorf("logged as %v", line)
	}
	s.mustServe(t)
}

func TestAnErrorIsNotAppendedToAnAnswer(t *testing.T) {
	t.Parallel()
	s := start(t, Options{}, func(s *Server) {
		s.Handle("GET /half", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "half")
			WriteError(w, r, errInternal)
		}))
	})
	if a := s.do(t, http.MethodGet, "/half", "", "X-Request-ID", "half"); a.body != "half" {
		t.Errorf("got %q", a.body)
	}
	if line := s.logs.access(t, "half"); line["level"] != "ERROR" || line["error_type"] != "InternalError" {
		t.Errorf("logged as %v", line)
	}
}

func TestServerComplaintsAreLogged(t *testing.T) {
	t.Parallel()
	logs := &logBuffer{}
	complain := newServerLog(telemetry.NewLogger(logs, telemetry.LogOptions{}))
	complain.Print("http: TLS handshake error from 192.0.2.1:1: EOF")
	if logs.String() != "" {
		t.Errorf("a broken handshake is logged: %s", logs)
	}
	complain.Print("http: Accept error: too many open files; retrying in 5ms\n")
	if line := logs.String(); !strings.Contains(line, `"level":"WARNING"`) || !strings.Contains(line, "too many open files; retrying in 5ms\"") {
		t.Errorf("got %s", line)
	}
}

func TestAStreamThatEndsInAnErrorIsLoggedSo(t *testing.T) {
	t.Parallel()
	s := start(t, Options{}, func(s *Server) {
		s.Handle("GET /events", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "data: sorry\n\n")
			Fail(r.Context(), fault.New(fault.Timeout, "too slow").WithCause(errInternal))
		}))
	})
	s.do(t, http.MethodGet, "/events", "", "X-Request-ID", "sorry")
	line := s.logs.access(t, "sorry")
	if line["status"] != 200.0 || line["level"] != "WARNING" || line["error_type"] != "TimeoutError" || line["error"] == nil {
		t.Errorf("logged as %v", line)
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	s := start(t, Options{}, nil)
	a := s.do(t, http.MethodGet, "/openapi.json", "")
	var doc struct {
		OpenAPI    string
		Paths      map[string]map[string]json.RawMessage
		Components struct {
			Schemas map[string]struct{ Properties map[string]any }
		}
	}
	mustDecode(t, a.body, &doc)
	if a.status != 200 || !strings.HasPrefix(doc.OpenAPI, "3.1") || a.header.Get("Content-Type") != "application/json" {
		t.Errorf("got %d, version %q, %s", a.status, doc.OpenAPI, a.header.Get("Content-Type"))
	}
	for path, method := range map[string]string{"/api/v1/echo": "post", "/health": "get", "/ready": "get", "/live": "get"} {
		if doc.Paths[path][method] == nil {
			t.Errorf("%s %s is not documented", method, path)
		}
	}
	var names []string
	for name := range doc.Components.Schemas["ErrorBody"].Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	if diff := cmp.Diff([]string{"detail", "error", "reason", "request_id", "timestamp"}, names); diff != "" {
		t.Error(diff)
	}
	for _, unwanted := range []string{"$schema", "problem+json", "ErrorModel"} {
		if strings.Contains(a.body, unwanted) {
			t.Errorf("%s is in the document", unwanted)
		}
	}
}

func TestDocsPageLoadsNothing(t *testing.T) {
	t.Parallel()
	s := start(t, Options{}, nil)
	a := s.do(t, http.MethodGet, "/docs", "")
	if a.status != 200 || a.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("got %d %s", a.status, a.header.Get("Content-Type"))
	}
	_, style, _ := strings.Cut(a.body, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	if policy := a.header.Get("Content-Security-Policy"); !strings.Contains(policy, base64.StdEncoding.EncodeToString(sum[:])) {
		t.Errorf("the policy %q forbids the page's own style", policy)
	}
	for _, want := range []string{"/api/v1/echo", "Says it again", "at least 1; at most 5; default 3", "message", "color-scheme", "operator", "request_id"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	for _, unwanted := range []string{"<script", "src=", "@import", "url(", "<link", "http://", "https://", "ZgotmplZ"} {
		if strings.Contains(a.body, unwanted) {
			t.Errorf("%q is on the page", unwanted)
		}
	}
}
