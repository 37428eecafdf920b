package backup

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Postgres copies a PostgreSQL database without any tool of the server: as SQL
// that psql can load, too. It takes the schema public, which is all that this
// product makes, and refuses what it couldn't bring back.
type Postgres struct {
	URL string
	// Figures are queries, by name, whose one text is written into the manifest
	// and must come out the same after a restore.
	Figures map[string]string
}

const pgConnectTimeout = 10 * time.Second

// Kind returns "postgres".
func (Postgres) Kind() string { return "postgres" }

// Extension returns ".sql".
func (Postgres) Extension() string { return ".sql" }

// connect opens one connection to a database of the server; an empty name means
// the one of the URL.
func (p Postgres) connect(ctx context.Context, database string) (*pgx.Conn, error) {
	c, err := pgx.ParseConfig(p.URL)
	if err != nil {
		return nil, errors.New("the PostgreSQL settings can't be understood") // err may hold the password
	}
	if database != "" {
		c.Database = database
	}
	c.ConnectTimeout = pgConnectTimeout
	c.RuntimeParams["application_name"] = "swipesavvy backup"
	c.RuntimeParams["statement_timeout"] = "0"
	c.RuntimeParams["idle_in_transaction_session_timeout"] = "0"
	c.RuntimeParams["timezone"] = "UTC"
	// Figures must read the same whatever a role's or server's defaults are.
	c.RuntimeParams["bytea_output"] = "hex"
	return pgx.ConnectConfig(ctx, c)
}

// Dump writes the schema without what would slow or hinder loading, then the
// rows of each table, then constraints, indexes and triggers.
func (p Postgres) Dump(ctx context.Context, w io.Writer, _ string) (c Contents, err error) {
	conn, err := p.connect(ctx, "")
	if err != nil {
		return c, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return c, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if c.Schema, c.Figures, err = figures(ctx, tx, p.Figures); err != nil {
		return c, err
	}
	s, err := readSchema(ctx, tx)
	if err != nil {
		return c, err
	}
	c.Rows = map[string]int64{}
	b := bufio.NewWriterSize(w, 1<<16)
	b.WriteString(pgPreamble)
	s.writeBefore(b)
	for _, t := range s.tables {
		fmt.Fprintf(b, "\n%s FROM stdin;\n", t.copyCommand())
		tag, err := conn.PgConn().CopyTo(ctx, b, t.copyCommand()+" TO STDOUT")
		if err != nil {
			return c, fmt.Errorf("table %s: %w", t.name, err)
		}
		c.Rows[t.name] = tag.RowsAffected()
		b.WriteString(pgEndOfData)
	}
	s.writeAfter(b)
	return c, b.Flush()
}

const (
	pgPreamble = `-- A backup of a SwipeSavvy database (PostgreSQL). Bring it back with
--   swipesavvy restore FILE
-- or, into an empty database and without its proofs, with
--   gunzip -c FILE | psql -X --set ON_ERROR_STOP=1 --single-transaction DATABASE
SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
SET client_min_messages = warning;
SELECT pg_catalog.set_config('search_path', '', false);
`
	pgEndOfData = "\\.\n"
)

// figures reads the schema version and the caller's figures.
func figures(ctx context.Context, tx pgx.Tx, queries map[string]string) (schema int64, out map[string]string, err error) {
	if err := tx.QueryRow(ctx, schemaQuery).Scan(&schema); err != nil {
		var missing *pgconn.PgError
		if errors.As(err, &missing) && missing.Code == "42P01" {
			return 0, nil, errors.New("the database has no schema of this product: there is nothing to back up")
		}
		return 0, nil, err
	}
	out = map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(queries)) {
		var value string
		if err := tx.QueryRow(ctx, queries[name]).Scan(&value); err != nil {
			return 0, nil, fmt.Errorf("figure %s: %w", name, err)
		}
		out[name] = value
	}
	return schema, out, nil
}

