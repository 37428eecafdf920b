package chatclient

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// talk runs a chat against a concierge that answers every message with h.
func talk(t *testing.T, input string, h http.HandlerFunc) (string, error) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	var out strings.Builder
	err := Run(t.Context(), Options{BaseURL: s.URL, UserID: "u", In: strings.NewReader(input), Out: &out})
	return out.String(), err
}

func events(list ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, e := range list {
			fmt.Fprintf(w, "data: %s\n\n", e)
		}
	}
}

func TestAnswersAreShown(t *testing.T) {
	t.Parallel()
	out, err := talk(t, "balance\n/quit\nnever sent\n", events(`{"type":"thinking"}`, `{"type":"tool","tool":"get_balances"}`,
		`{"type":"message","delta":"You have "}`, `{"type":"message","delta":"$5.\u001b[31m"}`,
		`{"type":"done","session_id":"s","citations":[{"title":"Fees","url":"https://x"}],"degraded":true}`, `[DONE]`))
	for _, want := range []string{"(get balances)\n", "You have $5.[31m\n", "Fees  https://x\n", "not available"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing from\n%s", want, out)
		}
	}
	if err != nil || strings.ContainsRune(out, 0x1b) {
		t.Errorf("%v, output %q", err, out)
	}
}

func TestTheSessionGoesOn(t *testing.T) {
	t.Parallel()
	var bodies []string
	_, err := talk(t, "one\ntwo\n/new\nthree\n", func(w http.ResponseWriter, r *http.Request) {
		var b strings.Builder
		_ = r.Write(&b)
		bodies = append(bodies, b.String())
		events(`{"type":"done","session_id":"s1"}`, `[DONE]`)(w, r)
	})
	if err != nil || len(bodies) != 3 {
		t.Fatalf("%d requests, %v", len(bodies), err)
	}
	for i, want := range []string{`"session_id":""`, `"session_id":"s1"`, `"session_id":""`} {
		if !strings.Contains(bodies[i], want) {
			t.Errorf("request %d lacks %s:\n%s", i, want, bodies[i])
		}
	}
}

func TestTroubleIsTold(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"an error body": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprint(w, `{"error":"ConnectionError","detail":"the database is away"}`)
		}, "the database is away"},
		"a proxy's error": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, "status 502"},
		"an error event":  {events(`{"type":"error","detail":"too slow"}`), "too slow"},
		"a cut stream":    {events(`{"type":"message","delta":"You"}`), "broke off"},
		"garbage":         {events(`{`), "can't be understood"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := talk(t, "hi\n", tc.answer)
			if err != nil || !strings.Contains(out, tc.want) {
				t.Errorf("%v, output %q", err, out)
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	var out strings.Builder
	err := Run(t.Context(), Options{BaseURL: s.URL, In: strings.NewReader("hi\n"), Out: &out})
	if !fault.Is(err, fault.Connection) || !strings.Contains(err.Error(), "swipesavvy up") {
		t.Errorf("got %v", err)
	}
}

func TestAPersonIsWaitedFor(t *testing.T) {
	t.Parallel()
	out, err := talk(t, "hello\n", events(`{"type":"done","session_id":"s","message":"","handoff":{"state":"human","agent":"Dana"}}`, `[DONE]`))
	if err != nil || !strings.Contains(out, "Dana will answer") {
		t.Errorf("%v, output %q", err, out)
	}
}
