package app

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/adminhttp"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank/corehttp"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/breaker"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/concierge"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/concierge/conciergehttp"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/demo"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/event"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/guardrailshttp"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/llamaguard"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/policy"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/health"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/raghttp"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/telemetry"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/together"
	"github.com/swipesavvy/swipesavvy-ai-agents/knowledge"
)

// neighbourTimeout bounds one call to a neighbouring service. Both answer in
// about a millisecond; what takes this long is as good as down.
const neighbourTimeout = 2 * time.Second

// neighbours are the cores that run in this process, for those that start later.
type neighbours struct {
	guard     *guardrails.Service
	knowledge *rag.Service
}

func (s *service) buildGuardrails(ctx context.Context, n *neighbours, t *teardown) (func(*httpserver.Server), error) {
	if err := s.openStore(ctx, t); err != nil {
		return nil, err
	}
	core, err := s.judge(s.registry, s.opinion())
	if err != nil {
		return nil, err
	}
	n.guard = core
	s.checks = append(s.checks, s.database(false), health.Check{Name: "detectors", Required: true, Run: func(ctx context.Context) (string, error) {
		v, err := core.Check(ctx, guardrails.Request{Text: "balance", Direction: guardrails.Input, CheckPII: true})
		return "policy " + v.PolicyVersion, err
	}})
	return func(srv *httpserver.Server) { guardrailshttp.Register(srv.API(), core) }, nil
}

// breakers makes breakers as the settings want them.
func (s *service) breakers() *breaker.Factory {
	c := s.o.Config
	return breaker.NewFactory(breaker.Options{
		FailureThreshold: uint(c.BreakerThreshold), Delay: time.Duration(c.BreakerTimeout),
		HalfOpenCalls: uint(c.BreakerHalfOpenCalls), Log: s.log, Registerer: s.registry,
	})
}

// opinion reaches the judging model, or returns nil when none is configured.
func (s *service) opinion() guardrails.Opinion {
	c := s.o.Config
	if c.GuardrailsModel == "" {
		return nil
	}
	client := together.New(together.Options{
		BaseURL: c.TogetherBaseURL, APIKey: c.TogetherAPIKey.Reveal(), Models: []string{c.GuardrailsModel},
		MaxTokens: 32, Retries: -1, MaxWait: 100 * time.Millisecond, Timeout: time.Duration(c.TogetherTimeout),
		Breakers: s.breakers(), Log: s.log, Registerer: s.registry, Tracing: s.tracing,
	})
	s.checks = append(s.checks, health.Check{Name: "judging_model", Run: func(context.Context) (string, error) {
		return c.GuardrailsModel, client.Available()
	}})
	return switchedOpinion{llamaguard.Judge{Model: client}, s.flags}
}

// judge makes a guardrails core with the policy file and the review queue.
func (s *service) judge(registry prometheus.Registerer, opinion guardrails.Opinion) (*guardrails.Service, error) {
	keeper, err := policy.Open(s.o.Config.GuardrailsPolicyFile, s.log)
	if err != nil {
		return nil, err
	}
	core := guardrails.New(guardrails.Options{Policy: keeper, Reviews: s.store.Reviews(), Opinion: opinion, Log: s.log, Registerer: registry})
	s.tasks = append(s.tasks, keeper.Follow, s.oncePrepared(core.RunReviews))
	s.checks = append(s.checks, health.Check{Name: "policy", Run: func(context.Context) (string, error) {
		if keeper.Problem() != nil {
			return "", fault.New(fault.Validation, "the file is faulty or missing, version %s stays in force; the log says more", keeper.Current().Version)
		}
		return "version " + keeper.Current().Version, nil
	}})
	return core, nil
}

