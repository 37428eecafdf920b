package telemetry

import (
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/procfs"
)

// NewRegistry returns a service's metrics registry, which already holds what
// can be said of any process.
func NewRegistry(version, commit string) *prometheus.Registry {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	f := promauto.With(reg)
	f.NewGaugeVec(prometheus.GaugeOpts{Name: "build_info", Help: "Always 1; the labels say what runs."},
		[]string{"version", "commit"}).WithLabelValues(version, commit).Set(1)
	started := time.Now()
	f.NewGaugeFunc(prometheus.GaugeOpts{Name: "service_uptime_seconds", Help: "Time since the service started."},
		func() float64 { return time.Since(started).Seconds() })
	f.NewGaugeFunc(prometheus.GaugeOpts{Name: "process_memory_bytes", Help: "Resident memory; 0 where the system doesn't tell."},
		func() float64 { return float64(ResidentMemory()) })
	cpu := &CPUMeter{}
	f.NewGaugeFunc(prometheus.GaugeOpts{Name: "process_cpu_percent", Help: "Processor use since the last scrape, 100 being one core."},
		cpu.Percent)
	return reg
}

// ResidentMemory returns the bytes of memory that this process occupies, or 0
// where the system doesn't tell.
func ResidentMemory() uint64 {
	stat, ok := processStat()
	if !ok {
		return 0
	}
	return uint64(stat.ResidentMemory())
}

// OpenFiles returns the number of open file descriptors, or -1 where the system
// doesn't tell.
func OpenFiles() int {
	p, err := procfs.NewProc(os.Getpid())
	if err != nil {
		return -1
	}
	n, err := p.FileDescriptorsLen()
	if err != nil {
		return -1
	}
	return n
}

func processStat() (procfs.ProcStat, bool) {
	p, err := procfs.NewProc(os.Getpid())
	if err != nil {
		return procfs.ProcStat{}, false
	}
	stat, err := p.Stat()
	return stat, err == nil
}

// minCPUInterval keeps two readings in quick succession from dividing by
// nearly nothing: the kernel counts in hundredths of a second.
const minCPUInterval = 500 * time.Millisecond

// CPUMeter measures the processor use between two readings. Its zero value is
// ready; it is safe for concurrent use.
type CPUMeter struct {
	mu      sync.Mutex
	at      time.Time
	seconds float64
	percent float64
}

// Percent returns the processor use since the last reading, 100 being one core.
func (m *CPUMeter) Percent() float64 {
	stat, ok := processStat()
	if !ok {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now, seconds := time.Now(), stat.CPUTime()
	if elapsed := now.Sub(m.at); !m.at.IsZero() && elapsed >= minCPUInterval {
		m.percent = 100 * (seconds - m.seconds) / elapsed.Seconds()
	} else if !m.at.IsZero() {
		return m.percent
	}
	m.at, m.seconds = now, seconds
	return m.percent
}
