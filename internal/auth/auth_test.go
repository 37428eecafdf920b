package auth

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jwt"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

const (
	secret   = "0123456789abcdef0123456789abcdef"
	operator = "operator-0123456789abcdef0123456789"
)

// claims of a token: the zero value is a good one of subject "ann".
type claims struct {
	subject, issuer, audience string
	expires, from             time.Duration
	eternal                   bool
}

func (c claims) token(t *testing.T) jwt.Token {
	t.Helper()
	if c.subject == "" {
		c.subject = "ann"
	}
	if c.expires == 0 {
		c.expires = time.Hour
	}
	b := jwt.NewBuilder().Subject(c.subject).Issuer(c.issuer).Audience([]string{c.audience}).NotBefore(time.Now().Add(c.from))
	if !c.eternal {
		b = b.Expiration(time.Now().Add(c.expires))
	}
	token, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func sign(t *testing.T, c claims, algorithm jwa.SignatureAlgorithm, key any) string {
	t.Helper()
	signed, err := jwt.Sign(c.token(t), jwt.WithKey(algorithm, key))
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + string(signed)
}

func newAuthenticator(t *testing.T, o Options) *Authenticator {
	t.Helper()
	a, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestSharedSecret(t *testing.T) {
	t.Parallel()
	a := newAuthenticator(t, Options{Secret: secret, OperatorToken: operator, Issuer: "bank", Audience: "chat"})
	good := claims{issuer: "bank", audience: "chat"}
	with := func(change func(*claims)) claims { c := good; change(&c); return c }
	hs := func(c claims) string { return sign(t, c, jwa.HS256(), []byte(secret)) }
	unsigned, err := jwt.Sign(good.token(t), jwt.WithInsecureNoSignature())
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		header string
		want   Principal
		detail string
	}{
		"nobody":               {"", Principal{}, ""},
		"a customer":           {hs(good), Principal{Subject: "ann", Authenticated: true}, ""},
		"HS512":                {sign(t, good, jwa.HS512(), []byte(secret)), Principal{Subject: "ann", Authenticated: true}, ""},
		"scheme in lower case": {"bearer" + strings.TrimPrefix(hs(good), "Bearer"), Principal{Subject: "ann", Authenticated: true}, ""},
		"an operator":          {"Bearer " + operator, Principal{Subject: "operator", Operator: true, Authenticated: true}, ""},
		"almost an operator":   {"Bearer " + operator[:len(operator)-1], Principal{}, "not valid"},
		"another secret":       {sign(t, good, jwa.HS256(), []byte(strings.Repeat("x", 32))), Principal{}, "not valid"},
		"no signature":         {"Bearer " + string(unsigned), Principal{}, "not valid"},
		"another algorithm":    {sign(t, good, jwa.ES256(), ec), Principal{}, "not valid"},
		"expired":              {hs(with(func(c *claims) { c.expires = -time.Minute })), Principal{}, "expired"},
		"never expires":        {hs(with(func(c *claims) { c.eternal = true })), Principal{}, "not valid"},
		"not valid yet":        {hs(with(func(c *claims) { c.from = time.Hour })), Principal{}, "not valid yet"},
		"another issuer":       {hs(with(func(c *claims) { c.issuer = "x" })), Principal{}, "not valid"},
		"another audience":     {hs(with(func(c *claims) { c.audience = "x" })), Principal{}, "not valid"},
		"a strange subject":    {hs(with(func(c *claims) { c.subject = "a b'--" })), Principal{}, "subject"},
		"a long subject":       {hs(with(func(c *claims) { c.subject = strings.Repeat("a", 129) })), Principal{}, "subject"},
		"cut":                  {hs(good)[:40], Principal{}, "not valid"},
		"another scheme":       {"Basic YTpi", Principal{}, "Bearer"},
		"no token":             {"Bearer ", Principal{}, "Bearer"},
		"huge":                 {"Bearer " + strings.Repeat("a", maxHeader), Principal{}, "Bearer"},
	} {
		got, err := a.Authenticate(t.Context(), tc.header)
		if tc.detail == "" && (err != nil || got != tc.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if tc.detail != "" && (!fault.Is(err, fault.Authentication) || !strings.Contains(fault.As(err).Detail, tc.detail) || got != (Principal{})) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestWithoutKeysNoTokenIsBelieved(t *testing.T) {
	t.Parallel()
	a := newAuthenticator(t, Options{})
	for _, header := range []string{sign(t, claims{}, jwa.HS256(), []byte(secret)), "Bearer ", "Bearer x"} {
		if p, err := a.Authenticate(t.Context(), header); err == nil || p.Authenticated {
			t.Errorf("%.20s: %+v, %v", header, p, err)
		}
	}
}

// publisher serves keys that can be changed or taken away.
type publisher struct {
	*httptest.Server
	keys    atomic.Pointer[jwk.Set]
	down    atomic.Bool
	fetched atomic.Int64
}

func newPublisher(t *testing.T) *publisher {
	t.Helper()
	p := &publisher{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		p.fetched.Add(1)
		if p.down.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(*p.keys.Load())
	}))
	t.Cleanup(p.Close)
	return p
}

// publish makes a new key of this id the only published one.
func (p *publisher) publish(t *testing.T, id string) jwk.Key {
	t.Helper()
	raw, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := jwk.Import(raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := private.Set(jwk.KeyIDKey, id); err != nil {
		t.Fatal(err)
	}
	public, err := private.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	set := jwk.NewSet()
	if err := set.AddKey(public); err != nil {
		t.Fatal(err)
	}
	p.keys.Store(&set)
	return private
}

func TestPublishedKeys(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	first := p.publish(t, "one")
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	a, err := New(ctx, Options{JWKSURL: p.URL, Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	ann := Principal{Subject: "ann", Authenticated: true}
	good := sign(t, claims{}, jwa.ES256(), first)
	if got, err := a.Authenticate(t.Context(), good); err != nil || got != ann {
		t.Fatalf("a published key: %+v, %v", got, err)
	}
	if _, err := a.Authenticate(t.Context(), sign(t, claims{}, jwa.HS256(), []byte(secret))); !fault.Is(err, fault.Authentication) {
		t.Errorf("a shared secret beside published keys: %v", err)
	}
	p.down.Store(true)
	if got, err := a.Authenticate(t.Context(), good); err != nil || got != ann {
		t.Errorf("while the publisher is down: %+v, %v", got, err)
	}
	before := p.fetched.Load()
	stranger := newPublisher(t).publish(t, "stranger")
	for range 20 {
		if _, err := a.Authenticate(t.Context(), sign(t, claims{}, jwa.ES256(), stranger)); err == nil {
			t.Fatal("a stranger's key was believed")
		}
	}
	if n := p.fetched.Load() - before; n > 20 {
		t.Errorf("20 tokens with invented keys fetched %d times", n)
	}
}

func FuzzAuthenticate(f *testing.F) {
	f.Add("Bearer a.b.c")
	a, err := New(f.Context(), Options{Secret: secret, OperatorToken: operator})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if p, err := a.Authenticate(t.Context(), header); p.Authenticated && err == nil && !strings.Contains(header, operator) {
			t.Errorf("%q was believed: %+v", header, p)
		}
	})
}
