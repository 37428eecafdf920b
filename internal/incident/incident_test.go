package incident

import (
	"strings"
	"testing"
	"time"
)

var t0 = time.Date(2026, 11, 2, 3, 0, 0, 0, time.UTC)

func firing(fingerprint string, minute int) Alert {
	return Alert{Fingerprint: fingerprint, Name: "ServiceDown", Severity: "warning", Priority: "P1", Service: "rag", StartsAt: t0.Add(time.Duration(minute) * time.Minute)}
}

func resolved(a Alert, minute int) Alert {
	a.EndsAt = t0.Add(time.Duration(minute) * time.Minute)
	return a
}

func receive(i *Incident, minute int, alerts ...Alert) *Incident {
	if next := apply(i, Notification{GroupKey: "g", Alerts: alerts}, t0.Add(time.Duration(minute)*time.Minute)); next != nil {
		return next
	}
	return i
}

func TestLifeOfAnIncident(t *testing.T) {
	t.Parallel()
	a, b := firing("a", 0), firing("b", 2)
	b.Severity, b.Priority, b.Name = "critical", "P0", "DatabaseDown"
	i := receive(nil, 1, a)
	first := i.ID
	i = receive(i, 3, a, b)
	if i.ID != first || i.Severity != "critical" || i.Priority != "P0" || i.Title != "DatabaseDown" || len(i.Alerts) != 2 {
		t.Errorf("%+v", i)
	}
	i = receive(i, 5, resolved(a, 4), b)
	if i.Status != Open {
		t.Errorf("resolved while an alert fires: %+v", i)
	}
	i = receive(i, 7, resolved(a, 4), resolved(b, 6))
	if i.Status != Resolved || !i.ResolvedAt.Equal(t0.Add(7*time.Minute)) || len(i.Timeline) != 5 {
		t.Errorf("%+v", i)
	}
	again := receive(i, 20, firing("a", 19))
	if again.ID == first || again.Status != Open || len(again.Alerts) != 1 {
		t.Errorf("an alert that fires anew: %+v", again)
	}
}

func TestWhatIsSentAgainChangesNothing(t *testing.T) {
	t.Parallel()
	a := firing("a", 0)
	i := receive(nil, 1, a)
	if apply(i, Notification{GroupKey: "g", Alerts: []Alert{a}}, t0.Add(time.Hour)) != nil {
		t.Error("a repeated alert was recorded")
	}
	i = receive(i, 2, resolved(a, 2))
	for what, late := range map[string]Alert{"resolved": resolved(a, 3), "firing": a} { // out of order
		if apply(i, Notification{GroupKey: "g", Alerts: []Alert{late}}, t0.Add(time.Hour)) != nil {
			t.Errorf("a late %q changed a closed incident", what)
		}
	}
	if apply(nil, Notification{GroupKey: "g", Alerts: []Alert{resolved(a, 3)}}, t0) != nil {
		t.Error("a resolution without an alert made an incident")
	}
}

func TestIncidentsAreBounded(t *testing.T) {
	t.Parallel()
	var alerts []Alert
	for n := range 2 * maxAlerts {
		a := firing(strings.Repeat("x", n+1), 0)
		a.Summary = strings.Repeat("long ", 1000) + "\n# forged heading"
		alerts = append(alerts, a)
	}
	i := receive(nil, 1, alerts...)
	if len(i.Alerts) > maxAlerts || len(i.Timeline) > maxTimeline || len(i.Alerts[0].Summary) > maxText {
		t.Errorf("%d alerts, %d lines, %d bytes", len(i.Alerts), len(i.Timeline), len(i.Alerts[0].Summary))
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	a := firing("a", 0)
	a.Summary = "down | for\n# long <script>"
	i := receive(nil, 1, a)
	text := Report(*i, t0.Add(10*time.Minute))
	for _, want := range []string{"# Incident " + i.ID, "| Lasted | 10m0s |", "still firing", `down \| for # long &lt;script>`, "Root cause"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	text = Report(*receive(i, 5, resolved(a, 5)), t0.Add(time.Hour))
	if !strings.Contains(text, "| Lasted | 5m0s |") {
		t.Errorf("a resolved incident goes on:\n%s", text)
	}
}
