package bank

import (
	"errors"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

// match says how well a word fits the names of a thing: 3 for its id or a whole
// name, 2 for whole words of a name, 1 for a part of one, 0 not at all.
func match(word string, id string, names ...string) int {
	if word == id {
		return 3
	}
	word = plain(word)
	if word == "" {
		return 0
	}
	best := 0
	for _, name := range names {
		name = plain(name)
		switch {
		case name == "":
		case name == word:
			return 3
		case strings.Contains(" "+name+" ", " "+word+" "):
			best = max(best, 2)
		case len(word) >= 3 && strings.Contains(name, word):
			best = max(best, 1)
		}
	}
	return best
}

// plain drops what doesn't tell names apart.
func plain(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, prefix := range []string{"my ", "the ", "our "} {
		s = strings.TrimPrefix(s, prefix)
	}
	for _, suffix := range []string{" account", " bill", " card"} {
		s = strings.TrimSuffix(s, suffix)
	}
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '.' || r == ',' || r == '\'' || r == '"' }), " ")
}

// best returns the things that fit best.
func best[T any](things []T, score func(T) int) []T {
	var found []T
	most := 1
	for _, t := range things {
		switch n := score(t); {
		case n > most:
			found, most = []T{t}, n
		case n == most:
			found = append(found, t)
		}
	}
	return found
}

func accountsFor(accounts []Account, word string) []Account {
	return best(accounts, func(a Account) int { return match(word, a.ID, string(a.Kind), a.Name, a.Ending) })
}

func payeesFor(payees []Payee, word string) []Payee {
	return chosen(payees, word, func(p Payee) int { return match(word, p.ID, p.Name) })
}

func billsFor(bills []Bill, word string) []Bill {
	return chosen(bills, word, func(b Bill) int { return match(word, b.ID, b.Name, b.Biller, b.Category) })
}

func cardsFor(cards []Card, word string) []Card {
	return chosen(cards, word, func(c Card) int { return match(word, c.ID, c.Name, c.Ending) })
}

// chosen returns the things that fit best or, where none does, the one whose place
// in the list is said: the second.
func chosen[T any](things []T, word string, score func(T) int) []T {
	if found := best(things, score); len(found) > 0 {
		return found
	}
	at, ok := places[plain(word)]
	if at < 0 {
		at = len(things) - 1
	}
	if !ok || at < 0 || at >= len(things) {
		return nil
	}
	return things[at : at+1]
}

// places are words for places in a list; the last is counted from its end.
var places = map[string]int{"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "last": -1}

// one takes the only thing found, or explains why there isn't one. The labels
// of all there are tell the customer what to choose from.
func one[T any](what, word string, found, all []T, label func(T) string) (T, error) {
	var none T
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		reason := ReasonNoTarget
		if what == "account" {
			reason = ReasonNoAccount
		}
		if len(all) == 0 {
			return none, fault.New(fault.NotFound, "you have no %s here", what).WithReason(reason)
		}
		return none, fault.New(fault.NotFound, "you have no %s called %q; you have: %s", what, word, labels(all, label)).WithReason(reason)
	}
	return none, fault.New(fault.Validation, "which %s do you mean: %s?", what, labels(found, label)).WithReason(ReasonAmbiguous)
}

func labels[T any](things []T, label func(T) string) string {
	names := make([]string, len(things))
	for i, t := range things {
		names[i] = label(t)
	}
	return strings.Join(names, ", ")
}

// amount reads an amount in a currency and says clearly why it can't.
func amount(text AmountText, currency string) (money.Amount, error) {
	a, err := money.Parse(string(text), currency)
	refuse := func(reason, format string, args ...any) (money.Amount, error) {
		return money.Amount{}, fault.New(fault.Validation, format, args...).WithReason(reason).WithCause(err)
	}
	switch {
	case errors.Is(err, money.ErrCurrency):
		return refuse(ReasonCurrency, "the account is in %s, and the amount isn't", currency)
	case errors.Is(err, money.ErrNegative):
		return refuse(ReasonAmount, "the amount must be more than zero")
	case errors.Is(err, money.ErrDecimals):
		return refuse(ReasonAmount, "the amount has more decimals than %s has", currency)
	case errors.Is(err, money.ErrOverflow):
		return refuse(ReasonAmount, "the amount is too large to be right")
	case err != nil:
		return refuse(ReasonAmount, "the amount can't be understood; write it like 25 or 12.50")
	case a.Minor == 0:
		return refuse(ReasonAmount, "the amount must be more than zero")
	}
	return a, nil
}
