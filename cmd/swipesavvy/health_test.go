package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHealthTellsHowAServiceIs(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status       int
		body         string
		args         []string
		code         int
		stdout, fail string
	}{
		"healthy":         {200, `{"status":"healthy"}`, []string{"rag"}, exitOK, "rag: healthy\n", ""},
		"ready":           {200, `{"status":"degraded","path":"/ready"}`, []string{"--ready", "rag"}, exitOK, "rag: degraded\n", ""},
		"unhealthy":       {503, `{"status":"unhealthy","reason":"database: down"}`, []string{"rag"}, exitFailure, "", "rag: unhealthy database: down"},
		"another program": {200, "<html>", []string{"rag"}, exitFailure, "", "is another program at"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := make(chan string, 1)
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked <- r.URL.Path
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			}))
			t.Cleanup(srv.Close)
			_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
			code, stdout, stderr := command(t, []string{"RAG_PORT=" + port}, append([]string{"health"}, tc.args...)...)
			if code != tc.code || stdout != tc.stdout || !strings.Contains(stderr, tc.fail) {
				t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
			}
			if path := <-asked; (path == "/ready") != strings.Contains(tc.body, "/ready") {
				t.Errorf("%s was asked", path)
			}
		})
	}
}
