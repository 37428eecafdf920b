// Package embedding asks an OpenAI-compatible endpoint, such as Together.AI's, for
// the vectors of texts. It owns the limits of one call, what is tried again and
// when, the circuit breakers and a cache for questions; it knows nothing of
// passages, storage or search. Callers give it masked text only.
package embedding

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	"github.com/maypok86/otter/v2"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/breaker"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

const (
	// MaxBatch and MaxBatchBytes bound the texts of one call: below what the known
	// providers take, and small enough that a lost call loses little.
	MaxBatch      = 64
	MaxBatchBytes = 128 << 10
	// MaxDimension bounds a vector: far more than any known model has.
	MaxDimension = 16_000
	// maxAnswer bounds one answer: MaxBatch vectors of 4,096 numbers as text.
	maxAnswer = 16 << 20
	// maxRetries bounds how often a call for passages is tried again.
	maxRetries = 4
	// firstWait and longestWait bound the random wait before the retries; a server
	// that asks for more than longestWait is not waited for.
	firstWait, longestWait = 250 * time.Millisecond, 30 * time.Second
	// cacheBytes bounds the memory of the vectors of questions; cacheTime their age.
	cacheBytes = 32 << 20
	cacheTime  = 24 * time.Hour
	// maxConnections bounds the calls under way to the endpoint.
	maxConnections = 16
)

// Reasons of faults that a person must end.
const (
	RefusedKey   = "refused_key"
	UnknownModel = "unknown_model"
)

// Options say where the endpoint is. BaseURL, Key and Breakers are required.
type Options struct {
	// BaseURL is the API's root, such as https://api.together.xyz/v1.
	BaseURL string
	Key     string
	// Timeout bounds one call for passages; zero means 30 s.
	Timeout  time.Duration
	Breakers *breaker.Factory
	// Transport carries the calls; nil means one of its own.
	Transport  http.RoundTripper
	Log        *slog.Logger
	Registerer prometheus.Registerer
}

// Client asks one endpoint. It is safe for concurrent use.
type Client struct {
	api     openai.EmbeddingService
	timeout time.Duration
	log     *slog.Logger
	// Questions have little time and passages have much. Each has its own breaker,
	// as an endpoint that is too slow for the one may serve the other well.
	passages, questions *breaker.Breaker
	retry               failsafe.Executor[[][]float32]
	cache               *otter.Cache[string, []float32]
	calls               *prometheus.CounterVec
	duration            *prometheus.HistogramVec
	cached              *prometheus.CounterVec
}

// New returns a Client that the caller must close. Nothing is called yet.
func New(o Options) (*Client, error) {
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	if o.Transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxConnsPerHost = maxConnections
		o.Transport = t
	}
	cache, err := otter.New(&otter.Options[string, []float32]{
		MaximumWeight:    cacheBytes,
		Weigher:          func(key string, v []float32) uint32 { return uint32(len(key) + 4*len(v) + 100) },
		ExpiryCalculator: otter.ExpiryWriting[string, []float32](cacheTime),
	})
	if err != nil {
		return nil, err
	}
	c := &Client{
		api: openai.NewEmbeddingService(option.WithBaseURL(strings.TrimRight(o.BaseURL, "/")+"/"), option.WithAPIKey(o.Key),
			option.WithMaxRetries(0), option.WithHTTPClient(&http.Client{Transport: bounded{o.Transport}})),
		timeout: o.Timeout, log: o.Log, cache: cache,
		passages: o.Breakers.New("embeddings"), questions: o.Breakers.New("embeddings_query"),
	}
	f := promauto.With(o.Registerer)
	c.calls = f.NewCounterVec(prometheus.CounterOpts{
		Name: "rag_embedding_calls_total", Help: "Calls to the embeddings endpoint, by what was embedded and how it ended.",
	}, []string{"kind", "status"})
	c.duration = f.NewHistogramVec(prometheus.HistogramOpts{
		Name: "rag_embedding_call_duration_seconds", Help: "Duration of one call to the embeddings endpoint.",
		Buckets: []float64{.01, .025, .05, .1, .2, .3, .5, 1, 2.5, 5, 10, 30},
	}, []string{"kind"})
	c.cached = f.NewCounterVec(prometheus.CounterOpts{
		Name: "rag_embedding_cache_total", Help: "Questions looked up in the cache of vectors.",
	}, []string{"result"})
	c.retry = failsafe.With(c.retryPolicy())
	return c, nil
}

