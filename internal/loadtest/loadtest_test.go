package loadtest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/loadtest"
)

// concierge starts the real thing with demo data and returns its address.
func concierge(t *testing.T) string {
	t.Helper()
	c, err := config.Load([]string{
		"BIND_ADDRESS=127.0.0.1", "CONCIERGE_PORT=0", "RAG_PORT=0", "GUARDRAILS_PORT=0", "DEMO_DATA=true",
		"RATE_LIMIT_TOKENS_PER_SECOND=0", "SQLITE_PATH=" + filepath.Join(t.TempDir(), "db"),
	}, filepath.Join(t.TempDir(), "no.env"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), app.Options{Config: c, Services: app.All, Logs: io.Discard, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	if err := a.WaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a.URL(app.Concierge)
}

func options(base string) loadtest.Options {
	return loadtest.Options{
		BaseURL: base, Customers: []loadtest.Customer{{ID: "demo-alex"}, {ID: "demo-sam"}},
		Profile:  loadtest.Profile{Name: "baseline", Stages: []loadtest.Stage{{Duration: time.Second, From: 60, To: 60}}},
		Transfer: "send 0.01 to Jordan", Bill: "pay 0.01 to my electricity bill", Amount: 1,
		Rand: rand.New(rand.NewPCG(1, 2)), Progress: io.Discard,
	}
}

// lenient judges everything but speed, which a test can't promise.
var lenient = loadtest.Thresholds{P95: time.Minute}

func TestARunAgainstTheRealConciergePasses(t *testing.T) {
	t.Parallel()
	result, err := loadtest.Run(t.Context(), options(concierge(t)))
	if err != nil {
		t.Fatal(err)
	}
	if err := result.Judge(lenient); err != nil {
		t.Error(err)
	}
	if n := result.All().OK; n != 60 {
		t.Errorf("%d operations were ok, want 60", n)
	}
	for _, s := range loadtest.Mix {
		if result.Of(s.Operation).OK == 0 {
			t.Errorf("no %s was made", s.Operation)
		}
	}
	if m := result.Money; m.Acknowledged == 0 || m.Executed != m.Acknowledged {
		t.Errorf("money: %+v", m)
	}
	wellFormedReport(t, result)
}

func wellFormedReport(t *testing.T, result *loadtest.Result) {
	t.Helper()
	var page bytes.Buffer
	if err := result.Report(&page, errors.New("one <b>\ntwo")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<svg", "<polyline", "one &lt;b&gt;", ">transfer<"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the report lacks %s", want)
		}
	}
	if strings.Contains(page.String(), "http-equiv") || strings.Contains(page.String(), "src=") || strings.Contains(page.String(), "href=") {
		t.Error("the report loads something from elsewhere")
	}
	d := xml.NewDecoder(&page)
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("report: %v", err)
		}
	}
}

// through puts something between the load and the real concierge.
func through(t *testing.T, base string, meddle func(next http.Handler, w http.ResponseWriter, r *http.Request)) string {
	t.Helper()
	target, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	next := httputil.NewSingleHostReverseProxy(target)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { meddle(next, w, r) }))
	t.Cleanup(srv.Close)
	return srv.URL
}

func isConfirm(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/confirm") }

func TestWhatIsWrongIsSeen(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		meddle func(next http.Handler, w http.ResponseWriter, r *http.Request)
		want   string
	}{
		"an acknowledgement of a payment that was never made": {func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			if isConfirm(r) {
				_, _ = io.WriteString(w, `{"id":"x","status":"executed","receipt":{"reference":"X"}}`)
				return
			}
			next.ServeHTTP(w, r)
		}, "acknowledged payments are lost"},
		"balances that are somebody's guess": {func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if bytes.Contains(body, []byte("What is my balance")) {
				_, _ = io.WriteString(w, `{"message":"You have $1.00","session_id":"s","guardrails_passed":true}`)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, r)
		}, "answers were wrong"},
		"errors": {func(next http.Handler, w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/health" {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			next.ServeHTTP(w, r)
		}, "of the operations failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, err := loadtest.Run(t.Context(), options(through(t, concierge(t), tc.meddle)))
			if err != nil {
				t.Fatal(err)
			}
			if err := result.Judge(lenient); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("judged %v, want %q", err, tc.want)
			}
		})
	}
}

// TestABrokenConnectionLosesAndDoublesNothing breaks off every third answer
// after the service has done the work: the client can't know.
func TestABrokenConnectionLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	var count atomic.Int64
	base := through(t, concierge(t), func(next http.Handler, w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || count.Add(1)%3 != 0 {
			next.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	})
	o := options(base)
	o.Patience = time.Minute
	result, err := loadtest.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := result.Judge(lenient); err != nil {
		t.Error(err)
	}
	if count.Load() < 60 {
		t.Errorf("%d requests: nothing was broken", count.Load())
	}
}

// TestAStallIsChargedToAllWhoWaited is what a closed loop misses: one stall
// delays everybody who arrives during it.
func TestAStallIsChargedToAllWhoWaited(t *testing.T) {
	t.Parallel()
	const stall = 500 * time.Millisecond
	var line sync.Mutex // one request at a time, the first of which takes long
	var first sync.Once
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/v1/accounts") {
			_ = json.NewEncoder(w).Encode(map[string]any{"accounts": []any{map[string]any{"kind": "savings", "balance": map[string]any{"display": "$1.00"}}}})
			return
		}
		if r.URL.Path == "/api/v1/chat" {
			line.Lock()
			first.Do(func() { <-time.After(stall) })
			line.Unlock()
		}
		_, _ = io.WriteString(w, `{"status":"healthy","message":"$1.00 $1.00 $1.00 $1.00 $1.00","session_id":"s","guardrails_passed":true}`)
	}))
	t.Cleanup(srv.Close)
	o := options(srv.URL)
	o.Profile.Stages[0].From, o.Profile.Stages[0].To = 100, 100
	result, err := loadtest.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	// About 50 of 100 arrive during the stall and wait a quarter second on average.
	if p75 := result.Of(loadtest.Balance).Quantile(.75); p75 < stall/10 {
		t.Errorf("P75 is %v: the stall hides", p75)
	}
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		d          time.Duration
		mayRefuse  bool
		first, top float64
	}{"baseline": {2 * time.Minute, false, 20, 20}, "stress": {5 * time.Minute, true, 20, 400}, "spike": {3 * time.Minute, true, 20, 200}, "soak": {20 * time.Minute, false, 20, 20}} {
		p, err := loadtest.NewProfile(name, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		top := 0.0
		for _, s := range p.Stages {
			top = max(top, s.To)
		}
		if p.Duration() != want.d || p.MayRefuse != want.mayRefuse || p.Stages[0].From != want.first || top != want.top {
			t.Errorf("%s: %+v", name, p)
		}
		short, err := loadtest.NewProfile(name, 5, 10*time.Second)
		if err != nil || short.Duration().Round(time.Millisecond) != 10*time.Second {
			t.Errorf("%s in 10 s: %v, %v", name, short.Duration(), err)
		}
	}
	for _, bad := range []struct {
		name string
		rate float64
		d    time.Duration
	}{{"dance", 1, 0}, {"soak", -1, 0}, {"soak", 1e9, 0}, {"soak", 1, -1}} {
		if _, err := loadtest.NewProfile(bad.name, bad.rate, bad.d); err == nil {
			t.Errorf("%+v is accepted", bad)
		}
	}
}
