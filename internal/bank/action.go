package bank

import (
	"context"
	"strings"
	"time"
	"unicode"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// ActionStatus is how far a pending action has got.
type ActionStatus string

// The life of an action: pending, then one of the others. Only executing goes
// on, to executed or refused. Expired is never stored: a pending action past
// its time is expired.
const (
	ActionPending   ActionStatus = "pending"
	ActionExecuting ActionStatus = "executing" // confirmed; the core's answer isn't known yet
	ActionExecuted  ActionStatus = "executed"
	ActionRefused   ActionStatus = "refused"
	ActionCanceled  ActionStatus = "canceled"
	ActionReplaced  ActionStatus = "replaced"
	ActionExpired   ActionStatus = "expired"
)

// Action is an order that waits for its customer's yes, and what became of it.
type Action struct {
	ID         string
	CustomerID string
	SessionID  string
	Order      Order
	// Digest is the Order's when the summary was shown. Nothing else is executed.
	Digest string
	// Summary says in plain words what a yes will do. The server wrote it.
	Summary   string
	Status    ActionStatus
	CreatedAt time.Time
	ExpiresAt time.Time

	// ConfirmedAt and ConfirmKey say when and with which request the yes came.
	ConfirmedAt time.Time
	ConfirmKey  string
	// TriedAt is when a worker last began to execute it.
	TriedAt time.Time
	// Receipt is set once the action is executed.
	Receipt *Receipt
	// RefusalReason and RefusalDetail are set once it is refused.
	RefusalReason string
	RefusalDetail string
}

// At returns the action as it is at a moment: pending ones expire.
func (a Action) At(now time.Time) Action {
	if a.Status == ActionPending && !now.Before(a.ExpiresAt) {
		a.Status = ActionExpired
	}
	return a
}

// ActionStore keeps actions. They live outside conversations, so that neither a
// stale conversation nor another replica can confuse them.
type ActionStore interface {
	// Propose stores a new action and marks every other pending action of its
	// session as replaced, in one transaction.
	Propose(ctx context.Context, a Action) error
	// UpdateAction lets fn change a customer's action, alone: two updates of one
	// action never overlap. Nothing is stored when fn fails. An action that
	// doesn't exist, or is another customer's, is a fault.NotFound.
	UpdateAction(ctx context.Context, customerID, id string, fn func(*Action) error) (Action, error)
	// ClaimAction is UpdateAction for the customer's yes: fn also gets the
	// operators' switches, and nobody can change one until what it did is stored.
	ClaimAction(ctx context.Context, customerID, id string, fn func(*Action, Switches) error) (Action, error)
	// Switches returns the operators' switches as they are now.
	Switches(ctx context.Context) (Switches, error)
	// Action returns a customer's action, or a fault.NotFound.
	Action(ctx context.Context, customerID, id string) (Action, error)
	// PendingAction returns the pending action of a customer's session, expired
	// or not, or nil.
	PendingAction(ctx context.Context, customerID, sessionID string) (*Action, error)
	// UnsettledActions returns actions of all customers that are executing and
	// were last tried before a moment, oldest first.
	UnsettledActions(ctx context.Context, before time.Time, limit int) ([]Action, error)
}

// ErrNoAction is what a customer hears who has no such action.
var ErrNoAction = fault.New(fault.NotFound, "there is no such action").WithReason(ReasonNoAction)

// Confirmation is a customer's yes to one action. Only the two functions below
// make one: from the customer's own words, or from a press of their button. No
// tool and no model can.
type Confirmation struct {
	actionID string
	digest   string
	key      string
}

// ConfirmedByButton is the yes of a customer who pressed the button of an
// action. The key names the request, so that a retry of it isn't taken for a
// second yes. The digest is what the button's summary stood for; empty where
// the client doesn't send it.
func ConfirmedByButton(actionID, digest, key string) Confirmation {
	return Confirmation{actionID: actionID, digest: digest, key: key}
}

// ConfirmedByWords is the yes of a customer who answered the summary of an
// action. It is none, and false, unless the words are a plain yes.
func ConfirmedByWords(words string, shown Action, key string) (Confirmation, bool) {
	if ReadAnswer(words) != AnswerYes {
		return Confirmation{}, false
	}
	return Confirmation{actionID: shown.ID, digest: shown.Digest, key: key}, true
}

// Answer is what a message says to a summary.
type Answer int

// Answers to a summary. Other is everything that is neither a plain yes nor a
// plain no, such as "yes, but make it 60".
const (
	AnswerOther Answer = iota
	AnswerYes
	AnswerNo
)

// plainAnswers are the phrases of which plain answers are made. Courtesies add
// nothing, and alone they are no answer.
var (
	plainAnswers = map[string]Answer{}
	courtesies   = map[string]bool{"please": true, "thanks": true, "thank you": true, "ok": true, "okay": true, "alright": true, "all right": true, "then": true, "now": true}
)

// longestPhrase is how many words such a phrase has at most.
const longestPhrase = 5

func init() {
	for _, s := range []string{
		"yes", "y", "yes please", "yes confirm", "yes do it", "yes go ahead", "yes send it", "yes pay it", "yes that is right",
		"yes thats right", "yes correct", "yep", "yeah", "yup", "confirm", "confirmed", "i confirm", "confirm it", "go ahead", "do it",
		"please do", "please do it", "yes please do", "yes please go ahead", "ok do it", "ok go ahead", "ok yes", "okay yes", "sure",
		"yes sure", "sure do it", "sure go ahead", "approve", "approved", "absolutely", "yes absolutely", "that is correct",
		"thats correct", "yes i confirm", "send it", "pay it", "go for it", "affirmative", "yes i do", "yes i am sure", "im sure", "yes im sure",
		"please confirm", "please go ahead", "of course", "yes of course", "definitely", "yes thanks", "yes thank you", "sounds good", "looks good",
		"yes it is", "yes looks good", "yes sounds good", "correct", "yess", "yesss", "yea", "ya", "yup", "aye", "agreed", "i agree", "lets do it",
		"do that", "proceed", "please proceed", "certainly", "sure thing", "by all means", "make it so", "lets go", "i approve",
	} {
		plainAnswers[s] = AnswerYes
	}
	for _, s := range []string{
		"no", "n", "nope", "nah", "no thanks", "no thank you", "cancel", "cancel it", "cancel that", "please cancel", "no cancel",
		"no cancel it", "no cancel that", "stop", "dont", "do not", "dont do it", "do not do it", "no dont", "no dont do it", "never mind",
		"nevermind", "forget it", "abort", "not now", "no stop", "no wait", "wait", "wait no", "hold on", "reject", "decline", "no do not",
		"no never mind", "no forget it", "no not now", "please dont", "changed my mind", "i changed my mind", "no i changed my mind",
		"dont send it", "do not send it", "dont pay it", "do not pay it", "scrap that", "cancel the transfer", "cancel the payment",
		"cancel this", "cancel transfer", "cancel payment", "discard", "discard it", "drop it", "no dont send it", "not yet",
		"noo", "nooo", "no way", "absolutely not", "no way jose", "rather not", "id rather not", "better not", "leave it", "forget about it",
		"dont bother", "no need", "i dont want that", "not anymore", "nevermind that", "scratch that", "please stop", "call it off",
	} {
		plainAnswers[s] = AnswerNo
	}
}

// doubts are signs that take a yes back, or ask.
const doubts = "?？👎❌🚫🛑⛔✋🤔😕"

// ReadAnswer reads a message as an answer to a summary. Case, punctuation and
// apostrophes don't count; a single word more, or a doubt, and it isn't plain.
// Several phrases are one answer if they all say the same.
func ReadAnswer(message string) Answer {
	if len(message) > 60 || strings.ContainsAny(message, doubts) {
		return AnswerOther
	}
	message = strings.NewReplacer("'", "", "’", "").Replace(strings.ToLower(message))
	words := strings.FieldsFunc(message, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) })
	answer := AnswerOther
	for len(words) > 0 {
		n, says := firstPhrase(words)
		if n == 0 || says != AnswerOther && answer != AnswerOther && says != answer {
			return AnswerOther
		}
		if says != AnswerOther {
			answer = says
		}
		words = words[n:]
	}
	return answer
}

