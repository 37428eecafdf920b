package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// interleavings runs random operations, several at once, and checks after each
// round what must hold whatever happened.
func interleavings(t *testing.T, s bank.Store) {
	if err := s.CreateCustomer(t.Context(), bank.Customer{Name: "the bank"}, bank.Holdings{Accounts: []bank.Account{{
		ID: "outside", Kind: bank.Internal, Name: "other banks", Status: bank.Active, Balance: money.Of(0, "USD"), OpenedAt: opened,
	}}}); err != nil {
		t.Fatal(err)
	}
	checks := 0
	rapid.Check(t, func(rt *rapid.T) {
		checks++
		w := newWorld(t, s, fmt.Sprint("r", checks))
		for i, round := range rapid.SliceOfN(rapid.SliceOfN(rapid.Custom(drawStep), 1, 4), 1, 12).Draw(rt, "rounds") {
			var wg sync.WaitGroup
			for _, step := range round {
				wg.Go(func() { w.run(step) })
			}
			wg.Wait()
			if wrong := w.check(t); wrong != "" {
				rt.Fatalf("after round %d: %s", i, wrong)
			}
		}
		f, err := bank.Verify(t.Context(), s)
		if err != nil || len(f.Problems()) > 0 {
			rt.Fatalf("the books are wrong: %v, %v", f.Problems(), err)
		}
	})
}

// step is one random operation; which fields count depends on Do.
type step struct {
	Do      string
	Who     int
	Session int
	Cents   int64
	Pick    int // which of the actions so far
	Key     int
	Minutes int
}

func drawStep(rt *rapid.T) step {
	return step{
		Do: rapid.SampledFrom([]string{
			"transfer", "transfer", "pay", "bill", "confirm", "confirm", "confirm", "confirm", "cancel",
			"lose before", "lose after", "wait", "resume", "hold", "release", "freeze", "thaw",
		}).Draw(rt, "do"),
		Who:     rapid.IntRange(0, 1).Draw(rt, "who"),
		Session: rapid.IntRange(0, 2).Draw(rt, "session"),
		Cents:   rapid.Int64Range(1, 40_000).Draw(rt, "cents"),
		Pick:    rapid.IntRange(0, 5).Draw(rt, "pick"),
		Key:     rapid.IntRange(0, 1).Draw(rt, "key"),
		Minutes: rapid.IntRange(1, 15).Draw(rt, "minutes"),
	}
}

// proposed is an action that the world has made, and the last that was seen of it.
type proposed struct {
	customer, id string
	status       bank.ActionStatus
}

// world is two customers with 500.00 each, and everything done to them.
type world struct {
	store     bank.Store
	clock     *clock
	core      *unreliable
	service   *bank.Service
	customers []string

	mu      sync.Mutex
	actions []proposed
	acked   map[string]bool // confirmations that were answered with "executed"
}

const startCents = 50_000

func newWorld(t *testing.T, s bank.Store, name string) *world {
	c := newClock()
	core := &unreliable{Core: bank.NewLedger(s, bank.Rules{TransferDaily: 90_000}, c.Now)}
	w := &world{
		store: s, clock: c, core: core, service: bank.New(bank.Options{Core: core, Actions: s, Now: c.Now}),
		customers: []string{name + "-x", name + "-y"}, acked: map[string]bool{},
	}
	wealthy(t, s, w.customers[0], startCents)
	wealthy(t, s, w.customers[1], startCents, bank.Payee{ID: w.customers[1] + "-friend", Name: "Friend", Ending: "1", SettlesTo: w.customers[0] + "-checking"})
	wealthy(t, s, w.customers[0], 0, bank.Payee{ID: w.customers[0] + "-friend", Name: "Friend", Ending: "1", SettlesTo: w.customers[1] + "-checking"})
	return w
}

