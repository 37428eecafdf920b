package localengine

import (
	"regexp"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine/slots"
)

// Movement is what a request to move money, or to change a card, says. Asked
// names the detail that the engine has asked for and expects next.
type Movement struct {
	Amount string `json:"amount,omitempty"`
	From   string `json:"from,omitempty"`
	To     string `json:"to,omitempty"`
	Bill   string `json:"bill,omitempty"`
	Card   string `json:"card,omitempty"`
	Frozen bool   `json:"frozen,omitempty"`
	Asked  string `json:"asked,omitempty"`
	// Interrupted says that something else was talked about since.
	Interrupted bool `json:"interrupted,omitempty"`
}

const (
	askedAmount = "amount"
	askedFrom   = "from"
	askedTo     = "to"
	askedBill   = "bill"
	askedCard   = "card"
	askedNow    = "now"
)

// moving says whether an intent changes something.
func moving(i Intent) bool { return i == Transfer || i == PayBill || i == FreezeCard }

// mention is what a message says about a movement.
type mention struct {
	Movement
	all              []string // the amounts
	amounts, targets int
	account          string // the only account without a side
	later            bool   // not now, or not only now
	unread           bool   // there is a number that is no amount
}

func (s mention) empty() bool { return s.Movement == Movement{} && s.account == "" && s.amounts == 0 }

// mentioned reads what a message says about moving money.
func (m message) mentioned() mention {
	found := slots.Options{Purpose: slots.Order, Direction: slots.Future}.Find(m.text, m.now)
	said := mention{amounts: len(found.Amounts), later: m.later(found), unread: strings.ContainsAny(masked.ReplaceAllString(m.without(found), ""), "0123456789")}
	for _, a := range found.Amounts {
		said.all = append(said.all, m.said(a))
	}
	if len(found.Amounts) == 1 && found.Amounts[0].Bound == slots.Exactly {
		said.Amount = m.said(found.Amounts[0])
	}
	var either []string
	for _, a := range found.Accounts {
		switch name := accountName(a); {
		case a.Theirs:
		case a.Side == slots.Source && said.From == "":
			said.From = name
		case a.Side == slots.Destination || toppingUp.MatchString(m.folded):
			said.target(name)
		default:
			either = append(either, name)
		}
	}
	for _, n := range append(found.Payees, found.Merchants...) {
		said.target(n.Text)
	}
	for _, name := range either { // "move 50 checking to savings"
		if said.From == "" && said.To != "" {
			said.From = name
		}
	}
	if len(either) == 1 && said.From != either[0] {
		said.account = either[0]
	}
	return said
}

// target notes where the money goes. Two of them are none: which is meant must be
// asked.
func (s *mention) target(name string) {
	s.targets++
	if s.To = strings.TrimSpace(name); s.targets > 1 {
		s.To = ""
	}
}

var (
	masked    = regexp.MustCompile(`\[[A-Z_]+_\d{1,4}\]`)
	toppingUp = regexp.MustCompile(`\b(top up|topup|top off|fill up|refill)\b`)
	// conditions are openings of what must happen first.
	conditions = regexp.MustCompile(`\b(if|unless|once|as soon as|when(ever)?) (i|my|the|we|she|he|they|it|it's|there|there's)\b`)
	due        = regexp.MustCompile(`\bdue\b`)
)

const notLater = "I can only prepare what goes out as soon as you confirm it, not at another time, again and again or under a condition. " +
	"Schedules are set up in the app."

// later says whether money is to move at another time than now, which the engine
// can't do.
func (m message) later(found slots.Slots) bool {
	if conditions.MatchString(m.folded) {
		return true
	}
	y, month, d := m.now.Date()
	today := time.Date(y, month, d, 0, 0, 0, 0, time.UTC)
	for _, date := range found.Dates {
		if date.Kind == slots.Repeating || date.From.After(today) && !due.MatchString(m.folded) {
			return true
		}
	}
	return false
}

