// Package report tells people how the system has been: what happened in a span of
// time, whether the promised service levels held, and what is needed as evidence
// afterwards. It reads the database and, where there is one, Prometheus, and says
// plainly what it couldn't learn.
package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/event"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/incident"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

// Options say what to report.
type Options struct {
	Store         store.Store
	PrometheusURL string // empty for none
	Since, Until  time.Time
}

// Report is what happened in a span of time.
type Report struct {
	Since     time.Time           `json:"since"`
	Until     time.Time           `json:"until"`
	Activity  *event.Activity     `json:"activity"`
	Events    []event.Event       `json:"events"`
	Incidents []incident.Incident `json:"incidents"`
	Flags     []FlagChange        `json:"flag_changes"`
	// Requests, Errors and so on come from Prometheus; nil where it wasn't asked.
	Traffic *Traffic `json:"traffic"`
	SLO     *SLO     `json:"slo"`
	// Unknown lists what couldn't be learned, and why.
	Unknown []string `json:"unknown"`
}

// Traffic is what Prometheus counted.
type Traffic struct {
	Requests   float64  `json:"requests"`
	Errors     []series `json:"errors"`     // by service, path and status
	Turns      []series `json:"turns"`      // by engine and outcome
	Violations []series `json:"violations"` // by category
	Injections float64  `json:"injections"`
	Models     []series `json:"models"` // Together.AI, by model and status
}

// FlagChange is what an operator switched, a lockdown among it.
type FlagChange struct {
	At       time.Time    `json:"at"`
	Flag     feature.Name `json:"flag"`
	On       bool         `json:"on"`
	Operator string       `json:"operator"`
	Reason   string       `json:"reason"`
}

// maxListed bounds the incidents and the lines of a list.
const maxListed = 200

// Make collects a report. It fails for nothing: what can't be learned is listed.
func Make(ctx context.Context, o Options) Report {
	r := Report{Since: o.Since, Until: o.Until}
	unknown := func(what string, err error) {
		if err != nil {
			r.Unknown = append(r.Unknown, what+": "+err.Error())
		}
	}
	activity, err := o.Store.Events().Activity(ctx, o.Since, o.Until)
	unknown("turns and transactions", err)
	if err == nil {
		r.Activity = &activity
		if activity.Handoffs == nil {
			r.Unknown = append(r.Unknown, "hand-offs: this schema keeps none")
		}
	}
	r.Events, err = o.Store.Events().List(ctx, event.Filter{Since: o.Since, Until: o.Until})
	unknown("backups and deployments", err)
	all, err := o.Store.Incidents().List(ctx, false, maxListed)
	unknown("incidents", err)
	for _, i := range all {
		if i.StartedAt.Before(o.Until) && (i.Status == incident.Open || i.ResolvedAt.After(o.Since)) {
			r.Incidents = append(r.Incidents, i)
		}
	}
	r.Flags, err = flagChanges(ctx, o)
	unknown("flags and lockdown", err)
	m, err := newMetrics(o.PrometheusURL, o.Since, o.Until)
	if err != nil {
		unknown("requests, errors, guardrails violations and service levels", err)
		return r
	}
	traffic, err := m.traffic(ctx)
	unknown("requests, errors and guardrails violations", err)
	if err == nil {
		r.Traffic = &traffic
	}
	slo, err := m.slo(ctx, o.Since)
	unknown("service levels", err)
	if err == nil {
		r.SLO = &slo
	}
	return r
}

