package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

// reviews checks the contract of guardrails.ReviewStore. The parts use one store,
// one after the other, and texts of their own.
func reviews(t *testing.T, s store.Store) {
	t.Run("a text comes back as it was", func(t *testing.T) { reportReview(t, s.Reviews()) })
	t.Run("a text seen again", func(t *testing.T) { reviewAgain(t, s.Reviews()) })
	t.Run("decisions", func(t *testing.T) { decideReviews(t, s) })
	t.Run("replicas reporting one text", func(t *testing.T) { concurrentReports(t, s.Reviews()) })
	t.Run("pages", func(t *testing.T) { reviewPages(t, s.Reviews()) })
	t.Run("old ones go", func(t *testing.T) { trimReviews(t, s.Reviews()) })
	t.Run("what isn't there", func(t *testing.T) { noReview(t, s.Reviews()) })
}

const keepAll = 1000

func blocked(id string, at time.Time, categories ...string) guardrails.Review {
	return guardrails.Review{
		ID: id, Direction: guardrails.Input, Text: "tëxt " + id, Categories: categories, Score: 0.75, PolicyVersion: "p",
		Status: guardrails.ReviewPending, Count: 1, FirstSeen: at, LastSeen: at,
	}
}

func report(t *testing.T, s guardrails.ReviewStore, r guardrails.Review) {
	t.Helper()
	if err := s.Report(t.Context(), r, keepAll); err != nil {
		t.Fatal(err)
	}
}

