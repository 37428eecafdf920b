package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/backup"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/event"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/recovery"
)

type backupCommand struct {
	Create backupCreateCommand `cmd:"" default:"withargs" help:"Make a backup (the default)."`
	Verify backupVerifyCommand `cmd:"" help:"Prove that a backup is complete and undamaged."`
}

type backupCreateCommand struct {
	Dir      string        `help:"Folder of the backups; default is BACKUP_DIR." placeholder:"DIR" type:"path"`
	Config   bool          `help:"Back up the configuration instead: the settings file, what is in force, and --include."`
	Include  []string      `help:"More files and folders for --config." placeholder:"PATH" type:"path"`
	Every    time.Duration `help:"Go on and make one at every interval, such as 24h." placeholder:"SPAN" xor:"loop"`
	Schedule string        `help:"Go on and make one each day at this time, such as 02:00 (of the time zone TZ)." placeholder:"HH:MM" xor:"loop"`
}

// Help is shown by backup --help.
func (backupCreateCommand) Help() string {
	return `Copies the database into one file, backup_YYYYmmdd_HHMMSS.sql.gz (.db.gz for SQLite),
with a checksum and a manifest beside it. The services may run meanwhile: the
copy is one consistent snapshot. Older backups than BACKUP_RETENTION_DAYS are
removed. With BACKUP_AGE_RECIPIENT the file is encrypted.`
}

// Validate is called before Run.
func (cmd backupCreateCommand) Validate() error {
	_, err := cmd.timetable()
	return err
}

func (cmd backupCreateCommand) Run(env *environment) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	dir := cmp.Or(cmd.Dir, c.BackupDir)
	service := recovery.Service{Config: c, Version: version}
	once := func(ctx context.Context) error { return backupOnce(ctx, env, service, dir) }
	if cmd.Config {
		once = func(ctx context.Context) error { return cmd.backupConfig(ctx, env, c, dir) }
	}
	next, err := cmd.timetable()
	switch {
	case err != nil:
		return err
	case next == nil:
		return once(env.ctx)
	}
	return repeat(env, next, once)
}

// timetable returns when to make the next backup, or nil for one at once.
func (cmd backupCreateCommand) timetable() (next func(now time.Time) time.Time, err error) {
	switch {
	case cmd.Every < 0 || cmd.Every > 0 && cmd.Every < time.Minute:
		return nil, errors.New("--every must be a minute or more")
	case cmd.Every > 0:
		return func(now time.Time) time.Time { return now.Add(cmd.Every) }, nil
	case cmd.Schedule == "":
		return nil, nil
	}
	at, err := time.Parse("15:04", cmd.Schedule)
	if err != nil {
		return nil, errors.New("--schedule must be a time of day such as 02:00")
	}
	return func(now time.Time) time.Time {
		t := time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), 0, 0, now.Location())
		if !t.After(now) {
			t = time.Date(now.Year(), now.Month(), now.Day()+1, at.Hour(), at.Minute(), 0, 0, now.Location())
		}
		return t
	}, nil
}

// backupRetry is when a scheduled backup that failed is tried again.
const backupRetry = 10 * time.Minute

// repeat makes backups until the process is told to stop. One that fails is told
// and tried again sooner.
func repeat(env *environment, next func(time.Time) time.Time, once func(context.Context) error) error {
	at := next(time.Now())
	for {
		fmt.Fprintf(env.stdout, "next backup at %s\n", at.Format(time.RFC3339))
		select {
		case <-time.After(time.Until(at)):
		case <-env.ctx.Done():
			return nil
		}
		at = next(time.Now())
		if err := once(env.ctx); err != nil && env.ctx.Err() == nil {
			fmt.Fprintln(env.stderr, "swipesavvy:", err)
			if again := time.Now().Add(backupRetry); again.Before(at) {
				at = again
			}
		}
	}
}

func backupOnce(ctx context.Context, env *environment, s recovery.Service, dir string) error {
	started := time.Now()
	made, err := s.Backup(ctx, dir)
	if err == nil {
		printCreated(env.stdout, made)
	}
	noteBackup(ctx, env, s, started, made, err)
	return err
}

