package intent

import (
	"slices"
	"strings"
)

// outsideFavour is how much more an intent must be likely than that the message
// is about something else. The data has few kinds of other topics, the world has
// many. By cross-validation 3 finds 5 of 100 more of them for 0.4 of 100 requests.
const outsideFavour = 3

// govern applies what is not left to the model.
func govern(list []string, question bool, guesses []Guess) {
	if len(list) == 0 {
		certain(guesses, OutOfScope)
		return
	}
	favour(guesses, OutOfScope, outsideFavour)
	rank(guesses)
	switch first := guesses[0].Intent; {
	case !ordered(list, question) || !aboutMoney(list):
		hand(guesses, Knowledge, Transfer, PayBill)
	case first == FreezeCard && asks(list) && !contains(list, lost):
		hand(guesses, Knowledge, FreezeCard)
	}
	if contains(list, denial) {
		hand(guesses, No, Yes)
	}
	if guesses[0].Intent == AccountNumbers && !contains(list, own) {
		hand(guesses, Knowledge, AccountNumbers)
	}
	rank(guesses)
}

// certain makes an intent the only one.
func certain(guesses []Guess, only Intent) {
	for i := range guesses {
		guesses[i].Probability = 0
		if guesses[i].Intent == only {
			guesses[i].Probability = 1
		}
	}
	rank(guesses)
}

// favour makes an intent by so many times more likely.
func favour(guesses []Guess, which Intent, times float32) {
	var sum float32
	for i := range guesses {
		if guesses[i].Intent == which {
			guesses[i].Probability *= times
		}
		sum += guesses[i].Probability
	}
	for i := range guesses {
		guesses[i].Probability /= sum
	}
}

// hand gives the probability of some intents to another: an order's to the
// question about it, a yes's to no.
func hand(guesses []Guess, to Intent, from ...Intent) {
	var moved float32
	for i := range guesses {
		if slices.Contains(from, guesses[i].Intent) {
			moved += guesses[i].Probability
			guesses[i].Probability = 0
		}
	}
	for i := range guesses {
		if guesses[i].Intent == to {
			guesses[i].Probability += moved
		}
	}
}

