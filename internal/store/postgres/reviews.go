package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
)

type reviews struct{ db *DB }

// Reviews returns the store of the guardrails' reviews.
func (db *DB) Reviews() guardrails.ReviewStore { return reviews{db} }

const reviewColumns = `id, direction, text, categories, score, policy_version, status, approved, note, reviewer, count, first_seen, last_seen, decided_at`

func scanReview(row pgx.CollectableRow) (r guardrails.Review, err error) {
	var categories, approved string
	var decided *time.Time
	err = row.Scan(&r.ID, &r.Direction, &r.Text, &categories, &r.Score, &r.PolicyVersion, &r.Status, &approved,
		&r.Note, &r.Reviewer, &r.Count, &r.FirstSeen, &r.LastSeen, &decided)
	r.Categories, r.Approved = strings.Split(categories, ","), split(approved)
	r.FirstSeen, r.LastSeen = r.FirstSeen.UTC(), r.LastSeen.UTC()
	if decided != nil {
		r.DecidedAt = decided.UTC()
	}
	return r, err
}

// split is the inverse of joining with commas, which makes nothing of nothing.
func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

func oneReview(ctx context.Context, q querier, query string, args ...any) (guardrails.Review, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return guardrails.Review{}, err
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanReview)
	if errors.Is(err, pgx.ErrNoRows) {
		err = fault.New(fault.NotFound, "no such review")
	}
	return r, err
}

func (s reviews) Report(ctx context.Context, r guardrails.Review, keep int) error {
	return s.db.write(ctx, "reviews.report", func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO reviews (`+reviewColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (id) DO NOTHING`, reviewValues(r)...)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			known, err := lockReview(ctx, tx, r.ID)
			if err != nil {
				return err
			}
			known.Again(r)
			return updateReview(ctx, tx, known)
		}
		// Replicas that trim at once skip each other's rows: the next one will do.
		_, err = tx.Exec(ctx, `DELETE FROM reviews WHERE id IN (
			SELECT id FROM reviews WHERE status = 'pending' ORDER BY last_seen DESC, id DESC OFFSET $1 FOR UPDATE SKIP LOCKED)`, keep)
		return err
	})
}

func reviewValues(r guardrails.Review) []any {
	var decided *time.Time
	if !r.DecidedAt.IsZero() {
		decided = &r.DecidedAt
	}
	return []any{
		r.ID, r.Direction, r.Text, strings.Join(r.Categories, ","), r.Score, r.PolicyVersion, r.Status, strings.Join(r.Approved, ","),
		r.Note, r.Reviewer, r.Count, r.FirstSeen, r.LastSeen, decided,
	}
}

func lockReview(ctx context.Context, tx pgx.Tx, id string) (guardrails.Review, error) {
	return oneReview(ctx, tx, `SELECT `+reviewColumns+` FROM reviews WHERE id = $1 FOR UPDATE`, id)
}

func updateReview(ctx context.Context, tx pgx.Tx, r guardrails.Review) error {
	_, err := tx.Exec(ctx, `UPDATE reviews SET (`+reviewColumns+`) =
		($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) WHERE id = $1`, reviewValues(r)...)
	return err
}

func (s reviews) Approved(ctx context.Context, id string) (categories []string, err error) {
	err = s.db.read(ctx, "reviews.approved", func(q querier) error {
		var list string
		err := q.QueryRow(ctx, `SELECT approved FROM reviews WHERE id = $1`, id).Scan(&list)
		categories = split(list)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return categories, err
}

func (s reviews) Review(ctx context.Context, id string) (r guardrails.Review, err error) {
	err = s.db.read(ctx, "reviews.one", func(q querier) error {
		r, err = oneReview(ctx, q, `SELECT `+reviewColumns+` FROM reviews WHERE id = $1`, id)
		return err
	})
	return r, err
}

func (s reviews) Reviews(ctx context.Context, f guardrails.ReviewFilter) (list []guardrails.Review, err error) {
	query, args := `SELECT `+reviewColumns+` FROM reviews WHERE true`, []any{}
	if f.Status != "" {
		args = append(args, f.Status)
		query += fmt.Sprintf(` AND status = $%d`, len(args))
	}
	if !f.Before.IsZero() {
		args = append(args, f.Before, f.BeforeID)
		query += fmt.Sprintf(` AND (last_seen, id) < ($%d, $%d)`, len(args)-1, len(args))
	}
	args = append(args, f.Limit)
	query += fmt.Sprintf(` ORDER BY last_seen DESC, id DESC LIMIT $%d`, len(args))
	err = s.db.read(ctx, "reviews.list", func(q querier) error {
		list, err = collect(ctx, q, scanReview, query, args...)
		return err
	})
	return list, err
}

func (s reviews) Decide(ctx context.Context, id string, d guardrails.Decision) (r guardrails.Review, err error) {
	err = s.db.write(ctx, "reviews.decide", func(tx pgx.Tx) error {
		r, err = lockReview(ctx, tx, id)
		if err != nil || !r.Apply(d) {
			return err
		}
		if err := updateReview(ctx, tx, r); err != nil {
			return err
		}
		batch := &pgx.Batch{}
		queueAudit(batch, r.Record())
		return tx.SendBatch(ctx, batch).Close()
	})
	return r, err
}
