package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// selectUsed sums a customer's orders of some kinds since a moment, and the part
// that one account paid.
const selectUsed = `SELECT coalesce(sum(amount), 0)::bigint, coalesce(sum(amount) FILTER (WHERE from_account = $4), 0)::bigint
	FROM orders WHERE customer_id = $1 AND executed_at >= $2 AND kind = ANY($3)`

func (s bankStore) Used(ctx context.Context, customerID string, kinds []bank.OrderKind, since time.Time) (sum int64, err error) {
	err = s.db.read(ctx, "bank.used", func(q querier) error {
		var account int64
		return q.QueryRow(ctx, selectUsed, customerID, since, texts(kinds), "").Scan(&sum, &account)
	})
	return sum, err
}

func texts(kinds []bank.OrderKind) []string {
	list := make([]string, len(kinds))
	for i, k := range kinds {
		list[i] = string(k)
	}
	return list
}

func (s bankStore) Snapshot(ctx context.Context, o bank.Order, dayStart time.Time) (snapshot bank.Snapshot, err error) {
	err = s.db.read(ctx, "bank.snapshot", func(q querier) error {
		snapshot = bank.Snapshot{}
		batch := &pgx.Batch{}
		queueSnapshot(batch, o, dayStart, &snapshot, "")
		return q.SendBatch(ctx, batch).Close()
	})
	return snapshot, err
}

// queueSnapshot adds the queries that fill a snapshot. Each of them sees what is
// committed when it begins; lock keeps the accounts as they were read.
func queueSnapshot(batch *pgx.Batch, o bank.Order, dayStart time.Time, s *bank.Snapshot, lock string) {
	switch o.Kind {
	case bank.FreezeCard, bank.UnfreezeCard:
		queueFirst(batch, scanCard, &s.Card, `SELECT `+cardColumns+` FROM cards WHERE id = $1 AND customer_id = $2`+lock, o.Target, o.CustomerID)
		return
	case bank.OpenDispute:
		queueFirst(batch, scanTransaction, &s.Transaction, selectTransactions,
			transactionArguments(o.CustomerID, bank.TransactionFilter{ID: o.Target, Limit: 1})...)
		batch.Queue(`SELECT EXISTS (SELECT 1 FROM disputes WHERE customer_id = $1 AND transaction_id = $2 AND status = 'open')`, o.CustomerID, o.Target).
			QueryRow(func(row pgx.Row) error { return row.Scan(&s.Disputed) })
		return
	}
	receiving := `$3`
	switch o.Kind {
	case bank.Payment:
		receiving = `(SELECT settles_to FROM payees WHERE id = $3 AND customer_id = $2)`
		queueFirst(batch, scanPayee, &s.Payee, `SELECT `+payeeColumns+` FROM payees WHERE id = $1 AND customer_id = $2`, o.Target, o.CustomerID)
		batch.Queue(`SELECT EXISTS (SELECT 1 FROM orders WHERE customer_id = $1 AND kind = $2 AND target = $3)`, o.CustomerID, o.Kind, o.Target).
			QueryRow(func(row pgx.Row) error { return row.Scan(&s.PaidBefore) })
	case bank.BillPayment:
		receiving = `(SELECT settles_to FROM bills WHERE id = $3 AND customer_id = $2)`
		queueFirst(batch, scanBill, &s.Bill, `SELECT `+billColumns+` WHERE b.id = $1 AND b.customer_id = $2`, o.Target, o.CustomerID)
	}
	// In the order of their ids, so that two orders can't wait for each other.
	batch.Queue(`SELECT `+accountColumns+`, id = $1 AND customer_id = $2, id = `+receiving+` FROM accounts
		WHERE id = $1 AND customer_id = $2 OR id = `+receiving+` ORDER BY id`+lock, o.From, o.CustomerID, o.Target).
		Query(func(rows pgx.Rows) error { return scanParties(rows, s) })
	batch.Queue(selectUsed, o.CustomerID, dayStart, texts(bank.SameLimit(o.Kind)), o.From).
		QueryRow(func(row pgx.Row) error { return row.Scan(&s.UsedToday, &s.FromToday) })
}

// scanParties reads the paying and the receiving account.
func scanParties(rows pgx.Rows, s *bank.Snapshot) error {
	type party struct {
		bank.Account
		pays, receives *bool
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p party, err error) {
		a := &p.Account
		err = row.Scan(&a.ID, &a.CustomerID, &a.Kind, &a.Name, &a.Number, &a.Routing, &a.Status, &a.Balance.Minor, &a.Held.Minor,
			&a.Balance.Currency, &a.OpenedAt, &a.Floor, &a.LimitEach, &a.LimitDaily, &p.pays, &p.receives)
		a.Complete()
		return p, err
	})
	for _, p := range list {
		if p.pays != nil && *p.pays {
			s.From = &p.Account
		}
		if p.receives != nil && *p.receives {
			s.To = &p.Account
		}
	}
	return err
}

// queueFirst adds a query whose first row, if any, goes into into.
func queueFirst[T any](batch *pgx.Batch, scan pgx.RowToFunc[T], into **T, query string, args ...any) {
	batch.Queue(query, args...).Query(func(rows pgx.Rows) error {
		list, err := pgx.CollectRows(rows, scan)
		if err == nil && len(list) > 0 {
			*into = &list[0]
		}
		return err
	})
}

