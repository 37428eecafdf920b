package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/pgtest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

// The ledger's figures are to be read beside BenchmarkPgbench, which is what the
// same server does with pgbench's own bank, from as many clients:
//
//	scripts/postgres go test -run - -bench . ./internal/store
const (
	benchClients   = 16
	benchCustomers = 64
)

// BenchmarkExecute is a transfer in the ledger: limits, balances, postings and
// audit records of it, in one transaction.
func BenchmarkExecute(b *testing.B) {
	eachEngine(b, func(b *testing.B, s store.Store) {
		ledger := bank.NewLedger(s.Bank(), bank.Rules{TransferDaily: 1 << 40}, nil)
		parallel(b, func(i int64) error {
			who := customerName(i)
			_, err := ledger.Execute(context.Background(), bank.Order{
				ID: fmt.Sprint("bench", i), CustomerID: who, Kind: bank.Transfer, From: who + "c", Target: who + "s", Amount: money.Of(1, "USD"),
			})
			return err
		})
	})
}

// BenchmarkTransfer is all that a customer's transfer costs the database: it is
// proposed, confirmed, executed and settled.
func BenchmarkTransfer(b *testing.B) {
	eachEngine(b, func(b *testing.B, s store.Store) {
		service := bankOn(s)
		parallel(b, func(i int64) error {
			who := customerName(i)
			result, err := service.Call(context.Background(), bank.Caller{CustomerID: who, SessionID: fmt.Sprint(i)}, bank.TransferMoney,
				json.RawMessage(`{"amount":"0.01","from":"checking","to":"savings"}`))
			if err != nil {
				return err
			}
			_, err = service.Confirm(context.Background(), who, bank.ConfirmedByButton(result.(*bank.Proposal).ActionID, "", "k"))
			return err
		})
	})
}

// BenchmarkBalances reads a customer's accounts.
func BenchmarkBalances(b *testing.B) {
	eachEngine(b, func(b *testing.B, s store.Store) {
		parallel(b, func(i int64) error {
			_, err := s.Bank().Accounts(context.Background(), customerName(i))
			return err
		})
	})
}

func customerName(i int64) string { return fmt.Sprint("customer", i%benchCustomers) }

func parallel(b *testing.B, do func(i int64) error) {
	b.Helper()
	var next atomic.Int64
	b.SetParallelism(max(1, benchClients/runtime.GOMAXPROCS(0)))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := do(next.Add(1)); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "/s")
}

func eachEngine(b *testing.B, run func(b *testing.B, s store.Store)) {
	b.Run("sqlite", func(b *testing.B) {
		run(b, benchStore(b, store.Options{SQLitePath: filepath.Join(b.TempDir(), "db")}))
	})
	b.Run("postgres", func(b *testing.B) {
		run(b, benchStore(b, store.Options{DatabaseURL: pgtest.URL(b), MaxConns: benchClients}))
	})
}

func benchStore(b *testing.B, o store.Options) store.Store {
	b.Helper()
	s, err := store.Open(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	seedCustomers(b, s, benchCustomers)
	return s
}

var tps = regexp.MustCompile(`tps = ([0-9.]+)`)

// BenchmarkPgbench runs pgbench's TPC-B-like bank for a few seconds: the
// yardstick for the others.
func BenchmarkPgbench(b *testing.B) {
	command := strings.Fields(os.Getenv("PGBENCH"))
	if len(command) == 0 {
		b.Skip("PGBENCH is not set: scripts/postgres sets it where the server comes with pgbench")
	}
	address := pgtest.URL(b)
	pgbench := func(args ...string) string {
		out, err := exec.CommandContext(b.Context(), command[0], append(append(command[1:len(command):len(command)], args...), address)...).CombinedOutput()
		if err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	pgbench("-i", "-q", "-s", strconv.Itoa(benchClients))
	for name, args := range map[string][]string{"tpcb": nil, "select": {"-S"}} {
		b.Run(name, func(b *testing.B) {
			var rate float64
			for b.Loop() {
				out := pgbench(append(args, "-n", "-M", "prepared", "-c", strconv.Itoa(benchClients), "-j", strconv.Itoa(runtime.GOMAXPROCS(0)), "-T", "5")...)
				match := tps.FindStringSubmatch(out)
				if match == nil {
					b.Fatal(out)
				}
				rate, _ = strconv.ParseFloat(match[1], 64)
			}
			b.ReportMetric(rate, "/s")
		})
	}
}
