package bank

import (
	"context"
	"crypto/rand"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// ActionLifetime is how long a proposal waits for its yes.
const ActionLifetime = 10 * time.Minute

// Options are what a Service is made of. Core and Actions are required.
type Options struct {
	Core       Core
	Actions    ActionStore
	Log        *slog.Logger
	Registerer prometheus.Registerer
	Now        func() time.Time
}

// Service is the bank as the concierge sees it: what a customer may know, and
// pending actions. It is safe for concurrent use.
type Service struct {
	core    Core
	actions ActionStore
	log     *slog.Logger
	now     func() time.Time
	done    *prometheus.CounterVec
}

// New returns a Service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{
		core: o.Core, actions: o.Actions, log: o.Log, now: o.Now,
		done: promauto.With(o.Registerer).NewCounterVec(prometheus.CounterOpts{
			Name: "transactions_total", Help: "Actions by kind and what became of them (proposed, executed, refused, canceled, unknown).",
		}, []string{"kind", "status"}),
	}
}

// Accounts returns a customer's accounts; a customer without any is a
// fault.NotFound.
func (s *Service) Accounts(ctx context.Context, customerID string) ([]Account, error) {
	accounts, err := s.core.Accounts(ctx, customerID)
	if err == nil && len(accounts) == 0 {
		err = errNoAccounts
	}
	return accounts, err
}

// Account returns one of a customer's accounts, its numbers included.
func (s *Service) Account(ctx context.Context, customerID, accountID string) (Account, error) {
	accounts, err := s.Accounts(ctx, customerID)
	if err != nil {
		return Account{}, err
	}
	for _, a := range accounts {
		if a.ID == accountID {
			return a, nil
		}
	}
	return Account{}, fault.New(fault.NotFound, "you have no such account").WithReason(ReasonNoAccount)
}

// Transactions returns a customer's transactions, newest first.
func (s *Service) Transactions(ctx context.Context, customerID string, f TransactionFilter) ([]Transaction, error) {
	if f.Limit <= 0 || f.Limit > MaxTransactions {
		f.Limit = MaxTransactions
	}
	return s.core.Transactions(ctx, customerID, f)
}

// Action returns a customer's action as it is now.
func (s *Service) Action(ctx context.Context, customerID, id string) (Action, error) {
	a, err := s.actions.Action(ctx, customerID, id)
	return a.At(s.now()), err
}

// PendingAction returns what waits for a customer's yes in a session, or nil.
// An expired action is returned once more, marked as such.
func (s *Service) PendingAction(ctx context.Context, customerID, sessionID string) (*Action, error) {
	a, err := s.actions.PendingAction(ctx, customerID, sessionID)
	if err != nil || a == nil {
		return nil, err
	}
	now := a.At(s.now())
	return &now, nil
}

// propose stores an order as an action that waits for the customer's yes.
// Whatever else was pending in the session is replaced: its yes is void.
func (s *Service) propose(ctx context.Context, c Caller, o Order, summary string) (Action, error) {
	o.ID, o.CustomerID = rand.Text(), c.CustomerID
	stopped, err := s.actions.Switches(ctx)
	if err != nil {
		return Action{}, err
	}
	if err := stopped.Allow(o.Kind); err != nil {
		return Action{}, err
	}
	if err := s.core.Check(ctx, o); err != nil {
		return Action{}, err
	}
	now := s.now().UTC().Truncate(time.Microsecond)
	a := Action{
		ID: o.ID, CustomerID: c.CustomerID, SessionID: c.SessionID, Order: o, Digest: o.Digest(), Summary: summary,
		Status: ActionPending, CreatedAt: now, ExpiresAt: now.Add(ActionLifetime),
	}
	if err := s.actions.Propose(ctx, a); err != nil {
		return Action{}, err
	}
	s.done.WithLabelValues(string(o.Kind), "proposed").Inc()
	return a, nil
}

// Confirm carries out a customer's action, once. A refusal by the bank is no
// error: it is in the returned action. An error without an outcome leaves the
// action executing: the same Confirmation again, or Resume, brings it to its
// end.
func (s *Service) Confirm(ctx context.Context, customerID string, c Confirmation) (Action, error) {
	now := s.now().UTC().Truncate(time.Microsecond)
	a, err := s.actions.ClaimAction(ctx, customerID, c.actionID, func(a *Action, stopped Switches) error { return claim(a, c, stopped, now) })
	if err != nil || a.Status != ActionExecuting {
		return a, err
	}
	return s.execute(ctx, a)
}

