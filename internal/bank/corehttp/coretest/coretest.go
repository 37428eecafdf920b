// Package coretest is a core banking system for tests: it offers any bank.Core
// over the contract that corehttp speaks. The contract's OpenAPI file is made
// from it, so that what is documented is what was tested.
package coretest

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank/corehttp"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"
)

// Customer names whose data is asked for. It is exported because huma reads the
// parameters of exported embedded structures only.
type Customer struct {
	CustomerID    string `path:"customer_id" maxLength:"128"`
	Authorization string `header:"Authorization" doc:"Bearer and the token that CORE_BANKING_TOKEN sets"`
}

// Filter narrows transactions.
type Filter struct {
	Customer
	ID        string    `query:"id"`
	AccountID string    `query:"account_id"`
	Merchant  string    `query:"merchant" doc:"A part of merchant or description, in any case"`
	Category  string    `query:"category"`
	From      time.Time `query:"from" doc:"Inclusive"`
	To        time.Time `query:"to" doc:"Exclusive"`
	MinMinor  int64     `query:"min_minor" doc:"Least absolute amount in minor units"`
	MaxMinor  int64     `query:"max_minor" doc:"Largest absolute amount in minor units"`
	Limit     int       `query:"limit"`
	Offset    int       `query:"offset"`
	By        string    `query:"by" enum:"category,merchant" doc:"What spending is summed by"`
}

func (f Filter) filter() bank.TransactionFilter {
	if f.Limit == 0 {
		f.Limit = bank.MaxTransactions
	}
	return bank.TransactionFilter{
		ID: f.ID, AccountID: f.AccountID, Merchant: f.Merchant, Category: f.Category, From: f.From, To: f.To,
		MinMinor: f.MinMinor, MaxMinor: f.MaxMinor, Limit: f.Limit, Offset: f.Offset,
	}
}

type order struct {
	Authorization  string `header:"Authorization"`
	IdempotencyKey string `header:"Idempotency-Key" doc:"The order's id: the same key is decided about once and gets the first receipt, or refusal, again"`
	Body           bank.Order
}

type receiptQuery struct {
	Customer
	OrderID string `path:"order_id" maxLength:"64"`
}

type reply[T any] struct{ Body T }

type handler struct {
	core  bank.Core
	token string
}

// version is the contract's.
const version = "1.0.0"

// OpenAPI returns the contract as a document, in YAML.
func OpenAPI() ([]byte, error) {
	if _, err := httpserver.New(httpserver.Options{Service: "core banking", Addr: "127.0.0.1:0"}); err != nil { // makes error bodies the product's
		return nil, err
	}
	c := huma.DefaultConfig("Core banking", version)
	c.Info.Description = "What SwipeSavvy asks of a core banking system that replaces its built-in ledger (CORE_BANKING_URL)."
	c.CreateHooks = nil
	c.AllowAdditionalPropertiesByDefault = true
	api := humago.New(http.NewServeMux(), c)
	Register(api, bank.NewLedger(nil, bank.Rules{}, nil), "")
	return api.OpenAPI().YAML()
}

// Register adds the contract's operations for a core to an API. Callers must
// send the token.
func Register(api huma.API, core bank.Core, token string) {
	h := handler{core, token}
	huma.Register(api, read("accounts", "Accounts with their balances"), func(ctx context.Context, in *Customer) (*reply[corehttp.List[corehttp.Account]], error) {
		return answer(h, in.Authorization, func() ([]corehttp.Account, error) {
			accounts, err := core.Accounts(ctx, in.CustomerID)
			list := make([]corehttp.Account, len(accounts))
			for i, a := range accounts {
				list[i] = corehttp.Account{Account: a, Number: a.Number, Routing: a.Routing}
			}
			return list, err
		})
	})
	huma.Register(api, read("transactions", "Transactions, newest first, then by id"), func(ctx context.Context, in *Filter) (*reply[corehttp.List[bank.Transaction]], error) {
		return answer(h, in.Authorization, func() ([]bank.Transaction, error) {
			return core.Transactions(ctx, in.CustomerID, in.filter())
		})
	})
	huma.Register(api, read("spending", "What left the accounts for purchases, summed, largest first"), func(ctx context.Context, in *Filter) (*reply[corehttp.List[bank.Group]], error) {
		return answer(h, in.Authorization, func() ([]bank.Group, error) {
			return core.Spending(ctx, in.CustomerID, in.By, in.filter())
		})
	})
	registerList(api, h, "holds", "Money set aside for pending purchases", core.Holds)
	registerList(api, h, "cards", "Payment cards", core.Cards)
	registerList(api, h, "payees", "Saved payees", core.Payees)
	registerList(api, h, "bills", "Saved bills", core.Bills)
	registerList(api, h, "limits", "Limits and what is left of them today", core.Limits)
	h.registerOrders(api)
}

