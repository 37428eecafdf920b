package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

func (s bankStore) CreateCustomer(ctx context.Context, c bank.Customer, h bank.Holdings) error {
	return s.db.write(ctx, "bank.create_customer", func(tx *transaction) error {
		if c.ID != "" {
			if _, err := tx.ExecContext(ctx, `INSERT INTO customers (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
				c.ID, c.Name, micros(c.CreatedAt)); err != nil {
				return err
			}
		}
		return createHoldings(ctx, tx, h)
	})
}

func createHoldings(ctx context.Context, tx *transaction, h bank.Holdings) error {
	var failures []error
	insert := func(query string, args ...any) {
		_, err := tx.ExecContext(ctx, query+` ON CONFLICT DO NOTHING`, args...)
		failures = append(failures, err)
	}
	for _, a := range h.Accounts {
		insert(`INSERT INTO accounts (id, customer_id, kind, name, number, routing, status, currency, balance, opened_at, floor, limit_each, limit_daily)
			VALUES (?, NULLIF(?, ''), ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)`, a.ID, a.CustomerID, a.Kind, a.Name, a.Number, a.Routing, a.Status,
			a.Balance.Currency, micros(a.OpenedAt), a.Floor, a.LimitEach, a.LimitDaily)
	}
	for _, c := range h.Cards {
		insert(`INSERT INTO cards (id, customer_id, account_id, name, ending, status) VALUES (?, ?, ?, ?, ?, ?)`,
			c.ID, c.CustomerID, c.AccountID, c.Name, c.Ending, c.Status)
	}
	for _, p := range h.Payees {
		insert(`INSERT INTO payees (id, customer_id, name, bank, ending, settles_to, added_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			p.ID, p.CustomerID, p.Name, p.Bank, p.Ending, p.SettlesTo, micros(p.AddedAt))
	}
	for _, b := range h.Bills {
		var due *int64
		if b.Due != nil {
			due = &b.Due.Minor
		}
		insert(`INSERT INTO bills (id, customer_id, name, biller, category, ending, settles_to, due, due_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			b.ID, b.CustomerID, b.Name, b.Biller, b.Category, b.Ending, b.SettlesTo, due, b.DueOn)
	}
	return errors.Join(failures...)
}

func (s bankStore) SetAccountStatus(ctx context.Context, accountID string, status bank.AccountStatus) error {
	return s.db.write(ctx, "bank.set_account_status", func(tx *transaction) error {
		result, err := tx.ExecContext(ctx, `UPDATE accounts SET status = ? WHERE id = ?`, status, accountID)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(noAccount, err)
		}
		return nil
	})
}

func (s bankStore) PlaceHold(ctx context.Context, h bank.Hold) error {
	return s.db.write(ctx, "bank.place_hold", func(tx *transaction) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO holds (id, account_id, amount, merchant, category, placed_at, expires_at)
			SELECT ?, id, ?, ?, ?, ?, ? FROM accounts WHERE id = ? AND currency = ? ON CONFLICT DO NOTHING`,
			h.ID, h.Amount.Minor, h.Merchant, h.Category, micros(h.PlacedAt), micros(h.ExpiresAt), h.AccountID, h.Amount.Currency)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if n == 0 {
			var known bool
			if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM holds WHERE id = ?)`, h.ID).Scan(&known); err != nil || known {
				return err
			}
			return noAccount
		}
		_, err = tx.ExecContext(ctx, `UPDATE accounts SET held = held + ? WHERE id = ?`, h.Amount.Minor, h.AccountID)
		return floor(err)
	})
}

func (s bankStore) ReleaseHold(ctx context.Context, holdID string) error {
	return s.db.write(ctx, "bank.release_hold", func(tx *transaction) error {
		var account string
		var amount int64
		err := tx.QueryRowContext(ctx, `UPDATE holds SET released = 1 WHERE id = ? AND released = 0 RETURNING account_id, amount`, holdID).
			Scan(&account, &amount)
		if errors.Is(err, sql.ErrNoRows) { // released before
			return nil
		}
		if err == nil {
			_, err = tx.ExecContext(ctx, `UPDATE accounts SET held = held - ? WHERE id = ?`, amount, account)
		}
		return err
	})
}

func (s bankStore) Holds(ctx context.Context, customerID string) (list []bank.Hold, err error) {
	scan := func(r row) (h bank.Hold, err error) {
		var placed, expires int64
		err = r.Scan(&h.ID, &h.AccountID, &h.Amount.Minor, &h.Amount.Currency, &h.Merchant, &h.Category, &placed, &expires)
		h.PlacedAt, h.ExpiresAt = fromMicros(placed), fromMicros(expires)
		return h, err
	}
	err = s.db.read(ctx, "bank.holds", func(q querier) error {
		list, err = collect(ctx, q, scan, `SELECT h.id, h.account_id, h.amount, a.currency, h.merchant, h.category, h.placed_at, h.expires_at
			FROM accounts a JOIN holds h ON h.account_id = a.id WHERE a.customer_id = ? AND h.released = 0 ORDER BY h.placed_at DESC, h.id`, customerID)
		return err
	})
	return list, err
}

const cardColumns = `id, customer_id, account_id, name, ending, status`

func scanCard(r row) (c bank.Card, err error) {
	err = r.Scan(&c.ID, &c.CustomerID, &c.AccountID, &c.Name, &c.Ending, &c.Status)
	return c, err
}

func (s bankStore) Cards(ctx context.Context, customerID string) (list []bank.Card, err error) {
	err = s.db.read(ctx, "bank.cards", func(q querier) error {
		list, err = collect(ctx, q, scanCard, `SELECT `+cardColumns+` FROM cards WHERE customer_id = ? ORDER BY id`, customerID)
		return err
	})
	return list, err
}

const payeeColumns = `id, customer_id, name, bank, ending, settles_to, added_at`

func scanPayee(r row) (p bank.Payee, err error) {
	var added int64
	err = r.Scan(&p.ID, &p.CustomerID, &p.Name, &p.Bank, &p.Ending, &p.SettlesTo, &added)
	p.AddedAt = fromMicros(added)
	return p, err
}

func (s bankStore) Payees(ctx context.Context, customerID string) (list []bank.Payee, err error) {
	err = s.db.read(ctx, "bank.payees", func(q querier) error {
		list, err = collect(ctx, q, scanPayee, `SELECT `+payeeColumns+` FROM payees WHERE customer_id = ? ORDER BY name, id`, customerID)
		return err
	})
	return list, err
}

const billColumns = `b.id, b.customer_id, b.name, b.biller, b.category, b.ending, b.settles_to, b.due, a.currency, b.due_on FROM bills b JOIN accounts a ON a.id = b.settles_to`

func scanBill(r row) (b bank.Bill, err error) {
	var due *int64
	var currency string
	err = r.Scan(&b.ID, &b.CustomerID, &b.Name, &b.Biller, &b.Category, &b.Ending, &b.SettlesTo, &due, &currency, &b.DueOn)
	if due != nil {
		amount := money.Of(*due, currency)
		b.Due = &amount
	}
	return b, err
}

func (s bankStore) Bills(ctx context.Context, customerID string) (list []bank.Bill, err error) {
	err = s.db.read(ctx, "bank.bills", func(q querier) error {
		list, err = collect(ctx, q, scanBill, `SELECT `+billColumns+` WHERE b.customer_id = ? ORDER BY b.name, b.id`, customerID)
		return err
	})
	return list, err
}
