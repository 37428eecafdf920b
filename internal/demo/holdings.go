package demo

import (
	"fmt"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// biller is a company that demo customers have bills from.
type biller struct {
	key, name, label, category string
	due                        int64 // in cents; zero for nothing
	dueIn                      int   // in days
}

var billers = []biller{
	{"power", "City Power & Light", "Electricity", "utilities", 8_412, 6},
	{"phone", "Skyline Mobile", "Phone", "utilities", 4_500, 11},
	{"rent", "Elm Street Apartments", "Rent", "housing", 145_000, 8},
	{"water", "Riverside Water", "Water", "utilities", 0, 0},
}

// internalAccounts are the bank's own: one that stands for the rest of the
// world, and one for each biller.
func internalAccounts(opened time.Time) []bank.Account {
	list := []bank.Account{internal(outside, "Outside world", opened)}
	for _, b := range billers {
		list = append(list, internal(b.account(), b.name, opened))
	}
	return list
}

func (b biller) account() string { return "internal-biller-" + b.key }

func internal(id, name string, opened time.Time) bank.Account {
	return bank.Account{ID: id, Kind: bank.Internal, Name: name, Status: bank.Active, Balance: money.Of(0, "USD"), OpenedAt: opened}
}

// holdings are a demo customer's card, payees and bills.
func holdings(customerID string, index int, now time.Time) bank.Holdings {
	h := bank.Holdings{Cards: []bank.Card{{
		ID: customerID + "-card-1", CustomerID: customerID, AccountID: customerID + "-checking", Name: "Debit Card",
		Ending: fmt.Sprintf("%04d", 4417+1013*index), Status: bank.CardActive,
	}}}
	if profiles()[customerID].card {
		h.Cards = append(h.Cards, bank.Card{
			ID: customerID + "-card-2", CustomerID: customerID, AccountID: customerID + "-card", Name: "Cash Back Card",
			Ending: fmt.Sprintf("%04d", 8802+7*index), Status: bank.CardActive,
		})
	}
	added := now.AddDate(0, -4, 0).UTC().Truncate(time.Second)
	for i, c := range Customers() {
		if c.ID != customerID {
			h.Payees = append(h.Payees, bank.Payee{
				ID: customerID + "-payee-" + c.ID, CustomerID: customerID, Name: c.Name, AddedAt: added,
				Ending: accounts(c.ID, i, now)[0].Number[8:], SettlesTo: c.ID + "-checking",
			})
		}
	}
	h.Payees = append(h.Payees, bank.Payee{
		ID: customerID + "-payee-jordan", CustomerID: customerID, Name: "Jordan Lee", Bank: "Harbor Community Bank",
		Ending: "3390", AddedAt: added, SettlesTo: outside,
	})
	for _, b := range billers {
		bill := bank.Bill{
			ID: customerID + "-bill-" + b.key, CustomerID: customerID, Name: b.label, Biller: b.name, Category: b.category,
			Ending: fmt.Sprintf("%04d", 2201+37*index), SettlesTo: b.account(),
		}
		if due := b.due; due > 0 {
			if b.key == "rent" {
				due = profiles()[customerID].rent
			}
			amount := money.Of(due, "USD")
			bill.Due, bill.DueOn = &amount, now.AddDate(0, 0, b.dueIn).Format(time.DateOnly)
		}
		h.Bills = append(h.Bills, bill)
	}
	return h
}
