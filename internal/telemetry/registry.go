package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// NewRegistry returns a registry with the figures that every service exports:
// build_info{version,commit} (always 1), service_uptime_seconds,
// process_memory_bytes and process_cpu_percent (where the platform tells them,
// see Process), and the Go runtime's and the process's standard collectors.
// Services that share a process have a registry each.
func NewRegistry(version, commit string) *prometheus.Registry {
	started := time.Now()
	registry := prometheus.NewRegistry()
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "build_info",
		Help:        "Always 1; the labels say what runs.",
		ConstLabels: prometheus.Labels{"version": version, "commit": commit},
	})
	build.Set(1)
	registry.MustRegister(
		build,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "service_uptime_seconds",
			Help: "Seconds since the service started.",
		}, func() float64 { return time.Since(started).Seconds() }),
		&processCollector{process: NewProcess()},
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return registry
}

var (
	memoryDesc = prometheus.NewDesc("process_memory_bytes", "Resident memory of the process.", nil, nil)
	cpuDesc    = prometheus.NewDesc("process_cpu_percent", "CPU use since the last reading; 100 is one core.", nil, nil)
)

// processCollector exports Process; both metrics are absent where it knows nothing.
type processCollector struct{ process *Process }

func (c *processCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- memoryDesc
	ch <- cpuDesc
}

func (c *processCollector) Collect(ch chan<- prometheus.Metric) {
	usage, ok := c.process.Read()
	if !ok {
		return
	}
	ch <- prometheus.MustNewConstMetric(memoryDesc, prometheus.GaugeValue, float64(usage.MemoryBytes))
	ch <- prometheus.MustNewConstMetric(cpuDesc, prometheus.GaugeValue, usage.CPUPercent)
}
