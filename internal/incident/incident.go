// Package incident turns alerts into a record of what happened: one incident for
// each group of alerts that Alertmanager reports together, from the first that
// fires until all are resolved, with a timeline. It pages nobody; that is
// Alertmanager's work.
//
//	          an alert fires                    the last one is resolved
//	(nothing) ───────────────▶ open ──────────────────────────────────▶ resolved
//	                            │ ▲ alerts come and go                     │
//	                            └─┘                an alert fires anew ────┴─▶ another incident
//
// Alertmanager sends what it knows again and again, and sometimes twice. An alert
// is known by its fingerprint and the moment it began, so that nothing is
// recorded twice.
package incident

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// Status of an incident.
type Status string

// States of an incident.
const (
	Open     Status = "open"
	Resolved Status = "resolved"
)

// Alert is one alert of an incident.
type Alert struct {
	Fingerprint string    `json:"fingerprint"`
	Name        string    `json:"name"`
	Severity    string    `json:"severity,omitempty"`
	Priority    string    `json:"priority,omitempty"`
	Service     string    `json:"service,omitempty"`
	Summary     string    `json:"summary,omitempty"`
	RunbookURL  string    `json:"runbook_url,omitempty"`
	StartsAt    time.Time `json:"starts_at"`
	// EndsAt is zero while the alert fires.
	EndsAt time.Time `json:"ends_at,omitzero"`
}

func (a Alert) firing() bool { return a.EndsAt.IsZero() }

func (a Alert) same(b Alert) bool {
	return a.Fingerprint == b.Fingerprint && a.StartsAt.Equal(b.StartsAt)
}

// Entry is one line of a timeline.
type Entry struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// Incident is what happened from the first alert to the last resolution.
type Incident struct {
	ID         string    `json:"id"`
	GroupKey   string    `json:"group_key"`
	Title      string    `json:"title"`
	Severity   string    `json:"severity"`
	Priority   string    `json:"priority"`
	Status     Status    `json:"status" enum:"open,resolved"`
	StartedAt  time.Time `json:"started_at"`
	ResolvedAt time.Time `json:"resolved_at,omitzero"`
	Alerts     []Alert   `json:"alerts"`
	Timeline   []Entry   `json:"timeline"`
}

// Notification is what Alertmanager reports of one group of alerts.
type Notification struct {
	GroupKey string
	Alerts   []Alert
}

// Store keeps incidents.
type Store interface {
	// Update hands the newest incident of a group, nil when there is none, to fn
	// and stores what it returns, unless that is nil. Updates of one group take
	// turns, over all replicas.
	Update(ctx context.Context, groupKey string, fn func(newest *Incident) (*Incident, error)) error
	// List returns incidents, newest first; only open ones when asked.
	List(ctx context.Context, onlyOpen bool, limit int) ([]Incident, error)
	// Get returns one incident, or ErrNotFound.
	Get(ctx context.Context, id string) (Incident, error)
}

// ErrNotFound says that there is no such incident.
var ErrNotFound = fault.New(fault.NotFound, "there is no such incident")

// Bounds of what one sender can make us keep.
const (
	maxAlerts   = 200 // of an incident
	maxTimeline = 500
	maxText     = 500 // bytes of a text from outside
)

// Service records incidents.
type Service struct {
	store Store
	now   func() time.Time
}

// New returns a Service. A nil clock is time.Now.
func New(store Store, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{store: store, now: now}
}

// Receive records a notification. Sent again it changes nothing.
func (s *Service) Receive(ctx context.Context, n Notification) error {
	if n.GroupKey == "" || len(n.GroupKey) > 2000 {
		return fault.New(fault.Validation, "groupKey must have 1 to 2000 characters")
	}
	now := s.now().UTC()
	return s.store.Update(ctx, n.GroupKey, func(newest *Incident) (*Incident, error) {
		return apply(newest, n, now), nil
	})
}

// List returns incidents, newest first.
func (s *Service) List(ctx context.Context, onlyOpen bool, limit int) ([]Incident, error) {
	return s.store.List(ctx, onlyOpen, limit)
}