func (s *service) buildRAG(ctx context.Context, n *neighbours, t *teardown) (func(*httpserver.Server), error) {
	if err := s.openStore(ctx, t); err != nil {
		return nil, err
	}
	o := rag.Options{Store: s.store.Knowledge(), Injected: s.injected, Log: s.log, Registerer: s.registry}
	if err := s.embedder(&o, t); err != nil {
		return nil, err
	}
	core := rag.New(o)
	n.knowledge = core
	if s.demoData() {
		s.seed = func(ctx context.Context) error { return core.IngestFS(ctx, knowledge.Articles) }
	}
	s.checks = []health.Check{s.database(false), knowledgeBase(core), embeddings(core)}
	s.tasks = append(s.tasks, core.Follow, s.oncePrepared(core.Embed))
	return func(srv *httpserver.Server) { raghttp.Register(srv.API(), core, s.auth.HasOperator()) }, nil
}

func (s *service) buildConcierge(ctx context.Context, n *neighbours, t *teardown) (func(*httpserver.Server), error) {
	if err := s.openStore(ctx, t); err != nil {
		return nil, err
	}
	c := s.o.Config
	if s.demoData() {
		s.seed = func(ctx context.Context) error { return demo.Seed(ctx, s.store.Bank(), time.Now()) }
	}
	breakers := s.breakers()
	s.checks = []health.Check{s.database(true)}
	if err := s.openRedis(breakers, t); err != nil {
		return nil, err
	}
	books, err := s.core(breakers)
	if err != nil {
		return nil, err
	}
	teller := bank.New(bank.Options{Core: books, Actions: s.store.Bank(), Log: s.log, Registerer: s.registry})
	guard, reviewed, err := s.reachGuardrails(n, breakers)
	if err != nil {
		return nil, err
	}
	articles := s.reachRAG(n, breakers)
	model, err := s.languageModel(guard, breakers)
	if err != nil {
		return nil, err
	}
	core, err := concierge.New(concierge.Options{
		Flags: s.flags, Handoffs: s.store.Handoffs(),
		Model: model, Tracing: s.tracing,
		Guard: guard, Knowledge: articles, Bank: teller, Store: s.store.Conversations(), Engine: localengine.New(),
		TurnTimeout: time.Duration(c.TurnTimeout), Keep: time.Duration(c.ConversationDays) * 24 * time.Hour, KeepAnswers: time.Duration(c.ResponseCacheTTL), Shelf: s.shelf(),
		Admission: concierge.Admission{Running: c.MaxTurns, Waiting: c.MaxWaitingTurns, Wait: time.Duration(c.MaxTurnWait)},
		Log:       s.log, Registerer: s.registry,
		Annotate: func(ctx context.Context, sessionID, userID string) {
			telemetry.SetSession(ctx, sessionID)
			telemetry.SetUser(ctx, userID)
		},
	})
	if err != nil {
		return nil, err
	}
	if c.Production && c.AuditKey == "" {
		s.log.Warn("AUDIT_KEY is not set: whoever can write to the database can forge the audit chain")
	}
	if c.Production && !s.auth.HasOperator() {
		s.log.Warn("OPERATOR_TOKEN is not set: nobody can answer conversations that go to people")
	}
	chain := audit.NewChain(s.store.Audit(), c.AuditKey.Reveal(), s.log)
	backups := event.NewGauges(s.store.Events(), s.registry, s.log)
	s.tasks = append(s.tasks, s.oncePrepared(func(ctx context.Context) { backups.Run(ctx, backupGaugeInterval) }))
	s.tasks = append(s.tasks, s.oncePrepared(core.Purge), s.oncePrepared(teller.Resume),
		s.oncePrepared(func(ctx context.Context) { chain.Run(ctx, sealInterval) }))
	pages, err := s.pages()
	if err != nil {
		return nil, err
	}
	return func(srv *httpserver.Server) {
		conciergehttp.Register(srv.API(), core, teller)
		adminhttp.RegisterFlags(srv.API(), s.flags)
		adminhttp.RegisterHandoffs(srv.API(), core, s.store.Audit())
		adminhttp.RegisterAudit(srv.API(), s.store.Audit())
		guardrailshttp.RegisterReviews(srv.API(), reviewed, "/api/v1/admin/reviews")
		s.registerIncidents(srv)
		pages.Register(srv.Handle)
	}, nil
}

