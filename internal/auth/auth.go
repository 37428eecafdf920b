package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/lestrrat-go/httprc/v3"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/lestrrat-go/jwx/v3/jwt"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

const (
	// maxHeader bounds an Authorization header: a token with a few claims and a
	// 4096-bit signature takes about 1,500 bytes.
	maxHeader = 8 << 10
	// clockSkew is how far two well-kept clocks may differ.
	clockSkew = 30 * time.Second
	// jwksTimeout bounds the fetch of published keys.
	jwksTimeout = 5 * time.Second
	// jwksRefresh is how often published keys are fetched again; a token with
	// an unknown key fetches them sooner, but not more often than every
	// jwksMinRefresh.
	jwksRefresh    = 15 * time.Minute
	jwksMinRefresh = 30 * time.Second
)

// Options say which tokens are believed.
type Options struct {
	// Required refuses requests without a token.
	Required bool
	// Secret verifies HS256, HS384 and HS512 tokens.
	Secret string
	// JWKSURL publishes the keys of RS, PS, ES and EdDSA tokens. With it the
	// shared secret is not used, so that nobody can sign with a public key.
	JWKSURL string
	// Issuer and Audience must stand in the token when set.
	Issuer, Audience string
	// OperatorToken is the operators' bearer token; empty means there is none.
	OperatorToken string
	// HTTPClient fetches the keys; nil means one with a timeout.
	HTTPClient *http.Client
}

// Authenticator verifies tokens. It is safe for concurrent use.
type Authenticator struct {
	o        Options
	operator [sha256.Size]byte
	keys     *publishedKeys
}

// New returns an Authenticator. Fetching published keys goes on in the
// background until ctx ends; their server need not be up yet.
func New(ctx context.Context, o Options) (*Authenticator, error) {
	a := &Authenticator{o: o, operator: sha256.Sum256([]byte(o.OperatorToken))}
	if o.JWKSURL == "" {
		return a, nil
	}
	var err error
	a.keys, err = newPublishedKeys(ctx, o)
	return a, err
}

// Required says whether requests without a token are refused.
func (a *Authenticator) Required() bool { return a.o.Required }

// HasOperator says whether there is an operators' token.
func (a *Authenticator) HasOperator() bool { return a.o.OperatorToken != "" }

// Authenticate returns who the value of an Authorization header stands for. No
// header is an anonymous visitor; whether that is enough, the caller decides. A
// token that can't be believed is a fault.Authentication.
func (a *Authenticator) Authenticate(ctx context.Context, header string) (Principal, error) {
	if header == "" {
		return Principal{}, nil
	}
	token, err := bearer(header)
	if err != nil {
		return Principal{}, err
	}
	if a.isOperator(token) {
		return Principal{Subject: "operator", Operator: true, Authenticated: true}, nil
	}
	parsed, err := a.verify(ctx, token)
	if err != nil {
		return Principal{}, explain(err)
	}
	sub, _ := parsed.Subject()
	if !ValidSubject(sub) {
		return Principal{}, fault.New(fault.Authentication, "the token names no valid subject")
	}
	return Principal{Subject: sub, Authenticated: true}, nil
}

func bearer(header string) (string, error) {
	scheme, token, _ := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	if len(header) > maxHeader || !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", fault.New(fault.Authentication, "Authorization must be: Bearer, a space, and a token")
	}
	return token, nil
}

// isOperator compares digests, so that neither content nor length shows in the
// time it takes.
func (a *Authenticator) isOperator(token string) bool {
	sum := sha256.Sum256([]byte(token))
	return a.o.OperatorToken != "" && subtle.ConstantTimeCompare(sum[:], a.operator[:]) == 1
}

var errNoKey = errors.New("no key is configured")

func (a *Authenticator) verify(ctx context.Context, token string) (jwt.Token, error) {
	algorithm, keyID, err := header(token)
	if err != nil {
		return nil, err
	}
	options := []jwt.ParseOption{
		jwt.WithAcceptableSkew(clockSkew), jwt.WithRequiredClaim(jwt.ExpirationKey),
		jwt.WithRequiredClaim(jwt.SubjectKey), jwt.WithContext(ctx),
	}
	if a.o.Issuer != "" {
		options = append(options, jwt.WithIssuer(a.o.Issuer))
	}
	if a.o.Audience != "" {
		options = append(options, jwt.WithAudience(a.o.Audience))
	}
	switch {
	case a.keys != nil:
		key, err := a.keys.find(ctx, keyID, algorithm)
		if err != nil {
			return nil, err
		}
		options = append(options, jwt.WithKey(algorithm, key))
	case a.o.Secret != "" && isHMAC(algorithm):
		options = append(options, jwt.WithKey(algorithm, []byte(a.o.Secret)))
	default:
		return nil, errNoKey
	}
	return jwt.ParseString(token, options...)
}

