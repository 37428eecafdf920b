package localengine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// dialogue is a conversation: what a customer says, and words of each answer, or
// words that it must not have behind a "!". Checking and savings are the cents
// that are in these accounts more or less afterwards.
type dialogue struct {
	customer          string
	turns             []string // by turns the customer's and those of the answer
	checking, savings int64
}

const (
	toBeSure   = "do you mean this?"
	notDone    = "nothing was done yet"
	asksAmount = "How much do you want to move?"
	asksTarget = "Where should the money go?"
	nothing    = "There is nothing that waits"
)

var dialogues = map[string]dialogue{
	// Looking.
	"balances":      {turns: []string{"What's my balance?", "Rainy Day Savings: $", "and my savings?", "Your Rainy Day Savings balance is $", "What are my balances?", "Cash Back Card: $", "what are my accounts", "Cash Back Card: $", "checking and savings please", "Everyday Checking: $"}},
	"a wallet":      {customer: "demo-maria", turns: []string{"how much is in my wallet?", "$150.00"}},
	"typing slips":  {turns: []string{"whats my blance", "Everyday Checking: $", "show my trasnactions at daily grind", "at Daily grind:"}},
	"shouting":      {turns: []string{"WHAT IS MY BALANCE???", "Everyday Checking: $"}},
	"coffee":        {turns: []string{"coffee last week over $5", "2 transactions for coffee of at least $5 from Jul 6, 2026 to Jul 12, 2026"}},
	"days of a may": {turns: []string{"coffee last week over $5", "for coffee", "show my transactions between 3 and 10 May", "transactions from May 3, 2026 to May 10, 2026"}},
	"two days ago":  {turns: []string{"what did I buy the day before yesterday", "on Jul 14, 2026"}},
	"narrowing":     {turns: []string{"show transactions at blue door coffee last month", "6 transactions at Blue door coffee in June 2026", "only over $6", "at least $6 in June 2026", "and at Daily Grind?", "one transaction at Daily Grind of at least $6", "last 3 transactions", "latest 3 transactions:"}},
	"an amount":     {turns: []string{"show my payments between 100 and 120 dollars last month", "between 100 and 120 dollars in June 2026", "show purchases over twenty bucks yesterday", "of at least twenty bucks on Jul 15"}},
	"last 30 days":  {turns: []string{"show groceries in the last 30 days", "from Jun 17, 2026 to Jul 16, 2026"}},
	"spending":      {turns: []string{"how much did I spend on groceries and restaurants last month?", "$462.18 on groceries", "how much did I pay for rent in June", "$1,450.00 on housing", "what about may", "in May 2026"}},
	"a company":     {turns: []string{"did Skyline Mobile charge me this month?", "at Skyline Mobile", "how much did I spend last month by merchant", "Elm Street Apartments: $"}},
	"salary":        {turns: []string{"how much money did I get paid last month", "You received $3,470.00 in 2 deposits for income in June 2026"}},
	"biggest":       {turns: []string{"what's my biggest purchase", "Your largest payment was $1,450.00: Elm Street Apartments"}},
	"several":       {turns: []string{"what's my balance, recent transactions and bills?", "Electricity (City Power & Light)", "show my limits and my cards", "Debit Card ending in 4417", "What did I spend on coffee in June? And in May?", "in May 2026"}},
	"pending":       {turns: []string{"can I see my pending charges", "Still pending:"}},

	"comparing":       {turns: []string{"how much did I spend on coffee last month", "$60.65 on coffee in June 2026 (10 payments)", "is that more than in may?", "less than in May 2026 ($75.70, 11 payments)", "am I spending more than last month?", "in June 2026", "compare groceries in May and June", "on groceries in May 2026"}},
	"further back":    {turns: []string{"how much did I spend on coffee last month?", "on coffee in June 2026", "and the month before?", "on coffee in May 2026", "what about groceries?", "on groceries in May 2026", "and the previous month", "on groceries in April 2026", "hw much did i spnd on coffee lst mnth", "in June 2026", "coffee last week", "from Jul 6, 2026 to Jul 12, 2026", "and the week before that?", "from Jun 29, 2026 to Jul 5, 2026", "and the year before?", "in 2025", "how much did I spend two months ago", "in May 2026", "what did I buy two weeks ago", "from Jun 29, 2026 to Jul 5, 2026", "what did I buy yesterday", "on Jul 15, 2026", "the day before", "on Jul 14, 2026"}},
	"everything":      {turns: []string{"payments at Daily Grind", "at Daily", "show me everything over 1000", "!Daily", "cancel my last transfer", "Source: Canceling"}},
	"a card number":   {turns: []string{"my card is 4111 1111 1111 1111, what's my balance?", "Everyday Checking: $"}},
	"left of limits":  {turns: []string{"what are my limits?", "What is left", "how much of it is left?", "What is left"}},
	"counting":        {turns: []string{"how many times did I go to Daily Grind last month", "4 payments at Daily Grind in June 2026", "and blue door coffee?", "6 payments at Blue door coffee in June 2026", "how much is that in total", "You spent $39.66 at Blue door coffee"}},
	"averages":        {turns: []string{"how much do I spend on groceries on average", "each on average, and $"}},
	"by size":         {turns: []string{"top 3 purchases last month", "Your 3 largest payments in June 2026:", "and the smallest?", "Your smallest payment in June 2026 was $", "what was my largest deposit in June?", "Your largest deposit in June 2026 was $1,735.00: Salary"}},
	"sorting":         {turns: []string{"show transactions over $100 in june", "transactions of at least $100 in June 2026", "sort them by amount", "largest transactions of at least $100"}},
	"page by page":    {turns: []string{"show my transactions", "There are more", "more", "Here are the next 10", "and the 3 before that?", "Here are the next 3"}},
	"money in":        {turns: []string{"deposits last month", "2 deposits in June 2026", "any refunds?", "refunds:", "did I get a refund from Threadline?", "no payments from Threadline", "how much have I sent to Bob this year?", "no payments to Bob"}},
	"sum and list":    {turns: []string{"how much did I spend on coffee in june?", "$60.65", "which ones?", "10 transactions for coffee in June 2026", "how much is that in total?", "You spent $60.65"}},
	"rent":            {turns: []string{"did my rent go through?", "Here is the latest transaction for housing:", "is anything pending?", "Parkway Fuel"}},
	"holidays":        {turns: []string{"what did I buy on memorial day", "on May 25, 2026", "and in the first week of June?", "from Jun 1, 2026 to Jun 7, 2026", "the last 48 hours", "from Jul 14, 2026 to Jul 16, 2026"}},
	"a long story":    {turns: []string{"So I was at the store with my sister and we bought a lot of stuff, and then I saw that I may not have enough for rent, so anyway could you tell me what's in my checking account? thanks", "Your Everyday Checking balance is $"}},
	"money of others": {turns: []string{"what is Maria's balance?", "only show you your own", "what's today's balance", "Everyday Checking: $"}},

	// Talking.
	"no person there":  {turns: []string{"send 20 to savings", "Move $20.00", "back to the assistant", "nobody else answers here", "yes", toBeSure, "no", "Nothing was done"}},
	"questions in one": {turns: []string{"what's my balance and what did I spend on coffee in June, and how do I freeze my card?", "Source: Freezing and unfreezing your card", "How do I close my account? How do I order a new card?", "Source: Closing your account"}},
	"languages":        {turns: []string{"hola, cuál es mi saldo?", "solo entiendo inglés", "ich möchte mein Guthaben sehen", "nur Englisch", "残高を教えて", "only English", "transfiere 20 dólares a ahorros", "solo entiendo inglés", "quanto gastei este mês?", "só entendo inglês"}},
	"secrets":          {turns: []string{"my pin is 4321 can you check it", "never write a password"}},
	"swearing":         {turns: []string{"F*** YOU", "I'm sorry that this is frustrating"}},
	"annoyance":        {turns: []string{"this sucks", "I'm sorry that this is frustrating"}},
	"politeness":       {turns: []string{"hi", "Hello!", "what can you do?", "show your balances", "thanks!", "You're welcome", "bye", "Goodbye"}},
	"gibberish":        {turns: []string{"xkcd qwrtp", "I didn't understand", "hi", "Hello!", "asdf qwer", "outside of what I know", "???", "I didn't understand", "what is the capital of france", "a person from our team"}},
	"out of scope":     {turns: []string{"what's the weather like", "outside of what I know"}},
	"knowledge":        {turns: []string{"How do I freeze my card?", "Source: Freezing and unfreezing your card", "what does it cost?", "Source:"}},
	"anger":            {turns: []string{"you are useless, this is ridiculous!!! I'm so angry", "a person from our team"}},
	"fraud":            {turns: []string{"I don't recognize a charge of $84, and send 5 to Jordan", "a person from our team"}},
	"nothing to do":    {turns: []string{"yes", nothing, "no", "nothing was done", "go ahead", nothing}},
	"no order at all":  {turns: []string{"how do i send $50 to sam?", "!Shall I", "don't send $50 to Sam", "!Shall I", "why did you send $50 to Sam", "!Shall I"}},

	// Moving money.
	"detail by detail": {turns: []string{"I want to send money", asksAmount, "50", asksTarget, "to Sam", "Send $50.00", "no, make it 30", "Send $30.00", "to Jordan instead", "to Jordan Lee", "from savings", "from Rainy Day Savings", "yes", "Done. Sent $30.00"}, savings: -3000},
	"in words":         {turns: []string{"transfer to savings", asksAmount, "twenty bucks", "Move $20.00", "actually a hundred and five dollars", "Move $105.00", "actually 1.234,50", "Move $1,234.50", "change it to twenty-five dollars and 50 cents", "Move $25.50", "yes", "Moved $25.50"}, checking: -2550, savings: 2550},
	"half a yes":       {turns: []string{"send $20 to savings", "Move $20.00", "ok", toBeSure, "yes?", toBeSure, "👍", toBeSure, "sure why not", toBeSure, "go ahead and send it", toBeSure, "yes if it's free", toBeSure, "hmm not sure", "There is no hurry", "yes but 30", "Move $30.00", "no", "Nothing was done", "yes", nothing}},
	"many a yes":       {turns: []string{"send 1 to savings", "$1.00", "yep do it", "Moved", "send 2 to savings", "$2.00", "Ok, yes. Please do it now!", "Moved", "send 3 to savings", "$3.00", "YES!!! 🙏", "Moved", "send 4 to savings", "$4.00", "sure thing", "Moved"}, checking: -1000, savings: 1000},
	"many a no":        {turns: []string{"send 1 to savings", "$1.00", "nah forget about that", "Nothing was done", "send 2 to savings", "$2.00", "👎", "Nothing was done", "send 3 to savings", "$3.00", "yes, but wait", "Nothing was done", "send 4 to savings", "$4.00", "don't send it", "Nothing was done", "yes", nothing}},
	"second thoughts":  {turns: []string{"send 20 to jordan", "Send $20.00", "not 20, 25", "Send $25.00", "no not jordan, Sam", "to Sam Lindqvist", "switch it to savings", "Move $25.00", "make it 26 to maria", "Send $26.00 from Everyday Checking (ending in 3301) to Maria", "cancel", "Nothing was done"}},
	"the other way":    {customer: "demo-maria", turns: []string{"move 50 to wallet", "to Wallet", "other way around", asksTarget, "to checking", "from Wallet (ending in 5203) to Everyday Checking", "no", "Nothing was done"}},
	"in between":       {turns: []string{"send money to Sam", asksAmount, "how long does a transfer take?", "Source: How long transfers take", "20", "Send $20.00", "what are my limits?", notDone, "yes", toBeSure, "yes", "Sent $20.00"}, checking: -2000},
	"yes and more":     {turns: []string{"send $20 to Sam", "Send $20.00", "yes and what's my balance", notDone, "also send 10 to Jordan", "Send $10.00", "and send 5 to Jordan", "takes the place", "no", "Nothing was done"}},
	"one at a time":    {turns: []string{"send 20 to Jordan and 30 to Maria", "one payment at a time", "20 to Jordan", "Send $20.00", "no", "Nothing", "freeze my debit card and transfer 50 to savings", "One thing at a time", "no", "Nothing was done"}},
	"look then send":   {turns: []string{"send $20 to Jordan. What's my balance?", "Shall I go ahead?", "yes", "Sent $20.00"}, checking: -2000},
	"not now":          {turns: []string{"send $500 to Jordan every month", "can only prepare", "no", "Nothing was done", "schedule $20 to Sam for Friday", "can only prepare", "now", "Send $20.00", "do it tomorrow", notDone, "no", "Nothing was done", "send $20 to Jordan if I have enough", "can only prepare", "forget it", "Nothing was done"}},
	"slips of the pen": {turns: []string{"trasnfer $20 to savngs", "Move $20.00", "sned 25 to jordan", "Send $25.00", "no", "Nothing was done"}},
	"shouted":          {turns: []string{"SEND $20 TO JORDAN NOW!!!", "Send $20.00", "NO!!!", "Nothing was done"}},
	"not an amount":    {turns: []string{"transfer 1.234 to savings", "can't read that amount", "everything", "I still need the amount", "half", "I still need the amount", "no", "Nothing was done", "transfer $1e308 to savings", "!Shall I", "no", "", "transfer -5 to savings", "more than zero", "no", "", "send $20 or $30 to Sam", "Which of these amounts", "30", "Send $30.00", "no", "Nothing"}},
	"other money":      {turns: []string{"send 50 euros to Jordan", "USD", "20", "Send $20.00", "no", "Nothing was done"}},
	"no such payee":    {turns: []string{"send 20 to Bob", "neither an account nor a payee", "tell me a joke", "!neither", "send 20 to Bob", "neither", "Jordan", "Send $20.00 from Everyday Checking (ending in 3301) to Jordan Lee", "no", ""}},
	"by digits":        {turns: []string{"transfer $10 from account ending in 3302 to 3301", "Move $10.00 from Rainy Day Savings (ending in 3302) to Everyday Checking (ending in 3301)", "no", ""}},
	"by names":         {turns: []string{"send $25 from my rainy day savings to my everyday checking", "Move $25.00 from Rainy Day Savings", "no", ""}},
	"paying a person":  {turns: []string{"pay Jordan back 15 bucks", "Send $15.00", "no", "", "can you send 10 dollars to my brother", asksTarget, "Sam", "Send $10.00", "no", ""}},
	"too much":         {turns: []string{"transfer 99999 to savings", "at most $5,000.00", "50", "Move $50.00", "no", "Nothing was done"}},

	"what it is for": {turns: []string{"send Jordan twenty five dollars for pizza", "Send $25.00", "no", "", "send 10 dollars to Sam for lunch", "Send $10.00", "no", ""}},
	"slang":          {turns: []string{"pls snd 15 bux 2 jordan", "Send $15.00", "actually nvm", "Nothing was done", "lend jordan a tenner", "Send $10.00", "no", ""}},
	"a look between": {turns: []string{"send 20 to Jordan", "Send $20.00", "what's my balance?", "nothing was done yet", "make it 10", "Send $10.00", "and my savings?", "Rainy Day Savings balance", "no", "Nothing was done", "send money to Sam", asksAmount, "what are my limits?", "What is left", "20", "Send $20.00", "how much is it?", "Nothing is done until you say yes", "no", ""}},
	"who to send to": {turns: []string{"send $20", asksTarget, "who can I send money to?", "Jordan Lee, account", "sam", "Send $20.00", "no", ""}},
	"another source": {turns: []string{"send 25 to maria from savings", "from Rainy Day Savings", "switch to checking", "Send $25.00 from Everyday Checking", "no", ""}},
	"only asked":     {turns: []string{"can you pay bills", "I can:", "what happens if I send 50 to Sam", "!Shall I", "someone told me to move my money to a safe account", "!Shall I", "set up autopay for my rent", "!Shall I"}},

	// Bills and cards.
	"the bills shown": {turns: []string{"what are my bills?", "Water (Riverside Water)", "ok pay it", "Which bill", "the first one", "Pay $84.12", "no, the second", "Phone", "no", ""}},
	"a bill no payee": {turns: []string{"send 20 to Bob", "neither an account nor a payee", "pay my rent", "to Elm Street Apartments", "no", ""}},
	"no such bill":    {turns: []string{"pay the internet bill", "no bill called", "not now", "Nothing was done", "pay rent", "Elm Street Apartments", "no", ""}},
	"the other order": {turns: []string{"freeze my card", "Which card do you mean", "unfreeze my card", "Which card do you mean", "debit", "already active"}},
	"two bills":       {turns: []string{"pay electric and phone", "Pay $84.12", "no", ""}},
	"which is frozen": {turns: []string{"freeze the debit one", "Freeze your Debit Card", "yes", "Froze", "unfreeze it", "Unfreeze your Debit Card", "yes", "Unfroze"}},
	"when it is due":  {turns: []string{"what bills do I have?", "Electricity", "when is it due?", "due on"}},
	"bills":           {turns: []string{"when is my rent due", "Rent (Elm Street Apartments): $1,4", "pay a bill", "Which bill", "electricity", "Pay $84.12", "no, the phone bill", "Pay $45.00 to Skyline Mobile", "from savings instead", "from Rainy Day Savings", "confirm", "Paid $45.00"}, savings: -4500},
	"part of it":      {turns: []string{"please pay $20 towards my rent", "Pay $20.00 to Elm Street Apartments", "yes", "Paid $20.00", "pay my rent tomorrow", "can only prepare", "no", ""}, checking: -2000},
	"cards":           {turns: []string{"freeze my card", "Which card do you mean", "the debit one", "Freeze your Debit Card", "yep do it", "Froze your Debit Card", "is my debit card frozen?", "ending in 4417: frozen", "unfreeze my debit card", "Unfreeze your Debit Card", "yes please", "Unfroze"}},
	"cards by end":    {turns: []string{"freeze both my cards", "Which card do you mean", "8802", "Freeze your Cash Back Card", "no, the debit card", "Freeze your Debit Card", "no", "Nothing was done"}},
	"lost":            {turns: []string{"i lost my debit card", "Freeze your Debit Card", "no", "Nothing was done"}},
}

