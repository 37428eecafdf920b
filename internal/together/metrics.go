package together

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	calls   *prometheus.CounterVec
	latency prometheus.Histogram
	tokens  *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	f := promauto.With(reg)
	return &metrics{
		calls: f.NewCounterVec(prometheus.CounterOpts{
			Name: "together_api_calls_total", Help: "Calls of language models by model and how they ended.",
		}, []string{"model", "status"}),
		latency: f.NewHistogram(prometheus.HistogramOpts{
			Name: "together_api_latency_seconds", Help: "Duration of one call of a language model, streams to their end.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 5, 10, 20, 30},
		}),
		tokens: f.NewCounterVec(prometheus.CounterOpts{
			Name: "together_api_tokens_total", Help: "Tokens of language models by model and kind (prompt, completion).",
		}, []string{"model", "kind"}),
	}
}
