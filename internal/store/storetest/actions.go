package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// clock is a time that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) Advance(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

// unreliable is a core whose answers may get lost, before or after the deed.
type unreliable struct {
	bank.Core
	mu   sync.Mutex
	fail []failure // of the next calls
}

type failure string

const (
	before failure = "before" // nothing was done
	after  failure = "after"  // it was done, but nobody was told
)

var errCut = errors.New("connection cut")

func (u *unreliable) failNext(f ...failure) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.fail = append(u.fail, f...)
}

func (u *unreliable) Execute(ctx context.Context, o bank.Order) (bank.Receipt, error) {
	u.mu.Lock()
	var f failure
	if len(u.fail) > 0 {
		f, u.fail = u.fail[0], u.fail[1:]
	}
	u.mu.Unlock()
	if f == before {
		return bank.Receipt{}, errCut
	}
	r, err := u.Core.Execute(ctx, o)
	if f == after {
		return bank.Receipt{}, errCut
	}
	return r, err
}

// actions checks that an action is carried out once and only by a valid yes.
func actions(t *testing.T, s bank.Store) {
	if err := s.CreateCustomer(t.Context(), bank.Customer{Name: "the bank"}, bank.Holdings{Accounts: []bank.Account{{
		ID: "outside", Kind: bank.Internal, Name: "other banks", Status: bank.Active, Balance: money.Of(0, "USD"), OpenedAt: opened,
	}}}); err != nil {
		t.Fatal(err)
	}
	c := newClock()
	core := &unreliable{Core: bank.NewLedger(s, bank.Rules{}, c.Now)}
	service := bank.New(bank.Options{Core: core, Actions: s, Now: c.Now})
	wealthy(t, s, "ann", 1_000_000)
	wealthy(t, s, "bob", 1_000_000)
	confirm := func(customer, id, digest, key string) (bank.Action, error) {
		return service.Confirm(context.Background(), customer, bank.ConfirmedByButton(id, digest, key))
	}
	saved := func() int64 { t.Helper(); verify(t, s); return balances(t, s, "ann")["ann-savings"] }
	moves := func(t *testing.T, cents int64, do func()) {
		t.Helper()
		was := saved()
		do()
		if got := saved() - was; got != cents {
			t.Errorf("%d moved instead of %d", got, cents)
		}
	}

	t.Run("nothing moves without a yes", func(t *testing.T) {
		moves(t, 0, func() {
			p := propose(t, service, "ann", "quiet", 100)
			if a, err := service.PendingAction(t.Context(), "ann", "quiet"); err != nil || a.ID != p.ActionID || a.Summary == "" {
				t.Errorf("%+v, %v", a, err)
			}
			for _, words := range []string{"yes, but make it 60", "yesterday", "ok?", "", "is it safe to say yes"} {
				a, err := service.PendingAction(t.Context(), "ann", "quiet")
				if err != nil {
					t.Fatal(err)
				}
				if _, ok := bank.ConfirmedByWords(words, *a, "k"); ok {
					t.Errorf("%q is taken for a yes", words)
				}
			}
		})
	})
	t.Run("yes, once", func(t *testing.T) {
		p := propose(t, service, "ann", "yes", 100)
		moves(t, 100, func() {
			a, err := confirm("ann", p.ActionID, "", "k")
			if err != nil || a.Status != bank.ActionExecuted || a.Receipt == nil {
				t.Errorf("%+v, %v", a, err)
			}
			again, err := confirm("ann", p.ActionID, "", "k") // the same request
			if err != nil || again.Receipt == nil || *again.Receipt.Available != *a.Receipt.Available {
				t.Errorf("%+v, %v", again, err)
			}
			_, err = confirm("ann", p.ActionID, "", "another")
			reasonOf(t, err, bank.ReasonUsed)
			_, err = service.Cancel(t.Context(), "ann", p.ActionID)
			reasonOf(t, err, bank.ReasonUsed)
		})
	})
	t.Run("32 confirm at once", func(t *testing.T) {
		p := propose(t, service, "ann", "crowd", 100)
		moves(t, 100, func() {
			var wg sync.WaitGroup
			for i := range 32 {
				wg.Go(func() { _, _ = confirm("ann", p.ActionID, "", fmt.Sprint("k", i%4)) })
			}
			wg.Wait()
			if a, err := service.Action(t.Context(), "ann", p.ActionID); err != nil || a.Status != bank.ActionExecuted {
				t.Errorf("%+v, %v", a, err)
			}
		})
	})
	t.Run("confirm and cancel at once", func(t *testing.T) {
		for range 20 {
			p := propose(t, service, "ann", "race", 100)
			was := balances(t, s, "ann")["ann-savings"]
			var wg sync.WaitGroup
			wg.Go(func() { _, _ = confirm("ann", p.ActionID, "", "k") })
			wg.Go(func() { _, _ = service.Cancel(context.Background(), "ann", p.ActionID) })
			wg.Wait()
			a, err := service.Action(t.Context(), "ann", p.ActionID)
			moved := balances(t, s, "ann")["ann-savings"] - was
			if err != nil || !(a.Status == bank.ActionExecuted && moved == 100 || a.Status == bank.ActionCanceled && moved == 0) {
				t.Errorf("%s, and %d moved, %v", a.Status, moved, err)
			}
		}
	})
	t.Run("canceled, replaced and expired yeses are void", func(t *testing.T) {
		moves(t, 0, func() {
			p := propose(t, service, "ann", "void", 100)
			for range 2 {
				if a, err := service.Cancel(t.Context(), "ann", p.ActionID); err != nil || a.Status != bank.ActionCanceled {
					t.Errorf("%+v, %v", a, err)
				}
			}
			_, err := confirm("ann", p.ActionID, "", "k")
			reasonOf(t, err, bank.ReasonCanceled)
			p = propose(t, service, "ann", "void", 100)
			newer := propose(t, service, "ann", "void", 6000)
			_, err = confirm("ann", p.ActionID, "", "k")
			reasonOf(t, err, bank.ReasonReplaced)
			c.Advance(bank.ActionLifetime)
			_, err = confirm("ann", newer.ActionID, "", "k")
			reasonOf(t, err, bank.ReasonExpired)
			if a, err := service.PendingAction(t.Context(), "ann", "void"); err != nil || a.Status != bank.ActionExpired {
				t.Errorf("%+v, %v", a, err)
			}
		})
	})
	t.Run("two proposals at once leave one pending", func(t *testing.T) {
		var wg sync.WaitGroup
		ids := make([]string, 8)
		for i := range ids {
			wg.Go(func() {
				p, err := tryPropose(service, "ann", "both", int64(100+i))
				if err != nil {
					t.Error(err)
				}
				ids[i] = p.ActionID
			})
		}
		wg.Wait()
		pending := 0
		for _, id := range ids {
			a, err := service.Action(t.Context(), "ann", id)
			if err != nil {
				t.Fatal(err)
			}
			if a.Status == bank.ActionPending {
				pending++
			}
		}
		if pending != 1 {
			t.Errorf("%d pending actions", pending)
		}
	})
	t.Run("another customer's action doesn't exist", func(t *testing.T) {
		moves(t, 0, func() {
			p := propose(t, service, "ann", "mine", 100)
			_, err := confirm("bob", p.ActionID, "", "k")
			reasonOf(t, err, bank.ReasonNoAction)
			_, err = service.Cancel(t.Context(), "bob", p.ActionID)
			reasonOf(t, err, bank.ReasonNoAction)
			_, err = service.Action(t.Context(), "bob", p.ActionID)
			reasonOf(t, err, bank.ReasonNoAction)
			if a, err := service.PendingAction(t.Context(), "bob", "mine"); a != nil || err != nil {
				t.Errorf("%+v, %v", a, err)
			}
			_, err = confirm("ann", p.ActionID, "0000", "k")
			reasonOf(t, err, bank.ReasonOtherContent)
		})
	})
	t.Run("the bank's no ends it", func(t *testing.T) {
		moves(t, 0, func() {
			p := propose(t, service, "ann", "refused", 100)
			if err := s.SetAccountStatus(t.Context(), "ann-checking", bank.Frozen); err != nil {
				t.Fatal(err)
			}
			a, err := confirm("ann", p.ActionID, "", "k")
			if err != nil || a.Status != bank.ActionRefused || a.RefusalReason != bank.ReasonFrozen {
				t.Errorf("%+v, %v", a, err)
			}
			if err := s.SetAccountStatus(t.Context(), "ann-checking", bank.Active); err != nil {
				t.Fatal(err)
			}
			if a, err = confirm("ann", p.ActionID, "", "k"); err != nil || a.Status != bank.ActionRefused {
				t.Errorf("%+v, %v", a, err)
			}
			_, err = confirm("ann", p.ActionID, "", "another")
			reasonOf(t, err, bank.ReasonRefusedBefore)
		})
	})
	for _, f := range []failure{before, after} {
		t.Run("the core's answer is lost "+string(f)+" the deed", func(t *testing.T) {
			p := propose(t, service, "ann", "lost", 100)
			moves(t, 100, func() {
				core.failNext(f)
				if _, err := confirm("ann", p.ActionID, "", "k"); !errors.Is(err, errCut) {
					t.Errorf("%v", err)
				}
				_, err := service.Cancel(t.Context(), "ann", p.ActionID)
				reasonOf(t, err, bank.ReasonInProgress)
				if a, err := confirm("ann", p.ActionID, "", "k"); err != nil || a.Status != bank.ActionExecuted {
					t.Errorf("%+v, %v", a, err)
				}
			})
			p = propose(t, service, "ann", "lost", 100)
			moves(t, 100, func() { // nobody asks again
				core.failNext(f, f)
				_, _ = confirm("ann", p.ActionID, "", "k")
				for range 3 {
					c.Advance(time.Minute)
					if err := service.ResumeOnce(t.Context()); err != nil {
						t.Error(err)
					}
				}
				if a, err := service.Action(t.Context(), "ann", p.ActionID); err != nil || a.Status != bank.ActionExecuted {
					t.Errorf("%+v, %v", a, err)
				}
			})
		})
	}
	t.Run("an old unknown outcome is found out, not repeated", func(t *testing.T) {
		never := propose(t, service, "ann", "never", 100)
		done := propose(t, service, "ann", "done", 100)
		moves(t, 100, func() {
			core.failNext(before, after)
			_, _ = confirm("ann", never.ActionID, "", "k")
			_, _ = confirm("ann", done.ActionID, "", "k")
			c.Advance(2 * time.Hour)
			if err := service.ResumeOnce(t.Context()); err != nil {
				t.Error(err)
			}
		})
		if a, err := service.Action(t.Context(), "ann", never.ActionID); err != nil || a.Status != bank.ActionRefused || a.RefusalReason != bank.ReasonExpired {
			t.Errorf("%+v, %v", a, err)
		}
		if a, err := service.Action(t.Context(), "ann", done.ActionID); err != nil || a.Status != bank.ActionExecuted {
			t.Errorf("%+v, %v", a, err)
		}
	})
}
