package report

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// The service levels that are promised, as shares. The alerts' recording rules
// measure the same.
const (
	availabilityBudget = 0.001 // of the time, no replica of the concierge answers
	errorBudget        = 0.001 // of the requests are answered with 5xx
	latencyBudget      = 0.05  // of the requests without a model take over 500 ms
)

// Level is one service level over a span of time.
type Level struct {
	Name string `json:"name"`
	// Budget is the share that may go wrong, Spent the share that did.
	Budget float64 `json:"budget"`
	Spent  float64 `json:"spent"`
	// Known is false where Prometheus has no data.
	Known bool `json:"known"`
	// Text says it in the level's own unit.
	Text string `json:"text"`
}

// Kept says whether the promise held.
func (l Level) Kept() bool { return l.Spent <= l.Budget }

// SLO is how the promises stood over a span of time.
type SLO struct {
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
	// Coverage is the share of the time for which Prometheus has data.
	Coverage float64 `json:"coverage"`
	Levels   []Level `json:"levels"`
	P95      float64 `json:"p95_seconds"` // without the language model
	P95Known bool    `json:"p95_known"`
}

// up is 1 while any replica of the concierge answers its scrape.
const up = `max(up{service="concierge"} or up{job="concierge"})`

// Month returns the span of a month (2026-11), up to now where it isn't over.
func Month(month string, now time.Time) (since, until time.Time, err error) {
	since, err = time.Parse("2006-01", month)
	if err != nil {
		return since, until, fmt.Errorf("%q is no month of the form 2026-11", month)
	}
	if !since.Before(now) {
		return since, until, fmt.Errorf("%s hasn't begun", month)
	}
	until = since.AddDate(0, 1, 0)
	if until.After(now) {
		until = now.UTC()
	}
	return since, until, nil
}

// MeasureSLO asks Prometheus.
func MeasureSLO(ctx context.Context, url string, since, until time.Time) (s SLO, err error) {
	m, err := newMetrics(url, since, until)
	if err != nil {
		return s, err
	}
	return m.slo(ctx, since)
}

func (m *metrics) slo(ctx context.Context, since time.Time) (s SLO, err error) {
	s = SLO{Since: since, Until: m.until}
	minutes, _, err := m.one(ctx, `count_over_time((`+up+`)[SPAN:1m])`)
	if err != nil {
		return s, err
	}
	s.Coverage = min(1, minutes/max(1, m.span.Minutes()))
	for _, l := range []struct {
		name, query string
		budget      float64
		text        func(spent float64) string
	}{
		{"availability", `1 - avg_over_time((` + up + `)[SPAN:1m])`, availabilityBudget, func(spent float64) string {
			down := time.Duration(spent * s.Coverage * float64(m.span))
			allowed := time.Duration(availabilityBudget * float64(m.span))
			return fmt.Sprintf("%.3f %% available; down %v of %v allowed", 100*(1-spent), down.Round(time.Second), allowed.Round(time.Second))
		}},
		{
			"errors", `(sum(increase(http_requests_total{service="concierge",` + noProbes + `,status=~"5.."}[SPAN])) or vector(0))
				/ (sum(increase(http_requests_total{service="concierge",` + noProbes + `}[SPAN])) > 0)`, errorBudget,
			func(spent float64) string {
				return fmt.Sprintf("%.4f %% of the requests failed, %.1f %% allowed", 100*spent, 100*errorBudget)
			},
		},
		{
			"latency", `1 - sum(increase(http_request_duration_seconds_bucket{service="concierge",path!~"/health|/ready|/live|/metrics|/api/v1/chat",le="0.5"}[SPAN]))
				/ (sum(increase(http_request_duration_seconds_count{service="concierge",path!~"/health|/ready|/live|/metrics|/api/v1/chat"}[SPAN])) > 0)`, latencyBudget,
			func(spent float64) string {
				return fmt.Sprintf("%.2f %% of the requests took over 500 ms, %.0f %% allowed", 100*spent, 100*latencyBudget)
			},
		},
	} {
		spent, known, err := m.one(ctx, l.query)
		if err != nil {
			return s, err
		}
		level := Level{Name: l.name, Budget: l.budget, Spent: max(0, spent), Known: known, Text: "no data"}
		if known {
			level.Text = l.text(level.Spent)
		}
		s.Levels = append(s.Levels, level)
	}
	s.P95, s.P95Known, err = m.one(ctx, `histogram_quantile(0.95, sum by (le) (increase(http_request_duration_seconds_bucket{service="concierge",path!~"/health|/ready|/live|/metrics|/api/v1/chat"}[SPAN])))`)
	return s, err
}

// Write prints the levels for people.
func (s SLO) Write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Service levels from %s to %s (measured for %.1f %% of that time)\n", day(s.Since), day(s.Until), 100*s.Coverage)
	for _, l := range s.Levels {
		verdict := "kept"
		switch {
		case !l.Known:
			verdict = "unknown"
		case !l.Kept():
			verdict = "BROKEN"
		}
		fmt.Fprintf(&b, "  %-13s %-8s %s", l.Name, verdict, l.Text)
		if l.Known {
			fmt.Fprintf(&b, "; %.0f %% of the budget used", 100*l.Spent/l.Budget)
		}
		b.WriteString("\n")
	}
	if s.P95Known {
		fmt.Fprintf(&b, "  %-13s %-8s %.0f ms (requests without the language model)\n", "P95", "", 1000*s.P95)
	}
	if s.Coverage < fullCoverage {
		b.WriteString("  What is said here holds for the measured part of that time alone.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// fullCoverage is the share of measured time from which on the rest is as good as
// nothing: restarts of Prometheus.
const fullCoverage = 0.99

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }
