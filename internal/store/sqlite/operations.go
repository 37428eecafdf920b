package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/event"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/incident"
)

type eventStore struct{ db *DB }

// Events returns the store of what was done to the system.
func (db *DB) Events() event.Store { return eventStore{db} }

func (s eventStore) Append(ctx context.Context, e event.Event) error {
	return s.db.write(ctx, "event.append", func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO events (at, kind, service, version, config, instance, ok, took, summary) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			micros(e.At), e.Kind, e.Service, e.Version, e.Config, e.Instance, e.OK, e.Took.Microseconds(), e.Summary)
		return err
	})
}

const eventColumns = `at, kind, service, version, config, instance, ok, took, summary`

func scanEvent(r row) (e event.Event, err error) {
	var at, took int64
	err = r.Scan(&at, &e.Kind, &e.Service, &e.Version, &e.Config, &e.Instance, &e.OK, &took, &e.Summary)
	e.At, e.Took = fromMicros(at), time.Duration(took)*time.Microsecond
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
	since, until := int64(0), int64(math.MaxInt64)
	if !f.Since.IsZero() {
		since = micros(f.Since)
	}
	if !f.Until.IsZero() {
		until = micros(f.Until)
	}
	kinds, err := kindList(f.Kinds)
	if err != nil {
		return nil, err
	}
	return s.list(ctx, "event.list", `SELECT `+eventColumns+` FROM events WHERE at >= ? AND at < ? AND (? = '[]' OR kind IN (SELECT value FROM json_each(?)))
		ORDER BY at DESC, id DESC LIMIT ?`, since, until, kinds, kinds, f.Limit)
}

func kindList(kinds []event.Kind) (string, error) {
	text, err := json.Marshal(append([]event.Kind{}, kinds...))
	return string(text), err
}

func (s eventStore) Last(ctx context.Context, kind event.Kind, onlyGood bool) (*event.Event, error) {
	return newest(s.list(ctx, "event.last", `SELECT `+eventColumns+` FROM events WHERE kind = ? AND (ok OR NOT ?) ORDER BY at DESC, id DESC LIMIT 1`, kind, onlyGood))
}

func (s eventStore) LastStart(ctx context.Context, service string) (*event.Event, error) {
	kinds, err := kindList(event.Starts)
	if err != nil {
		return nil, err
	}
	return newest(s.list(ctx, "event.last_start", `SELECT `+eventColumns+` FROM events WHERE service = ? AND kind IN (SELECT value FROM json_each(?))
		ORDER BY at DESC, id DESC LIMIT 1`, service, kinds))
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

func scanIncident(r row) (i incident.Incident, err error) {
	var content []byte
	if err := r.Scan(&content); err != nil {
		return i, err
	}
	if err := json.Unmarshal(content, &i); err != nil {
		return i, fmt.Errorf("decode incident: %w", err)
	}
	return i, nil
}

func (s incidentStore) Update(ctx context.Context, groupKey string, fn func(*incident.Incident) (*incident.Incident, error)) error {
	return s.db.write(ctx, "incident.update", func(tx *transaction) error {
		before, err := first(ctx, tx, scanIncident, `SELECT content FROM incidents WHERE group_key = ? ORDER BY started_at DESC, id DESC LIMIT 1`, groupKey)
		if err != nil {
			return err
		}
		after, err := fn(before)
		if err != nil || after == nil {
			return err
		}
		content, err := json.Marshal(after)
		if err != nil {
			return fmt.Errorf("encode incident: %w", err)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO incidents (id, group_key, status, started_at, content) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET status = excluded.status, started_at = excluded.started_at, content = excluded.content`,
			after.ID, after.GroupKey, after.Status, micros(after.StartedAt), content)
		return err
	})
}

func (s incidentStore) List(ctx context.Context, onlyOpen bool, limit int) (list []incident.Incident, err error) {
	err = s.db.read(ctx, "incident.list", func(q querier) error {
		list, err = collect(ctx, q, scanIncident, `SELECT content FROM incidents WHERE status = 'open' OR NOT ? ORDER BY started_at DESC, id LIMIT ?`, onlyOpen, limit)
		return err
	})
	return list, err
}

func (s incidentStore) Get(ctx context.Context, id string) (i incident.Incident, err error) {
	err = s.db.read(ctx, "incident.get", func(q querier) error {
		found, err := first(ctx, q, scanIncident, `SELECT content FROM incidents WHERE id = ?`, id)
		if err == nil && found == nil {
			err = incident.ErrNotFound
		}
		if err == nil {
			i = *found
		}
		return err
	})
	return i, err
}
