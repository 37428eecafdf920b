package bank

import (
	"cmp"
	"context"
	"slices"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// maxRanked is how many transactions are looked at to find the largest of them, or
// those in one direction: a core only lists the newest first.
const maxRanked = 10 * MaxTransactions

// ranked lists what passes a filter by amount, or in one direction.
func (s *Service) ranked(ctx context.Context, c Caller, f TransactionFilter, args ListArgs) (TransactionsResult, error) {
	rank, ok := ranks[args.Sort]
	passes, known := flows[args.Flow]
	if !ok || !known {
		return TransactionsResult{}, fault.New(fault.Validation, "transactions are listed newest, largest or smallest first, of what came in, went out or was spent").
			WithReason(ReasonIncomplete)
	}
	limit, offset := f.Limit, f.Offset
	all, err := s.everyTransaction(ctx, c.CustomerID, f)
	if err != nil {
		return TransactionsResult{}, err
	}
	if args.Flow != "" {
		within := withinOwn(all)
		all = slices.DeleteFunc(all, func(t Transaction) bool { return within[t.ID] || !passes(t) })
	}
	if rank != nil {
		slices.SortStableFunc(all, rank)
	}
	all = all[min(offset, len(all)):]
	r := TransactionsResult{Transactions: all[:min(limit, len(all))], More: len(all) > limit}
	if rank == nil && args.Flow != "in" && offset == 0 {
		r.Pending, err = s.pendingPurchases(ctx, c, f)
	}
	return r, err
}

var (
	ranks = map[string]func(a, b Transaction) int{
		"": nil, "newest": nil,
		"largest":  func(a, b Transaction) int { return cmp.Compare(b.Amount.Abs().Minor, a.Amount.Abs().Minor) },
		"smallest": func(a, b Transaction) int { return cmp.Compare(a.Amount.Abs().Minor, b.Amount.Abs().Minor) },
	}
	flows = map[string]func(Transaction) bool{
		"":      nil,
		"in":    func(t Transaction) bool { return t.Amount.Minor > 0 },
		"out":   func(t Transaction) bool { return t.Amount.Minor < 0 },
		"spent": func(t Transaction) bool { return t.Amount.Minor < 0 && t.Merchant != "" },
	}
)

// everyTransaction reads all pages of what passes a filter. What is posted
// meanwhile moves the end of one page to the beginning of the next, so that it is
// read twice; it counts once.
func (s *Service) everyTransaction(ctx context.Context, customerID string, f TransactionFilter) (all []Transaction, err error) {
	f.Limit = MaxTransactions
	type side struct { // a move between the customer's own accounts has two
		id, account string
		minor       int64
	}
	read := map[side]bool{}
	for f.Offset = 0; f.Offset < maxRanked; f.Offset += f.Limit {
		page, err := s.core.Transactions(ctx, customerID, f)
		if err != nil {
			return nil, err
		}
		for _, t := range page {
			if key := (side{t.ID, t.AccountID, t.Amount.Minor}); !read[key] {
				read[key] = true
				all = append(all, t)
			}
		}
		if len(page) < f.Limit {
			return all, nil
		}
	}
	return nil, fault.New(fault.Validation, "these are too many transactions to look at; ask for a shorter period").WithReason(ReasonIncomplete)
}

// withinOwn are the moves between the customer's own accounts, which are seen
// from both: they neither came in nor went out.
func withinOwn(list []Transaction) map[string]bool {
	seen, within := map[string]bool{}, map[string]bool{}
	for _, t := range list {
		within[t.ID] = seen[t.ID]
		seen[t.ID] = true
	}
	return within
}
