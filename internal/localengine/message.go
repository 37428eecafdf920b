package localengine

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine/intent"
)

// maxRead bounds how much of a message is looked at; requests are short.
const maxRead = 1000

// message is a text on its way to a Decision.
type message struct {
	text   string // as the customer wrote it, from where it comes to the point
	folded string // in lower case, as the classifier and the patterns read it
	intent Intent
	now    time.Time
	others bool   // the customer asked for more changes in the same breath
	aside  string // what is answered to words that ask for nothing here
}

func read(text string, now time.Time) message {
	text = strings.Join(strings.FieldsFunc(norm.NFKC.String(cut(text)), unicode.IsSpace), " ")
	m := message{text: toThePoint(strings.ReplaceAll(text, "’", "'")), now: now}
	m.text = respell(m.text)
	m.folded = fold(m.text)
	m.intent = classify(m.folded)
	m.aside = m.asAside()
	if m.intent = m.settle(); (m.intent == Transfer || m.intent == PayBill) && !intent.MayOrder(m.folded) {
		m.intent = Knowledge
	}
	return m
}

// settle corrects what the classifier made of a message where its details say
// otherwise.
func (m message) settle() Intent {
	ordered := intent.MayOrder(m.folded) && !toMe.MatchString(m.folded)
	switch vague := !understood(m.intent); {
	case m.intent == PayBill && !toPay.MatchString(m.folded) && !payWords.MatchString(m.folded):
		if ordered && m.amountAndTarget() {
			return Transfer
		}
		return Bills
	case (vague || m.intent == FreezeCard && !cardlike.MatchString(m.folded)) && ordered && m.amountAndTarget():
		return Transfer
	case (vague || m.intent == Bills) && ordered && toPay.MatchString(m.folded) && billWords.MatchString(m.folded):
		return PayBill
	}
	return m.intent
}

// amountAndTarget says whether a message names an amount and who gets it.
func (m message) amountAndTarget() bool {
	said := m.mentioned()
	return said.amounts > 0 && said.targets > 0
}

func cut(text string) string {
	if len(text) > maxRead {
		text = strings.ToValidUTF8(text[:maxRead], "")
	}
	return text
}

// placeholder stands for personal data in a masked text.
var placeholder = regexp.MustCompile(`\[([a-z]+(?:_[a-z]+)*)_\d{1,4}\]`)

// fold makes one wording of several, with a word such as the classifier knows in
// the place of each placeholder.
func fold(text string) string {
	text = placeholder.ReplaceAllStringFunc(strings.ToLower(text), func(found string) string {
		kind := placeholder.FindStringSubmatch(found)[1]
		if kind == "person" {
			return "maria"
		}
		return strings.ReplaceAll(kind, "_", " ")
	})
	return longForms.Replace(text)
}

var longForms = strings.NewReplacer("what's", "what is", "how's", "how is", "i'm", "i am", "i've", "i have")

// introduction is how people begin before they come to the point.
var introduction = regexp.MustCompile(`(?i)^(?:(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening))(?: there| again| everyone| team| all)?[,.!;: ]+)?` +
	`(?:(?:i have a |just a |a )?(?:quick|one|small|another) (?:question|q|thing|one)[-–,.:;! ]+)?` +
	`(?:(?:my name is|this is|i am|i'm) (?:\[person_\d+\]|[\pL' ]{1,40})[,.;:!] *(?:and )?|my [a-z ]{2,20} is \[[a-z_]+_\d+\][,.;:!] *(?:and |so )?)?`)

// toThePoint drops an introduction that something follows.
func toThePoint(text string) string {
	if rest := text[len(introduction.FindString(text)):]; len(strings.Fields(rest)) > 1 {
		return rest
	}
	return text
}

// shortest is the least number of words of a request that is complete in itself:
// fewer answer a question or go on with the last request.
const shortest = 4

func (m message) words() int { return len(strings.Fields(m.folded)) }

// complete says whether a message is a request by itself, whatever was said before.
func (m message) complete() bool {
	switch m.intent {
	case Knowledge, Unclear, OutOfScope:
		return false
	case Human, Fraud:
		return true
	case Yes, No:
		return !following.MatchString(m.folded)
	case Smalltalk, Unsure: // or a name
		return (m.words() > 3 || m.words() > 2 && asks(m.folded)) && !following.MatchString(m.folded)
	}
	if moneyBack.MatchString(m.folded) || pendingOnes.MatchString(m.folded) || landed.MatchString(m.folded) {
		return true
	}
	return m.words() >= shortest && !following.MatchString(m.folded) || listing(m.intent) && (whole.MatchString(m.folded) || listed.MatchString(m.folded))
}

