package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store/books"
)

type flags struct{ db *DB }

// Flags returns the store of the feature flags.
func (db *DB) Flags() feature.Store { return flags{db} }

const flagColumns = `SELECT c.id, c.name, c.is_on, c.reason, c.operator, c.at FROM flag_changes c`

func scanFlag(row pgx.CollectableRow) (c feature.Change, err error) {
	err = row.Scan(&c.ID, &c.Name, &c.On, &c.Reason, &c.Operator, &c.At)
	c.At = c.At.UTC()
	return c, err
}

func (s flags) Flags(ctx context.Context) (list []feature.Change, err error) {
	err = s.db.read(ctx, "flags.all", func(q querier) error {
		list, err = collect(ctx, q, scanFlag, flagColumns+` JOIN flags f ON f.change = c.seq ORDER BY c.name`)
		return err
	})
	return list, err
}

func (s flags) Changes(ctx context.Context, name feature.Name, limit int) (list []feature.Change, err error) {
	err = s.db.read(ctx, "flags.changes", func(q querier) error {
		list, err = collect(ctx, q, scanFlag, flagColumns+` WHERE c.name = $1 ORDER BY c.seq DESC LIMIT $2`, name, limit)
		return err
	})
	return list, err
}

// switchLock is the advisory lock between those who move money, who share it,
// and whoever changes a flag, who has it alone. The number means nothing and must
// only be used here.
const switchLock = 0x5357415544495402

func (s flags) SetFlag(ctx context.Context, c feature.Change) error {
	return s.db.write(ctx, "flags.set", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(switchLock)); err != nil {
			return err
		}
		batch := &pgx.Batch{}
		batch.Queue(`WITH change AS (INSERT INTO flag_changes (id, name, is_on, reason, operator, at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING seq)
			INSERT INTO flags (name, change) SELECT $2, seq FROM change ON CONFLICT (name) DO UPDATE SET change = excluded.change`,
			c.ID, c.Name, c.On, c.Reason, c.Operator, c.At)
		queueAudit(batch, audit.Record{At: c.At, Kind: "flag." + string(c.Name), Actor: c.Operator, Subject: c.ID, Digest: c.Digest()})
		return tx.SendBatch(ctx, batch).Close()
	})
}

// queueSwitches reads into into what operators have switched off. In a
// transaction that writes they stay so until its end: the lock keeps those who
// would change a flag waiting.
func queueSwitches(batch *pgx.Batch, into *bank.Switches) {
	batch.Queue(`SELECT pg_advisory_xact_lock_shared($1)`, int64(switchLock))
	queueReadSwitches(batch, into)
}

func queueReadSwitches(batch *pgx.Batch, into *bank.Switches) {
	batch.Queue(flagColumns + ` JOIN flags f ON f.change = c.seq`).Query(func(rows pgx.Rows) error {
		list, err := pgx.CollectRows(rows, scanFlag)
		*into = books.Switches(list)
		return err
	})
}

func (s bankStore) Switches(ctx context.Context) (found bank.Switches, err error) {
	err = s.db.read(ctx, "bank.switches", func(q querier) error {
		batch := &pgx.Batch{}
		queueReadSwitches(batch, &found)
		return q.SendBatch(ctx, batch).Close()
	})
	return found, err
}
