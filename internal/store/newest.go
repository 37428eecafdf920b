package store

import (
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store/postgres"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store/sqlite"
)

// NewestSchema returns the schema version that this release knows for
// PostgreSQL, or else for SQLite. It asks no database.
func NewestSchema(onPostgres bool) (int64, error) {
	if onPostgres {
		return postgres.NewestSchema()
	}
	return sqlite.NewestSchema()
}
