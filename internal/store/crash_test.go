package store_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

const (
	crashWorker    = "SWIPESAVVY_CRASH_WORKER" // holds the store's options in a worker's environment
	crashRounds    = 12
	crashReplicas  = 2
	crashCustomers = 3
	crashAuditKey  = "key"
)

func TestMain(m *testing.M) {
	if options := os.Getenv(crashWorker); options != "" {
		if err := confirmForever(options); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// confirmForever proposes and confirms transfers until it is killed or something
// fails, and says on standard output what it was told.
func confirmForever(options string) error {
	var o store.Options
	if err := json.Unmarshal([]byte(options), &o); err != nil {
		return err
	}
	ctx := context.Background()
	s, err := store.Open(ctx, o)
	if err != nil {
		return err
	}
	service := bankOn(s)
	go service.Resume(ctx)
	go audit.NewChain(s.Audit(), crashAuditKey, nil).Run(ctx, 20*time.Millisecond)
	var wg sync.WaitGroup
	for i := range 4 {
		caller := bank.Caller{CustomerID: fmt.Sprint("customer", i%crashCustomers), SessionID: rand.Text()}
		wg.Go(func() {
			for {
				if err := confirmOne(ctx, service, caller); err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
			}
		})
	}
	wg.Wait()
	return nil
}

func bankOn(s store.Store) *bank.Service {
	return bank.New(bank.Options{Core: bank.NewLedger(s.Bank(), bank.Rules{}, nil), Actions: s.Bank()})
}

func confirmOne(ctx context.Context, service *bank.Service, c bank.Caller) error {
	args := fmt.Sprintf(`{"amount": %d, "from": "checking", "to": "savings"}`, 1+mathrand.IntN(5))
	result, err := service.Call(ctx, c, bank.TransferMoney, json.RawMessage(args))
	if err != nil {
		return err
	}
	id := result.(*bank.Proposal).ActionID
	fmt.Printf("proposed %s %s\n", c.CustomerID, id)
	a, err := service.Confirm(ctx, c.CustomerID, bank.ConfirmedByButton(id, "", "key of "+id))
	if err != nil {
		return err
	}
	fmt.Printf("%s %s %s\n", a.Status, c.CustomerID, id)
	return nil
}

// TestKilledWhileConfirming kills processes in the middle of confirmations.
// Whatever they acknowledged must be there once, and whatever they didn't must
// complete once when it is tried again.
func TestKilledWhileConfirming(t *testing.T) {
	t.Parallel()
	for name, engine := range engines(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options, _, _ := engine(t)
			s := open(t, options)
			seedCustomers(t, s, crashCustomers)
			proposed, acked := map[string]string{}, map[string]bool{}
			for range crashRounds {
				killedRound(t, options, proposed, acked)
			}
			service := bankOn(s)
			retried := 0
			for id, customer := range proposed {
				if !acked[id] {
					retried++
					a, err := service.Confirm(t.Context(), customer, bank.ConfirmedByButton(id, "", "key of "+id))
					if err != nil || a.Status != bank.ActionExecuted {
						t.Errorf("%s: %+v, %v", id, a, err)
					}
				}
			}
			if len(acked) == 0 || retried == 0 {
				t.Errorf("the processes died at uninteresting moments: %d acknowledged, %d not", len(acked), retried)
			}
			checkAfterCrashes(t, s, service, proposed)
			t.Logf("%d processes killed, %d confirmations acknowledged, %d completed by trying again", crashRounds*crashReplicas, len(acked), retried)
		})
	}
}

