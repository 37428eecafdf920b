package modelengine

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/grounding"
)

// wished are the words of a customer who wants what a tool prepares.
var wished = map[string]*regexp.Regexp{
	bank.TransferMoney:      regexp.MustCompile(`(?i)\b(?:send|transfer|mov(?:e|ing)|pay|wir(?:e|ing)|giv(?:e|ing)|put|lend|owe|top|deposit|shift|sav(?:e|ing)|add|env[ií]|manda|überweis|vire|envoy)`),
	bank.SetCardFrozen:      regexp.MustCompile(`(?i)\b(?:cards?|freez|froz|unfreez|block|lock|lost|stolen|stole|missing|tarjeta|karte|carte)`),
	bank.DisputeTransaction: regexp.MustCompile(`(?i)\b(?:disput|fraud|unauthori|recogni|didn['’]?t|not me|wrong|charge|refund|complain|report|twice|double|reclam)`),
	bank.PayBill:            regexp.MustCompile(`(?i)\b(?:pay|bill|settle|due|owe|pagar|factura|rechnung|facture)`),
}

// everything are the words of a customer who names an amount without a number.
var everything = regexp.MustCompile(`(?i)\b(?:all|everything|entire|whole|full|half|rest|remaining|balance|minimum|total|todo|mitad)\b`)

// wordsThatCount is over how many exchanges a customer may spread a wish.
const wordsThatCount = 6

// objection says why a proposal isn't made: a text that a model has read may have
// talked it into one. What is proposed must be what the customer asked for, in
// their own words: a movement's amount must be there, and for the rest at least
// the subject. The customer still has to confirm what is proposed.
func (t *turn) objection(tool string, args map[string]any) string {
	said := t.in.History.said(wordsThatCount) + t.in.Message.String()
	if form := wished[tool]; form != nil && !form.MatchString(said) {
		return "the customer didn't ask for this; ask them first"
	}
	amount, named := args["amount"]
	if !named || amount == nil || amount == "" || everything.MatchString(said) {
		return ""
	}
	var words grounding.Facts
	words.AddCustomer(said)
	if !words.HasAmount(written(amount)) {
		return "the customer didn't name this amount; ask them how much"
	}
	return ""
}

// written is an argument as text; a model may write amounts as JSON numbers.
func written(argument any) string {
	if n, ok := argument.(float64); ok {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return fmt.Sprint(argument)
}
