package ratelimit

import (
	"context"
	"time"
)

// Common is a limit that replicas share. It fails when it can't say.
type Common interface {
	Allow(ctx context.Context, key string) (ok bool, retryAfter time.Duration, err error)
}

// Shared bounds callers across replicas, and within this one where the common
// limit can't say.
type Shared struct {
	Own    *Limiter
	Common Common
}

// Allow takes a token of a key, or says how long until there is one. This
// replica's bucket is asked first: whom it refuses the common one would refuse
// as well, so a flood costs the network nothing, and when the common limit goes
// away nobody begins with a full bucket.
func (s Shared) Allow(ctx context.Context, key string) (ok bool, retryAfter time.Duration) {
	if ok, retryAfter = s.Own.Allow(ctx, key); !ok {
		return ok, retryAfter
	}
	ok, retryAfter, err := s.Common.Allow(ctx, key)
	if err != nil {
		return true, 0
	}
	return ok, retryAfter
}
