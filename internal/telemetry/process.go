package telemetry

import (
	"sync"
	"time"

	"github.com/prometheus/procfs"
)

// Usage is what the operating system says of this process.
type Usage struct {
	MemoryBytes uint64  // resident set
	CPUPercent  float64 // since the last reading; 100 is one core kept busy
	OpenFiles   int     // file descriptors, sockets among them
}

// Process reads the usage of this process from /proc. It is safe for concurrent
// use.
type Process struct {
	fs string // where /proc is

	mu     sync.Mutex
	last   time.Time
	cpu    float64 // CPU seconds used at last
	recent Usage
}

// NewProcess returns a reader for this process.
func NewProcess() *Process { return &Process{fs: procfs.DefaultMountPoint} }

// minInterval is the shortest time over which a CPU share means something: the
// kernel counts CPU time in hundredths of a second.
const minInterval = time.Second

// Read returns the present usage; ok is false where there is no /proc. Readings
// within a second of each other are the same one, so that probes and scrapes
// don't spoil each other's CPU share. The first covers the process's whole life.
func (p *Process) Read() (usage Usage, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if !p.last.IsZero() && now.Sub(p.last) < minInterval {
		return p.recent, true
	}
	usage, cpu, started, err := p.read()
	if err != nil {
		return Usage{}, false
	}
	since := p.last
	if since.IsZero() {
		since = started
	}
	if elapsed := now.Sub(since).Seconds(); elapsed > 0 {
		usage.CPUPercent = max(0, 100*(cpu-p.cpu)/elapsed)
	}
	p.last, p.cpu, p.recent = now, cpu, usage
	return usage, true
}

// read returns the raw figures; cpu is in seconds of CPU time since the start.
func (p *Process) read() (usage Usage, cpu float64, started time.Time, err error) {
	fs, err := procfs.NewFS(p.fs)
	if err != nil {
		return Usage{}, 0, time.Time{}, err
	}
	self, err := fs.Self()
	if err != nil {
		return Usage{}, 0, time.Time{}, err
	}
	stat, err := self.Stat()
	if err != nil {
		return Usage{}, 0, time.Time{}, err
	}
	if usage.OpenFiles, err = self.FileDescriptorsLen(); err != nil {
		return Usage{}, 0, time.Time{}, err
	}
	began, err := stat.StartTime()
	if err != nil {
		return Usage{}, 0, time.Time{}, err
	}
	usage.MemoryBytes = uint64(max(0, stat.ResidentMemory()))
	return usage, stat.CPUTime(), time.UnixMilli(int64(began * 1000)), nil
}
