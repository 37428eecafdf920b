// Package chatclient is a chat in the terminal against a running concierge. It
// shows an answer while it arrives, the tools at work and the sources. It knows
// the contract and nothing of the service behind it.
package chatclient

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// Options say with whom to chat, and where.
type Options struct {
	BaseURL string
	UserID  string
	Token   string
	In      io.Reader
	Out     io.Writer
	// Color uses terminal colours and a prompt; off for pipes.
	Color bool
}

const (
	bold, dim, red, plain = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[0m"
	// maxLine bounds one message typed and one event received, in bytes.
	maxLine = 1 << 20
	// silence is how long the concierge may say nothing.
	silence = 60 * time.Second
)

const help = "/new starts a new conversation, /quit leaves; anything else is sent."

// Run chats until the input or ctx ends. It fails with a fault.Connection when
// the concierge can't be reached at the first message.
func Run(ctx context.Context, o Options) error {
	c := &chat{o: o, http: &http.Client{}}
	c.line(dim, "Connected to "+o.BaseURL+". "+help)
	lines := bufio.NewScanner(o.In)
	lines.Buffer(nil, maxLine)
	for c.prompt(); lines.Scan(); c.prompt() {
		switch text := strings.TrimSpace(lines.Text()); text {
		case "":
		case "/quit", "/exit":
			return nil
		case "/help":
			c.line(dim, help)
		case "/new":
			c.session = ""
			c.line(dim, "A new conversation.")
		default:
			if err := c.ask(ctx, text); err != nil {
				if fault.Is(err, fault.Connection) || ctx.Err() != nil {
					return err
				}
				c.line(red, err.Error())
			}
		}
	}
	return lines.Err()
}

type chat struct {
	o       Options
	http    *http.Client
	session string
}

func (c *chat) prompt() {
	if c.o.Color {
		fmt.Fprint(c.o.Out, "\n"+bold+"you> "+plain)
	}
}

// line writes a line that isn't an answer, in a colour where colours are on.
func (c *chat) line(color, text string) {
	if c.o.Color {
		text = color + safe(text) + plain
	}
	fmt.Fprintln(c.o.Out, text)
}

// event is what the concierge streams.
type event struct {
	Type      string `json:"type"`
	Tool      string `json:"tool"`
	Delta     string `json:"delta"`
	Detail    string `json:"detail"`
	SessionID string `json:"session_id"`
	Message   string `json:"message"`
	Degraded  bool   `json:"degraded"`
	Handoff   *struct {
		Agent string `json:"agent"`
	} `json:"handoff"`
	Citations []struct {
		Title string `json:"title"`
		URL   string `json:"url"`
	} `json:"citations"`
}

// ask sends a message and shows the answer as it comes.
func (c *chat) ask(ctx context.Context, message string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	quiet := time.AfterFunc(silence, cancel)
	defer quiet.Stop()
	body, err := json.Marshal(map[string]any{"message": message, "session_id": c.session, "user_id": c.o.UserID, "stream": true})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(c.o.BaseURL, "/")+"/api/v1/chat", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if c.o.Token != "" {
		r.Header.Set("Authorization", "Bearer "+c.o.Token)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return fault.New(fault.Connection, "no concierge answers at %s: start one with swipesavvy up", c.o.BaseURL)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return refusal(answer)
	}
	return c.show(answer.Body, func() { quiet.Reset(silence) })
}

// refusal reads an error body of the contract.
func refusal(answer *http.Response) error {
	var body struct{ Detail string }
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxLine))
	if err != nil || json.Unmarshal(data, &body) != nil || body.Detail == "" {
		return fmt.Errorf("the concierge answered with status %d", answer.StatusCode)
	}
	return errors.New(safe(body.Detail))
}

// show writes the events of one answer. alive is called for each of them.
func (c *chat) show(stream io.Reader, alive func()) error {
	lines := bufio.NewScanner(stream)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		alive()
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if !ok {
			continue
		}
		if data = strings.TrimSpace(data); data == "[DONE]" {
			return nil
		}
		var e event
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			return errors.New("the answer can't be understood")
		}
		if err := c.event(e); err != nil {
			return err
		}
	}
	return errors.New("the answer broke off")
}

func (c *chat) event(e event) error {
	switch e.Type {
	case "tool":
		c.line(dim, "("+strings.ReplaceAll(e.Tool, "_", " ")+")")
	case "message":
		fmt.Fprint(c.o.Out, safe(e.Delta))
	case "error":
		fmt.Fprintln(c.o.Out)
		return errors.New(safe(e.Detail))
	case "done":
		c.session = e.SessionID
		if e.Message == "" && e.Handoff != nil {
			c.line(dim, "("+safe(cmp.Or(e.Handoff.Agent, "a person of our team"))+" will answer; \"back to the assistant\" goes on without)")
			return nil
		}
		fmt.Fprintln(c.o.Out)
		for _, source := range e.Citations {
			c.line(dim, strings.TrimSpace("  "+source.Title+"  "+source.URL))
		}
		if e.Degraded {
			c.line(dim, "  (a part of the system is not available, so this answer may lack something)")
		}
	}
	return nil
}

// safe takes out what would steer the terminal.
func safe(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, text)
}
