package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/gofrs/flock"
)

// CreateOptions say where a backup goes. Dir is required.
type CreateOptions struct {
	Dir string
	// Version of this release, for the manifest.
	Version string
	// Recipient encrypts the backup to an age public key (age1...); empty doesn't.
	Recipient string
	// Keep is how long older backups are kept; zero keeps them all.
	Keep time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Created says what a backup made.
type Created struct {
	File     string
	Bytes    int64
	Manifest Manifest
	Took     time.Duration
	// Pruned are the older backups that were removed.
	Pruned []string
}

// Create makes one backup. It has its name only when it is complete, on disk and
// read back; a crash before leaves a hidden file that the next call removes.
func Create(ctx context.Context, e Engine, o CreateOptions) (c Created, err error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	recipient, err := parseRecipient(o.Recipient)
	if err != nil {
		return c, err
	}
	unlock, err := lockFolder(o.Dir)
	if err != nil {
		return c, err
	}
	defer unlock()
	started := o.Now()
	c.Manifest = Manifest{Format: manifestFormat, Product: manifestProduct, Version: o.Version, Engine: e.Kind(), TakenAt: started.UTC()}
	suffix := e.Extension() + ".gz"
	if recipient != nil {
		suffix += encryptedFile
	}
	c.File = freeName(o.Dir, "backup_", started, suffix)
	err = writeAtomically(c.File, func(w io.Writer) error {
		a, err := newArchiveWriter(w, recipient)
		if err != nil {
			return err
		}
		if c.Manifest.Contents, err = e.Dump(ctx, a, o.Dir); err != nil {
			return err
		}
		return a.finish(&c.Manifest)
	}, func(written string) error { return readBack(ctx, written, recipient, c.Manifest) })
	if err != nil {
		return c, fmt.Errorf("backup: %w", err)
	}
	if err := writeBeside(ctx, c.File, c.Manifest); err != nil {
		return c, err
	}
	info, err := os.Stat(c.File)
	if err != nil {
		return c, err
	}
	c.Bytes, c.Took = info.Size(), o.Now().Sub(started)
	c.Pruned, err = prune(o.Dir, c.File, o.Keep, o.Now())
	return c, err
}

func parseRecipient(s string) (age.Recipient, error) {
	if s == "" {
		return nil, nil
	}
	r, err := age.ParseX25519Recipient(s)
	if err != nil {
		return nil, errors.New("the recipient of encrypted backups must be an age public key (age1...)")
	}
	return r, nil
}

// lockFolder makes this the only backup into a folder and clears what killed
// ones left there.
func lockFolder(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("backup folder %s can't be made: %w; --dir names another", dir, cause(err))
	}
	l := flock.New(filepath.Join(dir, ".lock"))
	locked, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("backup folder %s can't be written: %w", dir, cause(err))
	}
	if !locked {
		return nil, fmt.Errorf("another backup into %s is running", dir)
	}
	left, _ := filepath.Glob(filepath.Join(dir, partPrefix+"*")) // the pattern is ours
	for _, f := range left {
		removeQuietly(f)
	}
	return func() { _ = l.Close() }, nil
}

// cause is the reason in a path error, without the path that the message names.
func cause(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// partPrefix begins the names of files that are being written.
const partPrefix = ".part-"

const nameLayout = "20060102_150405"

// freeName is the name of a file for a moment, or the next second that has none.
func freeName(dir, prefix string, t time.Time, suffix string) string {
	for ; ; t = t.Add(time.Second) {
		name := filepath.Join(dir, prefix+t.UTC().Format(nameLayout)+suffix)
		if _, err := os.Lstat(name); err != nil {
			return name
		}
	}
}

// writeAtomically gives a file its name when it is written, checked and on disk.
func writeAtomically(path string, write func(io.Writer) error, check func(written string) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), partPrefix+"*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			removeQuietly(f.Name())
		}
	}()
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	if check != nil {
		if err := check(f.Name()); err != nil {
			return err
		}
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a rename outlive a power cut.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// readBack proves that what was written can be read. An encrypted backup can't
// be opened here: the machine that makes it doesn't hold the key.
func readBack(ctx context.Context, path string, recipient age.Recipient, want Manifest) error {
	if recipient != nil {
		return nil
	}
	got, err := Inspect(ctx, path, "")
	if err == nil && got.ContentSHA256 != want.ContentSHA256 {
		err = errors.New("what was written reads back otherwise")
	}
	return err
}

// writeBeside writes checksum and manifest as files of their own.
func writeBeside(ctx context.Context, path string, m Manifest) error {
	sum, err := fileSHA256(ctx, path)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	for suffix, content := range map[string]string{
		checksumSuffix: sum + "  " + filepath.Base(path) + "\n", manifestSuffix: string(text) + "\n",
	} {
		if err := writeAtomically(path+suffix, func(w io.Writer) error {
			_, err := io.Copy(w, bytes.NewReader([]byte(content)))
			return err
		}, nil); err != nil {
			return err
		}
	}
	return nil
}

// backupName matches the files of backups and gives their moment.
var backupName = regexp.MustCompile(`^backup_(\d{8}_\d{6})\.(?:sql|db)\.gz(?:\.age)?$`)

// File is a backup in a folder.
type File struct {
	Path    string
	TakenAt time.Time // by its name
}

// List returns the backups in a folder, newest first. Other files are ignored.
func List(dir string) ([]File, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, e := range entries {
		m := backupName.FindStringSubmatch(e.Name())
		if m == nil || !e.Type().IsRegular() {
			continue
		}
		if t, err := time.Parse(nameLayout, m[1]); err == nil {
			files = append(files, File{filepath.Join(dir, e.Name()), t})
		}
	}
	slices.SortFunc(files, func(a, b File) int { return b.TakenAt.Compare(a.TakenAt) })
	return files, nil
}

// Latest returns the newest backup of a folder.
func Latest(dir string) (File, error) {
	files, err := List(dir)
	if err != nil {
		return File{}, fmt.Errorf("backup folder %s: %w", dir, cause(err))
	}
	if len(files) == 0 {
		return File{}, fmt.Errorf("there is no backup in %s", dir)
	}
	return files[0], nil
}

// prune removes backups older than keep. The one just made and read back stays
// whatever the clock says, so that a good one is always left.
func prune(dir, newest string, keep time.Duration, now time.Time) (removed []string, err error) {
	if keep <= 0 {
		return nil, nil
	}
	files, err := List(dir)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if f.Path == newest || now.Sub(f.TakenAt) <= keep {
			continue
		}
		if err := os.Remove(f.Path); err != nil {
			return removed, fmt.Errorf("remove an old backup: %w", err)
		}
		removeQuietly(f.Path + checksumSuffix)
		removeQuietly(f.Path + manifestSuffix)
		removed = append(removed, strings.TrimPrefix(f.Path, dir+string(filepath.Separator)))
	}
	return removed, nil
}
