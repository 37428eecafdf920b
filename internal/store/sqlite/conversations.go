package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

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
			if withPerson {
				if c.Handoff, err = openHandoff(ctx, q, sessionID); err != nil {
					return err
				}
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
	err = q.QueryRowContext(ctx, `SELECT user_id, version, state, message_count,
		EXISTS (SELECT 1 FROM handoffs WHERE session_id = conversations.id AND state <> 'closed') FROM conversations WHERE id = ?`, sessionID).
		Scan(&owner, &c.Version, &c.State, &c.MessageCount, &withPerson)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return c, false, nil
	case err == nil && owner != userID:
		err = concierge.ErrNoConversation
	}
	return c, withPerson, err
}

func newestMessages(ctx context.Context, q querier, sessionID string, limit int) ([]concierge.Message, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, role, content, created_at, author FROM messages
		WHERE conversation_id = ? ORDER BY seq DESC LIMIT ?`, sessionID, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var messages []concierge.Message
	for rows.Next() {
		var m concierge.Message
		var created int64
		if err := rows.Scan(&m.ID, &m.Role, &m.Content, &created, &m.Author); err != nil {
			return nil, err
		}
		m.CreatedAt = fromMicros(created)
		messages = append(messages, m)
	}
	slices.Reverse(messages)
	return messages, rows.Err()
}

func (s conversations) SaveTurn(ctx context.Context, r concierge.TurnRecord) error {
	return s.db.write(ctx, "conversations.save_turn", func(tx *transaction) error {
		seq, err := advance(ctx, tx, r)
		if err != nil {
			return err
		}
		for i, m := range r.Messages {
			if _, err := tx.ExecContext(ctx, `INSERT INTO messages (conversation_id, seq, id, role, content, created_at, author)
				VALUES (?, ?, ?, ?, ?, ?, ?)`, r.SessionID, seq+i+1, m.ID, m.Role, m.Content, micros(m.CreatedAt), m.Author); err != nil {
				return err
			}
		}
		if err := saveHandoff(ctx, tx, r.Handoff, r.Messages[len(r.Messages)-1].CreatedAt); err != nil {
			return err
		}
		if err := appendAudit(ctx, tx, r.Audit...); err != nil {
			return err
		}
		return saveReply(ctx, tx, r)
	})
}

// advance moves the conversation to its next version, creating it with the
// first turn, and returns the number of messages it had before.
func advance(ctx context.Context, tx *transaction, r concierge.TurnRecord) (seq int, err error) {
	now := micros(r.Messages[len(r.Messages)-1].CreatedAt)
	if r.BaseVersion == 0 {
		result, err := tx.ExecContext(ctx, `INSERT INTO conversations (id, user_id, version, state, message_count, created_at, updated_at)
			VALUES (?, ?, 1, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, r.SessionID, r.UserID, r.State, len(r.Messages), now, now)
		if err != nil {
			return 0, err
		}
		if n, err := result.RowsAffected(); err != nil || n == 1 {
			return 0, err
		}
		return 0, whyNotAdvanced(ctx, tx, r)
	}
	err = tx.QueryRowContext(ctx, `UPDATE conversations SET version = version + 1, state = ?, message_count = message_count + ?, updated_at = ?
		WHERE id = ? AND user_id = ? AND version = ? RETURNING message_count - ?`,
		r.State, len(r.Messages), now, r.SessionID, r.UserID, r.BaseVersion, len(r.Messages)).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, whyNotAdvanced(ctx, tx, r)
	}
	return seq, err
}

// whyNotAdvanced tells a conversation that moved on from somebody else's.
func whyNotAdvanced(ctx context.Context, tx *transaction, r concierge.TurnRecord) error {
	var owner string
	err := tx.QueryRowContext(ctx, `SELECT user_id FROM conversations WHERE id = ?`, r.SessionID).Scan(&owner)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err == nil && owner != r.UserID {
		return concierge.ErrNoConversation
	}
	return concierge.ErrStale
}

func saveReply(ctx context.Context, tx *transaction, r concierge.TurnRecord) error {
	if r.Idempotency == nil {
		return nil
	}
	k := r.Idempotency
	result, err := tx.ExecContext(ctx, `INSERT INTO idempotent_replies (user_id, key, conversation_id, request_hash, reply, created_at)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, r.UserID, k.Key, r.SessionID, k.RequestHash, k.Reply, micros(k.CreatedAt))
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return concierge.ErrDuplicate
}

func (s conversations) Reply(ctx context.Context, userID, key string) (*concierge.IdempotentReply, error) {
	r := &concierge.IdempotentReply{Key: key}
	err := s.db.readOne(ctx, "conversations.reply", func(q querier) error {
		var created int64
		err := q.QueryRowContext(ctx, `SELECT request_hash, reply, created_at FROM idempotent_replies
			WHERE user_id = ? AND key = ?`, userID, key).Scan(&r.RequestHash, &r.Reply, &created)
		r.CreatedAt = fromMicros(created)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (s conversations) DeleteConversation(ctx context.Context, userID, sessionID string) error {
	return s.db.write(ctx, "conversations.delete", func(tx *transaction) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM conversations WHERE id = ? AND user_id = ?`, sessionID, userID)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return concierge.ErrNoConversation
	})
}

func (s conversations) PurgeReplies(ctx context.Context, before time.Time) error {
	return s.db.write(ctx, "conversations.purge_replies", func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM idempotent_replies WHERE created_at < ?`, micros(before))
		return err
	})
}

func (s conversations) PurgeConversations(ctx context.Context, before time.Time, limit int) (n int, err error) {
	err = s.db.write(ctx, "conversations.purge", func(tx *transaction) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM conversations WHERE rowid IN (SELECT rowid FROM conversations AS c WHERE updated_at < ?
			AND NOT EXISTS (SELECT 1 FROM handoffs WHERE session_id = c.id AND state <> 'closed') LIMIT ?)`, micros(before), limit)
		if err != nil {
			return err
		}
		removed, err := result.RowsAffected()
		n = int(removed)
		return err
	})
	return n, err
}
