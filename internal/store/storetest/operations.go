package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/event"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/incident"
)

// events checks the record of what was done to the system.
func events(t *testing.T, s event.Store) {
	start := func(minute int, version, config string) event.Event {
		return event.Event{At: opened.Add(time.Duration(minute) * time.Minute), Service: "rag", Version: version, Config: config, Instance: "host 1"}
	}
	if e, err := s.Last(t.Context(), event.Backup, false); e != nil || err != nil {
		t.Errorf("in an empty record: %+v, %v", e, err)
	}
	var kinds []event.Kind
	for i, e := range []event.Event{start(0, "1", "a"), start(1, "1", "a"), start(2, "1", "b"), start(3, "2", "b")} {
		got, err := event.RecordStart(t.Context(), s, e)
		if err != nil {
			t.Fatal(i, err)
		}
		kinds = append(kinds, got.Kind)
	}
	if diff := cmp.Diff([]event.Kind{event.Deployment, event.Start, event.Configuration, event.Deployment}, kinds); diff != "" {
		t.Error(diff)
	}
	good := event.Event{At: opened.Add(time.Hour), Kind: event.Backup, Service: "backup", OK: true, Took: 1500 * time.Microsecond, Summary: "all"}
	bad := good
	bad.At, bad.OK = good.At.Add(time.Hour), false
	for _, e := range []event.Event{good, bad} {
		if err := event.Record(t.Context(), s, e); err != nil {
			t.Fatal(err)
		}
	}
	for want, onlyGood := range map[*event.Event]bool{&good: true, &bad: false} {
		got, err := s.Last(t.Context(), event.Backup, onlyGood)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s, %v", diff, err)
		}
	}
	list, err := s.List(t.Context(), event.Filter{Since: good.At, Until: bad.At})
	if diff := cmp.Diff([]event.Event{good}, list); diff != "" || err != nil {
		t.Errorf("%s, %v", diff, err)
	}
	list, err = s.List(t.Context(), event.Filter{Kinds: event.Starts, Limit: 3})
	if err != nil || len(list) != 3 || list[0].Version != "2" {
		t.Errorf("%+v, %v", list, err)
	}
}

// incidents checks that updates of one group take turns and that nothing is
// recorded twice.
func incidents(t *testing.T, s incident.Store) {
	service := incident.New(s, func() time.Time { return opened.Add(time.Hour) })
	alert := func(i int) incident.Alert {
		return incident.Alert{Fingerprint: fmt.Sprint(i), Name: "Down", Severity: "critical", StartsAt: opened.Add(time.Duration(i) * time.Second)}
	}
	const alerts = 20
	var wg sync.WaitGroup
	for i := range alerts {
		for range 2 { // sent twice, perhaps to two replicas
			wg.Go(func() {
				if err := service.Receive(context.Background(), incident.Notification{GroupKey: "g", Alerts: []incident.Alert{alert(i)}}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	open, err := service.List(t.Context(), true, 10)
	if err != nil || len(open) != 1 || len(open[0].Alerts) != alerts || len(open[0].Timeline) != alerts {
		t.Fatalf("%+v, %v", open, err)
	}
	var resolved []incident.Alert
	for i := range alerts {
		a := alert(i)
		a.EndsAt = opened.Add(time.Hour)
		resolved = append(resolved, a)
	}
	if err := service.Receive(t.Context(), incident.Notification{GroupKey: "g", Alerts: resolved}); err != nil {
		t.Fatal(err)
	}
	got, err := service.Get(t.Context(), open[0].ID)
	if err != nil || got.Status != incident.Resolved || !got.ResolvedAt.Equal(opened.Add(time.Hour)) {
		t.Errorf("%+v, %v", got, err)
	}
	if open, err := service.List(t.Context(), true, 10); err != nil || len(open) > 0 {
		t.Errorf("%+v, %v", open, err)
	}
	if _, err := service.Get(t.Context(), "INC-0"); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v", err)
	}
}
