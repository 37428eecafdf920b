package sqlite

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
)

func (s bankStore) Propose(ctx context.Context, a bank.Action) error {
	return s.db.write(ctx, "bank.propose", func(tx *transaction) error {
		pending, err := pendingAction(ctx, tx, a.CustomerID, a.SessionID)
		if err != nil {
			return err
		}
		if pending != nil {
			pending.Status = bank.ActionReplaced
			if err := storeAction(ctx, tx, *pending, a.CreatedAt); err != nil {
				return err
			}
		}
		return storeAction(ctx, tx, a, a.CreatedAt)
	})
}

// storeAction writes an action and its trace in the audit log.
func storeAction(ctx context.Context, tx *transaction, a bank.Action, now time.Time) error {
	content, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("encode action: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO actions (id, customer_id, session_id, status, expires_at, tried_at, content) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET status = excluded.status, tried_at = excluded.tried_at, content = excluded.content`,
		a.ID, a.CustomerID, a.SessionID, a.Status, micros(a.ExpiresAt), micros(a.TriedAt), content); err != nil {
		return err
	}
	digest, err := hex.DecodeString(a.Digest)
	if err != nil {
		return fmt.Errorf("action digest: %w", err)
	}
	return appendAudit(ctx, tx, audit.Record{At: now, Kind: "action." + string(a.Status), Actor: a.CustomerID, Subject: a.ID, Digest: digest})
}

func scanAction(r row) (a bank.Action, err error) {
	var content []byte
	if err := r.Scan(&content); err != nil {
		return a, err
	}
	if err := json.Unmarshal(content, &a); err != nil {
		return a, fmt.Errorf("decode action: %w", err)
	}
	return a, nil
}

func pendingAction(ctx context.Context, q querier, customerID, sessionID string) (*bank.Action, error) {
	return first(ctx, q, scanAction, `SELECT content FROM actions WHERE customer_id = ? AND session_id = ? AND status = 'pending'`, customerID, sessionID)
}

func (s bankStore) UpdateAction(ctx context.Context, customerID, id string, fn func(*bank.Action) error) (bank.Action, error) {
	return s.ClaimAction(ctx, customerID, id, func(a *bank.Action, _ bank.Switches) error { return fn(a) })
}

func (s bankStore) ClaimAction(ctx context.Context, customerID, id string, fn func(*bank.Action, bank.Switches) error) (a bank.Action, err error) {
	err = s.db.write(ctx, "bank.update_action", func(tx *transaction) error {
		if a, err = action(ctx, tx, customerID, id); err != nil {
			return err
		}
		stopped, err := switches(ctx, tx)
		if err != nil {
			return err
		}
		before := a
		if err := fn(&a, stopped); err != nil {
			return err
		}
		if a == before {
			return nil
		}
		return storeAction(ctx, tx, a, time.Now())
	})
	return a, err
}

func action(ctx context.Context, q querier, customerID, id string) (bank.Action, error) {
	a, err := scanAction(q.QueryRowContext(ctx, `SELECT content FROM actions WHERE id = ? AND customer_id = ?`, id, customerID))
	if errors.Is(err, sql.ErrNoRows) {
		err = bank.ErrNoAction
	}
	return a, err
}

func (s bankStore) Action(ctx context.Context, customerID, id string) (a bank.Action, err error) {
	err = s.db.read(ctx, "bank.action", func(q querier) error {
		a, err = action(ctx, q, customerID, id)
		return err
	})
	return a, err
}

func (s bankStore) PendingAction(ctx context.Context, customerID, sessionID string) (a *bank.Action, err error) {
	err = s.db.read(ctx, "bank.pending_action", func(q querier) error {
		a, err = pendingAction(ctx, q, customerID, sessionID)
		return err
	})
	return a, err
}

func (s bankStore) UnsettledActions(ctx context.Context, before time.Time, limit int) (list []bank.Action, err error) {
	err = s.db.read(ctx, "bank.unsettled_actions", func(q querier) error {
		list, err = collect(ctx, q, scanAction, `SELECT content FROM actions WHERE status = 'executing' AND tried_at < ? ORDER BY tried_at LIMIT ?`, micros(before), limit)
		return err
	})
	return list, err
}
