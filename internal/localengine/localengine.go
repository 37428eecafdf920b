// Package localengine answers everyday banking requests without a language
// model. It decides by rules what a message asks for, which tool answers it
// with which arguments, and writes the answer from the tool's result. The same
// message, memory and time always give the same answer. It does no I/O: the
// caller runs the tools.
//
//	message ──Decide──▶ Decision ──caller runs the tool──▶ result ──Render──▶ answer
package localengine

import (
	"encoding/json"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
)

// Intent is what a message asks for.
type Intent string

// The intents.
const (
	Balance      Intent = "balance"
	Transactions Intent = "transactions"
	Spending     Intent = "spending_summary"
	Transfer     Intent = "transfer_money"
	PayBill      Intent = "pay_bill"
	FreezeCard   Intent = "freeze_card"
	Fraud        Intent = "dispute_fraud"
	Human        Intent = "human"
	Greeting     Intent = "greeting"
	Thanks       Intent = "thanks"
	Goodbye      Intent = "goodbye"
	Capabilities Intent = "capabilities"
	Bills        Intent = "bill_info"
	Limits       Intent = "limits"
	Numbers      Intent = "account_numbers"
	Cards        Intent = "cards"
	Payees       Intent = "payees"
	Yes          Intent = "confirm_yes"
	No           Intent = "confirm_no"
	Unclear      Intent = "unclear"
	Unsure       Intent = "unsure"
	Repeat       Intent = "repeat"
	Smalltalk    Intent = "smalltalk"
	OutOfScope   Intent = "out_of_scope"
	Knowledge    Intent = "knowledge"
)

// Input is one message.
type Input struct {
	// Text is the message with personal data replaced by placeholders.
	Text   string
	Memory Memory
	// Now is the present in the customer's time zone: it decides what
	// "yesterday" means.
	Now time.Time
}

// Memory is what the engine carries from turn to turn, so that "and my
// savings?" makes sense.
type Memory struct {
	Intent Intent `json:"intent,omitempty"`
	Slots  Slots  `json:"slots,omitzero"`
	// Move is a request that changes something, as far as it is known.
	Move Movement `json:"move,omitzero"`
}

// Slots are the details of a request.
type Slots struct {
	Account  string `json:"account,omitempty"`
	Merchant string `json:"merchant,omitempty"`
	Category string `json:"category,omitempty"`
	Period   Period `json:"period,omitzero"`
	Min      string `json:"min,omitempty"`
	Max      string `json:"max,omitempty"`
	Limit    int    `json:"limit,omitempty"`
}

// Decision is what to do with a message: run Tool with Args and Render its
// result, or quote the knowledge base, or send Reply, which also stands in for a
// quotation when nothing fits.
type Decision struct {
	Intent    Intent
	Tool      string
	Args      json.RawMessage
	Knowledge bool
	Reply     string
	Memory    Memory
}

// Engine is the local engine. It holds no state and is safe for concurrent use.
type Engine struct{}

// New returns an Engine.
func New() *Engine { return &Engine{} }

