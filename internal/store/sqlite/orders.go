package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

func (s bankStore) Used(ctx context.Context, customerID string, kinds []bank.OrderKind, since time.Time) (sum int64, err error) {
	err = s.db.read(ctx, "bank.used", func(q querier) error {
		sum, _, err = used(ctx, q, customerID, "", kinds, since)
		return err
	})
	return sum, err
}

// used sums a customer's orders of some kinds since a moment, and the part that
// one account paid.
func used(ctx context.Context, q querier, customerID, from string, kinds []bank.OrderKind, since time.Time) (all, account int64, err error) {
	args := []any{from, customerID, micros(since)}
	for _, k := range kinds {
		args = append(args, k)
	}
	err = q.QueryRowContext(ctx, `SELECT coalesce(sum(amount), 0), coalesce(sum(CASE WHEN from_account = ? THEN amount END), 0)
		FROM orders WHERE customer_id = ? AND executed_at >= ? AND kind IN (?`+strings.Repeat(", ?", len(kinds)-1)+`)`, args...).Scan(&all, &account)
	return all, account, err
}

func (s bankStore) Snapshot(ctx context.Context, o bank.Order, dayStart time.Time) (snapshot bank.Snapshot, err error) {
	err = s.db.read(ctx, "bank.snapshot", func(q querier) error {
		snapshot, err = readSnapshot(ctx, q, o, dayStart)
		return err
	})
	return snapshot, err
}

func readSnapshot(ctx context.Context, q querier, o bank.Order, dayStart time.Time) (s bank.Snapshot, err error) {
	switch o.Kind {
	case bank.FreezeCard, bank.UnfreezeCard:
		s.Card, err = first(ctx, q, scanCard, `SELECT `+cardColumns+` FROM cards WHERE id = ? AND customer_id = ?`, o.Target, o.CustomerID)
		return s, err
	case bank.OpenDispute:
		return readDisputed(ctx, q, o)
	}
	if s.From, err = first(ctx, q, scanAccount, `SELECT `+accountColumns+` FROM accounts WHERE id = ? AND customer_id = ?`, o.From, o.CustomerID); err != nil {
		return s, err
	}
	to := o.Target
	switch o.Kind {
	case bank.Payment:
		if s.Payee, err = first(ctx, q, scanPayee, `SELECT `+payeeColumns+` FROM payees WHERE id = ? AND customer_id = ?`, o.Target, o.CustomerID); err != nil || s.Payee == nil {
			return s, err
		}
		to = s.Payee.SettlesTo
		if err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM orders WHERE customer_id = ? AND kind = ? AND target = ?)`,
			o.CustomerID, o.Kind, o.Target).Scan(&s.PaidBefore); err != nil {
			return s, err
		}
	case bank.BillPayment:
		if s.Bill, err = first(ctx, q, scanBill, `SELECT `+billColumns+` WHERE b.id = ? AND b.customer_id = ?`, o.Target, o.CustomerID); err != nil || s.Bill == nil {
			return s, err
		}
		to = s.Bill.SettlesTo
	}
	if s.To, err = first(ctx, q, scanAccount, `SELECT `+accountColumns+` FROM accounts WHERE id = ?`, to); err != nil {
		return s, err
	}
	s.UsedToday, s.FromToday, err = used(ctx, q, o.CustomerID, o.From, bank.SameLimit(o.Kind), dayStart)
	return s, err
}

func readDisputed(ctx context.Context, q querier, o bank.Order) (s bank.Snapshot, err error) {
	list, err := transactions(ctx, q, o.CustomerID, bank.TransactionFilter{ID: o.Target, Limit: 1})
	if err != nil || len(list) == 0 {
		return s, err
	}
	s.Transaction = &list[0]
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM disputes WHERE customer_id = ? AND transaction_id = ? AND status = 'open')`,
		o.CustomerID, o.Target).Scan(&s.Disputed)
	return s, err
}

