package bank

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// BalancesArgs are the arguments of get_balances.
type BalancesArgs struct {
	Account string `json:"account,omitempty" jsonschema:"Kind (checking, savings, wallet, card), name or id of one account; null for all."`
}

// BalancesResult is the answer of get_balances.
type BalancesResult struct {
	Accounts []Account `json:"accounts"`
}

func (s *Service) getBalances(ctx context.Context, c Caller, args BalancesArgs) (BalancesResult, error) {
	accounts, err := s.accountsNamed(ctx, c, args.Account)
	return BalancesResult{Accounts: accounts}, err
}

// accountsNamed returns the accounts that a word may mean, all for none.
func (s *Service) accountsNamed(ctx context.Context, c Caller, word string) ([]Account, error) {
	accounts, err := s.Accounts(ctx, c.CustomerID)
	if err != nil || word == "" {
		return accounts, err
	}
	found := accountsFor(accounts, word)
	if len(found) == 0 {
		_, err = one("account", word, found, accounts, func(a Account) string { return a.Name })
	}
	return found, err
}

// AccountNumber is what a chat may show of an account's numbers.
type AccountNumber struct {
	AccountID     string `json:"account_id"`
	Name          string `json:"name"`
	NumberEnding  string `json:"number_ending"`
	RoutingEnding string `json:"routing_ending"`
}

// AccountNumbersResult is the answer of get_account_numbers.
type AccountNumbersResult struct {
	Accounts []AccountNumber `json:"accounts"`
	Reveal   string          `json:"reveal"`
}

// reveal says how the full numbers are seen: on purpose, and not in a chat,
// whose text stays.
const reveal = "The full numbers are in the app: open the account, then Account details, then Show numbers."

func (s *Service) getAccountNumbers(ctx context.Context, c Caller, args BalancesArgs) (AccountNumbersResult, error) {
	accounts, err := s.accountsNamed(ctx, c, args.Account)
	r := AccountNumbersResult{Reveal: reveal}
	for _, a := range accounts {
		r.Accounts = append(r.Accounts, AccountNumber{AccountID: a.ID, Name: a.Name, NumberEnding: a.Ending, RoutingEnding: ending(a.Routing)})
	}
	return r, err
}

// TransactionsArgs are the arguments of list_transactions. Days are inclusive.
type TransactionsArgs struct {
	Account   string     `json:"account,omitempty" jsonschema:"Kind, name or id of one account; null for all."`
	Merchant  string     `json:"merchant,omitempty" jsonschema:"A part of the merchant's name or of the description."`
	Category  string     `json:"category,omitempty" jsonschema:"A category such as groceries, coffee, restaurants, transport, utilities, shopping."`
	From      string     `json:"from,omitempty" jsonschema:"First day, as 2006-01-02."`
	To        string     `json:"to,omitempty" jsonschema:"Last day, as 2006-01-02."`
	MinAmount AmountText `json:"min_amount,omitempty" jsonschema:"Least amount, without sign."`
	MaxAmount AmountText `json:"max_amount,omitempty" jsonschema:"Largest amount, without sign."`
	Limit     int        `json:"limit,omitempty" jsonschema:"How many, 1 to 25; null for 25."`
	Offset    int        `json:"offset,omitempty" jsonschema:"How many of the newest to pass over, for the next page."`
}

// ListArgs are the arguments of list_transactions.
type ListArgs struct {
	TransactionsArgs
	Sort string `json:"sort,omitempty" jsonschema:"What comes first; null for the newest. Enum: newest, largest, smallest"`
	Flow string `json:"flow,omitempty" jsonschema:"Only money that came in, that went out, or that was spent at merchants; null for all. Enum: in, out, spent"`
}

// TransactionsResult is the answer of list_transactions. More says that there
// are further ones.
type TransactionsResult struct {
	Transactions []Transaction `json:"transactions"`
	Pending      []Hold        `json:"pending,omitempty"`
	More         bool          `json:"more"`
}

// maxToolTransactions is how many transactions a chat shows at once.
const maxToolTransactions = 25

