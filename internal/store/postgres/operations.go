package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/event"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/incident"
)

type eventStore struct{ db *DB }

// Events returns the store of what was done to the system.
func (db *DB) Events() event.Store { return eventStore{db} }

func (s eventStore) Append(ctx context.Context, e event.Event) error {
	return s.db.write(ctx, "event.append", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO events (at, kind, service, version, config, instance, ok, took, summary) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			e.At, e.Kind, e.Service, e.Version, e.Config, e.Instance, e.OK, e.Took.Microseconds(), e.Summary)
		return err
	})
}

const eventColumns = `at, kind, service, version, config, instance, ok, took, summary`

func scanEvent(row pgx.CollectableRow) (e event.Event, err error) {
	var took int64
	err = row.Scan(&e.At, &e.Kind, &e.Service, &e.Version, &e.Config, &e.Instance, &e.OK, &took, &e.Summary)
	e.At, e.Took = e.At.UTC(), time.Duration(took)*time.Microsecond
	return e, err
}

func (s eventStore) list(ctx context.Context, label, query string, args ...any) (list []event.Event, err error) {
	err = s.db.read(ctx, label, func(q querier) error {
		list, err = collect(ctx, q, scanEvent, query, args...)
		return err
	})
	return list, err
}

func (s eventStore) List(ctx context.Context, f event.Filter) ([]event.Event, error) {
	f = f.Bounded()
	since, until := f.Since, f.Until
	if until.IsZero() {
		until = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return s.list(ctx, "event.list", `SELECT `+eventColumns+` FROM events WHERE at >= $1 AND at < $2 AND (cardinality($3::text[]) = 0 OR kind = ANY($3))
		ORDER BY at DESC, id DESC LIMIT $4`, since, until, append([]event.Kind{}, f.Kinds...), f.Limit)
}

func (s eventStore) Last(ctx context.Context, kind event.Kind, onlyGood bool) (*event.Event, error) {
	return newest(s.list(ctx, "event.last", `SELECT `+eventColumns+` FROM events WHERE kind = $1 AND (ok OR NOT $2) ORDER BY at DESC, id DESC LIMIT 1`, kind, onlyGood))
}

func (s eventStore) LastStart(ctx context.Context, service string) (*event.Event, error) {
	return newest(s.list(ctx, "event.last_start", `SELECT `+eventColumns+` FROM events WHERE service = $1 AND kind = ANY($2) ORDER BY at DESC, id DESC LIMIT 1`, service, event.Starts))
}

// newest is the first of a list, or nil.
func newest(list []event.Event, err error) (*event.Event, error) {
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

type incidentStore struct{ db *DB }

// Incidents returns the store of incidents.
func (db *DB) Incidents() incident.Store { return incidentStore{db} }

func scanIncident(row pgx.CollectableRow) (i incident.Incident, err error) {
	var content []byte
	if err := row.Scan(&content); err != nil {
		return i, err
	}
	if err := json.Unmarshal(content, &i); err != nil {
		return i, fmt.Errorf("decode incident: %w", err)
	}
	return i, nil
}

func (s incidentStore) Update(ctx context.Context, groupKey string, fn func(*incident.Incident) (*incident.Incident, error)) error {
	return s.db.write(ctx, "incident.update", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, "incident\x1f"+groupKey); err != nil {
			return err
		}
		found, err := collect(ctx, tx, scanIncident, `SELECT content FROM incidents WHERE group_key = $1 ORDER BY started_at DESC, id DESC LIMIT 1`, groupKey)
		if err != nil {
			return err
		}
		var before *incident.Incident
		if len(found) > 0 {
			before = &found[0]
		}
		after, err := fn(before)
		if err != nil || after == nil {
			return err
		}
		content, err := json.Marshal(after)
		if err != nil {
			return fmt.Errorf("encode incident: %w", err)
		}
		_, err = tx.Exec(ctx, `INSERT INTO incidents (id, group_key, status, started_at, content) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (id) DO UPDATE SET status = excluded.status, started_at = excluded.started_at, content = excluded.content`,
			after.ID, after.GroupKey, after.Status, after.StartedAt, content)
		return err
	})
}

func (s incidentStore) List(ctx context.Context, onlyOpen bool, limit int) (list []incident.Incident, err error) {
	err = s.db.read(ctx, "incident.list", func(q querier) error {
		list, err = collect(ctx, q, scanIncident, `SELECT content FROM incidents WHERE status = 'open' OR NOT $1 ORDER BY started_at DESC, id LIMIT $2`, onlyOpen, limit)
		return err
	})
	return list, err
}

func (s incidentStore) Get(ctx context.Context, id string) (i incident.Incident, err error) {
	err = s.db.read(ctx, "incident.get", func(q querier) error {
		list, err := collect(ctx, q, scanIncident, `SELECT content FROM incidents WHERE id = $1`, id)
		if err == nil && len(list) == 0 {
			err = incident.ErrNotFound
		}
		if err == nil {
			i = list[0]
		}
		return err
	})
	return i, err
}
