package redis

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/breaker"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/redistest"
)

// client is one that waits long enough for a busy machine.
func client(t *testing.T, url string, change ...func(*Options)) *Client {
	t.Helper()
	o := Options{URL: url, Timeout: 20 * time.Second, Breaker: breaker.NewFactory(breaker.Options{}).New("redis")}
	for _, c := range change {
		c(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// almostNever is a rate that gives nothing back during a test.
const almostNever = 1e-5

func TestReplicasShareALimit(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	var limits []*Limit
	for range 3 {
		limits = append(limits, client(t, "redis://"+server.Addr).Limit(almostNever, 7))
	}
	var granted, refused atomic.Int64
	var wg sync.WaitGroup
	for i := range 30 {
		wg.Go(func() {
			ok, wait, err := limits[i%3].Allow(t.Context(), "customer:alex@example.com")
			switch {
			case err != nil:
				t.Error(err)
			case ok:
				granted.Add(1)
			case wait > 0:
				refused.Add(1)
			}
		})
	}
	wg.Wait()
	if granted.Load() != 7 || refused.Load() != 23 {
		t.Errorf("%d granted and %d refused by three replicas with 7 tokens", granted.Load(), refused.Load())
	}
	if ok, _, err := limits[0].Allow(t.Context(), "customer:sam@example.com"); !ok || err != nil {
		t.Errorf("another customer: %v %v", ok, err)
	}
}

func TestALimitGivesItsTokensBack(t *testing.T) {
	t.Parallel()
	limit := client(t, "redis://"+redistest.New(t).Addr).Limit(50, 1)
	for granted := 0; granted < 3; {
		ok, wait, err := limit.Allow(t.Context(), "k")
		if err != nil || !ok && (wait <= 0 || wait > 20*time.Millisecond) {
			t.Fatalf("%v %v %v", ok, wait, err)
		}
		if ok {
			granted++
		}
	}
}

// TestAClockThatWasSetBackLocksNobodyOut stores what a server with a clock an
// hour ahead would have stored.
func TestAClockThatWasSetBackLocksNobodyOut(t *testing.T) {
	t.Parallel()
	c := client(t, "redis://"+redistest.New(t).Addr)
	ahead := time.Now().Add(time.Hour).UnixMicro()
	if err := c.redis.Set(t.Context(), c.key("limit", "k"), ahead, 0).Err(); err != nil {
		t.Fatal(err)
	}
	if ok, wait, err := c.Limit(10, 5).Allow(t.Context(), "k"); !ok || err != nil {
		t.Errorf("%v %v %v", ok, wait, err)
	}
}

func TestNothingPersonalIsInTheKeys(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	c := client(t, "redis://"+server.Addr)
	if _, _, err := c.Limit(1, 5).Allow(t.Context(), "customer:alex@example.com"); err != nil {
		t.Fatal(err)
	}
	c.Shelf("answer").Set(t.Context(), "how do i freeze my card", []byte("In the app."), time.Hour)
	keys, err := c.redis.Keys(t.Context(), "*").Result()
	if err != nil || len(keys) != 2 {
		t.Fatalf("%q %v", keys, err)
	}
	for _, key := range keys {
		if !strings.HasPrefix(key, prefix) || strings.Contains(key, "alex") || strings.Contains(key, "freeze") {
			t.Errorf("the key %q", key)
		}
		if ttl := c.redis.PTTL(t.Context(), key).Val(); ttl <= 0 {
			t.Errorf("%q stays for ever", key)
		}
	}
	other := &Client{secret: []byte("another password")}
	if c.key("limit", "a") == other.key("limit", "a") {
		t.Error("who doesn't know the password can compute keys")
	}
}

func TestShelf(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	one, two := client(t, "redis://"+server.Addr).Shelf("answer"), client(t, "redis://"+server.Addr).Shelf("answer")
	if got := two.Get(t.Context(), "k"); got != nil {
		t.Errorf("an empty shelf has %q", got)
	}
	one.Set(t.Context(), "k", []byte("v"), time.Hour)
	if got := two.Get(t.Context(), "k"); string(got) != "v" {
		t.Errorf("the other replica finds %q", got)
	}
	if got := client(t, "redis://"+server.Addr).Shelf("another").Get(t.Context(), "k"); got != nil {
		t.Errorf("another kind has %q", got)
	}
	one.Set(t.Context(), "k", make([]byte, maxValue+1), time.Hour)
	if got := two.Get(t.Context(), "k"); string(got) != "v" {
		t.Errorf("what is too large was kept: %d bytes", len(got))
	}
	c := one.client
	if err := c.redis.Set(t.Context(), c.key("answer", "k"), make([]byte, 2*maxValue), 0).Err(); err != nil {
		t.Fatal(err)
	}
	if got := two.Get(t.Context(), "k"); got != nil {
		t.Errorf("%d bytes of somebody else's were read", len(got))
	}
}

func TestAServerThatIsKilledAndComesBack(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	b := breaker.NewFactory(breaker.Options{FailureThreshold: 2, Delay: time.Millisecond, HalfOpenCalls: 1}).New("redis")
	c := client(t, "redis://"+server.Addr, func(o *Options) { o.Breaker = b })
	limit := c.Limit(almostNever, 100)
	if ok, _, err := limit.Allow(t.Context(), "k"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	server.Kill(t)
	for range 5 {
		if _, _, err := limit.Allow(t.Context(), "k"); !fault.Is(err, fault.Connection) && !fault.Is(err, fault.Timeout) {
			t.Fatalf("the server is gone: %v", err)
		}
	}
	if err := c.Available(t.Context()); err == nil {
		t.Error("it is said to be available")
	}
	server.Restart(t)
	for {
		if _, _, err := limit.Allow(t.Context(), "k"); err == nil {
			break
		}
		if t.Context().Err() != nil {
			t.Fatal("it was not found again")
		}
	}
	if err := c.Available(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestAServerThatSaysNothing accepts connections and never answers.
func TestAServerThatSaysNothing(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b := breaker.NewFactory(breaker.Options{FailureThreshold: 1, Delay: time.Hour}).New("redis")
	c := client(t, "redis://"+l.Addr().String(), func(o *Options) { o.Timeout, o.Breaker = 20*time.Millisecond, b })
	limit := c.Limit(1, 1)
	if _, _, err := limit.Allow(t.Context(), "k"); !fault.Is(err, fault.Timeout) {
		t.Errorf("%v", err)
	}
	if _, _, err := limit.Allow(t.Context(), "k"); !fault.Is(err, fault.Connection) || b.State() != "open" {
		t.Errorf("it is asked again: %v, %s", err, b.State())
	}
}

func TestWhoLeavesIsNoFailureOfTheServer(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if ok, _, err := client(t, "redis://"+redistest.New(t).Addr).Limit(1, 1).Allow(ctx, "k"); !ok || err != nil {
		t.Errorf("%v %v", ok, err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	server := redistest.New(t, "--requirepass", "right", "--maxmemory", "1", "--maxmemory-policy", "noeviction")
	for url, want := range map[string]string{
		"redis://" + server.Addr:                   "it refuses the user or the password",
		"redis://:wrong@" + server.Addr:            "it refuses the user or the password",
		"redis://somebody:right@" + server.Addr:    "it refuses the user or the password",
		"redis://:right@" + server.Addr + "/0":     "",
		"rediss://:right@" + server.Addr:           "it doesn't answer in time",
		"redis://:right@no-such-host.invalid:6379": "it is not reachable",
	} {
		err := client(t, url).Ping(t.Context())
		if want == "" && err != nil || want != "" && (err == nil || fault.As(err).Detail != want) {
			t.Errorf("%s: %v", url, err)
		}
	}
	if _, _, err := client(t, "redis://:right@"+server.Addr).Limit(1, 1).Allow(t.Context(), "k"); err == nil || fault.As(err).Detail != "it takes no writes at the moment" {
		t.Errorf("a server without memory: %v", err)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for url, valid := range map[string]bool{
		"redis://localhost": true, "redis://u:p@localhost:6379/2": true, "rediss://:p@cache.example.com:6380": true,
		"": false, "localhost:6379": false, "http://localhost": false, "unix:///tmp/s": false, "redis://localhost/x": false, "redis://%zz": false,
	} {
		if ValidURL(url) != valid {
			t.Errorf("%q is valid: %v", url, !valid)
		}
	}
}

// TestTLS trusts a certificate as an installation does: by SSL_CERT_FILE.
func TestTLS(t *testing.T) {
	cert, key := certificate(t)
	server := redistest.New(t, "--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", cert, "--tls-auth-clients", "no", "--requirepass", "p")
	t.Setenv("SSL_CERT_FILE", cert)
	if ok, _, err := client(t, "rediss://:p@"+server.Addr).Limit(1, 1).Allow(t.Context(), "k"); !ok || err != nil {
		t.Errorf("%v %v", ok, err)
	}
	if err := client(t, "redis://:p@"+server.Addr).Ping(t.Context()); err == nil {
		t.Error("a server that wants TLS answers without it")
	}
	_, port, _ := net.SplitHostPort(server.Addr)
	if err := client(t, "rediss://:p@localhost:"+port).Ping(t.Context()); err == nil {
		t.Error("the certificate of another host is accepted")
	}
}

func certificate(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, kind string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", private)
}
