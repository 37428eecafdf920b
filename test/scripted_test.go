package test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/console"
)

// object is some JSON.
type object = map[string]any

// scripted is the real chat page before a concierge that says what a test wants:
// what a good one never would, and what happens when one is in trouble.
type scripted struct {
	*httptest.Server
	// chat answers a message.
	chat func(w events, message string)

	mu           sync.Mutex
	keys         []string
	conversation object
	action       func(verb string) (int, object)
}

// events writes a stream.
type events struct{ http.ResponseWriter }

func (e events) send(list ...object) {
	for _, item := range list {
		data, _ := json.Marshal(item)
		fmt.Fprintf(e, "data: %s\n\n", data)
	}
	e.ResponseWriter.(http.Flusher).Flush()
}

// replies counts them, so that each has an id of its own.
var replies atomic.Int64

// done ends a stream with a whole reply.
func (e events) done(message string, more object) {
	reply := object{
		"type": "done", "message": message, "message_id": "m" + strconv.Itoa(int(replies.Add(1))), "session_id": "s", "timestamp": float64(time.Now().Unix()),
		"engine": "local", "guardrails_passed": true, "degraded": false, "citations": []any{}, "tools_called": []any{}, "pending_action": nil, "handoff": nil,
	}
	for name, value := range more {
		reply[name] = value
	}
	e.send(object{"type": "message", "delta": message, "content": message}, reply)
	fmt.Fprint(e, "data: [DONE]\n\n")
}

func (e events) fail(status int, class, detail, retryAfter string) {
	e.Header().Set("Content-Type", "application/json")
	if retryAfter != "" {
		e.Header().Set("Retry-After", retryAfter)
	}
	e.WriteHeader(status)
	_ = json.NewEncoder(e).Encode(object{"error": class, "detail": detail})
}

func script(t *testing.T, chat func(w events, message string)) *scripted {
	t.Helper()
	p, err := console.New(console.Options{Chat: true, Title: "Test Bank", Accent: "#0f6b62"})
	if err != nil {
		t.Fatal(err)
	}
	s := &scripted{chat: chat}
	mux := http.NewServeMux()
	p.Register(mux.Handle)
	mux.HandleFunc("POST /api/v1/chat", func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Message string }
		_ = json.NewDecoder(r.Body).Decode(&body)
		s.mu.Lock()
		s.keys = append(s.keys, r.Header.Get("Idempotency-Key"))
		s.mu.Unlock()
		w.Header().Set("Content-Type", "text/event-stream")
		s.chat(events{w}, body.Message)
	})
	mux.HandleFunc("GET /api/v1/conversations/{id}", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.conversation == nil {
			events{w}.fail(404, "NotFoundError", "no such conversation", "")
			return
		}
		_ = json.NewEncoder(w).Encode(s.conversation)
	})
	mux.HandleFunc("/api/v1/actions/{id}/{verb...}", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		status, body := s.action(r.PathValue("verb"))
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *scripted) store(conversation object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conversation = conversation
}

func (s *scripted) sentKeys() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.keys)
}

// visit opens the page as a visitor.
func (s *scripted) visit(t *testing.T) *tab {
	t.Helper()
	b := newTab(t, 800, 700)
	b.goTo(s.URL + "/")
	b.shows("#welcome", "how can I help?")
	return b
}

