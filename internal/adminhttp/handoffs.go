package adminhttp

import (
	"context"
	"crypto/sha256"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/concierge"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/handoff"
)

const handoffsPath = "/api/v1/admin/handoffs"

// Desk is what the operations on hand-offs need.
type Desk interface {
	Handoffs(ctx context.Context, f handoff.Filter) ([]handoff.Handoff, error)
	Handoff(ctx context.Context, id string) (handoff.Handoff, concierge.Conversation, error)
	HandoffNews(ctx context.Context, id string, after int, wait time.Duration) (handoff.Handoff, concierge.Conversation, error)
	ClaimHandoff(ctx context.Context, id, agent string, takeOver bool) (handoff.Handoff, error)
	ReplyHandoff(ctx context.Context, id, agent, text, key string) (handoff.Handoff, error)
	CloseHandoff(ctx context.Context, id, agent string) (handoff.Handoff, error)
}

// HandoffRecord is a hand-off on the wire. Times are Unix seconds.
type HandoffRecord struct {
	ID          string   `json:"id"`
	SessionID   string   `json:"session_id"`
	UserID      string   `json:"user_id" doc:"Empty for an anonymous visitor"`
	State       string   `json:"state" enum:"waiting,human,closed"`
	Reason      string   `json:"reason" enum:"human_request,fraud,dispute,legal,high_value,low_confidence,repeated_failure,frustration,self_harm,policy"`
	Summary     string   `json:"summary" doc:"What it is about; personal data is masked"`
	Agent       string   `json:"agent" doc:"Who has it or had it; empty while nobody has claimed it"`
	ChangedBy   string   `json:"changed_by"`
	RequestedAt float64  `json:"requested_at"`
	ClaimedAt   *float64 `json:"claimed_at"`
	ClosedAt    *float64 `json:"closed_at"`
}

func handoffBody(h handoff.Handoff) HandoffRecord {
	return HandoffRecord{
		ID: h.ID, SessionID: h.SessionID, UserID: h.UserID, State: string(h.State), Reason: string(h.Reason), Summary: h.Summary, Agent: h.Agent,
		ChangedBy: h.By, RequestedAt: seconds(h.RequestedAt), ClaimedAt: sometime(h.ClaimedAt), ClosedAt: sometime(h.ClosedAt),
	}
}

// sometime is a time that may not have come yet.
func sometime(t time.Time) *float64 {
	if t.IsZero() {
		return nil
	}
	at := seconds(t)
	return &at
}

// TranscriptMessage is one message of a transcript.
type TranscriptMessage struct {
	ID        string  `json:"id"`
	Role      string  `json:"role" enum:"user,assistant"`
	Author    string  `json:"author,omitempty" doc:"The agent who wrote it"`
	Content   string  `json:"content" doc:"Numbers, codes and addresses of people are masked"`
	Timestamp float64 `json:"timestamp"`
}