// Get returns one incident.
func (s *Service) Get(ctx context.Context, id string) (Incident, error) { return s.store.Get(ctx, id) }

// apply returns the group's incident as it is after a notification, or nil when
// that says nothing new.
func apply(newest *Incident, n Notification, now time.Time) *Incident {
	var i Incident
	if newest != nil {
		i = *newest
		i.Alerts, i.Timeline = slices.Clone(i.Alerts), slices.Clone(i.Timeline)
	}
	changed := false
	for _, a := range n.Alerts {
		a = clean(a)
		known := slices.IndexFunc(i.Alerts, a.same)
		switch {
		case known < 0 && a.firing():
			if i.Status != Open {
				i = begin(n.GroupKey, a)
			}
			changed = i.fire(a, now) || changed
		case known >= 0 && !a.firing() && i.Alerts[known].firing():
			i.Alerts[known].EndsAt = a.EndsAt
			i.note(a.EndsAt, "resolved: "+a.Name+about(a))
			changed = true
		}
	}
	if !changed {
		return nil
	}
	if i.Status == Open && !slices.ContainsFunc(i.Alerts, Alert.firing) {
		i.Status, i.ResolvedAt = Resolved, now
		i.note(now, "all alerts are resolved")
	}
	return &i
}

// begin opens an incident with its first alert. Its id follows from that alert:
// two replicas that hear of it make the same one.
func begin(groupKey string, a Alert) Incident {
	sum := sha256.Sum256([]byte(groupKey + "\x1f" + a.Fingerprint + "\x1f" + a.StartsAt.UTC().Format(time.RFC3339Nano)))
	return Incident{
		ID: "INC-" + a.StartsAt.UTC().Format("20060102") + "-" + hex.EncodeToString(sum[:4]), GroupKey: groupKey,
		Title: a.Name, Status: Open, StartedAt: a.StartsAt,
	}
}

// fire adds an alert and says whether there was room for it.
func (i *Incident) fire(a Alert, now time.Time) bool {
	if len(i.Alerts) >= maxAlerts {
		return false
	}
	i.Alerts = append(i.Alerts, a)
	if rank(a.Severity) > rank(i.Severity) {
		i.Severity, i.Title = a.Severity, a.Name
	}
	if i.Priority == "" || a.Priority != "" && a.Priority < i.Priority { // P0 before P1
		i.Priority = a.Priority
	}
	if a.StartsAt.Before(i.StartedAt) {
		i.StartedAt = a.StartsAt
	}
	text := "firing: " + a.Name + about(a)
	if late := now.Sub(a.StartsAt); late > time.Minute {
		text += " (heard of " + late.Round(time.Second).String() + " later)"
	}
	i.note(a.StartsAt, text)
	return true
}

func about(a Alert) string {
	text := ""
	if a.Service != "" {
		text += " on " + a.Service
	}
	if a.Summary != "" {
		text += ": " + a.Summary
	}
	return text
}

func rank(severity string) int {
	return slices.Index([]string{"info", "warning", "critical"}, severity) + 1
}

// note adds a line in the order of time.
func (i *Incident) note(at time.Time, text string) {
	if len(i.Timeline) >= maxTimeline {
		return
	}
	i.Timeline = append(i.Timeline, Entry{At: at.UTC(), Text: text})
	slices.SortStableFunc(i.Timeline, func(a, b Entry) int { return a.At.Compare(b.At) })
}

// clean bounds what came from outside and takes out what could forge a line.
func clean(a Alert) Alert {
	for _, field := range []*string{&a.Fingerprint, &a.Name, &a.Severity, &a.Priority, &a.Service, &a.Summary, &a.RunbookURL} {
		*field = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) || r == unicode.ReplacementChar {
				return ' '
			}
			return r
		}, (*field)[:min(len(*field), maxText)])
	}
	a.StartsAt, a.EndsAt = a.StartsAt.UTC(), a.EndsAt.UTC()
	return a
}