// flagChanges lists what was switched, oldest first.
func flagChanges(ctx context.Context, o Options) (list []FlagChange, err error) {
	for _, d := range feature.Definitions() {
		changes, err := o.Store.Flags().Changes(ctx, d.Name, maxListed)
		if err != nil {
			return nil, err
		}
		for _, c := range changes {
			if !c.At.Before(o.Since) && c.At.Before(o.Until) {
				list = append(list, FlagChange{c.At, c.Name, c.On, c.Operator, c.Reason})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b FlagChange) int { return a.At.Compare(b.At) })
	return list, nil
}

// errNoData tells a quiet day from a Prometheus that scrapes nothing.
var errNoData = errors.New("no data of that time in Prometheus: does it scrape the services?")

func (m *metrics) traffic(ctx context.Context) (t Traffic, err error) {
	requests, known, err := m.one(ctx, `sum(increase(http_requests_total{`+noProbes+`}[SPAN]))`)
	if err != nil {
		return t, err
	}
	if !known {
		return t, errNoData
	}
	t.Requests = requests
	if t.Injections, _, err = m.one(ctx, `sum(increase(guardrails_injections_total[SPAN]))`); err != nil {
		return t, err
	}
	for _, q := range []struct {
		into  *[]series
		query string
	}{
		{&t.Errors, `sum by (service, path, status) (increase(http_requests_total{` + noProbes + `,status=~"5.."}[SPAN])) > 0`},
		{&t.Turns, `sum by (engine, outcome) (increase(chat_turns_total[SPAN])) > 0`},
		{&t.Violations, `sum by (category) (increase(guardrails_violations_total[SPAN])) > 0`},
		{&t.Models, `sum by (model, status) (increase(together_api_calls_total[SPAN])) > 0`},
	} {
		if *q.into, err = m.ask(ctx, q.query); err != nil {
			return t, err
		}
	}
	return t, nil
}

// Write prints the report for people.
func (r Report) Write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Report from %s to %s (UTC)\n", day(r.Since), day(r.Until))
	r.writeErrors(&b)
	r.writeActivity(&b)
	r.writeBackups(&b)
	b.WriteString("\nIncidents\n")
	for _, i := range r.Incidents {
		fmt.Fprintf(&b, "  %s %s %s, %s since %s\n", i.ID, cmp.Or(i.Severity, "-"), i.Title, i.Status, day(i.StartedAt))
	}
	none(&b, len(r.Incidents))
	b.WriteString("\nFlags and lockdown\n")
	for _, c := range r.Flags {
		state := map[bool]string{true: "on", false: "off"}[c.On]
		fmt.Fprintf(&b, "  %s %s %s by %q: %q\n", day(c.At), c.Flag, state, c.Operator, c.Reason)
	}
	none(&b, len(r.Flags))
	b.WriteString("\nDeployments and configuration\n")
	changes := 0
	for _, e := range slices.Backward(r.Events) {
		if e.Kind == event.Deployment || e.Kind == event.Configuration {
			changes++
			fmt.Fprintf(&b, "  %s %s %s: %s\n", day(e.At), e.Kind, e.Service, e.Summary)
		}
	}
	none(&b, changes)
	if r.SLO != nil {
		b.WriteString("\n")
		if err := r.SLO.Write(&b); err != nil {
			return err
		}
	}
	if len(r.Unknown) > 0 {
		b.WriteString("\nNot known\n")
		for _, u := range r.Unknown {
			fmt.Fprintf(&b, "  %s\n", u)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func none(b *strings.Builder, n int) {
	if n == 0 {
		b.WriteString("  none\n")
	}
}

func (r Report) writeErrors(b *strings.Builder) {
	t := r.Traffic
	if t == nil {
		return
	}
	var failures float64
	for _, s := range t.Errors {
		failures += s.Value
	}
	fmt.Fprintf(b, "\nErrors\n  %.0f requests, %.0f answered with 5xx\n", t.Requests, failures)
	writeSeries(b, t.Errors, "service", "path", "status")
	fmt.Fprintf(b, "\nGuardrails\n  %.0f attempts to override instructions\n", t.Injections)
	writeSeries(b, t.Violations, "category")
	if len(t.Models) > 0 {
		b.WriteString("\nTogether.AI calls\n")
		writeSeries(b, t.Models, "model", "status")
	}
	if len(t.Turns) > 0 {
		b.WriteString("\nTurns by engine and outcome\n")
		writeSeries(b, t.Turns, "engine", "outcome")
	}
}

func writeSeries(b *strings.Builder, list []series, labels ...string) {
	for _, s := range list[:min(len(list), 20)] {
		fmt.Fprintf(b, "  %8.0f", s.Value)
		for _, l := range labels {
			fmt.Fprintf(b, " %s", cmp.Or(s.Labels[l], "-"))
		}
		b.WriteString("\n")
	}
}

func (r Report) writeActivity(b *strings.Builder) {
	a := r.Activity
	if a == nil {
		return
	}
	fmt.Fprintf(b, "\nUse\n  %d answers in %d conversations\n", a.Turns, a.Conversations)
	if a.Handoffs != nil {
		fmt.Fprintf(b, "  %d conversations given to a person\n", *a.Handoffs)
	}
	b.WriteString("\nTransactions\n")
	for _, kind := range slices.Sorted(maps.Keys(a.Orders)) {
		fmt.Fprintf(b, "  %8d %s\n", a.Orders[kind], kind)
	}
	fmt.Fprintf(b, "  %8d refused\n  %8d with an outcome not yet known, now\n  %8d audit records not yet sealed, now\n", a.Refusals, a.Executing, a.Unsealed)
}

func (r Report) writeBackups(b *strings.Builder) {
	b.WriteString("\nBackups, verifications, restores\n")
	n := 0
	for _, e := range slices.Backward(r.Events) {
		if slices.Contains([]event.Kind{event.Backup, event.Verify, event.Restore, event.DRTest}, e.Kind) {
			n++
			result := "ok"
			if !e.OK {
				result = "FAILED"
			}
			fmt.Fprintf(b, "  %s %-13s %-6s %v, %s\n", day(e.At), e.Kind, result, e.Took.Round(time.Millisecond), e.Summary)
		}
	}
	none(b, n)
}
