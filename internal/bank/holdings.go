package bank

import (
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// CardStatus says whether a card pays.
type CardStatus string

// States of a card. A canceled card never pays again.
const (
	CardActive   CardStatus = "active"
	CardFrozen   CardStatus = "frozen"
	CardCanceled CardStatus = "canceled"
)

// Card is a payment card on an account.
type Card struct {
	ID         string     `json:"id"`
	CustomerID string     `json:"-"`
	AccountID  string     `json:"account_id"`
	Name       string     `json:"name"`
	Ending     string     `json:"ending" doc:"Last four digits of the card number"`
	Status     CardStatus `json:"status"`
}

func (c Card) label() string { return c.Name + " ending in " + c.Ending }

// Payee is somebody whom a customer has saved to send money to.
type Payee struct {
	ID         string    `json:"id"`
	CustomerID string    `json:"-"`
	Name       string    `json:"name"`
	Bank       string    `json:"bank,omitempty" doc:"Empty for another customer of ours"`
	Ending     string    `json:"ending" doc:"Last four digits of the account number"`
	AddedAt    time.Time `json:"added_at"`
	// SettlesTo is the account that is credited: the payee's own when they are a
	// customer here, otherwise the one that clears with other banks.
	SettlesTo string `json:"-"`
}

func (p Payee) label() string {
	if p.Bank == "" {
		return p.Name + " (account ending in " + p.Ending + ")"
	}
	return p.Name + " (" + p.Bank + ", account ending in " + p.Ending + ")"
}

// Bill is a biller that a customer has saved, with what is due there.
type Bill struct {
	ID         string        `json:"id"`
	CustomerID string        `json:"-"`
	Name       string        `json:"name" doc:"What the customer calls it, such as Electricity"`
	Biller     string        `json:"biller"`
	Category   string        `json:"category"`
	Ending     string        `json:"ending" doc:"Last four characters of the customer's number at the biller"`
	Due        *money.Amount `json:"due" doc:"What is still to be paid; null when nothing is known to be due"`
	DueOn      string        `json:"due_on,omitempty" doc:"Day by which it is due, such as 2026-01-31"`
	// SettlesTo is the account that is credited.
	SettlesTo string `json:"-"`
}

// Hold is money set aside on an account for a purchase that isn't booked yet.
type Hold struct {
	ID        string       `json:"id"`
	AccountID string       `json:"account_id"`
	Amount    money.Amount `json:"amount"`
	Merchant  string       `json:"merchant"`
	Category  string       `json:"category"`
	PlacedAt  time.Time    `json:"placed_at"`
	ExpiresAt time.Time    `json:"expires_at"`
}

// Limit is how much may leave a customer's accounts in one way, and how much of
// that is left today.
type Limit struct {
	Name      string       `json:"name" doc:"transfers or bill payments"`
	Each      money.Amount `json:"each" doc:"Most that one may be"`
	Daily     money.Amount `json:"daily" doc:"Most that a day's may add up to"`
	UsedToday money.Amount `json:"used_today"`
	LeftToday money.Amount `json:"left_today"`
}

// Holdings are what a customer has, to be stored together.
type Holdings struct {
	Accounts []Account
	Cards    []Card
	Payees   []Payee
	Bills    []Bill
}
