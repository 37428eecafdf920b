package concierge

import (
	"context"
	"errors"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine"
)

// answerPending takes a plain yes or no for what it is: the customer's answer to
// the summary that they have just been shown. It says whether the message was
// one. No engine has a part in it.
func (s *Service) answerPending(ctx context.Context, t *turn) (answered bool, err error) {
	shown := t.state.Shown
	t.state.Shown = ""
	if t.carried.outcome != "" { // an earlier attempt at this turn got this far
		t.feature, t.text, t.state.Memory = t.carried.feature, t.carried.outcome, localengine.Memory{}
		return true, nil
	}
	answer := bank.ReadAnswer(t.req.Message)
	if answer == bank.AnswerOther || t.req.UserID == "" {
		t.unanswered = shown
		return false, nil
	}
	switch {
	case shown == "" && answer == bank.AnswerNo:
		return s.drop(ctx, t)
	case shown == "":
		return s.remind(ctx, t, toBeSure)
	}
	action, err := s.bank.Action(ctx, t.req.UserID, shown)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	t.state.Memory = localengine.Memory{}
	if answer == bank.AnswerNo {
		t.feature = "cancel"
		_, err := s.bank.Cancel(ctx, t.req.UserID, action.ID)
		return true, t.conclude(action, canceled, err)
	}
	t.feature = "confirm"
	yes, _ := bank.ConfirmedByWords(t.req.Message, action, t.carried.confirmKey)
	action, err = s.bank.Confirm(ctx, t.req.UserID, yes)
	if err != nil && action.Status == bank.ActionExecuting && !refused(err) {
		s.log.WarnContext(ctx, "customer was told that the outcome is not known yet", "action", action.ID, "error", err)
		err = nil
	}
	t.refusedForPerson(action.RefusalReason)
	return true, t.conclude(action, outcome(action), err)
}

// conclude makes what became of an action the answer, and remembers it for
// another attempt at the turn.
func (t *turn) conclude(a bank.Action, text string, err error) error {
	switch {
	case err == nil:
		t.text = text
	case refused(err):
		t.text = sentence(fault.As(err).Detail)
	default:
		return err
	}
	t.carried.feature, t.carried.outcome, t.carried.needs = t.feature, t.text, t.needs
	return nil
}

// answerLoosely takes words that agree, refuse or hesitate, but are no plain
// answer, for what they can safely be: a refusal cancels, and everything else is
// asked again. It says whether an action was waiting for them. A model has no part
// in this either: it might say that all is well.
func (s *Service) answerLoosely(ctx context.Context, t *turn) (answered bool, err error) {
	if t.req.UserID == "" {
		return false, nil
	}
	switch s.understood(t).Intent {
	case localengine.Yes:
		return s.remind(ctx, t, toBeSure)
	case localengine.Unsure:
		return s.remind(ctx, t, noHurry)
	case localengine.No:
		return s.drop(ctx, t)
	}
	return false, nil
}

// drop cancels what waits for the customer's yes, whatever was shown last: a no
// too many costs nothing. It says whether something was waiting.
func (s *Service) drop(ctx context.Context, t *turn) (answered bool, err error) {
	action, err := s.bank.PendingAction(ctx, t.req.UserID, t.req.SessionID)
	if err != nil || action == nil || action.Status != bank.ActionPending {
		return false, err
	}
	t.feature, t.state.Memory = "cancel", localengine.Memory{}
	_, err = s.bank.Cancel(ctx, t.req.UserID, action.ID)
	return true, t.conclude(*action, canceled, err)
}

// stillWaiting says that what was shown last isn't done, to a customer who went
// on to something else and might believe that it is.
func (s *Service) stillWaiting(ctx context.Context, t *turn) (text string, err error) {
	if t.unanswered == "" || s.understood(t).Amends {
		return "", nil
	}
	if t.state.Shown != "" {
		return takesPlace, nil
	}
	action, err := s.bank.Action(ctx, t.req.UserID, t.unanswered)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	if err != nil || action.Status != bank.ActionPending {
		return "", err
	}
	return notDoneYet, nil
}

// remind shows a waiting action once more to a customer whose yes or no doesn't
// follow its summary, or isn't plain: what they mean can't be known.
func (s *Service) remind(ctx context.Context, t *turn, opening string) (answered bool, err error) {
	action, err := s.bank.PendingAction(ctx, t.req.UserID, t.req.SessionID)
	if err != nil || action == nil {
		return false, err
	}
	if action.Status != bank.ActionPending {
		t.feature, t.text = "confirm", "That has expired, and nothing was done. Tell me again if you still want it."
		return true, nil
	}
	t.feature, t.text = "confirm", opening+"\n\n"+action.Summary+"\n\nReply yes to confirm or no to cancel."
	t.show(*action)
	return true, nil
}

