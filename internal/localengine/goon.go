package localengine

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine/slots"
)

// maxAnswer is how many words the answer to a question may have, and longestName
// how many one that is nothing but a name.
const (
	maxAnswer   = 10
	longestName = 5
)

// goOn reads a message as one that goes on with the movement in memory: the
// detail that was asked for, or a correction.
func (m message) goOn(memory Memory) (Decision, bool) {
	if !moving(memory.Intent) || m.elsewhere(memory) && !aboutIt.MatchString(m.folded) {
		return Decision{}, false
	}
	if memory.Move.Asked != "" {
		return m.answer(memory)
	}
	said := m.mentioned()
	switch {
	case m.corrects() && conditions.MatchString(m.folded): // yes if it's free
		return Decision{Intent: Yes, Memory: memory, Reply: replies[Yes]}, true
	case said.later && m.corrects() && memory.Intent != FreezeCard:
		return Decision{Intent: memory.Intent, Memory: memory, Reply: notLater}, true
	case aboutIt.MatchString(m.folded), m.intent == Repeat && !m.corrects():
		return Decision{Intent: Unsure, Memory: memory, Reply: replies[Unsure]}, true
	case m.same() && !denies.MatchString(m.folded): // go ahead and send it
		return Decision{Intent: Yes, Memory: memory, Reply: replies[Yes]}, true
	}
	if move, ok := m.amended(memory); ok {
		return proposed(memory.Intent, move), true
	}
	return Decision{}, false
}

func proposed(intent Intent, move Movement) Decision {
	d := Decision{Amends: true}
	d.move(intent, move)
	return d
}

// elsewhere says whether a message is about something else than the movement in
// memory.
func (m message) elsewhere(memory Memory) bool {
	switch {
	case furtherQuestion.MatchString(m.folded), bareThing.MatchString(m.folded):
		return true
	case m.intent == Human || m.intent == Fraud || asks(m.folded) && !suggests.MatchString(m.folded):
		return true
	case m.intent == PayBill && memory.Intent == Transfer && memory.Move.Asked != "" && billWords.MatchString(m.folded): // no payee's name
		return true
	case m.intent == FreezeCard && memory.Move.Asked != "" && freezing.MatchString(m.folded): // another order, not the card's name
		return true
	case m.intent == memory.Intent, m.intent == PayBill && memory.Intent == Transfer, m.intent == Transfer && memory.Intent == PayBill:
		return adding.MatchString(m.folded) || m.complete() && !m.corrects() && !m.same() && !sideOnly.MatchString(m.folded)
	case m.intent == Balance, m.intent == Spending, m.intent == Transactions, m.intent == Bills, m.intent == Limits, m.intent == Cards, moving(m.intent):
		return opening.MatchString(correcting.ReplaceAllString(m.folded, "")) && !correction.MatchString(m.folded) && m.words() > 2
	}
	return false
}

// furtherQuestion goes on with a question, not with an order: and my savings?
var furtherQuestion = regexp.MustCompile(`^and\b.*\?$`)

var (
	suggests = regexp.MustCompile(`^(how|what) about\b`)
	// correcting are openings of a correction.
	correcting = regexp.MustCompile(`^(?:(?:no|nope|nah|wait|sorry|oops|hmm+|oh|yes|yeah|yep|ok|okay|sure|actually|hold on|stop|um|uh|well|please|but|i (?:mean|meant|said)|rather|instead|not|correction)\b[,.!:;-]*\s*)+`)
	// correction are words of one anywhere.
	correction     = regexp.MustCompile(`\b(make|change|set|switch) (it|that|this|the (amount|account|payee|recipient|source))\b|\b(make|change) (it )?to\b|\b(instead|rather)\b|\bi (mean|meant)\b|\b(how|what) about\b|\blet's (do|say|make)\b|^(just|only|do)\b|\b(use|take)\b|\bother way (a)?round\b|\bsend it to\b`)
	correctingText = regexp.MustCompile(`(?i)` + correcting.String())
	correctionText = regexp.MustCompile(`(?i)` + correction.String())
	// sideOnly is a message that names one end of a movement and no more.
	sideOnly = regexp.MustCompile(`^(?:(?:and|it's|its|for|send it|move it|put it|transfer it)\s+)?(?:to|from|into)\s`)
	inexact  = regexp.MustCompile(`^(all|everything|half|whatever|some|a (lot|few|bit)|max|maximum|as much|the (rest|max|maximum|lot))\b`)
	// adding are openings of a further order.
	adding   = regexp.MustCompile(`^(and |also |then |plus |another )+(also |then )?(please )?(send|transfer|move|wire|pay|give|another)\b`)
	theSame  = regexp.MustCompile(`\b(send|pay|do|transfer|move|freeze|unfreeze|lock|unlock|block|unblock|make) (it|that|this|the (money|payment|transfer))\b`)
	denies   = regexp.MustCompile(`\b(no|nope|nah|not|never|none|nothing|cancel|stop|forget|leave|abort|quit|don't|dont|nevermind|drop|skip|enough|exit)\b|👎|❌|🚫|🛑|⛔`)
	reversed = regexp.MustCompile(`\bother way (a)?round\b|\b(reverse|swap) (it|that|them)\b|\bopposite\b`)
	now      = regexp.MustCompile(`\b(now|today|right away|immediately|at once|go ahead|do it)\b`)
)

