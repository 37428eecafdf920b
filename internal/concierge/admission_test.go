package concierge

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

func enter(t *testing.T, x *admission) func() {
	t.Helper()
	leave, err := x.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return leave
}

func TestAdmission(t *testing.T) {
	t.Parallel()
	x := newAdmission(Admission{Running: 2, Waiting: 1, Wait: time.Hour}, prometheus.NewRegistry())
	first, second := enter(t, x), enter(t, x)
	third := make(chan error)
	go func() {
		leave, err := x.enter(context.Background())
		third <- err
		leave()
	}()
	for len(x.waiting) == 0 { // until the third one waits
		select {
		case err := <-third:
			t.Fatalf("the third one did not wait: %v", err)
		default:
		}
	}
	_, err := x.enter(t.Context())
	if f := fault.As(err); !fault.Is(err, fault.Connection) || f.RetryAfter < time.Second {
		t.Errorf("the fourth one: %v", err)
	}
	first()
	if err := <-third; err != nil {
		t.Errorf("the third one: %v", err)
	}
	second()
	enter(t, x)()
}

func TestNobodyWaitsLongerThanAllowed(t *testing.T) {
	t.Parallel()
	x := newAdmission(Admission{Running: 1, Waiting: 1, Wait: time.Nanosecond}, prometheus.NewRegistry())
	defer enter(t, x)()
	if _, err := x.enter(t.Context()); !fault.Is(err, fault.Connection) {
		t.Errorf("out of patience: %v", err)
	}
	x.wait = time.Hour
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := x.enter(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who left: %v", err)
	}
}

func TestWithoutBoundAllComeIn(t *testing.T) {
	t.Parallel()
	x := newAdmission(Admission{}, prometheus.NewRegistry())
	for range 1000 {
		enter(t, x)
	}
}
