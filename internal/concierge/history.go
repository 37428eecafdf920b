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

const (
	// purgeInterval is how often what is too old is removed.
	purgeInterval = time.Hour
	// purgeBatch is how many conversations go in one transaction, so that turns
	// don't wait for it.
	purgeBatch = 200
)

// Purge removes stored replies that no retry can want, and conversations that
// nobody has written in for longer than they are kept, until ctx ends.
func (s *Service) Purge(ctx context.Context) {
	tick := time.NewTicker(purgeInterval)
	defer tick.Stop()
	for {
		if err := s.purge(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "old replies and conversations could not be removed", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (s *Service) purge(ctx context.Context) error {
	if err := s.store.PurgeReplies(ctx, s.now().Add(-ReplyRetention)); err != nil || s.keep == 0 {
		return err
	}
	for total := 0; ; {
		n, err := s.store.PurgeConversations(ctx, s.now().Add(-s.keep), purgeBatch)
		total += n
		if n == purgeBatch && err == nil {
			continue
		}
		if total > 0 {
			s.log.InfoContext(ctx, "old conversations erased", "count", total)
		}
		return err
	}
}
