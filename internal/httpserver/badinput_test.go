package httpserver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// TestBadInput sends what clients should not, and wants the contract's error and
// a server that serves on.
func TestBadInput(t *testing.T) {
	t.Parallel()
	s := start(t, Options{}, nil)
	const echo, list = "POST /api/v1/echo", "GET /api/v1/things/x"
	for name, c := range map[string]struct {
		route, query, body string
		headers            []string
		status             int
		class              fault.Class
		detail             string // part of it
	}{
		"cut JSON":             {route: echo, body: `{"message":`, status: 400, detail: "malformed JSON at byte 11"},
		"no JSON":              {route: echo, body: `hello`, status: 400, detail: "malformed JSON at byte 1"},
		"two values":           {route: echo, body: `{"message":"a"}{"message":"b"}`, status: 400, detail: "malformed JSON"},
		"trailing text":        {route: echo, body: `{"message":"a"} x`, status: 400, detail: "malformed JSON"},
		"raw control":          {route: echo, body: "{\"message\":\"a\x01b\"}", status: 400, detail: "malformed JSON"},
		"NUL escape":           {route: echo, body: `{"message":"a\u0000b"}`, status: 400, detail: "NUL"},
		"NUL in a name":        {route: echo, body: `{"message":"a","context":{"\u0000":1}}`, status: 400, detail: "NUL"},
		"broken UTF-8":         {route: echo, body: "{\"message\":\"\xff\xfe\"}", status: 400, detail: "not valid UTF-8"},
		"UTF-16":               {route: echo, body: "\xff\xfe{\x00}\x00", status: 400, detail: "not valid UTF-8"},
		"name twice":           {route: echo, body: `{"message":"a","message":"b"}`, status: 400, detail: "twice"},
		"name in another case": {route: echo, body: `{"message":"a","Message":"` + strings.Repeat("b", 2000) + `"}`, status: 400, detail: "twice"},
		"name escaped":         {route: echo, body: `{"message":"a","m\u0065ssage":"b"}`, status: 400, detail: "twice"},
		"deep nesting":         {route: echo, body: `{"message":"a","context":` + strings.Repeat(`{"a":`, 100) + `1` + strings.Repeat(`}`, 100) + `}`, status: 400, detail: "nested deeper"},
		"very deep nesting":    {route: echo, body: strings.Repeat(`[`, 30000), status: 400, detail: "malformed JSON"},
		"no body":              {route: echo, status: 400, detail: "body is required"},
		"null":                 {route: echo, body: `null`, status: 422, detail: "the body must be an object"},
		"an array":             {route: echo, body: `[]`, status: 422, detail: "the body must be an object"},
		"a string":             {route: echo, body: `"x"`, status: 422, detail: "the body must be an object"},
		"missing field":        {route: echo, body: `{}`, status: 422, detail: "message is required"},
		"empty message":        {route: echo, body: `{"message":""}`, status: 422, detail: "message must not be empty"},
		"huge message":         {route: echo, body: `{"message":"` + strings.Repeat("é", 2000) + `"}`, status: 422, detail: "message must have at most 1000 characters"},
		"wrong type":           {route: echo, body: `{"message":5}`, status: 422, detail: "message must be a string"},
		"wrong types":          {route: echo, body: `{"message":[],"limit":"x","kind":"c"}`, status: 422, detail: "kind must be one of: a, b; limit must be a whole number; message must be a string"},
		"out of range":         {route: echo, body: `{"message":"a","limit":51}`, status: 422, detail: "limit must be at most 50"},
		"number overflow":      {route: echo, body: `{"message":"a","limit":1e400}`, status: 400},
		"fraction":             {route: echo, body: `{"message":"a","limit":1.5}`, status: 422, detail: "limit must be a whole number"},
		"nested field":         {route: echo, body: `{"message":"a","items":[{"name":"x"},{}]}`, status: 422, detail: "items[1].name is required"},
		"too many items":       {route: echo, body: `{"message":"a","items":[{"name":"x"},{"name":"x"},{"name":"x"}]}`, status: 422, detail: "items must have at most 2 items"},
		"form":                 {route: echo, body: `message=a`, headers: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 415, detail: "application/json"},
		"no content type":      {route: echo, body: `{"message":"a"}`, headers: []string{"Content-Type", ""}, status: 415},
		"broken content type":  {route: echo, body: `{"message":"a"}`, headers: []string{"Content-Type", "application/json; ="}, status: 415},
		"other charset":        {route: echo, body: `{"message":"a"}`, headers: []string{"Content-Type", "application/json; charset=latin1"}, status: 415},
		"multipart":            {route: echo, body: `--x`, headers: []string{"Content-Type", "multipart/form-data; boundary=x"}, status: 415},
		"large body":           {route: echo, body: `{"message":"` + strings.Repeat("a", 70<<10) + `"}`, status: 413, detail: "smaller than 65536 bytes"},
		"bad query":            {route: list, query: "?limit=x", status: 422, detail: "limit must be a whole number"},
		"query out of range":   {route: list, query: "?limit=9", status: 422, detail: "limit must be at most 5"},
		"bad flag":             {route: list, query: "?flag=perhaps", status: 422, detail: "flag must be true or false"},
		"NUL in the query":     {route: list, query: "?limit=%00", status: 400, detail: "URL"},
		"bytes in the query":   {route: list, query: "?q=%ff", status: 400, detail: "URL"},
		"broken escape":        {route: list, query: "?q=%zz", status: 400, detail: "URL"},
		"bytes in the path":    {route: "GET /api/v1/things/%ff", status: 400, detail: "URL"},
		"long path parameter":  {route: "GET /api/v1/things/12345678901", status: 422, detail: "id must have at most 10 characters"},
		"long URL":             {route: list, query: "?q=" + strings.Repeat("a", 9000), status: 414, detail: "longer"},
		"large headers":        {route: list, headers: []string{"X-Large", strings.Repeat("a", 40<<10)}, status: 431, detail: "headers"},
		"unknown route":        {route: "GET /api/v2/echo", status: 404, class: fault.NotFound},
		"unknown root":         {route: "GET /", status: 404, class: fault.NotFound},
		"wrong method":         {route: "DELETE /api/v1/echo", status: 405, detail: "POST"},
		"invented method":      {route: "BREW /api/v1/echo", status: 405, detail: "POST"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			method, path, _ := strings.Cut(c.route, " ")
			headers := append([]string{"Content-Type", "application/json"}, c.headers...)
			a := s.do(t, method, path+c.query, c.body, headers...)
			body := a.fault(t)
			if c.class == "" {
				c.class = fault.Validation
			}
			if a.status != c.status || body.Class != c.class || !strings.Contains(body.Detail, c.detail) {
				t.Errorf("got %d %s %q, want %d %s with %q", a.status, body.Class, body.Detail, c.status, c.class, c.detail)
			}
			if len(body.Detail) > 300 {
				t.Errorf("the detail echoes the input: %d bytes", len(body.Detail))
			}
			if a.status == http.StatusMethodNotAllowed && a.header.Get("Allow") != "POST" {
				t.Errorf("Allow is %q", a.header.Get("Allow"))
			}
			s.mustServe(t)
		})
	}
}

