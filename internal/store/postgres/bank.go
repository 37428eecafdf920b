package postgres

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

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
	var e *pgconn.PgError
	if errors.As(err, &e) && e.ConstraintName == "accounts_keep_floor" {
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
	return s.db.write(ctx, "bank.post", func(tx pgx.Tx) error {
		if err := lockAccounts(ctx, tx, postings); err != nil {
			return err
		}
		fresh, err := insertPostings(ctx, tx, postings)
		if err != nil {
			return err
		}
		batch := &pgx.Batch{}
		for _, p := range fresh {
			queueEntries(batch, p, "")
		}
		return floor(tx.SendBatch(ctx, batch).Close())
	})
}

// lockAccounts takes the accounts' rows in the order of their ids, so that two
// postings can't wait for each other, and checks that they exist and fit.
func lockAccounts(ctx context.Context, tx pgx.Tx, postings []bank.Posting) error {
	currency := map[string]string{}
	for _, p := range postings {
		for _, e := range p.Entries {
			if known, ok := currency[e.AccountID]; ok && known != e.Amount.Currency {
				return money.ErrCurrency
			}
			currency[e.AccountID] = e.Amount.Currency
		}
	}
	ids := make([]string, 0, len(currency))
	for id := range currency {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	rows, err := tx.Query(ctx, `SELECT id, currency FROM accounts WHERE id = ANY($1) ORDER BY id FOR UPDATE`, ids)
	if err != nil {
		return err
	}
	found := 0
	var id, have string
	_, err = pgx.ForEachRow(rows, []any{&id, &have}, func() error {
		if found++; currency[id] != have {
			return money.ErrCurrency
		}
		return nil
	})
	if err == nil && found < len(ids) {
		err = noAccount
	}
	return err
}

// insertPostings returns the postings that were not stored before.
func insertPostings(ctx context.Context, tx pgx.Tx, postings []bank.Posting) ([]bank.Posting, error) {
	batch := &pgx.Batch{}
	var fresh []bank.Posting
	for _, p := range postings {
		batch.Queue(insertPosting+` ON CONFLICT DO NOTHING RETURNING id`, p.ID, p.OccurredAt, p.Description, p.Merchant, p.Category, p.Digest()).
			QueryRow(func(row pgx.Row) error {
				var id string
				switch err := row.Scan(&id); {
				case errors.Is(err, pgx.ErrNoRows):
					return nil
				case err != nil:
					return err
				}
				fresh = append(fresh, p)
				return nil
			})
	}
	return fresh, tx.SendBatch(ctx, batch).Close()
}

const insertPosting = `INSERT INTO postings (id, occurred_at, description, merchant, category, digest) VALUES ($1, $2, $3, $4, $5, $6)`

// queueEntries adds what belongs to a new posting: entries, balances, and its
// trace in the audit log.
func queueEntries(batch *pgx.Batch, p bank.Posting, actor string) {
	for _, e := range p.Entries {
		batch.Queue(`INSERT INTO entries (account_id, occurred_at, posting_id, amount) VALUES ($1, $2, $3, $4)`,
			e.AccountID, p.OccurredAt, p.ID, e.Amount.Minor)
		batch.Queue(`UPDATE accounts SET balance = balance + $2 WHERE id = $1`, e.AccountID, e.Amount.Minor)
	}
	queueAudit(batch, audit.Record{At: p.OccurredAt, Kind: "posting", Actor: actor, Subject: p.ID, Digest: p.Digest()})
}

// accountColumns are what scanAccount reads.
const accountColumns = `id, coalesce(customer_id, ''), kind, name, number, routing, status, balance, held, currency, opened_at, floor, limit_each, limit_daily`

func scanAccount(row pgx.CollectableRow) (bank.Account, error) {
	var a bank.Account
	err := row.Scan(&a.ID, &a.CustomerID, &a.Kind, &a.Name, &a.Number, &a.Routing, &a.Status, &a.Balance.Minor, &a.Held.Minor,
		&a.Balance.Currency, &a.OpenedAt, &a.Floor, &a.LimitEach, &a.LimitDaily)
	a.OpenedAt = a.OpenedAt.UTC()
	a.Complete()
	return a, err
}

func (s bankStore) Accounts(ctx context.Context, customerID string) (accounts []bank.Account, err error) {
	err = s.db.read(ctx, "bank.accounts", func(q querier) error {
		accounts, err = collect(ctx, q, scanAccount, `SELECT `+accountColumns+` FROM accounts WHERE customer_id = $1 ORDER BY opened_at, id`, customerID)
		return err
	})
	return accounts, err
}

// collect reads all rows of a query.
func collect[T any](ctx context.Context, q querier, scan pgx.RowToFunc[T], query string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scan)
}