// Decide understands a message.
func (e *Engine) Decide(in Input) Decision {
	text := toThePoint(normalise(hidePlaceholders(in.Text)))
	slots := extract(text, in.Now)
	intent := classify(text)
	if intent == Greeting && slots.Account != "" { // "how's my checking doing"
		intent = Balance
	}
	if move, ok := continued(text, intent, in.Memory); ok {
		d := Decision{Intent: in.Memory.Intent}
		d.move(in.Memory.Intent, move)
		return d
	}
	if follow, ok := followUp(text, intent, slots, in.Memory); ok {
		intent, slots = in.Memory.Intent, follow
	}
	d := Decision{Intent: intent, Memory: in.Memory}
	switch intent {
	case Balance:
		d.call(bank.GetBalances, bank.BalancesArgs{Account: slots.Account})
	case Transactions:
		d.call(bank.ListTransactions, slots.arguments())
	case Spending:
		d.call(bank.SpendingSummary, bank.SpendingArgs{By: groupBy(text), TransactionsArgs: slots.arguments()})
	case Bills:
		d.call(bank.ListBills, bank.NoArgs{})
	case Limits:
		d.call(bank.GetLimits, bank.NoArgs{})
	case Numbers:
		d.call(bank.GetAccountNumbers, bank.BalancesArgs{Account: slots.Account})
	case Cards:
		d.call(bank.ListCards, bank.NoArgs{})
	case Payees:
		d.call(bank.ListPayees, bank.NoArgs{})
	case Transfer:
		d.move(intent, movement(text))
		return d
	case PayBill:
		m := movement(text)
		d.move(intent, Movement{Amount: m.Amount, From: m.From, Bill: billOf(text)})
		return d
	case FreezeCard:
		d.move(intent, cardMove(text))
		return d
	case Knowledge:
		d.Knowledge = true
	case OutOfScope: // an article may know better
		d.Knowledge, d.Reply = true, replies[intent]
	default:
		d.Reply = replies[intent]
	}
	if d.Tool != "" {
		d.Memory = Memory{Intent: intent, Slots: slots}
	}
	return d
}

// call sets the tool to run. The arguments are plain structures, which always
// have a JSON form.
func (d *Decision) call(tool string, args any) {
	d.Tool = tool
	data, _ := json.Marshal(args)
	d.Args = json.RawMessage(showPlaceholders(string(data)))
}

// arguments turns slots into what the bank's tools take.
func (s Slots) arguments() bank.TransactionsArgs {
	a := bank.TransactionsArgs{
		Account: s.Account, Merchant: s.Merchant, Category: s.Category,
		MinAmount: bank.AmountText(s.Min), MaxAmount: bank.AmountText(s.Max), Limit: s.Limit,
	}
	if !s.Period.IsZero() {
		a.From, a.To = s.Period.From, s.Period.To
	}
	return a
}

var replies = map[Intent]string{
	Greeting: "Hello! I can show your balances, transactions and spending, move money, pay bills and freeze a card, " +
		"and answer questions about how things work. What can I do for you?",
	Thanks:  "You're welcome! Is there anything else I can help with?",
	Goodbye: "Goodbye, and take care!",
	Capabilities: "I can:\n- show your balances, for all accounts or one\n- find transactions by merchant, category, " +
		"date or amount\n- add up your spending by category or merchant\n- move money between your accounts or to a saved payee, " +
		"and pay a saved bill: I prepare it, and you confirm\n- show your bills, limits and cards, and freeze or unfreeze a card\n- answer questions about transfers, bills, " +
		"cards, fees, limits and security from our help articles\n\nTry \"What did I spend on groceries last month?\"",
	Fraud: "I'm sorry, that sounds worrying. If you don't recognize a payment, say \"freeze my card\" " +
		"and report it to our team through the Help page right away, so that a person can secure your account. " +
		"I can list your recent transactions so that you can check them.",
	Human: "I can't connect you to a person from this chat yet. You reach our team through the Help page in the app. " +
		"If you tell me what it is about, I may be able to help in the meantime.",
	Yes:    "There is nothing that waits for your yes right now.",
	No:     "All right. Nothing was waiting, and nothing was done.",
	Unsure: "That's all right. Take your time, and ask me whenever you like. I can show your balances, payments and bills, for example.",
	Repeat: "I can't say it again word for word, but it is still above. Ask me once more if you like.",
	Smalltalk: "I'm the assistant of your wallet, so I know more about money than about life. " +
		"Is there something about your accounts, cards or payments that I can do for you?",
	OutOfScope: "That is outside of what I know. I can help with your accounts, cards, payments and transfers, " +
		"and with questions about how things work here.",
	Unclear: "I didn't understand that. You can ask, for example, \"What is my balance?\", " +
		"\"Show my transactions at the coffee shop\" or \"How do I dispute a charge?\"",
}
