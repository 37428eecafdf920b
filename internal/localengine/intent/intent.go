// Package intent says what a customer's message asks for. A small trained model
// judges the wording, and hand-written rules decide what must not be left to
// statistics: a question never becomes an order to move money. It looks at one
// message alone; what was said before, and the details of a request, are the
// business of whoever calls it.
//
//	message ──normalise──▶ words ──features──▶ model ──▶ rules ──▶ guesses
package intent

import (
	"cmp"
	"slices"
)

// Intent is what a message asks for.
type Intent string

// The intents. Those up to Payees ask for something of the customer's own.
const (
	Balance        Intent = "balance"
	Transactions   Intent = "transactions"
	Spending       Intent = "spending_summary"
	Transfer       Intent = "transfer_money"
	PayBill        Intent = "pay_bill"
	BillInfo       Intent = "bill_info"
	FreezeCard     Intent = "freeze_card"
	UnfreezeCard   Intent = "unfreeze_card"
	Fraud          Intent = "dispute_fraud"
	Limits         Intent = "limits"
	AccountNumbers Intent = "account_numbers"
	Accounts       Intent = "accounts"
	Cards          Intent = "cards"
	Payees         Intent = "payees"

	Knowledge    Intent = "knowledge" // a question that help articles may answer
	Human        Intent = "human"     // wants to talk to a person
	Greeting     Intent = "greeting"
	Goodbye      Intent = "goodbye"
	Thanks       Intent = "thanks"
	Capabilities Intent = "capabilities"
	Smalltalk    Intent = "smalltalk"
	Yes          Intent = "confirm_yes"
	No           Intent = "confirm_no"
	Cancel       Intent = "cancel"
	Unsure       Intent = "unsure"
	Repeat       Intent = "repeat"
	OutOfScope   Intent = "out_of_scope"
)

// MovesMoney says whether an intent orders money to be moved.
func (i Intent) MovesMoney() bool { return i == Transfer || i == PayBill }

// Guess is an intent and how likely it is, from 0 to 1.
type Guess struct {
	Intent      Intent
	Probability float32
}

// Classify says what a message asks for, most likely first. The probabilities
// add up to one. Only the first 1,000 bytes are read.
func Classify(text string) []Guess { return embedded().Classify(text) }

func rank(guesses []Guess) {
	slices.SortStableFunc(guesses, func(a, b Guess) int { return cmp.Compare(b.Probability, a.Probability) })
}
