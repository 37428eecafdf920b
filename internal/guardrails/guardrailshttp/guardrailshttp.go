// Package guardrailshttp puts the guardrails on HTTP: a handler for the contract
// and a client with the core's methods. It judges nothing itself.
package guardrailshttp

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/policy"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpclient"
)

const checkPath = "/api/v1/guardrails/check"

// checkBody is one text on the wire. The checks are on unless they are switched
// off.
type checkBody struct {
	_              struct{} `additionalProperties:"true"`
	Text           string   `json:"text,omitempty" doc:"The text to judge, at most 262144 bytes"`
	Message        string   `json:"message,omitempty" doc:"Another name of text"`
	Direction      string   `json:"direction,omitempty" enum:"input,output" default:"input" doc:"Who wrote it: the customer (input) or the assistant (output)"`
	CheckSafety    *bool    `json:"check_safety,omitempty" doc:"Default true"`
	CheckPII       *bool    `json:"check_pii,omitempty" doc:"Default true"`
	CheckInjection *bool    `json:"check_injection,omitempty" doc:"Default true"`
	UserID         string   `json:"user_id,omitempty" maxLength:"128"`
}

func (b checkBody) request() (guardrails.Request, error) {
	text := b.Text
	if text == "" {
		text = b.Message
	}
	if text == "" {
		return guardrails.Request{}, fault.New(fault.Validation, "text must not be empty")
	}
	return guardrails.Request{
		Text: text, Direction: guardrails.Direction(b.Direction), UserID: b.UserID,
		CheckSafety: on(b.CheckSafety), CheckPII: on(b.CheckPII), CheckInjection: on(b.CheckInjection),
	}, nil
}

func on(b *bool) bool { return b == nil || *b }

type checkInput struct{ Body checkBody }

type checkOutput struct{ Body guardrails.Verdict }

type batchInput struct {
	Body struct {
		Texts []checkBody `json:"texts" minItems:"1" maxItems:"100"`
	}
}

type batchResults struct {
	Results []guardrails.Verdict `json:"results" doc:"In the order of the texts"`
	Count   int                  `json:"count"`
}

type batchOutput struct{ Body batchResults }

type policyOutput struct{ Body policy.Summary }

// maxBatchBytes bounds the body of a batch.
const maxBatchBytes = 4 << 20

// Register adds the guardrails' operations to an API.
func Register(api huma.API, s *guardrails.Service) {
	op := func(method, path, id, summary string) huma.Operation {
		return huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary, Tags: []string{"Guardrails"}}
	}
	huma.Register(api, op(http.MethodPost, checkPath, "check", "Judge a text"),
		func(ctx context.Context, in *checkInput) (*checkOutput, error) {
			r, err := in.Body.request()
			if err != nil {
				return nil, err
			}
			v, err := s.Check(ctx, r)
			return &checkOutput{v}, err
		})
	batch := op(http.MethodPost, checkPath+"/batch", "check-batch", "Judge up to 100 texts")
	batch.MaxBodyBytes = maxBatchBytes
	huma.Register(api, batch, func(ctx context.Context, in *batchInput) (*batchOutput, error) {
		requests := make([]guardrails.Request, 0, len(in.Body.Texts))
		for _, t := range in.Body.Texts {
			r, err := t.request()
			if err != nil {
				return nil, err
			}
			requests = append(requests, r)
		}
		results, err := s.CheckBatch(ctx, requests)
		return &batchOutput{batchResults{results, len(results)}}, err
	})
	huma.Register(api, op(http.MethodGet, "/api/v1/guardrails/policy", "policy", "The policy in force"),
		func(context.Context, *struct{}) (*policyOutput, error) {
			return &policyOutput{s.Policy().Summary()}, nil
		})
	RegisterReviews(api, s, reviewsPath)
}

// Client asks a remote guardrails service. It has the core's methods.
type Client struct{ http *httpclient.Client }

// NewClient returns a client of the service at a base URL. hc should have a
// time-out.
func NewClient(baseURL string, hc *http.Client) *Client {
	return &Client{httpclient.New("guardrails", baseURL, hc)}
}

// Check judges one text.
func (c *Client) Check(ctx context.Context, r guardrails.Request) (v guardrails.Verdict, err error) {
	err = c.http.Do(ctx, http.MethodPost, checkPath, wire(r), &v)
	return v, err
}

// CheckBatch judges several texts, in order.
func (c *Client) CheckBatch(ctx context.Context, requests []guardrails.Request) ([]guardrails.Verdict, error) {
	body := map[string][]checkBody{"texts": {}}
	for _, r := range requests {
		body["texts"] = append(body["texts"], wire(r))
	}
	var answer batchResults
	err := c.http.Do(ctx, http.MethodPost, checkPath+"/batch", body, &answer)
	return answer.Results, err
}

func wire(r guardrails.Request) checkBody {
	return checkBody{
		Text: r.Text, Direction: string(r.Direction), UserID: r.UserID,
		CheckSafety: &r.CheckSafety, CheckPII: &r.CheckPII, CheckInjection: &r.CheckInjection,
	}
}