// order decides on a request that changes something.
func (m message) order() Decision {
	var d Decision
	said := m.mentioned()
	switch m.intent {
	case FreezeCard:
		d.move(FreezeCard, m.card())
	case PayBill:
		move := Movement{Amount: said.Amount, From: said.From, Bill: m.bill()}
		if first, _, more := strings.Cut(move.Bill, " and "); more {
			move.Bill, m.others = first, true
		}
		if m.paysPerson(said) {
			move.To, move.Bill, m.intent = said.To, "", Transfer
		}
		d.move(m.intent, move)
	default:
		if m.paysCompany(said) {
			m.intent = PayBill
			d.move(PayBill, Movement{Amount: said.Amount, From: said.From, Bill: said.To})
			break
		}
		d.move(Transfer, said.Movement)
	}
	switch {
	case m.intent == FreezeCard:
	case fromOthers.MatchString(m.folded):
		return Decision{Intent: m.intent, Reply: "I can only move money out of your own accounts. " +
			"Whoever owns the other account can send it to you."}
	case said.later:
		d.Tool, d.Args = "", nil
		d.ask(askedNow, notLater+" Shall I prepare it for right now instead?")
	case said.amounts > 1 && said.targets > 1:
		d = Decision{Intent: m.intent, Memory: Memory{Intent: m.intent}}
		d.ask(askedTo, "I prepare one payment at a time. Which is the first: how much, and to whom?")
	case said.unread && d.Memory.Move.Asked == askedAmount:
		d.ask(askedAmount, "I can't read that amount for sure. Write it like 25 or 12.50, please.")
	case said.amounts > 1 && d.Memory.Move.Asked == askedAmount:
		d.ask(askedAmount, "Which of these amounts do you mean?")
	}
	if m.others {
		d.Note = "One thing at a time: I begin with this one. Ask me for the rest once it is settled."
	}
	return d
}

// fromOthers takes money out of somebody else's account.
var fromOthers = regexp.MustCompile(`\b(?:from|out of) (?:my )?(?:[a-z]{2,}'s|his|her|their|your|someone(?: else)?'s) (?:account|savings|checking|wallet|card|money|bank)|\bfrom [a-z]{2,}'s (?:account )?(?:to|into) (?:mine|my)\b`)

// paysPerson says whether a request to pay is about a person, not a bill.
func (m message) paysPerson(said mention) bool {
	if said.To == "" || billWords.MatchString(m.folded) {
		return false
	}
	found := slots.Options{Purpose: slots.Order, Direction: slots.Future}.Find(m.text, m.now)
	return len(found.Payees) == 1 && found.Payees[0].Text == said.To
}

// paysCompany says whether a request to pay is about a company, whose bill it must
// be: people are payees, companies are billers.
func (m message) paysCompany(said mention) bool {
	found := slots.Options{Purpose: slots.Order, Direction: slots.Future}.Find(m.text, m.now)
	return said.To != "" && toPay.MatchString(m.folded) && len(found.Payees) == 0 && len(found.Merchants) == 1 && found.Merchants[0].Text == said.To
}

var toPay = regexp.MustCompile(`\b(pay|paying|paid|settle|clear)\b|\btowards?\b`)

var (
	billWords = regexp.MustCompile(`\b(bills?|rent|electric(ity)?|power|water|gas|phone|internet|mortgage|insurance|utilit(y|ies)|subscription|premium|balance|minimum|due)\b`)
	// billName is what stands behind the word for paying.
	billName = regexp.MustCompile(`(?i)\b(?:pay|settle|clear)\s+(?:off\s+)?(?:(?:to|towards?|on|for)\s+)?(?:my |the |our |that )*([^.!?,;]*?)(?:\s+bills?)?(?:\s+(?:from|using|with|for|of|now|today|please|right away|in full)\b.*)?[.!?\s]*$`)
	ofBill   = regexp.MustCompile(`(?i)\b(?:my|the|our)\s+([^.!?,;]*?)\s+bill\b`)
	nameless = regexp.MustCompile(`(?i)^(|a|the|my|bills?|it|them|that|this|something|some|all|everything|one|of|total|balance|full)$`)
)

// bill is what a request says it wants to pay: the words behind the verb that are
// neither an amount nor a date.
func (m message) bill() string {
	found := slots.Options{Purpose: slots.Order, Direction: slots.Future}.Find(m.text, m.now)
	words := strings.Join(strings.Fields(m.without(found)), " ")
	for _, pattern := range []*regexp.Regexp{billName, ofBill} {
		if name := pattern.FindStringSubmatch(words); name != nil {
			return bareName(name[1])
		}
	}
	return ""
}

// without is the text without its amounts and dates and the numbers of accounts.
func (m message) without(found slots.Slots) string {
	text := []byte(m.text)
	for _, a := range found.Amounts {
		blank(text, a.Span)
	}
	for _, d := range found.Dates {
		blank(text, d.Span)
	}
	for _, a := range found.Accounts {
		if a.Ending != "" {
			blank(text, a.Span)
		}
	}
	return string(text)
}

