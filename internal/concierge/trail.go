package concierge

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
)

// Kinds of the audit records that conversations leave. Those of money, flags and
// hand-offs are written where these are stored.
const (
	auditTurn    = "turn"
	auditVerdict = "verdict" // of a message or an answer in which something was found
	auditTool    = "tool."   // with the tool's name
	auditReply   = "agent.reply"
)

// note adds a record about the turn to those that are stored with it, so that the
// log has a turn exactly if the conversation has it. They are digests of what
// happened, never a word of it.
func (t *turn) note(kind string, fields ...string) {
	t.trail = append(t.trail, t.record(kind, fields...))
}

// record is a record about the turn. The session's id, which the log doesn't hold,
// keeps short texts from being guessed from their digests once the conversation is
// erased.
func (t *turn) record(kind string, fields ...string) audit.Record {
	return audit.Record{
		Kind: kind, Actor: customerName(t.req.UserID), Subject: t.reply.MessageID,
		Digest: digestOf(append([]string{t.req.SessionID}, fields...)...),
	}
}

// audited are the records of a turn that ends with these messages.
func (t *turn) audited(messages []Message) ([]audit.Record, error) {
	records := slices.Clone(t.trail)
	if v := t.verdict; len(v.SafetyViolations) > 0 || v.IsInjection || v.HasPII {
		v.MaskedText = "" // the message itself is in the turn's digest
		data, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("encode verdict: %w", err)
		}
		records = append(records, t.record(auditVerdict, "input", string(data)))
	}
	what := append(messageFields(messages), string(t.reply.Engine), strconv.FormatBool(t.reply.GuardrailsPassed), strings.Join(t.reply.ToolsCalled, ","))
	records = append(records, t.record(auditTurn, what...))
	for i := range records {
		records[i].At = messages[len(messages)-1].CreatedAt
	}
	return records, nil
}

// messageFields are what a digest says of messages.
func messageFields(messages []Message) []string {
	var fields []string
	for _, m := range messages {
		fields = append(fields, m.ID, string(m.Role), m.Author, m.Content)
	}
	return fields
}

// agentRecords are the records of messages that agents wrote.
func agentRecords(sessionID string, messages []Message) []audit.Record {
	var records []audit.Record
	for _, m := range messages {
		if m.Author != "" {
			records = append(records, audit.Record{
				At: m.CreatedAt, Kind: auditReply, Actor: m.Author, Subject: m.ID,
				Digest: digestOf(append([]string{sessionID}, messageFields([]Message{m})...)...),
			})
		}
	}
	return records
}

func digestOf(fields ...string) []byte {
	h := sha256.New()
	for _, field := range fields {
		fmt.Fprintf(h, "%d:%s", len(field), field)
	}
	return h.Sum(nil)
}
