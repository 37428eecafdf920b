package concierge

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/handoff"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/localengine"
)

// withPerson takes care of a message in a conversation that a person has, or that
// waits for one, and says whether it is in one. The message is stored for them and
// no engine answers.
func (s *Service) withPerson(t *turn) bool {
	h := t.conversation.Handoff
	if h == nil {
		return false
	}
	t.feature = "handoff"
	if handoff.BackToAssistant(t.req.Message) {
		if left, err := h.Close(customerName(t.req.UserID), s.now()); err == nil {
			t.handoff, t.text = &left, backAgain
			t.state.forget()
			return true
		}
	}
	t.reply.Handoff = HandoffOf(h)
	if h.State == handoff.Waiting && wantedBy(t.verdict) == handoff.SelfHarm { // nobody is there yet who could say it
		t.text, t.reply.GuardrailsPassed = selfHarmSupport, false
	}
	return true
}

// needsPerson says whether a message asks for a person by itself, and with what
// the assistant leaves. It is decided here, by rules, before any engine is asked:
// it must work when none can be.
func (s *Service) needsPerson(t *turn) bool {
	text, d := t.masked.String(), s.understood(t)
	switch {
	case d.Intent == localengine.Human || handoff.AsksForPerson(text):
		t.needs = handoff.HumanRequest
	case d.Intent == localengine.Fraud:
		t.needs, t.text = handoff.FraudOrDispute(text), secureFirst
	case d.Tool == "":
		t.needs = handoff.WordsOf(text)
	}
	if t.needs == "" {
		return false
	}
	t.feature = "handoff"
	return true
}

// refusedForPerson notes that the bank leaves an order to people.
func (t *turn) refusedForPerson(reason string) {
	if reason == bank.ReasonNeedsHuman {
		t.needs = handoff.HighValue
	}
}

// countFailure notes whether this turn had an answer. After a few without one in a
// row a person is needed.
func (t *turn) countFailure() {
	unanswered := strings.HasSuffix(t.text, dontKnow) || t.feature == string(localengine.Unclear) ||
		t.feature == string(localengine.OutOfScope) && len(t.reply.Citations) == 0
	if t.needs != "" || !unanswered {
		t.state.Failures = 0
		return
	}
	if t.state.Failures++; t.state.Failures >= handoff.MaxFailures {
		t.needs, t.text = handoff.RepeatedFailure, ""
	}
}

// handOver asks for a person where the turn showed that one is needed, and tells
// the customer what happens next.
func (s *Service) handOver(t *turn) {
	needs := cmp.Or(t.needs, t.carried.needs)
	if wanted := wantedBy(t.verdict); wanted != "" {
		needs = wanted
	}
	if needs == "" {
		return
	}
	h := handoff.Request(rand.Text(), t.req.SessionID, t.req.UserID, needs, summary(t, needs), s.now())
	t.handoff, t.reply.Handoff = &h, HandoffOf(&h)
	t.state.forget()
	t.text = strings.TrimSpace(t.text + "\n\n" + handoffNotice)
}

// wantedBy is why the guardrails want a person, if they do.
func wantedBy(v guardrails.Verdict) (needs handoff.Reason) {
	for _, violation := range v.SafetyViolations {
		switch {
		case violation.Action != "handoff":
		case violation.Category == "self_harm":
			return handoff.SelfHarm
		default:
			needs = handoff.Policy
		}
	}
	return needs
}

// forget drops what the assistant remembers of the talk before a person had it:
// afterwards a plain yes or "and my savings?" would mean something else.
func (s *state) forget() { s.Shown, s.Memory, s.Failures = "", localengine.Memory{}, 0 }

// maxSummary bounds the customer's words in a summary, in code points.
const maxSummary = 300

// summary tells the agent at a glance what it is about, personal data masked.
func summary(t *turn, needs handoff.Reason) string {
	var b strings.Builder
	b.WriteString(reasonTexts[needs])
	words := []rune(strings.Join(strings.Fields(t.masked.String()), " "))
	if len(words) > maxSummary {
		words = append(words[:maxSummary-1], '…')
	}
	fmt.Fprintf(&b, " Last message: %q.", string(words))
	if topic := t.state.Memory.Intent; topic != "" {
		fmt.Fprintf(&b, " Topic before: %s.", strings.ReplaceAll(string(topic), "_", " "))
	}
	if len(t.reply.ToolsCalled) > 0 {
		fmt.Fprintf(&b, " Tried: %s.", strings.ReplaceAll(strings.Join(t.reply.ToolsCalled, ", "), "_", " "))
	}
	fmt.Fprintf(&b, " Messages before: %d.", t.conversation.MessageCount)
	return b.String()
}

// messages are what a turn adds to its conversation: the customer's message and,
// unless it only was passed on, the answer.
func (t *turn) messages(question string, now time.Time) []Message {
	q := Message{ID: rand.Text(), Role: User, Content: question, CreatedAt: t.started}
	if t.reply.Message == "" {
		q.ID = t.reply.MessageID
		return []Message{q}
	}
	return []Message{q, {ID: t.reply.MessageID, Role: Assistant, Content: t.reply.Message, CreatedAt: now}}
}

// customerName is how a customer is called in the record of a hand-off.
func customerName(userID string) string { return cmp.Or(userID, "visitor") }

// HandoffOf is a hand-off in the contract's form; nil for none.
func HandoffOf(h *handoff.Handoff) *Handoff {
	if h == nil {
		return nil
	}
	return &Handoff{ID: h.ID, Reason: string(h.Reason), State: string(h.State), Agent: h.Agent}
}

// What the customer is told about hand-offs.
const (
	handoffNotice = "I've asked a person from our team to join this conversation. They see what we talked about, so you needn't repeat it, " +
		"and their answer appears right here. Until then I only pass your messages on. " +
		"To go on with me instead, say \"back to the assistant\"."
	nobodyElse  = "I'm the assistant, and nobody else answers here at the moment. What can I do for you?"
	backAgain   = "All right, I'm back. Nobody else will answer here for now. What can I do for you?"
	secureFirst = "I'm sorry, that sounds worrying. Please don't share passwords or codes with anybody. " +
		"If a card may be in the wrong hands, freeze it right away: on the Cards page, or by saying \"back to the assistant\" and then \"freeze my card\"."
	agentJoined = "%s from our team has joined the conversation."
	agentClosed = "Our team has closed this conversation. The assistant answers again."
)

// reasonTexts begin summaries.
var reasonTexts = map[handoff.Reason]string{
	handoff.HumanRequest:    "The customer asked for a person.",
	handoff.Fraud:           "Possible fraud.",
	handoff.Dispute:         "A disputed payment.",
	handoff.Legal:           "A legal matter.",
	handoff.HighValue:       "An order that people must check.",
	handoff.LowConfidence:   "The assistant wasn't sure.",
	handoff.RepeatedFailure: "The assistant had no answer several times in a row.",
	handoff.Frustration:     "The customer is frustrated.",
	handoff.SelfHarm:        "The customer may be in danger of harming themselves.",
	handoff.Policy:          "The guardrails' policy wants a person to see this.",
}
