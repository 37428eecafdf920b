package embedding

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/breaker"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/embedding/embeddingtest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

const model = "test-model"

// client returns a client that reaches an endpoint without a network, so that
// its waits take no time in a synctest bubble.
func client(t *testing.T, s *embeddingtest.Server) *Client {
	t.Helper()
	c, err := New(Options{BaseURL: "http://endpoint.example/v1", Key: embeddingtest.Key, Transport: s, Breakers: breaker.NewFactory(breaker.Options{})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func texts(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("passage number%d about transfers", i)
	}
	return list
}

func TestPassagesComeBackInOrderAndInBatches(t *testing.T) {
	t.Parallel()
	endpoint := embeddingtest.New(model, 32)
	endpoint.MaxTexts = MaxBatch
	server := httptest.NewServer(endpoint)
	defer server.Close()
	registry := prometheus.NewRegistry()
	c, err := New(Options{BaseURL: server.URL + "/v1/", Key: embeddingtest.Key, Breakers: breaker.NewFactory(breaker.Options{}), Registerer: registry})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	list := append(texts(2*MaxBatch+1), strings.Repeat("long ", 1500), strings.Repeat("text ", 1500))
	all, err := c.Passages(t.Context(), model, list)
	if err != nil || len(all) != len(list) {
		t.Fatalf("%d vectors, %v", len(all), err)
	}
	for i, text := range list {
		alone, err := c.Question(t.Context(), model, text)
		if err != nil {
			t.Fatal(err)
		}
		length, cosine := 0.0, 0.0
		for j, f := range all[i] {
			length += float64(f) * float64(f)
			cosine += float64(f) * float64(alone[j])
		}
		if math.Abs(length-1) > 1e-5 || math.Abs(cosine-1) > 1e-5 {
			t.Fatalf("text %d has a vector of length %f and the cosine %f with its own", i, length, cosine)
		}
	}
	if n := testutil.ToFloat64(c.calls.WithLabelValues("passages", "ok")); n != 3 {
		t.Errorf("%v calls for %d texts, want 3", n, len(list))
	}
}

func TestBatchesAreBoundedInBytes(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("x", MaxBatchBytes/2)
	for name, c := range map[string]struct {
		texts []string
		want  int
	}{
		"one that is too long goes alone": {[]string{huge + huge + huge, "a"}, 1},
		"two fit":                         {[]string{huge, huge, huge}, 2},
		"many short ones":                 {texts(MaxBatch + 1), MaxBatch},
		"all":                             {texts(3), 3},
	} {
		if got := batch(c.texts); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

func TestPassagesAreTriedAgain(t *testing.T) {
	t.Parallel()
	refuse := func(status int, retryAfter string) func(http.ResponseWriter, *http.Request, int) bool {
		return func(w http.ResponseWriter, _ *http.Request, n int) bool {
			if n > 2 {
				return false
			}
			w.Header().Set("Retry-After", retryAfter)
			embeddingtest.Refuse(w, status, "later")
			return true
		}
	}
	for name, c := range map[string]struct {
		fail            func(http.ResponseWriter, *http.Request, int) bool
		atleast, atmost time.Duration
	}{
		"rate limit, in seconds": {refuse(429, "7"), 14 * time.Second, 15 * time.Second},
		"broken":                 {refuse(500, ""), 0, time.Second},
		"busy":                   {refuse(503, "2"), 4 * time.Second, 5 * time.Second},
		"hanging once": {func(_ http.ResponseWriter, r *http.Request, n int) bool {
			if n == 1 {
				<-r.Context().Done()
			}
			return n == 1
		}, 30 * time.Second, 31 * time.Second},
		"garbage once": {func(w http.ResponseWriter, _ *http.Request, n int) bool {
			if n == 1 {
				_, _ = w.Write([]byte("<html>"))
			}
			return n == 1
		}, 0, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				endpoint := embeddingtest.New(model, 8)
				endpoint.Fail = c.fail
				began := time.Now()
				vectors, err := client(t, endpoint).Passages(t.Context(), model, texts(3))
				took := time.Since(began)
				if err != nil || len(vectors) != 3 || took < c.atleast || took > c.atmost {
					t.Errorf("%d vectors after %v, %v", len(vectors), took, err)
				}
			})
		})
	}
}

func TestWhatIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	answer := func(status int, header, body string) func(http.ResponseWriter, *http.Request, int) bool {
		return func(w http.ResponseWriter, _ *http.Request, _ int) bool {
			w.Header().Set("Retry-After", header)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
			return true
		}
	}
	for name, c := range map[string]struct {
		fail   func(http.ResponseWriter, *http.Request, int) bool
		class  fault.Class
		reason string
	}{
		"the key":     {answer(401, "", `{}`), fault.Connection, RefusedKey},
		"the model":   {answer(404, "", `{}`), fault.Connection, UnknownModel},
		"the text":    {answer(400, "", `{"error":{"message":"SECRET TEXT"}}`), fault.Validation, ""},
		"a long wait": {answer(429, "3600", `{}`), fault.RateLimit, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endpoint := embeddingtest.New(model, 8)
			endpoint.Fail = c.fail
			_, err := client(t, endpoint).Passages(t.Context(), model, texts(1))
			if !fault.Is(err, c.class) || fault.ReasonOf(err) != c.reason || endpoint.Calls() != 1 || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("%v after %d calls", err, endpoint.Calls())
			}
		})
	}
}