// TestDialogues holds whole conversations, one after another as they share a bank.
func TestDialogues(t *testing.T) {
	t.Parallel()
	b := openBranch(t)
	for name, d := range dialogues {
		t.Run(name, func(t *testing.T) { b.hold(t, name, d) })
	}
	t.Run("a yes that comes too late", b.lateYes)
	t.Run("two accounts of a kind", b.twoOfAKind)
}

func (b *branch) hold(t *testing.T, name string, d dialogue) {
	if d.customer == "" {
		d.customer = "demo-alex"
	}
	before := b.balances(t, d.customer)
	for i := 0; i < len(d.turns); i += 2 {
		b.expect(t, d.customer, name, d.turns[i], d.turns[i+1])
	}
	after := b.balances(t, d.customer)
	if c, s := after[bank.Checking]-before[bank.Checking], after[bank.Savings]-before[bank.Savings]; c != d.checking || s != d.savings {
		t.Errorf("checking changed by %d, savings by %d; want %d and %d", c, s, d.checking, d.savings)
	}
}

func (b *branch) lateYes(t *testing.T) {
	before := b.balances(t, "demo-alex")
	b.expect(t, "demo-alex", "late", "send $20 to savings", "Move $20.00")
	b.now = b.now.Add(bank.ActionLifetime + time.Second)
	b.expect(t, "demo-alex", "late", "yes", "expired")
	if after := b.balances(t, "demo-alex"); after[bank.Checking] != before[bank.Checking] {
		t.Errorf("%d left the account", before[bank.Checking]-after[bank.Checking])
	}
}

