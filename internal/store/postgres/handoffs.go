package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/handoff"
)

type handoffs struct{ db *DB }

// Handoffs returns the store of the agents' inbox.
func (db *DB) Handoffs() handoff.Store { return handoffs{db} }

const selectHandoffs = `SELECT id, session_id, user_id, state, reason, summary, agent, changed_by, requested_at, claimed_at, closed_at FROM handoffs`

func scanHandoff(row pgx.CollectableRow) (h handoff.Handoff, err error) {
	var claimed, closed *time.Time
	err = row.Scan(&h.ID, &h.SessionID, &h.UserID, &h.State, &h.Reason, &h.Summary, &h.Agent, &h.By, &h.RequestedAt, &claimed, &closed)
	h.RequestedAt, h.ClaimedAt, h.ClosedAt = h.RequestedAt.UTC(), sometime(claimed), sometime(closed)
	return h, err
}

// sometime is a time that may not have come: it is stored as NULL then.
func sometime(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func (s handoffs) Handoff(ctx context.Context, id string) (h handoff.Handoff, err error) {
	err = s.db.read(ctx, "handoffs.get", func(q querier) error {
		list, err := collect(ctx, q, scanHandoff, selectHandoffs+` WHERE id = $1`, id)
		if err == nil && len(list) == 0 {
			err = handoff.ErrNone
		}
		if err == nil {
			h = list[0]
		}
		return err
	})
	return h, err
}

func (s handoffs) Handoffs(ctx context.Context, f handoff.Filter) (list []handoff.Handoff, err error) {
	err = s.db.read(ctx, "handoffs.list", func(q querier) error {
		list, err = collect(ctx, q, scanHandoff, selectHandoffs+` WHERE ($1 = '' OR state = $1) AND ($2::timestamptz IS NULL OR (requested_at, id) < ($2, $3))
			ORDER BY requested_at DESC, id DESC LIMIT $4`, f.State, orNull(f.Before), f.BeforeID, f.Limit)
		return err
	})
	return list, err
}

// queueOpenHandoff reads into into the hand-off that a session is in, if any.
func queueOpenHandoff(batch *pgx.Batch, sessionID string, into **handoff.Handoff) {
	queueFirst(batch, scanHandoff, into, selectHandoffs+` WHERE session_id = $1 AND state <> 'closed'`, sessionID)
}

// queueHandoff stores a hand-off as it is now, with its trace in the audit log.
func queueHandoff(batch *pgx.Batch, h *handoff.Handoff, at time.Time) {
	if h == nil {
		return
	}
	batch.Queue(`INSERT INTO handoffs (id, session_id, user_id, state, reason, summary, agent, changed_by, requested_at, claimed_at, closed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO UPDATE SET state = excluded.state, agent = excluded.agent,
		changed_by = excluded.changed_by, claimed_at = excluded.claimed_at, closed_at = excluded.closed_at`,
		h.ID, h.SessionID, h.UserID, h.State, h.Reason, h.Summary, h.Agent, h.By, h.RequestedAt, orNull(h.ClaimedAt), orNull(h.ClosedAt))
	queueAudit(batch, audit.Record{At: at, Kind: "handoff." + string(h.State), Actor: h.By, Subject: h.ID, Digest: h.Digest()})
}
