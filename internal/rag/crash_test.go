package rag_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/breaker"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/embedding"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/embedding/embeddingtest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

const embedWorker = "SWIPESAVVY_EMBED_WORKER" // holds what a worker needs, in its environment

// job is what a worker process does.
type job struct {
	DatabaseURL, SQLitePath, Endpoint string
	// Later is by how much its clock is ahead: leases of the dead have run out.
	Later time.Duration
}

func TestMain(m *testing.M) {
	if text := os.Getenv(embedWorker); text != "" {
		if err := embedOnce(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func embedOnce(text string) error {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{DatabaseURL: j.DatabaseURL, SQLitePath: j.SQLitePath})
	if err != nil {
		return err
	}
	defer s.Close()
	c, err := embedding.New(embedding.Options{BaseURL: j.Endpoint + "/v1", Key: embeddingtest.Key, Breakers: breaker.NewFactory(breaker.Options{})})
	if err != nil {
		return err
	}
	defer c.Close()
	service := rag.New(rag.Options{
		Store: s.Knowledge(), Vectors: s.Vectors(), Embedder: c, Model: model,
		Now: func() time.Time { return time.Now().Add(j.Later) },
	})
	if err := service.Refresh(ctx); err != nil {
		return err
	}
	return service.EmbedMissing(ctx)
}

// TestKilledWhileEmbedding kills workers with SIGKILL. What they have stored is
// never embedded again, and the last one completes the rest.
func TestKilledWhileEmbedding(t *testing.T) {
	t.Parallel()
	const passages, kills, batch = 1601, 6, 64
	eachStore(t, func(t *testing.T, b *base) {
		fill(t, b.replica(t), helpCentre(passages-1))
		server := httptest.NewServer(b.endpoint)
		defer server.Close()
		for round := range kills {
			worker := b.worker(t, server.URL, time.Duration(round+1)*time.Hour)
			calls, started := b.endpoint.Calls(), make(chan struct{})
			b.endpoint.Set(func(e *embeddingtest.Server) {
				e.Fail = func(_ http.ResponseWriter, _ *http.Request, n int) bool {
					if n == calls+1+round%2 {
						go func() { <-started; _ = worker.Process.Kill() }() // while the answer is on its way
					}
					return false
				}
			})
			if err := worker.Start(); err != nil {
				t.Fatal(err)
			}
			close(started)
			if err := worker.Wait(); err == nil {
				t.Fatalf("round %d: the worker wasn't killed", round)
			}
			if sets := b.sets(t); len(sets) > 0 && sets[0].Complete {
				t.Fatalf("round %d: complete with %d of %d vectors", round, len(b.keys(t, model)), passages)
			}
		}
		b.endpoint.Set(func(e *embeddingtest.Server) { e.Fail = nil })
		if out, err := b.worker(t, server.URL, (kills+1)*time.Hour).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if n := len(b.keys(t, model)); n != passages || !b.sets(t)[0].Complete {
			t.Errorf("%d vectors for %d passages, %+v", n, passages, b.sets(t))
		}
		again := 0
		for _, n := range b.embedded(model) {
			again += n - 1
		}
		if again > kills*batch {
			t.Errorf("%d passages were embedded again after %d kills, at most a batch of %d each", again, kills, batch)
		}
		t.Logf("%d kills, %d of %d passages embedded again", kills, again, passages)
	})
}

func (b *base) worker(t *testing.T, endpoint string, later time.Duration) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(job{b.options.DatabaseURL, b.options.SQLitePath, endpoint, later})
	if err != nil {
		t.Fatal(err)
	}
	worker := exec.CommandContext(t.Context(), os.Args[0])
	worker.Env = append(os.Environ(), embedWorker+"="+string(text))
	return worker
}