// TestHostileTexts sends what would be dangerous as markup, in every place of an
// answer where a text can be.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	const attack = `<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>`
	s := script(t, func(w events, _ string) {
		w.send(object{"type": "tool", "tool": attack}, object{"type": "tool", "tool": "constructor"})
		w.done(attack+"\n\n**bold "+attack+"**\n- "+attack+"\n1. one\n\n[click](javascript:window.hacked=3) [data](data:text/html,x) "+
			"[plain](http://plain.example/) [your bank](https://evil.example/login) [x](https://user:pw@evil.example/) https://good.example/help. "+
			"[a\"onclick=\"b](https://good.example/\"onclick=\"window.hacked=4)",
			object{
				"citations":      []object{{"title": attack, "url": "javascript:window.hacked=5", "document_id": "d"}, {"title": "Help", "url": "https://good.example/a"}},
				"pending_action": object{"id": `"><b>x`, "kind": "__proto__", "summary": attack, "digest": "d", "expires_at": time.Now().Add(time.Minute).Unix()},
			})
	})
	b := s.visit(t)
	b.ask(attack)
	b.shows(".action .summary", "<img src=x")
	b.shows(".me", attack)
	b.shows(".sources", "<script>")
	b.shot("hostile")
	if made := get[[]string](b, `[...document.querySelectorAll('#messages img, #messages script, #messages [onerror], #messages [onclick], #messages iframe')].map((n) => n.outerHTML)`); len(made) > 0 {
		t.Errorf("text became markup: %v", made)
	}
	if get[bool](b, `'hacked' in window`) {
		t.Error("a text was run")
	}
	links := get[[]string](b, `[...document.querySelectorAll('#messages a')].map((a) => a.protocol + a.hostname + ' ' + a.rel.includes('noopener') + ' ' + (a.parentElement.querySelector('.host')?.textContent ?? ''))`)
	for _, l := range links {
		if !strings.HasPrefix(l, "https:") || !strings.Contains(l, " true") || strings.Contains(l, "pw@") {
			t.Errorf("a link: %s", l)
		}
		if strings.Contains(l, "evil.example") && !strings.Contains(l, "(evil.example)") {
			t.Errorf("a link hides where it leads: %s", l)
		}
	}
	if len(links) < 3 {
		t.Errorf("%d links: %v", len(links), links)
	}
	b.shows(".them strong", "bold <img")
	b.shows(".them ul li", "<img")
	b.shows(".them", "[click](javascript:window.hacked=3)")
}

// TestTheStreamIsSeen holds an answer back half-way: what has come is shown.
func TestTheStreamIsSeen(t *testing.T) {
	t.Parallel()
	more, rest := make(chan struct{}), make(chan struct{})
	s := script(t, func(w events, _ string) {
		w.send(object{"type": "thinking"}, object{"type": "tool", "tool": "get_balances"})
		<-more
		w.send(object{"type": "message", "delta": "Your balance ", "content": "Your balance "})
		<-rest
		w.done("Your balance is $5.", object{"degraded": true})
	})
	b := s.visit(t)
	b.ask("balance")
	b.shows(".activity", "Looking up your balances…")
	b.shows("#state", "Answering…")
	b.shot("tool")
	close(more)
	b.shows(".them[aria-busy]", "Your balance")
	b.shows(".activity", "Looked up your balances")
	close(rest)
	b.shows(".them:not([aria-busy])", "Your balance is $5.")
	b.shows(".notice", "Part of our service isn’t available")
	b.shot("degraded")
	b.until(`document.querySelector('#announcer').innerText.includes('Assistant: Your balance is $5.')`)
}

