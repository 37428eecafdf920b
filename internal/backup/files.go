package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"
)

// FilesOptions say what goes into a backup of files.
type FilesOptions struct {
	// Recipient encrypts it, as in CreateOptions.
	Recipient string
	// Texts are files made for it, by name.
	Texts map[string]string
	// Paths are files and folders; those that don't exist are left out.
	Paths []string
}

// FilesCreated says what a backup of files made.
type FilesCreated struct {
	File  string
	Names []string // what is in it
}

// maxConfigFile bounds one file of a configuration: what is larger is none.
const maxConfigFile = 8 << 20

// Files packs files into config_backup_YYYYmmdd_HHMMSS.tar.gz, readable by its
// owner alone, with a checksum beside it.
func Files(dir string, o FilesOptions) (c FilesCreated, err error) {
	recipient, err := parseRecipient(o.Recipient)
	if err != nil {
		return c, err
	}
	unlock, err := lockFolder(dir)
	if err != nil {
		return c, err
	}
	defer unlock()
	suffix := ".tar.gz"
	if recipient != nil {
		suffix += encryptedFile
	}
	c.File = freeName(dir, "config_backup_", time.Now(), suffix)
	err = writeAtomically(c.File, func(w io.Writer) (err error) {
		out := io.WriteCloser(nopCloser{w})
		if recipient != nil {
			if out, err = age.Encrypt(w, recipient); err != nil {
				return err
			}
		}
		gz := gzip.NewWriter(out)
		t := tar.NewWriter(gz)
		if c.Names, err = packFiles(t, o); err != nil {
			return err
		}
		return errors.Join(t.Close(), gz.Close(), out.Close())
	}, nil)
	if err != nil {
		return c, fmt.Errorf("backup of the configuration: %w", err)
	}
	sum, err := fileSHA256(context.Background(), c.File)
	if err != nil {
		return c, err
	}
	return c, writeAtomically(c.File+checksumSuffix, func(w io.Writer) error {
		_, err := io.WriteString(w, sum+"  "+filepath.Base(c.File)+"\n")
		return err
	}, nil)
}

func packFiles(t *tar.Writer, o FilesOptions) (names []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(o.Texts)) {
		names = append(names, name)
		if err := packText(t, name, o.Texts[name], time.Now()); err != nil {
			return nil, err
		}
	}
	for _, root := range o.Paths {
		if _, err := os.Stat(root); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() { // links could lead anywhere
				return err
			}
			info, err := entry.Info()
			if err != nil {
				return err
			}
			if info.Size() > maxConfigFile {
				return fmt.Errorf("%s is larger than a configuration file", file)
			}
			content, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			within, err := filepath.Rel(filepath.Dir(root), file)
			if err != nil {
				return err
			}
			name := path.Join("files", filepath.ToSlash(within))
			names = append(names, name)
			return packText(t, name, string(content), info.ModTime())
		})
		if err != nil {
			return nil, err
		}
	}
	return names, nil
}

func packText(t *tar.Writer, name, content string, modified time.Time) error {
	if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(content)), ModTime: modified}); err != nil {
		return err
	}
	_, err := io.WriteString(t, content)
	return err
}
