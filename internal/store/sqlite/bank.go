package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

type bankStore struct{ db *DB }

// Bank returns the store of accounts and journal.
func (db *DB) Bank() bank.Store { return bankStore{db} }

func (s bankStore) CreateCustomer(ctx context.Context, c bank.Customer, accounts []bank.Account) error {
	return s.db.write(ctx, "bank.create_customer", func(tx *sql.Tx) error {
		if c.ID != "" {
			if _, err := tx.ExecContext(ctx, `INSERT INTO customers (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
				c.ID, c.Name, micros(c.CreatedAt)); err != nil {
				return err
			}
		}
		for _, a := range accounts {
			if _, err := tx.ExecContext(ctx, `INSERT INTO accounts (id, customer_id, kind, name, number, routing, status, currency, balance, opened_at)
				VALUES (?, NULLIF(?, ''), ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING`, a.ID, a.CustomerID, a.Kind, a.Name,
				a.Number, a.Routing, a.Status, a.Balance.Currency, micros(a.OpenedAt)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s bankStore) CustomerExists(ctx context.Context, id string) (found bool, err error) {
	err = s.db.read(ctx, "bank.customer_exists", func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM customers WHERE id = ?)`, id).Scan(&found)
	})
	return found, err
}

func (s bankStore) Post(ctx context.Context, postings []bank.Posting) error {
	for _, p := range postings {
		if err := p.Balanced(); err != nil {
			return err
		}
	}
	return s.db.write(ctx, "bank.post", func(tx *sql.Tx) error {
		for _, p := range postings {
			if err := post(ctx, tx, p); err != nil {
				return err
			}
		}
		return nil
	})
}

func post(ctx context.Context, tx *sql.Tx, p bank.Posting) error {
	result, err := tx.ExecContext(ctx, `INSERT INTO postings (id, occurred_at, description, merchant, category)
		VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, p.ID, micros(p.OccurredAt), p.Description, p.Merchant, p.Category)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 { // stored before
		return err
	}
	for _, e := range p.Entries {
		var currency string
		err := tx.QueryRowContext(ctx, `UPDATE accounts SET balance = balance + ? WHERE id = ? RETURNING currency`,
			e.Amount.Minor, e.AccountID).Scan(&currency)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return fault.New(fault.NotFound, "there is no such account")
		case err != nil:
			return err
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

func (s bankStore) Accounts(ctx context.Context, customerID string) (accounts []bank.Account, err error) {
	err = s.db.read(ctx, "bank.accounts", func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT id, kind, name, number, routing, status, balance, currency, opened_at
			FROM accounts WHERE customer_id = ? ORDER BY opened_at, id`, customerID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			a := bank.Account{CustomerID: customerID}
			var opened int64
			if err := rows.Scan(&a.ID, &a.Kind, &a.Name, &a.Number, &a.Routing, &a.Status,
				&a.Balance.Minor, &a.Balance.Currency, &opened); err != nil {
				return err
			}
			a.OpenedAt = fromMicros(opened)
			accounts = append(accounts, a)
		}
		return rows.Err()
	})
	return accounts, err
}

// ownEntries selects a customer's entries that pass a filter; see arguments.
const ownEntries = `
	FROM entries e JOIN accounts a ON a.id = e.account_id JOIN postings p ON p.id = e.posting_id
	WHERE a.customer_id = ?
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
		customerID, f.AccountID, f.AccountID, from, to, f.MinMinor, most,
		f.Category, f.Category, f.Merchant, like, like,
	}
}

func (s bankStore) Transactions(ctx context.Context, customerID string, f bank.TransactionFilter) (list []bank.Transaction, err error) {
	err = s.db.read(ctx, "bank.transactions", func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT p.id, e.account_id, e.occurred_at, p.description, p.merchant, p.category, e.amount, a.currency`+
			ownEntries+` ORDER BY e.occurred_at DESC, p.id, e.account_id LIMIT ? OFFSET ?`, append(arguments(customerID, f), f.Limit, f.Offset)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var t bank.Transaction
			var occurred int64
			if err := rows.Scan(&t.ID, &t.AccountID, &occurred, &t.Description, &t.Merchant, &t.Category,
				&t.Amount.Minor, &t.Amount.Currency); err != nil {
				return err
			}
			t.OccurredAt = fromMicros(occurred)
			list = append(list, t)
		}
		return rows.Err()
	})
	return list, err
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

func (s bankStore) Verify(ctx context.Context) (accounts, postings []string, err error) {
	err = s.db.read(ctx, "bank.verify", func(q querier) error {
		if accounts, err = column(ctx, q, `SELECT id FROM accounts a
			WHERE balance <> (SELECT coalesce(sum(amount), 0) FROM entries WHERE account_id = a.id) ORDER BY id`); err != nil {
			return err
		}
		postings, err = column(ctx, q, `SELECT DISTINCT e.posting_id FROM entries e JOIN accounts a ON a.id = e.account_id
			GROUP BY e.posting_id, a.currency HAVING sum(e.amount) <> 0 ORDER BY 1`)
		return err
	})
	return accounts, postings, err
}

// column returns the only column of a query.
func column(ctx context.Context, q querier, query string) ([]string, error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}
