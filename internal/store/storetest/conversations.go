package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/concierge"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/handoff"
)

// conversations checks the contract of concierge.Store.
func conversations(t *testing.T, s concierge.Store) {
	t.Run("a new session is empty", func(t *testing.T) {
		c, err := s.Conversation(t.Context(), "u", "new", 10)
		if err != nil || c.Version != 0 || len(c.Messages) != 0 {
			t.Fatalf("got %+v, %v", c, err)
		}
	})
	t.Run("turns come back in order, newest kept", func(t *testing.T) { turnsInOrder(t, s) })
	t.Run("another user's session is not found", func(t *testing.T) { foreignSession(t, s) })
	t.Run("a stale turn is refused and leaves nothing", func(t *testing.T) { staleTurn(t, s) })
	t.Run("concurrent turns: one per version wins", func(t *testing.T) { concurrentTurns(t, s) })
	t.Run("an idempotency key is stored once", func(t *testing.T) { idempotentReply(t, s) })
	t.Run("erasing removes everything", func(t *testing.T) { eraseConversation(t, s) })
	t.Run("old replies are purged", func(t *testing.T) { purgeReplies(t, s) })
	t.Run("old conversations are erased", func(t *testing.T) { purgeConversations(t, s) })
}

// turnTime has microseconds, which both engines must keep, and another zone
// than UTC, which neither must.
var turnTime = time.Date(2026, 3, 29, 1, 59, 59, 123456000, time.FixedZone("", 3600))

func turnRecord(user, session string, base int64) concierge.TurnRecord {
	at := turnTime.Add(time.Duration(base) * time.Minute)
	return concierge.TurnRecord{
		SessionID: session, UserID: user, BaseVersion: base, State: fmt.Appendf(nil, `{"turn":%d}`, base),
		Messages: []concierge.Message{
			{ID: fmt.Sprint("q", base), Role: concierge.User, Content: fmt.Sprint("question é ", base), CreatedAt: at},
			{ID: fmt.Sprint("a", base), Role: concierge.Assistant, Content: fmt.Sprint("answer 🙂 ", base), CreatedAt: at},
		},
	}
}

func mustSave(t *testing.T, s concierge.Store, r concierge.TurnRecord) {
	t.Helper()
	if err := s.SaveTurn(t.Context(), r); err != nil {
		t.Fatalf("SaveTurn(%s, base %d): %v", r.SessionID, r.BaseVersion, err)
	}
}

func turnsInOrder(t *testing.T, s concierge.Store) {
	for base := range int64(3) {
		mustSave(t, s, turnRecord("u", "order", base))
	}
	got, err := s.Conversation(t.Context(), "u", "order", 4)
	if err != nil {
		t.Fatal(err)
	}
	want := concierge.Conversation{ID: "order", UserID: "u", Version: 3, State: []byte(`{"turn":2}`), MessageCount: 6}
	want.Messages = append(want.Messages, turnRecord("u", "order", 1).Messages...)
	want.Messages = append(want.Messages, turnRecord("u", "order", 2).Messages...)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func foreignSession(t *testing.T, s concierge.Store) {
	mustSave(t, s, turnRecord("owner", "foreign", 0))
	if _, err := s.Conversation(t.Context(), "other", "foreign", 1); !fault.Is(err, fault.NotFound) {
		t.Errorf("reading: %v", err)
	}
	for _, base := range []int64{0, 1} {
		if err := s.SaveTurn(t.Context(), turnRecord("other", "foreign", base)); !fault.Is(err, fault.NotFound) {
			t.Errorf("writing from version %d: %v", base, err)
		}
	}
	if err := s.DeleteConversation(t.Context(), "other", "foreign"); !fault.Is(err, fault.NotFound) {
		t.Errorf("deleting: %v", err)
	}
}

func staleTurn(t *testing.T, s concierge.Store) {
	mustSave(t, s, turnRecord("u", "stale", 0))
	for _, base := range []int64{0, 2} {
		if err := s.SaveTurn(t.Context(), turnRecord("u", "stale", base)); !errors.Is(err, concierge.ErrStale) {
			t.Errorf("base %d: %v", base, err)
		}
	}
	if c, err := s.Conversation(t.Context(), "u", "stale", 10); err != nil || c.MessageCount != 2 || len(c.Messages) != 2 {
		t.Errorf("got %+v, %v", c, err)
	}
}

func concurrentTurns(t *testing.T, s concierge.Store) {
	const writers = 8
	var wg sync.WaitGroup
	errs := make([]error, writers)
	for i := range writers {
		wg.Go(func() { errs[i] = s.SaveTurn(context.Background(), turnRecord("u", "race", 0)) })
	}
	wg.Wait()
	saved := 0
	for _, err := range errs {
		switch {
		case err == nil:
			saved++
		case !errors.Is(err, concierge.ErrStale):
			t.Error(err)
		}
	}
	if saved != 1 {
		t.Errorf("%d of %d turns with the same base were saved", saved, writers)
	}
}

func idempotentReply(t *testing.T, s concierge.Store) {
	if r, err := s.Reply(t.Context(), "u", "k"); r != nil || err != nil {
		t.Fatalf("before: %+v, %v", r, err)
	}
	first := turnRecord("u", "idem", 0)
	first.Idempotency = &concierge.IdempotentReply{Key: "k", RequestHash: "h", Reply: []byte(`{"a":1}`), CreatedAt: turnTime}
	mustSave(t, s, first)

	second := turnRecord("u", "idem", 1)
	second.Idempotency = first.Idempotency
	if err := s.SaveTurn(t.Context(), second); !errors.Is(err, concierge.ErrDuplicate) {
		t.Errorf("second use: %v", err)
	}
	if c, _ := s.Conversation(t.Context(), "u", "idem", 10); c.Version != 1 || len(c.Messages) != 2 {
		t.Errorf("the refused turn left traces: %+v", c)
	}
	got, err := s.Reply(t.Context(), "u", "k")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.Idempotency, got); diff != "" {
		t.Error(diff)
	}
	if r, err := s.Reply(t.Context(), "someone else", "k"); r != nil || err != nil {
		t.Errorf("another user's key: %+v, %v", r, err)
	}
}