type inboxInput struct {
	State  string `query:"state" enum:"waiting,human,closed" doc:"Default all"`
	Before string `query:"before" maxLength:"80" doc:"The next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// Inbox is a page of hand-offs.
type Inbox struct {
	Handoffs []HandoffRecord `json:"handoffs" doc:"Those requested last first"`
	Count    int             `json:"count"`
	Next     string          `json:"next,omitempty" doc:"For the next page's before; left out on the last"`
}

type inboxOutput struct{ Body Inbox }

// HandoffInput names a hand-off. It is exported because huma reads the parameters of
// exported embedded structures only.
type HandoffInput struct {
	ID string `path:"id" maxLength:"64"`
}

// Transcript is a hand-off with its conversation.
type Transcript struct {
	HandoffRecord
	Messages     []TranscriptMessage `json:"messages" doc:"The newest 100, oldest of them first"`
	MessageCount int                 `json:"message_count" doc:"All messages, not only those listed"`
}

type handoffNewsInput struct {
	HandoffInput
	After int `query:"after" minimum:"0" maximum:"1000000000" default:"0" doc:"The next of the call before, or the message_count of the transcript"`
	Wait  int `query:"wait" minimum:"0" maximum:"20" default:"0" doc:"Seconds to wait for a message when there is none yet"`
}

type handoffNewsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		HandoffRecord
		Messages []TranscriptMessage `json:"messages" doc:"Oldest first; empty when the wait was in vain"`
		Next     int                 `json:"next" doc:"For the next call's after"`
	}
}
type transcriptOutput struct{ Body Transcript }

type handoffOutput struct{ Body HandoffRecord }

type claimBody struct {
	_        struct{} `additionalProperties:"true"`
	Agent    string   `json:"agent" minLength:"1" maxLength:"60" doc:"Your name, as the customer is shown it"`
	TakeOver bool     `json:"take_over,omitempty" doc:"Take it from another agent"`
}

type claimInput struct {
	HandoffInput
	Body claimBody
}

type replyBody struct {
	_     struct{} `additionalProperties:"true"`
	Agent string   `json:"agent" minLength:"1" maxLength:"60" doc:"Who has claimed it"`
	Text  string   `json:"text" minLength:"1" doc:"What the customer reads, at most 8000 characters"`
}

type replyInput struct {
	HandoffInput
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"128" doc:"A retry with the same key sends nothing again"`
	Body           replyBody
}

type closeBody struct {
	_     struct{} `additionalProperties:"true"`
	Agent string   `json:"agent" minLength:"1" maxLength:"60"`
}

type closeInput struct {
	HandoffInput
	Body closeBody
}

// Log is where it is recorded who read what.
type Log interface {
	Append(ctx context.Context, r audit.Record) error
}

// RegisterHandoffs adds the agents' inbox to an API. Reading a transcript is
// recorded in the audit log, as every change is by itself.
func RegisterHandoffs(api huma.API, d Desk, log Log) {
	huma.Register(api, operation(http.MethodGet, handoffsPath, "list-handoffs", "Conversations that were given to people", "Hand-offs"),
		func(ctx context.Context, in *inboxInput) (*inboxOutput, error) { return inbox(ctx, d, in) })
	huma.Register(api, operation(http.MethodGet, handoffsPath+"/{id}", "get-handoff", "One of them with its transcript", "Hand-offs"),
		func(ctx context.Context, in *HandoffInput) (*transcriptOutput, error) {
			return transcript(ctx, d, log, in.ID)
		})
	news := operation(http.MethodGet, handoffsPath+"/{id}/messages", "list-new-handoff-messages", "Messages that are new", "Hand-offs")
	news.Description = "For an agent's screen: ask with the next of the answer before, and wait=20, again and again. Each message comes once, in order, " +
		"with the hand-off as it is then."
	huma.Register(api, news, func(ctx context.Context, in *handoffNewsInput) (*handoffNewsOutput, error) {
		return handoffNews(ctx, d, log, in)
	})
	claim := operation(http.MethodPost, handoffsPath+"/{id}/claim", "claim-handoff", "Take a conversation", "Hand-offs")
	claim.Description = "Of several agents who try, one gets it; the others get a 409 with reason claimed."
	huma.Register(api, claim, func(ctx context.Context, in *claimInput) (*handoffOutput, error) {
		return output(d.ClaimHandoff(ctx, in.ID, in.Body.Agent, in.Body.TakeOver))
	})
	huma.Register(api, operation(http.MethodPost, handoffsPath+"/{id}/reply", "reply-handoff", "Write to the customer", "Hand-offs"),
		func(ctx context.Context, in *replyInput) (*handoffOutput, error) {
			return output(d.ReplyHandoff(ctx, in.ID, in.Body.Agent, in.Body.Text, in.IdempotencyKey))
		})
	huma.Register(api, operation(http.MethodPost, handoffsPath+"/{id}/close", "close-handoff", "Give a conversation back to the assistant", "Hand-offs"),
		func(ctx context.Context, in *closeInput) (*handoffOutput, error) {
			return output(d.CloseHandoff(ctx, in.ID, in.Body.Agent))
		})
}

