package app

import (
	"context"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/breaker"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/concierge"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/health"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/ratelimit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/redis"
)

// openRedis opens what replicas share, if there is such a thing.
func (s *service) openRedis(breakers *breaker.Factory, t *teardown) error {
	c := s.o.Config
	if c.RedisURL == "" {
		return nil
	}
	client, err := redis.New(redis.Options{
		URL: c.RedisURL.Reveal(), Timeout: time.Duration(c.RedisTimeout), Breaker: breakers.New("redis"), Log: s.log,
	})
	if err != nil {
		return err
	}
	s.redis = client
	t.add("redis", client.Close)
	s.checks = append(s.checks, health.Check{Name: "redis", Run: func(ctx context.Context) (string, error) {
		if err := client.Available(ctx); err != nil {
			return "", err
		}
		return "replicas share limits and kept answers", nil
	}})
	return nil
}

// shelf is where replicas share kept answers; nil where they don't.
func (s *service) shelf() concierge.Shelf {
	if s.redis == nil {
		return nil
	}
	return s.redis.Shelf("answer")
}

// limiter bounds customers' requests. The other services are called by the
// concierge alone, which would share one bucket for all its customers.
func (s *service) limiter() httpserver.Limiter {
	c := s.o.Config
	if s.name != Concierge || c.RateLimitPerSecond == 0 {
		return nil
	}
	own := ratelimit.New(c.RateLimitPerSecond, c.RateLimitBurst, nil)
	if s.redis == nil {
		return own
	}
	return ratelimit.Shared{Own: own, Common: s.redis.Limit(c.RateLimitPerSecond, c.RateLimitBurst)}
}
