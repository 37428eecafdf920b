package demo

import (
	"slices"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
)

// TestNobodyIsEverOverdrawn plays the demo on every day of a year and more: the
// bank refuses a posting that would take an account below zero.
func TestNobodyIsEverOverdrawn(t *testing.T) {
	t.Parallel()
	for d := range 400 {
		now := time.Date(2026, 1, 1, 15, 0, 0, 0, time.UTC).AddDate(0, 0, d)
		for i, c := range Customers() {
			postings := live(c.ID, i, now)
			slices.SortStableFunc(postings, func(a, b bank.Posting) int { return a.OccurredAt.Compare(b.OccurredAt) })
			balance := map[string]int64{}
			for _, p := range postings {
				for _, e := range p.Entries {
					if balance[e.AccountID] += e.Amount.Minor; e.AccountID != outside && balance[e.AccountID] < 0 {
						t.Fatalf("%s on %s: %s has %d", c.ID, now.Format(time.DateOnly), e.AccountID, balance[e.AccountID])
					}
				}
			}
		}
	}
}
