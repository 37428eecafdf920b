package telemetry

import (
	"context"
	"fmt"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Propagator carries W3C trace context over HTTP. Baggage is left out: it would
// pass a client's own words on to every dependency.
var Propagator propagation.TextMapPropagator = propagation.TraceContext{}

// NewTracing returns where a service's spans go: in batches to the OTLP endpoint
// (its base URL, as in OTEL_EXPORTER_OTLP_ENDPOINT, such as
// "http://collector:4318"), or nowhere when that is empty. The caller must call
// shutdown, which sends what is left. A collector that is down costs spans, never
// a request. The error is for an endpoint that is no URL.
func NewTracing(ctx context.Context, service, version, endpoint string) (tp trace.TracerProvider, shutdown func(context.Context) error, err error) {
	if endpoint == "" {
		return noop.NewTracerProvider(), func(context.Context) error { return nil }, nil
	}
	url := strings.TrimRight(endpoint, "/") + "/v1/traces"
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(url))
	if err != nil {
		return nil, nil, fmt.Errorf("start the OTLP exporter: %w", err)
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", service),
			attribute.String("service.version", version),
		)),
	)
	return provider, provider.Shutdown, nil
}