func TestGarbageIsNoVector(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"no JSON":              `<html>`,
		"nothing":              `{"data":[]}`,
		"too few":              `{"data":[{"index":0,"embedding":[1]}]}`,
		"one twice":            `{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}`,
		"an index too high":    `{"data":[{"index":0,"embedding":[1]},{"index":2,"embedding":[1]}]}`,
		"different lengths":    `{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1,2]}]}`,
		"no numbers":           `{"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[]}]}`,
		"words":                `{"data":[{"index":0,"embedding":["a"]},{"index":1,"embedding":["b"]}]}`,
		"zeros":                `{"data":[{"index":0,"embedding":[0,0]},{"index":1,"embedding":[1,0]}]}`,
		"too big for a number": `{"data":[{"index":0,"embedding":[1e308,1e308]},{"index":1,"embedding":[1,0]}]}`,
		"an endless answer":    `{"data":[` + strings.Repeat(" ", maxAnswer) + `{"index":0,"embedding":[1]},{"index":1,"embedding":[1]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				endpoint := embeddingtest.New(model, 8)
				endpoint.Fail = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
					w.Header().Set("Content-Type", "application/json")
					_, _ = w.Write([]byte(body))
					return true
				}
				if v, err := client(t, endpoint).Passages(t.Context(), model, texts(2)); !fault.Is(err, fault.Connection) {
					t.Errorf("%v, %v", v, err)
				}
			})
		})
	}
}

func TestAnOutageOpensTheBreakerOfItsKind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		endpoint := embeddingtest.New(model, 8)
		endpoint.Fail = func(_ http.ResponseWriter, r *http.Request, _ int) bool { <-r.Context().Done(); return true }
		c := client(t, endpoint)
		for range 20 {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			if _, err := c.Question(ctx, model, "question"); err == nil {
				t.Error("no error")
			}
			cancel()
		}
		if n := endpoint.Calls(); n != 5 {
			t.Errorf("%d calls reached the dead endpoint, want 5", n)
		}
		endpoint.Set(func(s *embeddingtest.Server) { s.Fail = nil })
		if _, err := c.Passages(t.Context(), model, texts(1)); err != nil {
			t.Errorf("passages wait for the breaker of questions: %v", err)
		}
		time.Sleep(2 * time.Minute)
		if _, err := c.Question(t.Context(), model, "question"); err != nil {
			t.Errorf("the breaker never closes: %v", err)
		}
	})
}

func TestQuestionsAreCached(t *testing.T) {
	t.Parallel()
	endpoint := embeddingtest.New(model, 8)
	endpoint.Dimensions["other"] = 8
	c := client(t, endpoint)
	for _, m := range []string{model, model, "other", model} {
		if _, err := c.Question(t.Context(), m, "what does it cost"); err != nil {
			t.Fatal(err)
		}
	}
	if n := endpoint.Calls(); n != 2 {
		t.Errorf("%d calls for two different questions", n)
	}
}