func TestGoodInput(t *testing.T) {
	t.Parallel()
	s := start(t, Options{}, nil)
	for name, c := range map[string]struct{ contentType, body, want string }{
		"plain":              {"application/json", `{"message":"hello"}`, "hello"},
		"charset":            {"application/json; charset=UTF-8", `{"message":"hello"}`, "hello"},
		"more than we know":  {"application/json", `{"message":"hello","new_field":{"message":1}}`, "hello"},
		"same name nested":   {"application/json", `{"context":{"message":1,"a":[{"message":2},{"message":3}]},"message":"hello"}`, "hello"},
		"escapes":            {"application/json", `{"message":"a\"b\\u0000 \u00e9\ud83d\ude00"}`, `a"b\u0000 é😀`},
		"surrounding spaces": {"application/json", " \n{\"message\": \"hello\"}\n", "hello"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := s.do(t, http.MethodPost, "/api/v1/echo", c.body, "Content-Type", c.contentType)
			var got echoOutput
			mustDecode(t, a.body, &got.Body)
			if a.status != http.StatusOK || got.Body.Message != c.want {
				t.Errorf("got %d %s, want the message %q", a.status, a.body, c.want)
			}
		})
	}
}

func TestHandlersErrors(t *testing.T) {
	t.Parallel()
	s := start(t, Options{}, nil)
	for message, want := range map[string]struct {
		status     int
		class      fault.Class
		detail     string
		retryAfter string
	}{
		"internal": {500, fault.Internal, "internal error", ""},
		"panic":    {500, fault.Internal, "internal error", ""},
		"missing":  {404, fault.NotFound, "no such thing", ""},
		"database": {503, fault.Connection, "the database is not available", "5"},
		"limit":    {429, fault.RateLimit, "slow down", "2"},
		"late":     {504, fault.Timeout, "the request took too long", ""},
		"huma":     {409, fault.Conflict, "it exists already", ""},
		"huma500":  {500, fault.Internal, "internal error", ""},
	} {
		t.Run(message, func(t *testing.T) {
			t.Parallel()
			a := s.post(t, `{"message":"`+message+`"}`)
			body := a.fault(t)
			if a.status != want.status || body.Class != want.class || body.Detail != want.detail {
				t.Errorf("got %d %s %q, want %+v", a.status, body.Class, body.Detail, want)
			}
			if got := a.header.Get("Retry-After"); got != want.retryAfter {
				t.Errorf("Retry-After is %q, want %q", got, want.retryAfter)
			}
			line := s.logs.access(t, body.RequestID)
			if line["error_type"] != string(want.class) || line["route"] != "/api/v1/echo" || line["status"] != float64(want.status) {
				t.Errorf("logged as %v", line)
			}
			if want.status == 500 && (line["level"] != "ERROR" || !strings.Contains(fmt.Sprint(line["error"]), "hunter2")) {
				t.Errorf("the cause is not in the ERROR line %v", line)
			}
			s.mustServe(t)
		})
	}
}