// TestTroubleOnTheWay makes requests fail. Whatever is sent again has the key
// that it was first sent with.
func TestTroubleOnTheWay(t *testing.T) {
	t.Parallel()
	same := func(t *testing.T, s *scripted, want int) {
		t.Helper()
		if keys := s.sentKeys(); len(keys) != want || len(slices.Compact(keys)) != 1 || keys[0] == "" {
			t.Errorf("sent with the keys %v, want one key %d times", keys, want)
		}
	}
	// first answers the first message by one function and all others well.
	first := func(t *testing.T, fail func(w events)) *scripted {
		var failed atomic.Bool
		return script(t, func(w events, _ string) {
			if failed.Swap(true) {
				w.done("Here it is.", nil)
				return
			}
			fail(w)
		})
	}
	t.Run("too many messages", func(t *testing.T) {
		t.Parallel()
		s := first(t, func(w events) { w.fail(429, "RateLimitError", "too many requests", "1") })
		b := s.visit(t)
		b.ask("hello")
		b.shows(".failed", "Too many messages at once.")
		b.shot("limited")
		b.until(`document.querySelector('.failed button').ariaDisabled === null`)
		b.press("Try again")
		b.shows(".them", "Here it is.")
		same(t, s, 2)
	})
	t.Run("nobody there", func(t *testing.T) {
		t.Parallel()
		s := first(t, func(w events) { w.fail(503, "ConnectionError", "the database is not available", "") })
		b := s.visit(t)
		b.ask("hello")
		b.shows(".failed", "We can’t answer right now.")
		b.press("Try again")
		b.shows(".them", "Here it is.")
		if n := get[int](b, `document.querySelectorAll('.turn, .failed').length`); n != 2 {
			t.Errorf("%d messages after one question and its answer", n)
		}
		same(t, s, 2)
	})
	t.Run("an answer breaks off", func(t *testing.T) {
		t.Parallel()
		s := first(t, func(w events) { w.send(object{"type": "message", "delta": "Here"}) })
		b := s.visit(t)
		b.ask("hello")
		b.shows(".them:not([aria-busy])", "Here it is.")
		same(t, s, 2)
	})
	t.Run("an error in the stream", func(t *testing.T) {
		t.Parallel()
		s := first(t, func(w events) {
			w.send(object{"type": "thinking"}, object{"type": "error", "error": "TimeoutError", "detail": "the answer took too long"})
		})
		b := s.visit(t)
		b.ask("hello")
		b.shows(".failed", "The answer took too long.")
		b.press("Try again")
		b.shows(".them", "Here it is.")
		same(t, s, 2)
	})
	t.Run("nonsense instead of a stream", func(t *testing.T) {
		t.Parallel()
		s := script(t, func(w events, _ string) { fmt.Fprint(w, "data: {\n\ndata: <html>\n\n") })
		b := s.visit(t)
		b.ask("hello")
		b.shows(".failed", "The answer broke off.")
		same(t, s, 2)
	})
	t.Run("offline", func(t *testing.T) {
		t.Parallel()
		s := script(t, func(w events, _ string) { w.done("Here it is.", nil) })
		b := s.visit(t)
		offline := func(off bool) {
			command(b, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
				MatchedNetworkConditions: []*network.Conditions{{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}},
			})
			// The protocol's own command holds for all windows of a process, so this
			// window is told by itself what a browser would tell it.
			get[bool](b, fmt.Sprintf(`Object.defineProperty(navigator, 'onLine', {configurable: true, value: %v}),
				dispatchEvent(new Event(%q))`, !off, map[bool]string{true: "offline", false: "online"}[off]))
		}
		offline(true)
		b.shows("#state", "You are offline")
		b.ask("hello")
		b.shows(".failed", "You’re offline. Your message will be sent when you’re back.")
		b.shot("offline")
		offline(false)
		b.shows(".them", "Here it is.")
		same(t, s, 1)
	})
	t.Run("reloaded before the answer", func(t *testing.T) {
		t.Parallel()
		reloaded := make(chan struct{})
		s := first(t, func(events) { <-reloaded })
		t.Cleanup(func() { close(reloaded) })
		b := s.visit(t)
		b.ask("hello")
		b.shows("#state", "Answering…")
		b.do(chromedp.Reload())
		b.shows(".them", "Here it is.")
		same(t, s, 2)
	})
}

// TestAPressWhoseAnswerIsLost asks the server what became of it.
func TestAPressWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	s := script(t, func(w events, _ string) {
		w.done("Shall I?", object{"pending_action": object{"id": "a1", "kind": "transfer", "summary": "Move $5.00.", "digest": "d", "expires_at": time.Now().Add(time.Minute).Unix()}})
	})
	confirms, status := 0, "pending"
	s.action = func(verb string) (int, object) {
		if verb == "confirm" {
			confirms++
			if confirms == 2 {
				status = "executed" // it arrives, and its answer doesn't
			}
			return 502, object{}
		}
		return 200, object{"id": "a1", "status": status, "summary": "Move $5.00.", "receipt": object{"reference": "REF1"}}
	}
	b := s.visit(t)
	b.ask("move 5")
	b.shows(".action", "0:5")
	b.press("Confirm")
	b.shows(".action", "We can’t answer right now.")
	b.press("Confirm")
	b.shows(".action .result", "Done. Reference REF1")
	if n := get[int](b, `document.querySelectorAll('.action button').length`); n != 0 {
		t.Errorf("%d buttons are left", n)
	}
}

