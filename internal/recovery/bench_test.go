package recovery

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/pgtest"
)

const benchPostings = 50_000 // of two entries each

// BenchmarkBackup and BenchmarkRestore work on a database of 100,000 entries:
//
//	scripts/postgres go test -run - -bench . -benchtime 3x ./internal/recovery
func BenchmarkBackup(b *testing.B) {
	eachLarge(b, func(b *testing.B, s Service) {
		dir := b.TempDir()
		var bytes int64
		for b.Loop() {
			made, err := s.Backup(b.Context(), dir)
			if err != nil {
				b.Fatal(err)
			}
			bytes = made.Bytes
		}
		b.ReportMetric(float64(bytes)/(1<<20), "MiB")
	})
}

// BenchmarkRestore is all of a restore but the switch: checking, loading,
// comparing, and proving ledger and audit chain.
func BenchmarkRestore(b *testing.B) {
	eachLarge(b, func(b *testing.B, s Service) {
		made, err := s.Backup(b.Context(), b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, _, err := s.Restore(b.Context(), Options{File: made.File, Rehearse: true}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func eachLarge(b *testing.B, bench func(b *testing.B, s Service)) {
	b.Run("sqlite", func(b *testing.B) {
		bench(b, large(b, "SQLITE_PATH="+filepath.Join(b.TempDir(), "db")))
	})
	b.Run("postgres", func(b *testing.B) { bench(b, large(b, "DATABASE_URL="+pgtest.URL(b))) })
}

// large fills a database with benchPostings.
func large(b *testing.B, setting string) Service {
	b.Helper()
	s := serviceOn(b, setting)
	db := seeded(b, s)
	const batch = 1000
	for first := 0; first < benchPostings; first += batch {
		var postings []bank.Posting
		for i := first; i < first+batch; i++ {
			account := fmt.Sprintf("customer%dc", i%customers)
			postings = append(postings, bank.Posting{
				ID: fmt.Sprint("bench", i), OccurredAt: time.Now(), Description: "Card payment", Merchant: fmt.Sprint("Merchant ", i%500), Category: "groceries",
				Entries: []bank.Entry{{AccountID: account, Amount: money.Of(-100, "USD")}, {AccountID: "outside", Amount: money.Of(100, "USD")}},
			})
		}
		if err := db.Bank().Post(b.Context(), postings); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := audit.NewChain(db.Audit(), auditKey, nil).Seal(b.Context()); err != nil {
		b.Fatal(err)
	}
	return s
}