// sealInterval is how long a record of the audit log stays outside its chain.
const sealInterval = time.Second

// oncePrepared keeps a task from running before the schema is there.
func (s *service) oncePrepared(task func(context.Context)) func(context.Context) {
	return func(ctx context.Context) {
		select {
		case <-s.prepared:
			task(ctx)
		case <-ctx.Done():
		}
	}
}

// core opens the core banking system: the built-in ledger, or the company's own.
func (s *service) core(breakers *breaker.Factory) (bank.Core, error) {
	c := s.o.Config
	if c.CoreBankingURL != "" {
		client := &http.Client{Timeout: time.Duration(c.CoreBankingTimeout), Transport: telemetry.NewTransport(nil)}
		circuit := breakers.New("core_banking")
		s.checks = append(s.checks, health.Check{Name: "core_banking", Run: func(context.Context) (string, error) {
			if state := circuit.State(); state != "closed" {
				return "", fault.New(fault.Connection, "its circuit breaker is %s", state)
			}
			return "its circuit breaker is closed", nil
		}})
		return corehttp.NewClient(c.CoreBankingURL, c.CoreBankingToken.Reveal(), client, circuit), nil
	}
	limits, err := rules(c)
	return bank.NewLedger(s.store.Bank(), limits, nil), err
}

// rules are the built-in ledger's, from the settings.
func rules(c config.Config) (bank.Rules, error) {
	location, err := time.LoadLocation(c.BankTimezone)
	return bank.Rules{
		TransferEach: int64(c.TransferLimit), TransferDaily: int64(c.TransferDailyLimit),
		BillEach: int64(c.BillLimit), BillDaily: int64(c.BillDailyLimit),
		ReviewAmount: int64(c.ReviewAmount), ReviewNewPayee: int64(c.ReviewNewPayee),
		DisputeWindow: time.Duration(c.DisputeWindow) * 24 * time.Hour, Location: location,
	}, err
}

// reachGuardrails joins the concierge to the guardrails: directly when they run in
// this process, otherwise through their client, with a core of its own for when
// they are away. That core, or the one in this process, has the review queue.
func (s *service) reachGuardrails(n *neighbours, breakers *breaker.Factory) (concierge.Guard, *guardrails.Service, error) {
	if n.guard != nil {
		s.checks = append(s.checks, inProcess("guardrails"))
		return n.guard, n.guard, nil
	}
	client := neighbourClient()
	remote := guardrailshttp.NewClient(s.o.Config.GuardrailsServiceURL, client)
	local, err := s.judge(nil, nil) // what it finds would count beside the service's own metrics
	if err != nil {
		return nil, nil, err
	}
	s.checks = append(s.checks, neighbour("guardrails", s.o.Config.GuardrailsServiceURL, client))
	return concierge.FallbackGuard{Remote: remote, Local: local, Breaker: breakers.New("guardrails"), Log: s.log}, local, nil
}

// reachRAG joins the concierge to the help articles in the same way.
func (s *service) reachRAG(n *neighbours, breakers *breaker.Factory) concierge.Knowledge {
	if n.knowledge != nil {
		s.checks = append(s.checks, inProcess("rag"), knowledgeBase(n.knowledge))
		return n.knowledge
	}
	client := neighbourClient()
	s.checks = append(s.checks, neighbour("rag", s.o.Config.RAGServiceURL, client))
	return concierge.BreakerKnowledge{Remote: raghttp.NewClient(s.o.Config.RAGServiceURL, client), Breaker: breakers.New("rag")}
}

func neighbourClient() *http.Client {
	return &http.Client{Timeout: neighbourTimeout, Transport: telemetry.NewTransport(nil)}
}

func (s *service) demoData() bool {
	return s.o.Config.DemoData != nil && *s.o.Config.DemoData && !s.o.Config.Production
}
