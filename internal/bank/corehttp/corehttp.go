// Package corehttp lets a company's own core banking system take the place of
// the built-in ledger: a bank.Core that speaks the contract of
// docs/core-banking.openapi.yaml over HTTP. The product keeps the pending
// actions and asks for each order with the action's id as Idempotency-Key, so
// that the other side carries it out once, however often it is asked.
package corehttp

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/breaker"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpclient"
)

// Account is an account on the wire: with the numbers that the product never
// shows in a chat.
type Account struct {
	bank.Account
	Number  string `json:"number"`
	Routing string `json:"routing"`
}

// List is a list on the wire.
type List[T any] struct {
	Items []T `json:"items"`
}

// Client is a core banking system behind HTTP. It is safe for concurrent use.
type Client struct {
	http    *httpclient.Client
	header  http.Header
	breaker *breaker.Breaker
}

var _ bank.Core = (*Client)(nil)

// NewClient returns a Client of the system at a base URL. hc must have a
// timeout; the token, if any, is sent as a bearer token.
func NewClient(baseURL, token string, hc *http.Client, b *breaker.Breaker) *Client {
	c := &Client{http: httpclient.New("core banking", baseURL, hc), header: http.Header{}, breaker: b}
	if token != "" {
		c.header.Set("Authorization", "Bearer "+token)
	}
	return c
}

func (c *Client) do(ctx context.Context, method, path string, in, out any, header http.Header) error {
	return c.breaker.Do(ctx, func(ctx context.Context) error {
		return c.http.DoWith(ctx, header, method, path, in, out)
	})
}

// list fetches one of a customer's lists.
func list[T any](ctx context.Context, c *Client, customerID, what string, q url.Values) ([]T, error) {
	path := "/v1/customers/" + url.PathEscape(customerID) + "/" + what
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	var l List[T]
	err := c.do(ctx, http.MethodGet, path, nil, &l, c.header)
	return l.Items, err
}

// Accounts implements bank.Core.
func (c *Client) Accounts(ctx context.Context, customerID string) ([]bank.Account, error) {
	items, err := list[Account](ctx, c, customerID, "accounts", nil)
	accounts := make([]bank.Account, 0, len(items))
	for _, i := range items {
		a := i.Account
		a.CustomerID, a.Number, a.Routing = customerID, i.Number, i.Routing
		a.Complete()
		accounts = append(accounts, a)
	}
	return accounts, err
}

// Transactions implements bank.Core.
func (c *Client) Transactions(ctx context.Context, customerID string, f bank.TransactionFilter) ([]bank.Transaction, error) {
	return list[bank.Transaction](ctx, c, customerID, "transactions", query(f))
}

// Spending implements bank.Core.
func (c *Client) Spending(ctx context.Context, customerID, by string, f bank.TransactionFilter) ([]bank.Group, error) {
	q := query(f)
	q.Set("by", by)
	return list[bank.Group](ctx, c, customerID, "spending", q)
}

func query(f bank.TransactionFilter) url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"id": f.ID, "account_id": f.AccountID, "merchant": f.Merchant, "category": f.Category} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, t := range map[string]time.Time{"from": f.From, "to": f.To} {
		if !t.IsZero() {
			q.Set(name, t.UTC().Format(time.RFC3339Nano))
		}
	}
	for name, n := range map[string]int64{"min_minor": f.MinMinor, "max_minor": f.MaxMinor, "limit": int64(f.Limit), "offset": int64(f.Offset)} {
		if n != 0 {
			q.Set(name, strconv.FormatInt(n, 10))
		}
	}
	return q
}

// Holds implements bank.Core.
func (c *Client) Holds(ctx context.Context, customerID string) ([]bank.Hold, error) {
	return list[bank.Hold](ctx, c, customerID, "holds", nil)
}

// Cards implements bank.Core.
func (c *Client) Cards(ctx context.Context, customerID string) ([]bank.Card, error) {
	return list[bank.Card](ctx, c, customerID, "cards", nil)
}

// Payees implements bank.Core.
func (c *Client) Payees(ctx context.Context, customerID string) ([]bank.Payee, error) {
	return list[bank.Payee](ctx, c, customerID, "payees", nil)
}

// Bills implements bank.Core.
func (c *Client) Bills(ctx context.Context, customerID string) ([]bank.Bill, error) {
	return list[bank.Bill](ctx, c, customerID, "bills", nil)
}

// Limits implements bank.Core.
func (c *Client) Limits(ctx context.Context, customerID string) ([]bank.Limit, error) {
	return list[bank.Limit](ctx, c, customerID, "limits", nil)
}

// Check implements bank.Core.
func (c *Client) Check(ctx context.Context, o bank.Order) error {
	return c.do(ctx, http.MethodPost, "/v1/orders/check", o, nil, c.header)
}

// Execute implements bank.Core.
func (c *Client) Execute(ctx context.Context, o bank.Order) (bank.Receipt, error) {
	header := c.header.Clone()
	header.Set("Idempotency-Key", o.ID)
	var r bank.Receipt
	err := c.do(ctx, http.MethodPost, "/v1/orders", o, &r, header)
	if err == nil && r.OrderID != o.ID {
		// Whatever this answer is about, it says nothing about the order.
		err = fault.New(fault.Connection, "core banking sent the receipt of another order")
	}
	return r, err
}

// Receipt implements bank.Core.
func (c *Client) Receipt(ctx context.Context, customerID, orderID string) (bank.Receipt, error) {
	var r bank.Receipt
	err := c.do(ctx, http.MethodGet, "/v1/customers/"+url.PathEscape(customerID)+"/orders/"+url.PathEscape(orderID), nil, &r, c.header)
	return r, err
}