// Close ends the cache's upkeep. The client must not be used afterwards.
func (c *Client) Close() error {
	c.cache.StopAllGoroutines()
	return nil
}

// retryPolicy waits for a random share of a span that doubles (full jitter), so
// that replicas don't come back together, and never less than the server asks for.
func (c *Client) retryPolicy() retrypolicy.RetryPolicy[[][]float32] {
	return retrypolicy.NewBuilder[[][]float32]().
		WithMaxRetries(maxRetries).ReturnLastFailure().
		HandleIf(func(_ [][]float32, err error) bool {
			return err != nil && transient(err) && c.passages.State() != "open"
		}).
		WithDelayFunc(func(e failsafe.ExecutionAttempt[[][]float32]) time.Duration {
			span := min(longestWait, firstWait<<min(e.Attempts()-1, 10))
			return fault.As(e.LastError()).RetryAfter + rand.N(span)
		}).Build()
}

// transient says whether the same call may succeed later.
func transient(err error) bool {
	f := fault.As(err)
	switch f.Class {
	case fault.Connection, fault.Timeout, fault.RateLimit:
		return f.Reason == "" && f.RetryAfter <= longestWait
	}
	return false
}

// Passages returns a vector for each text, in order, all of one length. It sends
// as many calls as the bounds of one demand, and tries again what may pass. A
// text that the endpoint refuses is a fault.Validation; other faults are outages,
// with the Reason RefusedKey or UnknownModel where only a person can end them.
func (c *Client) Passages(ctx context.Context, model string, texts []string) ([][]float32, error) {
	all := make([][]float32, 0, len(texts))
	for len(texts) > 0 {
		n := batch(texts)
		vectors, err := c.retry.WithContext(ctx).GetWithExecution(func(e failsafe.Execution[[][]float32]) ([][]float32, error) {
			return c.call(e.Context(), c.passages, "passages", model, texts[:n])
		})
		if err != nil {
			return nil, err
		}
		if len(all) > 0 && len(all[0]) != len(vectors[0]) {
			return nil, garbage("vectors of different lengths")
		}
		all = append(all, vectors...)
		texts = texts[n:]
	}
	return all, nil
}

// batch is how many of the first texts fit one call. It is at least one.
func batch(texts []string) int {
	size := 0
	for i, t := range texts {
		if size += len(t); i == MaxBatch || i > 0 && size > MaxBatchBytes {
			return i
		}
	}
	return len(texts)
}

// Question returns the vector of one text, from the cache if it is there. It is
// called once and not again: whoever waits for it has something better to do.
func (c *Client) Question(ctx context.Context, model, text string) ([]float32, error) {
	key := model + "\x00" + text
	if v, ok := c.cache.GetIfPresent(key); ok {
		c.cached.WithLabelValues("hit").Inc()
		return v, nil
	}
	c.cached.WithLabelValues("miss").Inc()
	vectors, err := c.call(ctx, c.questions, "question", model, []string{text})
	if err != nil {
		return nil, err
	}
	c.cache.Set(key, vectors[0])
	return vectors[0], nil
}

func (c *Client) call(ctx context.Context, b *breaker.Breaker, kind, model string, texts []string) (vectors [][]float32, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	err = b.Do(ctx, func(ctx context.Context) error {
		began := time.Now()
		vectors, err = c.send(ctx, model, texts)
		c.duration.WithLabelValues(kind).Observe(time.Since(began).Seconds())
		c.calls.WithLabelValues(kind, status(err)).Inc()
		return err
	})
	return vectors, err
}

