// Package event keeps what was done to the system, for those who run it: services
// that started and stopped, with their version and configuration, and backups,
// their verification and their restores. It records; what follows from an old
// backup or a new version is decided by alerts and people.
package event

import (
	"context"
	"strings"
	"time"
)

// Kind says what was done.
type Kind string

// Kinds of events. A start is a Deployment when the service's version differs
// from its start before, else a Configuration when its settings do, else a Start:
// a restart, or one more instance.
const (
	Deployment    Kind = "deployment"
	Configuration Kind = "configuration"
	Start         Kind = "start"
	Stop          Kind = "stop"

	Backup  Kind = "backup"
	Verify  Kind = "backup_verify"
	Restore Kind = "restore"
	DRTest  Kind = "dr_test"
)

// Event is one thing that was done.
type Event struct {
	At       time.Time     `json:"at"`
	Kind     Kind          `json:"kind"`
	Service  string        `json:"service"`
	Version  string        `json:"version"`
	Config   string        `json:"config"`   // digest of the settings, secrets left out
	Instance string        `json:"instance"` // the process, as its host names it
	OK       bool          `json:"ok"`
	Took     time.Duration `json:"took_ns"`
	// Summary is a line for people, without anything personal or secret.
	Summary string `json:"summary"`
}

// maxSummary bounds a summary in bytes: it may quote an error.
const maxSummary = 500

// Filter selects events. The zero value selects all, up to Limit's default.
type Filter struct {
	Since, Until time.Time // zero for no bound
	Kinds        []Kind    // none for all
	Limit        int       // zero means 1000
}

// Bounded returns f with its default limit.
func (f Filter) Bounded() Filter {
	if f.Limit <= 0 {
		f.Limit = 1000
	}
	return f
}

// Store keeps events.
type Store interface {
	Activities
	Append(ctx context.Context, e Event) error
	// List returns events that pass a filter, newest first.
	List(ctx context.Context, f Filter) ([]Event, error)
	// Last returns the newest event of a kind, or of those that went well, and nil
	// when there is none.
	Last(ctx context.Context, kind Kind, onlyGood bool) (*Event, error)
	// LastStart returns the newest start of a service, whatever its kind, and nil
	// when there is none.
	LastStart(ctx context.Context, service string) (*Event, error)
}

// Record adds an event with its summary cut to size.
func Record(ctx context.Context, s Store, e Event) error {
	e.Summary = strings.ToValidUTF8(e.Summary[:min(len(e.Summary), maxSummary)], "")
	return s.Append(ctx, e)
}

// RecordStart adds the start of a service and says what kind of start it was.
func RecordStart(ctx context.Context, s Store, e Event) (Event, error) {
	before, err := s.LastStart(ctx, e.Service)
	if err != nil {
		return e, err
	}
	e.OK = true
	switch {
	case before == nil:
		e.Kind, e.Summary = Deployment, "first start, "+e.Version
	case before.Version != e.Version:
		e.Kind, e.Summary = Deployment, "was "+before.Version+", is "+e.Version
	case before.Config != e.Config:
		e.Kind, e.Summary = Configuration, "settings differ from those of the start before"
	default:
		e.Kind, e.Summary = Start, "same version and settings as before"
	}
	return e, Record(ctx, s, e)
}

// Starts are the kinds of a start.
var Starts = []Kind{Deployment, Configuration, Start}
