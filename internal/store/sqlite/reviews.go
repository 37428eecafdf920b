package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
)

type reviews struct{ db *DB }

// Reviews returns the store of the guardrails' reviews.
func (db *DB) Reviews() guardrails.ReviewStore { return reviews{db} }

const reviewColumns = `id, direction, text, categories, score, policy_version, status, approved, note, reviewer, count, first_seen, last_seen, decided_at`

func scanReview(row row) (r guardrails.Review, err error) {
	var categories, approved string
	var first, last int64
	var decided sql.NullInt64
	err = row.Scan(&r.ID, &r.Direction, &r.Text, &categories, &r.Score, &r.PolicyVersion, &r.Status, &approved,
		&r.Note, &r.Reviewer, &r.Count, &first, &last, &decided)
	if errors.Is(err, sql.ErrNoRows) {
		return r, fault.New(fault.NotFound, "no such review")
	}
	r.Categories, r.Approved = strings.Split(categories, ","), split(approved)
	r.FirstSeen, r.LastSeen = fromMicros(first), fromMicros(last)
	if decided.Valid {
		r.DecidedAt = fromMicros(decided.Int64)
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

func (s reviews) Report(ctx context.Context, r guardrails.Review, keep int) error {
	return s.db.write(ctx, "reviews.report", func(tx *transaction) error {
		known, err := scanReview(tx.QueryRowContext(ctx, `SELECT `+reviewColumns+` FROM reviews WHERE id = ?`, r.ID))
		switch {
		case err == nil:
			known.Again(r)
			r = known
		case !fault.Is(err, fault.NotFound):
			return err
		}
		if err := putReview(ctx, tx, r); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM reviews WHERE id IN (
			SELECT id FROM reviews WHERE status = 'pending' ORDER BY last_seen DESC, id DESC LIMIT -1 OFFSET ?)`, keep)
		return err
	})
}

func putReview(ctx context.Context, tx *transaction, r guardrails.Review) error {
	var decided any
	if !r.DecidedAt.IsZero() {
		decided = micros(r.DecidedAt)
	}
	_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO reviews (`+reviewColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.Direction, r.Text, strings.Join(r.Categories, ","), r.Score, r.PolicyVersion, r.Status, strings.Join(r.Approved, ","),
		r.Note, r.Reviewer, r.Count, micros(r.FirstSeen), micros(r.LastSeen), decided)
	return err
}

func (s reviews) Approved(ctx context.Context, id string) (categories []string, err error) {
	err = s.db.read(ctx, "reviews.approved", func(q querier) error {
		var list string
		err := q.QueryRowContext(ctx, `SELECT approved FROM reviews WHERE id = ?`, id).Scan(&list)
		categories = split(list)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return categories, err
}

func (s reviews) Review(ctx context.Context, id string) (r guardrails.Review, err error) {
	err = s.db.read(ctx, "reviews.one", func(q querier) error {
		r, err = scanReview(q.QueryRowContext(ctx, `SELECT `+reviewColumns+` FROM reviews WHERE id = ?`, id))
		return err
	})
	return r, err
}

func (s reviews) Reviews(ctx context.Context, f guardrails.ReviewFilter) (list []guardrails.Review, err error) {
	query, args := `SELECT `+reviewColumns+` FROM reviews WHERE true`, []any{}
	if f.Status != "" {
		query, args = query+` AND status = ?`, append(args, f.Status)
	}
	if !f.Before.IsZero() {
		query, args = query+` AND (last_seen, id) < (?, ?)`, append(args, micros(f.Before), f.BeforeID)
	}
	query, args = query+` ORDER BY last_seen DESC, id DESC LIMIT ?`, append(args, f.Limit)
	err = s.db.read(ctx, "reviews.list", func(q querier) error {
		list, err = collect(ctx, q, scanReview, query, args...)
		return err
	})
	return list, err
}

func (s reviews) Decide(ctx context.Context, id string, d guardrails.Decision) (r guardrails.Review, err error) {
	err = s.db.write(ctx, "reviews.decide", func(tx *transaction) error {
		r, err = scanReview(tx.QueryRowContext(ctx, `SELECT `+reviewColumns+` FROM reviews WHERE id = ?`, id))
		if err != nil || !r.Apply(d) {
			return err
		}
		if err := putReview(ctx, tx, r); err != nil {
			return err
		}
		return appendAudit(ctx, tx, r.Record())
	})
	return r, err
}
