package guardrails

import (
	"context"
	"log/slog"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

const (
	// MaxText bounds one text, in bytes: the time of a check is linear in it.
	MaxText = 256 << 10
	// MaxBatch bounds the number of texts in one batch.
	MaxBatch = 100
	// policyVersion names the built-in rules; it changes whenever they do.
	policyVersion = "builtin-2"
)

// Options are what a Service is made of. The zero value works.
type Options struct {
	Log        *slog.Logger
	Registerer prometheus.Registerer
}

// Service judges texts. It is safe for concurrent use.
type Service struct {
	log        *slog.Logger
	checks     *prometheus.CounterVec
	violations *prometheus.CounterVec
	detections *prometheus.CounterVec
	injections prometheus.Counter
	duration   prometheus.Histogram
}

// New returns a Service with the built-in rules.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	f := promauto.With(o.Registerer)
	return &Service{
		log: o.Log,
		checks: f.NewCounterVec(prometheus.CounterOpts{
			Name: "guardrails_checks_total", Help: "Texts checked by direction.",
		}, []string{"direction"}),
		violations: f.NewCounterVec(prometheus.CounterOpts{
			Name: "guardrails_violations_total", Help: "Broken content rules by category.",
		}, []string{"category"}),
		detections: f.NewCounterVec(prometheus.CounterOpts{
			Name: "guardrails_pii_detections_total", Help: "Pieces of personal data found by type.",
		}, []string{"pii_type"}),
		injections: f.NewCounter(prometheus.CounterOpts{
			Name: "guardrails_injections_total", Help: "Texts that tried to override instructions.",
		}),
		duration: f.NewHistogram(prometheus.HistogramOpts{
			Name: "guardrails_check_duration_seconds", Help: "Duration of one check.",
			Buckets: []float64{.00001, .000025, .00005, .0001, .00025, .0005, .001, .0025, .005, .01, .05, .1},
		}),
	}
}

// PolicyVersion names the rules in force.
func (s *Service) PolicyVersion() string { return policyVersion }

// Check judges one text. It fails with a fault.Validation for a text that is
// too long or not UTF-8.
func (s *Service) Check(ctx context.Context, r Request) (Verdict, error) {
	if len(r.Text) > MaxText {
		return Verdict{}, fault.New(fault.Validation, "text must be at most %d bytes long", MaxText)
	}
	if !utf8.ValidString(r.Text) {
		return Verdict{}, fault.New(fault.Validation, "text must be valid UTF-8")
	}
	if r.Direction == "" {
		r.Direction = Input
	}
	began := time.Now()
	v := judge(r)
	took := time.Since(began)
	s.duration.Observe(took.Seconds())
	s.record(ctx, r, v, took)
	return v, nil
}

// CheckBatch judges several texts, in order.
func (s *Service) CheckBatch(ctx context.Context, requests []Request) ([]Verdict, error) {
	if len(requests) > MaxBatch {
		return nil, fault.New(fault.Validation, "a batch must have at most %d texts", MaxBatch)
	}
	verdicts := make([]Verdict, 0, len(requests))
	for _, r := range requests {
		v, err := s.Check(ctx, r)
		if err != nil {
			return nil, err
		}
		verdicts = append(verdicts, v)
	}
	return verdicts, nil
}

// record counts a verdict and logs it when something was found, without a word
// of the text.
func (s *Service) record(ctx context.Context, r Request, v Verdict, took time.Duration) {
	s.checks.WithLabelValues(string(r.Direction)).Inc()
	for _, violation := range v.SafetyViolations {
		s.violations.WithLabelValues(violation.Category).Inc()
	}
	types := make([]string, 0, len(v.PIIMatches))
	for _, m := range v.PIIMatches {
		s.detections.WithLabelValues(m.PIIType).Inc()
		types = append(types, m.PIIType)
	}
	if v.IsInjection {
		s.injections.Inc()
	}
	if !v.HasPII && !v.IsInjection && len(v.SafetyViolations) == 0 {
		return
	}
	categories := make([]string, 0, len(v.SafetyViolations))
	for _, violation := range v.SafetyViolations {
		categories = append(categories, violation.Category)
	}
	s.log.InfoContext(ctx, "guardrails violation", "direction", string(r.Direction), "safety_violations", categories,
		"has_pii", v.HasPII, "pii_types", types, "is_injection", v.IsInjection,
		"injection_score", v.InjectionScore, "duration_ms", float64(took.Microseconds())/1000)
}
