// Package auth turns a token into the person it stands for. It verifies JSON
// Web Tokens, by a shared secret or by published keys, and the operators' own
// token. What a person may do is decided by those who ask, not here.
package auth

import (
	"context"
	"regexp"
)

// Principal is who a request comes from. The zero value is an anonymous visitor.
type Principal struct {
	// Subject is the customer's id; empty for anonymous visitors.
	Subject string
	// Operator is set for the operators' token and nothing else.
	Operator bool
	// Authenticated says that a token proved all this.
	Authenticated bool
}

// subject is narrow because it stands in logs and SQL parameters of others.
var subject = regexp.MustCompile(`^[A-Za-z0-9._@:|-]{1,128}$`)

// ValidSubject says whether a string can be a customer's id.
func ValidSubject(s string) bool { return subject.MatchString(s) }

type contextKey struct{}

// WithPrincipal returns a context that carries p.
func WithPrincipal(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// FromContext returns the principal of a context, anonymous when there is none.
func FromContext(ctx context.Context) Principal {
	p, _ := ctx.Value(contextKey{}).(Principal)
	return p
}
