package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

type bankStore struct{ db *DB }

var noAccount = fault.New(fault.NotFound, "there is no such account").WithReason(bank.ReasonNoAccount)

// floor turns the refusal of the schema to let an account fall below its floor
// into the error that says so.
func floor(err error) error {
	if err != nil && strings.Contains(err.Error(), "accounts_keep_floor") {
		return fault.New(fault.Conflict, "there isn't enough money in the account").WithReason(bank.ReasonFunds)
	}
	return err
}

// Bank returns the store of accounts and journal.
func (db *DB) Bank() bank.Store { return bankStore{db} }

func (s bankStore) Post(ctx context.Context, postings []bank.Posting) error {
	for _, p := range postings {
		if err := p.Balanced(); err != nil {
			return err
		}
	}
	return s.db.write(ctx, "bank.post", func(tx *transaction) error {
		for _, p := range postings {
			if err := post(ctx, tx, p, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// post stores one posting, which must be balanced, and its trace in the audit
// log.
func post(ctx context.Context, tx *transaction, p bank.Posting, actor string) error {
	digest := p.Digest()
	result, err := tx.ExecContext(ctx, `INSERT INTO postings (id, occurred_at, description, merchant, category, digest)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, p.ID, micros(p.OccurredAt), p.Description, p.Merchant, p.Category, digest)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 { // stored before
		return err
	}
	if err := appendAudit(ctx, tx, audit.Record{At: p.OccurredAt, Kind: "posting", Actor: actor, Subject: p.ID, Digest: digest}); err != nil {
		return err
	}
	for _, e := range p.Entries {
		var currency string
		err := tx.QueryRowContext(ctx, `UPDATE accounts SET balance = balance + ? WHERE id = ? RETURNING currency`,
			e.Amount.Minor, e.AccountID).Scan(&currency)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return noAccount
		case err != nil:
			return floor(err)
		case currency != e.Amount.Currency:
			return money.ErrCurrency
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO entries (account_id, occurred_at, posting_id, amount) VALUES (?, ?, ?, ?)`,
			e.AccountID, micros(p.OccurredAt), p.ID, e.Amount.Minor); err != nil {
			return err
		}
	}
	return nil
}

// accountColumns are what scanAccount reads.
const accountColumns = `id, coalesce(customer_id, ''), kind, name, number, routing, status, balance, held, currency, opened_at, floor, limit_each, limit_daily`

func scanAccount(r row) (bank.Account, error) {
	var a bank.Account
	var opened int64
	err := r.Scan(&a.ID, &a.CustomerID, &a.Kind, &a.Name, &a.Number, &a.Routing, &a.Status, &a.Balance.Minor, &a.Held.Minor,
		&a.Balance.Currency, &opened, &a.Floor, &a.LimitEach, &a.LimitDaily)
	a.OpenedAt = fromMicros(opened)
	a.Complete()
	return a, err
}

func (s bankStore) Accounts(ctx context.Context, customerID string) (accounts []bank.Account, err error) {
	err = s.db.read(ctx, "bank.accounts", func(q querier) error {
		accounts, err = collect(ctx, q, scanAccount, `SELECT `+accountColumns+` FROM accounts WHERE customer_id = ? ORDER BY opened_at, id`, customerID)
		return err
	})
	return accounts, err
}

// row is one row of an answer.
type row interface{ Scan(dest ...any) error }

// collect reads all rows of a query.
func collect[T any](ctx context.Context, q querier, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		t, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, rows.Err()
}

// ownEntries selects a customer's entries that pass a filter; see arguments.
const ownEntries = `
	FROM entries e JOIN accounts a ON a.id = e.account_id JOIN postings p ON p.id = e.posting_id
	WHERE a.customer_id = ?
		AND (? = '' OR p.id = ?)
		AND (? = '' OR e.account_id = ?)
		AND e.occurred_at >= ? AND e.occurred_at < ?
		AND abs(e.amount) >= ? AND abs(e.amount) <= ?
		AND (? = '' OR p.category = ? COLLATE NOCASE)
		AND (? = '' OR p.merchant LIKE ? ESCAPE '\' OR p.description LIKE ? ESCAPE '\')`

func arguments(customerID string, f bank.TransactionFilter) []any {
	from, to, most := int64(math.MinInt64), int64(math.MaxInt64), int64(math.MaxInt64)
	if !f.From.IsZero() {
		from = micros(f.From)
	}
	if !f.To.IsZero() {
		to = micros(f.To)
	}
	if f.MaxMinor > 0 {
		most = f.MaxMinor
	}
	like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Merchant) + "%"
	return []any{
		customerID, f.ID, f.ID, f.AccountID, f.AccountID, from, to, f.MinMinor, most,
		f.Category, f.Category, f.Merchant, like, like,
	}
}

func (s bankStore) Transactions(ctx context.Context, customerID string, f bank.TransactionFilter) (list []bank.Transaction, err error) {
	err = s.db.read(ctx, "bank.transactions", func(q querier) error {
		list, err = transactions(ctx, q, customerID, f)
		return err
	})
	return list, err
}

func transactions(ctx context.Context, q querier, customerID string, f bank.TransactionFilter) ([]bank.Transaction, error) {
	scan := func(r row) (t bank.Transaction, err error) {
		var occurred int64
		err = r.Scan(&t.ID, &t.AccountID, &occurred, &t.Description, &t.Merchant, &t.Category, &t.Amount.Minor, &t.Amount.Currency)
		t.OccurredAt = fromMicros(occurred)
		return t, err
	}
	return collect(ctx, q, scan, `SELECT p.id, e.account_id, e.occurred_at, p.description, p.merchant, p.category, e.amount, a.currency`+
		ownEntries+` ORDER BY e.occurred_at DESC, p.id, e.account_id LIMIT ? OFFSET ?`, append(arguments(customerID, f), f.Limit, f.Offset)...)
}

func (s bankStore) Spending(ctx context.Context, customerID, by string, f bank.TransactionFilter) (groups []bank.Group, err error) {
	expression := map[string]string{"category": "p.category", "merchant": "p.merchant"}[by]
	if expression == "" {
		return nil, errors.New("bank: spending is grouped by category or merchant")
	}
	err = s.db.read(ctx, "bank.spending", func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT `+expression+`, -sum(e.amount), count(*), a.currency`+ownEntries+
			` AND e.amount < 0 AND p.merchant <> '' GROUP BY 1, 4 ORDER BY 2 DESC, 1`, arguments(customerID, f)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var g bank.Group
			if err := rows.Scan(&g.Name, &g.Amount.Minor, &g.Count, &g.Amount.Currency); err != nil {
				return err
			}
			groups = append(groups, g)
		}
		return rows.Err()
	})
	return groups, err
}
