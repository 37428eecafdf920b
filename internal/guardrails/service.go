package guardrails

import (
	"context"
	"log/slog"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/policy"
)

const (
	// MaxText bounds one text, in bytes: the time of a check is linear in it.
	MaxText = 256 << 10
	// MaxBatch bounds the number of texts in one batch.
	MaxBatch = 100
	// checkTimeout bounds one check. Only patterns of a policy's own, on the
	// longest texts, come anywhere near.
	checkTimeout = 2 * time.Second
)

// Options are what a Service is made of. The zero value works.
type Options struct {
	// Policy is the policy in force; nil is the built-in one.
	Policy *policy.Keeper
	// Reviews keeps what people should look at; nil keeps nothing.
	Reviews ReviewStore
	// Opinion is asked where the detectors are unsure; nil asks nobody.
	Opinion    Opinion
	Now        func() time.Time
	Log        *slog.Logger
	Registerer prometheus.Registerer
}

// Service judges texts. It is safe for concurrent use.
type Service struct {
	policy     *policy.Keeper
	reviews    ReviewStore
	opinion    Opinion
	opinions   *prometheus.CounterVec
	reported   chan Review
	now        func() time.Time
	log        *slog.Logger
	checks     *prometheus.CounterVec
	violations *prometheus.CounterVec
	detections *prometheus.CounterVec
	injections prometheus.Counter
	duration   prometheus.Histogram
	dropped    prometheus.Counter
}

// New returns a Service. Its policy and its reviews have tasks to run beside it:
// policy.Keeper.Follow and RunReviews.
func New(o Options) *Service {
	if o.Policy == nil {
		o.Policy, _ = policy.Open("", nil) // which can't fail without a file
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	f := promauto.With(o.Registerer)
	return &Service{
		policy: o.Policy, reviews: o.Reviews, opinion: o.Opinion, reported: make(chan Review, reviewQueue), now: o.Now,
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
		opinions: f.NewCounterVec(prometheus.CounterOpts{
			Name: "guardrails_second_opinions_total", Help: "Unsure cases by what the judging model said.",
		}, []string{"result"}),
		dropped: f.NewCounter(prometheus.CounterOpts{
			Name: "guardrails_reviews_dropped_total", Help: "Texts that could not be put up for review.",
		}),
		duration: f.NewHistogram(prometheus.HistogramOpts{
			Name: "guardrails_check_duration_seconds", Help: "Duration of one check.",
			Buckets: []float64{.00001, .000025, .00005, .0001, .00025, .0005, .001, .0025, .005, .01, .05, .1},
		}),
	}
}

// Policy returns the policy in force.
func (s *Service) Policy() *policy.Policy { return s.policy.Current() }

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
	p := s.policy.Current()
	v, err := judgeInTime(ctx, p, r)
	if err != nil {
		return Verdict{}, fault.New(fault.Timeout, "the check took too long").WithCause(err)
	}
	took := time.Since(began)
	s.duration.Observe(took.Seconds())
	s.secondOpinion(ctx, p, r, &v)
	s.review(ctx, r, &v)
	s.record(ctx, r, v, took)
	return v, nil
}

// judgeInTime bounds the time that a policy's own patterns may take; a timer costs
// more than many a check.
func judgeInTime(ctx context.Context, p *policy.Policy, r Request) (Verdict, error) {
	if !p.HasPatterns() {
		return judge(ctx, p, r)
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	return judge(ctx, p, r)
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
		"injection_score", v.InjectionScore, "injection_action", v.InjectionAction, "policy_version", v.PolicyVersion, "duration_ms", float64(took.Microseconds())/1000)
}
