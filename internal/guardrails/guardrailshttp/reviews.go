package guardrailshttp

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"
)

const reviewsPath = "/api/v1/guardrails/reviews"

// Review is one review on the wire. Times are Unix seconds.
type Review struct {
	ID            string   `json:"id"`
	Direction     string   `json:"direction" enum:"input,output"`
	Text          string   `json:"text" doc:"Personal data replaced by its type"`
	Categories    []string `json:"categories" doc:"What was found; injection is one of them"`
	Score         float64  `json:"score"`
	PolicyVersion string   `json:"policy_version"`
	Status        string   `json:"status" enum:"pending,approved,confirmed"`
	Approved      []string `json:"approved" doc:"Categories that an approval allows"`
	Note          string   `json:"note"`
	Reviewer      string   `json:"reviewer"`
	Count         int64    `json:"count" doc:"How often it was seen"`
	FirstSeen     float64  `json:"first_seen"`
	LastSeen      float64  `json:"last_seen"`
	DecidedAt     *float64 `json:"decided_at" doc:"null while nobody has decided"`
}

func reviewBody(r guardrails.Review) Review {
	b := Review{
		ID: r.ID, Direction: string(r.Direction), Text: r.Text, Categories: r.Categories, Score: r.Score,
		PolicyVersion: r.PolicyVersion, Status: string(r.Status), Approved: append([]string{}, r.Approved...), Note: r.Note, Reviewer: r.Reviewer,
		Count: r.Count, FirstSeen: seconds(r.FirstSeen), LastSeen: seconds(r.LastSeen),
	}
	if !r.DecidedAt.IsZero() {
		at := seconds(r.DecidedAt)
		b.DecidedAt = &at
	}
	return b
}

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

type reviewsInput struct {
	Status string `query:"status" enum:"pending,approved,confirmed" doc:"Default all"`
	Before string `query:"before" maxLength:"80" doc:"The next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type reviewList struct {
	Reviews []Review `json:"reviews" doc:"Those seen last first"`
	Count   int      `json:"count"`
	Next    string   `json:"next,omitempty" doc:"For the next page's before; empty on the last"`
}

type reviewsOutput struct{ Body reviewList }

type reviewInput struct {
	ID string `path:"id" maxLength:"64"`
}

type reviewOutput struct{ Body Review }

type reviewDecision struct {
	_        struct{} `additionalProperties:"true"`
	Decision string   `json:"decision" enum:"approve,confirm" doc:"approve lets the text pass from now on, confirm keeps it out"`
	Note     string   `json:"note,omitempty" maxLength:"2000" doc:"Why"`
	Reviewer string   `json:"reviewer,omitempty" maxLength:"100" pattern:"^[A-Za-z0-9._@-]*$" doc:"Who decided; default operator"`
}

type decisionInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body reviewDecision
}

// RegisterReviews adds the review queue to an API, under a path. The queue is in the
// database, so whichever service serves it, a decision holds for all.
func RegisterReviews(api huma.API, s *guardrails.Service, under string) {
	op := func(method, path, id, summary string) huma.Operation {
		return huma.Operation{
			Method: method, Path: under + path, OperationID: id, Summary: summary,
			Tags: []string{"Reviews"}, Security: httpserver.OperatorAuth,
		}
	}
	huma.Register(api, op(http.MethodGet, "", "list-reviews", "Texts that were blocked or flagged"),
		func(ctx context.Context, in *reviewsInput) (*reviewsOutput, error) {
			f := guardrails.ReviewFilter{Status: guardrails.ReviewStatus(in.Status), Limit: in.Limit}
			var err error
			if f.Before, f.BeforeID, err = parseCursor(in.Before); err != nil {
				return nil, err
			}
			return list(ctx, s, f)
		})
	huma.Register(api, op(http.MethodGet, "/{id}", "get-review", "One of them"),
		func(ctx context.Context, in *reviewInput) (*reviewOutput, error) {
			r, err := s.Review(ctx, in.ID)
			return &reviewOutput{reviewBody(r)}, err
		})
	huma.Register(api, op(http.MethodPost, "/{id}", "decide-review", "Approve or confirm it"),
		func(ctx context.Context, in *decisionInput) (*reviewOutput, error) {
			return decide(ctx, s, in)
		})
}

func list(ctx context.Context, s *guardrails.Service, f guardrails.ReviewFilter) (*reviewsOutput, error) {
	found, err := s.Reviews(ctx, f)
	if err != nil {
		return nil, err
	}
	body := reviewList{Reviews: make([]Review, 0, len(found)), Count: len(found)}
	for _, r := range found {
		body.Reviews = append(body.Reviews, reviewBody(r))
	}
	if len(found) == f.Limit {
		last := found[len(found)-1]
		body.Next = strconv.FormatInt(last.LastSeen.UnixMicro(), 10) + "_" + last.ID
	}
	return &reviewsOutput{body}, nil
}

// parseCursor reads a page's next.
func parseCursor(cursor string) (before time.Time, id string, err error) {
	if cursor == "" {
		return time.Time{}, "", nil
	}
	at, id, _ := strings.Cut(cursor, "_")
	micros, err := strconv.ParseInt(at, 10, 64)
	if err != nil || micros < 0 || micros > maxMicros || id == "" {
		return time.Time{}, "", fault.New(fault.Validation, "before must be the next of another page")
	}
	return time.UnixMicro(micros).UTC(), id, nil
}

// maxMicros is the year 10000, after which the stores' times end.
const maxMicros = 253402300800_000000

func decide(ctx context.Context, s *guardrails.Service, in *decisionInput) (*reviewOutput, error) {
	d := guardrails.Decision{Status: guardrails.ReviewConfirmed, Note: in.Body.Note, Reviewer: "operator"}
	if in.Body.Decision == "approve" {
		d.Status = guardrails.ReviewApproved
	}
	if in.Body.Reviewer != "" {
		d.Reviewer += ":" + in.Body.Reviewer
	}
	r, err := s.Decide(ctx, in.ID, d)
	if err != nil {
		return nil, err
	}
	return &reviewOutput{reviewBody(r)}, nil
}

// Operator asks a remote guardrails service as an operator.
type Operator struct {
	client *Client
	header http.Header
}

// NewOperator returns an Operator with the operators' token.
func NewOperator(c *Client, token string) *Operator {
	return &Operator{c, http.Header{"Authorization": {"Bearer " + token}}}
}

// Reviews returns a page of reviews of a status, all when it is empty, and where
// the next page begins; empty after the last.
func (o *Operator) Reviews(ctx context.Context, status, before string, limit int) (page []Review, next string, err error) {
	q := url.Values{"limit": {strconv.Itoa(limit)}}
	if status != "" {
		q.Set("status", status)
	}
	if before != "" {
		q.Set("before", before)
	}
	var answer reviewList
	err = o.client.http.DoWith(ctx, o.header, http.MethodGet, reviewsPath+"?"+q.Encode(), nil, &answer)
	return answer.Reviews, answer.Next, err
}

// Decide approves or confirms a review.
func (o *Operator) Decide(ctx context.Context, id, decision, note, reviewer string) (r Review, err error) {
	err = o.client.http.DoWith(ctx, o.header, http.MethodPost, reviewsPath+"/"+url.PathEscape(id),
		reviewDecision{Decision: decision, Note: note, Reviewer: reviewer}, &r)
	return r, err
}
