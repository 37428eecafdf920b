package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

// database connects as the services do and tells apart what keeps them from it.
func (d *doctor) database(ctx context.Context) []Finding {
	url := d.Config.PostgresURL()
	if url == "" {
		if _, err := os.Stat(d.Config.SQLitePath); err != nil {
			return []Finding{failed("database", d.Config.Database(), "there is no such file",
				"start a service once, or set SQLITE_PATH to where the data is; a lost file is brought back with swipesavvy restore", "databasedown")}
		}
		return append([]Finding{ok("database", d.Config.Database()+" is there")}, d.schema(ctx)...)
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return []Finding{d.noConnection(err)}
	}
	defer conn.Close(context.WithoutCancel(ctx))
	found := []Finding{ok("database", d.Config.Database()+" answers")}
	found = append(found, d.schema(ctx)...)
	return append(found, d.databaseClock(ctx, conn), d.connections(ctx, conn))
}

// noConnection says why a server can't be used. The driver's own message is not
// shown: it may hold what shouldn't be seen.
func (d *doctor) noConnection(err error) Finding {
	where := d.Config.Database()
	var e *pgconn.PgError
	var network net.Error
	var dns *net.DNSError
	problem := func(cause, do string) Finding { return failed("database", where, cause, do, "databasedown") }
	switch {
	case errors.As(err, &e) && (e.Code == "28P01" || e.Code == "28000"):
		return problem("the server refuses the password or the user", "compare POSTGRES_USER and POSTGRES_PASSWORD (or DATABASE_URL) with the server's; ALTER ROLE sets a new password")
	case errors.As(err, &e) && e.Code == "3D000":
		return problem("the server is up and has no database of this name", "correct POSTGRES_DB, or create the database and run swipesavvy migrate, or bring it back with swipesavvy restore")
	case errors.As(err, &e) && e.Code == "53300":
		return problem("the server has no connection left", "end idle sessions (pg_terminate_backend), lower DATABASE_MAX_CONNECTIONS or raise the server's max_connections")
	case errors.As(err, &e) && e.Code == "57P03":
		return problem("the server is starting up or shutting down", "wait, and look at the server's log when it lasts")
	case errors.As(err, &e):
		return problem("the server refuses the connection, SQLSTATE "+e.Code, "look at the server's log")
	case errors.As(err, &dns):
		return problem("the server's name is not known", "correct POSTGRES_HOST, or the network's name service")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return problem("the server doesn't answer in time", "look whether it is up and whether a network policy or firewall is between")
	}
	return problem("the server is down, or refuses TLS as it is set", "start the server (docker-compose up -d postgres); correct POSTGRES_HOST, POSTGRES_PORT or POSTGRES_SSLMODE if it runs")
}

// schema compares the database's schema with this release's.
func (d *doctor) schema(ctx context.Context) []Finding {
	const name = "migrations"
	s, err := store.Open(ctx, store.Options{DatabaseURL: d.Config.PostgresURL(), SQLitePath: d.Config.SQLitePath, MaxConns: 2, Service: "doctor"})
	if err != nil {
		return []Finding{failed("database", d.Config.Database(), "the file can't be opened or written", "look at its rights and at the disk: "+filepath.Base(d.Config.SQLitePath), "databasedown")}
	}
	defer s.Close()
	have, want, err := s.SchemaVersion(ctx)
	switch {
	case err != nil:
		return []Finding{failed(name, "the schema's version can't be read", "the database doesn't answer, or has another program's schema",
			"look at the check of the database", "databasedown")}
	case have < want:
		return []Finding{failed(name, fmt.Sprintf("schema version %d, this release needs %d", have, want), "migrations are pending",
			"run swipesavvy migrate, or start a service with AUTO_MIGRATE=true", "databasedown")}
	case have > want:
		return []Finding{failed(name, fmt.Sprintf("schema version %d, this release knows only %d", have, want), "a newer release has used this database",
			"run the newer release, or restore a backup of the older schema", "databasedown")}
	}
	return []Finding{ok(name, fmt.Sprintf("schema version %d, up to date", have))}
}

// Bounds of a clock's deviation. Tokens are accepted with 30 seconds of skew.
const (
	skewWarning = 5 * time.Second
	skewFailure = 30 * time.Second
)

func (d *doctor) databaseClock(ctx context.Context, conn *pgx.Conn) Finding {
	const name = "clock (database)"
	before := d.Now()
	var theirs time.Time
	if err := conn.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&theirs); err != nil {
		return warning(name, "could not be asked", "the connection was lost", "run doctor again", "databasedown")
	}
	ours := before.Add(d.Now().Sub(before) / 2)
	return clock(name, theirs.Sub(ours))
}

// clock judges how far another clock is ahead of ours.
func clock(name string, ahead time.Duration) Finding {
	detail := fmt.Sprintf("%v apart", ahead.Abs().Round(time.Millisecond))
	const cause, do = "one of the two clocks is wrong: tokens, limits of a day and alerts go by them", "set up NTP on both machines (chronyc tracking)"
	switch {
	case ahead.Abs() >= skewFailure:
		return failed(name, detail, cause, do, "first-look")
	case ahead.Abs() >= skewWarning:
		return warning(name, detail, cause, do, "first-look")
	}
	return ok(name, detail)
}

// Shares of a pool or a server's connections in use.
const (
	poolWarning = 0.8
	poolFailure = 0.95
)

// connections says how many of the server's connections are taken, by anyone.
func (d *doctor) connections(ctx context.Context, conn *pgx.Conn) Finding {
	var used, most float64
	err := conn.QueryRow(ctx, `SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::float8, current_setting('max_connections')::float8`).Scan(&used, &most)
	if err != nil {
		return warning("database connections", "could not be counted", "the connection was lost", "run doctor again", "connectionpoolexhausted")
	}
	return pool("database connections", used, most)
}

func pool(name string, used, most float64) Finding {
	detail := fmt.Sprintf("%.0f of %.0f in use", used, most)
	const cause, do = "more work than connections, or sessions that don't end", "see pg_stat_activity for long or idle sessions; raise DATABASE_MAX_CONNECTIONS within the server's max_connections, or add replicas"
	switch {
	case used >= poolFailure*most:
		return failed(name, detail, cause, do, "connectionpoolexhausted")
	case used >= poolWarning*most:
		return warning(name, detail, cause, do, "connectionpoolexhausted")
	}
	return ok(name, detail)
}
