package telemetry

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"go.opentelemetry.io/otel/propagation"
)

func gathered(t *testing.T, registry prometheus.Gatherer) map[string]*dto.MetricFamily {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	byName := make(map[string]*dto.MetricFamily, len(families))
	for _, f := range families {
		byName[f.GetName()] = f
	}
	return byName
}

func TestRegistryHasTheFiguresOfEveryService(t *testing.T) {
	t.Parallel()
	families := gathered(t, NewRegistry("1.2.3", "abc"))
	for _, name := range []string{
		"build_info", "service_uptime_seconds", "process_memory_bytes", "process_cpu_percent",
		"go_goroutines", "process_resident_memory_bytes",
	} {
		if families[name] == nil {
			t.Errorf("%s is missing", name)
		}
	}
	var labels []string
	for _, l := range families["build_info"].Metric[0].Label {
		labels = append(labels, l.GetName()+"="+l.GetValue())
	}
	if want := []string{"commit=abc", "version=1.2.3"}; !slices.Equal(labels, want) {
		t.Errorf("build_info has %v, want %v", labels, want)
	}
	if got := families["process_memory_bytes"].Metric[0].GetGauge().GetValue(); got < 1<<20 || got > 1<<40 {
		t.Errorf("process_memory_bytes = %g is no memory of a Go program", got)
	}
}

func TestProcessFiguresAreAbsentWithoutProc(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	registry.MustRegister(&processCollector{process: &Process{fs: t.TempDir()}})
	if families := gathered(t, registry); len(families) != 0 {
		t.Errorf("got %v from nothing", families)
	}
}

// fakeProc makes a /proc of one process that has used ticks hundredths of a
// second of CPU and holds pages of memory.
func fakeProc(t *testing.T, dir, ticks, pages string) {
	t.Helper()
	self := filepath.Join(dir, "42")
	if err := os.MkdirAll(filepath.Join(self, "fd"), 0o700); err != nil {
		t.Fatal(err)
	}
	stat := "42 (swipesavvy) S 1 1 1 0 -1 4194304 0 0 0 0 " + ticks + " 0 0 0 20 0 5 0 0 1000000 " + pages +
		" 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
	for name, content := range map[string]string{
		filepath.Join(self, "stat"): stat, filepath.Join(dir, "stat"): "btime 946684800\n",
		filepath.Join(self, "fd", "0"): "", filepath.Join(self, "fd", "1"): "", filepath.Join(self, "fd", "2"): "",
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_ = os.Symlink("42", filepath.Join(dir, "self")) // there from the first call on
}

func TestCPUShareIsMeasuredBetweenReadings(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		p := &Process{fs: dir}
		fakeProc(t, dir, "0", "256")
		first, ok := p.Read()
		if !ok || first.OpenFiles != 3 || first.MemoryBytes != uint64(256*os.Getpagesize()) {
			t.Fatalf("got %+v, %v", first, ok)
		}
		fakeProc(t, dir, "300", "256") // 3 s of CPU in the next 2 s
		time.Sleep(500 * time.Millisecond)
		if again, _ := p.Read(); again != first {
			t.Errorf("a reading right after another is %+v, want the same %+v", again, first)
		}
		time.Sleep(1500 * time.Millisecond)
		if second, _ := p.Read(); second.CPUPercent != 150 {
			t.Errorf("CPU is %g %%, want 150", second.CPUPercent)
		}
	})
}

func TestTracingWithoutAnEndpointDoesNothing(t *testing.T) {
	t.Parallel()
	provider, shutdown, err := NewTracing(t.Context(), "s", "1", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, span := provider.Tracer("t").Start(t.Context(), "x"); span.IsRecording() {
		t.Error("spans are recorded for nobody")
	}
	if err := shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTracesAreSentAtShutdown(t *testing.T) {
	t.Parallel()
	paths := make(chan string, 1)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), "swipesavvy-test") {
			paths <- r.URL.Path
		}
	}))
	defer collector.Close()
	provider, shutdown, err := NewTracing(t.Context(), "swipesavvy-test", "1", collector.URL+"/")
	if err != nil {
		t.Fatal(err)
	}
	_, span := provider.Tracer("t").Start(t.Context(), "x")
	span.End()
	if err := shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := <-paths; got != "/v1/traces" {
		t.Errorf("sent to %s", got)
	}
}

func TestTransportPassesTheIDsOn(t *testing.T) {
	t.Parallel()
	const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	got := make(chan http.Header, 1)
	next := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Header }))
	defer next.Close()
	ctx := WithRequest(t.Context(), "req-7")
	ctx = Propagator.Extract(ctx, propagation.MapCarrier{"traceparent": traceparent})
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, next.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Client{Transport: NewTransport(nil)}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	h := <-got
	if h.Get("X-Request-ID") != "req-7" || h.Get("traceparent") != traceparent {
		t.Errorf("the next service got %v", h)
	}
	if len(r.Header) != 0 {
		t.Error("the caller's request was changed")
	}
}

func TestFieldsNeedARequest(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	SetSession(ctx, "s")
	SetUser(ctx, "u")
	if RequestID(ctx) != "" || TraceID(ctx) != "" {
		t.Error("ids out of nothing")
	}
}
