package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
)

type auditStore struct{ db *DB }

// Audit returns the store of the audit log.
func (db *DB) Audit() audit.Log { return auditStore{db} }

// appendAudit adds records, in order, in the transaction of the change that they
// are about.
func appendAudit(ctx context.Context, tx *transaction, records ...audit.Record) error {
	if len(records) == 0 {
		return nil
	}
	arguments := make([]any, 0, 5*len(records))
	for _, r := range records {
		arguments = append(arguments, micros(r.At), r.Kind, r.Actor, r.Subject, r.Digest)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO audit_log (at, kind, actor, subject, digest) VALUES (?, ?, ?, ?, ?)`+
		strings.Repeat(`, (?, ?, ?, ?, ?)`, len(records)-1), arguments...)
	return err
}

func (s auditStore) Append(ctx context.Context, r audit.Record) error {
	return s.db.write(ctx, "audit.append", func(tx *transaction) error { return appendAudit(ctx, tx, r) })
}

const auditColumns = `id, at, kind, actor, subject, digest, coalesce(seq, 0), link`

func scanRecord(row row) (r audit.Record, err error) {
	var at int64
	err = row.Scan(&r.ID, &at, &r.Kind, &r.Actor, &r.Subject, &r.Digest, &r.Seq, &r.Link)
	r.At = fromMicros(at)
	return r, err
}

func (s auditStore) Seal(ctx context.Context, limit int, seal func(last audit.Record, batch []audit.Record)) (n int, err error) {
	var open bool // a look without the write lock: mostly there is nothing to do
	if err := s.db.read(ctx, "audit.unsealed", func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM audit_log WHERE seq IS NULL)`).Scan(&open)
	}); err != nil || !open {
		return 0, err
	}
	err = s.db.write(ctx, "audit.seal", func(tx *transaction) error {
		batch, err := collect(ctx, tx, scanRecord, `SELECT `+auditColumns+` FROM audit_log WHERE seq IS NULL ORDER BY id LIMIT ?`, limit)
		if err != nil {
			return err
		}
		last, err := scanRecord(tx.QueryRowContext(ctx, `SELECT `+auditColumns+` FROM audit_log WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1`))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		seal(last, batch)
		for _, r := range batch {
			if _, err := tx.ExecContext(ctx, `UPDATE audit_log SET seq = ?, link = ? WHERE id = ?`, r.Seq, r.Link, r.ID); err != nil {
				return err
			}
		}
		n = len(batch)
		return nil
	})
	return n, err
}

func (s auditStore) Newest(ctx context.Context, before int64, limit int) (records []audit.Record, err error) {
	err = s.db.read(ctx, "audit.newest", func(q querier) error {
		records, err = collect(ctx, q, scanRecord, `SELECT `+auditColumns+` FROM audit_log WHERE ?1 = 0 OR id < ?1 ORDER BY id DESC LIMIT ?2`, before, limit)
		return err
	})
	return records, err
}

func (s auditStore) Each(ctx context.Context, fn func(audit.Record) error) error {
	return s.db.read(ctx, "audit.each", func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT `+auditColumns+` FROM audit_log ORDER BY seq IS NULL, seq, id`)
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
