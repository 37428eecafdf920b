package conciergehttp

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/concierge"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/httpserver"
)

// eventsAhead is how many events a turn may be ahead of a client that reads slowly:
// most turns are over by then, and hold up nobody else.
const eventsAhead = 64

// streamTurn starts a turn and returns once its first event is there, so that a
// turn which fails at once still gets the error's own status.
func (h handler) streamTurn(ctx context.Context, req concierge.Request) (*chatOutput, error) {
	events := make(chan event, eventsAhead)
	failed := make(chan error, 1)
	go func() {
		defer close(events)
		_, err := h.concierge.Turn(ctx, req, func(e concierge.Event) {
			select {
			case events <- wireEvent(e):
			case <-ctx.Done(): // the client has left, the turn finishes by its own rules
			}
		})
		failed <- err
	}()
	first, ok := <-events
	if !ok {
		return nil, <-failed
	}
	return &chatOutput{ContentType: "text/event-stream", Body: func(hc huma.Context) {
		writeEvents(ctx, hc, first, events, failed)
	}}, nil
}

func writeEvents(ctx context.Context, hc huma.Context, first event, events <-chan event, failed <-chan error) {
	hc.SetHeader("Cache-Control", "no-store")
	hc.SetHeader("X-Accel-Buffering", "no") // a proxy must not hold the stream back
	_, w := humago.Unwrap(hc)
	s := eventWriter{w: w, control: http.NewResponseController(w)}
	s.write(first)
	for e := range events {
		s.write(e)
	}
	if err := <-failed; err != nil {
		httpserver.Fail(ctx, err)
		s.write(errorEvent(ctx, err))
	}
	s.done()
}

// event is the contract's form of a concierge.Event.
type event struct {
	Type    concierge.EventType      `json:"type"`
	Tool    string                   `json:"tool,omitempty"`
	Delta   string                   `json:"delta,omitempty"`
	Content string                   `json:"content,omitempty"`
	Action  *concierge.PendingAction `json:"action,omitempty"`
	Error   string                   `json:"error,omitempty"`
	Detail  string                   `json:"detail,omitempty"`
	ID      string                   `json:"request_id,omitempty"`
	*concierge.Reply
}

func wireEvent(e concierge.Event) event {
	return event{Type: e.Type, Tool: e.Tool, Delta: e.Delta, Content: e.Content, Action: e.Action, Reply: e.Reply}
}

func errorEvent(ctx context.Context, err error) event {
	f := fault.As(err)
	return event{Type: concierge.EventError, Error: string(f.Class), Detail: f.Detail, ID: httpserver.RequestID(ctx)}
}

// eventWriter writes server-sent events. After the first failure it writes
// nothing more: the client has left.
type eventWriter struct {
	w       io.Writer
	control *http.ResponseController
	err     error
}

func (s *eventWriter) write(e event) {
	data, err := json.Marshal(e)
	if err != nil {
		s.err = err
		return
	}
	s.data(data)
}

func (s *eventWriter) done() { s.data([]byte("[DONE]")) }

func (s *eventWriter) data(data []byte) {
	if s.err != nil {
		return
	}
	httpserver.ExtendWriteDeadline(s.control)
	if _, s.err = fmt.Fprintf(s.w, "data: %s\n\n", data); s.err == nil {
		s.err = s.control.Flush()
	}
}

// acceptsEvents says whether an Accept header asks for server-sent events.
func acceptsEvents(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		if media, _, err := mime.ParseMediaType(strings.TrimSpace(part)); err == nil && media == "text/event-stream" {
			return true
		}
	}
	return false
}
