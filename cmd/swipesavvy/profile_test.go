package main

import (
	"bytes"
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"
)

func TestProfileOfARunningService(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	settings := []string{"PROFILING_ADDRESS=" + address, "GUARDRAILS_PORT=0", "BIND_ADDRESS=127.0.0.1"}

	code, _, stderr := command(t, settings, "profile", "heap")
	if code != exitUnreachable || !strings.Contains(stderr, "no answer at "+address) {
		t.Errorf("without a service: exit %d, %s", code, stderr)
	}
	code, _, stderr = command(t, nil, "profile", "heap")
	if code != exitFailure || !strings.Contains(stderr, "PROFILING_ADDRESS is not set") {
		t.Errorf("without an address: exit %d, %s", code, stderr)
	}
	for _, wrong := range [][]string{{"profile", "dance"}, {"profile", "heap", "--for", "1h"}} {
		if code, _, _ := command(t, settings, wrong...); code != exitUsage {
			t.Errorf("%v: exit %d", wrong, code)
		}
	}

	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	var log bytes.Buffer
	go func() {
		defer close(stopped)
		env := &environment{ctx: ctx, stdin: strings.NewReader(""), stdout: &log, stderr: &log, vars: append(settings, "SQLITE_PATH="+filepath.Join(t.TempDir(), "db"))}
		run(env, []string{"--env-file", filepath.Join(t.TempDir(), ".env"), "guardrails"})
	}()
	t.Cleanup(func() { cancel(); <-stopped })
	for {
		code, profile, stderr := command(t, settings, "profile", "heap")
		if code == exitOK {
			if !strings.HasPrefix(profile, "\x1f\x8b") {
				t.Errorf("no profile: %.20q", profile)
			}
			return
		}
		select {
		case <-stopped:
			t.Fatalf("exit %d, %s\n%s", code, stderr, log.String())
		default:
		}
	}
}
