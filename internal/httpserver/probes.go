package httpserver

import (
	"context"
	"net/http"
	"runtime"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/health"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/telemetry"
)

// probe says whether a route is asked every few seconds by machines.
func probe(route string) bool {
	return route == "/health" || route == "/ready" || route == "/live" || route == "/metrics"
}

type healthBody struct {
	Status    string  `json:"status" enum:"healthy,unhealthy"`
	Service   string  `json:"service"`
	Version   string  `json:"version"`
	Reason    string  `json:"reason,omitempty" doc:"Why the service can't do its job"`
	Timestamp float64 `json:"timestamp" doc:"Unix seconds"`
}

type readyBody struct {
	Status    string                   `json:"status" enum:"ready,degraded,not_ready,draining"`
	Service   string                   `json:"service"`
	Version   string                   `json:"version"`
	Checks    map[string]health.Result `json:"checks" doc:"Every dependency and its state"`
	Timestamp float64                  `json:"timestamp" doc:"Unix seconds"`
}

type liveBody struct {
	Status        string  `json:"status" enum:"alive,over_memory_limit"`
	Service       string  `json:"service"`
	Version       string  `json:"version"`
	MemoryUsageMB float64 `json:"memory_usage_mb" doc:"Resident memory in MiB"`
	CPUPercent    float64 `json:"cpu_percent" doc:"Since the last reading; 100 is one core"`
	Goroutines    int     `json:"goroutines"`
	OpenFiles     int     `json:"open_files" doc:"-1 where the system doesn't tell"`
	UptimeSeconds float64 `json:"uptime_seconds"`
	Timestamp     float64 `json:"timestamp" doc:"Unix seconds"`
}

// probeOutput lets a probe choose its status.
type probeOutput[T any] struct {
	Status     int
	RetryAfter string `header:"Retry-After"`
	Body       T
}

func probed[T any](ok bool, body T) *probeOutput[T] {
	if ok {
		return &probeOutput[T]{Status: http.StatusOK, Body: body}
	}
	return &probeOutput[T]{Status: http.StatusServiceUnavailable, RetryAfter: "5", Body: body}
}

func (s *Server) registerProbes() {
	started := time.Now()
	cpu := &telemetry.CPUMeter{}
	cpu.Percent() // the first reading is what later ones are compared with
	op := func(path, id, summary string) huma.Operation {
		return huma.Operation{Method: http.MethodGet, Path: path, OperationID: id, Summary: summary, Tags: []string{"Operations"}}
	}
	huma.Register(s.api, op("/health", "health", "Whether the service can do its job"), s.health)
	huma.Register(s.api, op("/ready", "ready", "Whether requests should be sent here, with every dependency's state"), s.ready)
	huma.Register(s.api, op("/live", "live", "Whether the process is well, with its resources"),
		func(context.Context, *struct{}) (*probeOutput[liveBody], error) { return s.live(started, cpu), nil })
	s.mux.Handle("GET /metrics", promhttp.HandlerFor(s.o.Registry, promhttp.HandlerOpts{}))
}

func now() float64 { return float64(time.Now().UnixMilli()) / 1000 }

func (s *Server) health(ctx context.Context, _ *struct{}) (*probeOutput[healthBody], error) {
	reason := s.o.Health.Report(ctx).Reason()
	body := healthBody{Status: "healthy", Service: s.o.Service, Version: s.o.Version, Reason: reason, Timestamp: now()}
	if reason != "" {
		body.Status = "unhealthy"
	}
	return probed(reason == "", body), nil
}

func (s *Server) ready(ctx context.Context, _ *struct{}) (*probeOutput[readyBody], error) {
	r := s.o.Health.Report(ctx)
	body := readyBody{Status: "ready", Service: s.o.Service, Version: s.o.Version, Checks: r.Checks, Timestamp: now()}
	switch {
	case r.Draining:
		body.Status = "draining"
	case !r.Ready():
		body.Status = "not_ready"
	case r.Degraded():
		body.Status = "degraded"
	}
	return probed(r.Ready(), body), nil
}

func (s *Server) live(started time.Time, cpu *telemetry.CPUMeter) *probeOutput[liveBody] {
	memory := telemetry.ResidentMemory()
	body := liveBody{
		Status: "alive", Service: s.o.Service, Version: s.o.Version,
		MemoryUsageMB: float64(memory>>10) / 1024, CPUPercent: cpu.Percent(),
		Goroutines: runtime.NumGoroutine(), OpenFiles: telemetry.OpenFiles(),
		UptimeSeconds: time.Since(started).Seconds(), Timestamp: now(),
	}
	well := s.o.MemoryCeiling == 0 || memory <= s.o.MemoryCeiling
	if !well {
		body.Status = "over_memory_limit"
	}
	return probed(well, body)
}
