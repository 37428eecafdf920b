package concierge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// ReplyRetention is how long a retry finds the first answer.
const ReplyRetention = 24 * time.Hour

// requestHash identifies what was asked, so that one key can't stand for two
// requests. A session id that the server made is not part of it.
func requestHash(r Request) string {
	sum := sha256.Sum256([]byte(r.SessionID + "\x00" + r.Message))
	return hex.EncodeToString(sum[:])
}

// storedReply returns the first answer to a retried request, or nil.
func (s *Service) storedReply(ctx context.Context, req Request, hash string) (*Reply, error) {
	stored, err := s.store.Reply(ctx, req.UserID, req.IdempotencyKey)
	if err != nil || stored == nil {
		return nil, err
	}
	if stored.RequestHash != hash {
		return nil, fault.New(fault.Conflict, "this Idempotency-Key was used for another request")
	}
	var reply Reply
	if err := json.Unmarshal(stored.Reply, &reply); err != nil {
		return nil, fmt.Errorf("decode stored reply: %w", err)
	}
	return &reply, nil
}

// pieceLength is how many bytes of a text that is there already are shown at once,
// at the least: each event costs a write, and repeats all text before it.
const pieceLength = 24

// replay shows a stored reply as events: its text from the end of what is shown
// already, a few words at a time, then the whole.
func replay(reply *Reply, shown string, emit func(Event)) Reply {
	if reply == nil {
		return Reply{}
	}
	text := reply.Message
	from := len(text) - len(strings.TrimPrefix(text, shown))
	for from < len(text) {
		to := len(text)
		if next := min(from+pieceLength, len(text)); next < len(text) {
			if space := strings.IndexByte(text[next:], ' '); space >= 0 {
				to = next + space + 1
			}
		}
		emit(Event{Type: EventMessage, Delta: text[from:to], Content: text[:to]})
		from = to
	}
	if reply.PendingAction != nil {
		emit(Event{Type: EventAction, Action: reply.PendingAction})
	}
	emit(Event{Type: EventDone, Reply: reply})
	return *reply
}
