package rag

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"
)

// Embedder turns texts into vectors of length one. A text that it refuses is a
// fault.Validation; every other error is an outage.
type Embedder interface {
	// Passages returns a vector for each text, in order, all of one dimension.
	Passages(ctx context.Context, model string, texts []string) ([][]float32, error)
	// Question returns the vector of what somebody searches for.
	Question(ctx context.Context, model, text string) ([]float32, error)
}

// VectorSet is the vectors that one model gave the passages.
type VectorSet struct {
	ID        int64
	Model     string
	Dimension int
	// Version grows with every vector that is stored.
	Version int64
	// Complete says that every passage has had its vector: from then on the set
	// serves searches.
	Complete bool
	// Indexed says that the database finds near vectors by an index of its own.
	Indexed bool
	UsedAt  time.Time
}

// Vector belongs to a passage by its key, which says what the passage says: an
// unchanged passage keeps its vector whatever else of its document changes.
type Vector struct {
	Key      string
	Category string // in lower case
	Values   []float32
}

// Near is a vector found by VectorStore.Nearest.
type Near struct {
	Key    string
	Cosine float64
}

// ErrNoVectorIndex says that a database can't index vectors. Search is exact then,
// in memory.
var ErrNoVectorIndex = errors.New("the database can't index vectors")

// VectorStore keeps the vectors of passages. All methods are safe for concurrent
// use by several replicas on one database.
type VectorStore interface {
	// VectorSets returns all sets, oldest first.
	VectorSets(ctx context.Context) ([]VectorSet, error)
	// PutVectors adds vectors to the set of a model and dimension, which it makes
	// when there is none. Keys that the set has are left as they are.
	PutVectors(ctx context.Context, model string, dimension int, vectors []Vector, at time.Time) error
	// VectorKeys returns the keys of a set and when each was stored.
	VectorKeys(ctx context.Context, set int64) (map[string]time.Time, error)
	// Vectors returns those of the keys that a set has, in any order.
	Vectors(ctx context.Context, set int64, keys []string) ([]Vector, error)
	// DeleteVectors removes keys from a set.
	DeleteVectors(ctx context.Context, set int64, keys []string) error
	// CompleteSet marks a set as complete.
	CompleteSet(ctx context.Context, set int64) error
	// UseSet notes that a set is in use.
	UseSet(ctx context.Context, set int64, at time.Time) error
	// DeleteSet removes a set with its vectors and its index.
	DeleteSet(ctx context.Context, set int64) error
	// Lease makes one holder at a time responsible for a model, until the given
	// time or, renewed, longer. It reports whether the caller is.
	Lease(ctx context.Context, model, holder string, now, until time.Time) (bool, error)
	// EndLease gives a lease back.
	EndLease(ctx context.Context, model, holder string) error

	// IndexSet builds the database's index of a set; ErrNoVectorIndex where it
	// can't have one. It may take minutes.
	IndexSet(ctx context.Context, set VectorSet) error
	// Nearest returns the n vectors of an indexed set that are nearest to one, of
	// a category unless it is empty, and those of the keys that the set has.
	Nearest(ctx context.Context, set VectorSet, to []float32, category string, n int, keys []string) ([]Near, error)
}

// vectorKey identifies what is embedded, and the category, by which vectors are
// found. 128 bits are enough to tell passages apart.
func vectorKey(category, embedded string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(category) + "\x00" + embedded))
	return hex.EncodeToString(sum[:16])
}
