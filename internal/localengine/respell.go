package localengine

import (
	"regexp"
	"strings"
)

// Words that decide what a message means, and one that mustn't be taken for one.
// A slip behind the first letter of a long one is repaired; of the short ones only two letters in the wrong order, as another
// letter makes another word of them.
var (
	longWords = wordList(`transfer transfers mortgage internet electric subscription subscriptions recurring refund transaction transactions balance balances savings saving checking account accounts payment
payments purchase purchases yesterday spending sending groceries grocery restaurant restaurants electricity freeze unfreeze statement
deposit dollars freezer amount payees`)
	shortWords = wordList(`send move show much what card cards bill bills last week month spent spend money cancel how pay why`)
	letters    = regexp.MustCompile(`[A-Za-z]{3,}`)
)

func wordList(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// shorthand are ways of writing words in a hurry.
var shorthand = map[string]string{
	"pls": "please", "plz": "please", "plss": "please", "snd": "send", "bal": "balance", "acct": "account", "accts": "accounts", "acc": "account",
	"bux": "bucks", "u": "you", "ur": "your", "r": "are", "wat": "what", "wut": "what", "wats": "what's", "hw": "how", "mch": "much", "txn": "transaction",
	"txns": "transactions", "trx": "transactions", "tmrw": "tomorrow", "tmr": "tomorrow", "yday": "yesterday", "mnth": "month", "mnths": "months", "lst": "last", "wk": "week",
	"wks": "weeks", "yr": "year", "yrs": "years", "rn": "right now", "rpt": "repeat", "gimme": "give me", "lemme": "let me", "wanna": "want to",
	"gonna": "going to", "gotta": "have to", "nvm": "never mind", "nvmd": "never mind", "idk": "i don't know", "dunno": "i don't know", "thx": "thanks",
	"tks": "thanks", "tnx": "thanks", "thnx": "thanks", "ty": "thank you", "tysm": "thank you so much", "ttyl": "talk to you later", "bc": "because", "b4": "before",
	"dont": "don't", "cant": "can't", "whos": "who's", "info": "information", "helo": "hello", "hru": "how are you", "msg": "message", "sched": "schedule",
	"xfer": "transfer", "sav": "savings", "savs": "savings", "chk": "checking", "chkg": "checking", "spnt": "spent", "dis": "this", "didnt": "didn't", "doesnt": "doesn't", "wasnt": "wasn't", "isnt": "isn't", "havent": "haven't", "wont": "won't", "couldnt": "couldn't", "whats": "what's", "hows": "how's", "wheres": "where's", "thats": "that's", "im": "i'm", "ive": "i've", "n": "and", "trf": "transfer", "paymnt": "payment", "pymt": "payment", "amt": "amount", "min": "minimum", "tho": "though", "abt": "about", "wo": "without",
}

// forTo is a 2 that means to, behind an amount and before a name: send 20 2 sam.
var forTo = regexp.MustCompile(`(?i)(\d(?: ?(?:dollars|bucks|\$))?) 2 ([\p{L}]+)`)

// spellOut writes shorthand out.
func spellOut(text string) string {
	text = tokens.ReplaceAllStringFunc(text, func(w string) string {
		if long, ok := shorthand[strings.ToLower(w)]; ok {
			return long
		}
		return w
	})
	return forTo.ReplaceAllStringFunc(text, func(found string) string {
		parts := forTo.FindStringSubmatch(found)
		if unitWords[strings.ToLower(parts[2])] {
			return found
		}
		return parts[1] + " to " + parts[2]
	})
}

var (
	tokens    = regexp.MustCompile(`[\p{L}\d']+`)
	unitWords = wordList("dollars dollar bucks days day weeks week months month years times time transactions payments purchases hours am pm times more of")
)

// respell repairs slips of the keyboard in the words that matter. Words that
// begin with a capital may be names and stay, unless the whole message shouts.
func respell(text string) string {
	text = spellOut(text)
	return letters.ReplaceAllStringFunc(text, func(w string) string {
		lower := strings.ToLower(w)
		if w != lower && w != strings.ToUpper(w) && !strings.HasPrefix(text, w) || longWords[lower] || shortWords[lower] {
			return w
		}
		if right := meant(lower); right != "" {
			return right
		}
		return w
	})
}

// meant is the only word that a misspelt one can be.
func meant(w string) (found string) {
	for right := range longWords {
		if len(w) >= 5 && len(right) >= 6 && w[0] == right[0] && oneSlip(w, right) {
			if found != "" {
				return ""
			}
			found = right
		}
	}
	for right := range shortWords {
		if swapped(w, right) || doubled(w, right) {
			return right
		}
	}
	return found
}

// oneSlip says whether one letter too many, too few or wrong, or two in the wrong
// order, make the one word of the other.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i < len(a) && (a[i+1:] == b[i+1:] || swapped(a, b))
	}
	return len(a)+1 == len(b) && a[i:] == b[i+1:]
}

// doubled says whether a is b with one of its letters twice: payy.
func doubled(a, b string) bool {
	if len(a) != len(b)+1 {
		return false
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	return i > 0 && a[i] == a[i-1] && a[i+1:] == b[i:]
}

func swapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) - 1 {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
}