func (s *Service) listTransactions(ctx context.Context, c Caller, args ListArgs) (TransactionsResult, error) {
	f, err := s.filter(ctx, c, args.TransactionsArgs)
	if err != nil {
		return TransactionsResult{}, err
	}
	if args.Flow != "" || args.Sort != "" && args.Sort != "newest" {
		return s.ranked(ctx, c, f, args)
	}
	limit := f.Limit
	f.Limit++ // one more shows whether there are more
	list, err := s.core.Transactions(ctx, c.CustomerID, f)
	if err != nil {
		return TransactionsResult{}, err
	}
	r := TransactionsResult{Transactions: list[:min(limit, len(list))], More: len(list) > limit}
	if f.Offset == 0 {
		r.Pending, err = s.pendingPurchases(ctx, c, f)
	}
	return r, err
}

// pendingPurchases are the holds that pass a filter.
func (s *Service) pendingPurchases(ctx context.Context, c Caller, f TransactionFilter) ([]Hold, error) {
	holds, err := s.core.Holds(ctx, c.CustomerID)
	var list []Hold
	for _, h := range holds {
		if (f.AccountID == "" || f.AccountID == h.AccountID) &&
			(f.Merchant == "" || strings.Contains(strings.ToLower(h.Merchant), strings.ToLower(f.Merchant))) &&
			(f.Category == "" || strings.EqualFold(h.Category, f.Category)) &&
			(f.From.IsZero() || !h.PlacedAt.Before(f.From)) && (f.To.IsZero() || h.PlacedAt.Before(f.To)) &&
			h.Amount.Minor >= f.MinMinor && (f.MaxMinor == 0 || h.Amount.Minor <= f.MaxMinor) {
			list = append(list, h)
		}
	}
	return list, err
}

// TransactionArgs are the arguments of get_transaction.
type TransactionArgs struct {
	ID string `json:"id" jsonschema:"The transaction's id."`
}

func (s *Service) getTransaction(ctx context.Context, c Caller, args TransactionArgs) (TransactionsResult, error) {
	t, err := s.transaction(ctx, c, args.ID)
	return TransactionsResult{Transactions: []Transaction{t}}, err
}

func (s *Service) transaction(ctx context.Context, c Caller, id string) (Transaction, error) {
	var list []Transaction
	var err error
	if id != "" {
		list, err = s.core.Transactions(ctx, c.CustomerID, TransactionFilter{ID: id, Limit: 1})
	}
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "you have no such transaction").WithReason(ReasonNoTarget)
	}
	if err != nil {
		return Transaction{}, err
	}
	return list[0], nil
}

// SpendingArgs are the arguments of spending_summary.
type SpendingArgs struct {
	By string `json:"by" jsonschema:"What to sum by. Enum: category, merchant"`
	TransactionsArgs
	CompareFrom string `json:"compare_from,omitempty" jsonschema:"First day of another period to compare with, as 2006-01-02."`
	CompareTo   string `json:"compare_to,omitempty" jsonschema:"Last day of that other period, as 2006-01-02."`
}

// SpendingResult is the answer of spending_summary.
type SpendingResult struct {
	Total    money.Amount `json:"total"`
	Groups   []Group      `json:"groups"`
	Compared *Comparison  `json:"compared,omitempty"`
}

// Comparison is the spending of another period, and by how much more was spent in
// the one that was asked for; below zero it was less.
type Comparison struct {
	Total money.Amount `json:"total"`
	Count int          `json:"count"`
	More  money.Amount `json:"more"`
}

func (s *Service) spendingSummary(ctx context.Context, c Caller, args SpendingArgs) (SpendingResult, error) {
	if args.By != "category" && args.By != "merchant" {
		return SpendingResult{}, fault.New(fault.Validation, "spending is summed by category or by merchant").WithReason(ReasonIncomplete)
	}
	f, err := s.filter(ctx, c, args.TransactionsArgs)
	if err != nil {
		return SpendingResult{}, err
	}
	r, err := s.spending(ctx, c, args.By, f)
	if err != nil || args.CompareFrom+args.CompareTo == "" {
		return r, err
	}
	other := args.TransactionsArgs
	other.From, other.To = args.CompareFrom, args.CompareTo
	if err := other.days(&f, c.Location); err != nil {
		return r, err
	}
	before, err := s.spending(ctx, c, args.By, f)
	if err != nil {
		return r, err
	}
	r.Compared, err = compared(r, before)
	return r, err
}

