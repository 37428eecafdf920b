// Package store opens the database that the settings name and hands out the
// storage that each domain asks for. Which engine it is, SQLite or PostgreSQL,
// nobody else knows.
package store

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/concierge"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/event"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/handoff"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/incident"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store/postgres"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store/sqlite"
)

// Store is an open database.
type Store interface {
	Bank() bank.Store
	Knowledge() rag.Store
	Vectors() rag.VectorStore
	Conversations() concierge.Store
	Audit() audit.Log
	Reviews() guardrails.ReviewStore
	Flags() feature.Store
	Handoffs() handoff.Store
	Events() event.Store
	Incidents() incident.Store

	// Migrate brings the schema up to date; safe to call from several processes
	// at once. A server that is down is a fault.Connection.
	Migrate(ctx context.Context) error
	// SchemaVersion returns the version that the database has and the one that
	// this binary knows.
	SchemaVersion(ctx context.Context) (have, want int64, err error)
	// Ping does the least that a turn needs of the database.
	Ping(ctx context.Context) error
	// Report logs pool and query times at every interval until ctx ends.
	Report(ctx context.Context, interval time.Duration)
	Close() error
}

// Options name the database: a PostgreSQL URL or, without one, a SQLite file.
type Options struct {
	DatabaseURL string
	SQLitePath  string
	// MaxConns bounds a PostgreSQL pool; zero means its default.
	MaxConns int32
	// Service is shown to the database's administrators.
	Service    string
	Log        *slog.Logger
	Registerer prometheus.Registerer
}

// Open opens the database. A PostgreSQL server need not be up yet.
func Open(ctx context.Context, o Options) (Store, error) {
	if o.DatabaseURL == "" {
		return sqlite.Open(ctx, sqlite.Options{Path: o.SQLitePath, Log: o.Log, Registerer: o.Registerer})
	}
	if !strings.HasPrefix(o.DatabaseURL, "postgres://") && !strings.HasPrefix(o.DatabaseURL, "postgresql://") {
		return nil, fmt.Errorf("DATABASE_URL must start with postgres://")
	}
	return postgres.Open(ctx, postgres.Options{
		URL: o.DatabaseURL, MaxConns: o.MaxConns, Application: o.Service, Log: o.Log, Registerer: o.Registerer,
	})
}

// NewerSchemaError says that the database was made by a newer release, which
// this one could only damage.
type NewerSchemaError struct{ Have, Want int64 }

func (e *NewerSchemaError) Error() string {
	return fmt.Sprintf("the database has schema version %d, this release knows only %d: start the newer release, or restore a backup of the older schema",
		e.Have, e.Want)
}

// Prepare makes the schema fit this release: it applies what is missing when
// migrate is set, and otherwise only looks. A newer schema is refused with a
// *NewerSchemaError.
func Prepare(ctx context.Context, s Store, migrate bool) error {
	have, want, err := s.SchemaVersion(ctx)
	switch {
	case err != nil:
		return err
	case have > want:
		return &NewerSchemaError{Have: have, Want: want}
	case have == want:
		return nil
	case !migrate:
		return fmt.Errorf("the database has schema version %d, this release needs %d: run swipesavvy migrate", have, want)
	}
	return s.Migrate(ctx)
}
