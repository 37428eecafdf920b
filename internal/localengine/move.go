package localengine

import (
	"regexp"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
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
}

const (
	askedAmount = "amount"
	askedTo     = "to"
	askedBill   = "bill"
	askedCard   = "card"
)

// sum is how people write an amount of money in a request.
const sum = `((?:us)?[$€£¥]\s?[\d.,]*\d(?:\s?(?:k|thousand|grand|million)\b)?|\d[\d.,]*(?:\s?(?:k|thousand|grand|million)\b)?(?:\s(?:dollars?|bucks?|usd|euros?|pounds?|cents?)\b)?|` +
	`(?:(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|` +
	`thirty|fou?rty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|and)[\s-]+)+(?:dollars?|bucks?|grand|cents?|euros?|pounds?)\b)`

var (
	sumPattern  = regexp.MustCompile(sum)
	signedSum   = regexp.MustCompile(`(?:minus |-\s?)` + sum)
	fromPattern = regexp.MustCompile(`\b(?:from|out of|using|with)\s+(?:my |the )?([\p{L}\d_\[\] .&'-]+?)(?:\s+(?:account\b)?\s*(?:to|into|for)\b|\s+account\b|[.!?,]|$)`)
	toPattern   = regexp.MustCompile(`\b(?:to|into)\s+(?:my |the )?([\p{L}\d_\[\] .&'-]+?)(?:\s+(?:account\b)?\s*(?:from|out of|using|for|with)\b|\s+account\b|[.!?,]|$)`)
	giveTo      = regexp.MustCompile(`\b(?:send|give|wire)\s+(?:my )?([\p{L}_\[\]\d' -]+?)\s+` + sum)
	billPattern = regexp.MustCompile(`\bpay\s+(?:off\s+)?(?:` + sum + `\s+)?(?:(?:to|towards?|on|for)\s+)?(?:my |the |our )?([\p{L}\d_\[\] .&'-]*?)(?:\s+bill)?(?:\s+(?:from|using|with|for|of|now|today|please)\b.*)?[.!?]*$`)
	amendment   = regexp.MustCompile(`^(?:(?:no|wait|sorry|hmm|oh|yes|ok|okay|actually|hold on|um|uh)[,.!]*\s+(?:but\s+)?)*(?:please\s+)?(?:can you\s+)?(?:(?:make|change|set) (?:it|that|the amount)(?: to| of)?|change to|do|only|just|i (?:meant|mean|said)|rather|instead|actually|let's (?:do|say|make it)|(?:how|what) about)\s+` + sum + `(?:\s+(?:instead|please|rather))*[.!]*$`)
	cardPattern = regexp.MustCompile(`(?:freeze|lock|block|suspend|pause|unfreeze|unlock|unblock|thaw|reactivate|lost|stolen|missing|lose)\s+(?:my |the )?((?:[\p{L}' ]+ )?card)?(?:.*?\b(\d{4})\b)?`)
	unfreezing  = regexp.MustCompile(`\b(unfreeze|unlock|unblock|thaw|reactivate)\b`)
	howToMove   = regexp.MustCompile(`^(how|what|why|when|where|which|who|can i|could i|may i|am i|is |are |do |does |did |was |were |has |have |had |should )`)
)

// movement reads a request to move money from a normalised message.
func movement(text string) Movement {
	m := Movement{Amount: findSum(text)}
	rest := strings.TrimSpace(text)
	if found := fromPattern.FindStringSubmatch(rest); found != nil {
		m.From = party(found[1])
	}
	if found := giveTo.FindStringSubmatch(rest); found != nil {
		m.To = party(found[1])
	}
	if found := toPattern.FindAllStringSubmatch(rest, -1); found != nil {
		if to := party(found[len(found)-1][1]); to != "" && !strings.HasPrefix(to, "send") && !strings.HasPrefix(to, "transfer") && !strings.HasPrefix(to, "move") {
			m.To = to
		}
	}
	return m
}

