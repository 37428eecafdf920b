package localengine

import (
	"fmt"
	"strings"
	"testing"
)

// talkOfMoving are messages about moving money that order nothing: questions,
// reports, plans, wishes about the past, what somebody else does or wants, and what
// must not be done. %b is a verb with its object, %p the same in the past, %g as a
// noun.
var talkOfMoving = []string{
	// Asking how, whether, when, what.
	"how do i %b", "how can i %b?", "how would one %b", "how should i %b", "how much does it cost to %b", "how long does it take to %b",
	"how often can i %b", "can i %b", "could i %b?", "may i %b", "am i allowed to %b", "am i able to %b", "is it possible to %b", "is it safe to %b",
	"is it ok to %b", "is there a fee to %b", "is there a way to %b", "would it be smart to %b", "should i %b", "should i %b or wait", "do i have to %b",
	"do i need to %b", "do you think i should %b", "when should i %b", "when can i %b", "where do i %b", "why can't i %b", "why should i %b", "what happens if i %b",
	"what if i %b", "what do i need to %b", "what's the best way to %b", "what does it mean to %b", "who can %b", "which account should i use to %b",
	"can someone else %b", "can my wife %b", "could anybody %b for me?", "will i be able to %b", "would you recommend to %b", "have i got enough to %b",
	"do i have enough money to %b", "can i afford to %b", "is there enough in checking to %b?", "am i charged when i %b", "does it cost anything to %b",
	"are there limits when i %b", "are you able to explain how to %b", "can you explain how to %b", "can you tell me how to %b", "could you show me how to %b",
	"please tell me how to %b", "please explain how i %b", "help me understand how to %b", "teach me how to %b", "tell me what it costs to %b", "tell me if i can %b",
	"i'd like to know how to %b", "i want to know if i can %b", "i need to know how to %b", "i was wondering if i can %b", "i wonder whether i should %b",
	"just curious, can i %b", "quick question: can i %b", "hi, how do i %b", "hello can i %b please", "any idea how to %b", "any fees if i %b",
	"anything i should know before i %b", "so if i %b, will it arrive today", "if i %b, what happens", "suppose i %b, is there a fee", "say i %b, how long does it take",
	"not sure how to %b", "no idea how to %b", "i don't know how to %b", "i forgot how to %b", "is it true that i can %b for free", "wondering about how to %b",
	// Reports and questions about what was.
	"did i %b", "did i already %b?", "did you %b", "why did you %b", "why did i %b", "when did i %b", "have i %p", "i %p yesterday", "i already %p", "i just %p and it failed",
	"i %p by mistake", "i %p but it never arrived", "i accidentally %p", "you %p without asking", "someone %p from my account", "my wife %p last week", "who %p?",
	"i tried to %b", "i tried to %b but got an error", "i was trying to %b", "i couldn't %b", "i can't %b", "i'm unable to %b", "i had to %b", "i was about to %b",
	"i should have %p", "i wish i had %p", "i think i %p twice", "was it me who %p", "has anyone %p",
	// Denials and second thoughts.
	"don't %b", "do not %b", "please don't %b", "never %b", "i don't want to %b", "i didn't want to %b", "i never asked you to %b", "i won't %b", "i refuse to %b",
	"i'd rather not %b", "stop, don't %b", "you should not %b", "i no longer want to %b", "i changed my mind, don't %b", "nobody should %b",
	// Others' words, plans, talk.
	"someone asked me to %b", "somebody told me to %b", "a caller told me to %b", "my boss wants me to %b", "they want me to %b, is that a scam", "i got an email telling me to %b",
	"he says i must %b", "she asked whether i could %b", "i might %b next year", "maybe i will %b someday", "my friend will %b", "sam said he would %b",
	"sam needs to %b", "the app says i can %b", "the article says how to %b", "it says you can %b", "i heard you can %b", "can you %b for free or is there a fee?",
	"do you %b for customers?", "are you the one who can %b?", "i'm afraid to %b", "i'm scared someone will %b", "imagine i %b", "pretend i asked how to %b",
	"explain %g", "tell me about %g", "what is %g", "how does %g work", "is %g free", "status of %g", "where is %g", "cancel %g", "can i cancel %g", "what are the fees for %g", "limits on %g",
	"show %g", "did %g go through", "why was %g declined", "is there a limit for %g", "i have a question about %g", "problem with %g", "%g failed", "%g was declined", "%g hasn't arrived",
}