func status(err error) string {
	if err == nil {
		return "ok"
	}
	return string(fault.As(err).Class)
}

func (c *Client) send(ctx context.Context, model string, texts []string) ([][]float32, error) {
	answer, err := c.api.New(ctx, openai.EmbeddingNewParams{
		Model: model, Input: openai.EmbeddingNewParamsInputUnion{OfArrayOfStrings: texts},
		EncodingFormat: openai.EmbeddingNewParamsEncodingFormatFloat,
	})
	if err != nil {
		return nil, failure(ctx, err)
	}
	return read(answer.Data, len(texts))
}

// read checks an answer: every text has one vector, and all have one length and
// only finite numbers that aren't all zero. Vectors are brought to length one.
func read(data []openai.Embedding, n int) ([][]float32, error) {
	if len(data) != n {
		return nil, garbage("another number of vectors than of texts")
	}
	vectors := make([][]float32, n)
	for _, e := range data {
		if e.Index < 0 || e.Index >= int64(n) || vectors[e.Index] != nil {
			return nil, garbage("vectors that can't be told apart")
		}
		if len(e.Embedding) == 0 || len(e.Embedding) > MaxDimension || len(e.Embedding) != len(data[0].Embedding) {
			return nil, garbage("vectors of a wrong length")
		}
		v, ok := unit(e.Embedding)
		if !ok {
			return nil, garbage("vectors without direction")
		}
		vectors[e.Index] = v
	}
	return vectors, nil
}

func unit(v []float64) ([]float32, bool) {
	sum := 0.0
	for _, f := range v {
		sum += f * f
	}
	if sum == 0 || math.IsNaN(sum) || math.IsInf(sum, 0) {
		return nil, false
	}
	scale := 1 / math.Sqrt(sum)
	u := make([]float32, len(v))
	for i, f := range v {
		u[i] = float32(f * scale)
	}
	return u, true
}

// garbage is an answer that can't be used. It counts as an outage.
func garbage(what string) error {
	return fault.New(fault.Connection, "the embeddings endpoint answers with %s", what)
}

// failure classifies what went wrong. The endpoint's own words are left out: they
// may repeat what was sent.
func failure(ctx context.Context, err error) error {
	var api *openai.Error
	switch {
	case errors.As(err, &api):
		return refusal(api)
	case errors.Is(ctx.Err(), context.DeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return fault.New(fault.Timeout, "the embeddings endpoint took too long")
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return fault.New(fault.Connection, "the embeddings endpoint can't be reached or understood").WithCause(err)
}

func refusal(e *openai.Error) error {
	switch e.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fault.New(fault.Connection, "the embeddings endpoint refuses the key").WithReason(RefusedKey).WithCause(e)
	case http.StatusNotFound:
		return fault.New(fault.Connection, "the embeddings endpoint doesn't know the model").WithReason(UnknownModel).WithCause(e)
	case http.StatusTooManyRequests:
		return fault.New(fault.RateLimit, "the embeddings endpoint limits the rate").WithCause(e).WithRetryAfter(retryAfter(e.Response))
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return fault.New(fault.Validation, "the embeddings endpoint refuses the text").WithCause(e)
	}
	return fault.New(fault.Connection, "the embeddings endpoint answers with status %d", e.StatusCode).
		WithCause(e).WithRetryAfter(retryAfter(e.Response))
}

// retryAfter reads when the server wants to be asked again: seconds or a date.
func retryAfter(r *http.Response) time.Duration {
	if r == nil {
		return 0
	}
	value := r.Header.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 {
		return time.Duration(min(seconds, 24*60*60) * float64(time.Second))
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// bounded is a transport whose answers have an end.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.next.RoundTrip(r)
	if err == nil {
		answer.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(answer.Body, maxAnswer), answer.Body}
	}
	return answer, err
}
