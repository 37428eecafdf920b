package slots

import "strings"

// categoryWords are words for what money is spent on, by the bank's category. A
// category without a name is none of the bank's, but no merchant either.
var categoryWords = flatten(map[string]string{
	"groceries":     "groceries|grocery|supermarket|supermarkets|food shopping|grocery shopping|grocery store|grocery stores|produce",
	"coffee":        "coffee|coffees|cafe|cafes|coffee shops|coffee shop|lattes|starbucks runs",
	"restaurants":   "restaurant|restaurants|eating out|dining|dining out|takeout|take out|takeaway|takeaways|food|fast food|meals|lunch|lunches|dinner|dinners|breakfast|bar|bars|pubs|pub|drinks|drinking|alcohol|bars and restaurants|pizza|delivery|food delivery|going out|brunch|snacks",
	"transport":     "transport|transportation|gas|petrol|fuel|gasoline|taxi|taxis|cab|cabs|transit|commuting|parking|public transport|public transportation|train|trains|bus|buses|tube|rental bikes|bikes|car|tolls|ride shares|rideshares|ride sharing|underground|metro|subway",
	"shopping":      "shopping|clothes|clothing|electronics|shoes|fashion|gifts|furniture|makeup|cosmetics|toys|gadgets|accessories|jewelry",
	"health":        "health|healthcare|medical|pharmacy|pharmacies|doctor|doctors|dentist|medicine|medicines|medication|gym|fitness|drugs|prescriptions|health care",
	"entertainment": "entertainment|movies|music|streaming|subscription|subscriptions|video games|videogames|games|gaming|concerts|books|news|newspaper|newspapers|cinema|hobbies|tv|streaming services|lottery|gambling",
	"housing":       "housing|rent",
	"utilities":     "utilities|utility|electricity|power|internet|water|heating|gas bill|gas bills|electric bill|electricity bill|water bill|power bill|internet bill|cable bill|utility bill|utility bills|phone bill|phone bills|broadband|electric|cable",
	"income":        "income|salary|paycheck|paychecks|wages|pay check|earnings",
	"":              "travel|holiday|holidays|vacation|vacations|hotels|flights|airfare|charity|donations|donate|donation|tax|taxes|hair|haircuts|haircut|beauty|education|tuition|insurance|family|kids|children|childcare|pets|pet|home|household|cleaning|office supplies|school|atm withdrawals|personal care|cigarettes|hobby|flowers|bank fees",
})

func flatten(byCategory map[string]string) map[string]string {
	all := map[string]string{}
	for name, list := range byCategory {
		for w := range strings.SplitSeq(list, "|") {
			all[w] = name
		}
	}
	return all
}

// categoryCues are words right before a category. Others, as power in "city
// power", name something else.
var categoryCues = wordSet(`on for in spend spent expenses spending my total the of by category many compare average at less more and or to additional from about monthly only just pay paid
weekly much biggest recent all latest last any show list was is were additional did does do are`)

// categoryAfter are words right behind a category.
var categoryAfter = wordSet(`spend spending expenses expense costs cost price purchases purchase transactions transaction payments charges budget bills category`)

// findCategories reads words for spending where spending is talked about.
func (p *parser) findCategories() {
	if !p.aboutSpending() {
		return
	}
	for i := 0; i < len(p.tokens); i++ {
		for n := 3; n > 0; n-- {
			name, ok := p.category(i, n)
			if !ok {
				continue
			}
			p.found.Categories = append(p.found.Categories, Category{Span: p.take(i, n), Name: name})
			i += n - 1
			break
		}
	}
}

func (p *parser) category(i, n int) (string, bool) {
	if i+n > len(p.tokens) || p.used[i] || p.used[i+n-1] {
		return "", false
	}
	parts := make([]string, n)
	for j := range n {
		parts[j] = p.at(i + j).text
	}
	name, ok := categoryWords[strings.Join(parts, " ")]
	if next := p.at(i + n); p.is(i-1, "from") && next.kind == word && !common[next.text] && !categoryAfter[next.text] {
		return "", false // from metro transit
	}
	if !ok || p.is(i-1, "at") || p.is(i+n, "card", "account", "number", "limit", "'s") || p.at(i).capital && i > 0 && p.at(i+n).capital && p.at(i+n).kind == word {
		return "", false
	}
	if before := p.at(i - 1); p.Purpose == Spending && (p.is(i-1, ",", "&") || (before.kind != word || common[before.text]) && i+n < len(p.tokens) && p.used[i+n]) {
		return name, true
	}
	return name, categoryAfter[p.at(i+n).text] || categoryCues[p.at(i-1).text] || i > 0 && p.used[i-1] || i == 0 || p.is(i+n, "?") && len(p.tokens) < 10
}

// spendingWords are words of messages that are about spending; asking words make
// others, as to pay, be about it.
var (
	spendingWords = wordSet(`spend spent spending expenses expense expenditure expenditures transactions transaction purchases purchase
cost costs price buy bought budget burn burned blew category`)
	payingWords = wordSet("pay paid payments payment charges bills total money went go goes higher lower more less")
	askingWords = wordSet("how what where show list was which much did")
)

func (p *parser) aboutSpending() bool {
	return p.Purpose == Spending || p.mentions(spendingWords) || p.is(0, "how") && p.is(1, "much") || p.mentions(payingWords) && p.mentions(askingWords) || len(p.tokens) <= 4 // and groceries?
}

// findCount reads my last 5 transactions, the ten latest payments, my last
// transaction.
func (p *parser) findCount() {
	for i := range p.tokens {
		if !p.is(i, "last", "latest", "recent", "past", "previous", "first", "biggest", "largest", "top") {
			continue
		}
		count, n := p.count(i + 1)
		if n > 0 && p.free(i+1) && p.counted2(i+1+n) {
			p.found.Count = Count{Span: p.take(i+1, n), N: count}
			return
		}
		back := i - 1
		if p.is(back, "most") {
			back--
		}
		if c, n := p.count(back); n == 1 && p.free(back) && !p.is(back, "a", "an", "few") && p.counted2(i+1) {
			p.found.Count = Count{Span: p.take(back, 1), N: c}
			return
		}
		if p.is(i+1, "transaction", "purchase", "payment", "charge", "deposit", "transfer", "refund") && p.free(i) {
			p.found.Count = Count{Span: p.take(i, 1), N: 1}
			return
		}
	}
}

// counted2 says whether what is counted stands at token i or just behind.
func (p *parser) counted2(i int) bool {
	things := func(i int) bool {
		return p.is(i, "transactions", "purchases", "payments", "charges", "deposits", "transfers", "refunds", "debits", "credits", "expenses", "withdrawals", "entries")
	}
	return things(i) || things(i+1) || things(i+2)
}
