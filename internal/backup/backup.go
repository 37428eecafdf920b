// Package backup copies a database into one file and brings it back.
//
// A backup is a consistent snapshot, taken while the services write. Its file
// says what must be in it (rows of each table, and figures that the caller asks
// for), so that every copy can be proven on its own. A restore never writes into
// the target: it fills a scratch database beside it, proves that, and lets it
// take the target's place in one step. So a damaged file, a crash and a full
// disk leave the target as it was.
//
//	Create    database ─▶ Engine.Dump ─▶ gzip ─▶ age ─▶ file, checksum, manifest
//	Inspect   file ─▶ checksums ─▶ Manifest
//	Restore   file ─▶ Inspect ─▶ Engine.Load ─▶ scratch ─▶ compare, Verify ─▶ Install
//
// The package knows the two engines and nothing of what the tables mean.
package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"
)

// Contents says what is in a database, or must be in a copy of it.
type Contents struct {
	// Schema is the version of the last migration.
	Schema int64 `json:"schema_version"`
	// Rows are the rows of each table.
	Rows map[string]int64 `json:"rows"`
	// Figures are the answers to the queries of the engine's Figures.
	Figures map[string]string `json:"figures,omitempty"`
}

// Engine copies one kind of database.
type Engine interface {
	// Kind is the engine's name in a manifest.
	Kind() string
	// Extension is that of a plain dump, such as .sql.
	Extension() string
	// Dump writes a consistent snapshot to w and says what is in it. Others may
	// write to the database meanwhile. The dir takes temporary files.
	Dump(ctx context.Context, w io.Writer, dir string) (Contents, error)
	// Target tells the name of the database that a restore would replace, and
	// whether there is anything in it.
	Target(ctx context.Context) (name string, occupied bool, err error)
	// Load makes a scratch database from what Dump wrote. What earlier, killed
	// calls left behind is removed. The caller must Drop or Install the scratch.
	Load(ctx context.Context, r io.Reader) (Scratch, error)
}

// Scratch is a database that was loaded beside its target.
type Scratch interface {
	// Address is where the scratch database is opened: a URL or a path.
	Address() string
	// Contents reads what is in it.
	Contents(ctx context.Context) (Contents, error)
	// Install lets the scratch database take its target's place, in one step, and
	// returns where the former one is kept; empty when there was nothing in it.
	Install(ctx context.Context) (kept string, err error)
	// Drop removes it. It does nothing after Install.
	Drop(ctx context.Context) error
}

// schemaQuery asks for the version of the last migration.
const schemaQuery = `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`

// differences says in what two databases' contents differ.
func differences(want, got Contents) []string {
	var list []string
	if want.Schema != got.Schema {
		list = append(list, fmt.Sprintf("schema version is %d instead of %d", got.Schema, want.Schema))
	}
	for _, table := range slices.Sorted(maps.Keys(want.Rows)) {
		if got.Rows[table] != want.Rows[table] {
			list = append(list, fmt.Sprintf("table %s has %d rows instead of %d", table, got.Rows[table], want.Rows[table]))
		}
	}
	if len(got.Rows) != len(want.Rows) {
		list = append(list, fmt.Sprintf("there are %d tables instead of %d", len(got.Rows), len(want.Rows)))
	}
	for _, name := range slices.Sorted(maps.Keys(want.Figures)) {
		if value, asked := got.Figures[name]; asked && value != want.Figures[name] {
			list = append(list, fmt.Sprintf("%s is %s instead of %s", name, value, want.Figures[name]))
		}
	}
	return list
}

// RestoreOptions say what to restore and what must hold. File and Verify are
// required.
type RestoreOptions struct {
	File string
	// IdentityFile has the age identities that open an encrypted backup.
	IdentityFile string
	// MaxSchema is the newest schema that this release knows.
	MaxSchema int64
	// Confirm must be the target's name when there is anything in the target.
	Confirm string
	// Verify proves the contents of the scratch database at an address, and may
	// bring its schema up to date.
	Verify func(ctx context.Context, address string) error
	// Rehearse drops the scratch database after it was proven.
	Rehearse bool
	// Progress, when set, is told each step.
	Progress func(step string)
}

// Restored says what a restore did.
type Restored struct {
	Manifest Manifest
	Target   string
	// Kept is where the former database is; empty when there was nothing in it.
	Kept string
	Took time.Duration
}

// Restore brings a backup back, or rehearses that. Until the last step, which
// happens whole or not at all, the target is only looked at.
func Restore(ctx context.Context, e Engine, o RestoreOptions) (r Restored, err error) {
	started := time.Now()
	progress := o.Progress
	if progress == nil {
		progress = func(string) {}
	}
	progress("checking " + o.File)
	if r.Manifest, err = Inspect(ctx, o.File, o.IdentityFile); err != nil {
		return r, err
	}
	if err := fits(r.Manifest, e, o.MaxSchema); err != nil {
		return r, err
	}
	var occupied bool
	if r.Target, occupied, err = e.Target(ctx); err != nil {
		return r, err
	}
	if occupied && !o.Rehearse && o.Confirm != r.Target {
		return r, fmt.Errorf("the database %s is not empty: to replace it all the same, say --force-with-name %s", r.Target, r.Target)
	}
	progress("loading into a scratch database")
	scratch, err := load(ctx, e, o, r.Manifest)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, scratch.Drop(context.WithoutCancel(ctx))) }()
	progress("proving the scratch database")
	if err := o.Verify(ctx, scratch.Address()); err != nil {
		return r, fmt.Errorf("the restored copy is not sound, the target was not touched: %w", err)
	}
	if !o.Rehearse {
		progress("switching")
		if r.Kept, err = scratch.Install(ctx); err != nil {
			return r, err
		}
	}
	r.Took = time.Since(started)
	return r, nil
}

func fits(m Manifest, e Engine, maxSchema int64) error {
	if m.Engine != e.Kind() {
		return fmt.Errorf("the backup is of a %s database and the target is %s", m.Engine, e.Kind())
	}
	if m.Schema > maxSchema {
		return fmt.Errorf("the backup has schema version %d, this release knows only %d: restore it with release %s or newer", m.Schema, maxSchema, m.Version)
	}
	return nil
}

// load fills a scratch database and compares it with the manifest.
func load(ctx context.Context, e Engine, o RestoreOptions, m Manifest) (_ Scratch, err error) {
	a, err := open(o.File, o.IdentityFile)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	scratch, err := e.Load(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", o.File, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, scratch.Drop(context.WithoutCancel(ctx)))
		}
	}()
	if again, err := a.finish(); err != nil || again.ContentSHA256 != m.ContentSHA256 {
		return nil, errors.Join(errors.New("the file changed while it was read"), err)
	}
	got, err := scratch.Contents(ctx)
	if err != nil {
		return nil, err
	}
	if wrong := differences(m.Contents, got); len(wrong) > 0 {
		return nil, fmt.Errorf("the restored copy is not what was backed up, the target was not touched: %v", wrong)
	}
	return scratch, nil
}

// removeQuietly removes a temporary file that may be gone already.
func removeQuietly(path string) { _ = os.Remove(path) }
