package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

type vectors struct{ db *DB }

// Vectors returns the store of the passages' vectors. It has no index of them.
func (db *DB) Vectors() rag.VectorStore { return vectors{db} }

func (s vectors) VectorSets(ctx context.Context) (list []rag.VectorSet, err error) {
	err = s.db.read(ctx, "vectors.sets", func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT id, model, dimension, version, complete, used_at FROM vector_sets ORDER BY id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var set rag.VectorSet
			var used int64
			if err := rows.Scan(&set.ID, &set.Model, &set.Dimension, &set.Version, &set.Complete, &used); err != nil {
				return err
			}
			set.UsedAt = fromMicros(used)
			list = append(list, set)
		}
		return rows.Err()
	})
	return list, err
}

func (s vectors) PutVectors(ctx context.Context, model string, dimension int, list []rag.Vector, at time.Time) error {
	return s.db.write(ctx, "vectors.put", func(tx *transaction) error {
		var set int64
		if err := tx.QueryRowContext(ctx, `INSERT INTO vector_sets (model, dimension, used_at, version) VALUES (?, ?, ?, 1)
			ON CONFLICT (model, dimension) DO UPDATE SET version = version + 1 RETURNING id`, model, dimension, micros(at)).Scan(&set); err != nil {
			return err
		}
		for _, v := range list {
			if len(v.Values) != dimension {
				return fmt.Errorf("a vector of dimension %d in a set of %d", len(v.Values), dimension)
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO passage_vectors (set_id, key, category, stored_at, vector) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT DO NOTHING`, set, v.Key, v.Category, micros(at), encodeVector(v.Values)); err != nil {
				return err
			}
		}
		return nil
	})
}

func encodeVector(v []float32) []byte {
	b := make([]byte, 0, 4*len(v))
	for _, f := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	return b
}

func decodeVector(b []byte) []float32 {
	v := make([]float32, len(b)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return v
}

func (s vectors) VectorKeys(ctx context.Context, set int64) (map[string]time.Time, error) {
	keys := map[string]time.Time{}
	err := s.db.read(ctx, "vectors.keys", func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT key, stored_at FROM passage_vectors WHERE set_id = ?`, set)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key string
			var at int64
			if err := rows.Scan(&key, &at); err != nil {
				return err
			}
			keys[key] = fromMicros(at)
		}
		return rows.Err()
	})
	return keys, err
}

func (s vectors) Vectors(ctx context.Context, set int64, keys []string) (list []rag.Vector, err error) {
	wanted, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	err = s.db.read(ctx, "vectors.get", func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT key, category, vector FROM passage_vectors
			WHERE set_id = ? AND key IN (SELECT value FROM json_each(?))`, set, string(wanted))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var v rag.Vector
			var raw sql.RawBytes
			if err := rows.Scan(&v.Key, &v.Category, &raw); err != nil {
				return err
			}
			v.Values = decodeVector(raw)
			list = append(list, v)
		}
		return rows.Err()
	})
	return list, err
}

func (s vectors) DeleteVectors(ctx context.Context, set int64, keys []string) error {
	gone, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	return s.exec(ctx, "vectors.delete", `DELETE FROM passage_vectors WHERE set_id = ? AND key IN (SELECT value FROM json_each(?))`, set, string(gone))
}

func (s vectors) CompleteSet(ctx context.Context, set int64) error {
	return s.exec(ctx, "vectors.complete", `UPDATE vector_sets SET complete = 1 WHERE id = ?`, set)
}

func (s vectors) UseSet(ctx context.Context, set int64, at time.Time) error {
	return s.exec(ctx, "vectors.use", `UPDATE vector_sets SET used_at = max(used_at, ?) WHERE id = ?`, micros(at), set)
}

func (s vectors) DeleteSet(ctx context.Context, set int64) error {
	return s.exec(ctx, "vectors.drop", `DELETE FROM vector_sets WHERE id = ?`, set)
}

func (s vectors) exec(ctx context.Context, label, statement string, args ...any) error {
	return s.db.write(ctx, label, func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
}

func (s vectors) Lease(ctx context.Context, model, holder string, now, until time.Time) (held bool, err error) {
	err = s.db.write(ctx, "vectors.lease", func(tx *transaction) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO embedding_leases (model, holder, until) VALUES (?, ?, ?)
			ON CONFLICT (model) DO UPDATE SET holder = excluded.holder, until = excluded.until
			WHERE embedding_leases.holder = excluded.holder OR embedding_leases.until < ?`, model, holder, micros(until), micros(now))
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		held = n == 1
		return err
	})
	return held, err
}

func (s vectors) EndLease(ctx context.Context, model, holder string) error {
	return s.exec(ctx, "vectors.endlease", `DELETE FROM embedding_leases WHERE model = ? AND holder = ?`, model, holder)
}

func (vectors) IndexSet(context.Context, rag.VectorSet) error { return rag.ErrNoVectorIndex }

func (vectors) Nearest(context.Context, rag.VectorSet, []float32, string, int, []string) ([]rag.Near, error) {
	return nil, rag.ErrNoVectorIndex
}
