package postgres

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
)

func (s bankStore) Propose(ctx context.Context, a bank.Action) error {
	return s.db.write(ctx, "bank.propose", func(tx pgx.Tx) error {
		// Two proposals of one session take turns.
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, "propose\x1f"+a.CustomerID+"\x1f"+a.SessionID); err != nil {
			return err
		}
		pending, err := pendingAction(ctx, tx, a.CustomerID, a.SessionID, ` FOR UPDATE`)
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
func storeAction(ctx context.Context, tx pgx.Tx, a bank.Action, now time.Time) error {
	content, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("encode action: %w", err)
	}
	digest, err := hex.DecodeString(a.Digest)
	if err != nil {
		return fmt.Errorf("action digest: %w", err)
	}
	batch := &pgx.Batch{}
	batch.Queue(`INSERT INTO actions (id, customer_id, session_id, status, expires_at, tried_at, content) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET status = excluded.status, tried_at = excluded.tried_at, content = excluded.content`,
		a.ID, a.CustomerID, a.SessionID, a.Status, a.ExpiresAt, a.TriedAt, content)
	queueAudit(batch, audit.Record{At: now, Kind: "action." + string(a.Status), Actor: a.CustomerID, Subject: a.ID, Digest: digest})
	return tx.SendBatch(ctx, batch).Close()
}

func scanAction(row pgx.CollectableRow) (a bank.Action, err error) {
	var content []byte
	if err := row.Scan(&content); err != nil {
		return a, err
	}
	if err := json.Unmarshal(content, &a); err != nil {
		return a, fmt.Errorf("decode action: %w", err)
	}
	return a, nil
}

func pendingAction(ctx context.Context, q querier, customerID, sessionID, lock string) (*bank.Action, error) {
	return firstAction(ctx, q, `SELECT content FROM actions WHERE customer_id = $1 AND session_id = $2 AND status = 'pending'`+lock, customerID, sessionID)
}

func firstAction(ctx context.Context, q querier, query string, args ...any) (*bank.Action, error) {
	list, err := collect(ctx, q, scanAction, query, args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

func (s bankStore) UpdateAction(ctx context.Context, customerID, id string, fn func(*bank.Action) error) (bank.Action, error) {
	return s.ClaimAction(ctx, customerID, id, func(a *bank.Action, _ bank.Switches) error { return fn(a) })
}

func (s bankStore) ClaimAction(ctx context.Context, customerID, id string, fn func(*bank.Action, bank.Switches) error) (a bank.Action, err error) {
	err = s.db.write(ctx, "bank.update_action", func(tx pgx.Tx) error {
		var stopped bank.Switches
		var found *bank.Action
		batch := &pgx.Batch{}
		queueSwitches(batch, &stopped)
		queueFirst(batch, scanAction, &found, `SELECT content FROM actions WHERE id = $1 AND customer_id = $2 FOR UPDATE`, id, customerID)
		switch err := tx.SendBatch(ctx, batch).Close(); {
		case err != nil:
			return err
		case found == nil:
			return bank.ErrNoAction
		}
		a = *found
		if err := fn(&a, stopped); err != nil {
			return err
		}
		if a == *found {
			return nil
		}
		return storeAction(ctx, tx, a, time.Now())
	})
	return a, err
}

func (s bankStore) Action(ctx context.Context, customerID, id string) (a bank.Action, err error) {
	err = s.db.read(ctx, "bank.action", func(q querier) error {
		found, err := firstAction(ctx, q, `SELECT content FROM actions WHERE id = $1 AND customer_id = $2`, id, customerID)
		switch {
		case err != nil:
			return err
		case found == nil:
			return bank.ErrNoAction
		}
		a = *found
		return nil
	})
	return a, err
}

func (s bankStore) PendingAction(ctx context.Context, customerID, sessionID string) (a *bank.Action, err error) {
	err = s.db.read(ctx, "bank.pending_action", func(q querier) error {
		a, err = pendingAction(ctx, q, customerID, sessionID, "")
		return err
	})
	return a, err
}

func (s bankStore) UnsettledActions(ctx context.Context, before time.Time, limit int) (list []bank.Action, err error) {
	err = s.db.read(ctx, "bank.unsettled_actions", func(q querier) error {
		list, err = collect(ctx, q, scanAction, `SELECT content FROM actions WHERE status = 'executing' AND tried_at < $1 ORDER BY tried_at LIMIT $2`, before, limit)
		return err
	})
	return list, err
}