func blank(text []byte, s slots.Span) {
	for i := s.Start; i < s.End; i++ {
		text[i] = ' '
	}
}

var (
	leadIn   = regexp.MustCompile(`(?i)^(?:(?:and|now|then|also|please|just|use|to|from|the|my|our|that|this|it's|it is|its|i mean|i meant|only|for|of|a|an|one|called|named|take|no|yes|ok|okay|well|um|uh|hmm|oh|let's say|make it|with|ending in|pay|send it to|bill for)[,:]?\s+)+`)
	leadAway = regexp.MustCompile(`(?i)(?:\s+(?:please|instead|now|today|thanks|thank you|account|card|bill|bills|one|then|rather))+$`)
)

// bareName takes off a name what doesn't belong to it.
func bareName(text string) string {
	text = strings.Trim(text, " .,!?'\"")
	for {
		shorter := strings.Trim(leadAway.ReplaceAllString(leadIn.ReplaceAllString(text, ""), ""), " .,!?'\"")
		if shorter == text {
			break
		}
		text = shorter
	}
	if nameless.MatchString(text) {
		return ""
	}
	return text
}

var (
	cardWords  = regexp.MustCompile(`\b(?:my|the|that|a)\s+(?:((?:[\p{L}']+ ){1,3})card|(debit|credit|virtual)(?: one)?)\b`)
	noCardName = regexp.MustCompile(`^(lost|stolen|missing|other|new|frozen|whole|bank|old|damn|bloody|stupid)$`)
	unfreezing = regexp.MustCompile(`\b(unfreeze|unlock|unblock|thaw|reactivate|unpause|unsuspend|back on|on again|turn on|switch on)\b|\b(lift|remove|take) the (freeze|lock|block|hold)\b`)
)

// card reads a request to freeze or unfreeze a card.
func (m message) card() Movement {
	return Movement{Frozen: !unfreezing.MatchString(m.folded), Card: m.cardName()}
}

// cardName is which card a message names, by its last digits or its name.
func (m message) cardName() string {
	for _, a := range slots.Find(m.text, m.now).Accounts {
		if a.Ending != "" {
			return a.Ending
		}
	}
	for _, found := range cardWords.FindAllStringSubmatch(m.folded, -1) {
		if name := strings.TrimSpace(found[1] + found[2]); !noCardName.MatchString(name) {
			return name
		}
	}
	return ""
}

// move decides on a movement as far as it is known: it asks for what is missing
// and otherwise names the tool that proposes it.
func (d *Decision) move(intent Intent, m Movement) {
	m.Asked, m.Interrupted = "", false
	d.Intent, d.Memory = intent, Memory{Intent: intent, Move: m}
	switch {
	case intent == FreezeCard:
		d.call(bank.SetCardFrozen, bank.CardArgs{Card: m.Card, Frozen: m.Frozen})
	case intent == PayBill && m.Bill == "":
		d.ask(askedBill, "Which bill do you want to pay?")
	case intent == PayBill:
		d.call(bank.PayBill, bank.PayBillArgs{Bill: m.Bill, Amount: bank.AmountText(m.Amount), From: m.From})
	case m.Amount == "":
		d.ask(askedAmount, "How much do you want to move?")
	case m.To == "":
		d.ask(askedTo, "Where should the money go? Name one of your accounts or a payee.")
	default:
		d.call(bank.TransferMoney, bank.TransferArgs{Amount: bank.AmountText(m.Amount), From: m.From, To: m.To})
	}
}

func (d *Decision) ask(detail, question string) {
	d.Memory.Move.Asked, d.Reply = detail, question
}

// Refused tells the engine that the bank refused the tool of a decision, and
// why, so that it takes the customer's next words for the detail to correct. It
// returns what to remember.
func (e *Engine) Refused(d Decision, reason string) Memory {
	m := d.Memory
	if !moving(m.Intent) {
		return m
	}
	switch reason {
	case bank.ReasonAmount, bank.ReasonCurrency, bank.ReasonFunds, bank.ReasonLimitEach, bank.ReasonLimitDaily:
		m.Move.Asked = askedAmount
	case bank.ReasonWhichSource, bank.ReasonNoAccount:
		m.Move.Asked = askedFrom
	case bank.ReasonNoTarget, bank.ReasonAmbiguous, bank.ReasonSameAccount:
		m.Move.Asked = map[Intent]string{Transfer: askedTo, PayBill: askedBill, FreezeCard: askedCard}[m.Intent]
	}
	return m
}
