package store

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// OpenExisting opens a database that must be there with this release's schema.
// Unlike Open it makes nothing.
func OpenExisting(ctx context.Context, o Options) (Store, error) {
	if o.DatabaseURL == "" { // opening would make an empty file
		if _, err := os.Stat(o.SQLitePath); err != nil {
			return nil, fmt.Errorf("there is no data file %s", o.SQLitePath)
		}
	}
	s, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := Prepare(ctx, s, false); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}
