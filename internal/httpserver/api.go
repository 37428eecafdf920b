package httpserver

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/auth"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/telemetry"
)

// What an operation says in its Security to be enforced at the edge.
var (
	// CustomerAuth wants a customer's token, where tokens are required at all.
	CustomerAuth = []map[string][]string{{"customer": {}}}
	// OperatorAuth wants the operators' token, always.
	OperatorAuth = []map[string][]string{{"operator": {}}}
)

// RequestID returns the id of the request that a context belongs to.
func RequestID(ctx context.Context) string { return telemetry.RequestID(ctx) }

func apiConfig(o Options) huma.Config {
	c := huma.DefaultConfig("SwipeSavvy "+o.Service, o.Version)
	c.CreateHooks = nil // no $schema links: clients compare whole bodies
	c.DocsPath, c.SchemasPath, c.OpenAPIPath = "", "", ""
	format := huma.Format{
		Marshal:   func(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) },
		Unmarshal: decodeJSON,
	}
	c.Formats = map[string]huma.Format{"application/json": format, "json": format}
	c.DefaultFormat = "application/json"
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"customer": {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "The customer's token"},
		"operator": {Type: "http", Scheme: "bearer", Description: "The operators' token (OPERATOR_TOKEN)"},
	}
	return c
}

// authorize enforces what an operation's Security asks for.
func (s *Server) authorize(hc huma.Context, next func(huma.Context)) {
	p := auth.FromContext(hc.Context())
	for _, need := range hc.Operation().Security {
		_, customer := need["customer"]
		_, operator := need["operator"]
		var err *fault.Error
		switch {
		case customer && s.o.Auth != nil && s.o.Auth.Required() && !p.Authenticated:
			err = fault.New(fault.Authentication, "a token is required")
		case operator && (s.o.Auth == nil || !s.o.Auth.HasOperator()):
			err = fault.New(fault.Authentication, "operators' functions are off: OPERATOR_TOKEN is not set").WithStatus(http.StatusForbidden)
		case operator && !p.Authenticated:
			err = fault.New(fault.Authentication, "the operators' token is required")
		case operator && !p.Operator:
			err = fault.New(fault.Authentication, "only operators may do this").WithStatus(http.StatusForbidden)
		}
		if err != nil {
			if err.Status == http.StatusUnauthorized {
				hc.SetHeader("WWW-Authenticate", "Bearer")
			}
			_ = huma.WriteErr(s.api, hc, err.Status, err.Detail, err) // a client that left needs no answer
			return
		}
	}
	next(hc)
}
