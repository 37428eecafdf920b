package store_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/pgtest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

// engines returns how to open each database, and the driver and address that
// reach it from outside.
func engines(t *testing.T) map[string]func(t *testing.T) (o store.Options, driver, address string) {
	t.Helper()
	return map[string]func(t *testing.T) (store.Options, string, string){
		"sqlite": func(t *testing.T) (store.Options, string, string) {
			path := filepath.Join(t.TempDir(), "db")
			return store.Options{SQLitePath: path}, "sqlite", path
		},
		"postgres": func(t *testing.T) (store.Options, string, string) {
			address := pgtest.URL(t)
			return store.Options{DatabaseURL: address}, "pgx", address
		},
	}
}

func open(t *testing.T, o store.Options) store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	for name, engine := range engines(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, driver, address := engine(t)
			s := open(t, o)
			if err := store.Prepare(t.Context(), s, true); err != nil {
				t.Fatal(err)
			}
			db, err := sql.Open(driver, address)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999999, true)`); err != nil {
				t.Fatal(err)
			}
			var newer *store.NewerSchemaError
			if err := store.Prepare(t.Context(), s, true); !errors.As(err, &newer) || newer.Have != 999999 {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOldSchemaWithoutMigrationIsRefused(t *testing.T) {
	t.Parallel()
	for name, engine := range engines(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, _, _ := engine(t)
			err := store.Prepare(t.Context(), open(t, o), false)
			if err == nil || !strings.Contains(err.Error(), "swipesavvy migrate") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOneServiceOfAKindPerFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "db")
	first, err := store.Lock(path, "rag")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Lock(path, "rag"); err == nil || !strings.Contains(err.Error(), "another rag is running") {
		t.Errorf("second of a kind: %v", err)
	}
	other, err := store.Lock(path, "concierge")
	if err != nil {
		t.Errorf("another kind: %v", err)
	}
	if err := errors.Join(first.Close(), other.Close()); err != nil {
		t.Fatal(err)
	}
	again, err := store.Lock(path, "rag")
	if err != nil {
		t.Fatalf("after the first has ended: %v", err)
	}
	_ = again.Close()
}

func TestOtherDatabasesAreRefused(t *testing.T) {
	t.Parallel()
	if _, err := store.Open(t.Context(), store.Options{DatabaseURL: "mysql://x"}); err == nil {
		t.Error("a MySQL address was accepted")
	}
}
