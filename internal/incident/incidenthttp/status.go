package incidenthttp

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"sync"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/incident"
)

//go:embed status.html
var statusHTML string

//go:embed status.css
var statusCSS string

var statusTemplate = template.Must(template.New("status").Parse(statusHTML))

// Part is one thing that is up, up with limits, or down.
type Part struct {
	Name  string
	State string // "ok", "degraded" or "down"
}

// statusPage is what anyone may see: what is up, and what is being worked on. It
// names no address, and nothing of an alert but its name and service; alerts that
// aren't critical are nobody's business outside.
type statusPage struct {
	Style     template.CSS // ours, embedded
	Overall   string
	Parts     []Part
	Incidents []shownIncident
	// Unknown is set while the record can't be read.
	Unknown bool
	At      string
}

type shownIncident struct {
	incident.Incident
	Service string
}

const (
	// statusAge is how old the page may be: many people look at it when something
	// is wrong, and none of them should cost the database a query.
	statusAge = 5 * time.Second
	// statusTimeout bounds the making of it.
	statusTimeout = 3 * time.Second
	shownResolved = 5
)

type status struct {
	core  *incident.Service
	parts func(ctx context.Context) []Part

	mu   sync.Mutex
	page statusPage
	at   time.Time
}

// Status returns the handler of the status page. parts says what is up now.
func Status(core *incident.Service, parts func(ctx context.Context) []Part) http.Handler {
	s := &status{core: core, parts: parts}
	sum := sha256.Sum256([]byte(statusCSS))
	policy := "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Cache-Control", "max-age=5")
		_ = statusTemplate.Execute(w, s.current(r.Context())) // a client that left needs no page
	})
}

// current makes the page at most every statusAge; others wait for it meanwhile.
func (s *status) current(ctx context.Context) statusPage {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.at) < statusAge {
		return s.page
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), statusTimeout)
	defer cancel()
	s.page, s.at = s.make(ctx), time.Now()
	return s.page
}

func (s *status) make(ctx context.Context) statusPage {
	p := statusPage{Style: template.CSS(statusCSS), Parts: s.parts(ctx), At: time.Now().UTC().Format("2006-01-02 15:04:05")}
	all, err := s.core.List(ctx, false, 200)
	p.Unknown = err != nil
	resolved, open := 0, false
	for _, i := range all {
		if i.Severity != "critical" {
			continue
		}
		if i.Status == incident.Resolved {
			if resolved++; resolved > shownResolved {
				continue
			}
		}
		open = open || i.Status == incident.Open
		p.Incidents = append(p.Incidents, shownIncident{i, service(i)})
	}
	p.Overall = overall(p.Parts, open)
	return p
}

// service is that of the alert which an incident is named after.
func service(i incident.Incident) string {
	for _, a := range i.Alerts {
		if a.Name == i.Title {
			return a.Service
		}
	}
	return ""
}

func overall(parts []Part, open bool) string {
	state := "Everything works"
	if open {
		state = "Working, and an incident is being worked on"
	}
	for _, p := range parts {
		switch p.State {
		case "down":
			return "Some things are down"
		case "degraded":
			state = "Working with limits"
		}
	}
	return state
}