// aboutIt asks about what was proposed.
var aboutIt = regexp.MustCompile(`^(?:and |wait |so )*(?:how much|what|which account|who|whom|to whom|from where) (?:is|was|does|will) (?:it|that|this)(?: going| be| cost| for| from| to| again| come from| go to)*[ ?.!]*$|^(?:what's|what is|show me) the (?:amount|total|summary)\b`)

// same says whether a message orders what was talked about already.
func (m message) same() bool { return theSame.MatchString(m.folded) && m.mentioned().empty() }

func (m message) corrects() bool {
	return correcting.MatchString(m.folded) || correction.MatchString(m.folded)
}

// answer takes a message for the answer to what was asked.
func (m message) answer(memory Memory) (Decision, bool) {
	move, asked := memory.Move, memory.Move.Asked
	if rest := strings.TrimSpace(m.text[len(correctingText.FindString(m.text)):]); m.intent == No && rest != "" && rest != m.text && !denies.MatchString(fold(rest)) && !notNow.MatchString(m.folded) {
		m = read(rest, m.now) // no, the second
	}
	said, name := m.mentioned(), m.name()
	if move.Interrupted { // by then "a coffee" may be anything
		name = ""
	}
	move.Interrupted = false
	switch {
	case m.intent == Repeat && !m.corrects():
		return Decision{Intent: memory.Intent, Memory: memory, Reply: askAgain[asked]}, true
	case asked == askedAmount && said.empty() && inexact.MatchString(m.folded):
		return Decision{Intent: memory.Intent, Memory: memory, Reply: askAgain[asked]}, true
	case m.intent == No && denies.MatchString(m.folded) && said.empty() && !correction.MatchString(m.folded):
		return Decision{Intent: No, Reply: "All right, I left it at that. Nothing was done."}, true
	case asked == askedNow && (m.intent == Yes || now.MatchString(m.folded)):
		move.correct(memory.Intent, said)
		return proposed(memory.Intent, move), true
	case said.later && asked != askedNow:
		return Decision{Intent: memory.Intent, Memory: memory, Reply: "I can only prepare what goes out as soon as you confirm it. " + askAgain[asked]}, true
	case m.words() > maxAnswer || m.intent == Thanks || m.intent == Goodbye || m.intent == Greeting:
		return Decision{}, false
	case move.fill(asked, said, name):
		return proposed(memory.Intent, move), true
	case m.intent == Yes || m.intent == Unclear || m.intent == Unsure || m.words() <= 2 || move != memory.Move:
		return Decision{Intent: memory.Intent, Memory: Memory{Intent: memory.Intent, Move: move}, Reply: askAgain[asked]}, true
	}
	return Decision{}, false
}

// notNow is a no, and names nothing called now.
var notNow = regexp.MustCompile(`^(?:no[,.!]* )?not (?:right )?(?:now|today|yet)[ .!]*$`)

// askAgain are the questions for what an answer didn't say.
var askAgain = map[string]string{
	askedAmount: "I still need the amount: write it like 25 or 12.50. Or say no to leave it.",
	askedFrom:   "Which of your accounts should pay? Say its name or its last digits, or no to leave it.",
	askedTo:     "Who, or which of your accounts, should get it? Say the name, or no to leave it.",
	askedBill:   "Which bill is it? Say its name, or no to leave it.",
	askedCard:   "Which card is it? Say its name or its last four digits, or no to leave it.",
	askedNow:    "Shall I prepare it for right now? Say now, or no to leave it.",
}

// name is a message that may be nothing but a name, or the last digits of one.
func (m message) name() string {
	switch m.intent {
	case No:
		if denies.MatchString(m.folded) {
			return ""
		}
	case Yes, Unsure, Thanks, Goodbye, Greeting, Human, Fraud:
		return ""
	}
	if m.words() > longestName || m.complete() || politely.MatchString(m.folded) && m.words() > 3 {
		return ""
	}
	return bareName(m.text)
}

// lastDigits are how accounts and cards are called, too.
var lastDigits = regexp.MustCompile(`^\d{4}$`)

