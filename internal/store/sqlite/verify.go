package sqlite

import (
	"context"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store/books"
)

func (s bankStore) Verify(ctx context.Context) (f bank.Findings, err error) {
	err = s.db.read(ctx, "bank.verify", func(q querier) error {
		f = bank.Findings{Actions: map[bank.ActionStatus]int64{}}
		if err := q.QueryRowContext(ctx, books.Counts).Scan(&f.Customers, &f.Accounts, &f.Postings, &f.Entries, &f.Orders, &f.Holds); err != nil {
			return err
		}
		if f.Totals, err = collect(ctx, q, func(r row) (a money.Amount, err error) {
			err = r.Scan(&a.Minor, &a.Currency)
			return a, err
		}, `SELECT sum(balance), currency FROM accounts GROUP BY currency ORDER BY currency`); err != nil {
			return err
		}
		if _, err := collect(ctx, q, func(r row) (n int64, err error) {
			var status bank.ActionStatus
			err = r.Scan(&status, &n)
			f.Actions[status] = n
			return n, err
		}, `SELECT status, count(*) FROM actions GROUP BY status`); err != nil {
			return err
		}
		for _, c := range books.Checks(&f) {
			if *c.Into, err = collect(ctx, q, func(r row) (id string, err error) {
				err = r.Scan(&id)
				return id, err
			}, c.Query); err != nil {
				return err
			}
		}
		return nil
	})
	return f, err
}

func (s bankStore) EachPosting(ctx context.Context, fn func(p bank.Posting, stored, audited []byte) error) error {
	return s.db.read(ctx, "bank.each_posting", func(q querier) error {
		rows, err := q.QueryContext(ctx, books.SelectEntries)
		if err != nil {
			return err
		}
		defer rows.Close()
		gather := books.Gather{Fn: fn}
		for rows.Next() {
			var r books.Row
			var occurred int64
			if err := rows.Scan(&r.Posting.ID, &occurred, &r.Posting.Description, &r.Posting.Merchant, &r.Posting.Category, &r.Stored, &r.Audited,
				&r.Entry.AccountID, &r.Entry.Amount.Minor, &r.Entry.Amount.Currency); err != nil {
				return err
			}
			r.Posting.OccurredAt = fromMicros(occurred)
			if err := gather.Add(r); err != nil {
				return err
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
		return gather.Done()
	})
}