// showProposal puts an action's summary, which the server wrote, in front of the
// customer.
func (s *Service) showProposal(ctx context.Context, t *turn, actionID string) error {
	action, err := s.bank.Action(ctx, t.req.UserID, actionID)
	if err != nil {
		return err
	}
	t.show(action)
	return nil
}

func (t *turn) show(a bank.Action) {
	t.state.Shown, t.reply.PendingAction = a.ID, pendingAction(a)
}

// hideProposal takes back what show did, for an answer that the customer doesn't
// get: a yes can only be about a summary that was read.
func (t *turn) hideProposal() { t.state.Shown, t.reply.PendingAction = "", nil }

// outcome says what became of a confirmed action.
func outcome(a bank.Action) string {
	switch a.Status {
	case bank.ActionExecuted:
		text := "Done. " + done(a.Summary)
		if a.Receipt.Available != nil {
			text += " " + a.Receipt.Available.String() + " is now available in the account that paid."
		}
		return text + " Your reference is " + a.Receipt.Reference + "."
	case bank.ActionRefused:
		return sentence(a.RefusalDetail) + " Nothing was done." + whereToTurn(a.RefusalReason)
	}
	return "I have your yes, but no answer from the bank's system yet. It will be carried out once or not at all; please don't order it again. Your transactions show it when it is done."
}

// done turns a summary of what will happen into one of what has.
func done(summary string) string {
	verb, rest, _ := strings.Cut(summary, " ")
	past := map[string]string{"Move": "Moved", "Send": "Sent", "Pay": "Paid", "Freeze": "Froze", "Unfreeze": "Unfroze", "Open": "Opened"}[verb]
	if past == "" {
		return summary
	}
	return past + " " + rest
}

// whereToTurn adds the way to a human to a refusal that one can lift.
func whereToTurn(reason string) string {
	switch reason {
	case bank.ReasonLimitEach, bank.ReasonLimitDaily, bank.ReasonTooOld:
		return " Say \"talk to a person\" and one joins right here."
	}
	return ""
}

// ConfirmAction is the customer's press of an action's button. The outcome is
// also noted in the conversation that the action belongs to. A refusal by the
// bank is a fault.Conflict. Key names the request, so that a retry of it gets
// the same answer; digest is what the button stood for, if the client says.
func (s *Service) ConfirmAction(ctx context.Context, userID, actionID, digest, key string) (bank.Action, error) {
	action, err := s.bank.Confirm(ctx, userID, bank.ConfirmedByButton(actionID, digest, key))
	if err != nil {
		return action, err
	}
	s.note(ctx, action, outcome(action))
	if action.Status == bank.ActionRefused {
		return action, fault.New(fault.Conflict, "%s", action.RefusalDetail).WithReason(action.RefusalReason)
	}
	return action, nil
}

// CancelAction is the customer's press of the other button.
func (s *Service) CancelAction(ctx context.Context, userID, actionID string) (bank.Action, error) {
	action, err := s.bank.Cancel(ctx, userID, actionID)
	if err == nil {
		s.note(ctx, action, "I canceled that. Nothing was done.")
	}
	return action, err
}

// note adds an answer to an action's conversation. It isn't worth failing for:
// the money has moved, and the action itself keeps what happened.
func (s *Service) note(ctx context.Context, a bank.Action, text string) {
	if err := s.tryNote(context.WithoutCancel(ctx), a, text); err != nil {
		s.log.WarnContext(ctx, "outcome of an action is missing in its conversation", "action", a.ID, "error", err)
	}
}

func (s *Service) tryNote(ctx context.Context, a bank.Action, text string) error {
	ctx, cancel := context.WithTimeout(ctx, s.turnTimeout)
	defer cancel()
	s.annotate(ctx, a.SessionID, a.CustomerID)
	unlock, err := s.sessions.lock(ctx, "session\x00"+a.SessionID)
	if err != nil {
		return err
	}
	defer unlock()
	for range saveAttempts {
		if err = s.saveNote(ctx, a, text); !errors.Is(err, ErrStale) {
			return err
		}
	}
	return err
}

func (s *Service) saveNote(ctx context.Context, a bank.Action, text string) error {
	c, err := s.store.Conversation(ctx, a.CustomerID, a.SessionID, 1)
	if err != nil || c.Version == 0 { // erased meanwhile
		return err
	}
	if len(c.Messages) == 1 && c.Messages[0].ID == a.ID { // a retry
		return nil
	}
	var st state
	if err := st.load(c.State); err != nil {
		return err
	}
	st.Shown, st.Memory = "", localengine.Memory{}
	if err := s.addToTalk(ctx, &st, guardrails.Masked{}, a.CustomerID, text); err != nil {
		return err
	}
	record := TurnRecord{
		SessionID: a.SessionID, UserID: a.CustomerID, BaseVersion: c.Version,
		Messages: []Message{{ID: a.ID, Role: Assistant, Content: text, CreatedAt: s.now()}},
	}
	if record.State, err = st.save(); err != nil {
		return err
	}
	return s.store.SaveTurn(ctx, record)
}
