// Package redistest gives each test a Redis server of its own, a real one that
// can be killed and started again. scripts/test provides the program.
package redistest

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Server is a running redis-server.
type Server struct {
	// Addr is where it listens, before and after a Restart.
	Addr      string
	program   string
	arguments []string
	process   *exec.Cmd
}

// New starts a server that ends with the test. Further arguments are those of
// redis-server. Without the program the test is skipped, and under CI it fails.
func New(t testing.TB, arguments ...string) *Server {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("redis-server is not installed: run scripts/test, which provides it")
		}
		t.Skip("NOT TESTED WITH REDIS: redis-server is not installed; scripts/test provides it")
	}
	s := &Server{program: program, arguments: append([]string{"--save", "", "--bind", "127.0.0.1", "--dir", t.TempDir()}, arguments...)}
	t.Cleanup(func() { s.Kill(t) })
	for range 20 { // somebody else may take the free port first
		s.Addr = freeAddr(t)
		if s.start(t) {
			return s
		}
	}
	t.Fatal("redis-server did not start on any port")
	return nil
}

// Kill ends the server at once, as a crash would.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	if s.process == nil {
		return
	}
	if err := s.process.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = s.process.Wait() // says that it was killed
	s.process = nil
}

// Restart starts the server again, with nothing in its memory.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	for range 100 {
		if s.start(t) {
			return
		}
		time.Sleep(100 * time.Millisecond) // somebody's connection may have the port for a moment
	}
	t.Fatal("redis-server did not start again")
}

// start says whether the server accepts connections.
func (s *Server) start(t testing.TB) bool {
	t.Helper()
	_, port, _ := net.SplitHostPort(s.Addr)
	where := []string{"--port", port}
	for _, a := range s.arguments {
		if a == "--tls-cert-file" { // then nothing is to be had without TLS
			where = []string{"--port", "0", "--tls-port", port}
		}
	}
	s.process = exec.Command(s.program, append(where, s.arguments...)...)
	output, err := s.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			return true
		}
	}
	_ = s.process.Wait()
	s.process = nil
	return false
}

func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
