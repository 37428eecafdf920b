package together

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/breaker"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/llm"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/together/togethertest"
)

var hello = llm.Request{Messages: []llm.Message{{Role: llm.User, Text: "hello"}}}

// impatient gives up soon, for tests of servers that don't answer.
func impatient(o *Options) { o.Timeout, o.StallTimeout = 500*time.Millisecond, 250*time.Millisecond }

// client returns a client of a fake with short waits between retries.
func client(s *togethertest.Server, change ...func(*Options)) *Client {
	o := Options{
		BaseURL: s.URL, APIKey: togethertest.Key, Models: []string{"a", "b"}, MaxTokens: 100,
		BackoffBase: time.Millisecond,
		Breakers:    breaker.NewFactory(breaker.Options{FailureThreshold: 100}),
	}
	for _, f := range change {
		f(&o)
	}
	return New(o)
}

// collector is a sink that remembers.
type collector struct {
	text     string
	restarts int
	final    bool // too late to restart
}

func (c *collector) Text(delta string) { c.text += delta }
func (c *collector) Restart() bool {
	if c.final {
		return false
	}
	c.text = ""
	c.restarts++
	return true
}

func TestAnswersWholeAndInPieces(t *testing.T) {
	t.Parallel()
	s := togethertest.New(t, func(r togethertest.Request) togethertest.Answer {
		if len(r.Tools) == 0 {
			return togethertest.Text("Hello, [PERSON_1]! Ünïcode.")
		}
		return togethertest.Calls("one", `{"a":1}`, "two", `{"b":[1,2]}`)
	})
	c := client(s)
	withTools := hello
	withTools.Tools = []llm.Tool{{Name: "one", Schema: map[string]any{"type": "object"}}}
	for _, streamed := range []bool{false, true} {
		sink := &collector{}
		words, tools := hello, withTools
		if streamed {
			words.Sink, tools.Sink = sink, &collector{}
		}
		answer, err := c.Complete(t.Context(), words)
		if err != nil || answer.Text != "Hello, [PERSON_1]! Ünïcode." || answer.Model != "a" || answer.Usage.Completion == 0 {
			t.Errorf("streamed %v: %+v, %v", streamed, answer, err)
		}
		if streamed && sink.text != answer.Text {
			t.Errorf("the sink got %q", sink.text)
		}
		answer, err = c.Complete(t.Context(), tools)
		if err != nil || len(answer.Calls) != 2 || answer.Calls[1] != (llm.ToolCall{ID: "call_1", Name: "two", Arguments: `{"b":[1,2]}`}) {
			t.Errorf("streamed %v: %+v, %v", streamed, answer, err)
		}
	}
}

// TestEveryFailureIsSurvivedOrNamed lets the first model fail in each way and
// the second one answer, and then both fail.
func TestEveryFailureIsSurvivedOrNamed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer togethertest.Answer
		class  fault.Class
		status string
		calls  int // of the first model
	}{
		"500":             {togethertest.Answer{Status: 500}, fault.Connection, "failed", 3},
		"503":             {togethertest.Answer{Status: 503, RetryAfter: "0"}, fault.Connection, "failed", 3},
		"429":             {togethertest.Answer{Status: 429}, fault.RateLimit, "rate_limit", 3},
		"429, long wait":  {togethertest.Answer{Status: 429, RetryAfter: "120"}, fault.RateLimit, "rate_limit", 1},
		"400":             {togethertest.Answer{Status: 400}, fault.Validation, "refused", 1},
		"404":             {togethertest.Answer{Status: 404}, fault.Validation, "refused", 1},
		"garbage":         {togethertest.Answer{Garbage: true}, fault.Connection, "failed", 3},
		"empty":           {togethertest.Answer{}, fault.Connection, "malformed", 3},
		"dropped":         {togethertest.Answer{Drop: true}, fault.Connection, "failed", 3},
		"hangs":           {togethertest.Answer{Hang: true}, fault.Timeout, "timeout", 1},
		"filtered":        {togethertest.Answer{Text: "x", Finish: "content_filter"}, fault.Validation, "refused", 1},
		"nameless call":   {togethertest.Calls("", "{}"), fault.Connection, "malformed", 3},
		"cut":             {togethertest.Answer{Text: "some text that is cut", CutAfter: 3}, fault.Connection, "", 3},
		"stalled or hung": {togethertest.Answer{Text: "some text that stalls", StallAfter: 3}, fault.Timeout, "", 1},
	} {
		for _, streamed := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", streamed"}[streamed], func(t *testing.T) {
				t.Parallel()
				var both atomic.Bool
				var asked atomic.Int32
				s := togethertest.New(t, func(r togethertest.Request) togethertest.Answer {
					if r.Model == "b" && !both.Load() {
						return togethertest.Text("fine")
					}
					if r.Model == "a" {
						asked.Add(1)
					}
					return test.answer
				})
				reg := prometheus.NewRegistry()
				c := client(s, impatient, func(o *Options) { o.Registerer = reg })
				request, sink := hello, &collector{}
				if streamed {
					request.Sink = sink
				}
				answer, err := c.Complete(t.Context(), request)
				if err != nil || answer.Text != "fine" || answer.Model != "b" || int(asked.Load()) != test.calls {
					t.Errorf("%+v, %v after %d calls", answer, err, asked.Load())
				}
				if streamed && sink.text != "fine" {
					t.Errorf("the sink got %q", sink.text)
				}
				if test.status != "" && !streamed && testutil.ToFloat64(c.metrics.calls.WithLabelValues("a", test.status)) != float64(test.calls) {
					t.Errorf("not counted as %s", test.status)
				}
				both.Store(true)
				if _, err := c.Complete(t.Context(), request); !fault.Is(err, test.class) {
					t.Errorf("got %v, want a %s", err, test.class)
				}
			})
		}
	}
}

