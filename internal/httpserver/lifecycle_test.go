package httpserver

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/health"
)

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	used := prometheus.NewRegistry()
	if _, err := New(Options{Service: "a", Addr: ":0", Registry: used}); err != nil {
		t.Fatal(err)
	}
	for name, opts := range map[string]Options{
		"no service":      {Addr: ":0"},
		"no address":      {Service: "a"},
		"no port":         {Service: "a", Addr: "localhost"},
		"half of TLS":     {Service: "a", Addr: ":0", TLSCertFile: "cert.pem"},
		"missing TLS":     {Service: "a", Addr: ":0", TLSCertFile: "/does/not/exist", TLSKeyFile: "/does/not/exist"},
		"metrics already": {Service: "a", Addr: ":0", Registry: used},
	} {
		if s, err := New(opts); err == nil || s != nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, %v", name, s, err)
		}
	}
}

func TestAnOccupiedPortIsOneClearLine(t *testing.T) {
	t.Parallel()
	first := start(t, Options{}, nil)
	second, err := New(Options{Service: "second", Addr: first.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	err = second.Listen(t.Context())
	if want := "address " + first.Addr() + " is in use by another program"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := second.Serve(); err == nil {
		t.Error("served without listening")
	}
	if err := second.Close(); err != nil {
		t.Errorf("close after a failed start: %v", err)
	}
}

func TestCloseEndsAStartThatFailed(t *testing.T) {
	t.Parallel()
	s, err := New(Options{Service: "s", Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	if c, err := net.Dial("tcp", s.Addr()); err == nil {
		c.Close()
		t.Error("the address is still taken")
	}
}

// load sends requests, one after another on each of many connections, until the
// server is gone, and returns what went wrong with any that had reached it.
func load(s *running, clients int, started *atomic.Int64) (answered int64, lost []error) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var ok atomic.Int64
	for range clients {
		wg.Go(func() {
			for {
				err := s.once()
				var network *net.OpError
				if errors.As(err, &network) && network.Op == "dial" {
					return // stopped: there was no connection to send on
				}
				if err != nil {
					mu.Lock()
					lost = append(lost, err)
					mu.Unlock()
					return
				}
				ok.Add(1)
				started.Add(1)
			}
		})
	}
	wg.Wait()
	return ok.Load(), lost
}

func (r *running) once() error {
	response, err := r.client.Post(r.URL()+"/api/v1/work", "application/json", strings.NewReader("x"))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK || string(text) != "begin end" {
		return fmt.Errorf("status %d, body %q", response.StatusCode, text)
	}
	return nil
}

// TestDrainLosesNothing stops a server under load: every request that reached it
// is answered in full, streams too, while /ready says 503 from the first moment.
func TestDrainLosesNothing(t *testing.T) {
	t.Parallel()
	s := start(t, Options{DrainDelay: 300 * time.Millisecond}, func(s *Server) {
		s.Handle("POST /api/v1/work", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, "begin")
			_ = http.NewResponseController(w).Flush()
			time.Sleep(5 * time.Millisecond) // the work itself
			_, _ = io.WriteString(w, " end")
		}))
	})
	transport := s.client.Transport.(*http.Transport)
	transport.MaxIdleConnsPerHost = 32

	var done atomic.Int64
	result := make(chan []error, 1)
	go func() {
		_, lost := load(s, 32, &done)
		result <- lost
	}()
	eventually(t, "load", func() bool { return done.Load() > 100 })

	stopped := make(chan error, 1)
	go func() { stopped <- s.Shutdown(context.Background()) }()
	eventually(t, "draining", s.opts.Health.Draining)
	before := done.Load()
	if a := s.do(t, http.MethodGet, "/ready", ""); a.status != 503 || !strings.Contains(a.body, `"draining"`) {
		t.Errorf("/ready while draining: %d %s", a.status, a.body)
	}
	if a := s.do(t, http.MethodGet, "/health", ""); a.status != 200 || !a.close {
		t.Errorf("/health while draining: %d, asked to leave: %v", a.status, a.close)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	for _, err := range <-result {
		t.Errorf("lost: %v", err)
	}
	if done.Load() == before {
		t.Error("no request was taken during the delay")
	}
}

// TestDrainServesOpenConnections: a client that was not yet asked to leave uses
// its connection, and one that has just connected sends its first request.
func TestDrainServesOpenConnections(t *testing.T) {
	t.Parallel()
	const request = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
	s := start(t, Options{}, nil)
	kept, fresh := s.dial(t), s.dial(t)
	if _, err := io.WriteString(kept, request); err != nil {
		t.Fatal(err)
	}
	if a := readAnswer(t, kept); a.status != 200 || a.close {
		t.Fatalf("got %d, asked to leave: %v", a.status, a.close)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- s.Shutdown(context.Background()) }()
	<-s.listener.closed
	for name, c := range map[string]net.Conn{"kept": kept, "fresh": fresh} {
		if _, err := io.WriteString(c, request); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if a := readAnswer(t, c); a.status != 200 || !a.close {
			t.Errorf("%s: got %d, asked to leave: %v", name, a.status, a.close)
		}
	}
	if c, err := net.Dial("tcp", s.Addr()); err == nil {
		c.Close()
		t.Error("new connections are accepted")
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestDrainIsBounded(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}), make(chan struct{})
	s, err := New(Options{Service: "s", Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	s.Handle("GET /stuck", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(entered)
		<-release
	}))
	if err := s.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	go func() {
		response, err := http.Get(s.URL() + "/stuck")
		if err == nil {
			response.Body.Close()
		}
	}()
	<-entered
	defer close(release)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want that requests were cut off", err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestDrainMarksTheServiceBeforeItWaits(t *testing.T) {
	t.Parallel()
	set := health.New(nil)
	s, err := New(Options{Service: "s", Addr: "127.0.0.1:0", Health: set, DrainDelay: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- s.Shutdown(ctx) }()
	eventually(t, "draining", set.Draining)
	cancel() // the delay is not longer than the time given
	<-stopped
}

func TestShutdownBeforeServe(t *testing.T) {
	t.Parallel()
	for _, listens := range []bool{false, true} {
		s, err := New(Options{Service: "s", Addr: "127.0.0.1:0"})
		if err != nil {
			t.Fatal(err)
		}
		if listens {
			if err := s.Listen(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("listens %v: %v", listens, err)
		}
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	socket, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	l := newListener(socket, 1)
	defer l.Close()
	for range 2 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	first, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan net.Conn)
	go func() {
		second, err := l.Accept()
		if err != nil {
			t.Errorf("accept: %v", err)
		}
		accepted <- second
	}()
	select {
	case <-accepted:
		t.Fatal("a second connection is open beside the first")
	case <-time.After(20 * time.Millisecond):
	}
	first.Close()
	first.Close() // gives its slot back only once
	(<-accepted).Close()
	if len(l.slots) != 0 {
		t.Errorf("%d slots are taken by nobody", len(l.slots))
	}
}

// certificate writes a certificate for 127.0.0.1 and its key.
func certificate(t *testing.T) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: keyDER}} {
		var text bytes.Buffer
		if err := pem.Encode(&text, block); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool = x509.NewCertPool()
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(parsed)
	return certFile, keyFile, pool
}

func TestTLS(t *testing.T) {
	t.Parallel()
	certFile, keyFile, pool := certificate(t)
	s := start(t, Options{TLSCertFile: certFile, TLSKeyFile: keyFile, Timeouts: Timeouts{Write: time.Second}}, func(s *Server) {
		s.Handle("GET /late", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(1500 * time.Millisecond)
			_, _ = io.WriteString(w, "late")
		}))
	})
	transport := s.client.Transport.(*http.Transport)
	transport.TLSClientConfig = &tls.Config{RootCAs: pool}
	transport.ForceAttemptHTTP2 = true
	if !strings.HasPrefix(s.URL(), "https://") {
		t.Errorf("URL is %s", s.URL())
	}
	a := s.do(t, http.MethodGet, "/health", "")
	if a.status != 200 || !strings.HasPrefix(a.header.Get("Strict-Transport-Security"), "max-age=") {
		t.Errorf("got %d, HSTS %q", a.status, a.header.Get("Strict-Transport-Security"))
	}
	if a := s.do(t, http.MethodGet, "/late", ""); a.body != "late" {
		t.Errorf("over HTTP/2 a late answer is %d %q", a.status, a.body)
	}
	s.mustServe(t)
	old := &tls.Config{RootCAs: pool, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	if c, err := tls.Dial("tcp", s.Addr(), old); err == nil {
		c.Close()
		t.Error("TLS 1.1 is accepted")
	}
}
