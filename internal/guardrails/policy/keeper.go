package policy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// followInterval is how soon an edit of the file takes effect. Reading a small
// file costs less than understanding every way in which mounted files change.
const followInterval = 2 * time.Second

// Keeper holds the policy in force. It follows a file, and keeps the last good
// policy while the file is faulty. It is safe for concurrent use.
type Keeper struct {
	path    string
	log     *slog.Logger
	current atomic.Pointer[Policy]

	mu      sync.Mutex
	seen    []byte // the content that was read last, good or not
	problem error
}

// Open reads the policy in a file; without a path it is the built-in one. A
// faulty file is an error here: nothing is known yet that could be kept.
func Open(path string, log *slog.Logger) (*Keeper, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	k := &Keeper{path: path, log: log}
	k.current.Store(Builtin())
	if path == "" {
		return k, nil
	}
	return k, k.Reload(context.Background())
}

// Current returns the policy in force.
func (k *Keeper) Current() *Policy { return k.current.Load() }

// Problem is why the file is not in force; nil when it is.
func (k *Keeper) Problem() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.problem
}

// Follow reloads the file after each change until ctx ends.
func (k *Keeper) Follow(ctx context.Context) {
	if k.path == "" {
		return
	}
	tick := time.NewTicker(followInterval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_ = k.Reload(ctx) // logged there, and kept for readiness
		case <-ctx.Done():
			return
		}
	}
}

// Reload reads the file and puts it in force when it has changed and is sound.
func (k *Keeper) Reload(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	data, err := read(k.path)
	if err == nil && k.seen != nil && bytes.Equal(data, k.seen) {
		return k.problem
	}
	var p *Policy
	if err == nil {
		k.seen = data
		p, err = Parse(data)
	} else {
		k.seen = nil // once it can be read again, it counts as changed
	}
	if err != nil {
		err = fmt.Errorf("guardrails policy %s: %w", k.path, err)
		if k.problem == nil || k.problem.Error() != err.Error() {
			k.log.ErrorContext(ctx, "guardrails policy not loaded, the last good one stays in force",
				"error", err, "policy_version", k.current.Load().Version)
		}
		k.problem = err
		return err
	}
	k.problem = nil
	if old := k.current.Swap(p); old.Version != p.Version {
		k.log.InfoContext(ctx, "guardrails policy loaded", "policy_version", p.Version, "before", old.Version)
	}
	return nil
}

// read reads a file that is not too large.
func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		var p *os.PathError
		if errors.As(err, &p) {
			return nil, p.Err // the caller names the file
		}
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}
