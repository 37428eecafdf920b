package loadtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// outcome says how an operation ended.
type outcome int

const (
	ok outcome = iota
	failed
	refused // 503 or 429 with Retry-After: the service says that it is too much
	wrong   // answered, and not what is right
)

// failure is why an operation isn't ok. again is set where sending the request
// once more, with its key, can do no harm and may help.
type failure struct {
	kind   outcome
	reason string // few different ones: no id and no text of an answer
	again  bool
}

func (f *failure) Error() string { return f.reason }

func wrongAnswer(reason string) error { return &failure{kind: wrong, reason: reason} }

// maxBody bounds an answer that is read, in bytes.
const maxBody = 4 << 20

// client speaks the contract.
type client struct {
	base string
	http *http.Client
}

type moneyBody struct {
	Minor   int64  `json:"minor"`
	Display string `json:"display"`
}

type accountBody struct {
	Kind    string    `json:"kind"`
	Name    string    `json:"name"`
	Balance moneyBody `json:"balance"`
}

type replyBody struct {
	Message   string `json:"message"`
	SessionID string `json:"session_id"`
	Guarded   bool   `json:"guardrails_passed"`
	Pending   *struct {
		ID, Kind, Summary, Digest string
	} `json:"pending_action"`
}

type actionBody struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Receipt *struct {
		Reference string `json:"reference"`
	} `json:"receipt"`
}

func (c *client) accounts(ctx context.Context, who Customer) ([]accountBody, error) {
	var body struct{ Accounts []accountBody }
	err := c.call(ctx, http.MethodGet, "/api/v1/accounts?user_id="+url.QueryEscape(who.ID), who, "", nil, &body)
	return body.Accounts, err
}

func (c *client) action(ctx context.Context, who Customer, id string) (actionBody, error) {
	var body actionBody
	err := c.call(ctx, http.MethodGet, "/api/v1/actions/"+url.PathEscape(id)+"?user_id="+url.QueryEscape(who.ID), who, "", nil, &body)
	return body, err
}

func (c *client) chat(ctx context.Context, who Customer, key, message string) (replyBody, error) {
	var body replyBody
	err := c.call(ctx, http.MethodPost, "/api/v1/chat", who, key, map[string]string{"message": message, "user_id": who.ID}, &body)
	return body, err
}

func (c *client) confirm(ctx context.Context, who Customer, key, id, digest string) (actionBody, error) {
	var body actionBody
	err := c.call(ctx, http.MethodPost, "/api/v1/actions/"+url.PathEscape(id)+"/confirm", who, key,
		map[string]string{"user_id": who.ID, "digest": digest}, &body)
	return body, err
}

// call makes one request and reads its answer into out. Its error is a *failure.
func (c *client) call(ctx context.Context, method, path string, who Customer, key string, in, out any) error {
	var payload io.Reader = http.NoBody
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		payload = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(c.base, "/")+path, payload)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	if who.Token != "" {
		r.Header.Set("Authorization", "Bearer "+who.Token)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return &failure{kind: failed, reason: transportReason(err), again: true}
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxBody))
	if err != nil {
		return &failure{kind: failed, reason: "answer broken off", again: true}
	}
	if answer.StatusCode != http.StatusOK {
		return statusFailure(answer)
	}
	if json.Unmarshal(data, out) != nil {
		return wrongAnswer("answer is no JSON")
	}
	return nil
}

func statusFailure(answer *http.Response) error {
	f := &failure{kind: failed, reason: fmt.Sprintf("status %d", answer.StatusCode), again: answer.StatusCode >= 500}
	overloaded := answer.StatusCode == http.StatusServiceUnavailable || answer.StatusCode == http.StatusTooManyRequests
	if overloaded {
		f.again = true
		if answer.Header.Get("Retry-After") != "" {
			f.kind, f.reason = refused, f.reason+" with Retry-After"
		} else {
			f.reason += " without Retry-After"
		}
	}
	return f
}

// transportReason sorts errors that carry addresses and ports into a few.
func transportReason(err error) string {
	text := err.Error()
	for _, known := range []string{"connection refused", "connection reset", "broken pipe", "EOF", "no such host"} {
		if strings.Contains(text, known) {
			return known
		}
	}
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "timeout"
	}
	return "no connection"
}

// persist repeats what may be repeated for as long as the customer is patient.
func persist(ctx context.Context, patience time.Duration, try func() error) error {
	deadline := time.Now().Add(patience)
	wait := 50 * time.Millisecond
	for {
		err := try()
		var f *failure
		if !errors.As(err, &f) || !f.again || time.Now().Add(wait).After(deadline) {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return err
		}
		wait = min(2*wait, time.Second)
	}
}