// ownEntries selects a customer's entries that pass a filter; see arguments.
const ownEntries = `
	FROM entries e JOIN accounts a ON a.id = e.account_id JOIN postings p ON p.id = e.posting_id
	WHERE a.customer_id = $1
		AND ($2 = '' OR e.account_id = $2)
		AND ($3::timestamptz IS NULL OR e.occurred_at >= $3) AND ($4::timestamptz IS NULL OR e.occurred_at < $4)
		AND abs(e.amount) >= $5 AND abs(e.amount) <= $6
		AND ($7 = '' OR lower(p.category) = lower($7))
		AND ($8 = '%%' OR p.merchant ILIKE $8 OR p.description ILIKE $8)
		AND ($9 = '' OR p.id = $9)`

func arguments(customerID string, f bank.TransactionFilter) []any {
	most := int64(math.MaxInt64)
	if f.MaxMinor > 0 {
		most = f.MaxMinor
	}
	like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(f.Merchant) + "%"
	return []any{customerID, f.AccountID, orNull(f.From), orNull(f.To), f.MinMinor, most, f.Category, like, f.ID}
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (s bankStore) Transactions(ctx context.Context, customerID string, f bank.TransactionFilter) (list []bank.Transaction, err error) {
	err = s.db.read(ctx, "bank.transactions", func(q querier) error {
		list, err = collect(ctx, q, scanTransaction, selectTransactions, transactionArguments(customerID, f)...)
		return err
	})
	return list, err
}

const selectTransactions = `SELECT p.id, e.account_id, e.occurred_at, p.description, p.merchant, p.category, e.amount, a.currency` +
	ownEntries + ` ORDER BY e.occurred_at DESC, p.id COLLATE "C", e.account_id COLLATE "C" LIMIT $10 OFFSET $11`

func transactionArguments(customerID string, f bank.TransactionFilter) []any {
	return append(arguments(customerID, f), f.Limit, f.Offset)
}

func scanTransaction(row pgx.CollectableRow) (t bank.Transaction, err error) {
	err = row.Scan(&t.ID, &t.AccountID, &t.OccurredAt, &t.Description, &t.Merchant, &t.Category, &t.Amount.Minor, &t.Amount.Currency)
	t.OccurredAt = t.OccurredAt.UTC()
	return t, err
}

func (s bankStore) Spending(ctx context.Context, customerID, by string, f bank.TransactionFilter) (groups []bank.Group, err error) {
	expression := map[string]string{"category": "p.category", "merchant": "p.merchant"}[by]
	if expression == "" {
		return nil, errors.New("bank: spending is grouped by category or merchant")
	}
	err = s.db.read(ctx, "bank.spending", func(q querier) error {
		rows, err := q.Query(ctx, `SELECT `+expression+` COLLATE "C", (-sum(e.amount))::bigint, count(*), a.currency`+ownEntries+
			` AND e.amount < 0 AND p.merchant <> '' GROUP BY 1, 4 ORDER BY 2 DESC, 1`, arguments(customerID, f)...)
		if err != nil {
			return err
		}
		groups, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (g bank.Group, err error) {
			err = row.Scan(&g.Name, &g.Amount.Minor, &g.Count, &g.Amount.Currency)
			return g, err
		})
		return err
	})
	return groups, err
}