// seedCustomers makes customers with a full checking and an empty savings account.
func seedCustomers(t testing.TB, s store.Store, n int) {
	t.Helper()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	account := func(id, customer string, kind bank.AccountKind) bank.Account {
		return bank.Account{ID: id, CustomerID: customer, Kind: kind, Name: string(kind), Number: "00000001", Status: bank.Active, Balance: money.Of(0, "USD"), OpenedAt: time.Now()}
	}
	if err := s.Bank().CreateCustomer(t.Context(), bank.Customer{}, bank.Holdings{Accounts: []bank.Account{account("outside", "", bank.Internal)}}); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		id := fmt.Sprint("customer", i)
		if err := s.Bank().CreateCustomer(t.Context(), bank.Customer{ID: id, Name: id, CreatedAt: time.Now()}, bank.Holdings{Accounts: []bank.Account{
			account(id+"c", id, bank.Checking), account(id+"s", id, bank.Savings),
		}}); err != nil {
			t.Fatal(err)
		}
		if err := s.Bank().Post(t.Context(), []bank.Posting{{ID: id, OccurredAt: time.Now(), Description: "Salary", Entries: []bank.Entry{
			{AccountID: "outside", Amount: money.Of(-1_000_000_000, "USD")}, {AccountID: id + "c", Amount: money.Of(1_000_000_000, "USD")},
		}}}); err != nil {
			t.Fatal(err)
		}
	}
}

// killedRound starts processes, records what they say, and kills them with
// SIGKILL after a random number of confirmations.
func killedRound(t *testing.T, o store.Options, proposed map[string]string, acked map[string]bool) {
	t.Helper()
	options, err := json.Marshal(struct{ DatabaseURL, SQLitePath string }{o.DatabaseURL, o.SQLitePath})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range crashReplicas {
		worker := exec.CommandContext(t.Context(), os.Args[0])
		worker.Env = append(os.Environ(), crashWorker+"="+string(options))
		worker.Stderr = os.Stderr
		out, err := worker.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := worker.Start(); err != nil {
			t.Fatal(err)
		}
		last := 1 + mathrand.IntN(40)
		wg.Go(func() {
			lines := bufio.NewScanner(out)
			for n := 0; lines.Scan(); {
				said := strings.Fields(lines.Text())
				if len(said) != 3 { // cut off
					continue
				}
				mu.Lock()
				switch said[0] {
				case "proposed":
					proposed[said[2]] = said[1]
				case string(bank.ActionExecuted):
					acked[said[2]] = true
				default:
					t.Errorf("a confirmation was %s", said[0])
				}
				mu.Unlock()
				if n++; n == last {
					_ = worker.Process.Kill()
				}
			}
			if err := worker.Wait(); worker.ProcessState.ExitCode() != -1 {
				t.Errorf("a worker ended by itself: %v", err)
			}
		})
	}
	wg.Wait()
}

// checkAfterCrashes compares the books with what was proposed: all of it was
// carried out, once.
func checkAfterCrashes(t *testing.T, s store.Store, service *bank.Service, proposed map[string]string) {
	t.Helper()
	findings, err := bank.Verify(t.Context(), s.Bank())
	if err != nil || len(findings.Problems()) > 0 {
		t.Errorf("the books are wrong: %v, %v", findings.Problems(), err)
	}
	moved := map[string]int64{}
	for id, customer := range proposed {
		a, err := service.Action(t.Context(), customer, id)
		if err != nil || a.Status != bank.ActionExecuted {
			t.Errorf("%s: %+v, %v", id, a, err)
		}
		moved[customer] += a.Order.Amount.Minor
	}
	// A process may have died between storing a proposal and saying so: nobody
	// confirmed those, and they are pending.
	if int(findings.Orders) != len(proposed) {
		t.Errorf("%d orders for %d confirmed actions", findings.Orders, len(proposed))
	}
	for customer, cents := range moved {
		accounts, err := s.Bank().Accounts(t.Context(), customer)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range accounts {
			if want := map[bank.AccountKind]int64{bank.Checking: 1_000_000_000 - cents, bank.Savings: cents}[a.Kind]; a.Balance.Minor != want {
				t.Errorf("%s has %d instead of %d", a.ID, a.Balance.Minor, want)
			}
		}
	}
	chain := audit.NewChain(s.Audit(), crashAuditKey, nil)
	if _, err := chain.Seal(t.Context()); err != nil {
		t.Error(err)
	}
	if r, err := chain.Verify(t.Context()); err != nil || r.FirstBad != "" || r.Unsealed != 0 {
		t.Errorf("the audit chain is broken: %+v, %v", r, err)
	}
}