// twoOfAKind asks which account is meant, and puts the answer on the side that it
// was asked for.
func (b *branch) twoOfAKind(t *testing.T) {
	second := bank.Account{
		ID: "sam-holiday", CustomerID: "demo-sam", Kind: bank.Savings, Name: "Holiday Savings", Number: "000999900077", Routing: "000000518",
		Status: bank.Active, Balance: money.Of(0, "USD"), OpenedAt: thursday.AddDate(0, -1, 0),
	}
	if err := b.store.Bank().CreateCustomer(t.Context(), bank.Customer{}, bank.Holdings{Accounts: []bank.Account{second}}); err != nil {
		t.Fatal(err)
	}
	for _, turn := range [][2]string{
		{"move 50 to savings", "which account do you mean: Rainy Day Savings"},
		{"the holiday one", "to Holiday Savings (ending in 0077)"},
		{"no", "Nothing was done"},
		{"send 20 from savings to Jordan", "which account do you mean: Rainy Day Savings"},
		{"rainy day please", "Send $20.00 from Rainy Day Savings"},
		{"no", "Nothing was done"},
		{"send 20 from savings to Jordan", "which account"},
		{"0077", "in your Holiday Savings: $0.00 is available"},
		{"forget it", "Nothing was done"},
	} {
		b.expect(t, "demo-sam", "two", turn[0], turn[1])
	}
}

// expect says something and looks for words in the answer.
func (b *branch) expect(t *testing.T, customer, session, say, want string) {
	t.Helper()
	got := b.says(t, customer, session, say).Message
	unwanted, not := strings.CutPrefix(want, "!")
	if not && strings.Contains(got, unwanted) || !not && !strings.Contains(strings.ToLower(got), strings.ToLower(want)) {
		t.Errorf("%q: want %q in\n%s", say, want, got)
	}
}

func (b *branch) balances(t *testing.T, customer string) map[bank.AccountKind]int64 {
	t.Helper()
	list, err := b.store.Bank().Accounts(t.Context(), customer)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[bank.AccountKind]int64{}
	for _, a := range list {
		sums[a.Kind] += a.Balance.Minor
	}
	return sums
}
