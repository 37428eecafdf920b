// Package localengine answers everyday banking requests without a language
// model. It decides by rules what a message asks for, which tool answers it
// with which arguments, and writes the answer from the tool's result. The same
// message, memory and time always give the same answer. It does no I/O: the
// caller runs the tools.
//
//	message ──Decide──▶ Decision ──caller runs the tool──▶ result ──Render──▶ answer
package localengine

import (
	"cmp"
	"encoding/json"
	"regexp"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine/intent"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine/slots"
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
	// Looked is what was asked to be seen while Move was open. Slots are its details.
	Looked Intent `json:"looked,omitempty"`
}

// looking is the last request to see something.
func (m Memory) looking() Intent { return cmp.Or(m.Looked, m.Intent) }

// Decision is what to do with a message: run Tool with Args and Render its
// result, or quote the knowledge base, or send Reply, which also stands in for a
// quotation when nothing fits.
type Decision struct {
	Intent    Intent
	Tool      string
	Args      json.RawMessage
	Knowledge bool
	// Question is what to search for where that isn't the whole message.
	Question string
	Reply    string
	Memory   Memory
	// Note is said before the answer.
	Note string
	// Amends says that the request takes the place of the one before.
	Amends bool
	// Also are the further requests of the message, in the order of their answers.
	Also []Decision
}

// Engine is the local engine. It holds no state and is safe for concurrent use.
type Engine struct{}

// New returns an Engine.
func New() *Engine { return &Engine{} }

// Decide understands a message.
func (e *Engine) Decide(in Input) Decision {
	requests := inOrder(read(in.Text, in.Now).requests())
	d := requests[0].decide(in.Memory)
	if len(requests) > 1 {
		d.Question = requests[0].text
	}
	memory, moved := d.Memory, moving(d.Intent)
	for _, m := range requests[1:] {
		if moved {
			break // inOrder has put these last
		}
		next := m.decide(memory)
		next.Question = m.text
		memory, moved = next.Memory, moving(next.Intent)
		d.Also = append(d.Also, next)
	}
	return d
}

// inOrder puts what changes something last, so that its summary ends the answer,
// and keeps only the first such request: one yes is for one thing.
func inOrder(requests []message) []message {
	var reading, changing []message
	for _, m := range requests {
		if moving(m.intent) {
			changing = append(changing, m)
		} else {
			reading = append(reading, m)
		}
	}
	if len(changing) > 1 {
		changing[0].others = true
	}
	return append(reading, changing[:min(1, len(changing))]...)
}

// decide understands a message that is one request.
func (m message) decide(memory Memory) Decision {
	if next, details, ok := m.followUp(memory); ok && m.leaves(memory) {
		m.intent = next
		return m.show(details, nil, memory)
	}
	if d, ok := m.goOn(memory); ok {
		return d
	}
	if m.aside == "" && recurring.MatchString(m.folded) && (m.intent == Transactions || !understood(m.intent)) {
		m.intent, m.aside = Transactions, noSubscriptions
	}
	if m.aside != "" {
		return Decision{Intent: m.intent, Memory: memory, Reply: m.aside}
	}
	switch is := memory.looking(); {
	case is == Bills && payThat.MatchString(m.folded):
		m.intent = PayBill
	case is == Bills && whenDue.MatchString(m.folded):
		m.intent = Bills
	case is == Limits && whatIsLeft.MatchString(m.folded):
		m.intent = Limits
	case m.intent == Repeat && (listing(is) || is == Balance):
		m.intent = is
		return m.show(memory.Slots, nil, memory)
	}
	details, more := m.details(purposeOf(m.intent))
	if m.mayFilter() {
		if filters, all := m.details(slots.Spending); m.filters(filters) {
			m.intent, details, more = Transactions, filters, all
		}
	}
	if m.intent == Greeting && details.Account != "" { // "how's my checking doing"
		m.intent = Balance
	}
	switch {
	case moving(m.intent):
		return m.order()
	case m.intent == Transactions && earned.MatchString(m.folded) && details.Category == "":
		details = m.income(details)
	}
	return m.show(details, more, memory)
}

// whatIsLeft goes on about limits that were shown.
var whatIsLeft = regexp.MustCompile(`^(?:and |so )?how much (?:of (?:it|that|them|the limit) )?(?:is|do i have|have i got) (?:still )?left\b`)

// whenDue goes on about bills that were shown.
var whenDue = regexp.MustCompile(`^(?:and |so )?when (?:is|are|do i have to pay|must i pay) (?:it|that|this|they|those|them)\b(?: due)?[ ?.!]*$`)

// show decides on a request that changes nothing.
func (m message) show(details Slots, more []Slots, memory Memory) Decision {
	if landed.MatchString(m.folded) && m.intent == Transactions && details.Limit == 0 && details.Period.IsZero() {
		details.Limit = 1 // the latest says whether it did
	}
	d := Decision{Intent: m.intent, Memory: memory}
	d.Memory.Move.Interrupted = moving(memory.Intent) && !choosing(m.intent)
	d.answer(m, details)
	switch {
	case d.Tool == "":
	case moving(memory.Intent): // a question in between loses nothing
		d.Memory.Looked, d.Memory.Slots = m.intent, details
	default:
		d.Memory = Memory{Intent: m.intent, Slots: details}
	}
	for _, other := range more[:min(len(more), maxRequests-1)] {
		if listing(m.intent) {
			d.Also = append(d.Also, m.show(other, nil, memory))
		}
	}
	return d
}

// answer names what answers a request that changes nothing.
func (d *Decision) answer(m message, details Slots) {
	switch m.intent {
	case Balance:
		d.call(bank.GetBalances, bank.BalancesArgs{Account: details.Account})
	case Transactions:
		d.call(bank.ListTransactions, details.list())
	case Spending:
		d.call(bank.SpendingSummary, details.spending(m.groupBy()))
	case Bills:
		d.call(bank.ListBills, bank.NoArgs{})
	case Limits:
		d.call(bank.GetLimits, bank.NoArgs{})
	case Numbers:
		d.call(bank.GetAccountNumbers, bank.BalancesArgs{Account: details.Account})
	case Cards:
		d.call(bank.ListCards, bank.NoArgs{})
	case Payees:
		d.call(bank.ListPayees, bank.NoArgs{})
	case Knowledge:
		d.Knowledge = true
		if movesAtAll.MatchString(m.folded) {
			d.Reply = howToMove
		}
	case OutOfScope: // an article may know better
		d.Knowledge, d.Reply = intent.AboutBanking(m.folded), replies[m.intent]
	default:
		d.Reply = replies[m.intent]
	}
}

// choosing says whether an intent shows what a movement may name, so that the next
// words may choose from it.
func choosing(i Intent) bool { return i == Payees || i == Cards || i == Bills || i == Balance }

// call sets the tool to run. The arguments are plain structures, which always
// have a JSON form.
func (d *Decision) call(tool string, args any) {
	d.Tool = tool
	d.Args, _ = json.Marshal(args)
}

// howToMove answers questions about moving money that no article answers.
const howToMove = "I have no article about exactly that. To move money, tell me how much and to whom, such as \"send $20 to Jordan\", or name a bill to pay: " +
	"I prepare it, you see a summary, and nothing moves before your yes."

// noSubscriptions answers what can't be told from single payments.
const noSubscriptions = "I can't tell recurring payments from others. I can show what one company took, such as \"payments at StreamBox\", " +
	"and your saved bills with what is due."

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