var (
	// openers are words before the request proper.
	openers = wordSet(`hi hello hey please ok okay yes yeah yep sure so well now thanks thank you very much great good alright cool um actually and then
also pls plz u hmm perfect fine right awesome nice oh no nope but just kindly morning afternoon evening there`)
	questionWords = wordSet(`how what whats when where wheres which who whos whom whose why is are am was were do does did has have had should shall may
might must isnt arent doesnt didnt hasnt havent wasnt werent cant couldnt wont`)
	modals = wordSet("can could would will")
	// troubled are words of messages about a movement that was, failed, costs or
	// must not be: none of them orders one.
	troubled = wordSet(`how why whether what whats declined rejected fail failed fails failing pending fee fees charged didnt doesnt hasnt havent wasnt isnt
wont couldnt cant cannot unable arrive arrived arrives wrong mistake mistakenly cancel cancelled canceled stop refund refunded stuck reverted reversed reverse missing
dispute limit limits error trying tried attempted attempting never dont not refuse without possible allowed explain problem issue
issues trouble difference rate rates took takes undo received
receive overcharged cost costs wonder wondering recommend recommended suggest advise explain know understand told asked asks asking says said telling claims claimed wants heard
email caller scam legit afraid scared worried imagine pretend suppose curious free safe forgot forget article teach fake suspicious means mean someday idea status when question
autopay auto automatic automatically alert alerts notification notifications budget attention stub phones alarm reminder remind goal appointment
steps ways process procedure instructions`)
	// denial are words that no yes has. What they leave of "that is not false"
	// is a no too many, which costs a question; a yes too many would cost money.
	denial = wordSet("no not nope nah never dont false wrong incorrect untrue inaccurate erroneous cancel stop wait isnt wasnt cant doesnt")
	lost   = wordSet("lost stolen stole lose missing misplaced theft")
	own    = wordSet("my mine our i me")
	// verbs are those that orders to move money begin with.
	verbs = wordSet(`transfer send move pay wire put give take deposit make submit schedule settle shoot switch use shift throw top set complete clear do place
get zelle venmo forward hand lend loan beam zap toss slip pass chuck drop stash stick tuck hit repay reimburse load fund fill add cover arrange initiate execute
process start begin setup sort handle knock tranfer transfere trasfer tansfer trnasfer transferr transfering transferring making execute
authorize issue perform conduct complete finish deal bring allocate fling ping fire finish refill settle`)
	// wishing are words that make a wish or a request of the verb behind them.
	wishing = wordSet(`want wanted need needing like wish wanna gotta got would could can will help helping assist lets let must have ill able time going gonna looking love hoping
ready please kindly pls plz mind ahead sure appreciate require interested`)
	// between are the other words of one.
	between = wordSet(`i you u ya we me us to and it is was that do go quickly really be am im d ll for the with in are a an immediate money order up by id youd go some next your also
making transferring paying sending moving`)
	addressed = wordSet("you u ya")
	general   = wordSet("bills money payments transfers funds cash wires people cards")
	// able are words of what somebody can do, behind I.
	able = wordSet("can could will would ill able going")
	// gerunds are verbs behind words that ask for help.
	gerunds = wordSet("paying sending moving transferring making wiring transfering")
	helping = wordSet("help assist helping mind")
	// heads are words that an order may follow in the middle of a message.
	heads = wordSet("please so then kindly pls plz")
	// wanted and participles are those of what is wanted to be done.
	wanted      = wordSet("get need want")
	participles = wordSet("paid transferred moved sent wired settled cleared put deposited")
	// sources are words of an order that begins with where the money is.
	sources     = wordSet("from using")
	amountWords = wordSet(`$0 0 0$ $ 0k $0k a an hundred thousand grand fifty twenty thirty forty sixty seventy eighty ninety ten five two three four six seven eight nine one
dollars dollar bucks euros pounds quid tenner fiver couple of and another`)
	moves = wordSet(`transfer transfers transferring transferred send sending sent move moving moved pay paying paid wire payment payments put give take deposit
make submit schedule settle shoot switch use shift throw top bill bills do set complete clear transfering transfered eft`)
	moneyWords = wordSet(`transfer transfers transferring transferred transfering transfered money funds fund cash dollars dollar bucks $ 0 $0 0$ 0k $0k account accounts bill bills
pay paying payment payments savings saving checking rent loan mortgage card wallet it that amount euros pounds hundred thousand fifty twenty premium subscription balance tax
insurance tuition utilities electric savings them him her eft grand tenner fiver quid wallet pot`)
)

// MayOrder says whether a message may be an order to move money, whatever a
// classifier thinks.
func MayOrder(text string) bool {
	folded := normalise(text)
	list := words(folded, nil)
	return ordered(list, strings.Contains(folded, "?")) && aboutMoney(list)
}

// ordered says whether a message may be an order: somewhere it begins as one, and
// it neither asks nor tells of what was, went wrong, or is somebody else's wish. A
// message that is neither an order nor a question counts as none; it does no harm to
// explain a transfer, but to begin one does.
func ordered(list []string, question bool) bool {
	if asks(list) || tells(list) || !contains(list, moves) && !contains(list, verbs) || pairIn(list, "tell", "about") {
		return false
	}
	return begins(list) && (!question || polite(list)) && !ability(list)
}

// ability says whether a message asks what can be done at all: can you pay bills.
func ability(list []string) bool {
	for len(list) > 0 && openers[list[0]] {
		list = list[1:]
	}
	n := len(list)
	return n == 4 && modals[list[0]] && addressed[list[1]] && verbs[list[2]] && general[list[3]] || n == 6 && list[2] == "able" && verbs[list[4]] && general[list[5]]
}

