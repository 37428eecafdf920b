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
	others bool // the customer asked for more changes in the same breath
}

func read(text string, now time.Time) message {
	text = strings.Join(strings.FieldsFunc(norm.NFKC.String(cut(text)), unicode.IsSpace), " ")
	m := message{text: toThePoint(strings.ReplaceAll(text, "’", "'")), now: now}
	m.text = respell(m.text)
	m.folded = fold(m.text)
	m.intent = classify(m.folded)
	if !understood(m.intent) && orderly.MatchString(m.folded) && !toMe.MatchString(m.folded) {
		if said := m.mentioned(); said.amounts > 0 && said.targets > 0 {
			m.intent = Transfer
		}
	}
	return m
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
var introduction = regexp.MustCompile(`(?i)^(?:(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening))(?: there| again| everyone| team)?[,.!;: ]+)?` +
	`(?:(?:my name is|this is|i am|i'm) (?:\[person_\d+\]|[\pL' ]{1,40})[,.;:!] *(?:and )?)?`)

// toThePoint drops an introduction that something follows.
func toThePoint(text string) string {
	if rest := text[len(introduction.FindString(text)):]; len(strings.Fields(rest)) > 1 {
		return rest
	}
	return text
}

// names are the engine's names of what the classifier distinguishes.
var names = map[intent.Intent]Intent{
	intent.Balance: Balance, intent.Accounts: Balance, intent.Transactions: Transactions, intent.Spending: Spending,
	intent.Transfer: Transfer, intent.PayBill: PayBill, intent.BillInfo: Bills, intent.FreezeCard: FreezeCard,
	intent.UnfreezeCard: FreezeCard, intent.Fraud: Fraud, intent.Limits: Limits, intent.AccountNumbers: Numbers,
	intent.Cards: Cards, intent.Payees: Payees, intent.Knowledge: Knowledge, intent.Human: Human,
	intent.Greeting: Greeting, intent.Goodbye: Goodbye, intent.Thanks: Thanks, intent.Capabilities: Capabilities,
	intent.Smalltalk: Smalltalk, intent.Yes: Yes, intent.No: No, intent.Cancel: No, intent.Unsure: Unsure,
	intent.Repeat: Repeat, intent.OutOfScope: OutOfScope,
}

// classify says what a folded message asks for.
func classify(text string) Intent {
	if !meaningful(text) {
		return gesture(text)
	}
	if thing := bareThing.FindStringSubmatch(text); thing != nil {
		return things[thing[1]]
	}
	found := names[intent.Classify(text)[0].Intent]
	if word := signs[found]; word != nil && len(strings.Fields(text)) <= 2 && !word.MatchString(text) {
		return Unclear
	}
	switch {
	case agreeing.MatchString(text):
		return Yes
	case forbidding.MatchString(text):
		return No
	case (found == OutOfScope || found == Smalltalk || found == Knowledge) && plainOrder.MatchString(text) && !toMe.MatchString(text):
		return Transfer
	case (moving(found) || found == Knowledge) && cardState.MatchString(text):
		return Cards
	case moving(found) && asks(text):
		return Knowledge
	case found == Cards && freezing.MatchString(text):
		return FreezeCard
	case found == Knowledge && paidYet.MatchString(text), earned.MatchString(text), pendingOnes.MatchString(text):
		return Transactions
	case found == Balance && required.MatchString(text):
		return Knowledge
	case found == Fraud && filtered.MatchString(text), found == Knowledge && filteredList.MatchString(text), found == Balance && listed.MatchString(text):
		return Transactions
	case !understood(found) && howMuch.MatchString(text), found == Knowledge && whereItGoes.MatchString(text):
		return Spending
	}
	return found
}

// things are what a customer may ask for by one word, as the second of two
// requests.
var (
	bareThing = regexp.MustCompile(`^(?:and |my |the |recent |latest |last |all |also )*(balances?|accounts|transactions|purchases|bills|cards|limits|payees|spending)(?: please)?[.!? ]*$`)
	things    = map[string]Intent{
		"balance": Balance, "balances": Balance, "accounts": Balance, "transactions": Transactions, "purchases": Transactions,
		"bills": Bills, "cards": Cards, "limits": Limits, "payees": Payees, "spending": Spending,
	}
)

// What the classifier's data has no or few examples of.
var (
	// plainOrder names an amount and nothing that says money.
	plainOrder = regexp.MustCompile(`^(please |can you |could you |i (want|need|would like|'d like) to |now )*(transfer|send|move|wire|schedule) (.+ )?\$?\d[\d,.]*( bucks)?( (to|from|for) .+)?[.!?]*$`)
	// orderly are openings of an order in words that mean other things as well.
	orderly    = regexp.MustCompile(`^(?:(?:please|just|now|let's|lets|hey|go ahead and|can you|could you|would you|i need to|i want to|i have to|i would like to|i'd like to|want to|need to)\s+)*(?:transfer|send|move|wire|give|shoot|put|zelle|venmo|pay|lend|top up|add|get)\b`)
	toMe       = regexp.MustCompile(`\b(transfer|send|move|wire|schedule|give|shoot|put|lend|get) (me|us)\b`)
	agreeing   = regexp.MustCompile(`^((sure|yes|yeah|ok|okay|well),? )?why not[.!?]*$`)
	forbidding = regexp.MustCompile(`^(please |no,? |wait,? )*(don't|dont|do not|never) (send|pay|transfer|move|wire|do|freeze)\b`)
	// question is how one opens, and politely an order that looks like one.
	question = regexp.MustCompile(`^(how|what|why|when|where|which|who|can i|could i|may i|am i|is |are |do |does |did |was |were |has |have |had |should )`)
	politely = regexp.MustCompile(`^(can|could|would|will) you\b|^i (lost|can't find)|\b(was|is|got|been) (stolen|lost|missing)\b|\bplease\b`)
	urging   = regexp.MustCompile(`^do (it|that|this|so)\b`)
	// required is a balance that the company asks for, not the customer's.
	required     = regexp.MustCompile(`\b(minimum|required|least)\b.*\bbalance\b`)
	filtered     = regexp.MustCompile(`^(any|all|show|list|which|what)\b.*\b(over|above|under|below|more than|less than|between)\b.*\d`)
	filteredList = regexp.MustCompile(`^(any|all|show|list)\b.*\b(transactions|purchases|payments|charges)\b.*\d`)
	listed       = regexp.MustCompile(`^(show |list )?(me )?(all )?(my |the )?(transactions|purchases|payments)\b`)
	paidYet      = regexp.MustCompile(`^(did|have) i (already )?(pay|paid)\b`)
	pendingOnes  = regexp.MustCompile(`^(can i see|show|list|what|which|any|do i have)\b.*\bpending (charges|purchases|payments|transactions)\b`)
	cardState    = regexp.MustCompile(`^(is|are) (my|the|any of my|all my) .*\bcards?\b.*\b(frozen|active|locked|blocked|unlocked|suspended)\b`)
	freezing     = regexp.MustCompile(`^(please |can you |could you )?(freeze|unfreeze|lock|unlock|block|unblock)\b`)
	// earned asks what came in, which is no spending.
	earned      = regexp.MustCompile(`^(when |how much |what )?(money )?(did|have|was|am) i (get|got|been|receive|received|earn|earned|make) ?(paid|a salary|my salary|in salary|in income)?\b.*\b(paid|salary|wages|income|earned?|paychecks?|receive)\b|^(did|when did|was|have) i (get |been |got )?paid\b`)
	superlative = regexp.MustCompile(`^(what|which|show|list|find)\b.*\b(biggest|largest|highest|smallest|most expensive|cheapest)\b.*\b(purchases?|payments?|charges?|transactions?|expenses?)\b`)
	howMuch     = regexp.MustCompile(`^how much (at|on) `)
	whereItGoes = regexp.MustCompile(`\bwhere (does|did|is|has)\b.*\bmoney (go|going|gone)\b`)
)

// understood says whether an intent is more than a guess.
func understood(i Intent) bool {
	return i != OutOfScope && i != Knowledge && i != Smalltalk && i != Unclear
}

// signs are words that a short message of an intent has. The classifier, which
// must choose something, takes other single words, and names, for it.
var signs = map[Intent]*regexp.Regexp{
	Yes:      regexp.MustCompile(`\b(y[aeiou]?|ye[aeps]\w*|yu?p|sure|ok(ay)?|k|right|correct|true|indeed|affirmative|absolutely|definitely|certainly|exactly|precisely|totally|course|confirm\w*|agreed?|approved?|fine|good|great|perfect|positive|do it|go|go ahead|yay|bet|alright|accurate|aye|please|that's it|proceed|uh.?huh|do that|facts|accept\w*|affirm\w*)\b`),
	No:       regexp.MustCompile(`\b(n|no\w*|na[hy]\w*|not|never|none|nothing|negative|false|wrong|incorrect|untrue|cancel\w*|stop|forget|leave|abort|quit|don't|dont|disagree|drop|skip|end|undo|decline|reject|wait|hold|halt|enough|exit|naw|nada|negat\w*|pass|inaccurate|invalid|pause|mute|silence|sh+|shut|discontinue|terminate|destroy|scratch|scrap|rescind|eliminate)\b|👎`),
	Goodbye:  regexp.MustCompile(`\b(bye\w*|goodbye|later|see|cya|night|ciao|farewell|done|all|adios|care|day|peace|ttyl|long|gone?|over|end|leaving|nothing|sayonara|fairwell|\w*bye|tootles|goodnight)\b`),
	Greeting: regexp.MustCompile(`\b(hi\w*|hey\w*|hello\w*|hola|howdy|yo|sup|morning|afternoon|evening|greetings|there|you|\w*up|day|it going|ahoy|aloha|bonjour|salutations|heller)\b`),
	Thanks:   regexp.MustCompile(`\b(thank\w*|thx|ty|cheers|appreciate\w*|grateful|great|perfect|awesome|nice|cool|good|sweet|lovely|excellent|super|helpful|obliged|gracias|merci)\b`),
}

// gesture reads a message without words.
func gesture(text string) Intent {
	switch {
	case strings.ContainsAny(text, "👎❌🚫🛑⛔"):
		return No
	case strings.ContainsAny(text, "👍✅👌🆗"):
		return Yes
	}
	return Unclear
}

func asks(folded string) bool {
	return question.MatchString(folded) && !politely.MatchString(folded) && !urging.MatchString(folded)
}

// meaningful refuses messages without a word, and strings of letters that no
// word looks like.
func meaningful(text string) bool {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len([]rune(word)) >= 2 && (!ascii(word) || strings.ContainsAny(word, "aeiouy")) && len(word) <= 24 {
			return true
		}
	}
	return false
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
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
	case Smalltalk, Unsure: // or a name of two words
		return m.words() > 2
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
	opening = regexp.MustCompile(`^(please |then |also |i (want|need|would like|'d like) to |can you |could you )*(what|how|show|list|tell me|give me|when|which|send|transfer|move|wire|pay|freeze|unfreeze|block|lock|unlock|check|find|do i|did i|is |are |can i)`)
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
		return []message{m}
	}
	return append(list, read(m.text[start:], m.now))
}

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