// Target names the database of the URL. It may not exist yet.
func (p Postgres) Target(ctx context.Context) (name string, occupied bool, err error) {
	c, err := pgx.ParseConfig(p.URL)
	if err != nil {
		return "", false, errors.New("the PostgreSQL settings can't be understood")
	}
	conn, err := p.connect(ctx, "")
	if isCode(err, "3D000") { // no such database
		return c.Database, false, nil
	}
	if err != nil {
		return "", false, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	// Of any schema: what isn't kept is dropped, and may be another program's.
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
		AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = c.oid AND deptype = 'e'))`).Scan(&occupied)
	return c.Database, occupied, err
}

func isCode(err error, code string) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == code
}

// maintenance connects to a database of the server that is neither target nor
// scratch, and makes this the only restore of the target.
func (p Postgres) maintenance(ctx context.Context, target string) (*pgx.Conn, error) {
	conn, err := p.connect(ctx, "postgres")
	if err != nil {
		return nil, fmt.Errorf("a restore needs the server's database postgres: %w", err)
	}
	key := fnv.New64a()
	_, _ = io.WriteString(key, "swipesavvy restore "+target) // never fails
	var mine bool
	if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, int64(key.Sum64())).Scan(&mine); err != nil || !mine {
		if err == nil {
			err = fmt.Errorf("another restore or rehearsal of %s is running", target)
		}
		return nil, errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
	}
	return conn, nil
}

// scratchInfix stands between the target's name and a random end in the names
// of scratch databases.
const scratchInfix = "_scratch_"

// Load makes a scratch database on the target's server and runs a dump in it.
func (p Postgres) Load(ctx context.Context, r io.Reader) (_ Scratch, err error) {
	target, occupied, err := p.Target(ctx)
	if err != nil {
		return nil, err
	}
	admin, err := p.maintenance(ctx, target)
	if err != nil {
		return nil, err
	}
	s := &pgScratch{p: p, admin: admin, target: target, occupied: occupied, name: scratchPrefix(target) + randomHex()}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Drop(context.WithoutCancel(ctx)))
		}
	}()
	if err := s.dropLeftovers(ctx); err != nil {
		return nil, err
	}
	if _, err := admin.Exec(ctx, "CREATE DATABASE "+quote(s.name)+" TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
		if isCode(err, "42501") {
			err = fmt.Errorf("the database user may not create databases, which a restore needs for its scratch copy; an administrator allows it with ALTER ROLE name CREATEDB: %w", err)
		}
		return nil, err
	}
	s.made = true
	conn, err := p.connect(ctx, s.name)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return s, runScript(ctx, conn, r)
}

// scratchPrefix keeps the names within PostgreSQL's 63 bytes.
func scratchPrefix(target string) string { return target[:min(len(target), 40)] + scratchInfix }

func randomHex() string {
	b := make([]byte, 6)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

type pgScratch struct {
	p            Postgres
	admin        *pgx.Conn // holds the restore's lock
	target, name string
	occupied     bool // the target has tables
	made         bool // the scratch database exists
}

// dropLeftovers removes what killed restores of this target left. None runs now:
// this one has the lock.
func (s *pgScratch) dropLeftovers(ctx context.Context) error {
	rows, err := s.admin.Query(ctx, `SELECT datname FROM pg_database WHERE starts_with(datname, $1)`, scratchPrefix(s.target))
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, name := range names {
		if rest := strings.TrimPrefix(name, scratchPrefix(s.target)); len(rest) != 12 || strings.Trim(rest, "0123456789abcdef") != "" {
			continue
		}
		if _, err := s.admin.Exec(ctx, "DROP DATABASE IF EXISTS "+quote(name)+" WITH (FORCE)"); err != nil {
			return err
		}
	}
	return err
}

func (s *pgScratch) Address() string {
	u, err := url.Parse(s.p.URL)
	if err != nil { // unreachable: the URL was used already
		return ""
	}
	u.Path = "/" + s.name
	return u.String()
}

func (s *pgScratch) Contents(ctx context.Context) (c Contents, err error) {
	conn, err := s.p.connect(ctx, s.name)
	if err != nil {
		return c, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return c, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if c.Schema, c.Figures, err = figures(ctx, tx, s.p.Figures); err != nil {
		return c, err
	}
	schema, err := readSchema(ctx, tx)
	if err != nil {
		return c, err
	}
	c.Rows = map[string]int64{}
	for _, t := range schema.tables {
		var n int64
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM public."+quote(t.name)).Scan(&n); err != nil {
			return c, err
		}
		c.Rows[t.name] = n
	}
	return c, nil
}

// installTries bounds how often the switch is tried against programs that keep
// connecting to the target.
const installTries = 5

// Install renames the target away and the scratch database to the target, in one
// transaction. A rename needs the database to itself, so others are sent away.
func (s *pgScratch) Install(ctx context.Context) (kept string, err error) {
	exists := false
	if err := s.admin.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, s.target).Scan(&exists); err != nil {
		return "", err
	}
	for i := range installTries {
		moment := time.Now().UTC().Add(time.Duration(i) * time.Second) // a name of this second may be taken
		kept = s.target[:min(len(s.target), 40)] + "_before_" + moment.Format(nameLayout)
		if err = s.swap(ctx, exists, kept); !isCode(err, "55006") && !isCode(err, "42P04") { // in use, name taken
			break
		}
	}
	if err != nil {
		return "", fmt.Errorf("switch to the restored database: %w", err)
	}
	s.made = false
	switch {
	case !exists:
		return "", nil
	case s.occupied:
		return kept, nil
	}
	_, err = s.admin.Exec(ctx, "DROP DATABASE "+quote(kept)+" WITH (FORCE)")
	return "", err
}

func (s *pgScratch) swap(ctx context.Context, exists bool, kept string) error {
	if _, err := s.admin.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY($1) AND pid <> pg_backend_pid()`,
		[]string{s.target, s.name}); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.admin, func(tx pgx.Tx) error {
		if exists {
			if _, err := tx.Exec(ctx, "ALTER DATABASE "+quote(s.target)+" RENAME TO "+quote(kept)); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, "ALTER DATABASE "+quote(s.name)+" RENAME TO "+quote(s.target))
		return err
	})
}

func (s *pgScratch) Drop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var err error
	if s.made {
		_, err = s.admin.Exec(ctx, "DROP DATABASE IF EXISTS "+quote(s.name)+" WITH (FORCE)")
		s.made = false
	}
	return errors.Join(err, s.admin.Close(ctx))
}
