package localengine

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine/intent"
)

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
	case found == Limits && nounFirst.MatchString(text) && !strings.Contains(text, "limit"):
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
	bareThing = regexp.MustCompile(`^(?:(?:and|also|please|can i|can you|what is|what are|show|list|see|check|view|tell|give|me|my|the|all|recent|latest|last) )*(balances?|accounts|transactions|purchases|bills|cards|limits|payees|spending)(?: please)?[.!? ]*$`)
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
	Unsure: regexp.MustCompile(`\b(h+m+|u+[hm]+|(un|not )?sure|(un|not )?certain|don't|not|can't|no|idk|dunno|maybe|mayb|perhaps|possibl[ey]|probabl[ey]|might|may|could|think|guess|suppose|know|knows|idea|clue|` +
		`either|whatever|beats|depends|doubt\w*|wonder|undecided|decide|unclear|tough|hard|tricky|question|toss|sorta|kinda|both|neither|later)\b`),
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
