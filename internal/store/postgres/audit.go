package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
)

type auditStore struct{ db *DB }

// Audit returns the store of the audit log.
func (db *DB) Audit() audit.Log { return auditStore{db} }

// queueAudit adds a record to the transaction of the change that it is about.
func queueAudit(batch *pgx.Batch, r audit.Record) {
	batch.Queue(`INSERT INTO audit_log (at, kind, actor, subject, digest) VALUES ($1, $2, $3, $4, $5)`, r.At, r.Kind, r.Actor, r.Subject, r.Digest)
}

func (s auditStore) Append(ctx context.Context, r audit.Record) error {
	return s.db.write(ctx, "audit.append", func(tx pgx.Tx) error {
		batch := &pgx.Batch{}
		queueAudit(batch, r)
		return tx.SendBatch(ctx, batch).Close()
	})
}

const auditColumns = `id, at, kind, actor, subject, digest, coalesce(seq, 0), link`

func scanRecord(row pgx.CollectableRow) (r audit.Record, err error) {
	err = row.Scan(&r.ID, &r.At, &r.Kind, &r.Actor, &r.Subject, &r.Digest, &r.Seq, &r.Link)
	r.At = r.At.UTC()
	return r, err
}

// sealLock is the advisory lock of whoever extends the chain. The number means
// nothing and must only be used here.
const sealLock = 0x5357415544495401

func (s auditStore) Seal(ctx context.Context, limit int, seal func(last audit.Record, batch []audit.Record)) (n int, err error) {
	var open bool // a look without the lock: mostly there is nothing to do
	if err := s.db.read(ctx, "audit.unsealed", func(q querier) error {
		return q.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM audit_log WHERE seq IS NULL)`).Scan(&open)
	}); err != nil || !open {
		return 0, err
	}
	err = s.db.write(ctx, "audit.seal", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(sealLock)); err != nil {
			return err
		}
		batch, err := collect(ctx, tx, scanRecord, `SELECT `+auditColumns+` FROM audit_log WHERE seq IS NULL ORDER BY id LIMIT $1`, limit)
		if err != nil {
			return err
		}
		sealed, err := collect(ctx, tx, scanRecord, `SELECT `+auditColumns+` FROM audit_log WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1`)
		if err != nil {
			return err
		}
		seal(append(sealed, audit.Record{})[0], batch)
		updates := &pgx.Batch{}
		for _, r := range batch {
			updates.Queue(`UPDATE audit_log SET seq = $2, link = $3 WHERE id = $1`, r.ID, r.Seq, r.Link)
		}
		n = len(batch)
		return tx.SendBatch(ctx, updates).Close()
	})
	return n, err
}

func (s auditStore) Newest(ctx context.Context, before int64, limit int) (records []audit.Record, err error) {
	err = s.db.read(ctx, "audit.newest", func(q querier) error {
		records, err = collect(ctx, q, scanRecord, `SELECT `+auditColumns+` FROM audit_log WHERE $1 = 0 OR id < $1 ORDER BY id DESC LIMIT $2`, before, limit)
		return err
	})
	return records, err
}

func (s auditStore) Each(ctx context.Context, fn func(audit.Record) error) error {
	return s.db.read(ctx, "audit.each", func(q querier) error {
		if err := unhurried(ctx, q); err != nil {
			return err
		}
		rows, err := q.Query(ctx, `SELECT `+auditColumns+` FROM audit_log ORDER BY seq NULLS LAST, id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			r, err := scanRecord(rows)
			if err != nil {
				return err
			}
			if err := fn(r); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}