// countingReader counts what a server takes of an endless body.
type countingReader struct{ n atomic.Int64 }

func (r *countingReader) Read(p []byte) (int, error) {
	r.n.Add(int64(len(p)))
	return copy(p, strings.Repeat("a", len(p))), nil
}

func TestTenMegabytesAreNotRead(t *testing.T) {
	t.Parallel()
	s := start(t, Options{}, nil)
	for name, length := range map[string]int64{"announced": 10 << 20, "chunked": -1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := &countingReader{}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/api/v1/echo", io.LimitReader(body, 10<<20))
			if err != nil {
				t.Fatal(err)
			}
			r.ContentLength = length
			r.Header.Set("Content-Type", "application/json")
			response, err := s.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			text, _ := io.ReadAll(response.Body)
			a := answer{response.StatusCode, response.Header, string(text), response.Close}
			if a.fault(t); a.status != http.StatusRequestEntityTooLarge {
				t.Errorf("got %d %s", a.status, a.body)
			}
			s.mustServe(t)
		})
	}
}

// dial opens a plain connection, for requests that no HTTP client would send.
func (r *running) dial(t *testing.T) net.Conn {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", r.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

func readAnswer(t *testing.T, c net.Conn) answer {
	t.Helper()
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
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

const halfRequest = "POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"message\":"

func TestABodyThatNeverComesIs408(t *testing.T) {
	t.Parallel()
	s := start(t, Options{}, nil)
	c := s.dial(t)
	if _, err := io.WriteString(c, halfRequest); err != nil {
		t.Fatal(err)
	}
	a := readAnswer(t, c)
	if body := a.fault(t); a.status != http.StatusRequestTimeout || body.Class != fault.Timeout {
		t.Errorf("got %d %s", a.status, a.body)
	}
	if n, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the connection is still open: %d, %v", n, err)
	}
	s.mustServe(t)
}

func TestAHalfOpenBodyIs400(t *testing.T) {
	t.Parallel()
	s := start(t, Options{}, nil)
	c := s.dial(t)
	if _, err := io.WriteString(c, halfRequest); err != nil {
		t.Fatal(err)
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if a := readAnswer(t, c); a.status != http.StatusBadRequest || a.fault(t).Detail != "the body ended too early" {
		t.Errorf("got %d %s", a.status, a.body)
	}
	s.mustServe(t)
}

// TestABodyThatNobodyReads holds no goroutine: no handler reads the body of a
// GET, but the server does before it takes the connection's next request.
func TestABodyThatNobodyReads(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Timeouts: Timeouts{Read: 100 * time.Millisecond}}, nil)
	for _, request := range []string{
		"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
		"GET /unknown HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
	} {
		c := s.dial(t)
		if _, err := io.WriteString(c, request); err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(c); err != nil || !strings.HasPrefix(string(text), "HTTP/1.1 ") {
			t.Errorf("got %q, %v, want an answer and the end", text, err)
		}
	}
	s.mustServe(t)
}