func eraseConversation(t *testing.T, s concierge.Store) {
	r := turnRecord("u", "erase", 0)
	r.Idempotency = &concierge.IdempotentReply{Key: "erase", RequestHash: "h", Reply: []byte(`{}`), CreatedAt: turnTime}
	mustSave(t, s, r)
	if err := s.DeleteConversation(t.Context(), "u", "erase"); err != nil {
		t.Fatal(err)
	}
	if c, err := s.Conversation(t.Context(), "u", "erase", 10); err != nil || c.Version != 0 || len(c.Messages) != 0 {
		t.Errorf("afterwards: %+v, %v", c, err)
	}
	if reply, err := s.Reply(t.Context(), "u", "erase"); reply != nil || err != nil {
		t.Errorf("the stored reply outlived its conversation: %+v, %v", reply, err)
	}
	if err := s.DeleteConversation(t.Context(), "u", "erase"); !fault.Is(err, fault.NotFound) {
		t.Errorf("second time: %v", err)
	}
}

func purgeReplies(t *testing.T, s concierge.Store) {
	for i, key := range []string{"old", "young"} {
		r := turnRecord("u", "purge-"+key, 0)
		r.Idempotency = &concierge.IdempotentReply{Key: key, RequestHash: "h", Reply: []byte(`{}`), CreatedAt: turnTime.Add(time.Duration(i) * time.Hour)}
		mustSave(t, s, r)
	}
	if err := s.PurgeReplies(t.Context(), turnTime.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	for key, kept := range map[string]bool{"old": false, "young": true} {
		if r, err := s.Reply(t.Context(), "u", key); err != nil || (r != nil) != kept {
			t.Errorf("%s: %+v, %v", key, r, err)
		}
	}
}

func purgeConversations(t *testing.T, s concierge.Store) {
	year := turnTime.AddDate(-1, 0, 0)
	for session, age := range map[string]time.Duration{"aged-1": 0, "aged-2": time.Minute, "aged-3": time.Minute, "aged-handoff": 0, "aged-young": 2 * time.Hour} {
		r := turnRecord("u", session, 0)
		for i := range r.Messages {
			r.Messages[i].CreatedAt = year.Add(age)
		}
		if session == "aged-handoff" {
			h := handoff.Request("h-aged", session, "u", handoff.Fraud, "", year)
			r.Handoff = &h
		}
		mustSave(t, s, r)
	}
	for _, want := range []int{2, 1, 0} { // in batches of two
		if n, err := s.PurgeConversations(t.Context(), year.Add(time.Hour), 2); n != want || err != nil {
			t.Errorf("%d erased instead of %d, %v", n, want, err)
		}
	}
	for session, kept := range map[string]bool{"aged-1": false, "aged-2": false, "aged-3": false, "aged-handoff": true, "aged-young": true, "order": true} {
		if c, err := s.Conversation(t.Context(), "u", session, 1); err != nil || (c.Version > 0) != kept {
			t.Errorf("%s: %+v, %v", session, c, err)
		}
	}
}
