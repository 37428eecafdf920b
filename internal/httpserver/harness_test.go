package httpserver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/auth"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/telemetry"
)

// logBuffer is a log that a test can read while the server writes.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// access returns the access line of a request once it is written, which is after
// its answer.
func (b *logBuffer) access(t *testing.T, requestID string) map[string]any {
	t.Helper()
	var found map[string]any
	eventually(t, "the access line of "+requestID, func() bool {
		for line := range strings.Lines(b.String()) {
			var fields map[string]any
			if err := json.Unmarshal([]byte(line), &fields); err != nil {
				t.Fatalf("log line %q: %v", line, err)
			}
			message, _ := fields["message"].(string)
			if fields["request_id"] == requestID && strings.HasPrefix(message, "request") {
				found = fields
				return true
			}
		}
		return false
	})
	return found
}

// eventually waits for what another goroutine does soon.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// running is a server that serves.
type running struct {
	*Server
	logs   *logBuffer
	client *http.Client
}

// start runs a server on a free port until the test ends. It has the operations
// of registerTestOperations and those of register.
func start(t *testing.T, opts Options, register func(*Server)) *running {
	t.Helper()
	r := &running{logs: &logBuffer{}}
	opts.Service, opts.Version, opts.Addr = "test", "1.2.3", "127.0.0.1:0"
	opts.Log = telemetry.NewLogger(r.logs, telemetry.LogOptions{Service: "test", Version: "1.2.3", Level: slog.LevelDebug})
	var err error
	if r.Server, err = New(opts); err != nil {
		t.Fatal(err)
	}
	registerTestOperations(r.Server)
	if register != nil {
		register(r.Server)
	}
	if err := r.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- r.Serve() }()
	transport := &http.Transport{}
	r.client = &http.Client{Transport: transport}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := r.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return r
}

type echoInput struct {
	Body struct {
		Message string         `json:"message" minLength:"1" maxLength:"1000"`
		Limit   int            `json:"limit,omitempty" minimum:"1" maximum:"50"`
		Kind    string         `json:"kind,omitempty" enum:"a,b"`
		Items   []echoItem     `json:"items,omitempty" maxItems:"2"`
		Context map[string]any `json:"context,omitempty"`
	}
}

type echoItem struct {
	Name string `json:"name" minLength:"1"`
}

type echoOutput struct {
	Body struct {
		Message string `json:"message"`
		Subject string `json:"subject"`
	}
}

// errInternal is what nobody outside may read.
var errInternal = errors.New("SELECT * FROM accounts: password hunter2 refused")

// outcomes are what the echo operation does for certain messages.
var outcomes = map[string]func() error{
	"internal": func() error { return errInternal },
	"missing":  func() error { return fault.New(fault.NotFound, "no such thing").WithCause(errInternal) },
	"database": func() error {
		return fault.New(fault.Connection, "the database is not available").WithCause(errInternal)
	},
	"limit":   func() error { return fault.New(fault.RateLimit, "slow down").WithRetryAfter(1500 * time.Millisecond) },
	"late":    func() error { return context.DeadlineExceeded },
	"huma":    func() error { return huma.Error409Conflict("it exists already") },
	"huma500": func() error { return huma.Error500InternalServerError("secret detail", errInternal) },
}

func registerTestOperations(s *Server) {
	echo := func(ctx context.Context, in *echoInput) (*echoOutput, error) {
		if in.Body.Message == "panic" {
			panic("hunter2")
		}
		if fail := outcomes[in.Body.Message]; fail != nil {
			return nil, fail()
		}
		out := &echoOutput{}
		out.Body.Message, out.Body.Subject = in.Body.Message, auth.FromContext(ctx).Subject
		return out, nil
	}
	huma.Register(s.API(), huma.Operation{
		OperationID: "echo", Method: http.MethodPost, Path: "/api/v1/echo", Summary: "Says it again",
		MaxBodyBytes: 64 << 10, BodyReadTimeout: 300 * time.Millisecond, Security: CustomerAuth,
	}, echo)
	huma.Register(s.API(), huma.Operation{
		OperationID: "admin-echo", Method: http.MethodPost, Path: "/api/v1/admin/echo", Security: OperatorAuth,
	}, echo)
	huma.Register(s.API(), huma.Operation{OperationID: "list", Method: http.MethodGet, Path: "/api/v1/things/{id}"},
		func(context.Context, *struct {
			ID    string `path:"id" maxLength:"10"`
			Limit int    `query:"limit" minimum:"1" maximum:"5" default:"3"`
			Flag  bool   `query:"flag"`
		},
		) (*echoOutput, error) {
			return &echoOutput{}, nil
		})
}

// answer is a response, read to its end.
type answer struct {
	status int
	header http.Header
	body   string
	close  bool // the server asked to leave the connection
}

// fault reads the contract's error body and checks its form.
func (a answer) fault(t *testing.T) ErrorBody {
	t.Helper()
	var body ErrorBody
	decoder := json.NewDecoder(strings.NewReader(a.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&body); err != nil {
		t.Fatalf("status %d: no error body in %q: %v", a.status, a.body, err)
	}
	if got := a.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type is %q", got)
	}
	if body.RequestID == "" || body.RequestID != a.header.Get("X-Request-ID") {
		t.Errorf("request_id is %q, the header has %q", body.RequestID, a.header.Get("X-Request-ID"))
	}
	if age := time.Since(time.UnixMilli(int64(body.Timestamp * 1000))); age < -time.Minute || age > time.Minute {
		t.Errorf("timestamp %f is not now", body.Timestamp)
	}
	if strings.Contains(a.body, "hunter2") || strings.Contains(a.body, "SELECT") || strings.Contains(a.body, "goroutine") {
		t.Errorf("the body shows internals: %s", a.body)
	}
	return body
}

// do sends a request; headers are name, value pairs.
func (r *running) do(t *testing.T, method, path, body string, headers ...string) answer {
	t.Helper()
	var reader io.Reader = http.NoBody
	if body != "" {
		reader = strings.NewReader(body)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, r.URL()+path, reader)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := r.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text), response.Close}
}

// post sends a JSON body to the echo operation.
func (r *running) post(t *testing.T, body string, headers ...string) answer {
	t.Helper()
	return r.do(t, http.MethodPost, "/api/v1/echo", body, append([]string{"Content-Type", "application/json"}, headers...)...)
}

// mustServe checks that the server is well after what was done to it.
func (r *running) mustServe(t *testing.T) {
	t.Helper()
	if a := r.post(t, `{"message":"still here"}`); a.status != http.StatusOK {
		t.Errorf("the next request got %d %s", a.status, a.body)
	}
}

func mustDecode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
}
