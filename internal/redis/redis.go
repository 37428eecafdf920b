// Package redis is what the replicas of a service share through a Redis server:
// rate limits and kept answers. Nothing here is needed to answer a customer. A
// call that fails or takes too long costs at most its timeout, after a few of
// them a breaker stops the asking, and the caller goes on with what its own
// replica knows. Keys are digests, so that nobody who sees the server's memory
// reads a customer's name, an address or a question in them.
package redis

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/breaker"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// prefix begins every key, so that another program may use the same server. Its
// number changes with the form of what is stored.
const prefix = "swipesavvy:1:"

// dialTimeout bounds a new connection with its TLS handshake and password. It is
// made in the background: a caller waits for Options.Timeout at the most.
const dialTimeout = 2 * time.Second

// Options of a Client. URL and Breaker are required.
type Options struct {
	// URL is redis://[user:password@]host[:port][/database]; rediss:// for TLS.
	URL string
	// Timeout bounds one call; zero means 100 milliseconds.
	Timeout time.Duration
	Breaker *breaker.Breaker
	// Log is told of failed calls; nil drops them.
	Log *slog.Logger
}

// Client talks to the server. It is safe for concurrent use.
type Client struct {
	redis   *goredis.Client
	secret  []byte
	timeout time.Duration
	breaker *breaker.Breaker
	log     *slog.Logger
}

// ValidURL says whether a Client can be made from an address.
func ValidURL(url string) bool {
	o, err := goredis.ParseURL(url)
	return err == nil && o.Network == "tcp"
}

// New returns a Client. It connects when it is first used, so that a server that
// is down doesn't keep anything from starting.
func New(o Options) (*Client, error) {
	if !ValidURL(o.URL) {
		return nil, errors.New("redis: the address must have the form redis://user:password@host:port")
	}
	if o.Timeout == 0 {
		o.Timeout = 100 * time.Millisecond
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	quiet()
	options, err := goredis.ParseURL(o.URL)
	if err != nil {
		return nil, errors.New("redis: the address can't be read")
	}
	options.ContextTimeoutEnabled, options.MaxRetries = true, -1
	options.DialTimeout, options.DialerRetries = dialTimeout, 1
	options.ReadTimeout, options.WriteTimeout, options.PoolTimeout = o.Timeout, o.Timeout, o.Timeout
	options.DisableIdentity = true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return &Client{
		redis: goredis.NewClient(options), secret: []byte(options.Password), timeout: o.Timeout, breaker: o.Breaker, log: o.Log,
	}, nil
}

// quiet keeps the library from writing lines of its own: failures are logged
// here, in the log's form.
var quiet = sync.OnceFunc(logging.Disable)

// Close ends all connections.
func (c *Client) Close() error { return c.redis.Close() }

// Ping asks whether the server answers and accepts the password, whatever the
// breaker says. Its errors are *fault.Error that anyone may read.
func (c *Client) Ping(ctx context.Context) error {
	err := c.redis.Ping(ctx).Err()
	if err == nil {
		return nil
	}
	return problem(err)
}

// Available is Ping, and an error also while the breaker keeps calls away.
func (c *Client) Available(ctx context.Context) error {
	if err := c.Ping(ctx); err != nil {
		return err
	}
	if state := c.breaker.State(); state != "closed" {
		return fault.New(fault.Connection, "it answers again, its circuit breaker is still %s", state)
	}
	return nil
}

// do makes one call within its time. The customer who leaves meanwhile says
// nothing about the server, so the call doesn't end with theirs.
func (c *Client) do(ctx context.Context, call func(ctx context.Context) error) error {
	asked := false
	err := c.breaker.Do(context.WithoutCancel(ctx), func(ctx context.Context) error {
		asked = true
		ctx, cancel := context.WithTimeout(ctx, c.timeout)
		defer cancel()
		if err := call(ctx); err != nil {
			return problem(err)
		}
		return nil
	})
	if err != nil && asked {
		c.log.WarnContext(ctx, "redis did not answer, this replica goes on by itself", "error", err)
	}
	return err
}

// problem is an error of the server or the way to it in the project's words.
func problem(err error) error {
	text := err.Error()
	var network net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout(), errors.Is(err, goredis.ErrPoolTimeout):
		return fault.New(fault.Timeout, "it doesn't answer in time").WithCause(err)
	case strings.HasPrefix(text, "WRONGPASS"), strings.HasPrefix(text, "NOAUTH"), strings.HasPrefix(text, "ERR AUTH"), strings.HasPrefix(text, "NOPERM"):
		return fault.New(fault.Connection, "it refuses the user or the password").WithReason(ReasonRefused).WithCause(err)
	case strings.HasPrefix(text, "OOM"), strings.HasPrefix(text, "READONLY"), strings.HasPrefix(text, "LOADING"), strings.HasPrefix(text, "MISCONF"):
		return fault.New(fault.Connection, "it takes no writes at the moment").WithCause(err)
	}
	return fault.New(fault.Connection, "it is not reachable").WithCause(err)
}

// ReasonRefused is the reason of errors that another password could cure.
const ReasonRefused = "refused"

// key is the name of an entry. The password is part of the digest: without it,
// nobody can find a customer's entry by trying names.
func (c *Client) key(kind, name string) string {
	h := hmac.New(sha256.New, c.secret)
	h.Write([]byte(kind + "\x00" + name))
	return prefix + kind + ":" + hex.EncodeToString(h.Sum(nil)[:16])
}
