package concierge

import (
	"context"
	"time"
)

// MaxHistory is how many messages History returns at the most.
const MaxHistory = 500

// History returns a customer's conversation with its newest messages; one that
// doesn't exist or is somebody else's is a fault.NotFound.
func (s *Service) History(ctx context.Context, userID, sessionID string) (Conversation, error) {
	if err := ValidateSessionID(sessionID); err != nil {
		return Conversation{}, err
	}
	c, err := s.store.Conversation(ctx, userID, sessionID, MaxHistory)
	if err == nil && c.Version == 0 {
		err = ErrNoConversation
	}
	return c, err
}

// Erase removes a customer's conversation for good. A turn in progress finishes
// first, so that it can't bring the conversation back.
func (s *Service) Erase(ctx context.Context, userID, sessionID string) error {
	if err := ValidateSessionID(sessionID); err != nil {
		return err
	}
	unlock, err := s.sessions.lock(ctx, "session\x00"+sessionID)
	if err != nil {
		return timedOut(err)
	}
	defer unlock()
	return s.store.DeleteConversation(ctx, userID, sessionID)
}

// purgeInterval is how often stored replies that no retry can want are removed.
const purgeInterval = time.Hour

// PurgeReplies removes old stored replies until ctx ends.
func (s *Service) PurgeReplies(ctx context.Context) {
	tick := time.NewTicker(purgeInterval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := s.store.PurgeReplies(ctx, s.now().Add(-ReplyRetention)); err != nil && ctx.Err() == nil {
				s.log.WarnContext(ctx, "old replies could not be removed", "error", err)
			}
		case <-ctx.Done():
			return
		}
	}
}
