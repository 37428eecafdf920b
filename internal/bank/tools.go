package bank

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// The tools that engines may call. Those from TransferMoney on propose: they
// move nothing, but make an action that waits for the customer's yes.
const (
	GetBalances        = "get_balances"
	GetAccountNumbers  = "get_account_numbers"
	ListTransactions   = "list_transactions"
	GetTransaction     = "get_transaction"
	SpendingSummary    = "spending_summary"
	ListPayees         = "list_payees"
	ListBills          = "list_bills"
	ListCards          = "list_cards"
	GetLimits          = "get_limits"
	TransferMoney      = "transfer_money"
	PayBill            = "pay_bill"
	SetCardFrozen      = "set_card_frozen"
	DisputeTransaction = "dispute_transaction"
)

// Caller is on whose behalf a tool runs. It comes from the authenticated
// session and never from a tool's arguments.
type Caller struct {
	CustomerID string
	SessionID  string
	// Location is where the customer's days begin and end; nil means UTC.
	Location *time.Location
}

// Tool is a tool as a model is told about it.
type Tool struct {
	Name        string
	Description string
	// Schema is the JSON Schema of the arguments, strict: every property is
	// required, optional ones may be null, and no others are allowed.
	Schema json.RawMessage
	// Proposes says whether the tool makes a pending action.
	Proposes bool

	run func(s *Service, ctx context.Context, c Caller, args json.RawMessage) (any, error)
}

var tools = []Tool{
	tool(GetBalances, "Balances of the customer's accounts: booked, held and available. Ask for one account or for all.", false, (*Service).getBalances),
	tool(GetAccountNumbers, "Last digits of the customer's account and routing numbers, and how to see them in full. The full numbers are never given in a chat.", false, (*Service).getAccountNumbers),
	tool(ListTransactions, "The customer's transactions, newest first, with filters. Negative amounts left the account. Pending purchases are listed apart.", false, (*Service).listTransactions),
	tool(GetTransaction, "One transaction by its id, as list_transactions returned it.", false, (*Service).getTransaction),
	tool(SpendingSummary, "What the customer spent on purchases and bills over a period, summed by category or by merchant.", false, (*Service).spendingSummary),
	tool(ListPayees, "People to whom the customer can send money.", false, (*Service).listPayees),
	tool(ListBills, "The customer's saved bills with what is due and when.", false, (*Service).listBills),
	tool(ListCards, "The customer's cards and whether they are frozen.", false, (*Service).listCards),
	tool(GetLimits, "Limits of transfers and bill payments, and what is left of them today.", false, (*Service).getLimits),
	tool(TransferMoney, "Prepare a transfer from one of the customer's accounts to another, or to a saved payee. Nothing moves until the customer confirms; show them the summary and never say that it is done. Calling it again replaces the earlier proposal, for example to change the amount.", true, (*Service).transferMoney),
	tool(PayBill, "Prepare the payment of a saved bill. Nothing is paid until the customer confirms; show them the summary and never say that it is done. Calling it again replaces the earlier proposal.", true, (*Service).payBill),
	tool(SetCardFrozen, "Prepare to freeze or unfreeze one of the customer's cards. It takes effect when the customer confirms.", true, (*Service).setCardFrozen),
	tool(DisputeTransaction, "Prepare to open a dispute about one transaction, by its id from list_transactions. It is opened when the customer confirms.", true, (*Service).disputeTransaction),
}

// Tools lists every tool.
func Tools() []Tool { return tools }

// maxArguments bounds a tool call's arguments, in bytes.
const maxArguments = 8 << 10

// tool makes a Tool of a method. Its argument type says what the schema is.
func tool[Args, Result any](name, description string, proposes bool, method func(*Service, context.Context, Caller, Args) (Result, error)) Tool {
	return Tool{
		Name: name, Description: description, Proposes: proposes, Schema: strictSchema[Args](),
		run: func(s *Service, ctx context.Context, c Caller, raw json.RawMessage) (any, error) {
			var args Args
			if len(raw) > maxArguments {
				return nil, fault.New(fault.Validation, "the tool's arguments are too long").WithReason(ReasonIncomplete)
			}
			if len(bytes.TrimSpace(raw)) > 0 {
				d := json.NewDecoder(bytes.NewReader(raw))
				d.DisallowUnknownFields()
				if err := d.Decode(&args); err != nil || d.More() {
					return nil, fault.New(fault.Validation, "the tool's arguments can't be understood").WithReason(ReasonIncomplete).WithCause(err)
				}
			}
			result, err := method(s, ctx, c, args)
			if err != nil {
				return nil, err
			}
			return &result, nil
		},
	}
}

// strictSchema describes an argument type the way that models with strict tool
// calling ask for.
func strictSchema[Args any]() json.RawMessage {
	schema, err := jsonschema.For[Args](nil)
	if err != nil {
		panic("bank: " + err.Error()) // an argument type that can't be described is a mistake in this package
	}
	required := map[string]bool{}
	for _, name := range schema.Required {
		required[name] = true
	}
	for name, p := range schema.Properties {
		text, enum, _ := strings.Cut(p.Description, " Enum: ")
		p.Description = text
		if enum != "" {
			for v := range strings.SplitSeq(enum, ", ") {
				p.Enum = append(p.Enum, v)
			}
		}
		if !required[name] {
			p.Types, p.Type = []string{p.Type, "null"}, ""
			if enum != "" {
				p.Enum = append(p.Enum, nil)
			}
		}
	}
	schema.Required = schema.PropertyOrder
	data, err := json.Marshal(schema)
	if err != nil {
		panic("bank: " + err.Error())
	}
	return data
}

// Call runs a tool. The arguments come from an engine and are not trusted:
// unknown fields and ids of other customers are refused. The result is a
// pointer to the tool's result type.
func (s *Service) Call(ctx context.Context, c Caller, name string, args json.RawMessage) (any, error) {
	for _, t := range tools {
		if t.Name == name {
			return t.run(s, ctx, c, args)
		}
	}
	return nil, fault.New(fault.Validation, "there is no such tool").WithReason(ReasonIncomplete)
}

// AmountText is an amount as a model or a person writes it: "50", "$12.50", or
// a JSON number.
type AmountText string

// UnmarshalJSON keeps a number's digits as they are written.
func (a *AmountText) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err == nil {
		*a = AmountText(text)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	*a = AmountText(n)
	return nil
}
