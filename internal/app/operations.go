package app

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/event"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/incident"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/incident/incidenthttp"
)

const (
	// backupGaugeInterval is how old the metrics of backups may be: backups are
	// made by another process, once a day.
	backupGaugeInterval = 30 * time.Second
	// recordTimeout bounds the record of a start or stop, which nothing waits for
	// but the stop itself.
	recordTimeout = 2 * time.Second
)

// recordLife records the service's start and, when ctx ends, its stop. A record
// that can't be made is only logged: it must not keep a service from working.
func (s *service) recordLife(ctx context.Context) {
	e := event.Event{
		At: time.Now().UTC(), Service: string(s.name), Version: s.o.Version + " " + s.o.Commit,
		Config: s.o.Config.Digest(), Instance: instance(), OK: true,
	}
	record, cancel := context.WithTimeout(ctx, recordTimeout)
	started, err := event.RecordStart(record, s.store.Events(), e)
	cancel()
	if err != nil {
		s.log.WarnContext(ctx, "the start could not be recorded", "error", err)
	} else {
		s.log.InfoContext(ctx, "start recorded", "kind", started.Kind, "config_digest", e.Config)
	}
	<-ctx.Done()
	record, cancel = context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	e.At, e.Kind, e.Took, e.Summary = time.Now().UTC(), event.Stop, time.Since(e.At), "stopped in good order"
	if err := event.Record(record, s.store.Events(), e); err != nil {
		s.log.Warn("the stop could not be recorded", "error", err)
	}
}

// instance names this process among the replicas.
func instance() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprint(host, " ", os.Getpid())
}

// registerIncidents adds the record of incidents and the status page.
func (s *service) registerIncidents(srv *httpserver.Server) {
	incidents := incident.New(s.store.Incidents(), nil)
	incidenthttp.Register(srv.API(), incidents, s.o.Config.IncidentToken.Reveal())
	srv.Handle("GET /status", incidenthttp.Status(incidents, s.parts))
}

// partNames are how the status page calls what the concierge depends on. What
// isn't here is nobody's business outside.
var partNames = map[string]string{
	"database": "Accounts and conversations", "core_banking": "Money movement", "guardrails": "Message checks",
	"rag": "Help articles", "knowledge_base": "Help articles", "together_ai": "Language model",
}

// parts says what is up, by the service's own checks.
func (s *service) parts(ctx context.Context) []incidenthttp.Part {
	states := map[string]string{"Chat": "ok"}
	worst := func(name, state string) {
		if rank := []string{"", "ok", "degraded", "down"}; slices.Index(rank, state) > slices.Index(rank, states[name]) {
			states[name] = state
		}
	}
	report := s.health.Report(ctx)
	if !report.Ready() {
		worst("Chat", "down")
	} else if report.Degraded() {
		worst("Chat", "degraded")
	}
	for name, r := range report.Checks {
		if shown := partNames[name]; shown != "" {
			worst(shown, string(r.Status))
		}
	}
	var parts []incidenthttp.Part
	for _, name := range slices.Sorted(maps.Keys(states)) {
		parts = append(parts, incidenthttp.Part{Name: name, State: states[name]})
	}
	return parts
}
