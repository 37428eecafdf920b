package postgres

import (
	"github.com/pressly/goose/v3"
)

// NewestSchema returns the version of the last migration that this binary holds.
func NewestSchema() (newest int64, err error) {
	files, err := migrations.ReadDir("migrations")
	for _, f := range files {
		version, err := goose.NumericComponent(f.Name())
		if err != nil {
			return 0, err
		}
		newest = max(newest, version)
	}
	return newest, err
}