// whole is a request for transactions that says so and begins as one.
var whole = regexp.MustCompile(`^(show|list|find|give|all|my|any|last|recent|latest|what|how|where|which|did)\b.*\b(transactions?|purchases?|payments?|charges?|spend|spent|spending|buy|bought)\b`)

// following are openings of a message that goes on where the last one ended.
var following = regexp.MustCompile(`^(and|what about|how about|also|only|just|same (for|with)|now|or|but|show( me)?|in|on|at|for|from|last|this|yesterday|today|over|under|since|until|before|after|between|during|more than|less than|exactly)\b`)

// maxRequests is how many requests of one message are answered.
const maxRequests = 4

// maxBorders bounds at how many places a message is looked at for another one.
const maxBorders = 12

var (
	// border is what may stand between two requests of one message.
	border = regexp.MustCompile(`(?i)[.!?;]+\s+(?:and\s+|then\s+|also\s+)*|,?\s+(?:and|&|then)\s+(?:then\s+|also\s+)*|,\s+(?:also\s+)?`)
	// opening is how a request begins that could stand alone.
	opening = regexp.MustCompile(`^(please |then |also |i (want|need|would like|'d like) to |can you |could you )*(what|how|show|list|tell me|give me|let me know|when|which|send|transfer|move|wire|pay|freeze|unfreeze|block|lock|unlock|check|find|do i|did i|is |are |can i)`)
)

// requests are the messages that a message consists of. It is only taken apart
// where each part is clearly a request by itself, so that "Jordan and Sam", or a
// reason behind a request, divides nothing. Fraud and the wish for a person are
// never one thing among others.
func (m message) requests() []message {
	if m.intent == Fraud || m.intent == Human {
		return []message{m}
	}
	borders := append(border.FindAllStringIndex(m.text, maxBorders), []int{len(m.text), len(m.text)})
	var list []message
	start := 0
	for i, at := range borders[:len(borders)-1] {
		left, right := m.text[start:at[0]], m.text[at[1]:borders[i+1][0]]
		if len(list) < maxRequests-1 && standsAlone(left) && (standsAlone(right) || goesOn(m.text[at[0]:at[1]], right)) {
			list = append(list, read(left, m.now))
			start = at[1]
		}
	}
	if start == 0 {
		return []message{m.point(borders)}
	}
	return append(list, read(m.text[start:], m.now))
}

// longStory is how many words a message has that may tell a story before it asks
// for something.
const longStory = 15

// point is the request to see something that ends a long story, or else the whole
// message.
func (m message) point(borders [][]int) message {
	if m.words() < longStory || moving(m.intent) {
		return m
	}
	for i := len(borders) - 2; i >= 0; i-- {
		part := filler.ReplaceAllString(m.text[borders[i][1]:borders[i+1][0]], "")
		if standsAlone(part) {
			if last := read(part, m.now); !moving(last.intent) {
				return last
			}
		}
	}
	return m
}

// filler is what people say before they ask.
var filler = regexp.MustCompile(`(?i)^(?:(?:so|anyway|anyways|and|but|well|ok|now|then|basically|just|also|i was wondering(?: if)?|my question is|i wanted to know|i'd like to know|please)[, ]+)+`)

// goesOn says whether a text is a further question in short: And in May?
func goesOn(border, text string) bool {
	return strings.HasPrefix(border, "?") && len(strings.Fields(text)) <= shortest && following.MatchString(fold(text))
}

// standsAlone says whether a text is a request that a tool or an article answers.
func standsAlone(text string) bool {
	folded := fold(respell(text))
	if bareThing.MatchString(folded) {
		return true
	}
	if len(strings.Fields(folded)) < 2 || !opening.MatchString(folded) {
		return false
	}
	switch i := classify(folded); i {
	case Balance, Transactions, Spending, Transfer, PayBill, FreezeCard, Bills, Limits, Numbers, Cards, Payees:
		return true
	case Knowledge:
		return question.MatchString(folded)
	default:
		return false
	}
}
