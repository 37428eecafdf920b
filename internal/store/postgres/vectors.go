package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

type vectors struct{ db *DB }

// Vectors returns the store of the passages' vectors. It indexes them where the
// server has pgvector 0.8 or later.
func (db *DB) Vectors() rag.VectorStore { return vectors{db} }

// indexName is a set's own index: one index serves vectors of one dimension only.
func indexName(set int64) string { return fmt.Sprintf("passage_vectors_hnsw_%d", set) }

func (s vectors) VectorSets(ctx context.Context) (list []rag.VectorSet, err error) {
	err = s.db.read(ctx, "vectors.sets", func(q querier) error {
		rows, err := q.Query(ctx, `SELECT id, model, dimension, version, complete,
			to_regclass('passage_vectors_hnsw_' || id) IS NOT NULL, used_at FROM vector_sets ORDER BY id`)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (v rag.VectorSet, err error) {
			err = row.Scan(&v.ID, &v.Model, &v.Dimension, &v.Version, &v.Complete, &v.Indexed, &v.UsedAt)
			v.UsedAt = v.UsedAt.UTC()
			return v, err
		})
		return err
	})
	return list, err
}

func (s vectors) PutVectors(ctx context.Context, model string, dimension int, list []rag.Vector, at time.Time) error {
	return s.db.write(ctx, "vectors.put", func(tx pgx.Tx) error {
		var set int64
		// The row's lock, kept until the commit, makes versions visible in their order.
		if err := tx.QueryRow(ctx, `INSERT INTO vector_sets (model, dimension, used_at, version) VALUES ($1, $2, $3, 1)
			ON CONFLICT (model, dimension) DO UPDATE SET version = vector_sets.version + 1 RETURNING id`, model, dimension, at).Scan(&set); err != nil {
			return err
		}
		var b pgx.Batch
		for _, v := range list {
			if len(v.Values) != dimension {
				return fmt.Errorf("a vector of dimension %d in a set of %d", len(v.Values), dimension)
			}
			b.Queue(`INSERT INTO passage_vectors (set_id, key, category, stored_at, vector) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT DO NOTHING`, set, v.Key, v.Category, at, v.Values)
		}
		return tx.SendBatch(ctx, &b).Close()
	})
}

func (s vectors) VectorKeys(ctx context.Context, set int64) (keys map[string]time.Time, err error) {
	err = s.db.read(ctx, "vectors.keys", func(q querier) error {
		keys = map[string]time.Time{}
		rows, err := q.Query(ctx, `SELECT key, stored_at FROM passage_vectors WHERE set_id = $1`, set)
		if err != nil {
			return err
		}
		var key string
		var at time.Time
		_, err = pgx.ForEachRow(rows, []any{&key, &at}, func() error {
			keys[key] = at.UTC()
			return nil
		})
		return err
	})
	return keys, err
}

func (s vectors) Vectors(ctx context.Context, set int64, keys []string) (list []rag.Vector, err error) {
	err = s.db.read(ctx, "vectors.get", func(q querier) error {
		rows, err := q.Query(ctx, `SELECT key, category, vector FROM passage_vectors WHERE set_id = $1 AND key = ANY($2)`, set, keys)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (v rag.Vector, err error) {
			return v, row.Scan(&v.Key, &v.Category, &v.Values)
		})
		return err
	})
	return list, err
}

func (s vectors) DeleteVectors(ctx context.Context, set int64, keys []string) error {
	return s.exec(ctx, "vectors.delete", `DELETE FROM passage_vectors WHERE set_id = $1 AND key = ANY($2)`, set, keys)
}

func (s vectors) CompleteSet(ctx context.Context, set int64) error {
	return s.exec(ctx, "vectors.complete", `UPDATE vector_sets SET complete = true WHERE id = $1`, set)
}

func (s vectors) UseSet(ctx context.Context, set int64, at time.Time) error {
	return s.exec(ctx, "vectors.use", `UPDATE vector_sets SET used_at = greatest(used_at, $1) WHERE id = $2`, at, set)
}

func (s vectors) exec(ctx context.Context, label, statement string, args ...any) error {
	return s.db.write(ctx, label, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, statement, args...)
		return err
	})
}

func (s vectors) DeleteSet(ctx context.Context, set int64) error {
	return s.db.write(ctx, "vectors.drop", func(tx pgx.Tx) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM vector_sets WHERE id = $1`, set); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DROP INDEX IF EXISTS `+indexName(set))
		return err
	})
}

// patient lets a statement of the transaction take as long as it takes. For its
// lock it doesn't wait long, because others would wait behind it.
func patient(ctx context.Context, tx pgx.Tx) error {
	if err := unhurried(ctx, tx); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `SELECT set_config('lock_timeout', '5s', true)`)
	return err
}

