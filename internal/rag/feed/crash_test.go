package feed_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/pgtest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/feed"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

const feedWorker = "SWIPESAVVY_FEED_WORKER" // holds what a worker needs, in its environment

// job is what a worker process does: it feeds a folder to a replica of its own.
type job struct {
	Store  store.Options
	Folder string
}

func TestMain(m *testing.M) {
	if text := os.Getenv(feedWorker); text != "" {
		if err := feedOnce(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func feedOnce(text string) error {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	ctx := context.Background()
	b, end, err := open(ctx, j.Store)
	if err != nil {
		return err
	}
	defer end()
	f, _ := feeder(b)
	_, err = f.Sync(ctx, "help", os.DirFS(j.Folder))
	return err
}

// open returns a replica on a database.
func open(ctx context.Context, o store.Options) (base, func(), error) {
	s, err := store.Open(ctx, o)
	if err != nil {
		return base{}, nil, err
	}
	return base{rag.New(rag.Options{Store: s.Knowledge()})}, func() { _ = s.Close() }, nil
}

// eachStore runs a test on every kind of database.
func eachStore(t *testing.T, run func(t *testing.T, o store.Options)) {
	t.Helper()
	for name, options := range map[string]func(t *testing.T) store.Options{
		"sqlite":   func(t *testing.T) store.Options { return store.Options{SQLitePath: filepath.Join(t.TempDir(), "db")} },
		"postgres": func(t *testing.T) store.Options { return store.Options{DatabaseURL: pgtest.URL(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(t)
			s, err := store.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			run(t, o)
		})
	}
}

// written makes a real folder of n files and returns it.
func written(t *testing.T, n int) string {
	t.Helper()
	root := t.TempDir()
	for i := range n {
		text := fmt.Sprintf("# Title %d\n\n## Question %d?\n\nAnswer with word%d.\n", i, i, i)
		if err := os.WriteFile(filepath.Join(root, fmt.Sprintf("f%04d.md", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// replica is a replica of the service for the length of the test.
func replica(t *testing.T, o store.Options) base {
	t.Helper()
	b, end, err := open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	return b
}

// complete fails unless a replica has and finds n documents, each once.
func complete(t *testing.T, b base, n int) {
	t.Helper()
	if err := b.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if documents, passages := b.Size(); documents != n || passages != n {
		t.Errorf("%d documents in %d passages, want %d", documents, passages, n)
	}
	for _, i := range []int{0, n / 2, n - 1} {
		found, err := b.Search(t.Context(), rag.Query{Text: fmt.Sprintf("word%d", i)})
		if err != nil || len(found) == 0 || found[0].DocumentID != fmt.Sprintf("f%04d", i) {
			t.Errorf("word%d finds %v, %v", i, found, err)
		}
	}
}

// TestKilledWhileFeeding kills feeders with SIGKILL, later each time. The last one
// completes what they began.
func TestKilledWhileFeeding(t *testing.T) {
	t.Parallel()
	const files, kills = 1200, 5
	eachStore(t, func(t *testing.T, o store.Options) {
		root := written(t, files)
		text, err := json.Marshal(job{o, root})
		if err != nil {
			t.Fatal(err)
		}
		worker := func() *exec.Cmd {
			c := exec.CommandContext(t.Context(), os.Args[0])
			c.Env = append(os.Environ(), feedWorker+"="+string(text))
			return c
		}
		b := replica(t, o)
		for round := range kills {
			w := worker()
			if err := w.Start(); err != nil {
				t.Fatal(err)
			}
			for atLeast := (round + 1) * files / (kills + 2); len(b.stored(t)) < atLeast; {
				time.Sleep(time.Millisecond) // another process is waited for
			}
			_ = w.Process.Kill()
			if err := w.Wait(); err == nil {
				t.Errorf("round %d: the feeder wasn't killed", round)
			}
		}
		if n := len(b.stored(t)); n >= files {
			t.Fatalf("%d documents are stored already", n)
		}
		if out, err := worker().CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		complete(t, b, files)
	})
}

// TestReplicasFedAtOnce has two feeders at each of two replicas, all with the same
// folder, of which files then change and go.
func TestReplicasFedAtOnce(t *testing.T) {
	t.Parallel()
	const files, gone = 300, 30
	eachStore(t, func(t *testing.T, o store.Options) {
		root := written(t, files)
		replicas := []base{replica(t, o), replica(t, o)}
		feedAll := func() {
			t.Helper()
			errs := make([]error, 4)
			var wg sync.WaitGroup
			for i := range errs {
				wg.Go(func() {
					f, _ := feeder(replicas[i%2])
					counts, err := f.Sync(t.Context(), "help", os.DirFS(root))
					if errs[i] = err; counts[feed.Failed] > 0 {
						errs[i] = fmt.Errorf("%v", counts)
					}
				})
			}
			wg.Wait()
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
		}
		feedAll()
		for _, b := range replicas {
			complete(t, b, files)
		}
		for i := files - gone; i < files; i++ {
			if err := os.Remove(filepath.Join(root, fmt.Sprintf("f%04d.md", i))); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(root, "f0007.md"), []byte("# Changed\n\nword7 is other now."), 0o600); err != nil {
			t.Fatal(err)
		}
		feedAll()
		for _, b := range replicas {
			complete(t, b, files-gone)
			if found, err := b.Search(t.Context(), rag.Query{Text: "word7"}); err != nil || len(found) != 1 || !strings.Contains(found[0].Content, "other now") {
				t.Errorf("word7 finds %v, %v", found, err)
			}
		}
	})
}
