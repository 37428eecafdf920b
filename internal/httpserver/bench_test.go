package httpserver

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/telemetry"
)

// BenchmarkStack is what the edge itself costs a request, log line included.
func BenchmarkStack(b *testing.B) {
	s, err := New(Options{
		Service: "bench", Addr: ":0", Auth: fakeAuth{},
		Log: telemetry.NewLogger(io.Discard, telemetry.LogOptions{Service: "bench"}),
	})
	if err != nil {
		b.Fatal(err)
	}
	registerTestOperations(s)
	s.Handle("GET /page", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	bench := func(name, method, path, body string) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(method, path, strings.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
				s.http.Handler.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
	bench("page", http.MethodGet, "/page", "")
	bench("operation", http.MethodPost, "/api/v1/echo", `{"message":"what is my balance?"}`)
}

// BenchmarkBare is the same operation without the edge, to compare.
func BenchmarkBare(b *testing.B) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /page", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	b.ReportAllocs()
	for b.Loop() {
		mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/page", http.NoBody))
	}
}

func BenchmarkCheckJSON(b *testing.B) {
	body := []byte(`{"message":"what is my balance?","session_id":"0b9f4111-1111-4111-8111-123456789abc","context":{"a":1,"b":"c"}}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if err := checkJSON(body); err != nil {
			b.Fatal(err)
		}
	}
}
