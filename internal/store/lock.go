package store

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Lock makes this process the only one that runs a service on a SQLite file.
// Several services may share the file, but two of the same kind would each
// believe their caches and their limits. Unlock it by closing.
func Lock(sqlitePath, service string) (*flock.Flock, error) {
	if err := os.MkdirAll(filepath.Dir(sqlitePath), 0o700); err != nil {
		return nil, fmt.Errorf("data folder can't be made: %w", err)
	}
	l := flock.New(sqlitePath + "." + service + ".lock")
	locked, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("data folder can't be written: %w", err)
	}
	if !locked {
		return nil, fmt.Errorf("another %s is running on %s: stop it first, or give this one another SQLITE_PATH", service, sqlitePath)
	}
	return l, nil
}
