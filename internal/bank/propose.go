package bank

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// Proposal is the answer of every tool that proposes. Status tells a model in
// plain words that nothing has happened.
type Proposal struct {
	ActionID  string    `json:"action_id"`
	Kind      OrderKind `json:"kind"`
	Summary   string    `json:"summary"`
	ExpiresAt time.Time `json:"expires_at"`
	Status    string    `json:"status"`
}

// waiting is the status of every proposal.
const waiting = "waiting for the customer's confirmation; nothing has happened yet"

func (s *Service) proposal(ctx context.Context, c Caller, o Order, summary string) (Proposal, error) {
	a, err := s.propose(ctx, c, o, summary)
	if err != nil {
		return Proposal{}, err
	}
	return Proposal{ActionID: a.ID, Kind: o.Kind, Summary: a.Summary, ExpiresAt: a.ExpiresAt, Status: waiting}, nil
}

// TransferArgs are the arguments of transfer_money.
type TransferArgs struct {
	Amount AmountText `json:"amount" jsonschema:"How much, such as 50 or 12.50."`
	From   string     `json:"from,omitempty" jsonschema:"The customer's account that pays: kind, name or id. Null when the customer didn't say."`
	To     string     `json:"to" jsonschema:"One of the customer's accounts (kind, name or id) or the name of a saved payee."`
	Note   string     `json:"note,omitempty" jsonschema:"A memo, only when the customer gave one."`
}

func (s *Service) transferMoney(ctx context.Context, c Caller, args TransferArgs) (Proposal, error) {
	accounts, err := s.Accounts(ctx, c.CustomerID)
	if err != nil {
		return Proposal{}, err
	}
	payees, err := s.core.Payees(ctx, c.CustomerID)
	if err != nil {
		return Proposal{}, err
	}
	own, people := accountsFor(accounts, args.To), payeesFor(payees, args.To)
	if len(own) == 0 && len(people) == 0 {
		return Proposal{}, fault.New(fault.NotFound, "I find neither an account nor a payee called %q; you have: %s%s", args.To,
			labels(accounts, Account.label), orPayees(payees)).WithReason(ReasonNoTarget)
	}
	if len(own) > 0 && len(people) > 0 {
		return Proposal{}, fault.New(fault.Validation, "do you mean your own %s or the payee %s?", own[0].label(), people[0].label()).WithReason(ReasonAmbiguous)
	}
	var to Account
	var payee Payee
	if len(own) > 0 {
		to, err = one("account", args.To, own, accounts, Account.label)
	} else {
		payee, err = one("payee", args.To, people, payees, Payee.label)
	}
	if err != nil {
		return Proposal{}, err
	}
	from, err := payingAccount(accounts, args.From, to.ID)
	if err != nil {
		return Proposal{}, err
	}
	o := Order{Kind: Transfer, From: from.ID, Target: to.ID, Note: strings.TrimSpace(args.Note)}
	if o.Amount, err = amount(args.Amount, from.Balance.Currency); err != nil {
		return Proposal{}, err
	}
	if len(own) > 0 {
		return s.proposal(ctx, c, o, fmt.Sprintf("Move %s from %s to %s.%s", o.Amount, from.label(), to.label(), note(o)))
	}
	o.Kind, o.Target = Payment, payee.ID
	return s.proposal(ctx, c, o, fmt.Sprintf("Send %s from %s to %s.%s", o.Amount, from.label(), payee.label(), note(o)))
}

func orPayees(payees []Payee) string {
	if len(payees) == 0 {
		return ""
	}
	return "; and the payees " + labels(payees, Payee.label)
}

func note(o Order) string {
	if o.Note == "" {
		return ""
	}
	return fmt.Sprintf(" Note: %q.", o.Note)
}

// payingAccount is the account that the customer named, or the one that they
// must mean: their only checking account, or the only one there is beside the
// receiving one.
func payingAccount(accounts []Account, word, receiving string) (Account, error) {
	if word != "" {
		a, err := one("account", word, accountsFor(accounts, word), accounts, Account.label)
		if fault.ReasonOf(err) == ReasonAmbiguous {
			err = fault.As(err).WithReason(ReasonWhichSource)
		}
		return a, err
	}
	var candidates, checking []Account
	for _, a := range accounts {
		if a.ID == receiving || a.Kind == CardAccount || a.Status != Active {
			continue
		}
		candidates = append(candidates, a)
		if a.Kind == Checking {
			checking = append(checking, a)
		}
	}
	if len(checking) == 1 {
		return checking[0], nil
	}
	if len(candidates) > 1 {
		return Account{}, fault.New(fault.Validation, "which account should pay: %s?", labels(candidates, Account.label)).WithReason(ReasonWhichSource)
	}
	return one("account to pay from", "", candidates, accounts, Account.label)
}

