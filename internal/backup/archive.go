package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
)

// Manifest says what a backup is. It is written into the file itself, behind the
// data, and beside it.
type Manifest struct {
	Format  int    `json:"format"`
	Product string `json:"product"`
	Version string `json:"version"` // the release that made it
	Engine  string `json:"engine"`
	// TakenAt is when the snapshot was begun: what was acknowledged before is in it.
	TakenAt time.Time `json:"taken_at"`
	Contents
	ContentSHA256 string `json:"content_sha256"` // of the plain dump
	ContentBytes  int64  `json:"content_bytes"`
}

const (
	manifestFormat  = 1
	manifestProduct = "swipesavvy"
	// maxManifest is what the field of a gzip header can hold.
	maxManifest = 1<<16 - 1 - subfieldHeader
	// subfieldHeader are two letters and a length (RFC 1952, 2.3.1.1).
	subfieldHeader = 4
	encryptedFile  = ".age"
	ageMagic       = "age-encryption.org/"
)

// archive is the file of a backup: one gzip member with the dump, then an empty
// one whose header carries the manifest. Programs that know nothing of it see
// the dump alone, and a file that was cut off has no manifest.
type archiveWriter struct {
	gz      *gzip.Writer
	out     io.WriteCloser // closes the encryption, if any
	content hash.Hash
	bytes   int64
}

func newArchiveWriter(w io.Writer, recipient age.Recipient) (*archiveWriter, error) {
	a := &archiveWriter{content: sha256.New(), out: nopCloser{w}}
	if recipient != nil {
		var err error
		if a.out, err = age.Encrypt(w, recipient); err != nil {
			return nil, fmt.Errorf("encrypt: %w", err)
		}
	}
	a.gz = gzip.NewWriter(a.out)
	return a, nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

func (a *archiveWriter) Write(p []byte) (int, error) {
	n, err := a.gz.Write(p)
	a.content.Write(p[:n])
	a.bytes += int64(n)
	return n, err
}

// finish completes the manifest and writes it.
func (a *archiveWriter) finish(m *Manifest) error {
	m.ContentSHA256, m.ContentBytes = hex.EncodeToString(a.content.Sum(nil)), a.bytes
	if err := a.gz.Close(); err != nil {
		return err
	}
	text, err := json.Marshal(m)
	if err != nil || len(text) > maxManifest {
		return errors.Join(errors.New("the manifest can't be written"), err)
	}
	extra := binary.LittleEndian.AppendUint16([]byte("SV"), uint16(len(text)))
	a.gz.Reset(a.out)
	a.gz.Extra = append(extra, text...)
	return errors.Join(a.gz.Close(), a.out.Close())
}

// archive reads the dump out of a file. Read ends with io.EOF behind the dump;
// finish then proves that all of it was there.
type archive struct {
	name    string
	file    *os.File
	raw     *bufio.Reader
	gz      *gzip.Reader
	content hash.Hash
	bytes   int64
}

var errForeign = errors.New("this is no backup of swipesavvy")

// open opens a backup. An encrypted one needs the file of its identities.
func open(path, identityFile string) (_ *archive, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
		}
	}()
	raw := bufio.NewReaderSize(f, 1<<16)
	if start, _ := raw.Peek(len(ageMagic)); string(start) == ageMagic {
		plain, err := decrypt(raw, identityFile)
		if err != nil {
			return nil, err
		}
		raw = bufio.NewReaderSize(plain, 1<<16)
	}
	gz, err := gzip.NewReader(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errForeign, err)
	}
	gz.Multistream(false)
	return &archive{name: path, file: f, raw: raw, gz: gz, content: sha256.New()}, nil
}

func decrypt(r io.Reader, identityFile string) (io.Reader, error) {
	if identityFile == "" {
		return nil, errors.New("it is encrypted: --identity names the file with the key that opens it")
	}
	f, err := os.Open(identityFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	identities, err := age.ParseIdentities(f)
	if err != nil {
		return nil, fmt.Errorf("identity file %s: it must have lines that begin with AGE-SECRET-KEY-", identityFile)
	}
	plain, err := age.Decrypt(r, identities...)
	if err != nil {
		return nil, fmt.Errorf("it can't be opened with the identities of %s: %w", identityFile, err)
	}
	return plain, nil
}

func (a *archive) Close() error { return a.file.Close() }

func (a *archive) Read(p []byte) (int, error) {
	n, err := a.gz.Read(p)
	a.content.Write(p[:n])
	a.bytes += int64(n)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%s is damaged or cut off: %w", a.name, err)
	}
	return n, err
}

