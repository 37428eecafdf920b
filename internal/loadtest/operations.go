package loadtest

import (
	"context"
	"crypto/rand"
	"net/http"
	"regexp"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// perform does one operation and says whether its answer is right.
func (r *run) perform(ctx context.Context, operation Operation, who Customer) error {
	switch operation {
	case Balance:
		return r.balance(ctx, who)
	case Transactions:
		return r.transactions(ctx, who)
	case Transfer:
		return r.pay(ctx, who, r.o.Transfer)
	case Bill:
		return r.pay(ctx, who, r.o.Bill)
	case Health:
		return r.health(ctx)
	}
	return nil
}

var amount = regexp.MustCompile(`\$[\d,]+\.\d\d`)

// balance asks for the balances. The run doesn't touch the savings, so that their
// balance must be in the answer to the cent.
func (r *run) balance(ctx context.Context, who Customer) error {
	reply, err := r.ask(ctx, who, "What is my balance?")
	if err != nil {
		return err
	}
	want := r.steady[who.ID].savings
	if !strings.Contains(reply.Message, want) || !amount.MatchString(reply.Message) {
		return wrongAnswer("the balances aren't in the answer")
	}
	return nil
}

func (r *run) transactions(ctx context.Context, who Customer) error {
	reply, err := r.ask(ctx, who, "Show my last 5 transactions")
	if err != nil {
		return err
	}
	if len(amount.FindAllString(reply.Message, -1)) < 5 {
		return wrongAnswer("the answer lists fewer than five transactions")
	}
	return nil
}

// pay proposes a payment in words and confirms it by its button. Both requests
// have a key, so that sending them again is safe.
func (r *run) pay(ctx context.Context, who Customer, message string) error {
	reply, err := r.ask(ctx, who, message)
	if err != nil {
		return err
	}
	shown := money.Of(r.o.Amount, "USD").String()
	if reply.Pending == nil || !strings.Contains(reply.Pending.Summary, shown) {
		return wrongAnswer("the answer proposes no payment of that amount")
	}
	w := r.ledger.begin(who, reply.Pending.ID)
	key := rand.Text()
	var action actionBody
	err = persist(ctx, r.o.Patience, func() (err error) {
		action, err = r.client.confirm(ctx, who, key, reply.Pending.ID, reply.Pending.Digest)
		return err
	})
	if err != nil {
		return err
	}
	switch {
	case action.Status == "executed" && action.Receipt != nil:
		w.acknowledge(action.Receipt.Reference)
		return nil
	case action.Status == "executing":
		return nil // the service says that the outcome isn't known yet; the audit asks again
	}
	return wrongAnswer("a confirmed payment is " + action.Status)
}

func (r *run) health(ctx context.Context) error {
	var body struct{ Status string }
	err := persist(ctx, r.o.Patience, func() error {
		return r.client.call(ctx, http.MethodGet, "/health", Customer{}, "", nil, &body)
	})
	if err != nil {
		return err
	}
	if body.Status != "healthy" {
		return wrongAnswer("status 200 of a service that isn't healthy")
	}
	return nil
}

// ask sends a message in a conversation of its own.
func (r *run) ask(ctx context.Context, who Customer, message string) (replyBody, error) {
	key := rand.Text()
	var reply replyBody
	err := persist(ctx, r.o.Patience, func() (err error) {
		reply, err = r.client.chat(ctx, who, key, message)
		return err
	})
	if err != nil {
		return reply, err
	}
	if !reply.Guarded || reply.SessionID == "" {
		return reply, wrongAnswer("an ordinary message was blocked")
	}
	return reply, nil
}
