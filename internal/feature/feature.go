// Package feature switches parts of the product off and on while it runs. It owns
// the list of flags, what they mean, who changed them and why; it knows no HTTP
// and no SQL.
//
// Flags are stored in the database. Every replica reads them each second and
// keeps the last values while the database can't be reached; code asks for them
// through OpenFeature. What must hold at once on every replica, the flags of
// money, is not decided here: the bank reads those in the transaction that
// carries an order out.
package feature

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// Name is a flag's name.
type Name string

// The flags.
const (
	Chat          Name = "chat"
	Streaming     Name = "streaming"
	Transfers     Name = "transfers"
	BillPayments  Name = "bill_payments"
	CardControls  Name = "card_controls"
	LocalEngine   Name = "local_engine"
	ResponseCache Name = "response_cache"
	Retrieval     Name = "retrieval"
	LLM           Name = "llm"
	Lockdown      Name = "lockdown"
)

// Definition is a flag that exists.
type Definition struct {
	Name Name
	// Default is its value until somebody changes it.
	Default bool
	// Meaning says what being on, and for some being off, does.
	Meaning string
}

var definitions = []Definition{
	{Chat, true, "Messages are answered; off refuses them with 503, accounts and buttons still work"},
	{Streaming, true, "Answers are streamed while they are made; off sends them as one event"},
	{Transfers, true, "Transfers and payments to payees can be proposed and confirmed"},
	{BillPayments, true, "Bill payments can be proposed and confirmed"},
	{CardControls, true, "Cards can be frozen and unfrozen"},
	{LocalEngine, true, "The deterministic engine answers where no model does; off says that nobody can"},
	{ResponseCache, true, "Answers to general questions are kept and given again"},
	{Retrieval, true, "Help articles are searched"},
	{LLM, true, "Language models are asked"},
	{Lockdown, false, "Nothing moves: no order is proposed or confirmed, no model is asked, answers only read"},
}

// Definitions lists every flag.
func Definitions() []Definition { return slices.Clone(definitions) }

// find returns a flag's definition; a name that doesn't exist is a fault.NotFound.
func find(name Name) (Definition, error) {
	for _, d := range definitions {
		if d.Name == name {
			return d, nil
		}
	}
	return Definition{}, fault.New(fault.NotFound, "there is no such flag")
}

// stoppedByLockdown says whether a lockdown switches a flag off, whatever its own value.
func stoppedByLockdown(name Name) bool {
	return slices.Contains([]Name{Transfers, BillPayments, CardControls, LLM}, name)
}

// Change is one change of a flag.
type Change struct {
	ID   string
	Name Name
	On   bool
	// Reason is the operator's own words.
	Reason   string
	Operator string
	At       time.Time
}

// Digest stands for the change in the audit log.
func (c Change) Digest() []byte {
	h := sha256.New()
	for _, field := range []string{c.ID, string(c.Name), fmt.Sprint(c.On), c.Reason, c.Operator, fmt.Sprint(c.At.UnixMicro())} {
		fmt.Fprintf(h, "%d:%s", len(field), field)
	}
	return h.Sum(nil)
}

const (
	// MaxReason bounds a reason, in code points.
	MaxReason = 500
	// maxOperator bounds an operator's name, in bytes.
	maxOperator = 100
)

// check refuses changes that can't be recorded.
func (c Change) check() error {
	if _, err := find(c.Name); err != nil {
		return err
	}
	switch {
	case strings.TrimSpace(c.Reason) == "":
		return fault.New(fault.Validation, "a reason is required")
	case !utf8.ValidString(c.Reason) || utf8.RuneCountInString(c.Reason) > MaxReason || strings.ContainsFunc(c.Reason, unicode.IsControl):
		return fault.New(fault.Validation, "the reason must be one line of at most %d characters", MaxReason)
	case c.Operator == "" || len(c.Operator) > maxOperator || strings.ContainsFunc(c.Operator, unicode.IsControl):
		return fault.New(fault.Validation, "the operator's name must have 1 to %d characters", maxOperator)
	}
	return nil
}

// Setting is a flag as it is now.
type Setting struct {
	Definition
	On bool
	// Last is the change that made it so; nil while nobody has changed it.
	Last *Change
}