// TestALongPageOutlivesItsUpload is TestATurnOutlivesItsUpload for a handler that
// reads the body itself.
func TestALongPageOutlivesItsUpload(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Timeouts: Timeouts{Read: 50 * time.Millisecond}}, func(s *Server) {
		s.Handle("POST /page", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			select {
			case <-r.Context().Done():
				WriteError(w, r, r.Context().Err())
			case <-time.After(200 * time.Millisecond):
				w.WriteHeader(http.StatusNoContent)
			}
		}))
	})
	if a := s.do(t, http.MethodPost, "/page", "hello"); a.status != http.StatusNoContent {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

func TestHeadersThatNeverEndCloseTheConnection(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Timeouts: Timeouts{ReadHeader: 100 * time.Millisecond}}, nil)
	c := s.dial(t)
	if _, err := io.WriteString(c, "GET /health HTTP/1.1\r\nHost: x\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(c); err != nil { // to its end: closed by the server
		t.Errorf("the connection was not closed: %v", err)
	}
	s.mustServe(t)
}

func TestGarbageIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t, Options{}, nil)
	for _, garbage := range []string{
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
		"POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
		"POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n",
		"GET /health HTTP/1.1\r\nHost: x\r\nX-Large: " + strings.Repeat("a", 200<<10) + "\r\n\r\n",
	} {
		c := s.dial(t)
		// What is refused early may be closed before it is written to its end.
		_, _ = io.WriteString(c, garbage)
		response, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			continue // closed without a word is fine too
		}
		response.Body.Close()
		if response.StatusCode < 400 || response.StatusCode >= 600 {
			t.Errorf("%.40q got %d", garbage, response.StatusCode)
		}
	}
	s.mustServe(t)
}

// TestATurnOutlivesItsUpload guards against a deadline for the body that is left
// on the connection: the server would then take the client for gone.
func TestATurnOutlivesItsUpload(t *testing.T) {
	t.Parallel()
	var cancelled atomic.Bool
	s := start(t, Options{}, func(s *Server) {
		huma.Register(s.API(), huma.Operation{
			OperationID: "slow", Method: http.MethodPost, Path: "/api/v1/slow", BodyReadTimeout: 50 * time.Millisecond,
		}, func(ctx context.Context, _ *echoInput) (*echoOutput, error) {
			select {
			case <-ctx.Done():
				cancelled.Store(true)
			case <-time.After(300 * time.Millisecond):
			}
			return &echoOutput{}, nil
		})
	})
	a := s.do(t, http.MethodPost, "/api/v1/slow", `{"message":"a"}`, "Content-Type", "application/json")
	if a.status != http.StatusOK || cancelled.Load() {
		t.Errorf("got %d, cancelled %v", a.status, cancelled.Load())
	}
}
