package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

type knowledge struct{ db *DB }

// Knowledge returns the store of the knowledge base.
func (db *DB) Knowledge() rag.Store { return knowledge{db} }

func (s knowledge) Put(ctx context.Context, d rag.StoredDocument) (changed bool, err error) {
	err = s.db.write(ctx, "knowledge.put", func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO documents (id, title, category, url, content, source, hash, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET title = excluded.title, category = excluded.category,
			url = excluded.url, content = excluded.content, source = excluded.source, hash = excluded.hash, updated_at = excluded.updated_at
			WHERE documents.hash <> excluded.hash`, d.ID, d.Title, d.Category, d.URL, d.Content, d.Source, d.Hash, d.UpdatedAt)
		if changed = err == nil && tag.RowsAffected() == 1; !changed {
			return err
		}
		return raiseRevision(ctx, tx)
	})
	return changed, err
}

// raiseRevision takes the row's lock until the commit, so that revisions become
// visible in their order: a reader never misses a change behind a higher one.
func raiseRevision(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE knowledge_revision SET revision = revision + 1`)
	return err
}

func (s knowledge) Delete(ctx context.Context, id string) error {
	return s.db.write(ctx, "knowledge.delete", func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `DELETE FROM documents WHERE id = $1`, id)
		switch {
		case err != nil:
			return err
		case tag.RowsAffected() == 0:
			return fault.New(fault.NotFound, "no such document")
		}
		return raiseRevision(ctx, tx)
	})
}

const (
	documentColumns = `SELECT id, title, category, url, content, source, hash, updated_at FROM documents`
	summaryColumns  = `SELECT id, title, category, url, '', source, hash, updated_at FROM documents`
)

func scanDocument(row pgx.CollectableRow) (d rag.StoredDocument, err error) {
	err = row.Scan(&d.ID, &d.Title, &d.Category, &d.URL, &d.Content, &d.Source, &d.Hash, &d.UpdatedAt)
	d.UpdatedAt = d.UpdatedAt.UTC()
	return d, err
}

func (s knowledge) Document(ctx context.Context, id string) (d rag.StoredDocument, err error) {
	err = s.db.read(ctx, "knowledge.document", func(q querier) error {
		rows, err := q.Query(ctx, documentColumns+` WHERE id = $1`, id)
		if err != nil {
			return err
		}
		d, err = pgx.CollectExactlyOneRow(rows, scanDocument)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
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
		rows, err := q.Query(ctx, columns+` WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanDocument)
		return err
	})
	return list, err
}

func (s knowledge) Revision(ctx context.Context) (revision int64, err error) {
	err = s.db.read(ctx, "knowledge.revision", func(q querier) error {
		return q.QueryRow(ctx, `SELECT revision FROM knowledge_revision`).Scan(&revision)
	})
	return revision, err
}
