package httpserver

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// unmatched is the path of requests that no route matched. The raw path never
// becomes a label: anyone could make as many series as they like.
const unmatched = "unmatched"

// otherMethod stands for methods that HTTP doesn't know.
const otherMethod = "OTHER"

type metrics struct {
	service    string
	requests   *prometheus.CounterVec
	durations  *prometheus.HistogramVec
	inProgress prometheus.Gauge
	limited    *prometheus.CounterVec
}

// durationBuckets reach from a cached answer to a long stream, in seconds.
var durationBuckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}

func newMetrics(registry prometheus.Registerer, service string) (*metrics, error) {
	constant := prometheus.Labels{"service": service}
	m := &metrics{
		service: service,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total", Help: "Requests answered, by route. 499: the client left first.",
			ConstLabels: constant,
		}, []string{"method", "path", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds", Help: "Time to answer a request, streams to their end.",
			ConstLabels: constant, Buckets: durationBuckets,
		}, []string{"method", "path"}),
		inProgress: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "http_requests_in_progress", Help: "Requests being answered now.", ConstLabels: constant,
		}),
		limited: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rate_limit_hits_total", Help: "Requests refused by a rate limit.",
		}, []string{"scope"}),
	}
	for _, c := range []prometheus.Collector{m.requests, m.durations, m.inProgress, m.limited} {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("httpserver: register metrics: %w", err)
		}
	}
	return m, nil
}

func (m *metrics) observe(method, route string, status int, elapsed time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.durations.WithLabelValues(method, route).Observe(elapsed.Seconds())
}

func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions, http.MethodConnect, http.MethodTrace:
		return method
	}
	return otherMethod
}