// fill puts what a message says where it was asked for, and says whether it does.
func (m *Movement) fill(asked string, said mention, name string) bool {
	named := said.amounts == 0 || lastDigits.MatchString(name)
	if !named {
		name = ""
	}
	if !named || asked == askedAmount {
		m.Amount = cmp.Or(said.Amount, m.Amount)
	}
	switch asked {
	case askedAmount:
		m.From, m.To = cmp.Or(said.From, m.From), cmp.Or(said.To, m.To)
		return said.Amount != ""
	case askedFrom:
		m.From = cmp.Or(said.From, said.account, name, said.To)
		return m.From != ""
	case askedTo:
		if m.From = cmp.Or(said.From, m.From); said.From != "" {
			name = ""
		}
		m.To = cmp.Or(said.To, said.account, name)
		return m.To != ""
	case askedBill:
		if m.From = cmp.Or(said.From, m.From); said.From != "" {
			name = ""
		}
		m.Bill = cmp.Or(name, said.To)
		return m.Bill != ""
	case askedCard:
		m.Card = cmp.Or(said.account, strings.ToLower(name))
		return m.Card != ""
	}
	return false
}

// amended reads a message as a correction of a movement that was proposed.
func (m message) amended(memory Memory) (move Movement, ok bool) {
	move = memory.Move
	marked := m.corrects() || sideOnly.MatchString(m.folded)
	if !marked && (m.words() > longestName || memory.Looked != "") {
		return move, false
	}
	rest := m
	rest.text = m.text[len(correctingText.FindString(m.text)):]
	said := rest.mentioned()
	switch {
	case memory.Intent == FreezeCard:
		name := rest.cardName()
		move.Card, ok = cmp.Or(name, move.Card), marked && name != "" && name != move.Card
	case reversed.MatchString(m.folded):
		move.From, move.To, ok = move.To, move.From, true
	case said.empty():
		name := bareName(correctionText.ReplaceAllString(rest.text, " "))
		another := memory.Intent == PayBill && marked && (billWords.MatchString(m.folded) || oneOf.MatchString(m.folded))
		if !another && !correction.MatchString(m.folded) || name == "" || len(strings.Fields(name)) > longestName {
			return move, false
		}
		if memory.Intent == PayBill {
			move.Bill, move.Amount = name, ""
		} else {
			move.To = name
		}
		return move, true
	case switching.MatchString(m.folded) && move.From != "" && move.To != "" && slots.OwnKind(cmp.Or(said.To, said.account)) && !slots.OwnKind(move.To):
		move.From, ok = cmp.Or(said.To, said.account), true // from savings to Sam: switch to checking
	default:
		ok = move.correct(memory.Intent, said)
	}
	return move, ok
}

// oneOf names one of a list by its place in it.
var oneOf = regexp.MustCompile(`\bthe (first|second|third|fourth|last|\w+ one)\b`)

var switching = regexp.MustCompile(`^(?:no,? |please |actually |can you )*(?:switch|change)(?: it| that)? to\b`)

// correct takes the details of a correction, and says whether there is one.
func (m *Movement) correct(intent Intent, said mention) bool {
	before := *m
	amount := said.Amount
	for _, a := range said.all { // "not 50 but 30"
		if said.amounts == 2 && a != m.Amount && amount == "" && slices.Contains(said.all, m.Amount) {
			amount = a
		}
	}
	if said.amounts > 1 && amount == "" {
		return false
	}
	m.Amount, m.From = cmp.Or(amount, m.Amount), cmp.Or(said.From, m.From)
	switch {
	case intent == PayBill && said.To != "":
		m.Bill, m.Amount = said.To, amount
	case intent == PayBill:
		m.From = cmp.Or(said.From, said.account, m.From)
	default:
		m.To = cmp.Or(said.To, m.To)
		if said.To == "" && said.From == "" && said.account != "" { // "savings": the one side that isn't an own account already
			m.To = said.account
		}
	}
	return *m != before || amount != ""
}

// leaves says whether a message that may go on with what was looked at does so,
// although a movement is open: its answer, or a correction, would be worded
// otherwise.
func (m message) leaves(memory Memory) bool {
	switch {
	case !moving(memory.Intent):
		return true
	case memory.Looked == "":
		return false
	case memory.Move.Asked != "":
		return onward.MatchString(m.folded)
	}
	return !orderedAnew.MatchString(m.folded) && !correcting.MatchString(m.folded) && !sideOnly.MatchString(m.folded)
}

var (
	onward      = regexp.MustCompile(`^(?:and|what about|how about)\b`)
	orderedAnew = regexp.MustCompile(`\b(make|change|set|switch) (it|that|this|the (amount|account|payee|recipient|source))\b|\b(instead|rather)\b|\bsend it\b`)
)
