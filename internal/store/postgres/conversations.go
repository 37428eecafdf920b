package postgres

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/concierge"
)

type conversations struct{ db *DB }

// Conversations returns the store of the concierge.
func (db *DB) Conversations() concierge.Store { return conversations{db} }

func (s conversations) Conversation(ctx context.Context, userID, sessionID string, limit int) (c concierge.Conversation, err error) {
	withPerson := false
	if limit == 0 { // what nearly every turn asks for
		err = s.db.readOne(ctx, "conversations.get", func(q querier) error {
			c, withPerson, err = conversation(ctx, q, userID, sessionID)
			return err
		})
	}
	if err == nil && (limit > 0 || withPerson) {
		err = s.db.read(ctx, "conversations.get_all", func(q querier) error {
			if c, withPerson, err = conversation(ctx, q, userID, sessionID); err != nil || c.Version == 0 {
				return err
			}
			batch := &pgx.Batch{}
			queueOpenHandoff(batch, sessionID, &c.Handoff)
			if err := q.SendBatch(ctx, batch).Close(); err != nil {
				return err
			}
			c.Messages, err = newestMessages(ctx, q, sessionID, limit)
			return err
		})
	}
	if err != nil {
		return concierge.Conversation{}, err
	}
	return c, nil
}

// conversation reads a conversation, and whether it has an open hand-off, without
// that and without messages.
func conversation(ctx context.Context, q querier, userID, sessionID string) (c concierge.Conversation, withPerson bool, err error) {
	c = concierge.Conversation{ID: sessionID, UserID: userID}
	var owner string
	err = q.QueryRow(ctx, `SELECT user_id, version, state, message_count,
		EXISTS (SELECT 1 FROM handoffs WHERE session_id = conversations.id AND state <> 'closed') FROM conversations WHERE id = $1`, sessionID).
		Scan(&owner, &c.Version, &c.State, &c.MessageCount, &withPerson)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return c, false, nil
	case err == nil && owner != userID:
		err = concierge.ErrNoConversation
	}
	return c, withPerson, err
}

func newestMessages(ctx context.Context, q querier, sessionID string, limit int) ([]concierge.Message, error) {
	rows, err := q.Query(ctx, `SELECT id, role, content, created_at, author FROM messages
		WHERE conversation_id = $1 ORDER BY seq DESC LIMIT $2`, sessionID, limit)
	if err != nil {
		return nil, err
	}
	messages, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m concierge.Message, err error) {
		err = row.Scan(&m.ID, &m.Role, &m.Content, &m.CreatedAt, &m.Author)
		return m, err
	})
	slices.Reverse(messages)
	return messages, err
}

func (s conversations) SaveTurn(ctx context.Context, r concierge.TurnRecord) error {
	return s.db.write(ctx, "conversations.save_turn", func(tx pgx.Tx) error {
		seq, err := advance(ctx, tx, r)
		if err != nil {
			return err
		}
		batch := &pgx.Batch{}
		for i, m := range r.Messages {
			batch.Queue(`INSERT INTO messages (conversation_id, seq, id, role, content, created_at, author)
				VALUES ($1, $2, $3, $4, $5, $6, $7)`, r.SessionID, seq+i+1, m.ID, m.Role, m.Content, m.CreatedAt, m.Author)
		}
		for _, record := range r.Audit {
			queueAudit(batch, record)
		}
		queueHandoff(batch, r.Handoff, r.Messages[len(r.Messages)-1].CreatedAt)
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return err
		}
		return saveReply(ctx, tx, r)
	})
}

// advance moves the conversation to its next version, creating it with the
// first turn, and returns the number of messages it had before. One statement
// decides, so that of two replicas with the same base version one is stale.
func advance(ctx context.Context, tx pgx.Tx, r concierge.TurnRecord) (seq int, err error) {
	now := r.Messages[len(r.Messages)-1].CreatedAt
	if r.BaseVersion == 0 {
		tag, err := tx.Exec(ctx, `INSERT INTO conversations (id, user_id, version, state, message_count, created_at, updated_at)
			VALUES ($1, $2, 1, $3, $4, $5, $5) ON CONFLICT DO NOTHING`, r.SessionID, r.UserID, r.State, len(r.Messages), now)
		if err != nil || tag.RowsAffected() == 1 {
			return 0, err
		}
		return 0, whyNotAdvanced(ctx, tx, r)
	}
	err = tx.QueryRow(ctx, `UPDATE conversations SET version = version + 1, state = $4,
		message_count = message_count + $5, updated_at = $6
		WHERE id = $1 AND user_id = $2 AND version = $3 RETURNING message_count - $5`,
		r.SessionID, r.UserID, r.BaseVersion, r.State, len(r.Messages), now).Scan(&seq)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, whyNotAdvanced(ctx, tx, r)
	}
	return seq, err
}

// whyNotAdvanced tells a conversation that moved on from somebody else's.
func whyNotAdvanced(ctx context.Context, tx pgx.Tx, r concierge.TurnRecord) error {
	var owner string
	err := tx.QueryRow(ctx, `SELECT user_id FROM conversations WHERE id = $1`, r.SessionID).Scan(&owner)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	if err == nil && owner != r.UserID {
		return concierge.ErrNoConversation
	}
	return concierge.ErrStale
}

func saveReply(ctx context.Context, tx pgx.Tx, r concierge.TurnRecord) error {
	if r.Idempotency == nil {
		return nil
	}
	k := r.Idempotency
	tag, err := tx.Exec(ctx, `INSERT INTO idempotent_replies (user_id, key, conversation_id, request_hash, reply, created_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`, r.UserID, k.Key, r.SessionID, k.RequestHash, k.Reply, k.CreatedAt)
	if err != nil || tag.RowsAffected() == 1 {
		return err
	}
	return concierge.ErrDuplicate
}

func (s conversations) Reply(ctx context.Context, userID, key string) (*concierge.IdempotentReply, error) {
	r := &concierge.IdempotentReply{Key: key}
	err := s.db.readOne(ctx, "conversations.reply", func(q querier) error {
		return q.QueryRow(ctx, `SELECT request_hash, reply, created_at FROM idempotent_replies
			WHERE user_id = $1 AND key = $2`, userID, key).Scan(&r.RequestHash, &r.Reply, &r.CreatedAt)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (s conversations) DeleteConversation(ctx context.Context, userID, sessionID string) error {
	return s.db.write(ctx, "conversations.delete", func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `DELETE FROM conversations WHERE id = $1 AND user_id = $2`, sessionID, userID)
		if err != nil || tag.RowsAffected() == 1 {
			return err
		}
		return concierge.ErrNoConversation
	})
}

func (s conversations) PurgeReplies(ctx context.Context, before time.Time) error {
	return s.db.write(ctx, "conversations.purge_replies", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM idempotent_replies WHERE created_at < $1`, before)
		return err
	})
}

func (s conversations) PurgeConversations(ctx context.Context, before time.Time, limit int) (n int, err error) {
	err = s.db.write(ctx, "conversations.purge", func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `DELETE FROM conversations WHERE id IN (SELECT id FROM conversations AS c WHERE updated_at < $1
			AND NOT EXISTS (SELECT 1 FROM handoffs WHERE session_id = c.id AND state <> 'closed') LIMIT $2 FOR UPDATE SKIP LOCKED)`, before, limit)
		n = int(tag.RowsAffected())
		return err
	})
	return n, err
}
