package test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
)

// atOnce is a model's server that costs nothing: the same answer to everything.
func atOnce(b *testing.B) *httptest.Server {
	b.Helper()
	answer := []byte(`{"id":"c","object":"chat.completion","created":1700000000,"model":"big","choices":[{"index":0,"finish_reason":"stop",` +
		`"message":{"role":"assistant","content":"Hello! I can help you with your accounts, cards and payments. What can I do for you?"}}],` +
		`"usage":{"prompt_tokens":900,"completion_tokens":20,"total_tokens":920}}`)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	}))
	b.Cleanup(s.Close)
	return s
}

// BenchmarkTurn is a whole chat turn over HTTP with a model's server that answers
// at once, load generator and that server included; cpu-ms, the processor's time,
// is what tells on a machine that has other work to do (without PostgreSQL's own).
// One connection also reports what a turn adds to a request that goes to that
// server directly.
func BenchmarkTurn(b *testing.B) {
	for name, database := range databases {
		upstream := atOnce(b)
		for _, connections := range []int{1, 16} {
			b.Run(fmt.Sprintf("%s/connections=%d", name, connections), func(b *testing.B) {
				s := startBench(b, database(b), upstream.URL)
				ask := func(i int) {
					post(b, s.URL(app.Concierge)+"/api/v1/chat", fmt.Sprintf(`{"message":"hello there","user_id":"demo-alex","session_id":"bench-%d"}`, i%64))
				}
				for i := range 128 {
					ask(i)
				}
				b.ResetTimer()
				spent := processorTime(b)
				took := crowd(b.N, connections, ask)
				b.StopTimer()
				b.ReportMetric(float64(processorTime(b)-spent)/1e6/float64(b.N), "cpu-ms")
				report(b, took)
				if connections == 1 {
					direct := crowd(min(b.N, 2000), 1, func(int) { post(b, upstream.URL+"/v1/chat/completions", `{"model":"big"}`) })
					b.ReportMetric(float64(median(took)-median(direct))/1e6, "added-ms")
				}
			})
		}
	}
}

// processorTime is what this process has used of the processors so far.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func startBench(b *testing.B, database, upstream string) *system {
	b.Helper()
	return start(b, app.All, database, "TOGETHER_BASE_URL="+upstream+"/v1", "TOGETHER_API_KEY=k", "LOG_LEVEL=INFO").ready(b)
}

// crowd calls n times, from so many at once, and returns how long each took.
func crowd(n, connections int, call func(i int)) []time.Duration {
	took := make([]time.Duration, n)
	var wg sync.WaitGroup
	for c := range connections {
		wg.Go(func() {
			for i := c; i < n; i += connections {
				began := time.Now()
				call(i)
				took[i] = time.Since(began)
			}
		})
	}
	wg.Wait()
	return took
}

func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
	b.ReportMetric(float64(took[len(took)/2])/1e6, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100])/1e6, "p99-ms")
}

func median(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)/2]
}

var benchClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

func post(b *testing.B, url, body string) {
	answer, err := benchClient.Post(url, "application/json", bytes.NewReader([]byte(body)))
	if err != nil {
		b.Error(err)
		return
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		b.Errorf("%d, %v", answer.StatusCode, err)
	}
}
