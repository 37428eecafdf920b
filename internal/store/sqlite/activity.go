package sqlite

import (
	"context"
	"encoding/json"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/event"
)

func hasTable(ctx context.Context, q querier, name string) (has bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?)`, name).Scan(&has)
	return has, err
}

func (s eventStore) Activity(ctx context.Context, since, until time.Time) (a event.Activity, err error) {
	from, to := micros(since), micros(until)
	err = s.db.read(ctx, "event.activity", func(q querier) error {
		a = event.Activity{Orders: map[string]int64{}}
		if err := q.QueryRowContext(ctx, `SELECT
			(SELECT count(*) FROM messages WHERE role = 'assistant' AND created_at >= ?1 AND created_at < ?2),
			(SELECT count(DISTINCT conversation_id) FROM messages WHERE created_at >= ?1 AND created_at < ?2),
			(SELECT count(*) FROM refusals WHERE refused_at >= ?1 AND refused_at < ?2),
			(SELECT count(*) FROM actions WHERE status = 'executing'),
			(SELECT count(*) FROM audit_log WHERE seq IS NULL)`, from, to).
			Scan(&a.Turns, &a.Conversations, &a.Refusals, &a.Executing, &a.Unsealed); err != nil {
			return err
		}
		if _, err := collect(ctx, q, func(r row) (n int64, err error) {
			var kind string
			err = r.Scan(&kind, &n)
			a.Orders[kind] = n
			return n, err
		}, `SELECT kind, count(*) FROM orders WHERE executed_at >= ? AND executed_at < ? GROUP BY kind`, from, to); err != nil {
			return err
		}
		has, err := hasTable(ctx, q, "handoffs")
		if err != nil || !has {
			return err
		}
		a.Handoffs = new(int64)
		return q.QueryRowContext(ctx, `SELECT count(*) FROM handoffs WHERE requested_at >= ? AND requested_at < ?`, from, to).Scan(a.Handoffs)
	})
	return a, err
}

func (s eventStore) Rows(ctx context.Context, table event.Optional, fn func(json.RawMessage) error) (known bool, err error) {
	err = s.db.read(ctx, "event.rows", func(q querier) error {
		if known, err = hasTable(ctx, q, string(table)); err != nil || !known {
			return err
		}
		var object string // json_object('a', "a", 'b', "b")
		if err := q.QueryRowContext(ctx, `SELECT 'json_object(' || group_concat(quote(name) || ', ' || format('"%w"', name), ', ') || ')' FROM pragma_table_info(?)`, string(table)).
			Scan(&object); err != nil {
			return err
		}
		_, err := collect(ctx, q, func(r row) (n struct{}, err error) {
			var text string
			if err := r.Scan(&text); err != nil {
				return n, err
			}
			return n, fn(json.RawMessage(text))
		}, `SELECT `+object+` FROM "`+string(table)+`"`) // one of a few constants
		return err
	})
	return known, err
}
