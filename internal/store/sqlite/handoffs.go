package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/handoff"
)

type handoffs struct{ db *DB }

// Handoffs returns the store of the agents' inbox.
func (db *DB) Handoffs() handoff.Store { return handoffs{db} }

const selectHandoffs = `SELECT id, session_id, user_id, state, reason, summary, agent, changed_by, requested_at, claimed_at, closed_at FROM handoffs`

func scanHandoff(row row) (h handoff.Handoff, err error) {
	var requested, claimed, closed int64
	err = row.Scan(&h.ID, &h.SessionID, &h.UserID, &h.State, &h.Reason, &h.Summary, &h.Agent, &h.By, &requested, &claimed, &closed)
	h.RequestedAt, h.ClaimedAt, h.ClosedAt = fromMicros(requested), sometime(claimed), sometime(closed)
	return h, err
}

// sometime is a time that may not have come: it is stored as 0 then.
func sometime(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return fromMicros(us)
}

func sometimeMicros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return micros(t)
}

func (s handoffs) Handoff(ctx context.Context, id string) (h handoff.Handoff, err error) {
	err = s.db.read(ctx, "handoffs.get", func(q querier) error {
		h, err = scanHandoff(q.QueryRowContext(ctx, selectHandoffs+` WHERE id = ?`, id))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = handoff.ErrNone
	}
	return h, err
}

func (s handoffs) Handoffs(ctx context.Context, f handoff.Filter) (list []handoff.Handoff, err error) {
	before := sometimeMicros(f.Before)
	err = s.db.read(ctx, "handoffs.list", func(q querier) error {
		list, err = collect(ctx, q, scanHandoff, selectHandoffs+` WHERE (?1 = '' OR state = ?1) AND (?2 = 0 OR (requested_at, id) < (?2, ?3))
			ORDER BY requested_at DESC, id DESC LIMIT ?4`, f.State, before, f.BeforeID, f.Limit)
		return err
	})
	return list, err
}

// openHandoff returns the hand-off that a session is in, or nil.
func openHandoff(ctx context.Context, q querier, sessionID string) (*handoff.Handoff, error) {
	return first(ctx, q, scanHandoff, selectHandoffs+` WHERE session_id = ? AND state <> 'closed'`, sessionID)
}

// saveHandoff stores a hand-off as it is now, with its trace in the audit log.
func saveHandoff(ctx context.Context, tx *transaction, h *handoff.Handoff, at time.Time) error {
	if h == nil {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO handoffs (id, session_id, user_id, state, reason, summary, agent, changed_by, requested_at, claimed_at, closed_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state, agent = excluded.agent,
		changed_by = excluded.changed_by, claimed_at = excluded.claimed_at, closed_at = excluded.closed_at`,
		h.ID, h.SessionID, h.UserID, h.State, h.Reason, h.Summary, h.Agent, h.By, micros(h.RequestedAt), sometimeMicros(h.ClaimedAt), sometimeMicros(h.ClosedAt)); err != nil {
		return err
	}
	return appendAudit(ctx, tx, audit.Record{At: at, Kind: "handoff." + string(h.State), Actor: h.By, Subject: h.ID, Digest: h.Digest()})
}
