package redis

import (
	"context"
	"fmt"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// take is a token bucket in one number: the time at which it is full again (the
// generic cell rate algorithm). The server's clock counts, so that replicas'
// clocks needn't agree; times are microseconds. A number further ahead than an
// empty bucket allows stems from a clock that was set back, and is dropped. It
// returns how long to wait, zero when the token was given.
var take = goredis.NewScript(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local each, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = tonumber(redis.call('GET', KEYS[1]) or 0)
if full < now or full > now + each * burst then
  full = now
end
full = full + each
local wait = full - now - each * burst
if wait > 0 then
  return math.ceil(wait)
end
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
return 0
`)

// Limit is a rate that replicas share: perSecond tokens a second for each key,
// of which burst can be saved up.
type Limit struct {
	client *Client
	each   int64 // microseconds for one token
	burst  int
}

// Limit returns a shared rate.
func (c *Client) Limit(perSecond float64, burst int) *Limit {
	return &Limit{client: c, each: max(1, int64(1e6/perSecond)), burst: burst}
}

// Allow takes a token of a key, or says how long until there is one. It fails
// when the server can't say.
func (l *Limit) Allow(ctx context.Context, key string) (ok bool, retryAfter time.Duration, err error) {
	err = l.client.do(ctx, func(ctx context.Context) error {
		wait, err := take.Run(ctx, l.client.redis, []string{l.client.key("limit", key)}, l.each, l.burst).Int64()
		if err == nil && (wait < 0 || wait > l.each*int64(l.burst)) {
			err = fmt.Errorf("a wait of %d microseconds", wait)
		}
		ok, retryAfter = wait == 0, time.Duration(wait)*time.Microsecond
		return err
	})
	return ok, retryAfter, err
}
