// Package httpclient is how one service calls another: JSON over HTTP, bounded
// in time and size. A failure comes back
// as the *fault.Error that the callee's core would have returned.
package httpclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// maxAnswer bounds an answer's body in bytes.
const maxAnswer = 16 << 20

// Client calls one service. It is safe for concurrent use.
type Client struct {
	name string
	base string
	http *http.Client
}

// New returns a client of the service of this name at a base URL. hc should have
// a time-out.
func New(name, baseURL string, hc *http.Client) *Client {
	return &Client{name: name, base: strings.TrimRight(baseURL, "/"), http: hc}
}

// Do sends in as JSON, unless it is nil, and reads the answer into out, unless
// that is nil.
func (c *Client) Do(ctx context.Context, method, path string, in, out any) error {
	return c.DoWith(ctx, nil, method, path, in, out)
}

// DoWith is Do with more headers.
func (c *Client) DoWith(ctx context.Context, header http.Header, method, path string, in, out any) error {
	var body io.Reader = http.NoBody
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
		body = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	maps.Copy(r.Header, header)
	r.Header.Set("Content-Type", "application/json")
	answer, err := c.http.Do(r)
	if err != nil {
		return c.unreachable(err)
	}
	defer answer.Body.Close()
	return c.read(answer, out)
}

// unreachable gives a failure to connect or to wait its class.
func (c *Client) unreachable(err error) error {
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &timeout) && timeout.Timeout():
		return fault.New(fault.Timeout, "%s did not answer in time", c.name).WithCause(err)
	}
	return fault.New(fault.Connection, "%s is not reachable", c.name).WithCause(err)
}

func (c *Client) read(answer *http.Response, out any) error {
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err != nil {
		return c.unreachable(err)
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return c.failure(answer, data)
	}
	if len(data) > maxAnswer {
		return fault.New(fault.Connection, "%s sent too long an answer", c.name)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fault.New(fault.Connection, "%s sent an answer that can't be understood", c.name).WithCause(err)
	}
	return nil
}

// failure rebuilds the error behind an answer.
func (c *Client) failure(answer *http.Response, data []byte) error {
	var body struct {
		Class  fault.Class `json:"error"`
		Detail string      `json:"detail"`
		Reason string      `json:"reason"`
	}
	if err := json.Unmarshal(data, &body); err != nil || body.Class == "" {
		body.Class, body.Detail = fault.FromStatus(answer.StatusCode), fmt.Sprintf("%s answered with status %d", c.name, answer.StatusCode)
	}
	f := fault.New(body.Class, "%s", body.Detail).WithStatus(answer.StatusCode).WithReason(body.Reason)
	if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && seconds > 0 {
		f = f.WithRetryAfter(time.Duration(seconds) * time.Second)
	}
	return f
}