func (s bankStore) Execute(ctx context.Context, o bank.Order, dayStart, now time.Time, decide func(bank.Snapshot) (bank.Effect, error)) (r bank.Receipt, err error) {
	var refusal error // is committed, unlike an error
	err = s.db.write(ctx, "bank.execute", func(tx pgx.Tx) error {
		refusal = nil
		var snapshot bank.Snapshot
		var stored *receiptRow
		var refused *bank.Refusal
		batch := &pgx.Batch{}
		var stopped bank.Switches
		queueSwitches(batch, &stopped)
		// One customer's orders take turns, so that limits and ids hold.
		batch.Queue(`SELECT 1 FROM customers WHERE id = $1 FOR UPDATE`, o.CustomerID)
		queueFirst(batch, scanReceipt, &stored, selectReceipt, o.ID)
		queueFirst(batch, pgx.RowToStructByPos[bank.Refusal], &refused, `SELECT digest, class, reason, detail FROM refusals WHERE order_id = $1`, o.ID)
		queueSnapshot(batch, o, dayStart, &snapshot, ` FOR UPDATE`)
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return err
		}
		if stored != nil {
			r, err = stored.receipt(o.ID, o.CustomerID, o.Digest())
			return err
		}
		if refused != nil {
			return refused.Err(o)
		}
		if err := stopped.Hold(o.Kind); err != nil {
			return err
		}
		effect, err := decide(snapshot)
		if err != nil {
			refusal = err
			f := fault.As(err)
			_, err := tx.Exec(ctx, `INSERT INTO refusals (order_id, digest, class, reason, detail, refused_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
				o.ID, o.Digest(), f.Class, f.Reason, f.Detail, now)
			return err
		}
		var available *int64
		if effect.Posting != nil {
			left := snapshot.From.Available.Minor - o.Amount.Minor
			available = &left
		}
		r = bank.NewReceipt(o.ID, now, available, o.Amount.Currency)
		return store(ctx, tx, o, effect, available, now)
	})
	if err == nil {
		err = refusal
	}
	return r, err
}

// store writes an order and carries its effect out.
func store(ctx context.Context, tx pgx.Tx, o bank.Order, e bank.Effect, available *int64, now time.Time) error {
	batch := &pgx.Batch{}
	batch.Queue(`INSERT INTO orders (id, customer_id, kind, digest, from_account, target, amount, currency, available, executed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, o.ID, o.CustomerID, o.Kind, o.Digest(), o.From, o.Target, o.Amount.Minor,
		o.Amount.Currency, available, now)
	switch p := e.Posting; {
	case p != nil:
		if err := p.Balanced(); err != nil {
			return err
		}
		batch.Queue(insertPosting, p.ID, p.OccurredAt, p.Description, p.Merchant, p.Category, p.Digest())
		queueEntries(batch, *p, o.CustomerID)
		if o.Kind == bank.BillPayment {
			batch.Queue(`UPDATE bills SET due = greatest(0, due - $2) WHERE id = $1 AND due IS NOT NULL`, o.Target, o.Amount.Minor)
		}
	case e.CardStatus != "":
		batch.Queue(`UPDATE cards SET status = $2 WHERE id = $1`, o.Target, e.CardStatus)
	case e.Dispute:
		batch.Queue(`INSERT INTO disputes (id, customer_id, transaction_id, reason, status, opened_at) VALUES ($1, $2, $3, $4, 'open', $5)`,
			o.ID, o.CustomerID, o.Target, o.Note, now)
	}
	return floor(tx.SendBatch(ctx, batch).Close())
}

const selectReceipt = `SELECT customer_id, digest, available, currency, executed_at FROM orders WHERE id = $1`

type receiptRow struct {
	customer, digest, currency string
	available                  *int64
	executed                   time.Time
}

func scanReceipt(row pgx.CollectableRow) (r receiptRow, err error) {
	err = row.Scan(&r.customer, &r.digest, &r.available, &r.currency, &r.executed)
	return r, err
}

// receipt checks that a stored order is the customer's, and the one of a digest
// where one is given.
func (r receiptRow) receipt(orderID, customerID, digest string) (bank.Receipt, error) {
	switch {
	case digest != "" && r.digest != digest:
		return bank.Receipt{}, bank.ErrReused
	case r.customer != customerID:
		return bank.Receipt{}, bank.ErrNoReceipt
	}
	return bank.NewReceipt(orderID, r.executed.UTC(), r.available, r.currency), nil
}

func (s bankStore) Receipt(ctx context.Context, customerID, orderID string) (r bank.Receipt, err error) {
	err = s.db.read(ctx, "bank.receipt", func(q querier) error {
		rows, err := collect(ctx, q, scanReceipt, selectReceipt, orderID)
		if err == nil && len(rows) == 0 {
			err = bank.ErrNoReceipt
		}
		if err != nil {
			return err
		}
		r, err = rows[0].receipt(orderID, customerID, "")
		return err
	})
	return r, err
}
