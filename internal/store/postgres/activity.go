package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/event"
)

func hasTable(ctx context.Context, q querier, name string) (has bool, err error) {
	err = q.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, name).Scan(&has)
	return has, err
}

func (s eventStore) Activity(ctx context.Context, since, until time.Time) (a event.Activity, err error) {
	err = s.db.read(ctx, "event.activity", func(q querier) error {
		a = event.Activity{Orders: map[string]int64{}}
		if err := unhurried(ctx, q); err != nil {
			return err
		}
		if err := q.QueryRow(ctx, `SELECT
			(SELECT count(*) FROM messages WHERE role = 'assistant' AND created_at >= $1 AND created_at < $2),
			(SELECT count(DISTINCT conversation_id) FROM messages WHERE created_at >= $1 AND created_at < $2),
			(SELECT count(*) FROM refusals WHERE refused_at >= $1 AND refused_at < $2),
			(SELECT count(*) FROM actions WHERE status = 'executing'),
			(SELECT count(*) FROM audit_log WHERE seq IS NULL)`, since, until).
			Scan(&a.Turns, &a.Conversations, &a.Refusals, &a.Executing, &a.Unsealed); err != nil {
			return err
		}
		if _, err := collect(ctx, q, func(row pgx.CollectableRow) (n int64, err error) {
			var kind string
			err = row.Scan(&kind, &n)
			a.Orders[kind] = n
			return n, err
		}, `SELECT kind, count(*) FROM orders WHERE executed_at >= $1 AND executed_at < $2 GROUP BY kind`, since, until); err != nil {
			return err
		}
		has, err := hasTable(ctx, q, "handoffs")
		if err != nil || !has {
			return err
		}
		a.Handoffs = new(int64)
		return q.QueryRow(ctx, `SELECT count(*) FROM handoffs WHERE requested_at >= $1 AND requested_at < $2`, since, until).Scan(a.Handoffs)
	})
	return a, err
}

func (s eventStore) Rows(ctx context.Context, table event.Optional, fn func(json.RawMessage) error) (known bool, err error) {
	err = s.db.read(ctx, "event.rows", func(q querier) error {
		if err := unhurried(ctx, q); err != nil {
			return err
		}
		if known, err = hasTable(ctx, q, string(table)); err != nil || !known {
			return err
		}
		rows, err := q.Query(ctx, `SELECT row_to_json(t)::text FROM `+pgx.Identifier{string(table)}.Sanitize()+` AS t`)
		if err != nil {
			return err
		}
		_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (n struct{}, err error) {
			var text string
			if err := row.Scan(&text); err != nil {
				return n, err
			}
			return n, fn(json.RawMessage(text))
		})
		return err
	})
	return known, err
}