// tells says whether a message has a word of those that order nothing. What is due
// may be paid: pay what I owe.
func tells(list []string) bool {
	for i, w := range list {
		if i+1 < len(list) && verbs[w] && (list[i+1] == "me" || list[i+1] == "us") { // pay me back
			return true
		}
		if troubled[w] && (i == 0 || list[i-1] != "pay" || w != "what" && w != "whats") {
			return true
		}
	}
	return false
}

// begins says whether a message begins as an order does, at its front or behind
// words that an order follows.
func begins(list []string) bool {
	for len(list) > 0 && openers[list[0]] {
		list = list[1:]
	}
	if len(list) == 0 {
		return false
	}
	if sources[list[0]] || amountFirst(list) || done(list) {
		return true
	}
	for i := range list {
		if (i == 0 || heads[list[i-1]] || asksOf(list[i:])) && orders(list[i:]) {
			return true
		}
	}
	return false
}

// asksOf says whether somebody is asked to do something, or a wish begins.
func asksOf(list []string) bool {
	if len(list) > 1 && list[0] == "pay" && (list[1] == "it" || list[1] == "now" || list[1] == "them") {
		return true
	}
	return len(list) > 2 && (modals[list[0]] && addressed[list[1]] || list[0] == "i" && wishing[list[1]] && !able[list[1]])
}

// orders says whether words are an order: a verb that moves something, after at
// most a wish or a request that has it.
func orders(list []string) bool {
	for n := range min(len(list), longestWish+1) {
		if verbs[list[n]] && (n == 0 || wished(list[:n])) || gerunds[list[n]] && contains(list[:n], helping) && wished(list[:n]) {
			return true
		}
	}
	return false
}

// longestWish is how many words stand before the verb at the most: i would like you
// to please.
const longestWish = 7

// wished says whether words are a wish: each is one that wishes are made of, and
// one of them wishes.
func wished(list []string) bool {
	return contains(list, wishing) && !slices.ContainsFunc(list, func(w string) bool { return !wishing[w] && !between[w] && !openers[w] })
}

// done says whether something is wanted to be done: get the bill paid, i need $20
// moved to savings.
func done(list []string) bool {
	if list[0] == "i" || list[0] == "id" {
		list = list[1:]
	}
	return len(list) > 1 && wanted[list[0]] && contains(list, participles)
}

// amountFirst says whether a message begins with an amount that goes to somebody.
func amountFirst(list []string) bool {
	for i, w := range list[:min(len(list), 5)] {
		if i > 0 && (w == "to" || w == "for" || w == "into") {
			return true
		}
		if !amountWords[w] {
			return false
		}
	}
	return false
}

// asks says whether a message opens as a question. "Can you" and the like open a
// request; "can I" asks whether one may.
func asks(list []string) bool {
	i := 0
	for i < len(list) && openers[list[i]] {
		i++
	}
	if i == len(list) {
		return false
	}
	if list[i] == "do" && i+1 < len(list) && (list[i+1] == "a" || list[i+1] == "another") {
		return false
	}
	if list[i] == "are" && i+2 < len(list) && list[i+1] == "you" && list[i+2] == "able" {
		return false
	}
	if modals[list[i]] {
		return i+1 == len(list) || !addressed[list[i+1]]
	}
	return questionWords[list[i]]
}

// polite says whether a message asks for something to be done.
func polite(list []string) bool {
	for _, first := range []string{"can", "could", "would", "will", "are"} {
		if pairIn(list, first, "you") {
			return true
		}
	}
	return slices.Contains(list, "please") || pairIn(list, "help", "me")
}

// aboutMoney refuses texts and volumes, which are sent and made, too.
func aboutMoney(list []string) bool {
	return contains(list, moneyWords) && !slices.Contains(list, "text") && !slices.Contains(list, "message")
}

func contains(list []string, set map[string]bool) bool {
	return slices.ContainsFunc(list, func(w string) bool { return set[w] })
}

// pairIn says whether two words stand in this order, at most one apart.
func pairIn(list []string, first, second string) bool {
	for i, w := range list {
		if w == first && slices.Contains(list[i+1:min(len(list), i+3)], second) {
			return true
		}
	}
	return false
}