var movings = []struct{ base, past, noun string }{
	{"send $50 to Sam", "sent $50 to Sam", "sending $50 to Sam"},
	{"send money to Jordan", "sent money to Jordan", "sending money to Jordan"},
	{"transfer 100 dollars from checking to savings", "transferred 100 dollars from checking to savings", "my transfer of 100 dollars to savings"},
	{"move my money to a safe account", "moved my money to a safe account", "moving money to a new account"},
	{"pay my electricity bill", "paid my electricity bill", "my electricity bill payment"},
	{"pay rent with my savings", "paid rent with my savings", "my rent payment"},
	{"pay Verizon 85 bucks", "paid Verizon 85 bucks", "the 85 dollar payment to Verizon"},
	{"wire two hundred to my brother", "wired two hundred to my brother", "a wire of two hundred to my brother"},
	{"put $20 in savings", "put $20 in savings", "my $20 deposit to savings"},
	{"give Maria 20 bucks", "gave Maria 20 bucks", "the 20 bucks for Maria"},
	{"top up my wallet with $25", "topped up my wallet with $25", "a $25 top-up of my wallet"},
	{"zelle my landlord 900", "zelled my landlord 900", "a zelle of 900 to my landlord"},
}

// TestTalkOfMovingIsNoOrder asks, reports and denies in many words, alone, after a
// greeting and beside another question. None may become an order, not even one that
// waits for a yes.
func TestTalkOfMovingIsNoOrder(t *testing.T) {
	t.Parallel()
	all, orders := 0, 0
	for _, form := range talkOfMoving {
		for _, what := range movings {
			text := strings.NewReplacer("%b", what.base, "%p", what.past, "%g", what.noun).Replace(form)
			for _, around := range []string{"%s", "hi, %s", "%s please", "What's my balance? And %s", "%s. thanks", "%s?"} {
				message := fmt.Sprintf(around, text)
				all++
				if order := ordersIn(New().Decide(Input{Text: message, Now: wednesday})); order != "" {
					if orders++; orders <= 40 {
						t.Errorf("%q became %s", message, order)
					}
				}
			}
		}
	}
	t.Logf("%d of %d messages became an order", orders, all)
}

// ordersIn is the first request to move money in a decision.
func ordersIn(d Decision) Intent {
	for _, d := range append([]Decision{d}, d.Also...) {
		if d.Intent == Transfer || d.Intent == PayBill {
			return d.Intent
		}
	}
	return ""
}

// TestOrdersOfOtherThings orders what no tool that moves money does.
func TestOrdersOfOtherThings(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"send me my statement", "send me a new card", "send me money", "wire me 20 dollars", "pay me", "pay me back $20", "give me my balance", "give me $500", "lend me 100",
		"transfer me to an agent", "transfer my call to billing", "put me through to someone", "put a hold on my card", "move my appointment to friday", "make a complaint",
		"make an appointment for 3 pm", "set an alarm for 7", "set up alerts over $100", "set a budget of $200 for food", "set up autopay for my rent", "set up direct deposit",
		"add Sam as a payee", "add my wife to my account", "get me a loan of $500", "get a refund of $20 from Amazon", "refund my $20", "increase my limit to $500",
		"request $20 from Sam", "ask Sam for $20", "collect 20 from Jordan", "charge Sam $20", "invoice Jordan for $80", "deposit a check", "cash a check for $50", "withdraw $50 at the atm",
		"convert $50 to euros", "sell $50 of bitcoin", "buy a $50 gift card", "send an email to Sam", "send a text message to Sam", "remind me to pay rent", "remind me to send $20 to Sam on friday",
		"i owe Dave 20", "Jess wants $30", "i paid Sam", "Sam owes me $40", "i get paid on the 15th", "i make $500 a week", "my rent is $900", "rent is due", "put it on my tab",
		"pay attention", "pay phones near me", "pay stub", "pay day is friday", "move on", "move to another topic", "send help", "clear the chat", "clear my history", "use face id",
		"start over", "complete my profile", "settle down", "take a picture", "do a barrel roll", "handle my taxes", "schedule a call with an advisor", "process my dispute", "submit a dispute for $20",
		"file a claim for $200", "top 5 purchases", "top spending", "fill in the form", "load my transactions", "show payments to Sam", "transfers to Sam last month", "payments over $50",
		"can you pay bills", "can you send money", "do you make transfers", "transfer limit", "transfer fees", "wire transfer instructions", "payment methods", "bill pay help",
	} {
		if order := ordersIn(New().Decide(Input{Text: text, Now: wednesday})); order != "" {
			t.Errorf("%q became %s", text, order)
		}
	}
}
