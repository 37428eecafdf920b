package concierge

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
)

// What the concierge says where no engine speaks.
const (
	signInFirst = "I can only look at accounts once you are signed in. " +
		"Until then I can answer general questions about cards, transfers, fees and security."
	dontKnow = "I don't have an answer to that in our help articles. " +
		"I can show your balances, transactions and spending, or answer questions about transfers, bills, cards, fees and security."
	knowledgeMissing = "I can't reach our help articles right now, so I'd rather not guess. " +
		"Please ask again in a moment. Your balances and transactions are available as usual."
	accountsMissing = "I can't reach your accounts right now, so I couldn't finish this. Please ask again in a moment."
	noEngine        = "I can't answer questions at the moment. Your accounts and transactions are in the app as usual; please try again later."
	simplerNotice   = "I'm answering in a simpler way right now.\n\n"
	notFinished     = "I couldn't finish this answer. Please ask again if something is missing."
	canceled        = "All right, I canceled that. Nothing was done."
	toBeSure        = "To be sure: do you mean this?"
	noHurry         = "There is no hurry. Nothing is done until you say yes to this:"
	takesPlace      = "This takes the place of what I showed you before, which isn't carried out."
	notDoneYet      = "What I showed you before still waits, and nothing was done yet. Say yes to see it again, or no to drop it."
	unsafeAnswer    = "I can't show that answer. Please ask in another way."
	refusedUnsafe   = "I can't help with that. I can help with your accounts, transactions, cards and questions about the service."
	refusedOverride = "I can't follow instructions like that. Ask me about your accounts, transactions, cards or how the service works."
	selfHarmSupport = "I'm really sorry that you are going through this. You don't have to face it alone. " +
		"If you may be in danger, please call your local emergency number now (911 in the US). " +
		"In the US and Canada you can call or text 988 at any hour and talk to someone who listens; " +
		"elsewhere, findahelpline.com lists free and confidential help near you. " +
		"Your account can wait, and I'm here when you want to come back to it."
)

// refusal gives the answer to a message that may not go further, and whether
// there is a reason to refuse.
func refusal(v guardrails.Verdict) (string, bool) {
	for _, violation := range v.SafetyViolations {
		if violation.Category == "self_harm" && violation.Action != "allow" && violation.Action != "flag" {
			return selfHarmSupport, true
		}
	}
	switch {
	case !v.IsSafe:
		return refusedUnsafe, true
	case v.IsInjection && v.InjectionAction != "allow" && v.InjectionAction != "flag":
		return refusedOverride, true
	}
	return "", false
}

// sentence makes an error's detail readable as an answer.
func sentence(detail string) string {
	first, size := utf8.DecodeRuneInString(detail)
	s := string(unicode.ToUpper(first)) + detail[size:]
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?") {
		s += "."
	}
	return s
}
