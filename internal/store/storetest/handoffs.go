package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/concierge"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/handoff"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

// handoffs checks that hand-offs are stored with the turns that change them.
func handoffs(t *testing.T, s store.Store) {
	t.Run("over its life", func(t *testing.T) { handoffLife(t, s) })
	t.Run("one agent of many claims it", func(t *testing.T) { concurrentClaims(t, s) })
	t.Run("the customer leaves while it is claimed", func(t *testing.T) { claimAndLeave(t, s) })
	t.Run("one is open at a time", func(t *testing.T) { oneOpen(t, s) })
	t.Run("the inbox in pages", func(t *testing.T) { inbox(t, s) })
	t.Run("a turn's audit records are stored with it or not at all", func(t *testing.T) { auditedTurns(t, s) })
	t.Run("erased with its conversation", func(t *testing.T) { eraseHandoff(t, s) })
}

func handoffTurn(h handoff.Handoff, base int64) concierge.TurnRecord {
	r := turnRecord(h.UserID, h.SessionID, base)
	r.Handoff = &h
	return r
}

func requested(session string) handoff.Handoff {
	return handoff.Request("h-"+session, session, "u", handoff.Fraud, "é [CARD_1]", turnTime)
}

func current(t *testing.T, s store.Store, session string) concierge.Conversation {
	t.Helper()
	c, err := s.Conversations().Conversation(t.Context(), "u", session, 1)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func handoffLife(t *testing.T, s store.Store) {
	if _, err := s.Handoffs().Handoff(t.Context(), "nonsense"); !errors.Is(err, handoff.ErrNone) {
		t.Errorf("none: %v", err)
	}
	h := requested("life")
	check := func(open bool) {
		t.Helper()
		got, err := s.Handoffs().Handoff(t.Context(), h.ID)
		if diff := cmp.Diff(h, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
		c := current(t, s, "life")
		if (c.Handoff != nil) != open || open && *c.Handoff != h {
			t.Errorf("the conversation has %+v", c.Handoff)
		}
	}
	mustSave(t, s.Conversations(), handoffTurn(h, 0))
	check(true)
	h, _ = h.Claim("Dana", false, turnTime.Add(time.Minute))
	r := handoffTurn(h, 1)
	r.Messages = []concierge.Message{{ID: "m", Role: concierge.Assistant, Content: "Hi", Author: "Dana", CreatedAt: turnTime.UTC()}}
	mustSave(t, s.Conversations(), r)
	check(true)
	if diff := cmp.Diff(r.Messages, current(t, s, "life").Messages); diff != "" {
		t.Error(diff)
	}
	h, _ = h.Close("Dana", turnTime.Add(time.Hour))
	mustSave(t, s.Conversations(), handoffTurn(h, 2))
	check(false)
	var kinds []string
	if err := s.Audit().Each(t.Context(), func(r audit.Record) error {
		if r.Subject == h.ID {
			kinds = append(kinds, r.Kind+" by "+r.Actor)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"handoff.waiting by u", "handoff.human by Dana", "handoff.closed by Dana"}, kinds); diff != "" {
		t.Error(diff)
	}
}

func concurrentClaims(t *testing.T, s store.Store) {
	const agents = 8
	h := requested("claims")
	mustSave(t, s.Conversations(), handoffTurn(h, 0))
	errs := make([]error, agents)
	var wg sync.WaitGroup
	for i := range agents {
		wg.Go(func() {
			claimed, _ := h.Claim(fmt.Sprint("agent ", i), false, turnTime)
			errs[i] = s.Conversations().SaveTurn(context.Background(), handoffTurn(claimed, 1))
		})
	}
	wg.Wait()
	got, err := s.Handoffs().Handoff(t.Context(), h.ID)
	if err != nil {
		t.Fatal(err)
	}
	winners := 0
	for i, err := range errs {
		switch {
		case err == nil:
			winners++
			if got.Agent != fmt.Sprint("agent ", i) {
				t.Errorf("agent %d won, and %s has it", i, got.Agent)
			}
		case !errors.Is(err, concierge.ErrStale):
			t.Error(err)
		}
	}
	if winners != 1 {
		t.Errorf("%d agents claimed it", winners)
	}
}

func claimAndLeave(t *testing.T, s store.Store) {
	h := requested("leave")
	mustSave(t, s.Conversations(), handoffTurn(h, 0))
	left, _ := h.Close("u", turnTime)
	mustSave(t, s.Conversations(), handoffTurn(left, 1))
	claimed, _ := h.Claim("Dana", false, turnTime)
	if err := s.Conversations().SaveTurn(t.Context(), handoffTurn(claimed, 1)); !errors.Is(err, concierge.ErrStale) {
		t.Errorf("claimed after the customer left: %v", err)
	}
	if got, err := s.Handoffs().Handoff(t.Context(), h.ID); err != nil || got.State != handoff.Closed {
		t.Errorf("%+v, %v", got, err)
	}
}

func oneOpen(t *testing.T, s store.Store) {
	h := requested("one")
	mustSave(t, s.Conversations(), handoffTurn(h, 0))
	second := h
	second.ID = "another"
	if err := s.Conversations().SaveTurn(t.Context(), handoffTurn(second, 1)); err == nil {
		t.Error("two are open")
	}
	if c := current(t, s, "one"); c.Version != 1 || c.Handoff.ID != h.ID {
		t.Errorf("%+v", c)
	}
}

func inbox(t *testing.T, s store.Store) {
	for i := range 7 {
		h := handoff.Request(fmt.Sprint("in", i), fmt.Sprint("inbox", i), "u", handoff.Legal, "", turnTime.Add(time.Duration(i/2)*time.Hour).AddDate(1, 0, 0))
		if i%3 == 0 {
			h, _ = h.Claim("Dana", false, turnTime)
		}
		mustSave(t, s.Conversations(), handoffTurn(h, 0))
	}
	page := func(f handoff.Filter) (ids []string, last handoff.Handoff) {
		t.Helper()
		list, err := s.Handoffs().Handoffs(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range list {
			ids = append(ids, h.ID)
			last = h
		}
		return ids, last
	}
	first, last := page(handoff.Filter{Limit: 3})
	rest, _ := page(handoff.Filter{Limit: 4, Before: last.RequestedAt, BeforeID: last.ID})
	if diff := cmp.Diff([]string{"in6", "in5", "in4", "in3", "in2", "in1", "in0"}, append(first, rest...)); diff != "" {
		t.Error(diff)
	}
	human, _ := page(handoff.Filter{Limit: 3, State: handoff.Human})
	if diff := cmp.Diff([]string{"in6", "in3", "in0"}, human); diff != "" {
		t.Error(diff)
	}
}

func eraseHandoff(t *testing.T, s store.Store) {
	h := requested("erased")
	mustSave(t, s.Conversations(), handoffTurn(h, 0))
	if err := s.Conversations().DeleteConversation(t.Context(), "u", "erased"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Handoffs().Handoff(t.Context(), h.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("it outlived its conversation: %v", err)
	}
}

func auditedTurns(t *testing.T, s store.Store) {
	for i, base := range []int64{0, 0, 1} { // the second one is stale
		r := turnRecord("u", "audited", base)
		r.Audit = []audit.Record{
			{At: turnTime, Kind: "tool.x", Actor: "u", Subject: fmt.Sprint("audited", i), Digest: []byte{1}},
			{At: turnTime, Kind: "turn", Actor: "u", Subject: fmt.Sprint("audited", i), Digest: []byte{2}},
		}
		if err := s.Conversations().SaveTurn(t.Context(), r); err != nil && !errors.Is(err, concierge.ErrStale) {
			t.Fatal(err)
		}
	}
	var got []string
	if err := s.Audit().Each(t.Context(), func(r audit.Record) error {
		if len(r.Subject) > 7 && r.Subject[:7] == "audited" {
			got = append(got, r.Kind+" "+r.Subject)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"tool.x audited0", "turn audited0", "tool.x audited2", "turn audited2"}, got); diff != "" {
		t.Error(diff)
	}
}
