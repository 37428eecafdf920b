package recovery

import (
	"context"
	"fmt"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/event"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

// recordTimeout bounds the record of what was done: a database that is down must
// not keep a failure from being told.
const recordTimeout = 5 * time.Second

// Record notes in the database what was done, and how it ended. Where there is
// no database of this release's schema, there is no record, and the error says so.
func (s Service) Record(ctx context.Context, kind event.Kind, started time.Time, summary string, failed error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	db, err := store.OpenExisting(ctx, store.Options{
		DatabaseURL: s.Config.PostgresURL(), SQLitePath: s.Config.SQLitePath, Service: "operations",
	})
	if err != nil {
		return fmt.Errorf("this could not be recorded for metrics and reports: %w", err)
	}
	defer db.Close()
	if failed != nil {
		summary = "failed: " + failed.Error()
	}
	return event.Record(ctx, db.Events(), event.Event{
		At: time.Now().UTC(), Kind: kind, Service: "operations", Version: s.Version, OK: failed == nil,
		Took: time.Since(started), Summary: summary,
	})
}