// noteBackup records a backup. It may be the one before a migration, when there
// is no record yet: that is told and is no failure.
func noteBackup(ctx context.Context, env *environment, s recovery.Service, started time.Time, made backup.Created, failed error) {
	if err := s.Record(ctx, event.Backup, started, fmt.Sprintf("%s, %d bytes", filepath.Base(made.File), made.Bytes), failed); err != nil {
		fmt.Fprintln(env.stderr, "note:", err)
	}
}

func printCreated(w io.Writer, made backup.Created) {
	m := made.Manifest
	var rows int64
	for n := range maps.Values(m.Rows) {
		rows += n
	}
	fmt.Fprintf(w, "%s: %d bytes, schema version %d, %d rows in %d tables, %v\n",
		made.File, made.Bytes, m.Schema, rows, len(m.Rows), made.Took.Round(time.Millisecond))
	for _, old := range made.Pruned {
		fmt.Fprintln(w, "removed, too old:", old)
	}
}

type backupVerifyCommand struct {
	File     string `arg:"" optional:"" help:"The backup." type:"path"`
	Latest   bool   `help:"Verify the newest backup of the folder (the default)."`
	Dir      string `help:"Folder of the backups; default is BACKUP_DIR." placeholder:"DIR" type:"path"`
	Identity string `help:"File with the age key that opens an encrypted backup." placeholder:"FILE" type:"path"`
}

// Help is shown by backup verify --help.
func (backupVerifyCommand) Help() string {
	return `Reads the whole file and compares it with its checksums and its manifest. It needs no
database; dr-test proves that a backup can be restored. Of an encrypted backup
without --identity only the checksum is compared.`
}

// Validate is called before Run.
func (cmd backupVerifyCommand) Validate() error {
	if cmd.File != "" && cmd.Latest {
		return errors.New("a file or --latest, not both")
	}
	return nil
}

func (cmd backupVerifyCommand) Run(env *environment) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	if cmd.File == "" {
		newest, err := backup.Latest(cmp.Or(cmd.Dir, c.BackupDir))
		if err != nil {
			return err
		}
		cmd.File = newest.Path
	}
	s, started := recovery.Service{Config: c, Version: version}, time.Now()
	m, err := s.VerifyFile(env.ctx, cmd.File, cmd.Identity)
	if recorded := s.Record(env.ctx, event.Verify, started, filepath.Base(cmd.File), err); recorded != nil {
		fmt.Fprintln(env.stderr, "note:", recorded) // verifying needs no database
	}
	if err != nil {
		return err
	}
	if m.ContentSHA256 == "" {
		_, err = fmt.Fprintf(env.stdout, "OK: %s has its checksum; it is encrypted, --identity would look inside\n", cmd.File)
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "OK: %s is complete: %s of %s, schema version %d, release %s\n",
		cmd.File, m.Engine, m.TakenAt.Format(time.RFC3339), m.Schema, m.Version)
	return err
}

type restoreCommand struct {
	File           string `arg:"" help:"The backup." type:"path"`
	Identity       string `help:"File with the age key that opens an encrypted backup." placeholder:"FILE" type:"path"`
	ForceWithName  string `help:"Replace a database that isn't empty; repeat its name." placeholder:"NAME"`
	Rehearse       bool   `help:"Restore into a scratch database, prove it and drop it; the target isn't touched."`
	AcceptProblems bool   `help:"Restore books that aren't sound, because they weren't when they were backed up."`
}

// Help is shown by restore --help.
func (restoreCommand) Help() string {
	return `Stop the services first. The file is checked, loaded into a scratch database beside
the target, compared with its manifest and proven (ledger and audit chain); then
the scratch database takes the target's place in one step. Whatever fails before
that leaves the target as it was. A target that isn't empty is replaced only with
--force-with-name and kept under another name, which is printed.`
}

