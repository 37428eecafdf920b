package localengine

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine/intent"
)

// maxRead bounds how much of a message is looked at; requests are short.
const maxRead = 1000

// normalise folds a message to lower case, plain spaces and plain apostrophes.
func normalise(text string) string {
	text = strings.ToLower(norm.NFKC.String(text))
	text = strings.NewReplacer("’", "'", "what's", "what is", "how's", "how is", "i'm", "i am", "i've", "i have").Replace(text)
	text = strings.Join(strings.FieldsFunc(text, unicode.IsSpace), " ")
	if len(text) > maxRead {
		text = strings.ToValidUTF8(text[:maxRead], "")
	}
	return text
}

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

// classify says what a normalised message asks for.
func classify(text string) Intent {
	if !meaningful(text) {
		return Unclear
	}
	found := names[intent.Classify(asWord.ReplaceAllStringFunc(text, ordinary))[0].Intent]
	switch {
	case (found == OutOfScope || found == Smalltalk) && plainOrder.MatchString(text):
		return Transfer
	case moving(found) && howToMove.MatchString(text) && !politely.MatchString(text):
		return Knowledge
	case found == Balance && required.MatchString(text):
		return Knowledge
	case found == Fraud && filtered.MatchString(text), found == Balance && listed.MatchString(text):
		return Transactions
	case found == Knowledge && whereItGoes.MatchString(text):
		return Spending
	}
	return found
}

// ordinary is a word such as the classifier knows in the place of a placeholder's.
func ordinary(word string) string {
	kind := asWord.FindStringSubmatch(word)[1]
	if kind == "person" {
		return "maria"
	}
	return strings.ReplaceAll(kind, "qy", " ")
}

// introduction is how people begin before they come to the point.
var introduction = regexp.MustCompile(`^(?:(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening))(?: there| again| everyone| team)?[,.!;: ]+)?` +
	`(?:(?:my name is|this is|i am) [\pL' ]{1,40}[,.;:!] *(?:and )?)?`)

// toThePoint drops an introduction that something follows.
func toThePoint(text string) string {
	if rest := text[len(introduction.FindString(text)):]; len(strings.Fields(rest)) > 1 {
		return rest
	}
	return text
}

// What the classifier's data has no or few examples of.
var (
	// plainOrder names an amount and nothing that says money.
	plainOrder = regexp.MustCompile(`^(please |can you |could you |i (want|need|would like|'d like) to |now )*(transfer|send|move|wire) (.+ )?\$?\d[\d,.]*( bucks)?( (to|from) .+)?[.!?]*$`)
	// politely are openings of an order that look like those of a question.
	politely = regexp.MustCompile(`^(can|could|would|will) you\b|^i (lost|can't find)|\b(was|is|got|been) (stolen|lost|missing)\b|\bplease\b`)
	// required is a balance that the company asks for, not the customer's.
	required    = regexp.MustCompile(`\b(minimum|required|least)\b.*\bbalance\b`)
	filtered    = regexp.MustCompile(`^(any|all|show|list|which|what)\b.*\b(over|above|under|below|more than|less than|between)\b.*\d`)
	listed      = regexp.MustCompile(`^(show |list )?(me )?(all )?(my |the )?(transactions|purchases|payments)\b`)
	whereItGoes = regexp.MustCompile(`\bwhere (does|did|is|has)\b.*\bmoney (go|going|gone)\b`)
)

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

// shortest is the least number of words of a request that is complete in itself:
// fewer answer a question or go on with the last request.
const shortest = 4

// complete says whether a message is a request by itself, whatever was said before.
func complete(text string, intent Intent) bool {
	switch intent {
	case Knowledge, Unclear, OutOfScope:
		return false
	case Human, Fraud:
		return true
	case Yes, No:
		return !following.MatchString(text)
	case Smalltalk, Unsure: // or a name of two words
		return len(strings.Fields(text)) > 2
	}
	return len(strings.Fields(text)) >= shortest && !following.MatchString(text)
}

// following are openings of a message that goes on where the last one ended.
var following = regexp.MustCompile(`^(and|what about|how about|also|only|just|same (for|with)|now|or|but|show( me)?|in|on|at|for|from|last|this|yesterday|today|over|under)\b`)

// followUp says whether a message continues the last request, and with which
// details: those it names, and the old ones where it is silent.
func followUp(text string, intent Intent, now Slots, m Memory) (Slots, bool) {
	if m.Intent == "" || now == (Slots{}) || complete(text, intent) {
		return now, false
	}
	if !following.MatchString(text) && len(strings.Fields(text)) > 4 {
		return now, false
	}
	s := m.Slots
	if m.Intent == Balance && now.Account == "" {
		return now, false
	}
	for _, f := range []struct{ old, new *string }{
		{&s.Account, &now.Account}, {&s.Merchant, &now.Merchant}, {&s.Category, &now.Category}, {&s.Min, &now.Min}, {&s.Max, &now.Max},
	} {
		if *f.new != "" {
			*f.old = *f.new
		}
	}
	if !now.Period.IsZero() {
		s.Period = now.Period
	}
	if now.Merchant != "" { // another merchant is another question than the old category
		s.Category = now.Category
	} else if now.Category != "" {
		s.Merchant = ""
	}
	return s, true
}