// finish reads what is left, and the manifest, and compares.
func (a *archive) finish() (m Manifest, err error) {
	if _, err := io.Copy(io.Discard, a); err != nil {
		return m, err
	}
	if err := a.gz.Reset(a.raw); err != nil {
		return m, fmt.Errorf("%s: %w, or it is cut off: it has no manifest", a.name, errForeign)
	}
	a.gz.Multistream(false)
	if n, err := io.Copy(io.Discard, a.gz); err != nil || n > 0 {
		return m, fmt.Errorf("%s: %w: what follows the data is no manifest", a.name, errForeign)
	}
	if m, err = parseManifest(a.gz.Extra); err != nil {
		return m, fmt.Errorf("%s: %w", a.name, err)
	}
	if _, err := a.raw.Peek(1); err != io.EOF {
		return m, fmt.Errorf("%s is damaged: something follows its end", a.name)
	}
	if sum := hex.EncodeToString(a.content.Sum(nil)); sum != m.ContentSHA256 || a.bytes != m.ContentBytes {
		return m, fmt.Errorf("%s is damaged: its content is not what its manifest says", a.name)
	}
	return m, nil
}

func parseManifest(extra []byte) (m Manifest, err error) {
	if len(extra) < subfieldHeader || string(extra[:2]) != "SV" || int(binary.LittleEndian.Uint16(extra[2:])) != len(extra)-subfieldHeader {
		return m, fmt.Errorf("%w: it has no manifest", errForeign)
	}
	if err := json.Unmarshal(extra[subfieldHeader:], &m); err != nil || m.Product != manifestProduct {
		return m, fmt.Errorf("%w: its manifest can't be read", errForeign)
	}
	if m.Format != manifestFormat {
		return m, fmt.Errorf("the backup has format %d, this release knows only %d", m.Format, manifestFormat)
	}
	return m, nil
}

// Inspect reads a whole backup and proves that it is complete and undamaged: its
// checksums, and the one beside it where there is one. It needs no database.
func Inspect(ctx context.Context, path, identityFile string) (Manifest, error) {
	if err := compareChecksum(ctx, path); err != nil {
		return Manifest{}, err
	}
	a, err := open(path, identityFile)
	if err != nil {
		return Manifest{}, err
	}
	defer a.Close()
	stop := context.AfterFunc(ctx, func() { _ = a.Close() }) // ends a long read
	defer stop()
	m, err := a.finish()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return m, err
}

// Encrypted says whether a file is an encrypted backup, which Inspect can only
// open with an identity.
func Encrypted(path string) bool { return strings.HasSuffix(path, encryptedFile) }

// CheckFile compares a backup with the checksum beside it. That is all that can
// be done to an encrypted one without its identity.
func CheckFile(ctx context.Context, path string) error {
	if _, err := os.Stat(path + checksumSuffix); err != nil {
		return fmt.Errorf("%s: there is no checksum beside it", path)
	}
	return compareChecksum(ctx, path)
}

// checksumSuffix names the file that sha256sum -c reads.
const (
	checksumSuffix = ".sha256"
	manifestSuffix = ".manifest.json"
)

func compareChecksum(ctx context.Context, path string) error {
	beside, err := os.ReadFile(path + checksumSuffix)
	if errors.Is(err, os.ErrNotExist) {
		return nil // a copy that was moved alone; it proves itself
	}
	if err != nil {
		return err
	}
	want, name, _ := strings.Cut(strings.TrimSpace(string(beside)), "  ")
	got, err := fileSHA256(ctx, path)
	if err != nil {
		return err
	}
	if want != got || name != filepath.Base(path) {
		return fmt.Errorf("%s is damaged: its SHA-256 is not the one in %s", path, filepath.Base(path)+checksumSuffix)
	}
	return nil
}

func fileSHA256(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	stop := context.AfterFunc(ctx, func() { _ = f.Close() })
	defer stop()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", errors.Join(err, ctx.Err())
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
