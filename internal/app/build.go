package app

import (
	"context"
	"net/http"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank/corehttp"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/breaker"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/concierge"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/concierge/conciergehttp"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/demo"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/guardrailshttp"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/health"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/raghttp"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/telemetry"
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

func (s *service) buildGuardrails(n *neighbours) func(*httpserver.Server) {
	core := guardrails.New(guardrails.Options{Log: s.log, Registerer: s.registry})
	n.guard = core
	s.checks = []health.Check{{Name: "detectors", Required: true, Run: func(ctx context.Context) (string, error) {
		v, err := core.Check(ctx, guardrails.Request{Text: "balance", Direction: guardrails.Input, CheckPII: true})
		return "policy " + v.PolicyVersion, err
	}}}
	return func(srv *httpserver.Server) { guardrailshttp.Register(srv.API(), core) }
}

func (s *service) buildRAG(ctx context.Context, n *neighbours, t *teardown) (func(*httpserver.Server), error) {
	if err := s.openStore(ctx, t); err != nil {
		return nil, err
	}
	core := rag.New(rag.Options{Store: s.store.Knowledge(), Log: s.log, Registerer: s.registry})
	n.knowledge = core
	if s.demoData() {
		s.seed = func(ctx context.Context) error { return core.IngestFS(ctx, knowledge.Articles) }
	}
	s.checks = []health.Check{s.database(false), knowledgeBase(core)}
	s.tasks = append(s.tasks, core.Follow)
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
	breakers := breaker.NewFactory(breaker.Options{
		FailureThreshold: uint(c.BreakerThreshold), Delay: time.Duration(c.BreakerTimeout),
		HalfOpenCalls: uint(c.BreakerHalfOpenCalls), Log: s.log, Registerer: s.registry,
	})
	s.checks = []health.Check{s.database(true)}
	books, err := s.core(breakers)
	if err != nil {
		return nil, err
	}
	teller := bank.New(bank.Options{Core: books, Actions: s.store.Bank(), Log: s.log, Registerer: s.registry})
	guard, articles := s.reach(n, breakers)
	core, err := concierge.New(concierge.Options{
		Guard: guard, Knowledge: articles, Bank: teller, Store: s.store.Conversations(), Engine: localengine.New(),
		TurnTimeout: time.Duration(c.TurnTimeout), Log: s.log, Registerer: s.registry,
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
	chain := audit.NewChain(s.store.Audit(), c.AuditKey.Reveal(), s.log)
	s.tasks = append(s.tasks, core.PurgeReplies, s.oncePrepared(teller.Resume),
		s.oncePrepared(func(ctx context.Context) { chain.Run(ctx, sealInterval) }))
	return func(srv *httpserver.Server) { conciergehttp.Register(srv.API(), core, teller) }, nil
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
			return "at " + c.CoreBankingURL, nil
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

// reach joins the concierge to its neighbours: directly when they run in this
// process, through their clients otherwise.
func (s *service) reach(n *neighbours, breakers *breaker.Factory) (concierge.Guard, concierge.Knowledge) {
	client := &http.Client{Timeout: neighbourTimeout, Transport: telemetry.NewTransport(nil)}
	var guard concierge.Guard = n.guard
	if n.guard == nil {
		remote := guardrailshttp.NewClient(s.o.Config.GuardrailsServiceURL, client)
		guard = concierge.FallbackGuard{Remote: remote, Local: s.guard, Breaker: breakers.New("guardrails"), Log: s.log}
		s.checks = append(s.checks, neighbour("guardrails", s.o.Config.GuardrailsServiceURL, client))
	} else {
		s.checks = append(s.checks, inProcess("guardrails"))
	}
	var articles concierge.Knowledge = n.knowledge
	if n.knowledge == nil {
		remote := raghttp.NewClient(s.o.Config.RAGServiceURL, client)
		articles = concierge.BreakerKnowledge{Remote: remote, Breaker: breakers.New("rag")}
		s.checks = append(s.checks, neighbour("rag", s.o.Config.RAGServiceURL, client))
	} else {
		s.checks = append(s.checks, inProcess("rag"), knowledgeBase(n.knowledge))
	}
	s.checks = append(s.checks, health.Check{Name: "together_ai", Run: func(context.Context) (string, error) {
		return "not used by this release, the local engine answers", nil
	}})
	return guard, articles
}

func (s *service) demoData() bool {
	return s.o.Config.DemoData != nil && *s.o.Config.DemoData && !s.o.Config.Production
}