// PayBillArgs are the arguments of pay_bill.
type PayBillArgs struct {
	Bill   string     `json:"bill" jsonschema:"The saved bill: its name, the biller, the category or its id."`
	Amount AmountText `json:"amount,omitempty" jsonschema:"How much; null for all that is due."`
	From   string     `json:"from,omitempty" jsonschema:"The customer's account that pays. Null when the customer didn't say."`
}

func (s *Service) payBill(ctx context.Context, c Caller, args PayBillArgs) (Proposal, error) {
	bills, err := s.core.Bills(ctx, c.CustomerID)
	if err != nil {
		return Proposal{}, err
	}
	bill, err := one("bill", args.Bill, billsFor(bills, args.Bill), bills, func(b Bill) string { return b.Name + " (" + b.Biller + ")" })
	if err != nil {
		return Proposal{}, err
	}
	accounts, err := s.Accounts(ctx, c.CustomerID)
	if err != nil {
		return Proposal{}, err
	}
	from, err := payingAccount(accounts, args.From, "")
	if err != nil {
		return Proposal{}, err
	}
	o := Order{Kind: BillPayment, From: from.ID, Target: bill.ID}
	switch {
	case args.Amount != "":
		o.Amount, err = amount(args.Amount, from.Balance.Currency)
	case bill.Due == nil || bill.Due.Minor == 0:
		err = fault.New(fault.Validation, "nothing is due for %s; how much do you want to pay?", bill.Name).WithReason(ReasonAmount)
	default:
		o.Amount = *bill.Due
	}
	if err != nil {
		return Proposal{}, err
	}
	return s.proposal(ctx, c, o, fmt.Sprintf("Pay %s to %s (%s, number ending in %s) from %s.", o.Amount, bill.Biller, bill.Name, bill.Ending, from.label()))
}

// CardArgs are the arguments of set_card_frozen.
type CardArgs struct {
	Card   string `json:"card,omitempty" jsonschema:"Name, last four digits or id of the card. Null when the customer didn't say."`
	Frozen bool   `json:"frozen" jsonschema:"True to freeze, false to unfreeze."`
}

func (s *Service) setCardFrozen(ctx context.Context, c Caller, args CardArgs) (Proposal, error) {
	cards, err := s.core.Cards(ctx, c.CustomerID)
	if err != nil {
		return Proposal{}, err
	}
	found := changeable(cards, args.Frozen)
	if args.Card != "" {
		found = cardsFor(cards, args.Card)
	}
	card, err := one("card", args.Card, found, cards, Card.label)
	if err != nil {
		return Proposal{}, err
	}
	if args.Frozen {
		return s.proposal(ctx, c, Order{Kind: FreezeCard, Target: card.ID},
			fmt.Sprintf("Freeze your %s. New purchases and withdrawals stop at once.", card.label()))
	}
	return s.proposal(ctx, c, Order{Kind: UnfreezeCard, Target: card.ID}, fmt.Sprintf("Unfreeze your %s. It pays again at once.", card.label()))
}

// changeable are the cards that freezing, or unfreezing, would change; all where
// that is none.
func changeable(cards []Card, frozen bool) []Card {
	status := CardFrozen
	if frozen {
		status = CardActive
	}
	var list []Card
	for _, c := range cards {
		if c.Status == status {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return cards
	}
	return list
}

// DisputeArgs are the arguments of dispute_transaction.
type DisputeArgs struct {
	TransactionID string `json:"transaction_id" jsonschema:"The transaction's id, as list_transactions returned it."`
	Reason        string `json:"reason" jsonschema:"What is wrong, in the customer's words."`
}

func (s *Service) disputeTransaction(ctx context.Context, c Caller, args DisputeArgs) (Proposal, error) {
	t, err := s.transaction(ctx, c, args.TransactionID)
	if err != nil {
		return Proposal{}, err
	}
	name := t.Merchant
	if name == "" {
		name = t.Description
	}
	loc := c.Location
	if loc == nil {
		loc = time.UTC
	}
	return s.proposal(ctx, c, Order{Kind: OpenDispute, Target: t.ID, Note: strings.TrimSpace(args.Reason)},
		fmt.Sprintf("Open a dispute about %s at %s on %s. A specialist takes the case.", t.Amount.Abs(), name, t.OccurredAt.In(loc).Format("January 2, 2006")))
}