func compared(now, before SpendingResult) (*Comparison, error) {
	more, err := now.Total.Add(money.Of(-before.Total.Minor, before.Total.Currency))
	if err != nil {
		return nil, fmt.Errorf("compare spending: %w", err)
	}
	c := &Comparison{Total: before.Total, More: more}
	for _, g := range before.Groups {
		c.Count += g.Count
	}
	return c, nil
}

func (s *Service) spending(ctx context.Context, c Caller, by string, f TransactionFilter) (SpendingResult, error) {
	groups, err := s.core.Spending(ctx, c.CustomerID, by, f)
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

// NoArgs are the arguments of tools that take none.
type NoArgs struct{}

// PayeesResult is the answer of list_payees.
type PayeesResult struct {
	Payees []Payee `json:"payees"`
}

func (s *Service) listPayees(ctx context.Context, c Caller, _ NoArgs) (PayeesResult, error) {
	payees, err := s.core.Payees(ctx, c.CustomerID)
	return PayeesResult{payees}, err
}

// BillsResult is the answer of list_bills.
type BillsResult struct {
	Bills []Bill `json:"bills"`
}

func (s *Service) listBills(ctx context.Context, c Caller, _ NoArgs) (BillsResult, error) {
	bills, err := s.core.Bills(ctx, c.CustomerID)
	return BillsResult{bills}, err
}

// CardsResult is the answer of list_cards.
type CardsResult struct {
	Cards []Card `json:"cards"`
}

func (s *Service) listCards(ctx context.Context, c Caller, _ NoArgs) (CardsResult, error) {
	cards, err := s.core.Cards(ctx, c.CustomerID)
	return CardsResult{cards}, err
}

// LimitsResult is the answer of get_limits.
type LimitsResult struct {
	Limits []Limit `json:"limits"`
}

func (s *Service) getLimits(ctx context.Context, c Caller, _ NoArgs) (LimitsResult, error) {
	limits, err := s.core.Limits(ctx, c.CustomerID)
	return LimitsResult{limits}, err
}

// filter checks arguments and turns them into a TransactionFilter.
func (s *Service) filter(ctx context.Context, c Caller, a TransactionsArgs) (TransactionFilter, error) {
	f := TransactionFilter{Merchant: a.Merchant, Category: a.Category, Limit: a.Limit, Offset: max(0, a.Offset)}
	if f.Limit <= 0 || f.Limit > maxToolTransactions {
		f.Limit = maxToolTransactions
	}
	accounts, err := s.accountsNamed(ctx, c, a.Account)
	if err != nil {
		return f, err
	}
	if a.Account != "" {
		f.AccountID = accounts[0].ID
	}
	if err := a.days(&f, c.Location); err != nil {
		return f, err
	}
	return f, a.amounts(&f, accounts[0].Balance.Currency)
}

func (a TransactionsArgs) days(f *TransactionFilter, loc *time.Location) error {
	if loc == nil {
		loc = time.UTC
	}
	var err error
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
		return fault.New(fault.Validation, "the period ends before it begins").WithReason(ReasonIncomplete)
	}
	return nil
}

func day(text string, loc *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, loc)
	if err != nil {
		return time.Time{}, fault.New(fault.Validation, "a day must be written like 2026-01-31").WithReason(ReasonIncomplete)
	}
	return t, nil
}

func (a TransactionsArgs) amounts(f *TransactionFilter, currency string) error {
	for _, bound := range []struct {
		text AmountText
		into *int64
	}{{a.MinAmount, &f.MinMinor}, {a.MaxAmount, &f.MaxMinor}} {
		if bound.text == "" {
			continue
		}
		v, err := amount(bound.text, currency)
		if err != nil {
			return err
		}
		*bound.into = v.Minor
	}
	return nil
}