// first returns the first row of a query, or nil.
func first[T any](ctx context.Context, q querier, scan func(row) (T, error), query string, args ...any) (*T, error) {
	t, err := scan(q.QueryRowContext(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing found is no error
	}
	return &t, err
}

func (s bankStore) Execute(ctx context.Context, o bank.Order, dayStart, now time.Time, decide func(bank.Snapshot) (bank.Effect, error)) (r bank.Receipt, err error) {
	var refusal error // is committed, unlike an error
	err = s.db.write(ctx, "bank.execute", func(tx *transaction) error {
		if r, err = storedReceipt(ctx, tx, o.ID, o.CustomerID, o.Digest()); err == nil || !errors.Is(err, bank.ErrNoReceipt) {
			return err
		}
		if err := storedRefusal(ctx, tx, o); err != nil {
			return err
		}
		stopped, err := switches(ctx, tx)
		if err != nil {
			return err
		}
		if err := stopped.Hold(o.Kind); err != nil {
			return err
		}
		snapshot, err := readSnapshot(ctx, tx, o, dayStart)
		if err != nil {
			return err
		}
		effect, err := decide(snapshot)
		if err != nil {
			refusal = err
			f := fault.As(err)
			_, err := tx.ExecContext(ctx, `INSERT INTO refusals (order_id, digest, class, reason, detail, refused_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
				o.ID, o.Digest(), f.Class, f.Reason, f.Detail, micros(now))
			return err
		}
		var available *int64
		if effect.Posting != nil {
			left := snapshot.From.Available.Minor - o.Amount.Minor
			available = &left
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO orders (id, customer_id, kind, digest, from_account, target, amount, currency, available, executed_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, o.ID, o.CustomerID, o.Kind, o.Digest(), o.From, o.Target, o.Amount.Minor, o.Amount.Currency,
			available, micros(now)); err != nil {
			return err
		}
		if err := apply(ctx, tx, o, effect, now); err != nil {
			return err
		}
		r = bank.NewReceipt(o.ID, now, available, o.Amount.Currency)
		return nil
	})
	if err == nil {
		err = refusal
	}
	return r, err
}

// storedRefusal returns the error with which an order was refused before.
func storedRefusal(ctx context.Context, q querier, o bank.Order) error {
	var r bank.Refusal
	err := q.QueryRowContext(ctx, `SELECT digest, class, reason, detail FROM refusals WHERE order_id = ?`, o.ID).
		Scan(&r.Digest, &r.Class, &r.Reason, &r.Detail)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return r.Err(o)
}

// apply carries an effect out.
func apply(ctx context.Context, tx *transaction, o bank.Order, e bank.Effect, now time.Time) error {
	var err error
	switch {
	case e.Posting != nil:
		if err := e.Posting.Balanced(); err != nil {
			return err
		}
		if o.Kind == bank.BillPayment {
			if _, err := tx.ExecContext(ctx, `UPDATE bills SET due = max(0, due - ?) WHERE id = ? AND due IS NOT NULL`, o.Amount.Minor, o.Target); err != nil {
				return err
			}
		}
		return post(ctx, tx, *e.Posting, o.CustomerID)
	case e.CardStatus != "":
		_, err = tx.ExecContext(ctx, `UPDATE cards SET status = ? WHERE id = ?`, e.CardStatus, o.Target)
	case e.Dispute:
		_, err = tx.ExecContext(ctx, `INSERT INTO disputes (id, customer_id, transaction_id, reason, status, opened_at) VALUES (?, ?, ?, ?, 'open', ?)`,
			o.ID, o.CustomerID, o.Target, o.Note, micros(now))
	}
	return err
}

func (s bankStore) Receipt(ctx context.Context, customerID, orderID string) (r bank.Receipt, err error) {
	err = s.db.read(ctx, "bank.receipt", func(q querier) error {
		r, err = storedReceipt(ctx, q, orderID, customerID, "")
		return err
	})
	return r, err
}

// storedReceipt returns the receipt of a stored order, or bank.ErrNoReceipt. A
// digest must be the stored order's.
func storedReceipt(ctx context.Context, q querier, orderID, customerID, digest string) (bank.Receipt, error) {
	var customer, stored, currency string
	var available *int64
	var executed int64
	err := q.QueryRowContext(ctx, `SELECT customer_id, digest, available, currency, executed_at FROM orders WHERE id = ?`, orderID).
		Scan(&customer, &stored, &available, &currency, &executed)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && digest == "" && customer != customerID:
		return bank.Receipt{}, bank.ErrNoReceipt
	case err != nil:
		return bank.Receipt{}, err
	case digest != "" && stored != digest:
		return bank.Receipt{}, bank.ErrReused
	}
	return bank.NewReceipt(orderID, fromMicros(executed), available, currency), nil
}
