package bank

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// The tools that engines may call.
const (
	GetBalances      = "get_balances"
	ListTransactions = "list_transactions"
	SpendingSummary  = "spending_summary"
)

// BalancesArgs are the arguments of get_balances. Account is a kind, a name or
// an id; empty means all accounts.
type BalancesArgs struct {
	Account string `json:"account,omitempty"`
}

// BalancesResult is the answer of get_balances.
type BalancesResult struct {
	Accounts []Account `json:"accounts"`
}

// TransactionsArgs are the arguments of list_transactions. Days are written
// 2006-01-02 and are inclusive; amounts are decimals without sign.
type TransactionsArgs struct {
	Account   string `json:"account,omitempty"`
	Merchant  string `json:"merchant,omitempty"`
	Category  string `json:"category,omitempty"`
	From      string `json:"from,omitempty"`
	To        string `json:"to,omitempty"`
	MinAmount string `json:"min_amount,omitempty"`
	MaxAmount string `json:"max_amount,omitempty"`
	Limit     int    `json:"limit,omitempty"`
	// Timezone is where the days begin and end; empty means UTC.
	Timezone string `json:"timezone,omitempty"`
}

// TransactionsResult is the answer of list_transactions. More says that there
// are further ones.
type TransactionsResult struct {
	Transactions []Transaction `json:"transactions"`
	More         bool          `json:"more"`
}

// SpendingArgs are the arguments of spending_summary. By is "category" or
// "merchant".
type SpendingArgs struct {
	By string `json:"by"`
	TransactionsArgs
}

// SpendingResult is the answer of spending_summary.
type SpendingResult struct {
	Total  money.Amount `json:"total"`
	Groups []Group      `json:"groups"`
}

// maxToolTransactions is how many transactions a chat shows at once.
const maxToolTransactions = 25

// Call runs a tool as a customer. The arguments come from an engine and are not
// trusted: unknown fields and accounts of others are refused. The result is a
// pointer to the tool's result type.
func (s *Service) Call(ctx context.Context, customerID, tool string, args json.RawMessage) (any, error) {
	switch tool {
	case GetBalances:
		return run(ctx, s.getBalances, customerID, args)
	case ListTransactions:
		return run(ctx, s.listTransactions, customerID, args)
	case SpendingSummary:
		return run(ctx, s.spendingSummary, customerID, args)
	}
	return nil, fault.New(fault.Validation, "there is no such tool")
}

func run[Args, Result any](ctx context.Context, tool func(context.Context, string, Args) (Result, error), customerID string, raw json.RawMessage) (any, error) {
	var args Args
	if len(raw) > 0 {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&args); err != nil {
			return nil, fault.New(fault.Validation, "the tool's arguments can't be understood").WithCause(err)
		}
	}
	result, err := tool(ctx, customerID, args)
	if err != nil {
		return nil, err
	}
	return &result, nil
}

func (s *Service) getBalances(ctx context.Context, customerID string, args BalancesArgs) (BalancesResult, error) {
	accounts, err := s.Accounts(ctx, customerID)
	if err != nil || args.Account == "" {
		return BalancesResult{Accounts: accounts}, err
	}
	found := matching(accounts, args.Account)
	if len(found) == 0 {
		return BalancesResult{}, noSuchAccount(args.Account, accounts)
	}
	return BalancesResult{Accounts: found}, nil
}

// matching returns the accounts that a customer may mean by a word.
func matching(accounts []Account, word string) []Account {
	var found []Account
	for _, a := range accounts {
		if strings.EqualFold(word, string(a.Kind)) || strings.EqualFold(word, a.Name) || word == a.ID {
			found = append(found, a)
		}
	}
	return found
}

func noSuchAccount(word string, accounts []Account) error {
	names := make([]string, len(accounts))
	for i, a := range accounts {
		names[i] = a.Name
	}
	return fault.New(fault.NotFound, "you have no %s account here; your accounts are: %s", word, strings.Join(names, ", "))
}

func (s *Service) listTransactions(ctx context.Context, customerID string, args TransactionsArgs) (TransactionsResult, error) {
	f, err := s.filter(ctx, customerID, args)
	if err != nil {
		return TransactionsResult{}, err
	}
	limit := f.Limit
	f.Limit++ // one more shows whether there are more
	list, err := s.store.Transactions(ctx, customerID, f)
	if err != nil {
		return TransactionsResult{}, err
	}
	more := len(list) > limit
	return TransactionsResult{Transactions: list[:min(limit, len(list))], More: more}, nil
}

func (s *Service) spendingSummary(ctx context.Context, customerID string, args SpendingArgs) (SpendingResult, error) {
	if args.By != "category" && args.By != "merchant" {
		return SpendingResult{}, fault.New(fault.Validation, "spending is summed by category or by merchant")
	}
	f, err := s.filter(ctx, customerID, args.TransactionsArgs)
	if err != nil {
		return SpendingResult{}, err
	}
	groups, err := s.store.Spending(ctx, customerID, args.By, f)
	if err != nil || len(groups) == 0 {
		return SpendingResult{Total: money.Of(0, "USD")}, err
	}
	total := money.Of(0, groups[0].Amount.Currency)
	for _, g := range groups {
		if total, err = total.Add(g.Amount); err != nil {
			return SpendingResult{}, fmt.Errorf("sum of spending: %w", err)
		}
	}
	return SpendingResult{Total: total, Groups: groups}, nil
}

// filter checks arguments and turns them into a TransactionFilter.
func (s *Service) filter(ctx context.Context, customerID string, a TransactionsArgs) (TransactionFilter, error) {
	f := TransactionFilter{Merchant: a.Merchant, Category: a.Category, Limit: a.Limit}
	if f.Limit <= 0 || f.Limit > maxToolTransactions {
		f.Limit = maxToolTransactions
	}
	accounts, err := s.Accounts(ctx, customerID)
	if err != nil {
		return f, err
	}
	if a.Account != "" {
		found := matching(accounts, a.Account)
		if len(found) == 0 {
			return f, noSuchAccount(a.Account, accounts)
		}
		f.AccountID = found[0].ID
	}
	currency := accounts[0].Balance.Currency
	if err := a.days(&f); err != nil {
		return f, err
	}
	return f, a.amounts(&f, currency)
}

func (a TransactionsArgs) days(f *TransactionFilter) error {
	loc, err := time.LoadLocation(a.Timezone)
	if err != nil {
		return fault.New(fault.Validation, "the time zone is not known")
	}
	if f.From, err = day(a.From, loc); err != nil {
		return err
	}
	if f.To, err = day(a.To, loc); err != nil {
		return err
	}
	if !f.To.IsZero() {
		f.To = f.To.AddDate(0, 0, 1) // the last day counts whole
	}
	if !f.From.IsZero() && !f.To.IsZero() && !f.From.Before(f.To) {
		return fault.New(fault.Validation, "the period ends before it begins")
	}
	return nil
}

func day(text string, loc *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, loc)
	if err != nil {
		return time.Time{}, fault.New(fault.Validation, "a day must be written like 2026-01-31")
	}
	return t, nil
}

func (a TransactionsArgs) amounts(f *TransactionFilter, currency string) error {
	var err error
	if f.MinMinor, err = minor(a.MinAmount, currency); err != nil {
		return err
	}
	f.MaxMinor, err = minor(a.MaxAmount, currency)
	return err
}

func minor(text, currency string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	amount, err := money.Parse(text, currency)
	if err != nil {
		return 0, fault.New(fault.Validation, "the amount can't be understood").WithCause(err)
	}
	return amount.Minor, nil
}
