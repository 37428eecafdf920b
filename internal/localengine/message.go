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

// asAside is the answer to words that ask for nothing here: in another language, of
// annoyance, a secret told, or about somebody else's money. It is empty for others.
func (m *message) asAside() string {
	whose := others.FindStringSubmatch(m.folded)
	switch {
	case whose != nil && !ownTimes[whose[1]] && !moving(m.intent) && !strings.Contains(m.folded, "rate"):
		m.intent = Balance
		return "I can only show you your own accounts. Ask me \"what's my balance?\" for those."
	case secret.MatchString(m.folded):
		m.intent = Knowledge
		return "Please never write a password, PIN or code here or to anybody. If it may be known to somebody now, change it right away: PINs on the Cards page, passwords under Profile."
	case understood(m.intent) && m.intent != Greeting && m.intent != Unsure:
		return ""
	case annoyed.MatchString(m.folded):
		m.intent = Smalltalk
		return "I'm sorry that this is frustrating. Tell me in a few words what you need, or write \"human\" and a person takes over."
	}
	reply := foreign(m.folded)
	if reply != "" {
		m.intent = Smalltalk
	}
	return reply
}

var (
	annoyed  = regexp.MustCompile(`\b(this|it|that|you|bot|app|thing)\b.*\b(sucks?|useless|terrible|awful|ridiculous|stupid|annoying|horrible|garbage|trash|worthless|frustrating|a joke)\b|\b(ugh+|argh+)\b`)
	others   = regexp.MustCompile(`^(?:please |can you |hey )*(?:show|what|what's|tell|give|list|how much|check|see)\b.*\b([a-z]{3,}'s|his|her|their) (?:balance|account balance|accounts?|savings|checking|money|transactions|purchases|spending)\b`)
	ownTimes = wordList("today's yesterday's month's week's account's card's what's that's it's let's there's who's where's how's")
	secret   = regexp.MustCompile(`\bmy (password|pin|passcode|pin code|security code|login) is\b.*\w`)
)

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
	found := guess(text)
	switch {
	case disowned.MatchString(text):
		return Fraud
	case agreeing.MatchString(text):
		return Yes
	case forbidding.MatchString(text):
		return No
	case (found == OutOfScope || found == Smalltalk || found == Knowledge) && plainOrder.MatchString(text) && !toMe.MatchString(text):
		return Transfer
	}
	if i := figured(text, found); i != "" {
		return i
	}
	return reread(text, found)
}

// figured recognises questions about transactions that the classifier's data has
// few of.
func figured(text string, found Intent) Intent {
	switch {
	case found == Human, found == Yes, found == No:
	case wentThrough.MatchString(text), boughtWhat.MatchString(text), found != Fraud && mostAtOnce.MatchString(text):
		return Transactions
	case moneyBack.MatchString(text), hasSent.MatchString(text) && found != Fraud, wasSent.MatchString(text) && found != Fraud:
		return Transactions
	case found == Fraud:
	case ranking.MatchString(text) && !grouped.MatchString(text) && !how.MatchString(text):
		return Transactions
	case counting.MatchString(text), averaging.MatchString(text) && !how.MatchString(text), spentOn.MatchString(text),
		comparing.MatchString(text) && (spendish.MatchString(text) || strings.HasPrefix(text, "compare ")):
		return Spending
	}
	return ""
}