// findSum returns the only amount of a message. Two amounts are none: which is
// meant must be asked.
func findSum(text string) string {
	if m := signedSum.FindStringSubmatch(text); m != nil {
		return "-" + strings.TrimSpace(m[1])
	}
	found := sumPattern.FindAllStringSubmatch(text, -1)
	if len(found) != 1 {
		return ""
	}
	return strings.TrimRight(strings.TrimSpace(found[0][1]), ".,")
}

// party cleans what a pattern took for an account or a person.
func party(s string) string {
	s = strings.TrimSpace(sumPattern.ReplaceAllString(s, " "))
	for _, filler := range []string{" please", " now", " today", " account"} {
		s = strings.TrimSuffix(s, filler)
	}
	switch s {
	case "my", "the", "a", "an", "it", "account", "someone", "somebody", "a friend", "person", "them", "him", "her", "money", "some money", "another account":
		return ""
	}
	return strings.Trim(s, " .'-&")
}

// billOf is what a request says it wants to pay.
func billOf(text string) string {
	m := billPattern.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	switch bill := party(m[2]); bill {
	case "bill", "bills", "a bill", "it", "them", "that", "this", "something":
		return ""
	default:
		return strings.TrimPrefix(bill, "bill for ")
	}
}

// move decides on a request that would change something: it asks for what is
// missing and otherwise names the tool that proposes it.
func (d *Decision) move(intent Intent, m Movement) {
	m.Asked = ""
	d.Memory = Memory{Intent: intent, Move: m}
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

// moving says whether an intent changes something.
func moving(i Intent) bool { return i == Transfer || i == PayBill || i == FreezeCard }

// longestName is how many words an answer may have that is nothing but a name.
const longestName = 4

// continued reads a message as the continuation of a request in memory: the
// detail that was asked for, or another amount.
func continued(text string, intent Intent, m Memory) (Movement, bool) {
	move := m.Move
	if !moving(m.Intent) {
		return move, false
	}
	if found := amendment.FindStringSubmatch(text); found != nil && m.Intent != FreezeCard {
		move.Amount = strings.TrimRight(strings.TrimSpace(found[1]), ".,")
		return move, true
	}
	if move.Asked == "" || howToMove.MatchString(text) || len(strings.Fields(text)) > 8 {
		return move, false
	}
	if complete(text, intent) {
		return move, false
	}
	said := movement(text)
	if move.Asked != askedAmount && said.To == "" && len(strings.Fields(text)) > longestName {
		return move, false // no name of a card, a bill or a person
	}
	switch move.Asked {
	case askedAmount:
		if said.Amount == "" {
			return move, false
		}
		move.Amount = said.Amount
		if move.To == "" {
			move.To = said.To
		}
	case askedTo:
		if move.To = said.To; move.To == "" {
			move.To = party(strings.TrimPrefix(strings.TrimRight(text, ".!"), "my "))
		}
	case askedBill:
		move.Bill = party(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(strings.TrimRight(text, ".!"), "my "), "the "), " bill"))
	case askedCard:
		move.Card = party(strings.TrimPrefix(strings.TrimPrefix(strings.TrimRight(text, ".!"), "my "), "the "))
	}
	return move, true
}

// cardMove reads a request to freeze or unfreeze a card.
func cardMove(text string) Movement {
	m := Movement{Frozen: !unfreezing.MatchString(text)}
	if found := cardPattern.FindStringSubmatch(text); found != nil {
		if m.Card = found[2]; m.Card == "" {
			m.Card = strings.TrimSpace(strings.TrimSuffix(found[1], "card"))
		}
	}
	switch m.Card {
	case "my", "the", "a", "":
		m.Card = ""
	}
	return m
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
	case bank.ReasonNoTarget, bank.ReasonNoAccount, bank.ReasonAmbiguous, bank.ReasonSameAccount:
		m.Move.Asked = map[Intent]string{Transfer: askedTo, PayBill: askedBill, FreezeCard: askedCard}[m.Intent]
	}
	return m
}
