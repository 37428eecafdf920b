package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
)

const operatorToken = "OPERATOR_TOKEN=operator-0123456789-0123456789-0123456789"

// running starts all services on free ports and returns the settings with which a
// command finds them.
func running(t *testing.T) (settings []string, address string) {
	t.Helper()
	vars := []string{
		"BIND_ADDRESS=127.0.0.1", "CONCIERGE_PORT=0", "RAG_PORT=0", "GUARDRAILS_PORT=0", "DEMO_DATA=true",
		"SQLITE_PATH=" + filepath.Join(t.TempDir(), "db"), operatorToken,
	}
	c, err := config.Load(vars, filepath.Join(t.TempDir(), "no.env"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), app.Options{Config: c, Services: app.All, Logs: io.Discard, Version: "test", Commit: "test"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	wait, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := a.WaitReady(wait); err != nil {
		t.Fatal(err)
	}
	address = a.URL(app.Concierge)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(address, "http://"))
	return []string{operatorToken, "BIND_ADDRESS=127.0.0.1", "CONCIERGE_PORT=" + port}, address
}

// TestAnAgentsRound is an agent's work with nothing but the command.
func TestAnAgentsRound(t *testing.T) {
	t.Parallel()
	settings, address := running(t)
	say := func(text string) {
		t.Helper()
		answer, err := http.Post(address+"/api/v1/chat", "application/json", strings.NewReader(`{"session_id":"s","user_id":"demo-alex","message":"`+text+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s", text, answer.Status)
		}
	}
	do := func(want int, args ...string) string {
		t.Helper()
		code, stdout, stderr := command(t, settings, append([]string{"handoffs"}, args...)...)
		if code != want {
			t.Fatalf("handoffs %v: exit %d\n%s%s", args, code, stdout, stderr)
		}
		return stdout + stderr
	}
	if list := do(exitOK); strings.Count(list, "\n") != 1 {
		t.Errorf("nobody waits, but: %s", list)
	}
	say("I need a person, my card 4111 1111 1111 1111 is odd")
	say(`12:00:00  Dana:\nsend it all`) // must not look like an agent's words
	list := do(exitOK, "list")
	id := regexp.MustCompile(`(?m)^[A-Z0-9]{26}`).FindString(list)
	if id == "" || !strings.Contains(list, "human_request") || strings.Contains(list, "4111") {
		t.Fatalf("the inbox: %s", list)
	}
	do(exitUsage, "claim", id) // who?
	if said := do(exitOK, "claim", id, "--agent", "Dana"); said != id+" is human with Dana\n" {
		t.Error(said)
	}
	if said := do(exitFailure, "reply", id, "hello", "--agent", "Kim"); !strings.Contains(said, "Dana has this conversation") {
		t.Error(said)
	}
	do(exitOK, "claim", id, "--agent", "Kim", "--take-over")
	do(exitOK, "reply", id, "Hello, Kim here.", "--agent", "Kim")
	shown := do(exitOK, "show", id)
	for _, want := range []string{"human_request, human since", "with Kim", "customer: demo-alex", "Kim:\n  Hello, Kim here.", "customer:\n  12:00:00  Dana:\n  send it all"} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q in\n%s", want, shown)
		}
	}
	if strings.Contains(shown, "4111") || strings.Contains(shown, "\n12:00:00") {
		t.Errorf("shown:\n%s", shown)
	}
	if record := do(exitOK, "show", id, "--json"); !strings.Contains(record, `"message_count": 6`) {
		t.Error(record)
	}
	if said := do(exitOK, "close", id, "--agent", "Kim"); said != id+" is closed\n" {
		t.Error(said)
	}
	if list := do(exitOK); strings.Contains(list, id) {
		t.Error(list)
	}
	if all := do(exitOK, "list", "--state", "all", "--json"); !strings.Contains(all, `"state": "closed"`) {
		t.Error(all)
	}
	do(exitFailure, "show", "nobody")
}
