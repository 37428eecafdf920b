package telemetry

import (
	"net/http"

	"go.opentelemetry.io/otel/propagation"
)

// NewTransport returns a transport that tells the next service which request and
// which trace it works for, so that the lines of all services about one request
// are found by one id. base nil means http.DefaultTransport.
func NewTransport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	return &transport{base}
}

type transport struct{ base http.RoundTripper }

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context()) // a transport must not change its request
	if id := RequestID(r.Context()); id != "" {
		r.Header.Set("X-Request-ID", id)
	}
	Propagator.Inject(r.Context(), propagation.HeaderCarrier(r.Header))
	return t.base.RoundTrip(r)
}
