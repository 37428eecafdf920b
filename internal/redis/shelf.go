package redis

import (
	"context"
	"time"
)

// maxValue bounds what is read of the server at once: what is kept there is
// smaller, so more comes from somebody else.
const maxValue = 64 << 10

// Shelf keeps values where all replicas find them, for a time.
type Shelf struct {
	client *Client
	kind   string
}

// Shelf returns the values of a kind.
func (c *Client) Shelf(kind string) *Shelf { return &Shelf{c, kind} }

// Get returns the value of a key, or nil when there is none or the server can't
// say.
func (s *Shelf) Get(ctx context.Context, key string) []byte {
	var value []byte
	err := s.client.do(ctx, func(ctx context.Context) error {
		var err error
		value, err = s.client.redis.GetRange(ctx, s.client.key(s.kind, key), 0, maxValue).Bytes()
		return err
	})
	if err != nil || len(value) == 0 || len(value) > maxValue {
		return nil
	}
	return value
}

// Set keeps a value for a time. Where that fails, others will have to find the
// value for themselves.
func (s *Shelf) Set(ctx context.Context, key string, value []byte, keep time.Duration) {
	if len(value) == 0 || len(value) > maxValue {
		return
	}
	_ = s.client.do(ctx, func(ctx context.Context) error {
		return s.client.redis.Set(ctx, s.client.key(s.kind, key), value, keep).Err()
	}) // logged by do
}