func (cmd restoreCommand) Run(env *environment) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	s := recovery.Service{Config: c, Version: version, Progress: func(step string) { fmt.Fprintln(env.stderr, step) }}
	started := time.Now()
	r, proof, err := s.Restore(env.ctx, recovery.Options{
		File: cmd.File, IdentityFile: cmd.Identity, Confirm: cmd.ForceWithName, AcceptProblems: cmd.AcceptProblems, Rehearse: cmd.Rehearse,
	})
	kind := event.Restore
	if cmd.Rehearse {
		kind = event.Verify
	}
	if recorded := s.Record(env.ctx, kind, started, filepath.Base(cmd.File), err); recorded != nil {
		fmt.Fprintln(env.stderr, "note:", recorded)
	}
	if err != nil {
		return err
	}
	printProof(env.stdout, r, proof)
	if cmd.Rehearse {
		fmt.Fprintf(env.stdout, "OK: %s can be restored; that took %v; %s was not touched\n", cmd.File, r.Took.Round(time.Millisecond), c.Database())
		return nil
	}
	if r.Kept != "" {
		fmt.Fprintln(env.stdout, "the former database is kept as", r.Kept)
	}
	fmt.Fprintf(env.stdout, "OK: %s restored as of %s in %v\n", c.Database(), r.Manifest.TakenAt.Format(time.RFC3339), r.Took.Round(time.Millisecond))
	return nil
}

// printProof says what was compared and proven.
func printProof(w io.Writer, r backup.Restored, p recovery.Proof) {
	m := r.Manifest
	fmt.Fprintf(w, "backup of %s by release %s, schema version %d\n", m.TakenAt.Format(time.RFC3339), m.Version, m.Schema)
	for _, table := range slices.Sorted(maps.Keys(m.Rows)) {
		fmt.Fprintf(w, "  %-22s %d rows\n", table, m.Rows[table])
	}
	for _, name := range slices.Sorted(maps.Keys(m.Figures)) {
		fmt.Fprintf(w, "  %-22s %s\n", name, m.Figures[name])
	}
	fmt.Fprintf(w, "ledger: %d accounts, %d postings, %d entries; audit chain: %d records, %d not yet sealed\n",
		p.Findings.Accounts, p.Findings.Postings, p.Findings.Entries, p.Chain.Sealed, p.Chain.Unsealed)
	for _, problem := range p.Problems {
		fmt.Fprintln(w, "PROBLEM", problem)
	}
}

type drTestCommand struct {
	Dir      string `help:"Folder of the backups; default is BACKUP_DIR." placeholder:"DIR" type:"path"`
	Identity string `help:"File with the age key that opens an encrypted backup." placeholder:"FILE" type:"path"`
}

// Help is shown by dr-test --help.
func (drTestCommand) Help() string {
	return `The disaster-recovery test in one command: makes a backup, restores it into a scratch
database (which the database user must be allowed to create), compares every
table, proves ledger and audit chain, and drops the scratch database. The
services may run meanwhile. Exit code 1 when anything fails.`
}

func (cmd drTestCommand) Run(env *environment) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	s := recovery.Service{Config: c, Version: version, Progress: func(step string) { fmt.Fprintln(env.stderr, step) }}
	started := time.Now()
	r, err := s.Rehearse(env.ctx, cmp.Or(cmd.Dir, c.BackupDir), cmd.Identity)
	if r.Created.Manifest.ContentSHA256 != "" {
		printCreated(env.stdout, r.Created)
		noteBackup(env.ctx, env, s, time.Now().Add(-r.Created.Took), r.Created, nil) // its own time, not the rehearsal's
	}
	recorded := s.Record(env.ctx, event.DRTest, started, fmt.Sprintf("%s backed up, restored and proven", filepath.Base(r.Created.File)), err)
	if err != nil {
		return errors.Join(fmt.Errorf("the disaster-recovery test failed: %w", err), recorded)
	}
	printProof(env.stdout, r.Restored, r.Proof)
	fmt.Fprintf(env.stdout, "OK: backed up in %v, restored and proven in %v, %v in all\n",
		r.Created.Took.Round(time.Millisecond), r.Restored.Took.Round(time.Millisecond), r.Took.Round(time.Millisecond))
	return recorded
}

func (cmd backupCreateCommand) backupConfig(_ context.Context, env *environment, c config.Config, dir string) error {
	var settings strings.Builder
	if err := c.Print(&settings); err != nil {
		return err
	}
	made, err := backup.Files(dir, backup.FilesOptions{
		Recipient: c.BackupAgeRecipient,
		Texts: map[string]string{
			"effective-settings.txt": settings.String(),
			"version.txt":            fmt.Sprintf("swipesavvy %s (commit %s)\n", version, commit()),
		},
		Paths: append([]string{env.envFile}, cmd.Include...),
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "%s: %s\n", made.File, strings.Join(made.Names, ", "))
	return err
}
