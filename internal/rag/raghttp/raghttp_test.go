package raghttp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/auth"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/raghttp"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store/sqlite"
)

const token = "operator-token-of-at-least-32-characters"

// serve starts the service on an empty database and returns its address.
func serve(t *testing.T, operatorToken string) string {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, err := auth.New(t.Context(), auth.Options{OperatorToken: operatorToken})
	if err != nil {
		t.Fatal(err)
	}
	s, err := httpserver.New(httpserver.Options{Service: "rag", Version: "test", Addr: "127.0.0.1:0", Auth: a})
	if err != nil {
		t.Fatal(err)
	}
	raghttp.Register(s.API(), rag.New(rag.Options{Store: db.Knowledge()}), a.HasOperator())
	if err := s.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return s.URL()
}

func client(t *testing.T, url, token string) (*raghttp.Client, *raghttp.Operator) {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c := raghttp.NewClient(url, &http.Client{Timeout: 20 * time.Second, Transport: transport})
	return c, raghttp.NewOperator(c, token)
}

// call sends a request as it is and returns status and body.
func call(t *testing.T, method, url, body, token string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if len(body) > 1<<20 { // wait for the refusal instead of writing into a closed connection
		r.Header.Set("Expect", "100-continue")
	}
	transport := &http.Transport{DisableKeepAlives: true, ExpectContinueTimeout: time.Minute}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

func TestClientAndOperator(t *testing.T) {
	t.Parallel()
	c, o := client(t, serve(t, token), token)
	d := rag.Document{ID: "atm", Title: "ATM fees", Category: "fees", URL: "https://x.example/atm", Content: "An ATM outside our network costs $2.50.", Source: "help:atm.md"}
	results, err := o.Put(t.Context(), []rag.Document{d, {ID: "no id!", Title: "x", Content: "x"}, {Title: "Made up", Content: "x"}})
	if err != nil || len(results) != 3 || results[0].Status != "stored" || results[1].Status != "failed" || results[1].Error == "" || !strings.HasPrefix(results[2].ID, "doc-") {
		t.Errorf("%+v, %v", results, err)
	}
	if results, err = o.Put(t.Context(), []rag.Document{d}); err != nil || results[0].Status != "unchanged" {
		t.Errorf("again: %+v, %v", results, err)
	}
	found, err := c.Search(t.Context(), rag.Query{Text: "what does an atm cost", Category: "fees", Limit: 3})
	if err != nil || len(found) != 1 || found[0].ChunkID != "atm#1" || found[0].URL != d.URL || found[0].Score <= 0 {
		t.Errorf("%+v, %v", found, err)
	}
	if _, err := c.Search(t.Context(), rag.Query{Text: " "}); !fault.Is(err, fault.Validation) {
		t.Errorf("an empty query: %v", err)
	}
	list, err := o.Summaries(t.Context())
	if err != nil || len(list) != 2 || list[0].Hash != d.Hash() || time.Since(list[0].UpdatedAt) > time.Hour {
		t.Errorf("%+v, %v", list, err)
	}
	want := d
	want.Content = ""
	if diff := cmp.Diff(want, list[0].Document); diff != "" {
		t.Error(diff)
	}
	if err := o.Delete(t.Context(), "atm"); err != nil {
		t.Error(err)
	}
	if err := o.Delete(t.Context(), "atm"); !fault.Is(err, fault.NotFound) {
		t.Errorf("twice: %v", err)
	}
	if err := o.Delete(t.Context(), "../x?y"); !fault.Is(err, fault.NotFound) {
		t.Errorf("an id of another kind: %v", err)
	}
}

func TestOnlyOperatorsChangeDocuments(t *testing.T) {
	t.Parallel()
	url := serve(t, token)
	for _, given := range []string{"", "another-token-of-at-least-32-characters"} {
		_, o := client(t, url, given)
		if _, err := o.Put(t.Context(), []rag.Document{{Title: "x", Content: "x"}}); !fault.Is(err, fault.Authentication) {
			t.Errorf("storing with %q: %v", given, err)
		}
		if err := o.Delete(t.Context(), "x"); !fault.Is(err, fault.Authentication) {
			t.Errorf("deleting with %q: %v", given, err)
		}
	}
	_, o := client(t, serve(t, ""), "")
	if _, err := o.Put(t.Context(), []rag.Document{{Title: "x", Content: "x"}}); err != nil {
		t.Errorf("where there is no token: %v", err)
	}
}

func TestListsAreBounded(t *testing.T) {
	t.Parallel()
	url := serve(t, "")
	_, o := client(t, url, "")
	content := strings.Repeat("word ", rag.MaxDocument/5)
	for i := range 12 {
		if _, err := o.Put(t.Context(), []rag.Document{{ID: fmt.Sprintf("d%02d", i), Title: "x", Content: content}}); err != nil {
			t.Fatal(err)
		}
	}
	ids, pages, next := "", 0, ""
	for {
		status, raw := call(t, http.MethodGet, url+"/api/v1/rag/documents?limit=1000&after="+next, "", "")
		var page struct {
			Documents []struct{ ID, Content string }
			Count     int
			Next      string
		}
		if err := json.Unmarshal([]byte(raw), &page); err != nil || status != http.StatusOK || page.Count != len(page.Documents) || len(raw) > 12<<20 {
			t.Fatalf("%d, %v, %d bytes", status, err, len(raw))
		}
		for _, d := range page.Documents {
			ids += d.ID + " "
		}
		if pages++; page.Next == "" {
			break
		}
		next = page.Next
	}
	if want := "d00 d01 d02 d03 d04 d05 d06 d07 d08 d09 d10 d11 "; ids != want || pages < 2 {
		t.Errorf("%d pages: %s", pages, ids)
	}
	if status, raw := call(t, http.MethodGet, url+"/api/v1/rag/documents?content=false&limit=5", "", ""); status != http.StatusOK || len(raw) > 5000 || !strings.Contains(raw, `"next":"d04"`) {
		t.Errorf("%d %.500s", status, raw)
	}
	if status, raw := call(t, http.MethodGet, url+"/api/v1/rag/documents", "", ""); status != http.StatusOK || !strings.Contains(raw, `"count":5`) {
		t.Errorf("%d %d bytes", status, len(raw))
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	url := serve(t, "") + "/api/v1/rag"
	for name, tc := range map[string]struct {
		method, path, body string
		status             int
		want               string
	}{
		"no JSON":             {http.MethodPost, "/documents", `{`, http.StatusBadRequest, "ValidationError"},
		"no documents":        {http.MethodPost, "/documents", `{"documents":[]}`, http.StatusUnprocessableEntity, "documents"},
		"too many documents":  {http.MethodPost, "/documents", `{"documents":[` + strings.Repeat(`{"title":"x","content":"x","category":""},`, 1000) + `{"title":"x","content":"x","category":""}]}`, http.StatusUnprocessableEntity, "1000"},
		"no title":            {http.MethodPost, "/documents", `{"documents":[{"content":"x","category":""}]}`, http.StatusUnprocessableEntity, "title"},
		"too large a body":    {http.MethodPost, "/documents", `{"documents":[{"title":"x","category":"","content":"` + strings.Repeat("x", 17<<20) + `"}]}`, http.StatusRequestEntityTooLarge, "ValidationError"},
		"an empty query":      {http.MethodPost, "/search", `{"query":""}`, http.StatusUnprocessableEntity, "query must not be empty"},
		"too many results":    {http.MethodPost, "/search", `{"query":"x","limit":51}`, http.StatusUnprocessableEntity, "limit"},
		"a wrong type":        {http.MethodPost, "/search", `{"query":1}`, http.StatusUnprocessableEntity, "query"},
		"an unknown document": {http.MethodGet, "/documents/none", ``, http.StatusNotFound, "no such document"},
		"a bad limit":         {http.MethodGet, "/documents?limit=0", ``, http.StatusUnprocessableEntity, "limit"},
		"a bad switch":        {http.MethodGet, "/documents?content=maybe", ``, http.StatusUnprocessableEntity, "content"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body := call(t, tc.method, url+tc.path, tc.body, "")
			if status != tc.status || !strings.Contains(body, tc.want) || !bytes.Contains([]byte(body), []byte(`"request_id"`)) {
				t.Errorf("%d %.300s", status, body)
			}
		})
	}
	status, body := call(t, http.MethodPost, url+"/search", `{"query":"`+strings.Repeat("fees ", 10_000)+`","unknown":1}`, "")
	if status != http.StatusOK || !strings.Contains(body, `"results":[]`) {
		t.Errorf("10,000 words on an empty knowledge base: %d %.300s", status, body)
	}
	status, body = call(t, http.MethodPost, url+"/context", `{"query":"fees"}`, "")
	if status != http.StatusOK || !strings.Contains(body, `"num_sources":0`) {
		t.Errorf("context of an empty knowledge base: %d %.300s", status, body)
	}
}