func read(what, summary string) huma.Operation {
	return huma.Operation{Method: http.MethodGet, Path: "/v1/customers/{customer_id}/" + what, OperationID: "list-" + what, Summary: summary}
}

func registerList[T any](api huma.API, h handler, what, summary string, get func(context.Context, string) ([]T, error)) {
	huma.Register(api, read(what, summary), func(ctx context.Context, in *Customer) (*reply[corehttp.List[T]], error) {
		return answer(h, in.Authorization, func() ([]T, error) { return get(ctx, in.CustomerID) })
	})
}

func answer[T any](h handler, authorization string, get func() ([]T, error)) (*reply[corehttp.List[T]], error) {
	if err := h.allowed(authorization); err != nil {
		return nil, err
	}
	items, err := get()
	if err != nil {
		return nil, err
	}
	if items == nil {
		items = []T{}
	}
	return &reply[corehttp.List[T]]{corehttp.List[T]{Items: items}}, nil
}

func (h handler) allowed(authorization string) error {
	if authorization != "Bearer "+h.token {
		return fault.New(fault.Authentication, "the token is wrong")
	}
	return nil
}

func (h handler) registerOrders(api huma.API) {
	check := huma.Operation{
		Method: http.MethodPost, Path: "/v1/orders/check", OperationID: "check-order",
		Summary: "Would the order be refused now? Changes nothing", DefaultStatus: http.StatusNoContent,
	}
	huma.Register(api, check, func(ctx context.Context, in *order) (*struct{}, error) {
		if err := h.allowed(in.Authorization); err != nil {
			return nil, err
		}
		return nil, h.core.Check(ctx, in.Body)
	})
	execute := huma.Operation{
		Method: http.MethodPost, Path: "/v1/orders", OperationID: "execute-order", Summary: "Carry an order out, once",
		Description: "A refusal (404, 409, 422) is final and changed nothing; its reason says why. After any other failure the product asks " +
			"again with the same key until it knows the outcome. 409 with reason action_in_progress means: not decided yet, ask again.",
	}
	huma.Register(api, execute, func(ctx context.Context, in *order) (*reply[bank.Receipt], error) {
		if err := h.allowed(in.Authorization); err != nil {
			return nil, err
		}
		if in.IdempotencyKey != in.Body.ID {
			return nil, fault.New(fault.Validation, "Idempotency-Key must be the order's id").WithReason(bank.ReasonIncomplete)
		}
		r, err := h.core.Execute(ctx, in.Body)
		if err != nil {
			return nil, err
		}
		return &reply[bank.Receipt]{r}, nil
	})
	receipt := huma.Operation{
		Method: http.MethodGet, Path: "/v1/customers/{customer_id}/orders/{order_id}", OperationID: "get-receipt",
		Summary: "The receipt of an executed order; 404 when it was not executed",
	}
	huma.Register(api, receipt, func(ctx context.Context, in *receiptQuery) (*reply[bank.Receipt], error) {
		if err := h.allowed(in.Authorization); err != nil {
			return nil, err
		}
		r, err := h.core.Receipt(ctx, in.CustomerID, in.OrderID)
		if err != nil {
			return nil, err
		}
		return &reply[bank.Receipt]{r}, nil
	})
}
