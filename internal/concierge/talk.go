package concierge

import (
	"context"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
)

// judged is an answer with what is known to be personal hidden, and its verdict.
func (s *Service) judged(ctx context.Context, st *state, userID, answer string) (string, guardrails.Verdict, error) {
	answer = st.Vault.HideKnown(answer)
	v, err := s.guard.Check(ctx, guardrails.Request{
		Text: answer, Direction: guardrails.Output, UserID: userID, CheckSafety: true, CheckPII: s.model != nil, CheckInjection: s.model != nil,
	})
	return answer, v, err
}

// remember adds an exchange to what the model sees of the conversation. The answer
// was judged: it has the customer's data in it, and may have what others wrote.
func (s *Service) remember(ctx context.Context, st *state, userID string, message guardrails.Masked, answer string, v guardrails.Verdict) (err error) {
	if s.model == nil {
		return nil
	}
	if v.IsInjection {
		if answer, err = s.withoutOrders(ctx, userID, answer); err != nil {
			return err
		}
		if answer, v, err = s.judged(ctx, st, userID, answer); err != nil {
			return err
		}
	}
	st.Talk.Add(message, st.Vault.Mask(answer, v))
	return nil
}

// addToTalk judges an answer and adds it.
func (s *Service) addToTalk(ctx context.Context, st *state, message guardrails.Masked, userID, answer string) error {
	answer, v, err := s.judged(ctx, st, userID, answer)
	if err != nil {
		return err
	}
	return s.remember(ctx, st, userID, message, answer, v)
}

// leftOut stands where an answer quoted somebody's orders.
const leftOut = "(left out: it contained instructions)"

// withoutOrders is an answer without the lines that try to give orders. The
// customer may read what somebody wrote into the memo of a payment, a model may not.
func (s *Service) withoutOrders(ctx context.Context, userID, answer string) (string, error) {
	lines := strings.Split(answer, "\n")
	for i, line := range lines {
		instructs, err := s.instructs(ctx, userID, line)
		if err != nil {
			return "", err
		}
		if instructs {
			lines[i] = leftOut
		}
	}
	rest := strings.Join(lines, "\n")
	if instructs, err := s.instructs(ctx, userID, rest); err != nil || instructs { // spread over lines
		return leftOut, err
	}
	return rest, nil
}
