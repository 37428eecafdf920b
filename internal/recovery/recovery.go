// Package recovery joins backups to this product: which figures of the books a
// backup must carry, and what must hold in a copy before it is believed. How a
// database becomes a file and comes back is the work of package backup.
package recovery

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/backup"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

// Service backs up and restores the database of the settings.
type Service struct {
	Config  config.Config
	Version string
	// Progress, when set, is told each step of a restore.
	Progress func(step string)
}

// Names of the figures in a manifest.
const (
	ledgerSums  = "ledger_sums"  // of the entries, by currency: money in and money out
	auditHead   = "audit_head"   // number and link of the last sealed record
	auditNumber = "audit_number" // of all records
)

var postgresFigures = map[string]string{
	ledgerSums: `SELECT coalesce(string_agg(format('%s +%s %s', currency, credit, debit), '; ' ORDER BY currency COLLATE "C"), 'none') FROM (
		SELECT a.currency, coalesce(sum(e.amount) FILTER (WHERE e.amount > 0), 0) AS credit, coalesce(sum(e.amount) FILTER (WHERE e.amount < 0), 0) AS debit
		FROM entries e JOIN accounts a ON a.id = e.account_id GROUP BY a.currency) AS s`,
	auditHead:   `SELECT coalesce((SELECT seq || ' ' || encode(link, 'hex') FROM audit_log WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1), 'none')`,
	auditNumber: `SELECT count(*)::text FROM audit_log`,
}

var sqliteFigures = map[string]string{
	ledgerSums: `SELECT coalesce(group_concat(currency || ' +' || credit || ' ' || debit, '; '), 'none') FROM (
		SELECT a.currency AS currency, coalesce(sum(e.amount) FILTER (WHERE e.amount > 0), 0) AS credit, coalesce(sum(e.amount) FILTER (WHERE e.amount < 0), 0) AS debit
		FROM entries e JOIN accounts a ON a.id = e.account_id GROUP BY a.currency ORDER BY a.currency)`,
	auditHead:   `SELECT coalesce((SELECT seq || ' ' || lower(hex(link)) FROM audit_log WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1), 'none')`,
	auditNumber: `SELECT CAST(count(*) AS TEXT) FROM audit_log`,
}

func (s Service) engine() backup.Engine {
	if url := s.Config.PostgresURL(); url != "" {
		return backup.Postgres{URL: url, Figures: postgresFigures}
	}
	return backup.SQLite{Path: s.Config.SQLitePath, Figures: sqliteFigures, Idle: s.stopOthers}
}

// stopOthers takes the locks of the services, so that none starts while the data
// file is being replaced.
func (s Service) stopOthers() (release func(), err error) {
	var locks []*flock.Flock
	release = func() {
		for _, l := range locks {
			_ = l.Close()
		}
	}
	for _, name := range app.All {
		l, err := store.Lock(s.Config.SQLitePath, string(name))
		if err != nil {
			release()
			return nil, fmt.Errorf("the data file is in use (%w); the target was not touched", err)
		}
		locks = append(locks, l)
	}
	return release, nil
}

// Backup makes one backup in a folder and removes those that are too old.
func (s Service) Backup(ctx context.Context, dir string) (backup.Created, error) {
	return backup.Create(ctx, s.engine(), backup.CreateOptions{
		Dir: dir, Version: s.Version, Recipient: s.Config.BackupAgeRecipient,
		Keep: time.Duration(s.Config.BackupRetentionDays) * 24 * time.Hour,
	})
}

// VerifyFile proves that a backup is complete and undamaged. Of an encrypted one
// without an identity only the checksum is compared; its Manifest is empty then.
func (s Service) VerifyFile(ctx context.Context, file, identityFile string) (backup.Manifest, error) {
	if backup.Encrypted(file) && identityFile == "" {
		return backup.Manifest{}, backup.CheckFile(ctx, file)
	}
	return backup.Inspect(ctx, file, identityFile)
}

// Options of a restore.
type Options struct {
	File, IdentityFile string
	// Confirm must be the database's name when it isn't empty.
	Confirm string
	// AcceptProblems restores books that aren't sound: those of a backup of a
	// database that wasn't.
	AcceptProblems bool
	// Rehearse proves the backup in a scratch database and drops that.
	Rehearse bool
}

// Restore brings a backup back, or rehearses it.
func (s Service) Restore(ctx context.Context, o Options) (r backup.Restored, p Proof, err error) {
	newest, err := store.NewestSchema(s.Config.PostgresURL() != "")
	if err != nil {
		return r, p, err
	}
	r, err = backup.Restore(ctx, s.engine(), backup.RestoreOptions{
		File: o.File, IdentityFile: o.IdentityFile, MaxSchema: newest, Confirm: o.Confirm,
		Rehearse: o.Rehearse, Progress: s.Progress,
		Verify: func(ctx context.Context, address string) error {
			p, err = s.prove(ctx, address)
			if err == nil && len(p.Problems) > 0 && !o.AcceptProblems {
				err = fmt.Errorf("%d problems, the first: %s", len(p.Problems), p.Problems[0])
			}
			return err
		},
	})
	return r, p, err
}

// Proof is what was found in a copy.
type Proof struct {
	Findings bank.Findings
	Chain    audit.Report
	Problems []string
}

// prove brings a copy's schema up to date and proves books and audit chain.
func (s Service) prove(ctx context.Context, address string) (p Proof, err error) {
	o := store.Options{Service: "restore"}
	if strings.Contains(address, "://") {
		o.DatabaseURL = address
	} else {
		o.SQLitePath = filepath.Clean(address)
	}
	db, err := store.Open(ctx, o)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := store.Prepare(ctx, db, true); err != nil {
		return p, err
	}
	if p.Findings, err = bank.Verify(ctx, db.Bank()); err != nil {
		return p, err
	}
	if p.Chain, err = audit.NewChain(db.Audit(), s.Config.AuditKey.Reveal(), nil).Verify(ctx); err != nil {
		return p, err
	}
	p.Problems = p.Findings.Problems()
	if p.Chain.FirstBad != "" {
		p.Problems = append(p.Problems, "audit chain: "+p.Chain.FirstBad)
	}
	return p, nil
}

// Rehearsal is a disaster-recovery test.
type Rehearsal struct {
	Created  backup.Created
	Restored backup.Restored
	Proof    Proof
	Took     time.Duration
}

// Rehearse backs up, restores that into a scratch database, proves it and drops
// it. An encrypted backup needs the identity that opens it.
func (s Service) Rehearse(ctx context.Context, dir, identityFile string) (r Rehearsal, err error) {
	started := time.Now()
	if r.Created, err = s.Backup(ctx, dir); err != nil {
		return r, err
	}
	r.Restored, r.Proof, err = s.Restore(ctx, Options{File: r.Created.File, IdentityFile: identityFile, Rehearse: true})
	r.Took = time.Since(started)
	return r, err
}
