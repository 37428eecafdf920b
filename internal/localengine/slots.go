package localengine

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// accounts are the words for kinds of accounts.
var accounts = map[string]string{
	"checking": "checking", "chequing": "checking", "current account": "checking", "everyday": "checking",
	"savings": "savings", "saving": "savings", "wallet": "wallet", "credit card": "card",
}

// categories are words for what money is spent on, by the bank's names.
var categories = map[string][]string{
	"groceries":     {"groceries", "grocery", "supermarket", "food shopping"},
	"coffee":        {"coffee", "coffees", "cafes", "coffee shops"},
	"restaurants":   {"restaurant", "restaurants", "eating out", "dining", "dining out", "takeout", "takeaway", "food"},
	"transport":     {"transport", "transportation", "gas", "fuel", "taxi", "taxis", "cabs", "transit", "commuting"},
	"shopping":      {"shopping", "clothes", "clothing", "electronics"},
	"health":        {"health", "medical", "pharmacy", "doctor", "dentist", "medicine"},
	"entertainment": {"entertainment", "movies", "music", "streaming", "subscriptions"},
	"housing":       {"housing", "rent"},
	"utilities":     {"utilities", "electricity", "power", "phone", "internet"},
	"income":        {"income", "salary", "paycheck", "paychecks", "wages", "deposits"},
	"transfer":      {"transfers"},
}

var (
	atMerchant = regexp.MustCompile(`\b(?:at|from|with|to)\s+((?:the\s+)?[\p{L}\d&'.-]+(?:\s+[\p{L}\d&'.-]+){0,3})`)
	least      = regexp.MustCompile(`\b(?:over|above|more than|at least|greater than|bigger than|larger than|exceeding)\s+` + amount)
	most       = regexp.MustCompile(`\b(?:under|below|less than|at most|up to|smaller than)\s+` + amount)
	between    = regexp.MustCompile(`\bbetween\s+` + amount + `\s+(?:and|to)\s+` + amount)
	howMany    = regexp.MustCompile(`\b(?:last|latest|recent|past|first)\s+(\d{1,2}|two|three|four|five|ten)\s+(?:transactions?|purchases?|payments?|charges?)\b`)
)

// amount is how people write one in a filter.
const amount = `\$?\s?(\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,9}(?:\.\d{1,2})?)\s*(?:dollars|bucks|usd)?`

// extract reads the details of a request from a normalised message.
func extract(text string, now time.Time) Slots {
	period, rest := findPeriod(text, now)
	s := Slots{Period: period, Account: findAccount(text), Category: findCategory(rest)}
	if m := between.FindStringSubmatch(rest); m != nil {
		s.Min, s.Max = plain(m[1]), plain(m[2])
	} else {
		s.Min, s.Max = capture(least, rest), capture(most, rest)
	}
	if m := howMany.FindStringSubmatch(text); m != nil {
		s.Limit = number(m[1])
	}
	if s.Category == "" {
		s.Merchant = findMerchant(rest)
	}
	return s
}

func capture(pattern *regexp.Regexp, text string) string {
	if m := pattern.FindStringSubmatch(text); m != nil {
		return plain(m[1])
	}
	return ""
}

func plain(amount string) string { return strings.ReplaceAll(amount, ",", "") }

var numbers = map[string]int{"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10, "couple of": 2, "few": 3}

func number(word string) int {
	if n, ok := numbers[word]; ok {
		return n
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		return 0
	}
	return n
}

func findAccount(text string) string {
	for word, kind := range accounts {
		if containsWord(text, word) {
			return kind
		}
	}
	return ""
}

func findCategory(text string) string {
	best, name := "", ""
	for category, words := range categories {
		for _, w := range words {
			if containsWord(text, w) && (len(w) > len(best) || len(w) == len(best) && category < name) {
				best, name = w, category
			}
		}
	}
	return name
}

// containsWord says whether a phrase stands in a text as whole words.
func containsWord(text, phrase string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], phrase)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(phrase)
		if (i == 0 || !letter(text[i-1])) && (end == len(text) || !letter(text[end])) {
			return true
		}
		from = end
	}
}

func letter(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b >= 0x80 }

// noMerchant are words after "at" or "from" that name no merchant.
var noMerchant = map[string]bool{
	"my": true, "the": true, "all": true, "me": true, "least": true, "most": true, "account": true, "this": true, "that": true,
	"a": true, "an": true, "see": true, "know": true, "check": true, "savings": true, "checking": true, "date": true, "it": true, "each": true,
}

// closing are words that end a merchant's name.
var closing = map[string]bool{
	"in": true, "on": true, "for": true, "over": true, "under": true, "during": true, "since": true, "with": true, "please": true,
	"and": true, "by": true, "this": true, "last": true, "between": true, "from": true, "at": true, "to": true, "more": true, "less": true,
}

func findMerchant(text string) string {
	for _, m := range atMerchant.FindAllStringSubmatch(text, -1) {
		words := strings.Fields(strings.TrimPrefix(m[1], "the "))
		end := 0
		for end < len(words) && !closing[words[end]] {
			end++
		}
		if end > 0 && !noMerchant[words[0]] && number(words[0]) == 0 {
			return strings.Trim(strings.Join(words[:end], " "), ".'-&")
		}
	}
	return ""
}

// groupBy says by what spending is to be added up.
func groupBy(text string) string {
	if strings.Contains(text, "merchant") || strings.Contains(text, "store") || strings.Contains(text, "shop ") || strings.Contains(text, "where") {
		return "merchant"
	}
	return "category"
}
