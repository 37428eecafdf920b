package report

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/event"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

// EvidenceOptions say what to preserve, and where.
type EvidenceOptions struct {
	// Store is nil where the database can't be reached; NoStore says why.
	Store        store.Store
	NoStore      error
	AuditKey     string
	Since, Until time.Time
	// Texts are files made by the caller, by name: settings, versions.
	Texts map[string]string
	// Logs are files of service logs, taken as they are.
	Logs []string
	// Out is the archive to make; it must not exist. Empty writes it to W.
	Out string
	W   io.Writer
}

// Evidence is what was preserved.
type Evidence struct {
	Files map[string]string // SHA-256 by name
	// SHA256 of the archive: note it somewhere else.
	SHA256 string
	Chain  audit.Report
	// Missing is what couldn't be read, and why.
	Missing []string
}

// Files about the archive's own files: their checksums for sha256sum -c, and what
// isn't there.
const (
	manifestName = "SHA256SUMS"
	missingName  = "MISSING.txt"
)

// ExportEvidence writes an archive (tar.gz) of what is needed to find out what
// happened. It changes nothing but that file.
func ExportEvidence(ctx context.Context, o EvidenceOptions) (e Evidence, err error) {
	if o.Out == "" {
		return writeEvidence(ctx, o, o.W, os.TempDir())
	}
	f, err := os.OpenFile(o.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return e, fmt.Errorf("evidence: %w", err)
	}
	e, err = writeEvidence(ctx, o, f, filepath.Dir(o.Out))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(o.Out) // half an archive is no evidence
	}
	return e, err
}

// writeEvidence writes the archive, with dir for temporary files.
func writeEvidence(ctx context.Context, o EvidenceOptions, w io.Writer, dir string) (e Evidence, err error) {
	whole := sha256.New()
	gz := gzip.NewWriter(io.MultiWriter(w, whole))
	a := &evidenceArchive{tar: tar.NewWriter(gz), dir: dir, at: o.Until, files: map[string]string{}}
	if err := a.addAll(ctx, o, &e.Chain); err != nil {
		return e, err
	}
	if err := errors.Join(a.tar.Close(), gz.Close()); err != nil {
		return e, err
	}
	e.Files, e.Missing, e.SHA256 = a.files, a.missing, hex.EncodeToString(whole.Sum(nil))
	return e, nil
}

type evidenceArchive struct {
	tar   *tar.Writer
	dir   string // takes temporary files
	at    time.Time
	files map[string]string
	order []string
	// missing is what couldn't be read.
	missing []string
}

func (a *evidenceArchive) addAll(ctx context.Context, o EvidenceOptions, chain *audit.Report) error {
	for name, text := range o.Texts {
		if err := a.add(name, writing(text)); err != nil {
			return err
		}
	}
	for i, log := range o.Logs {
		if err := a.addFile(fmt.Sprintf("logs/%d-%s", i+1, filepath.Base(log)), log); err != nil {
			return err
		}
	}
	if o.Store == nil {
		a.missing = append(a.missing, fmt.Sprintf("everything of the database: %v", o.NoStore))
	} else if err := a.addRecords(ctx, o, chain); err != nil {
		return err
	}
	if len(a.missing) > 0 {
		if err := a.add(missingName, writing(strings.Join(a.missing, "\n")+"\n")); err != nil {
			return err
		}
	}
	return a.addSums()
}

