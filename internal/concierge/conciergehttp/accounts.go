package conciergehttp

import (
	"context"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// CustomerQuery names the customer where no token does. It is exported because
// huma reads the parameters of exported embedded structures only.
type CustomerQuery struct {
	UserID string `query:"user_id" maxLength:"128" doc:"The customer, where no token is required"`
}

func (q CustomerQuery) signedIn(ctx context.Context) (string, error) {
	id, err := customer(ctx, q.UserID)
	if err == nil && id == "" {
		err = fault.New(fault.Authentication, "a token, or user_id where none is required, must name the customer")
	}
	return id, err
}

type accountsOutput struct {
	Body struct {
		Accounts []bank.Account `json:"accounts"`
		Count    int            `json:"count"`
	}
}

func (h handler) accounts(ctx context.Context, in *CustomerQuery) (*accountsOutput, error) {
	id, err := in.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	accounts, err := h.bank.Accounts(ctx, id)
	if err != nil {
		return nil, err
	}
	out := &accountsOutput{}
	out.Body.Accounts, out.Body.Count = orEmpty(accounts), len(accounts)
	return out, nil
}

type transactionsInput struct {
	CustomerQuery
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Offset   int    `query:"offset" minimum:"0" maximum:"100000" default:"0"`
	Category string `query:"category" maxLength:"64"`
	Merchant string `query:"merchant" maxLength:"100" doc:"A part of the merchant's name"`
	From     string `query:"from" maxLength:"35" doc:"First day (2006-01-02) or moment (RFC 3339)"`
	To       string `query:"to" maxLength:"35" doc:"Last day, all of it, or the moment before which to stop"`
}

type transactionsOutput struct {
	Body struct {
		Transactions []bank.Transaction `json:"transactions"`
		Count        int                `json:"count"`
		Limit        int                `json:"limit"`
		Offset       int                `json:"offset"`
	}
}

func (h handler) transactions(ctx context.Context, in *transactionsInput) (*transactionsOutput, error) {
	id, err := in.signedIn(ctx)
	if err != nil {
		return nil, err
	}
	f := bank.TransactionFilter{Category: in.Category, Merchant: in.Merchant, Limit: in.Limit, Offset: in.Offset}
	if f.From, err = moment("from", in.From, 0); err != nil {
		return nil, err
	}
	if f.To, err = moment("to", in.To, 1); err != nil {
		return nil, err
	}
	transactions, err := h.bank.Transactions(ctx, id, f)
	if err != nil {
		return nil, err
	}
	out := &transactionsOutput{}
	out.Body.Transactions, out.Body.Count = orEmpty(transactions), len(transactions)
	out.Body.Limit, out.Body.Offset = in.Limit, in.Offset
	return out, nil
}

// moment parses a day or an RFC 3339 time. A day stands for its start moved by
// days, so that 1 gives the end of it.
func moment(name, text string, days int) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, days), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fault.New(fault.Validation, "%s must be a day such as 2026-01-31 or an RFC 3339 time", name)
	}
	return t, nil
}

// orEmpty makes a missing list an empty one, so that JSON has [] and not null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