func output(h handoff.Handoff, err error) (*handoffOutput, error) {
	if err != nil {
		return nil, err
	}
	return &handoffOutput{handoffBody(h)}, nil
}

func inbox(ctx context.Context, d Desk, in *inboxInput) (*inboxOutput, error) {
	f := handoff.Filter{State: handoff.State(in.State), Limit: in.Limit}
	var err error
	if f.Before, f.BeforeID, err = parseCursor(in.Before); err != nil {
		return nil, err
	}
	list, err := d.Handoffs(ctx, f)
	if err != nil {
		return nil, err
	}
	out := &inboxOutput{}
	out.Body.Handoffs, out.Body.Count = make([]HandoffRecord, 0, len(list)), len(list)
	for _, h := range list {
		out.Body.Handoffs = append(out.Body.Handoffs, handoffBody(h))
	}
	if len(list) == in.Limit {
		last := list[len(list)-1]
		out.Body.Next = strconv.FormatInt(last.RequestedAt.UnixMicro(), 10) + "_" + last.ID
	}
	return out, nil
}

// maxMicros is the year 10000, after which the stores' times end.
const maxMicros = 253402300800_000000

// parseCursor reads a page's next.
func parseCursor(cursor string) (before time.Time, id string, err error) {
	if cursor == "" {
		return time.Time{}, "", nil
	}
	at, id, _ := strings.Cut(cursor, "_")
	micros, err := strconv.ParseInt(at, 10, 64)
	if err != nil || micros <= 0 || micros > maxMicros || id == "" {
		return time.Time{}, "", fault.New(fault.Validation, "before must be the next of another page")
	}
	return time.UnixMicro(micros).UTC(), id, nil
}

func transcript(ctx context.Context, d Desk, log Log, id string) (*transcriptOutput, error) {
	h, c, err := d.Handoff(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := recordRead(ctx, log, h, c.MessageCount); err != nil {
		return nil, err
	}
	out := &transcriptOutput{}
	out.Body.HandoffRecord, out.Body.MessageCount, out.Body.Messages = handoffBody(h), c.MessageCount, transcriptMessages(c.Messages)
	return out, nil
}

func handoffNews(ctx context.Context, d Desk, log Log, in *handoffNewsInput) (*handoffNewsOutput, error) {
	h, c, err := d.HandoffNews(ctx, in.ID, in.After, time.Duration(in.Wait)*time.Second)
	if err != nil {
		return nil, err
	}
	if len(c.Messages) > 0 {
		if err := recordRead(ctx, log, h, c.MessageCount); err != nil {
			return nil, err
		}
	}
	out := &handoffNewsOutput{CacheControl: "no-store"}
	out.Body.HandoffRecord, out.Body.Next, out.Body.Messages = handoffBody(h), c.MessageCount, transcriptMessages(c.Messages)
	return out, nil
}

// recordRead notes in the audit log that an operator is shown a conversation up to
// a number of messages. What can't be recorded isn't shown.
func recordRead(ctx context.Context, log Log, h handoff.Handoff, messages int) error {
	shown := sha256.Sum256([]byte(h.SessionID + "\x00" + h.UserID + "\x00" + strconv.Itoa(messages)))
	return log.Append(ctx, audit.Record{At: time.Now(), Kind: "operator.read", Actor: "operator", Subject: h.ID, Digest: shown[:]})
}

func transcriptMessages(list []concierge.Message) []TranscriptMessage {
	out := make([]TranscriptMessage, 0, len(list))
	for _, m := range list {
		out = append(out, TranscriptMessage{ID: m.ID, Role: string(m.Role), Author: m.Author, Content: m.Content, Timestamp: seconds(m.CreatedAt)})
	}
	return out
}
