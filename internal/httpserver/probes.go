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

// isProbe says whether a route is asked every few seconds by machines.
func isProbe(route string) bool {
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
	OpenFiles     int     `json:"open_files" doc:"File descriptors, sockets among them"`
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
	started, process := time.Now(), telemetry.NewProcess()
	op := func(path, id, summary string) huma.Operation {
		return huma.Operation{
			Method: http.MethodGet, Path: path, OperationID: id, Summary: summary, Tags: []string{"Operations"},
			Description: "Answers 503, with the same body, when not.",
		}
	}
	huma.Register(s.api, op("/health", "health", "Whether the service can do its job"), s.health)
	huma.Register(s.api, op("/ready", "ready", "Whether requests should be sent here, with every dependency's state"), s.ready)
	huma.Register(s.api, op("/live", "live", "Whether the process is well, with its resources"),
		func(context.Context, *struct{}) (*probeOutput[liveBody], error) { return s.live(started, process), nil })
	s.mux.Handle("GET /metrics", promhttp.HandlerFor(s.opts.Registry, promhttp.HandlerOpts{EnableOpenMetrics: true}))
}

func now() float64 { return float64(time.Now().UnixMilli()) / 1000 }

func (s *Server) health(ctx context.Context, _ *struct{}) (*probeOutput[healthBody], error) {
	reason := s.opts.Health.Report(ctx).Reason()
	body := healthBody{Status: "healthy", Service: s.opts.Service, Version: s.opts.Version, Reason: reason, Timestamp: now()}
	if reason != "" {
		body.Status = "unhealthy"
	}
	return probed(reason == "", body), nil
}

func (s *Server) ready(ctx context.Context, _ *struct{}) (*probeOutput[readyBody], error) {
	r := s.opts.Health.Report(ctx)
	return probed(r.Ready(), readyBody{
		Status: r.Status(), Service: s.opts.Service, Version: s.opts.Version, Checks: r.Checks, Timestamp: now(),
	}), nil
}

// live tells what the process uses; it asks no dependency, for a restart cures
// only the process itself. Where the system doesn't tell, memory is what the Go
// runtime holds, and the other figures are 0.
func (s *Server) live(started time.Time, process *telemetry.Process) *probeOutput[liveBody] {
	usage, ok := process.Read()
	if !ok {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		usage.MemoryBytes = m.Sys - m.HeapReleased
	}
	body := liveBody{
		Status: "alive", Service: s.opts.Service, Version: s.opts.Version,
		MemoryUsageMB: float64(usage.MemoryBytes) / (1 << 20), CPUPercent: usage.CPUPercent,
		Goroutines: runtime.NumGoroutine(), OpenFiles: usage.OpenFiles,
		UptimeSeconds: time.Since(started).Seconds(), Timestamp: now(),
	}
	well := s.opts.MemoryCeiling == 0 || usage.MemoryBytes <= s.opts.MemoryCeiling
	if !well {
		body.Status = "over_memory_limit"
	}
	return probed(well, body)
}