func (s vectors) Lease(ctx context.Context, model, holder string, now, until time.Time) (held bool, err error) {
	err = s.db.write(ctx, "vectors.lease", func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO embedding_leases (model, holder, until) VALUES ($1, $2, $3)
			ON CONFLICT (model) DO UPDATE SET holder = excluded.holder, until = excluded.until
			WHERE embedding_leases.holder = excluded.holder OR embedding_leases.until < $4`, model, holder, until, now)
		held = tag.RowsAffected() == 1
		return err
	})
	return held, err
}

func (s vectors) EndLease(ctx context.Context, model, holder string) error {
	return s.exec(ctx, "vectors.endlease", `DELETE FROM embedding_leases WHERE model = $1 AND holder = $2`, model, holder)
}

// maxIndexed is the highest dimension that pgvector indexes, at half precision.
const maxIndexed = 4000

// half is the expression that a set's index is over. Half precision halves the
// index; what it finds is compared at full precision all the same.
func half(of string, dimension int) string { return fmt.Sprintf("(%s::halfvec(%d))", of, dimension) }

// IndexSet builds the index with more links than pgvector's defaults, which left
// passages that stand apart from all others unfound in one of five searches. It
// does so in one transaction: whoever is killed leaves nothing
// behind. Meanwhile searches go on and new vectors wait.
func (s vectors) IndexSet(ctx context.Context, set rag.VectorSet) error {
	if set.Dimension > maxIndexed {
		return fmt.Errorf("dimension %d, at most %d: %w", set.Dimension, maxIndexed, rag.ErrNoVectorIndex)
	}
	if err := s.extension(ctx); err != nil {
		return err
	}
	return s.db.write(ctx, "vectors.index", func(tx pgx.Tx) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		if err := buildInMemory(ctx, tx, set); err != nil {
			return err
		}
		// Identifiers and types can't be parameters; all of these are our own numbers.
		_, err := tx.Exec(ctx, fmt.Sprintf(`CREATE INDEX IF NOT EXISTS %s ON passage_vectors USING hnsw (%s halfvec_ip_ops)
			WITH (m = 24, ef_construction = 200) WHERE set_id = %d`,
			indexName(set.ID), half("vector", set.Dimension), set.ID))
		return err
	})
}

// buildInMemory lets the graph be built in memory, up to a gigabyte, which is many
// times faster. One process builds it: several would share memory that containers
// hardly have.
func buildInMemory(ctx context.Context, tx pgx.Tx, set rag.VectorSet) error {
	_, err := tx.Exec(ctx, `SELECT set_config('max_parallel_maintenance_workers', '0', true),
		set_config('maintenance_work_mem', least(1048576, greatest(65536, (SELECT count(*) * $2 / 1024 FROM passage_vectors WHERE set_id = $1)))::text || 'kB', true)`,
		set.ID, 3*set.Dimension+2000)
	return err
}

// extension makes sure of pgvector 0.8, from which on a filtered search goes on
// until it has enough.
func (s vectors) extension(ctx context.Context) error {
	err := s.exec(ctx, "vectors.extension", `CREATE EXTENSION IF NOT EXISTS vector`)
	var e *pgconn.PgError
	switch {
	case err == nil:
	case !errors.As(err, &e):
		return err
	case e.Code == "0A000", e.Code == "58P01", e.Code == "42501": // not there, or not ours to install
		return fmt.Errorf("extension vector: %w: %w", rag.ErrNoVectorIndex, err)
	case e.Code != "23505": // that would be a replica which was faster
		return err
	}
	var recent bool
	err = s.db.read(ctx, "vectors.extension", func(q querier) error {
		return q.QueryRow(ctx, `SELECT coalesce(bool_or(string_to_array(extversion, '.')::int[] >= '{0,8}'), false)
			FROM pg_extension WHERE extname = 'vector'`).Scan(&recent)
	})
	if err == nil && !recent {
		return fmt.Errorf("extension vector is older than 0.8: %w", rag.ErrNoVectorIndex)
	}
	return err
}

// Nearest asks the index for the nearest, and compares those and the passages of
// the keys at full precision.
func (s vectors) Nearest(ctx context.Context, set rag.VectorSet, to []float32, category string, n int, keys []string) (list []rag.Near, err error) {
	if len(to) != set.Dimension {
		return nil, fmt.Errorf("a vector of dimension %d in a set of %d", len(to), set.Dimension)
	}
	filter, args := "", []any{to, keys, n}
	if category != "" {
		filter, args = "AND category = $4", append(args, category)
	}
	cosine := fmt.Sprintf("-(vector::vector(%[1]d) <#> $1::real[]::vector(%[1]d))", set.Dimension)
	// The set's number stands in the text, because its index is chosen by it.
	statement := fmt.Sprintf(`WITH near AS MATERIALIZED (SELECT key, vector FROM passage_vectors WHERE set_id = %[1]d %[2]s
			ORDER BY %[3]s <#> %[4]s LIMIT $3)
		SELECT key, %[5]s FROM near
		UNION SELECT key, %[5]s FROM passage_vectors WHERE set_id = %[1]d AND key = ANY($2)`,
		set.ID, filter, half("vector", set.Dimension), half("$1::real[]", set.Dimension), cosine)
	err = s.db.read(ctx, "vectors.nearest", func(q querier) error {
		var b pgx.Batch
		// Without sorts the index is the only way, whatever the planner knows of the
		// table: right after many vectors are stored that is nothing.
		b.Queue(`SELECT set_config('hnsw.ef_search', least(greatest($1, 40), 1000)::text, true),
			set_config('hnsw.iterative_scan', 'strict_order', true), set_config('enable_sort', 'off', true)`, n)
		b.Queue(statement, args...)
		results := q.SendBatch(ctx, &b)
		defer results.Close()
		if _, err := results.Exec(); err != nil {
			return err
		}
		rows, err := results.Query()
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[rag.Near])
		return err
	})
	return list, err
}
