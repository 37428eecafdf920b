// Package incidenthttp puts incidents on HTTP: Alertmanager's webhook, the
// operators' view, and the status page that says what is up. It translates and
// decides nothing else.
package incidenthttp

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/auth"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/incident"
)

const base = "/api/v1/admin/incidents"

type handler struct {
	core  *incident.Service
	token [sha256.Size]byte
	own   bool // the webhook has a token of its own
}

// Register adds the operations to an API. The webhook takes webhookToken, where
// there is one, or the operators' token.
func Register(api huma.API, core *incident.Service, webhookToken string) {
	h := handler{core: core, token: sha256.Sum256([]byte(webhookToken)), own: webhookToken != ""}
	op := func(method, path, id, summary string) huma.Operation {
		return huma.Operation{
			Method: method, Path: base + path, OperationID: id, Summary: summary, Tags: []string{"Incidents"}, Security: httpserver.OperatorAuth,
		}
	}
	webhook := op(http.MethodPost, "/webhook", "receive-alerts", "Alertmanager's webhook")
	webhook.Security = nil // one of two tokens; see authorize
	webhook.DefaultStatus = http.StatusNoContent
	webhook.Description = "Takes INCIDENT_WEBHOOK_TOKEN or the operators' token as bearer token. Sent again it changes nothing."
	huma.Register(api, webhook, h.receive)
	huma.Register(api, op(http.MethodGet, "", "list-incidents", "Incidents, newest first"), h.list)
	huma.Register(api, op(http.MethodGet, "/{id}", "get-incident", "An incident with its timeline"), h.get)
}

// webhookInput is version 4 of Alertmanager's webhook.
type webhookInput struct {
	Authorization string `header:"Authorization" hidden:"true"`
	Body          struct {
		_        struct{}   `additionalProperties:"true"`
		Version  string     `json:"version" enum:"4"`
		GroupKey string     `json:"groupKey" minLength:"1" maxLength:"2000"`
		Alerts   []reported `json:"alerts" maxItems:"1000"`
	}
}

type reported struct {
	_           struct{}          `additionalProperties:"true"`
	Status      string            `json:"status" enum:"firing,resolved"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt,omitempty"`
	Fingerprint string            `json:"fingerprint" minLength:"1" maxLength:"64"`
}

func (h handler) receive(ctx context.Context, in *webhookInput) (*struct{}, error) {
	if err := h.authorize(ctx, in.Authorization); err != nil {
		return nil, err
	}
	n := incident.Notification{GroupKey: in.Body.GroupKey}
	for _, a := range in.Body.Alerts {
		got, err := a.alert()
		if err != nil {
			return nil, err
		}
		n.Alerts = append(n.Alerts, got)
	}
	return nil, h.core.Receive(ctx, n)
}

// authorize compares digests, so that the time it takes tells nothing.
func (h handler) authorize(ctx context.Context, header string) error {
	token, found := strings.CutPrefix(header, "Bearer ")
	sum := sha256.Sum256([]byte(token))
	if auth.FromContext(ctx).Operator || found && h.own && subtle.ConstantTimeCompare(sum[:], h.token[:]) == 1 {
		return nil
	}
	return fault.New(fault.Authentication, "the webhook's token or the operators' is required")
}

// sane are the moments that an alert can have; others would not fit the database.
var (
	earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

func (a reported) alert() (incident.Alert, error) {
	got := incident.Alert{
		Fingerprint: a.Fingerprint, Name: a.Labels["alertname"], Severity: a.Labels["severity"], Priority: a.Labels["priority"],
		Service: a.Labels["service"], Summary: a.Annotations["summary"], RunbookURL: a.Annotations["runbook_url"], StartsAt: a.StartsAt,
	}
	if got.Summary == "" {
		got.Summary = a.Annotations["description"]
	}
	if got.Name == "" {
		got.Name = "unnamed alert"
	}
	if a.Status == "resolved" { // the end of one that fires is only a guess
		got.EndsAt = a.EndsAt
		if a.EndsAt.Before(earliest) || a.EndsAt.After(latest) {
			return got, fault.New(fault.Validation, "endsAt of a resolved alert must lie between 2000 and 2200")
		}
	}
	if a.StartsAt.Before(earliest) || a.StartsAt.After(latest) {
		return got, fault.New(fault.Validation, "startsAt must lie between 2000 and 2200")
	}
	return got, nil
}

type listInput struct {
	Open  bool `query:"open" doc:"Only those that aren't resolved"`
	Limit int  `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type listOutput struct {
	Body struct {
		Incidents []incident.Incident `json:"incidents"`
		Count     int                 `json:"count"`
	}
}

func (h handler) list(ctx context.Context, in *listInput) (*listOutput, error) {
	list, err := h.core.List(ctx, in.Open, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Incidents, out.Body.Count = append([]incident.Incident{}, list...), len(list)
	return out, nil
}

type getInput struct {
	ID string `path:"id" maxLength:"64"`
}

type getOutput struct{ Body incident.Incident }

func (h handler) get(ctx context.Context, in *getInput) (*getOutput, error) {
	i, err := h.core.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &getOutput{i}, nil
}
