package event

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// memory is a record for tests of what reads it; the stores are tested on their
// own engines.
type memory struct {
	events []Event
	down   bool
}

func (m *memory) Append(_ context.Context, e Event) error {
	m.events = append(m.events, e)
	return nil
}

func (m *memory) Last(_ context.Context, kind Kind, onlyGood bool) (last *Event, err error) {
	if m.down {
		return nil, errors.New("down")
	}
	for i := range m.events {
		if e := &m.events[i]; e.Kind == kind && (e.OK || !onlyGood) {
			last = e
		}
	}
	return last, nil
}

func (m *memory) List(context.Context, Filter) ([]Event, error) { return m.events, nil }

func (m *memory) LastStart(context.Context, string) (*Event, error) { return nil, nil }

func (m *memory) Activity(_ context.Context, _, _ time.Time) (a Activity, err error) { return a, nil }

func (m *memory) Rows(context.Context, Optional, func(json.RawMessage) error) (bool, error) {
	return false, nil
}

func TestGauges(t *testing.T) {
	t.Parallel()
	m, reg := &memory{}, prometheus.NewRegistry()
	g := NewGauges(m, reg, nil)
	expect := func(when, want string, names ...string) {
		t.Helper()
		if err := testutil.GatherAndCompare(reg, strings.NewReader(want), names...); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
	expect("before the record was read", "", "backup_last_success_timestamp_seconds", "backup_last_result")
	refresh := func() {
		t.Helper()
		if err := g.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	refresh()
	never := `# HELP backup_age_seconds Age of the newest good backup; infinite when there is none.
# TYPE backup_age_seconds gauge
backup_age_seconds +Inf
# HELP backup_last_success_timestamp_seconds When the newest good backup was made, in Unix seconds; 0 for never.
# TYPE backup_last_success_timestamp_seconds gauge
backup_last_success_timestamp_seconds 0
`
	expect("without a backup", never, "backup_age_seconds", "backup_last_success_timestamp_seconds", "backup_last_result")
	m.events = []Event{
		{Kind: Backup, OK: true, At: time.Unix(1000, 0)},
		{Kind: Backup, At: time.Unix(2000, 0)},
		{Kind: Verify, OK: true, At: time.Unix(1500, 0)},
		{Kind: DRTest, OK: true, At: time.Unix(1600, 0)},
		{Kind: Verify, At: time.Unix(1700, 0)},
	}
	refresh()
	failing := `# HELP backup_last_result 1 when the last backup went well, 0 when it failed; absent before the first.
# TYPE backup_last_result gauge
backup_last_result 0
# HELP backup_last_success_timestamp_seconds When the newest good backup was made, in Unix seconds; 0 for never.
# TYPE backup_last_success_timestamp_seconds gauge
backup_last_success_timestamp_seconds 1000
# HELP backup_last_verify_result 1 when the last verification or rehearsal went well, 0 when it failed; absent before the first.
# TYPE backup_last_verify_result gauge
backup_last_verify_result 0
# HELP backup_last_verify_timestamp_seconds When a backup was last proven restorable or undamaged, in Unix seconds; 0 for never.
# TYPE backup_last_verify_timestamp_seconds gauge
backup_last_verify_timestamp_seconds 1600
`
	names := []string{"backup_last_result", "backup_last_verify_result", "backup_last_success_timestamp_seconds", "backup_last_verify_timestamp_seconds"}
	expect("after a failure", failing, names...)
	m.down = true
	if err := g.Refresh(t.Context()); err == nil {
		t.Error("no error while the database is down")
	}
	expect("while the database is down", failing, names...)
}

func TestRunning(t *testing.T) {
	t.Parallel()
	list := []Event{
		{Kind: Deployment, Service: "rag", Instance: "a"},
		{Kind: Start, Service: "rag", Instance: "b"},
		{Kind: Backup, Service: "operations"},
		{Kind: Start, Service: "concierge", Instance: "a"},
		{Kind: Stop, Service: "rag", Instance: "a"},
		{Kind: Stop, Service: "rag", Instance: "z"},
	}
	if diff := cmp.Diff([]int{1, 2, -1, 1, 1, 1}, Running(list)); diff != "" {
		t.Error(diff)
	}
}

func TestSummariesAreCutToSize(t *testing.T) {
	t.Parallel()
	m := &memory{}
	if err := Record(t.Context(), m, Event{Summary: strings.Repeat("é", maxSummary)}); err != nil {
		t.Fatal(err)
	}
	if s := m.events[0].Summary; len(s) > maxSummary || strings.Trim(s, "é") != "" {
		t.Errorf("%d bytes, %q", len(s), strings.Trim(s, "é"))
	}
}
