package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/auth"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/health"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/redis"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/telemetry"
)

// reportInterval is how often a service logs the state of its database work.
const reportInterval = time.Minute

// service is one running service.
type service struct {
	name     Name
	o        Options
	log      *slog.Logger
	registry *prometheus.Registry
	tracing  trace.TracerProvider
	guard    *guardrails.Service // masks the log
	store    store.Store
	flags    *feature.Flags
	auth     *auth.Authenticator
	redis    *redis.Client // nil without REDIS_URL
	checks   []health.Check
	health   *health.Set // over checks, once listen has made it
	server   *httpserver.Server

	// seed fills an empty database once the schema is there; nil for nothing.
	seed func(context.Context) error
	// tasks run in the background as long as the service does.
	tasks []func(context.Context)
	// prepared is closed once schema and data are there.
	prepared chan struct{}
}

// newService opens one service up to its bound port.
func (a *App) newService(ctx context.Context, name Name, n *neighbours) (*service, error) {
	s := &service{name: name, o: a.o, prepared: make(chan struct{})}
	if err := s.openTelemetry(ctx, &a.teardown); err != nil {
		return nil, err
	}
	var err error
	if s.auth, err = auth.New(ctx, authOptions(a.o)); err != nil {
		return nil, fmt.Errorf("token keys: %w", err)
	}
	var register func(*httpserver.Server)
	switch name {
	case Guardrails:
		register, err = s.buildGuardrails(ctx, n, &a.teardown)
	case RAG:
		register, err = s.buildRAG(ctx, n, &a.teardown)
	case Concierge:
		register, err = s.buildConcierge(ctx, n, &a.teardown)
	}
	if err != nil {
		return nil, err
	}
	return s, s.listen(ctx, a.address(name), register, &a.teardown)
}

// openTelemetry makes the service's log, metrics and traces.
func (s *service) openTelemetry(ctx context.Context, t *teardown) error {
	s.registry = telemetry.NewRegistry(s.o.Version, s.o.Commit)
	s.guard = guardrails.New(guardrails.Options{})
	s.log = telemetry.NewLogger(s.o.Logs, telemetry.LogOptions{
		Service: string(s.name), Version: s.o.Version, Level: level[s.o.Config.LogLevel], Mask: s.guard.MaskLog,
	})
	tracing, shutdown, err := telemetry.NewTracing(ctx, string(s.name), s.o.Version, s.o.Config.OTLPEndpoint)
	if err != nil {
		return err
	}
	s.tracing = tracing
	t.add("traces of "+string(s.name), func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := shutdown(ctx); err != nil { // a collector that is away must not fail the stop
			s.log.Warn("last traces could not be sent", "error", err)
		}
		return nil
	})
	return nil
}

func authOptions(o Options) auth.Options {
	c := o.Config
	return auth.Options{
		Required: c.AuthRequired, Secret: c.JWTSecret.Reveal(), JWKSURL: c.JWKSURL,
		Issuer: c.JWTIssuer, Audience: c.JWTAudience, OperatorToken: c.OperatorToken.Reveal(),
	}
}

// openStore opens the service's own connections to the database.
func (s *service) openStore(ctx context.Context, t *teardown) error {
	c := s.o.Config
	if c.PostgresURL() == "" {
		lock, err := store.Lock(c.SQLitePath, string(s.name))
		if err != nil {
			return err
		}
		t.add("lock of "+string(s.name), lock.Close)
	}
	var err error
	s.store, err = store.Open(ctx, store.Options{
		DatabaseURL: c.PostgresURL(), SQLitePath: c.SQLitePath, MaxConns: int32(c.DatabaseMaxConns),
		Service: string(s.name), Log: s.log, Registerer: s.registry,
	})
	if err != nil {
		return err
	}
	t.add("database of "+string(s.name), s.store.Close)
	s.tasks = append(s.tasks, func(ctx context.Context) { s.store.Report(ctx, reportInterval) }, s.oncePrepared(s.recordLife))
	// Schema faults that need no server to be seen are told before anything starts.
	if err := store.Prepare(ctx, s.store, c.AutoMigrate); err != nil && !fault.Is(err, fault.Connection) {
		return err
	}
	return s.openFlags()
}

// database is the check of the service's database, its schema and its data.
func (s *service) database(required bool) health.Check {
	return health.Check{Name: "database", Required: required, Run: func(ctx context.Context) (string, error) {
		if err := s.store.Ping(ctx); err != nil {
			return "", err
		}
		select {
		case <-s.prepared:
			return "reachable, schema up to date", nil
		default:
			return "", fault.New(fault.Connection, "schema and data are being prepared")
		}
	}}
}

func (s *service) listen(ctx context.Context, address string, register func(*httpserver.Server), t *teardown) error {
	c := s.o.Config
	var err error
	s.health = health.New(s.log, s.checks...)
	s.server, err = httpserver.New(httpserver.Options{
		Service: string(s.name), Version: s.o.Version, Addr: address, Log: s.log, Registry: s.registry,
		Health: s.health, Auth: s.auth, CORSOrigins: c.CORSOrigins,
		TLSCertFile: c.TLSCertFile, TLSKeyFile: c.TLSKeyFile, MemoryCeiling: uint64(c.MemoryCeilMB) << 20,
		DrainDelay: time.Duration(c.DrainDelay), TracerProvider: s.tracing, RateLimit: s.limiter(),
	})
	if err != nil {
		return err
	}
	register(s.server)
	t.add("server of "+string(s.name), s.server.Close)
	if err := s.server.Listen(ctx); err != nil {
		return fmt.Errorf("%s: %w; %s is the setting", s.name, err, portVariable[s.name])
	}
	_, port, _ := net.SplitHostPort(s.server.Addr())
	s.log.Info("listening", "port", port, "database", c.Database())
	return nil
}

var portVariable = map[Name]string{Guardrails: "GUARDRAILS_PORT", RAG: "RAG_PORT", Concierge: "CONCIERGE_PORT"}

// prepare brings schema and data about. A server that is down is waited for:
// the service answers 503 until it is there.
func (s *service) prepare(ctx context.Context) error {
	wait := 100 * time.Millisecond
	for {
		err := s.prepareOnce(ctx)
		switch {
		case err == nil:
			close(s.prepared)
			s.log.Info("ready")
			return nil
		case ctx.Err() != nil:
			return nil
		case !fault.Is(err, fault.Connection) && !fault.Is(err, fault.Timeout):
			return &StartError{fmt.Errorf("%s: %w", s.name, err)}
		}
		s.log.Warn("waiting for the database", "error", err, "retry_ms", wait.Milliseconds())
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
		wait = min(2*wait, 5*time.Second)
	}
}

func (s *service) prepareOnce(ctx context.Context) error {
	if err := store.Prepare(ctx, s.store, s.o.Config.AutoMigrate); err != nil {
		return err
	}
	if err := s.flags.Refresh(ctx); err != nil {
		return err
	}
	if s.seed == nil {
		return nil
	}
	if err := s.seed(ctx); err != nil {
		return errors.Join(errors.New("load data"), err)
	}
	return nil
}
