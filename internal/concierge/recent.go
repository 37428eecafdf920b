package concierge

import (
	"sync"
	"time"
)

// recentCapacity bounds the memory of a recent set: about 10 MB when full.
const recentCapacity = 100_000

// recent counts the distinct keys seen within a window.
type recent struct {
	window time.Duration
	now    func() time.Time

	mu    sync.Mutex
	seen  map[string]time.Time
	swept time.Time
}

func newRecent(window time.Duration, now func() time.Time) *recent {
	return &recent{window: window, now: now, seen: make(map[string]time.Time), swept: now()}
}

// add notes a key. A full set doesn't grow further, so the count saturates.
func (r *recent) add(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if now.Sub(r.swept) > r.window {
		r.sweep(now)
	}
	if _, known := r.seen[key]; known || len(r.seen) < recentCapacity {
		r.seen[key] = now
	}
}

func (r *recent) count() float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sweep(r.now())
	return float64(len(r.seen))
}

func (r *recent) sweep(now time.Time) {
	for key, at := range r.seen {
		if now.Sub(at) > r.window {
			delete(r.seen, key)
		}
	}
	r.swept = now
}
