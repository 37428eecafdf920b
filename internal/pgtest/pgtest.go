// Package pgtest gives each test a PostgreSQL database of its own, on the real
// server that TEST_DATABASE_URL names. scripts/test provides one.
package pgtest

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// URL returns the address of a new, empty database that is dropped when the
// test ends. Without a server the test is skipped, and under CI it fails.
func URL(t testing.TB) string {
	t.Helper()
	server := os.Getenv("TEST_DATABASE_URL")
	if server == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("TEST_DATABASE_URL is not set: run scripts/test, which provides a PostgreSQL server")
		}
		t.Skip("NOT TESTED ON POSTGRESQL: TEST_DATABASE_URL is not set; scripts/test provides a server")
	}
	name := "test_" + strings.ToLower(rand.Text())
	Execute(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { Execute(t, server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// Execute runs one statement on a server, on a connection of its own, as an
// administrator would.
func Execute(t testing.TB, server, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatalf("test server: %v", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