// firstPhrase is how many words the longest known phrase at the front has, and
// what it says.
func firstPhrase(words []string) (n int, says Answer) {
	for n = min(longestPhrase, len(words)); n > 0; n-- {
		phrase := strings.Join(words[:n], " ")
		if says = plainAnswers[phrase]; says != AnswerOther || courtesies[phrase] {
			return n, says
		}
	}
	return 0, AnswerOther
}

// actionLease is how long a worker may be busy with the core before another one
// takes over its action. It is longer than any call to a core may take.
const actionLease = 30 * time.Second

// giveUpAfter is how long after the customer's yes an action that nobody
// executed may still be executed. Later it would surprise them.
const giveUpAfter = time.Hour

// claim marks an action as being executed, unless something speaks against it.
// One that operators have stopped stays pending.
func claim(a *Action, c Confirmation, s Switches, now time.Time) error {
	if c.digest != "" && c.digest != a.Digest || a.Order.Digest() != a.Digest {
		return fault.New(fault.Conflict, "this is not what was summarized; nothing was done").WithReason(ReasonOtherContent)
	}
	switch a.At(now).Status {
	case ActionPending:
		if err := s.Allow(a.Order.Kind); err != nil {
			return err
		}
		a.Status, a.ConfirmedAt, a.ConfirmKey, a.TriedAt = ActionExecuting, now, c.key, now
		return nil
	case ActionExecuting:
		if now.Sub(a.ConfirmedAt) >= giveUpAfter-actionLease { // Resume decides what becomes of it
			return fault.New(fault.Conflict, "this was confirmed too long ago; its outcome is being found out").WithReason(ReasonInProgress)
		}
		if a.ConfirmKey == c.key || now.Sub(a.TriedAt) >= actionLease {
			if err := s.Hold(a.Order.Kind); err != nil {
				return err
			}
			a.TriedAt = now
			return nil
		}
		return fault.New(fault.Conflict, "this is being carried out right now").WithReason(ReasonInProgress).WithRetryAfter(time.Second)
	case ActionExecuted:
		if a.ConfirmKey == c.key {
			return nil
		}
		return fault.New(fault.Conflict, "this was already carried out (reference %s); it was not done again", a.Receipt.Reference).WithReason(ReasonUsed)
	case ActionRefused:
		if a.ConfirmKey == c.key {
			return nil
		}
		return fault.New(fault.Conflict, "this was refused: %s", a.RefusalDetail).WithReason(ReasonRefusedBefore)
	}
	return overErr(a.At(now).Status)
}

