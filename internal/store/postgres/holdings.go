package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

func (s bankStore) CreateCustomer(ctx context.Context, c bank.Customer, h bank.Holdings) error {
	return s.db.write(ctx, "bank.create_customer", func(tx pgx.Tx) error {
		batch := &pgx.Batch{}
		if c.ID != "" {
			batch.Queue(`INSERT INTO customers (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, c.ID, c.Name, c.CreatedAt)
		}
		queueHoldings(batch, h)
		return tx.SendBatch(ctx, batch).Close()
	})
}

func queueHoldings(batch *pgx.Batch, h bank.Holdings) {
	for _, a := range h.Accounts {
		batch.Queue(`INSERT INTO accounts (id, customer_id, kind, name, number, routing, status, currency, balance, opened_at, floor, limit_each, limit_daily)
			VALUES ($1, NULLIF($2, ''), $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, $12) ON CONFLICT DO NOTHING`, a.ID, a.CustomerID, a.Kind, a.Name,
			a.Number, a.Routing, a.Status, a.Balance.Currency, a.OpenedAt, a.Floor, a.LimitEach, a.LimitDaily)
	}
	for _, c := range h.Cards {
		batch.Queue(`INSERT INTO cards (id, customer_id, account_id, name, ending, status) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
			c.ID, c.CustomerID, c.AccountID, c.Name, c.Ending, c.Status)
	}
	for _, p := range h.Payees {
		batch.Queue(`INSERT INTO payees (id, customer_id, name, bank, ending, settles_to, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
			p.ID, p.CustomerID, p.Name, p.Bank, p.Ending, p.SettlesTo, p.AddedAt)
	}
	for _, b := range h.Bills {
		var due *int64
		if b.Due != nil {
			due = &b.Due.Minor
		}
		batch.Queue(`INSERT INTO bills (id, customer_id, name, biller, category, ending, settles_to, due, due_on)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
			b.ID, b.CustomerID, b.Name, b.Biller, b.Category, b.Ending, b.SettlesTo, due, b.DueOn)
	}
}

func (s bankStore) SetAccountStatus(ctx context.Context, accountID string, status bank.AccountStatus) error {
	return s.db.write(ctx, "bank.set_account_status", func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE accounts SET status = $2 WHERE id = $1`, accountID, status)
		if err == nil && tag.RowsAffected() == 0 {
			err = noAccount
		}
		return err
	})
}

func (s bankStore) PlaceHold(ctx context.Context, h bank.Hold) error {
	return s.db.write(ctx, "bank.place_hold", func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO holds (id, account_id, amount, merchant, category, placed_at, expires_at)
			SELECT $1, id, $2, $3, $4, $5, $6 FROM accounts WHERE id = $7 AND currency = $8 ON CONFLICT DO NOTHING`,
			h.ID, h.Amount.Minor, h.Merchant, h.Category, h.PlacedAt, h.ExpiresAt, h.AccountID, h.Amount.Currency)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			var known bool
			if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM holds WHERE id = $1)`, h.ID).Scan(&known); err != nil || known {
				return err
			}
			return noAccount
		}
		_, err = tx.Exec(ctx, `UPDATE accounts SET held = held + $2 WHERE id = $1`, h.AccountID, h.Amount.Minor)
		return floor(err)
	})
}

func (s bankStore) ReleaseHold(ctx context.Context, holdID string) error {
	return s.db.write(ctx, "bank.release_hold", func(tx pgx.Tx) error {
		var account string
		var amount int64
		err := tx.QueryRow(ctx, `UPDATE holds SET released = true WHERE id = $1 AND NOT released RETURNING account_id, amount`, holdID).
			Scan(&account, &amount)
		if errors.Is(err, pgx.ErrNoRows) { // released before
			return nil
		}
		if err == nil {
			_, err = tx.Exec(ctx, `UPDATE accounts SET held = held - $2 WHERE id = $1`, account, amount)
		}
		return err
	})
}

func (s bankStore) Holds(ctx context.Context, customerID string) (list []bank.Hold, err error) {
	scan := func(row pgx.CollectableRow) (h bank.Hold, err error) {
		err = row.Scan(&h.ID, &h.AccountID, &h.Amount.Minor, &h.Amount.Currency, &h.Merchant, &h.Category, &h.PlacedAt, &h.ExpiresAt)
		h.PlacedAt, h.ExpiresAt = h.PlacedAt.UTC(), h.ExpiresAt.UTC()
		return h, err
	}
	err = s.db.read(ctx, "bank.holds", func(q querier) error {
		list, err = collect(ctx, q, scan, `SELECT h.id, h.account_id, h.amount, a.currency, h.merchant, h.category, h.placed_at, h.expires_at
			FROM accounts a JOIN holds h ON h.account_id = a.id WHERE a.customer_id = $1 AND NOT h.released ORDER BY h.placed_at DESC, h.id COLLATE "C"`, customerID)
		return err
	})
	return list, err
}

const cardColumns = `id, customer_id, account_id, name, ending, status`

func scanCard(row pgx.CollectableRow) (c bank.Card, err error) {
	err = row.Scan(&c.ID, &c.CustomerID, &c.AccountID, &c.Name, &c.Ending, &c.Status)
	return c, err
}

func (s bankStore) Cards(ctx context.Context, customerID string) (list []bank.Card, err error) {
	err = s.db.read(ctx, "bank.cards", func(q querier) error {
		list, err = collect(ctx, q, scanCard, `SELECT `+cardColumns+` FROM cards WHERE customer_id = $1 ORDER BY id COLLATE "C"`, customerID)
		return err
	})
	return list, err
}

const payeeColumns = `id, customer_id, name, bank, ending, settles_to, added_at`

func scanPayee(row pgx.CollectableRow) (p bank.Payee, err error) {
	err = row.Scan(&p.ID, &p.CustomerID, &p.Name, &p.Bank, &p.Ending, &p.SettlesTo, &p.AddedAt)
	p.AddedAt = p.AddedAt.UTC()
	return p, err
}

func (s bankStore) Payees(ctx context.Context, customerID string) (list []bank.Payee, err error) {
	err = s.db.read(ctx, "bank.payees", func(q querier) error {
		list, err = collect(ctx, q, scanPayee, `SELECT `+payeeColumns+` FROM payees WHERE customer_id = $1 ORDER BY name COLLATE "C", id COLLATE "C"`, customerID)
		return err
	})
	return list, err
}

const billColumns = `b.id, b.customer_id, b.name, b.biller, b.category, b.ending, b.settles_to, b.due, a.currency, b.due_on FROM bills b JOIN accounts a ON a.id = b.settles_to`

func scanBill(row pgx.CollectableRow) (b bank.Bill, err error) {
	var due *int64
	var currency string
	err = row.Scan(&b.ID, &b.CustomerID, &b.Name, &b.Biller, &b.Category, &b.Ending, &b.SettlesTo, &due, &currency, &b.DueOn)
	if due != nil {
		amount := money.Of(*due, currency)
		b.Due = &amount
	}
	return b, err
}

func (s bankStore) Bills(ctx context.Context, customerID string) (list []bank.Bill, err error) {
	err = s.db.read(ctx, "bank.bills", func(q querier) error {
		list, err = collect(ctx, q, scanBill, `SELECT `+billColumns+` WHERE b.customer_id = $1 ORDER BY b.name COLLATE "C", b.id COLLATE "C"`, customerID)
		return err
	})
	return list, err
}
