// Package httpserver is the edge of every service: what any HTTP request meets
// before and after a handler.
//
// It owns the contract's error bodies, the bounds on what a client may send, ids
// and traces, the access log and HTTP metrics, authentication and rate limits at
// the border, security headers and CORS, the probes, the OpenAPI document and its
// page, and starting and draining the listener. It owns no operation: services
// register theirs on API. It knows no domain.
//
// A request passes the layers listed in chain.go, in that order, then the mux,
// then (for an operation) the checks in operation.go, then the handler. Whoever
// fails says so once with an error; the edge writes it and logs it.
package httpserver