// overErr is the error for an action that nothing can be done with any more.
func overErr(s ActionStatus) error {
	switch s {
	case ActionCanceled:
		return fault.New(fault.Conflict, "this was canceled; nothing was done").WithReason(ReasonCanceled)
	case ActionReplaced:
		return fault.New(fault.Conflict, "this was replaced by a newer request; nothing was done").WithReason(ReasonReplaced)
	}
	return fault.New(fault.Conflict, "this has expired; nothing was done").WithReason(ReasonExpired)
}

// cancel drops an action that isn't confirmed yet. Canceling twice is fine.
func cancel(a *Action, now time.Time) error {
	switch s := a.At(now).Status; s {
	case ActionPending:
		a.Status = ActionCanceled
		return nil
	case ActionCanceled:
		return nil
	case ActionExecuting:
		return fault.New(fault.Conflict, "this was confirmed and is being carried out").WithReason(ReasonInProgress)
	case ActionExecuted:
		return fault.New(fault.Conflict, "this was already carried out (reference %s)", a.Receipt.Reference).WithReason(ReasonUsed)
	case ActionRefused:
		return fault.New(fault.Conflict, "this was refused: %s", a.RefusalDetail).WithReason(ReasonRefusedBefore)
	default:
		return overErr(s)
	}
}
