package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

type knowledge struct{ db *DB }

// Knowledge returns the store of the knowledge base.
func (db *DB) Knowledge() rag.Store { return knowledge{db} }

func (s knowledge) Put(ctx context.Context, d rag.StoredDocument) (changed bool, err error) {
	err = s.db.write(ctx, "knowledge.put", func(tx *transaction) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO documents (id, title, category, url, content, source, hash, updated_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET title = excluded.title, category = excluded.category,
			url = excluded.url, content = excluded.content, source = excluded.source, hash = excluded.hash, updated_at = excluded.updated_at
			WHERE documents.hash <> excluded.hash`, d.ID, d.Title, d.Category, d.URL, d.Content, d.Source, d.Hash, micros(d.UpdatedAt))
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		changed = true
		return raiseRevision(ctx, tx)
	})
	return changed, err
}

func raiseRevision(ctx context.Context, tx *transaction) error {
	_, err := tx.ExecContext(ctx, `UPDATE knowledge_revision SET revision = revision + 1`)
	return err
}

func (s knowledge) Delete(ctx context.Context, id string) error {
	return s.db.write(ctx, "knowledge.delete", func(tx *transaction) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM documents WHERE id = ?`, id)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		switch {
		case err != nil:
			return err
		case n == 0:
			return fault.New(fault.NotFound, "no such document")
		}
		return raiseRevision(ctx, tx)
	})
}

const (
	documentColumns = `SELECT id, title, category, url, content, source, hash, updated_at FROM documents`
	summaryColumns  = `SELECT id, title, category, url, '', source, hash, updated_at FROM documents`
)

func scanDocument(scan func(...any) error) (d rag.StoredDocument, err error) {
	var updated int64
	err = scan(&d.ID, &d.Title, &d.Category, &d.URL, &d.Content, &d.Source, &d.Hash, &updated)
	d.UpdatedAt = fromMicros(updated)
	return d, err
}

func (s knowledge) Document(ctx context.Context, id string) (d rag.StoredDocument, err error) {
	err = s.db.read(ctx, "knowledge.document", func(q querier) error {
		d, err = scanDocument(q.QueryRowContext(ctx, documentColumns+` WHERE id = ?`, id).Scan)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "no such document")
	}
	return d, err
}

func (s knowledge) Documents(ctx context.Context, after string, limit int) ([]rag.StoredDocument, error) {
	return s.page(ctx, "knowledge.documents", documentColumns, after, limit)
}

func (s knowledge) Summaries(ctx context.Context, after string, limit int) ([]rag.StoredDocument, error) {
	return s.page(ctx, "knowledge.summaries", summaryColumns, after, limit)
}

func (s knowledge) page(ctx context.Context, label, columns, after string, limit int) (list []rag.StoredDocument, err error) {
	err = s.db.read(ctx, label, func(q querier) error {
		rows, err := q.QueryContext(ctx, columns+` WHERE id > ? ORDER BY id LIMIT ?`, after, limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			d, err := scanDocument(rows.Scan)
			if err != nil {
				return err
			}
			list = append(list, d)
		}
		return rows.Err()
	})
	return list, err
}

func (s knowledge) Revision(ctx context.Context) (revision int64, err error) {
	err = s.db.read(ctx, "knowledge.revision", func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT revision FROM knowledge_revision`).Scan(&revision)
	})
	return revision, err
}
