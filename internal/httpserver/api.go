package httpserver

import (
	"context"
	"encoding/json"
	"io"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/telemetry"
)

// RequestID returns the id of the request that a context belongs to.
func RequestID(ctx context.Context) string { return telemetry.RequestID(ctx) }

// newAPI makes the API on which operations are registered.
func (s *Server) newAPI() huma.API {
	useContractErrors()
	api := humago.New(s.mux, s.apiConfig())
	// Who may, before what they send is read.
	api.UseMiddleware(s.authorize, s.readBody)
	return api
}

func (s *Server) apiConfig() huma.Config {
	c := huma.DefaultConfig("SwipeSavvy "+s.opts.Service, s.opts.Version)
	c.CreateHooks = nil // they would add $schema links; clients compare whole bodies
	c.DocsPath, c.SchemasPath, c.OpenAPIPath = "", "", ""
	c.AllowAdditionalPropertiesByDefault = true // a newer client may send more than we know
	c.Formats = map[string]huma.Format{"application/json": {Marshal: encodeJSON, Unmarshal: json.Unmarshal}}
	c.Transformers = []huma.Transformer{completeErrors}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		schemeCustomer: {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "The customer's token"},
		schemeOperator: {Type: "http", Scheme: "bearer", Description: "The operators' token (OPERATOR_TOKEN)"},
	}
	return c
}

func encodeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}