// TestAnActionExpires shows so without a reload.
func TestAnActionExpires(t *testing.T) {
	t.Parallel()
	s := script(t, func(w events, _ string) {
		w.done("Shall I?", object{"pending_action": object{"id": "a1", "kind": "transfer", "summary": "Move $5.00.", "digest": "d", "expires_at": time.Now().Add(-time.Second).Unix()}})
	})
	s.action = func(string) (int, object) { return 200, object{"id": "a1", "status": "expired"} }
	b := s.visit(t)
	b.ask("move 5")
	b.shows(".action .result", "Expired. Nothing was done.")
}

// TestHandOff waits for a person, talks with them, and returns to the assistant.
func TestHandOff(t *testing.T) {
	t.Parallel()
	at := float64(time.Now().Unix())
	waiting := object{"id": "h1", "reason": "human_request", "state": "waiting"}
	human := object{"id": "h1", "reason": "human_request", "state": "human", "agent": "Priya"}
	answers := []string{"a1", "a2"}
	var s *scripted
	var left []object
	s = script(t, func(w events, message string) {
		switch message {
		case "thank you": // it is passed on, and nobody but the person answers
			w.send(object{"type": "message"}, object{"type": "done", "message": "", "message_id": "u2", "timestamp": at, "handoff": human})
			fmt.Fprint(w, "data: [DONE]\n\n")
		case "Back to the assistant":
			s.store(object{"messages": left})
			w.done("I'm back.", nil)
		default:
			w.done("I'll get someone.", object{"handoff": waiting, "message_id": answers[0]})
			answers = answers[1:]
		}
	})
	asked := []object{
		{"id": "u1", "role": "user", "content": "I'd like to talk to a person", "timestamp": at},
		{"id": "a1", "role": "assistant", "content": "I'll get someone.", "timestamp": at},
	}
	s.store(object{"messages": asked, "handoff": waiting})
	b := s.visit(t)
	b.press("Talk to a person")
	b.shows("#banner", "passed on to a person")
	b.shows("#state", "Waiting for a person")
	b.shot("handoff-waiting")

	joined := append(slices.Clone(asked), object{"id": "p1", "role": "assistant", "author": "Priya", "content": "Hi, Priya here. **How** can I help?", "timestamp": at})
	s.store(object{"messages": joined, "handoff": human})
	b.shows(".human", "Hi, Priya here. How can I help?")
	b.shows(".human .name", "Priya")
	b.shows("#state", "A person is with you")
	b.until(`document.querySelector('.event').compareDocumentPosition(document.querySelector('.human')) & Node.DOCUMENT_POSITION_FOLLOWING`)
	b.ask("thank you")
	b.until(`!document.querySelector('[aria-busy]') && document.querySelectorAll('.me').length === 2`)
	b.shot("handoff-human")

	left = append(joined, object{"id": "u2", "role": "user", "content": "thank you", "timestamp": at}, object{"id": "p2", "role": "assistant", "author": "Priya", "content": "Bye.", "timestamp": at})
	s.store(object{"messages": left})
	b.shows(".event", "The person has left")
	b.shows("#state", "Virtual assistant")
	s.store(object{"messages": left, "handoff": waiting})
	b.press("Talk to a person")
	b.press("Back to the assistant")
	b.shows(".event", "You are no longer waiting")
	b.shows(".them", "I'm back.")
	b.do(chromedp.Reload())
	b.shows(".human", "Bye.")
	var mine []string
	for _, text := range get[[]string](b, `[...document.querySelectorAll('.me .bubble')].map((n) => n.innerText)`) {
		_, text, _ = strings.Cut(text, "You:")
		mine = append(mine, strings.TrimSpace(text))
	}
	if want := []string{"I'd like to talk to a person", "thank you"}; !slices.Equal(mine, want) {
		t.Errorf("the customer's messages are %q, want %q", mine, want)
	}
}