func review(t *testing.T, s guardrails.ReviewStore, id string) guardrails.Review {
	t.Helper()
	r, err := s.Review(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func reportReview(t *testing.T, s guardrails.ReviewStore) {
	want := blocked("whole", turnTime, "hate", "violence")
	report(t, s, want)
	if diff := cmp.Diff(want, review(t, s, "whole")); diff != "" {
		t.Error(diff)
	}
	if approved, err := s.Approved(t.Context(), "whole"); len(approved) != 0 || err != nil {
		t.Errorf("approved without a decision: %v, %v", approved, err)
	}
}

func reviewAgain(t *testing.T, s guardrails.ReviewStore) {
	report(t, s, blocked("again", turnTime, "violence"))
	later := blocked("again", turnTime.Add(time.Hour), "hate")
	later.Score, later.PolicyVersion = 0.9, "q"
	report(t, s, later)
	want := blocked("again", turnTime, "hate", "violence")
	want.Score, want.PolicyVersion, want.Count, want.LastSeen = 0.9, "q", 2, turnTime.Add(time.Hour)
	if diff := cmp.Diff(want, review(t, s, "again")); diff != "" {
		t.Error(diff)
	}
}

// decideReviews approves, takes back, and looks at what the audit log says.
func decideReviews(t *testing.T, s store.Store) {
	report(t, s.Reviews(), blocked("decide", turnTime, "violence"))
	decide := func(status guardrails.ReviewStatus, note string, at time.Duration) guardrails.Review {
		t.Helper()
		r, err := s.Reviews().Decide(t.Context(), "decide", guardrails.Decision{Status: status, Note: note, Reviewer: "operator", At: turnTime.Add(at)})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, review(t, s.Reviews(), "decide")); diff != "" {
			t.Errorf("Decide returned something else than it stored: %s", diff)
		}
		return r
	}
	approved := func() []string {
		t.Helper()
		list, err := s.Reviews().Approved(t.Context(), "decide")
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	first := decide(guardrails.ReviewApproved, "a film title", time.Minute)
	if diff := cmp.Diff([]string{"violence"}, approved()); diff != "" || !first.DecidedAt.Equal(turnTime.Add(time.Minute)) {
		t.Errorf("approved: %s, decided at %v", diff, first.DecidedAt)
	}
	if again := decide(guardrails.ReviewApproved, "a film title", time.Hour); !again.DecidedAt.Equal(first.DecidedAt) {
		t.Error("the same decision counted twice")
	}
	report(t, s.Reviews(), blocked("decide", turnTime.Add(time.Hour), "hate"))
	if r := review(t, s.Reviews(), "decide"); r.Status != guardrails.ReviewPending {
		t.Errorf("a new category left the review %s", r.Status)
	}
	if diff := cmp.Diff([]string{"violence"}, approved()); diff != "" {
		t.Errorf("after a new category: %s", diff)
	}
	decide(guardrails.ReviewConfirmed, "no longer", 2*time.Hour)
	if list := approved(); len(list) != 0 {
		t.Errorf("approved although confirmed: %v", list)
	}
	var kinds []string
	if err := s.Audit().Each(t.Context(), func(r audit.Record) error {
		if r.Subject == "decide" {
			kinds = append(kinds, r.Kind+" by "+r.Actor)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"review.approved by operator", "review.confirmed by operator"}, kinds); diff != "" {
		t.Errorf("audit log: %s", diff)
	}
}

func concurrentReports(t *testing.T, s guardrails.ReviewStore) {
	const writers, each = 8, 10
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if err := s.Report(context.Background(), blocked("crowd", turnTime.Add(time.Duration(i)), fmt.Sprintf("c%d", w)), keepAll); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if r := review(t, s, "crowd"); r.Count != writers*each || len(r.Categories) != writers {
		t.Errorf("count %d, categories %v", r.Count, r.Categories)
	}
}

func reviewPages(t *testing.T, s guardrails.ReviewStore) {
	var want []string
	for i := range 7 {
		id := fmt.Sprintf("page%d", i)
		report(t, s, blocked(id, turnTime.Add(24*time.Hour+time.Duration(i/2)*time.Minute), "hate")) // some at one time
		want = append([]string{id}, want...)
	}
	if _, err := s.Decide(t.Context(), "page3", guardrails.Decision{Status: guardrails.ReviewApproved, At: turnTime}); err != nil {
		t.Fatal(err)
	}
	var got []string
	f := guardrails.ReviewFilter{Limit: 3}
	for len(got) < len(want) {
		page, err := s.Reviews(t.Context(), f)
		if err != nil || len(page) == 0 {
			t.Fatalf("page after %v: %d reviews, %v", got, len(page), err)
		}
		for _, r := range page {
			got = append(got, r.ID)
		}
		last := page[len(page)-1]
		f.Before, f.BeforeID = last.LastSeen, last.ID
	}
	if diff := cmp.Diff(want, got[:len(want)]); diff != "" {
		t.Error(diff)
	}
	approved, err := s.Reviews(t.Context(), guardrails.ReviewFilter{Status: guardrails.ReviewApproved, Limit: 10})
	if err != nil || len(approved) != 1 || approved[0].ID != "page3" {
		t.Errorf("approved: %v, %v", approved, err)
	}
}

// trimReviews fills the queue: what people decided stays.
func trimReviews(t *testing.T, s guardrails.ReviewStore) {
	report(t, s, blocked("decided long ago", turnTime.Add(-time.Hour), "hate"))
	if _, err := s.Decide(t.Context(), "decided long ago", guardrails.Decision{Status: guardrails.ReviewConfirmed, At: turnTime}); err != nil {
		t.Fatal(err)
	}
	const keep = 3
	for i := range 2 * keep {
		if err := s.Report(t.Context(), blocked(fmt.Sprintf("full%d", i), turnTime.Add(time.Duration(100+i)*time.Hour), "hate"), keep); err != nil {
			t.Fatal(err)
		}
	}
	pending, err := s.Reviews(t.Context(), guardrails.ReviewFilter{Status: guardrails.ReviewPending, Limit: keepAll})
	if err != nil || len(pending) != keep || pending[0].ID != "full5" {
		t.Errorf("%d pending, %v", len(pending), err)
	}
	review(t, s, "decided long ago")
}

func noReview(t *testing.T, s guardrails.ReviewStore) {
	if _, err := s.Review(t.Context(), "none"); !fault.Is(err, fault.NotFound) {
		t.Errorf("Review: %v", err)
	}
	if _, err := s.Decide(t.Context(), "none", guardrails.Decision{Status: guardrails.ReviewApproved}); !fault.Is(err, fault.NotFound) {
		t.Errorf("Decide: %v", err)
	}
	if approved, err := s.Approved(t.Context(), "none"); len(approved) != 0 || err != nil {
		t.Errorf("Approved: %v, %v", approved, err)
	}
}