// Cancel drops a customer's action that isn't confirmed.
func (s *Service) Cancel(ctx context.Context, customerID, id string) (Action, error) {
	before := ActionCanceled
	a, err := s.actions.UpdateAction(ctx, customerID, id, func(a *Action) error {
		before = a.Status
		return cancel(a, s.now())
	})
	if err == nil && before == ActionPending {
		s.done.WithLabelValues(string(a.Order.Kind), "canceled").Inc()
	}
	return a, err
}

// execute gives a claimed action to the core and records what came of it.
func (s *Service) execute(ctx context.Context, a Action) (Action, error) {
	// A client that leaves must not leave an action behind that nobody finishes.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), executeTimeout)
	defer cancel()
	receipt, err := s.core.Execute(ctx, a.Order)
	if err != nil && !final(err) {
		s.done.WithLabelValues(string(a.Order.Kind), "unknown").Inc()
		s.log.WarnContext(ctx, "outcome of an action is not known yet", "action", a.ID, "error", err)
		return a, err
	}
	return s.settle(ctx, a, receipt, err)
}

// final says whether a core's error means that nothing happened and never will.
// It must name its reason: a bare 404 may come from a proxy that knows nothing of
// the order.
func final(err error) bool {
	reason := fault.ReasonOf(err)
	return reason != "" && reason != ReasonInProgress &&
		(fault.Is(err, fault.Validation) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.Conflict))
}

// settle records the outcome of an action; refusal is nil for an executed one.
func (s *Service) settle(ctx context.Context, a Action, receipt Receipt, refusal error) (Action, error) {
	settled := false
	a, err := s.actions.UpdateAction(ctx, a.CustomerID, a.ID, func(a *Action) error {
		if a.Status != ActionExecuting { // somebody else was as fast
			return nil
		}
		settled = true
		if refusal != nil {
			a.Status, a.RefusalReason, a.RefusalDetail = ActionRefused, fault.ReasonOf(refusal), fault.As(refusal).Detail
			return nil
		}
		a.Status, a.Receipt = ActionExecuted, &receipt
		return nil
	})
	if err == nil && settled {
		s.done.WithLabelValues(string(a.Order.Kind), string(a.Status)).Inc()
		s.log.InfoContext(ctx, "action settled", "action", a.ID, "kind", string(a.Order.Kind), "status", string(a.Status), "reason", a.RefusalReason)
	}
	return a, err
}

// executeTimeout bounds a worker's attempt at an action; it is shorter than
// actionLease, so that no other worker takes over meanwhile.
const executeTimeout = actionLease - 10*time.Second

const (
	resumeInterval = 15 * time.Second
	resumeBatch    = 100
)

// Resume brings actions to their end whose worker died or never learned the
// outcome, until ctx ends.
func (s *Service) Resume(ctx context.Context) {
	tick := time.NewTicker(resumeInterval)
	defer tick.Stop()
	for {
		if err := s.ResumeOnce(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "unsettled actions could not be resumed", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// ResumeOnce does the work of Resume once.
func (s *Service) ResumeOnce(ctx context.Context) error {
	list, err := s.actions.UnsettledActions(ctx, s.now().Add(-actionLease), resumeBatch)
	if err != nil {
		return err
	}
	for _, a := range list {
		if err := s.resume(ctx, a); err != nil {
			s.log.WarnContext(ctx, "action could not be resumed", "action", a.ID, "error", err)
		}
	}
	return nil
}

func (s *Service) resume(ctx context.Context, a Action) error {
	now := s.now().UTC().Truncate(time.Microsecond)
	if now.Sub(a.ConfirmedAt) >= giveUpAfter {
		receipt, err := s.core.Receipt(ctx, a.CustomerID, a.ID)
		switch {
		case err == nil:
			_, err = s.settle(ctx, a, receipt, nil)
		case fault.Is(err, fault.NotFound) && fault.ReasonOf(err) == ReasonNoAction:
			_, err = s.settle(ctx, a, Receipt{}, fault.New(fault.Conflict, "it could not be carried out in time").WithReason(ReasonExpired))
		}
		return err
	}
	a, err := s.actions.ClaimAction(ctx, a.CustomerID, a.ID, func(a *Action, stopped Switches) error {
		if err := stopped.Hold(a.Order.Kind); err != nil {
			return err
		}
		if a.Status == ActionExecuting && now.Sub(a.TriedAt) < actionLease {
			return fault.New(fault.Conflict, "another worker has it").WithReason(ReasonInProgress)
		}
		a.TriedAt = now
		return nil
	})
	if err != nil || a.Status != ActionExecuting {
		return err
	}
	_, err = s.execute(ctx, a)
	return err
}