// reread corrects what the classifier takes for something close to it.
func reread(text string, found Intent) Intent {
	switch {
	case (moving(found) || !understood(found)) && cardState.MatchString(text), found == Knowledge && haveCards.MatchString(text):
		return Cards
	case moving(found) && (asks(text) || nounFirst.MatchString(text)):
		if nounFirst.MatchString(text) {
			return Transactions
		}
		return Knowledge
	case (found == Bills || found == Cards || found == Payees || found == Transactions) && how.MatchString(text):
		return Knowledge
	case ability.MatchString(text):
		return Capabilities
	case found == Cards && freezing.MatchString(text):
		return FreezeCard
	case earned.MatchString(text), pendingOnes.MatchString(text):
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
	payWords   = regexp.MustCompile(`\b(pay\w*|paid|settl\w*|clear|cover|sort|tak(e|ing) care|deal|handle|knock|get rid|finish|out of the way|put|use|due|bill)\b`)
	cardlike   = regexp.MustCompile(`\b(cards?|debit|credit|visa|mastercard|plastic|freez\w*|froze\w*|unfreez\w*|(un)?lock\w*|(un)?block\w*|thaw|lost|stolen|stole|missing|gone|wallet was|it|everything|purse|found)\b`)
	toMe       = regexp.MustCompile(`\b(transfer|send|move|wire|schedule|give|shoot|put|lend|get) (me|us)\b`)
	disowned   = regexp.MustCompile(`^i (didn't|never|did not) (buy|order|make|authorize|do) (that|this|it|those|any of)\b|\b(don't|didn't|do not|did not|never|not) (recogni[sz]ed?|authori[sz]ed?|approved?|made?|know)\b.*\b(charges?|payments?|transactions?|purchases?|transfers?|withdrawals?)\b`)
	agreeing   = regexp.MustCompile(`^((sure|yes|yeah|ok|okay|well),? )?why not[.!?]*$`)
	forbidding = regexp.MustCompile(`^(please |no,? |wait,? )*(don't|dont|do not|never) (send|pay|transfer|move|wire|do|freeze)\b`)
	// question is how one opens, and politely an order that looks like one.
	question = regexp.MustCompile(`^(how|what|why|when|where|which|who|will |can i|could i|may i|am i|is |are |do |does |did |was |were |has |have |had |should )`)
	politely = regexp.MustCompile(`^(can|could|would|will) you\b|^i (lost|can't find)|\b(was|is|got|been) (stolen|lost|missing)\b|\bplease\b`)
	urging   = regexp.MustCompile(`^do (it|that|this|so)\b`)
	// required is a balance that the company asks for, not the customer's.
	required     = regexp.MustCompile(`\b(minimum|required|least)\b.*\bbalance\b`)
	filtered     = regexp.MustCompile(`^(any|all|show|list|which|what)\b.*\b(over|above|under|below|more than|less than|between)\b.*\d`)
	filteredList = regexp.MustCompile(`^(any|all|show|list)\b.*\b(transactions|purchases|payments|charges)\b.*\d`)
	listed       = regexp.MustCompile(`^(show |list )?(me )?(all )?(my |the )?(transactions|purchases|payments)\b`)
	// hasSent and wasSent ask what was paid, by the customer or to them.
	hasSent = regexp.MustCompile(`^(did|have|when did) (i|we) (already |ever |just )?(pay|paid|sen[dt]|transfer(red)?|gave|give|given|wired?|buy|bought)\b|^how much (did|have) (i|we) (already |ever |just )?(sen[dt]|transfer(red)?|gave|give|given|wired?)\b`)
	wasSent = regexp.MustCompile(`^(did|has|have) ([a-z]+) (already |ever |just )?(pay|paid|sen[dt]|transfer(red)?|give|given) me\b`)
	// wentThrough asks about what was done last, mostAtOnce for the largest payment.
	wentThrough = regexp.MustCompile(`^(did|has|was|is) (it|that|this) (go|gone|went) through\b|^(did|has) (it|that|this) (work|been (sent|paid))\b`)
	mostAtOnce  = regexp.MustCompile(`\b(most|least) (money )?(i|i've|i have|we|we've) (have |ever )*(spent|paid|spend)\b`)
	boughtWhat  = regexp.MustCompile(`^(what|where) did (i|we) (buy|purchase|shop|pay for|eat|use my card)\b`)
	// spentOn asks for a sum.
	spentOn   = regexp.MustCompile(`^how much (did|have|do) (i|we) (ever |usually |already )?(spend|spent|pay|paid) (on|at|for|in|this|last|since|so far)\b`)
	moneyBack = regexp.MustCompile(`^(and |so )?(did|have|has|any|show|list|find|see) (i |we |my |me |the |all )*(ever |already |yet )?(get|got|gotten|receive|received|been)? ?(a |my |any |the )*(recent |pending )?(refunds?|refunded|money back)\b`)
	how       = regexp.MustCompile(`^how (do|can|could|should|would|to|does)\b`)
	haveCards = regexp.MustCompile(`^(do|have|am) i (have|got|own|having)\b.*\bcards?\b`)
	// ability asks what can be done at all.
	ability = regexp.MustCompile(`^(so |and |hey |hi )?(can you|could you|do you|are you able to) (also |even )?(pay bills|(send|move|transfer|wire) money|make (transfers|payments)|freeze cards|(show|check) balances)( too| here| for (people|customers))?[ ?.!]*$`)
	// nounFirst is a list of movements, not an order.
	nounFirst   = regexp.MustCompile(`^(all |my |any |the |recent |last )*(transfers|payments)\b`)
	pendingOnes = regexp.MustCompile(`^(is|are|do i have|have i got|how much|what|whats|show|list|any|anything)\b.*\bpending[ ?.!]*$|^(can i see|show|list|what|which|any|do i have)\b.*\bpending (charges|purchases|payments|transactions)\b`)
	cardState   = regexp.MustCompile(`^is (it|the card|the freeze) (still |now |already )?(frozen|active|locked|blocked|unlocked|unfrozen|off|on)\b|^(is|are) (my|the|any of my|all my) .*\bcards?\b.*\b(frozen|active|locked|blocked|unlocked|suspended)\b`)
	freezing    = regexp.MustCompile(`^(please |can you |could you )?(freeze|unfreeze|lock|unlock|block|unblock)\b`)
	// earned asks what came in, which is no spending.
	earned      = regexp.MustCompile(`^(when |how much |what )?(money )?(did|have|was|am|do) i (get|got|been|receive|received|earn|earned|make) ?(paid|a salary|my salary|in salary|in income)?\b.*\b(paid|salary|wages|income|earned?|paychecks?|receive)\b|^(did|when did|when do|was) i (last |usually )?(get |got )?paid\b|^have i been paid\b|^how much (did|do) i (make|earn|bring in)\b|^(my )?(paychecks?|salary|wages|income)\b`)
	howMuch     = regexp.MustCompile(`^how much (at|on) `)
	whereItGoes = regexp.MustCompile(`\bwhere (does|did|is|has)\b.*\bmoney (go|going|gone)\b`)
)

// understood says whether an intent is more than a guess.
func understood(i Intent) bool {
	return i != OutOfScope && i != Knowledge && i != Smalltalk && i != Unclear
}

// guess is what the classifier takes a message for, unless that is an intent of
// which a short message would have a sign. Then it is the next one, if that is
// likely.
func guess(text string) Intent {
	for i, g := range intent.Classify(text) {
		found := names[g.Intent]
		if i > 0 && g.Probability < likely {
			break
		}
		if found == Yes && asks(text) { // when exactly
			continue
		}
		if word := signs[found]; word == nil || len(strings.Fields(text)) > signed(found) || word.MatchString(text) {
			return found
		}
	}
	return Unclear
}

// likely is how probable a second guess must be.
const likely = 0.2

// signed is up to how many words a message needs a sign of an intent. What has
// consequences needs one in longer messages.
func signed(i Intent) int {
	switch i {
	case Yes, No, Fraud, Human:
		return 6
	case Transactions, Spending:
		return 3
	case Goodbye, Thanks, Greeting:
		return 4
	}
	return 2
}

// signs are words that a short message of an intent has. The classifier, which
// must choose something, takes other single words, and names, for it.
var signs = map[Intent]*regexp.Regexp{
	Yes: regexp.MustCompile(`\b(y[aeiou]?|ye[aeps]\w*|yas+|yu?p|sure|ok(ay|ie|ey)?|aight|k|right|righto|roger|copy that|correct|true|indeed|affirmative|absolutely|definitely|certainly|exactly|` +
		`precisely|totally|course|confirm\w*|agree\w*|approv\w*|fine|good|great|perfect|positive|do it|send it|pay it|go|go ahead|yay|bet|alright|accurate|aye|please|` +
		`that's it|proceed|uh.?huh|do that|facts|fact|accept\w*|affirm\w*|si|looks|sounds|works|want that|like that|happen|carry on|continue|thumbs up|green light|100|why not|by all means)\b`),
	No: regexp.MustCompile(`\b(n|no\w*|na[hy]\w*|not|never\w*|none|negative|false|wrong|incorrect|untrue|cancel\w*|stop|forget|leave|abort|quit|don't|doesn't|isn't|won't|dont|disagree|drop|` +
		`skip|end|undo|decline|reject|refuse|object|wait|hold|halt|enough|exit|nada|negat\w*|pass|inaccurate|invalid|pause|mute|silence|sh+|shut|discontinue|terminate|destroy|` +
		`discard|scratch|scrap|rescind|eliminate|kill|bin|void|revoke|withdraw|ignore|disregard|strike|bother|changed|rather|back out|take (it|that) back|call it off|another time|quiet|talking|lie)\b|👎`),
	Goodbye: regexp.MustCompile(`\b(bye\w*|goodbye|later\w*|see|cya|night|ciao|farewell|done|all|adios|care|day|evening|weekend|peace|long|gone?|go|run|dash|jet|bounce|over|end|leaving|leave|off|out|nothing|` +
		`sayonara|fairwell|\w*bye|toodles|tootles|goodnight|ta.?ta|cheerio|finished|everything|talk to you|next time|good one|great one|enjoy|soon|tomorrow|close|adieu|au revoir)\b`),
	Greeting: regexp.MustCompile(`\b(hi\w*|hey\w*|hello\w*|hallo|helo\w*|hola|howdy|yo|sup|morning|afternoon|evening|greetings|there|here|you|\w*up|day|it going|ahoy|aloha|bonjour|salutations|namaste|shalom|salaam|ciao|back|anyone|anybody|heller)\b`),
	Thanks: regexp.MustCompile(`\b(thank\w*|thx|ta|ty|cheers|kudos|appreciat\w*|grateful|great|perfect|awesome|nice|cool|good|sweet|lovely|excellent|super|brilliant|wonderful|fantastic|amazing|legend|star|best|` +
		`helpful|helped|helps|lifesaver|saved|obliged|bless|gracias|merci|danke|well done)\b`),
	Fraud: regexp.MustCompile(`\b(fraud\w*|scam\w*|hack\w*|stole|stolen|steal\w*|theft|thief|disput\w*|contest|charg\w*|recogni\w*|unauthori\w*|authori\w*|suspicio\w*|mine|my \w+|me|i|didn't|never|wrong|phish\w*|skimm\w*|` +
		`compromis\w*|cloned?|report|transactions?|payments?|purchases?|trick\w*|conned|cheat\w*|robb\w*|identity|missing|unknown|weird|strange|code|someone|somebody|twice|double)\b`),
	Transactions: regexp.MustCompile(`\b(transactions?|purchases?|payments?|charges?|debits?|credits?|deposits?|refunds?|history|activity|pending|bought|buy|spen[dt]\w*|paid|pay\w*|salary|income|wages|` +
		`swipes?|expenses?|subscriptions?|recurring|orders?|withdrawals?|movements|recent|latest|statement|receipts?)\b`),
	Spending: regexp.MustCompile(`\b(spen[dt]\w*|expens\w*|cost\w*|outgoings|breakdown|budget|total|paid|pay|bought|blew|burned|average|summary)\b`),
	Human: regexp.MustCompile(`\b(humans?|persons?|people|agents?|rep|reps|representati\w*|operat\w*|someone|somebody|call\w*|speak|talk|chat|support|service|staff|manager|supervisor|advis\w*|` +
		`live|help\w*|hotline|customer care|contact|escalate|transfer me|connect|colleague|employee|team|csr|executive|teller|bot|robot|machine)\b`),
	Repeat: regexp.MustCompile(`\b(again|repeat\w*|what\w*|pardon|sorry|huh|eh|come|say|once|more|re\w+|missed|hear\w*|catch|last|beg|encore|lost|excuse)\b`),
}

// gesture reads a message without words.
func gesture(text string) Intent {
	switch text = strings.Trim(text, " .!"); {
	case text == "y" || text == "k" || text == "kk" || text == "yh" || text == "100%":
		return Yes
	case text == "n":
		return No
	case humming.MatchString(text):
		return Unsure
	case strings.ContainsAny(text, "👎❌🚫🛑⛔"):
		return No
	case strings.ContainsAny(text, "👍✅👌🆗"):
		return Yes
	}
	return Unclear
}

var humming = regexp.MustCompile(`^h+m+[ .?!]*$`)

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