func TestAStreamThatBrokeTooLateIsNotBegunAnew(t *testing.T) {
	t.Parallel()
	s := togethertest.New(t, func(togethertest.Request) togethertest.Answer {
		return togethertest.Answer{Text: "Your balance is fine.", CutAfter: 3}
	})
	request, sink := hello, &collector{final: true}
	request.Sink = sink
	if _, err := client(s).Complete(t.Context(), request); !fault.Is(err, fault.Connection) || len(s.Requests()) != 1 || sink.text != "Your balan" {
		t.Errorf("%v after %d requests, %q", err, len(s.Requests()), sink.text)
	}
}

func TestAServerIsGivenTheTimeItAsksFor(t *testing.T) {
	t.Parallel()
	c := client(togethertest.New(t, nil))
	limited := func(d time.Duration) error { return fault.New(fault.RateLimit, "x").WithRetryAfter(d) }
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if wait, ok := c.wait(ctx, 0, limited(2*time.Second)); !ok || wait < 2*time.Second {
		t.Errorf("2 s asked: %v, %v", wait, ok)
	}
	if _, ok := c.wait(ctx, 0, limited(30*time.Second)); ok {
		t.Error("half a minute was to be waited for")
	}
	short, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, ok := c.wait(short, 0, limited(2*time.Second)); ok {
		t.Error("longer than the caller has")
	}
	if wait, ok := c.wait(ctx, 60, limited(0)); !ok || wait > maxBackoff {
		t.Errorf("after 60 attempts: %v", wait)
	}
}

func TestAnOpenBreakerCostsNoCall(t *testing.T) {
	t.Parallel()
	s := togethertest.New(t, func(r togethertest.Request) togethertest.Answer {
		if r.Model == "b" {
			return togethertest.Text("fine")
		}
		return togethertest.Answer{Status: 500}
	})
	c := client(s, func(o *Options) { o.Breakers = breaker.NewFactory(breaker.Options{FailureThreshold: 2}) })
	for range 5 {
		if _, err := c.Complete(t.Context(), hello); err != nil {
			t.Fatal(err)
		}
	}
	asked := map[string]int{}
	for _, r := range s.Requests() {
		asked[r.Model]++
	}
	if asked["a"] != 2 || asked["b"] != 5 || c.Available() != nil {
		t.Errorf("asked %v, available: %v", asked, c.Available())
	}
	s.Close()
	for range 5 {
		_, _ = c.Complete(t.Context(), hello)
	}
	if c.Available() == nil {
		t.Error("available although both models are down")
	}
}

func TestAWrongKeyIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := togethertest.New(t, func(togethertest.Request) togethertest.Answer { return togethertest.Text("x") })
	c := client(s, func(o *Options) {
		o.APIKey, o.Log = "wrong-key", slog.New(slog.NewTextHandler(&out, nil))
		o.Breakers = breaker.NewFactory(breaker.Options{FailureThreshold: 1})
	})
	if _, err := c.Complete(t.Context(), hello); !fault.Is(err, fault.Authentication) {
		t.Errorf("got %v", err)
	}
	if _, err := c.Complete(t.Context(), hello); !fault.Is(err, fault.Connection) && !fault.Is(err, fault.Authentication) {
		t.Errorf("got %v", err)
	}
	if strings.Contains(out.String(), "wrong-key") || !strings.Contains(out.String(), "together_api error") || !strings.Contains(out.String(), "together_api_latency") {
		t.Errorf("log: %s", out.String())
	}
}

func TestACallerWhoLeavesEndsTheCall(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := togethertest.New(t, func(togethertest.Request) togethertest.Answer {
		cancel()
		return togethertest.Answer{Hang: true}
	})
	if _, err := client(s, func(o *Options) { o.Timeout = time.Minute }).Complete(ctx, hello); !errors.Is(err, context.Canceled) || len(s.Requests()) != 1 {
		t.Errorf("%v after %d requests", err, len(s.Requests()))
	}
}

func TestCallsAtOnceAreBounded(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}), make(chan struct{})
	s := togethertest.New(t, func(togethertest.Request) togethertest.Answer {
		close(entered)
		<-leave
		return togethertest.Text("first")
	})
	c := client(s, func(o *Options) { o.MaxConcurrent, o.MaxWait, o.Timeout = 1, time.Millisecond, time.Minute })
	first := make(chan error, 1)
	go func() { _, err := c.Complete(context.WithoutCancel(t.Context()), hello); first <- err }()
	<-entered
	if _, err := c.Complete(t.Context(), hello); !fault.Is(err, fault.Connection) {
		t.Errorf("the second of one: %v", err)
	}
	close(leave)
	if err := <-first; err != nil {
		t.Error(err)
	}
}