// run does one step. Refusals are fine; what they leave behind is checked later.
func (w *world) run(s step) {
	ctx := context.Background()
	who := w.customers[s.Who]
	switch s.Do {
	case "transfer":
		w.propose(s, bank.TransferMoney, bank.TransferArgs{Amount: amountText(s.Cents), From: who + "-checking", To: who + "-savings"})
	case "pay":
		w.propose(s, bank.TransferMoney, bank.TransferArgs{Amount: amountText(s.Cents), From: who + "-checking", To: "Friend"})
	case "bill":
		w.propose(s, bank.PayBill, bank.PayBillArgs{Bill: "Electricity", Amount: amountText(s.Cents), From: who + "-checking"})
	case "confirm":
		if a := w.pick(s); a.id != "" {
			done, err := w.service.Confirm(ctx, a.customer, bank.ConfirmedByButton(a.id, "", fmt.Sprint(s.Key)))
			if err == nil && done.Status == bank.ActionExecuted {
				w.mu.Lock()
				w.acked[a.id] = true
				w.mu.Unlock()
			}
		}
	case "cancel":
		if a := w.pick(s); a.id != "" {
			_, _ = w.service.Cancel(ctx, a.customer, a.id)
		}
	case "lose before":
		w.core.failNext(before)
	case "lose after":
		w.core.failNext(after)
	case "wait":
		w.clock.Advance(time.Duration(s.Minutes) * time.Minute)
	case "resume":
		_ = w.service.ResumeOnce(ctx)
	case "hold":
		_ = w.store.PlaceHold(ctx, bank.Hold{
			ID: who + "-hold", AccountID: who + "-checking", Amount: money.Of(s.Cents, "USD"), PlacedAt: w.clock.Now(), ExpiresAt: w.clock.Now(),
		})
	case "release":
		_ = w.store.ReleaseHold(ctx, who+"-hold")
	case "freeze":
		_ = w.store.SetAccountStatus(ctx, who+"-savings", bank.Frozen)
	case "thaw":
		_ = w.store.SetAccountStatus(ctx, who+"-savings", bank.Active)
	}
}

func amountText(cents int64) bank.AmountText { return bank.AmountText(money.Of(cents, "USD").String()) }

func (w *world) propose(s step, tool string, args any) {
	raw, err := json.Marshal(args)
	if err != nil {
		panic(err)
	}
	who := w.customers[s.Who]
	result, err := w.service.Call(context.Background(), bank.Caller{CustomerID: who, SessionID: fmt.Sprint(s.Session)}, tool, raw)
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.actions = append(w.actions, proposed{customer: who, id: result.(*bank.Proposal).ActionID, status: bank.ActionPending})
}

// pick chooses one of the newest actions, so that most are still alive.
func (w *world) pick(s step) proposed {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.actions) == 0 {
		return proposed{}
	}
	return w.actions[len(w.actions)-1-s.Pick%len(w.actions)]
}

// check says what is wrong, or nothing.
func (w *world) check(t *testing.T) string {
	ctx := t.Context()
	want := map[string]int64{}
	for _, c := range w.customers {
		want[c+"-checking"], want[c+"-savings"] = startCents, 0
	}
	void := []bank.ActionStatus{bank.ActionCanceled, bank.ActionReplaced, bank.ActionExpired, bank.ActionRefused}
	for i, seen := range w.actions {
		a, err := w.service.Action(ctx, seen.customer, seen.id)
		if err != nil {
			return err.Error()
		}
		_, err = w.store.Receipt(ctx, seen.customer, seen.id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err.Error()
		}
		moved := err == nil
		switch {
		case moved && a.Status != bank.ActionExecuted && a.Status != bank.ActionExecuting:
			return fmt.Sprintf("a %s action was executed", a.Status)
		case !moved && a.Status == bank.ActionExecuted:
			return "an action counts as executed and was not"
		case w.acked[a.ID] && a.Status != bank.ActionExecuted:
			return fmt.Sprintf("an acknowledged action is %s", a.Status)
		case slices.Contains(void, seen.status) && !slices.Contains(void, a.Status), seen.status == bank.ActionExecuted && a.Status != bank.ActionExecuted:
			return fmt.Sprintf("a %s action became %s", seen.status, a.Status)
		}
		w.actions[i].status = a.Status
		if moved {
			want[a.Order.From] -= a.Order.Amount.Minor
			switch {
			case a.Order.Kind == bank.Transfer:
				want[a.Order.Target] += a.Order.Amount.Minor
			case a.Order.Kind == bank.Payment && a.CustomerID == w.customers[0]:
				want[w.customers[1]+"-checking"] += a.Order.Amount.Minor
			case a.Order.Kind == bank.Payment:
				want[w.customers[0]+"-checking"] += a.Order.Amount.Minor
			}
		}
	}
	for _, c := range w.customers {
		accounts, err := w.store.Accounts(ctx, c)
		if err != nil {
			return err.Error()
		}
		for _, a := range accounts {
			if a.Balance.Minor != want[a.ID] {
				return fmt.Sprintf("%s has %d, and its orders leave %d", a.ID, a.Balance.Minor, want[a.ID])
			}
			if a.Available.Minor < a.Floor {
				return fmt.Sprintf("%s is below its floor: %d", a.ID, a.Available.Minor)
			}
		}
	}
	return ""
}
