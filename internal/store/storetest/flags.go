package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

// flagStore checks the contract of feature.Store and what flags do to money.
func flagStore(t *testing.T, s store.Store) {
	t.Run("changes", func(t *testing.T) { flagChanges(t, s) })
	t.Run("changed by many", func(t *testing.T) { flagsByMany(t, s) })
	t.Run("each switch stops its orders", func(t *testing.T) { switchesInTheBooks(t, s) })
	t.Run("lockdown in the middle of confirmations", func(t *testing.T) { lockdownAmongConfirmations(t, s) })
}

func setFlag(t *testing.T, s store.Store, id string, name feature.Name, on bool) feature.Change {
	t.Helper()
	c := feature.Change{ID: id, Name: name, On: on, Reason: "because é", Operator: "operator:dana", At: turnTime.UTC()}
	if err := s.Flags().SetFlag(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return c
}

func flagChanges(t *testing.T, s store.Store) {
	if list, err := s.Flags().Flags(t.Context()); err != nil || len(list) != 0 {
		t.Fatalf("at first: %+v, %v", list, err)
	}
	first := setFlag(t, s, "c1", feature.Streaming, false)
	other := setFlag(t, s, "c2", feature.Retrieval, false)
	second := setFlag(t, s, "c3", feature.Streaming, true)
	got, err := s.Flags().Flags(t.Context())
	if diff := cmp.Diff([]feature.Change{other, second}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	got, err = s.Flags().Changes(t.Context(), feature.Streaming, 10)
	if diff := cmp.Diff([]feature.Change{second, first}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if got, err = s.Flags().Changes(t.Context(), feature.Streaming, 1); err != nil || len(got) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.Flags().SetFlag(t.Context(), first); err == nil {
		t.Error("one change was stored twice")
	}
	var records []audit.Record
	if err := s.Audit().Each(t.Context(), func(r audit.Record) error {
		records = append(records, r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(records) != 3 || records[0].Kind != "flag.streaming" || records[0].Actor != "operator:dana" || records[0].Subject != "c1" || string(records[0].Digest) != string(first.Digest()) {
		t.Errorf("audited: %+v", records)
	}
}

func flagsByMany(t *testing.T, s store.Store) {
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			c := feature.Change{ID: fmt.Sprint("many", i), Name: feature.LLM, On: i%2 == 0, Reason: "r", Operator: "o", At: turnTime}
			if err := s.Flags().SetFlag(context.Background(), c); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	history, err := s.Flags().Changes(t.Context(), feature.LLM, 100)
	if err != nil || len(history) != 16 {
		t.Fatalf("%d changes, %v", len(history), err)
	}
	list, err := s.Flags().Flags(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if c.Name == feature.LLM && c.ID != history[0].ID {
			t.Errorf("%s is in force, %s is the newest", c.ID, history[0].ID)
		}
	}
}

func flagCustomers(t *testing.T, s store.Store, names ...string) *bank.Service {
	t.Helper()
	if err := s.Bank().CreateCustomer(t.Context(), bank.Customer{Name: "the bank"}, bank.Holdings{Accounts: []bank.Account{{
		ID: "outside", Kind: bank.Internal, Name: "other banks", Status: bank.Active, Balance: money.Of(0, "USD"), OpenedAt: opened,
	}}}); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		wealthy(t, s.Bank(), name, 100_000_000)
	}
	return bank.New(bank.Options{Core: bank.NewLedger(s.Bank(), bank.Rules{}, nil), Actions: s.Bank()})
}

func switchesInTheBooks(t *testing.T, s store.Store) {
	service := flagCustomers(t, s, "flo")
	caller := bank.Caller{CustomerID: "flo", SessionID: "switches"}
	tools := map[string]string{
		bank.TransferMoney: `{"amount": 1, "from": "checking", "to": "savings"}`,
		bank.PayBill:       `{"bill": "Electricity", "amount": 1}`,
		bank.SetCardFrozen: `{"card": "4242", "frozen": true}`,
	}
	for i, tc := range []struct {
		flag    feature.Name
		on      bool
		stopped []string
		reason  string
	}{
		{feature.Transfers, false, []string{bank.TransferMoney}, bank.ReasonSwitchedOff},
		{feature.BillPayments, false, []string{bank.PayBill}, bank.ReasonSwitchedOff},
		{feature.CardControls, false, []string{bank.SetCardFrozen}, bank.ReasonSwitchedOff},
		{feature.Lockdown, true, []string{bank.TransferMoney, bank.PayBill, bank.SetCardFrozen}, bank.ReasonLockdown},
	} {
		for tool, args := range tools {
			proposed, err := service.Call(t.Context(), caller, tool, json.RawMessage(args))
			if err != nil {
				t.Fatalf("%s: %v", tool, err)
			}
			id := proposed.(*bank.Proposal).ActionID
			setFlag(t, s, fmt.Sprint("stop", i, tool), tc.flag, tc.on)
			stopped := false
			for _, name := range tc.stopped {
				stopped = stopped || name == tool
			}
			if stopped {
				_, err := service.Confirm(t.Context(), "flo", bank.ConfirmedByButton(id, "", "k"))
				reasonOf(t, err, tc.reason)
				if a, err := service.Action(t.Context(), "flo", id); err != nil || a.Status != bank.ActionPending {
					t.Errorf("%s under %s is %s, %v", tool, tc.flag, a.Status, err)
				}
				_, err = service.Call(t.Context(), caller, tool, json.RawMessage(args))
				reasonOf(t, err, tc.reason)
				ledgerHolds(t, s, tool, tc.reason)
			} else if _, err := service.Call(t.Context(), caller, tool, json.RawMessage(args)); err != nil {
				t.Errorf("%s stops %s: %v", tc.flag, tool, err)
			}
			setFlag(t, s, fmt.Sprint("go", i, tool), tc.flag, !tc.on)
			if stopped { // the same yes is good again
				if _, err := service.Cancel(t.Context(), "flo", id); err != nil {
					t.Errorf("%s after %s: %v", tool, tc.flag, err)
				}
			}
		}
	}
}

// ledgerHolds checks that the books themselves neither carry a stopped order out
// nor refuse it for good.
func ledgerHolds(t *testing.T, s store.Store, tool, reason string) {
	t.Helper()
	if tool != bank.TransferMoney {
		return
	}
	o := bank.Order{ID: "held " + reason, CustomerID: "flo", Kind: bank.Transfer, From: "flo-checking", Target: "flo-savings", Amount: money.Of(1, "USD")}
	ledger := bank.NewLedger(s.Bank(), bank.Rules{}, nil)
	if _, err := ledger.Execute(t.Context(), o); !fault.Is(err, fault.Connection) || fault.ReasonOf(err) != reason {
		t.Errorf("executed while stopped: %v", err)
	}
	if _, err := ledger.Receipt(t.Context(), "flo", o.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("receipt of a stopped order: %v", err)
	}
}

// lockdownAmongConfirmations locks down while customers confirm: from the moment
// in which that is acknowledged not a cent moves.
func lockdownAmongConfirmations(t *testing.T, s store.Store) {
	customers := []string{"kim", "lou", "max", "nia"}
	service := flagCustomers(t, s, customers...)
	moved := func() (sum int64) {
		for _, name := range customers {
			sum += balances(t, s.Bank(), name)[name+"-savings"]
		}
		return sum
	}
	for round := range 5 {
		var done, stopped atomic.Int64
		var wg sync.WaitGroup
		stop := make(chan struct{})
		for _, name := range customers {
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					p, err := service.Call(context.Background(), bank.Caller{CustomerID: name, SessionID: name}, bank.TransferMoney,
						json.RawMessage(`{"amount": 1, "from": "checking", "to": "savings"}`))
					if err == nil {
						_, err = service.Confirm(context.Background(), name, bank.ConfirmedByButton(p.(*bank.Proposal).ActionID, "", "k"))
					}
					switch fault.ReasonOf(err) {
					case bank.ReasonLockdown:
						stopped.Add(1)
					case "":
						if err != nil {
							t.Error(err)
							return
						}
						done.Add(1)
					}
				}
			})
		}
		for deadline := time.Now().Add(20 * time.Second); done.Load() < 20 && time.Now().Before(deadline); {
			<-time.After(time.Millisecond)
		}
		setFlag(t, s, fmt.Sprint("lock", round), feature.Lockdown, true)
		locked := moved()
		for deadline := time.Now().Add(20 * time.Second); stopped.Load() < 20 && time.Now().Before(deadline); {
			<-time.After(time.Millisecond)
		}
		close(stop)
		wg.Wait()
		if after := moved(); after != locked || done.Load() < 20 || stopped.Load() < 20 {
			t.Errorf("%d cents moved after the lockdown; %d transfers before, %d stopped", after-locked, done.Load(), stopped.Load())
		}
		setFlag(t, s, fmt.Sprint("unlock", round), feature.Lockdown, false)
	}
	verify(t, s.Bank())
}
