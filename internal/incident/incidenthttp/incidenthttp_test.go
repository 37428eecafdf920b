package incidenthttp_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/auth"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/incident"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/incident/incidenthttp"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store/sqlite"
)

const (
	operator = "operator-operator-operator-operator"
	webhook  = "webhook-webhook-webhook-webhook-webhook"
)

// serve runs a server with incidents on SQLite.
func serve(t *testing.T) string {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, err := auth.New(t.Context(), auth.Options{OperatorToken: operator})
	if err != nil {
		t.Fatal(err)
	}
	s, err := httpserver.New(httpserver.Options{Service: "concierge", Addr: "127.0.0.1:0", Auth: a})
	if err != nil {
		t.Fatal(err)
	}
	core := incident.New(db.Incidents(), nil)
	incidenthttp.Register(s.API(), core, webhook)
	s.Handle("GET /status", incidenthttp.Status(core, func(context.Context) []incidenthttp.Part {
		return []incidenthttp.Part{{Name: "Chat", State: "ok"}, {Name: "<b>Help</b>", State: "down"}}
	}))
	s.Handle("GET /up", incidenthttp.Status(core, func(context.Context) []incidenthttp.Part {
		return []incidenthttp.Part{{Name: "Chat", State: "ok"}}
	}))
	if err := s.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve() }()
	t.Cleanup(func() { _ = s.Close() })
	return s.URL()
}

func call(t *testing.T, method, url, token, body string) (status int, answer string, header http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, string(text), a.Header
}

// sent is what Alertmanager 0.27 posts.
const sent = `{"receiver":"incidents","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"ServiceDown","priority":"P0","service":"rag","severity":"critical"},
"annotations":{"description":"rag is down","runbook_url":"https://example.com/RUNBOOK.md#servicedown","summary":"rag doesn't answer"},"startsAt":"2026-11-02T03:00:00.123Z",
"endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus:9090/graph","fingerprint":"c3a1b2"}],"groupLabels":{"alertname":"ServiceDown"},"commonLabels":{},
"commonAnnotations":{},"externalURL":"http://alertmanager:9093","version":"4","groupKey":"{}:{alertname=\"ServiceDown\"}","truncatedAlerts":0}`

func TestWebhook(t *testing.T) {
	t.Parallel()
	url := serve(t) + "/api/v1/admin/incidents"
	for token, want := range map[string]int{"": 401, "wrong": 401, operator: 204, webhook: 204} {
		if status, answer, _ := call(t, http.MethodPost, url+"/webhook", token, sent); status != want {
			t.Errorf("token %q: status %d, %s", token, status, answer)
		}
	}
	var listed struct {
		Incidents []incident.Incident
		Count     int
	}
	status, answer, _ := call(t, http.MethodGet, url+"?open=true", operator, "")
	if err := json.Unmarshal([]byte(answer), &listed); err != nil || status != 200 || listed.Count != 1 || listed.Incidents[0].Priority != "P0" {
		t.Fatalf("%d %s", status, answer)
	}
	ended := strings.NewReplacer(`"status":"firing"`, `"status":"resolved"`, `0001-01-01T00:00:00Z`, `2026-11-02T03:10:00Z`).Replace(sent)
	if status, answer, _ := call(t, http.MethodPost, url+"/webhook", webhook, ended); status != 204 {
		t.Errorf("%d %s", status, answer)
	}
	if status, answer, _ := call(t, http.MethodGet, url+"/"+listed.Incidents[0].ID, operator, ""); status != 200 || !strings.Contains(answer, `"status":"resolved"`) {
		t.Errorf("%d %s", status, answer)
	}
	for path, want := range map[string]int{"": 401, "/" + listed.Incidents[0].ID: 401} {
		if status, _, _ := call(t, http.MethodGet, url+path, "", ""); status != want {
			t.Errorf("%q without a token: %d", path, status)
		}
	}
	if status, _, _ := call(t, http.MethodGet, url, webhook, ""); status == 200 {
		t.Error("the webhook's token reads incidents")
	}
	if status, _, _ := call(t, http.MethodGet, url+"/INC-0", operator, ""); status != 404 {
		t.Errorf("an unknown incident: %d", status)
	}
}

func TestNonsenseIsRefused(t *testing.T) {
	t.Parallel()
	url := serve(t) + "/api/v1/admin/incidents/webhook"
	for what, body := range map[string]string{
		"an empty object": `{}`,
		"another version": strings.Replace(sent, `"version":"4"`, `"version":"5"`, 1),
		"a far moment":    strings.Replace(sent, `2026-11-02T03:00:00.123Z`, `9999-11-02T03:00:00Z`, 1),
		"no fingerprint":  strings.Replace(sent, `c3a1b2`, ``, 1),
		"another status":  strings.Replace(sent, `[{"status":"firing"`, `[{"status":"unsure"`, 1),
	} {
		if status, answer, _ := call(t, http.MethodPost, url, webhook, body); status != 422 {
			t.Errorf("%s: %d %s", what, status, answer)
		}
	}
}

func TestStatusPage(t *testing.T) {
	t.Parallel()
	url := serve(t)
	if status, answer, _ := call(t, http.MethodPost, url+"/api/v1/admin/incidents/webhook", webhook, strings.ReplaceAll(sent, "ServiceDown", "<script>alert(1)</script>")); status != 204 {
		t.Fatalf("%d %s", status, answer)
	}
	status, page, header := call(t, http.MethodGet, url+"/status", "", "")
	if status != 200 || !strings.Contains(page, "Some things are down") || strings.Contains(page, "<script") || strings.Contains(page, "<b>Help") || strings.Contains(page, "doesn't answer") {
		t.Errorf("%d\n%s", status, page)
	}
	slow := strings.NewReplacer("ServiceDown", "RateLimitHits", "critical", "warning").Replace(sent)
	if status, answer, _ := call(t, http.MethodPost, url+"/api/v1/admin/incidents/webhook", webhook, slow); status != 204 {
		t.Fatalf("%d %s", status, answer)
	}
	_, up, _ := call(t, http.MethodGet, url+"/up", "", "")
	if !strings.Contains(up, "an incident is being worked on") || !strings.Contains(up, "(rag): open") || strings.Contains(up, "RateLimitHits") {
		t.Errorf("with an open incident, all up:\n%s", up)
	}
	if policy := header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
}
