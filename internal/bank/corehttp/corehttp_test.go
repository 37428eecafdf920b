package corehttp_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank/corehttp"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank/corehttp/coretest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/breaker"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/demo"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store/sqlite"
)

var update = flag.Bool("update", false, "rewrite docs/core-banking.openapi.yaml")

func TestDocumentIsUpToDate(t *testing.T) {
	t.Parallel()
	want, err := coretest.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("..", "..", "..", "docs", "core-banking.openapi.yaml")
	if *update {
		if err := os.WriteFile(path, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != string(want) {
		t.Errorf("run go test ./internal/bank/corehttp -update: %v", err)
	}
}

// other is a core banking system of another maker: the built-in ledger in a
// database of its own, behind HTTP.
type other struct {
	ledger *bank.Ledger
	store  bank.Store
	url    string
	// disturbing, when set, takes the place of the server.
	disturbing atomic.Pointer[disturbance]
}

type disturbance func(w http.ResponseWriter, r *http.Request, next http.Handler)

const token = "secret"

func newOther(t *testing.T, seed func(t *testing.T, s bank.Store)) *other {
	t.Helper()
	s := newStore(t)
	seed(t, s)
	o := &other{store: s, ledger: bank.NewLedger(s, bank.Rules{TransferEach: 100_000}, nil)}
	server, err := httpserver.New(httpserver.Options{Service: "core banking", Version: "1", Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	coretest.Register(server.API(), o.ledger, token)
	if err := server.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve() }()
	t.Cleanup(func() {
		_ = server.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	target, err := url.Parse(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if disturb := o.disturbing.Load(); disturb != nil {
			(*disturb)(w, r, proxy)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	o.url = front.URL
	return o
}

func (o *other) disturb(fn disturbance) {
	if fn == nil {
		o.disturbing.Store(nil)
		return
	}
	o.disturbing.Store(&fn)
}

// everything is the demo customers with all they have.
func everything(t *testing.T, s bank.Store) {
	t.Helper()
	if err := demo.Seed(t.Context(), s, time.Now()); err != nil {
		t.Fatal(err)
	}
}

const ann = "ann"

// twoAccounts is one customer with some money on the first of two accounts.
func twoAccounts(t *testing.T, s bank.Store) {
	t.Helper()
	var accounts []bank.Account
	for i, id := range []string{"bank", "ann-1", "ann-2"} {
		a := bank.Account{ID: id, CustomerID: ann, Kind: bank.Checking, Name: id, Number: "1234567" + fmt.Sprint(i), Status: bank.Active, Balance: money.Of(0, "USD"), OpenedAt: time.Unix(0, 0)}
		if i == 0 {
			a.CustomerID, a.Kind = "", bank.Internal
		}
		accounts = append(accounts, a)
	}
	if err := s.CreateCustomer(t.Context(), bank.Customer{ID: ann, Name: "Ann", CreatedAt: time.Unix(0, 0)}, bank.Holdings{Accounts: accounts}); err != nil {
		t.Fatal(err)
	}
	if err := s.Post(t.Context(), []bank.Posting{{ID: "salary", OccurredAt: time.Unix(0, 0), Description: "Salary", Entries: []bank.Entry{
		{AccountID: "bank", Amount: money.Of(-100_000, "USD")}, {AccountID: "ann-1", Amount: money.Of(100_000, "USD")},
	}}}); err != nil {
		t.Fatal(err)
	}
}

func newStore(t *testing.T) bank.Store {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db.Bank()
}

// client has a breaker that never opens, so that every call reaches the server.
func (o *other) client(timeout time.Duration) *corehttp.Client {
	breakers := breaker.NewFactory(breaker.Options{FailureThreshold: 1 << 20})
	return corehttp.NewClient(o.url, token, &http.Client{Timeout: timeout, Transport: &http.Transport{DisableKeepAlives: true}}, breakers.New("core_banking"))
}

// TestClientTellsWhatTheCoreTells compares every answer with the core's own.
func TestClientTellsWhatTheCoreTells(t *testing.T) {
	t.Parallel()
	o := newOther(t, everything)
	c := o.client(10 * time.Second)
	customer := demo.Customers()[0].ID
	same := func(name string, ask func(core bank.Core) (any, error)) {
		t.Helper()
		want, wantErr := ask(o.ledger)
		got, gotErr := ask(c)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		switch {
		case wantErr == nil && gotErr == nil:
		case fault.ReasonOf(wantErr) != fault.ReasonOf(gotErr) || fault.As(wantErr).Class != fault.As(gotErr).Class || fault.As(wantErr).Detail != fault.As(gotErr).Detail:
			t.Errorf("%s: got error %v, want %v", name, gotErr, wantErr)
		}
	}
	ctx := t.Context()
	for _, who := range []string{customer, "nobody", "../admin", "a/b c?d"} {
		same("accounts of "+who, func(core bank.Core) (any, error) {
			list, err := core.Accounts(ctx, who)
			for i := range list { // the product's own settings don't travel
				list[i].Floor, list[i].LimitEach, list[i].LimitDaily = 0, 0, 0
			}
			return list, err
		})
		same("limits of "+who, func(core bank.Core) (any, error) { return core.Limits(ctx, who) })
		same("holds of "+who, func(core bank.Core) (any, error) { return core.Holds(ctx, who) })
		same("cards of "+who, func(core bank.Core) (any, error) { return withoutOwner(core.Cards(ctx, who)) })
		same("payees of "+who, func(core bank.Core) (any, error) {
			list, err := core.Payees(ctx, who)
			for i := range list {
				list[i].CustomerID, list[i].SettlesTo = "", ""
			}
			return list, err
		})
		same("bills of "+who, func(core bank.Core) (any, error) {
			list, err := core.Bills(ctx, who)
			for i := range list {
				list[i].CustomerID, list[i].SettlesTo = "", ""
			}
			return list, err
		})
	}
	now := time.Now()
	for name, f := range map[string]bank.TransactionFilter{
		"all":      {Limit: 50},
		"narrowed": {Category: "groceries", From: now.AddDate(0, -1, 0), To: now, MinMinor: 100, MaxMinor: 1_000_000, Limit: 3, Offset: 1},
		"merchant": {Merchant: "a&b=c %", Limit: 5},
	} {
		same("transactions: "+name, func(core bank.Core) (any, error) { return core.Transactions(ctx, customer, f) })
		same("spending: "+name, func(core bank.Core) (any, error) { return core.Spending(ctx, customer, "category", f) })
	}
	accounts, err := o.ledger.Accounts(ctx, customer)
	if err != nil {
		t.Fatal(err)
	}
	order := bank.Order{ID: "o1", CustomerID: customer, Kind: bank.Transfer, From: accounts[0].ID, Target: accounts[1].ID, Amount: money.Of(1, "USD"), Note: "ü"}
	same("check", func(core bank.Core) (any, error) { return nil, core.Check(ctx, order) })
	same("execute", func(core bank.Core) (any, error) { return core.Execute(ctx, order) })
	same("receipt", func(core bank.Core) (any, error) { return core.Receipt(ctx, customer, "o1") })
	same("no receipt", func(core bank.Core) (any, error) { return core.Receipt(ctx, customer, "o2") })
	order.Amount.Minor = 2
	same("another order under the same id", func(core bank.Core) (any, error) { return core.Execute(ctx, order) })
	order.ID, order.Amount.Minor = "o3", 100_001
	same("a refused check", func(core bank.Core) (any, error) { return nil, core.Check(ctx, order) })
	same("a refusal", func(core bank.Core) (any, error) { return core.Execute(ctx, order) })
}

func withoutOwner(list []bank.Card, err error) ([]bank.Card, error) {
	for i := range list {
		list[i].CustomerID = ""
	}
	return list, err
}

// TestAmbiguousAnswers gives every answer that leaves open what happened, before
// and after the deed, and expects one execution each.
func TestAmbiguousAnswers(t *testing.T) {
	t.Parallel()
	text := func(status int, body string) func(w http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	for name, answer := range map[string]func(w http.ResponseWriter){
		"cut connection":           func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"internal error":           text(http.StatusInternalServerError, `{"error":"InternalError","detail":"x"}`),
		"bad gateway":              text(http.StatusBadGateway, `<html>`),
		"overload":                 text(http.StatusTooManyRequests, ``),
		"a proxy's 404":            text(http.StatusNotFound, `<html>not found</html>`),
		"a proxy's 409":            text(http.StatusConflict, `{}`),
		"not decided yet":          text(http.StatusConflict, `{"error":"ConflictError","detail":"wait","reason":"action_in_progress"}`),
		"wrong token":              text(http.StatusUnauthorized, `{}`),
		"garbage with 200":         text(http.StatusOK, `{"order_id":`),
		"nothing with 200":         text(http.StatusOK, ``),
		"another order's receipt":  text(http.StatusOK, `{"order_id":"somebody's","executed_at":"2026-01-01T00:00:00Z"}`),
		"a redirect":               text(http.StatusFound, ``),
		"cut in the answer's body": func(w http.ResponseWriter) { w.Header().Set("Content-Length", "100"); text(200, `{"order_id"`)(w) },
	} {
		for _, done := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, done %v", name, done), func(t *testing.T) {
				t.Parallel()
				o := newOther(t, twoAccounts)
				var once sync.Once
				o.disturb(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
					disturbed := false
					if r.URL.Path == "/v1/orders" {
						once.Do(func() { disturbed = true })
					}
					if !disturbed {
						next.ServeHTTP(w, r)
						return
					}
					if done {
						next.ServeHTTP(httptest.NewRecorder(), r)
					}
					answer(w)
				})
				p := newProduct(t, o, 10*time.Second)
				id := p.propose(t, 100)
				a, err := p.confirm(id)
				if err == nil || a.Status != bank.ActionExecuting {
					t.Errorf("%s, %v: the outcome was taken for known", a.Status, err)
				}
				p.settle(t)
				p.check(t, 100, id)
			})
		}
	}
}

// product is the product with its own database, in front of another core.
type product struct {
	*bank.Service
	core     *other
	customer string
	from, to string
	start    int64
	mu       sync.Mutex
	now      time.Time
}

func newProduct(t *testing.T, o *other, timeout time.Duration) *product {
	t.Helper()
	p := &product{core: o, customer: ann, now: time.Now()}
	p.Service = bank.New(bank.Options{Core: o.client(timeout), Actions: newStore(t), Now: func() time.Time {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.now
	}})
	accounts, err := o.ledger.Accounts(t.Context(), p.customer)
	if err != nil {
		t.Fatal(err)
	}
	p.from, p.to, p.start = accounts[0].ID, accounts[1].ID, accounts[0].Balance.Minor
	return p
}

func (p *product) propose(t *testing.T, cents int) string {
	t.Helper()
	args := fmt.Sprintf(`{"amount": %d.%02d, "from": %q, "to": %q}`, cents/100, cents%100, p.from, p.to)
	result, err := p.Call(context.Background(), bank.Caller{CustomerID: p.customer, SessionID: fmt.Sprint(rand.Int64())}, bank.TransferMoney, json.RawMessage(args))
	if err != nil {
		t.Fatal(err)
	}
	return result.(*bank.Proposal).ActionID
}

func (p *product) confirm(id string) (bank.Action, error) {
	return p.Confirm(context.Background(), p.customer, bank.ConfirmedByButton(id, "", "key"))
}

// settle lets time pass and the work in the background run.
func (p *product) settle(t *testing.T) {
	t.Helper()
	for range 5 {
		p.mu.Lock()
		p.now = p.now.Add(time.Minute)
		p.mu.Unlock()
		if err := p.ResumeOnce(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// check sees that the actions moved this much together, once each.
func (p *product) check(t *testing.T, cents int64, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if a, err := p.Action(t.Context(), p.customer, id); err != nil || a.Status != bank.ActionExecuted || a.Receipt == nil {
			t.Errorf("%+v, %v", a, err)
		}
	}
	accounts, err := p.core.ledger.Accounts(t.Context(), p.customer)
	if err != nil {
		t.Fatal(err)
	}
	if moved := p.start - accounts[0].Balance.Minor; moved != cents {
		t.Errorf("%d moved instead of %d", moved, cents)
	}
	if f, err := bank.Verify(t.Context(), p.core.store); err != nil || len(f.Problems()) > 0 {
		t.Errorf("%v, %v", f.Problems(), err)
	}
}

// TestUnreliableNetwork confirms concurrently, each action from two sides, while
// a third of all answers gets lost.
func TestUnreliableNetwork(t *testing.T) {
	t.Parallel()
	o := newOther(t, twoAccounts)
	p := newProduct(t, o, 10*time.Second)
	var ids []string
	for range 40 {
		ids = append(ids, p.propose(t, 7))
	}
	o.disturb(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		switch rand.IntN(6) {
		case 0:
			panic(http.ErrAbortHandler)
		case 1:
			next.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
	var wg sync.WaitGroup
	for _, id := range ids {
		for range 2 {
			wg.Go(func() { _, _ = p.confirm(id) })
		}
	}
	wg.Wait()
	p.settle(t)
	o.disturb(nil)
	p.settle(t)
	p.check(t, 40*7, ids...)
}

func TestSlowCore(t *testing.T) {
	t.Parallel()
	o := newOther(t, twoAccounts)
	answered := make(chan struct{})
	o.disturb(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Path != "/v1/orders" {
			next.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(httptest.NewRecorder(), r)
		<-answered // the client has given up by then
	})
	p := newProduct(t, o, 300*time.Millisecond)
	id := p.propose(t, 100)
	if _, err := p.confirm(id); !fault.Is(err, fault.Timeout) {
		t.Errorf("got %v", err)
	}
	close(answered)
	o.disturb(nil)
	p.settle(t)
	p.check(t, 100, id)
}

func TestBreakerSparesADeadCore(t *testing.T) {
	t.Parallel()
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls++
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	c := corehttp.NewClient(server.URL, token, server.Client(), breaker.NewFactory(breaker.Options{FailureThreshold: 3}).New("core_banking"))
	for range 10 {
		_, err := c.Accounts(t.Context(), "ann")
		if !fault.Is(err, fault.Connection) || strings.Contains(fault.As(err).Detail, server.URL) {
			t.Errorf("got %v", err)
		}
	}
	if calls != 3 {
		t.Errorf("%d calls reached the dead core", calls)
	}
}