// header reads a token's algorithm and key id, neither of them trusted yet: the
// algorithm only selects among those that the configured kind of key allows.
func header(token string) (jwa.SignatureAlgorithm, string, error) {
	var none jwa.SignatureAlgorithm
	message, err := jws.ParseString(token)
	if err != nil {
		return none, "", err
	}
	if len(message.Signatures()) != 1 {
		return none, "", errors.New("one signature is expected")
	}
	h := message.Signatures()[0].ProtectedHeaders()
	algorithm, ok := h.Algorithm()
	if !ok {
		return none, "", errors.New("no algorithm")
	}
	id, _ := h.KeyID()
	return algorithm, id, nil
}

func isHMAC(a jwa.SignatureAlgorithm) bool {
	return a == jwa.HS256() || a == jwa.HS384() || a == jwa.HS512()
}

// asymmetric lists what a published key may sign with.
var asymmetric = map[jwa.SignatureAlgorithm]bool{
	jwa.RS256(): true, jwa.RS384(): true, jwa.RS512(): true,
	jwa.PS256(): true, jwa.PS384(): true, jwa.PS512(): true,
	jwa.ES256(): true, jwa.ES384(): true, jwa.ES512(): true, jwa.EdDSA(): true,
}

// explain says why a token is refused, as far as its holder may know.
func explain(err error) error {
	f := fault.New(fault.Authentication, "the token is not valid")
	switch {
	case fault.Is(err, fault.Connection):
		return err
	case errors.Is(err, jwt.TokenExpiredError()):
		f = fault.New(fault.Authentication, "the token has expired")
	case errors.Is(err, jwt.TokenNotYetValidError()):
		f = fault.New(fault.Authentication, "the token is not valid yet")
	}
	return f.WithCause(err)
}

// publishedKeys are the keys behind a JWKS URL. They go on serving while their
// server is down.
type publishedKeys struct {
	cache *jwk.Cache
	url   string
	gate  chan struct{} // holds one permit: a single early refresh at a time
	last  time.Time     // of the last early refresh, guarded by gate
}

func newPublishedKeys(ctx context.Context, o Options) (*publishedKeys, error) {
	client := o.HTTPClient
	if client == nil {
		client = &http.Client{Timeout: jwksTimeout}
	}
	cache, err := jwk.NewCache(ctx, httprc.NewClient(httprc.WithHTTPClient(client)))
	if err != nil {
		return nil, err
	}
	err = cache.Register(ctx, o.JWKSURL, jwk.WithConstantInterval(jwksRefresh), jwk.WithWaitReady(false))
	return &publishedKeys{cache: cache, url: o.JWKSURL, gate: make(chan struct{}, 1)}, err
}

func (k *publishedKeys) find(ctx context.Context, id string, algorithm jwa.SignatureAlgorithm) (jwk.Key, error) {
	if !asymmetric[algorithm] {
		return nil, errors.New("the algorithm doesn't fit published keys")
	}
	ctx, cancel := context.WithTimeout(ctx, jwksTimeout)
	defer cancel()
	set, err := k.cache.Lookup(ctx, k.url)
	if key, ok := lookup(set, id); err == nil && ok {
		return key, nil
	}
	if set, err = k.refresh(ctx); err != nil {
		return nil, fault.New(fault.Connection, "tokens can't be verified right now").
			WithRetryAfter(jwksTimeout).WithCause(err)
	}
	if key, ok := lookup(set, id); ok {
		return key, nil
	}
	return nil, errors.New("the key is not among the published ones")
}

// lookup finds a key by id, or the only key where the token names none.
func lookup(set jwk.Set, id string) (jwk.Key, bool) {
	switch {
	case set == nil:
		return nil, false
	case id == "" && set.Len() == 1:
		return set.Key(0)
	}
	return set.LookupKeyID(id)
}

// refresh fetches the keys early, because a token names one that isn't known.
// Tokens with invented keys can't make it fetch more often than jwksMinRefresh.
func (k *publishedKeys) refresh(ctx context.Context) (jwk.Set, error) {
	select {
	case k.gate <- struct{}{}:
		defer func() { <-k.gate }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if set, err := k.cache.Lookup(ctx, k.url); err == nil && time.Since(k.last) < jwksMinRefresh {
		return set, nil
	}
	set, err := k.cache.Refresh(ctx, k.url)
	if err == nil {
		k.last = time.Now()
	}
	return set, err
}