// addRecords adds what the database knows. What can't be read is noted and left
// out: a broken table must not keep the others from being preserved.
func (a *evidenceArchive) addRecords(ctx context.Context, o EvidenceOptions, chain *audit.Report) error {
	return errors.Join(
		a.attempt("audit.jsonl", func(w io.Writer) error { return auditLines(ctx, o, w) }),
		a.attempt("audit-verification.json", func(w io.Writer) (err error) {
			*chain, err = audit.NewChain(o.Store.Audit(), o.AuditKey, nil).Verify(ctx)
			return writeJSON(w, map[string]any{
				"whole": chain.FirstBad == "", "sealed": chain.Sealed, "unsealed": chain.Unsealed, "last_link": chain.Link, "first_bad": chain.FirstBad,
			}, err)
		}),
		a.attempt("schema.json", func(w io.Writer) error {
			have, want, err := o.Store.SchemaVersion(ctx)
			return writeJSON(w, map[string]int64{"database": have, "release": want}, err)
		}),
		a.attempt("events.json", func(w io.Writer) error {
			events, err := o.Store.Events().List(ctx, event.Filter{Since: o.Since, Until: o.Until, Limit: 100_000})
			return writeJSON(w, list(events), err)
		}),
		a.attempt("incidents.json", func(w io.Writer) error {
			incidents, err := o.Store.Incidents().List(ctx, false, 10_000)
			return writeJSON(w, list(incidents), err)
		}),
		a.attempt(string(event.Flags)+".jsonl", func(w io.Writer) error { return tableLines(ctx, o.Store, event.Flags, w) }),
		a.attempt(string(event.FlagChanges)+".jsonl", func(w io.Writer) error { return tableLines(ctx, o.Store, event.FlagChanges, w) }),
		ctx.Err(),
	)
}

// auditLines writes the records of the span, and every one that isn't sealed.
func auditLines(ctx context.Context, o EvidenceOptions, w io.Writer) error {
	encoder := json.NewEncoder(w)
	return o.Store.Audit().Each(ctx, func(r audit.Record) error {
		if r.Seq > 0 && (r.At.Before(o.Since) || !r.At.Before(o.Until)) {
			return nil
		}
		return encoder.Encode(map[string]any{
			"seq": r.Seq, "at": r.At, "kind": r.Kind, "actor": r.Actor, "subject": r.Subject,
			"digest": hex.EncodeToString(r.Digest), "link": hex.EncodeToString(r.Link),
		})
	})
}

func writing(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// writeJSON writes a value that was read, or returns why it wasn't.
func writeJSON(w io.Writer, v any, err error) error {
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// list is an empty list for none, where JSON would say null.
func list[T any](items []T) []T { return append([]T{}, items...) }

// tableLines writes the rows of a table that older schemas don't have.
func tableLines(ctx context.Context, s store.Store, table event.Optional, w io.Writer) error {
	known, err := s.Events().Rows(ctx, table, func(row json.RawMessage) error {
		_, err := fmt.Fprintf(w, "%s\n", row)
		return err
	})
	if err == nil && !known {
		_, err = io.WriteString(w, "{\"note\":\"the schema has no such table\"}\n")
	}
	return err
}

func (a *evidenceArchive) addFile(name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return a.add(name, func(w io.Writer) error {
		_, err := io.Copy(w, f)
		return err
	})
}

// unread is why a file of the archive has no content.
type unread struct{ error }

// attempt adds a file, or notes why it can't be read.
func (a *evidenceArchive) attempt(name string, write func(io.Writer) error) error {
	err := a.add(name, write)
	var u unread
	if errors.As(err, &u) {
		a.missing = append(a.missing, fmt.Sprintf("%s: %v", name, u.error))
		return nil
	}
	return err
}

// add writes a file into the archive. Its length must stand before it, so it is
// written beside the archive first.
func (a *evidenceArchive) add(name string, write func(io.Writer) error) error {
	part, err := os.CreateTemp(a.dir, ".evidence-*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	defer part.Close()
	sum := sha256.New()
	if err := write(io.MultiWriter(part, sum)); err != nil {
		return fmt.Errorf("%s: %w", name, unread{err})
	}
	size, err := part.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if _, err := part.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := a.tar.WriteHeader(&tar.Header{Name: "evidence/" + name, Mode: 0o600, Size: size, ModTime: a.at}); err != nil {
		return err
	}
	if _, err := io.Copy(a.tar, part); err != nil {
		return err
	}
	a.files[name] = hex.EncodeToString(sum.Sum(nil))
	a.order = append(a.order, name)
	return nil
}

func (a *evidenceArchive) addSums() error {
	var b strings.Builder
	for _, name := range a.order {
		fmt.Fprintf(&b, "%s  %s\n", a.files[name], name)
	}
	return a.add(manifestName, writing(b.String()))
}
