// Package togethertest is a faithful fake of Together.AI's chat completions: a
// real HTTP server that checks requests as the real one does, answers whole or in
// pieces, and fails in all the ways in which such a server can fail. What it
// answers is decided by the test, one request at a time.
package togethertest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Key is the API key that the server accepts.
const Key = "test-key-0123456789"

// Request is what a client asked.
type Request struct {
	Model      string    `json:"model"`
	Messages   []Message `json:"messages"`
	Tools      []Tool    `json:"tools"`
	ToolChoice any       `json:"tool_choice"`
	Stream     bool      `json:"stream"`
	MaxTokens  int       `json:"max_tokens"`
	Options    struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
}

// Message is one message of a request.
type Message struct {
	Role       string `json:"role"`
	Content    string `json:"content"`
	ToolCalls  []Call `json:"tool_calls,omitempty"`
	ToolCallID string `json:"tool_call_id,omitempty"`
}

// Tool is a tool that the client offers.
type Tool struct {
	Type     string `json:"type"`
	Function struct {
		Name        string         `json:"name"`
		Description string         `json:"description"`
		Parameters  map[string]any `json:"parameters"`
	} `json:"function"`
}

// Call is a tool call of the model.
type Call struct {
	ID       string   `json:"id"`
	Type     string   `json:"type"`
	Function Function `json:"function"`
}

// Function is what a call calls, with its arguments as the model wrote them.
type Function struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

// Last returns the last message.
func (r Request) Last() Message { return r.Messages[len(r.Messages)-1] }

// customers says whether a message is the customer's own, and not a note of the
// service in brackets.
func (m Message) customers() bool { return m.Role == "user" && !strings.HasPrefix(m.Content, "(") }

// Said returns the last message of the customer.
func (r Request) Said() string {
	for i := len(r.Messages) - 1; i >= 0; i-- {
		if r.Messages[i].customers() {
			return r.Messages[i].Content
		}
	}
	return ""
}

// Results returns the tools' results since the customer's last message.
func (r Request) Results() []string {
	var list []string
	for i := len(r.Messages) - 1; i >= 0 && !r.Messages[i].customers(); i-- {
		if r.Messages[i].Role == "tool" {
			list = append([]string{r.Messages[i].Content}, list...)
		}
	}
	return list
}

// ResultsOf returns the results, other than errors, of one tool's calls since the
// customer's last message.
func (r Request) ResultsOf(tool string) []string {
	var list []string
	names := map[string]string{} // by call, the latest of an id counting
	for _, m := range r.Messages {
		if m.customers() {
			list = nil
		}
		switch m.Role {
		case "assistant":
			for _, call := range m.ToolCalls {
				names[call.ID] = call.Function.Name
			}
		case "tool":
			if names[m.ToolCallID] == tool && !strings.HasPrefix(m.Content, `{"error":`) {
				list = append(list, m.Content)
			}
		}
	}
	return list
}

// Answer is what the server does with a request. The zero value is an answer
// without text, which no client can use.
type Answer struct {
	Text  string
	Calls []Call
	// Finish is the reason for the end; empty for the one that fits.
	Finish string
	// Status, unless zero, answers with an error, and RetryAfter is its header.
	Status     int
	RetryAfter string
	// Garbage answers with something that isn't JSON.
	Garbage bool
	// Drop closes the connection without an answer.
	Drop bool
	// Hang answers nothing until the client leaves.
	Hang bool
	// CutAfter and StallAfter break a stream off, or fall silent in it, after so
	// many pieces; without a stream they are as Drop and Hang.
	CutAfter, StallAfter int
}

// Text answers in words.
func Text(format string, args ...any) Answer { return Answer{Text: fmt.Sprintf(format, args...)} }

// Calls calls tools: names and arguments in turn.
func Calls(namesAndArguments ...string) Answer {
	var a Answer
	for i := 0; i < len(namesAndArguments); i += 2 {
		a.Calls = append(a.Calls, Call{
			ID: fmt.Sprintf("call_%d", i/2), Type: "function",
			Function: Function{Name: namesAndArguments[i], Arguments: namesAndArguments[i+1]},
		})
	}
	return a
}

// Server is the fake.
type Server struct {
	URL     string
	http    *httptest.Server
	respond func(Request) Answer

	mu       sync.Mutex
	requests []Request
}

// New starts a server on a free port, which ends with the test.
func New(t testing.TB, respond func(Request) Answer) *Server {
	s := &Server{respond: respond}
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL + "/v1"
	t.Cleanup(s.Close)
	return s
}

// Close ends the server: connections to it are refused from now on.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
}

// Requests returns all requests so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	var req Request
	err := json.NewDecoder(r.Body).Decode(&req)
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/v1/chat/completions":
		fail(w, http.StatusNotFound, "unknown path", "not_found")
		return
	case r.Header.Get("Authorization") != "Bearer "+Key:
		fail(w, http.StatusUnauthorized, "Invalid API key provided.", "invalid_api_key")
		return
	case err != nil:
		fail(w, http.StatusBadRequest, "the body is no JSON: "+err.Error(), "invalid_request")
		return
	}
	if problem := req.problem(); problem != "" {
		fail(w, http.StatusBadRequest, problem, "invalid_request")
		return
	}
	s.mu.Lock()
	s.requests = append(s.requests, req)
	s.mu.Unlock()
	s.answer(w, r, req, s.respond(req))
}

// problem says what the real server would refuse.
func (r Request) problem() string {
	if r.Model == "" || len(r.Messages) == 0 {
		return "model and messages are required"
	}
	open := map[string]bool{}
	for i, m := range r.Messages {
		switch m.Role {
		case "system", "user":
		case "assistant":
			for _, call := range m.ToolCalls {
				open[call.ID] = true
			}
		case "tool":
			if !open[m.ToolCallID] {
				return fmt.Sprintf("message %d answers no tool call", i)
			}
			delete(open, m.ToolCallID)
		default:
			return "unknown role " + m.Role
		}
		if m.Role != "tool" && m.Role != "assistant" && len(open) > 0 {
			return fmt.Sprintf("message %d comes before the result of a tool call", i)
		}
	}
	if len(open) > 0 {
		return "a tool call has no result"
	}
	for _, t := range r.Tools {
		if t.Type != "function" || t.Function.Name == "" || t.Function.Parameters["type"] != "object" {
			return "a tool without name or schema"
		}
	}
	return ""
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, req Request, a Answer) {
	switch {
	case a.Drop || a.CutAfter > 0 && !req.Stream:
		panic(http.ErrAbortHandler)
	case a.Hang || a.StallAfter > 0 && !req.Stream:
		<-r.Context().Done()
	case a.Status != 0:
		if a.RetryAfter != "" {
			w.Header().Set("Retry-After", a.RetryAfter)
		}
		fail(w, a.Status, "Request failed: "+http.StatusText(a.Status), "error")
	case a.Garbage:
		fmt.Fprint(w, "<html>502 Bad Gateway</html>")
	case req.Stream:
		s.stream(w, r, req, a)
	default:
		message := map[string]any{"role": "assistant", "content": a.Text}
		if len(a.Calls) > 0 {
			message["tool_calls"] = a.Calls
		}
		write(w, map[string]any{
			"id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": req.Model,
			"choices": []any{map[string]any{"index": 0, "message": message, "finish_reason": a.finish()}},
			"usage":   usage(req, a),
		})
	}
}

func (a Answer) finish() string {
	switch {
	case a.Finish != "":
		return a.Finish
	case len(a.Calls) > 0:
		return "tool_calls"
	}
	return "stop"
}

func usage(req Request, a Answer) map[string]any {
	prompt := 0
	for _, m := range req.Messages {
		prompt += len(m.Content)/4 + 4
	}
	answer := len(a.Text)/4 + 8*len(a.Calls) + 1
	return map[string]any{"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}
}

// pieceLength is how many characters of text a piece of a stream has. It is
// short, so that placeholders and amounts are split.
const pieceLength = 5

// stream sends the answer in pieces.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, req Request, a Answer) {
	w.Header().Set("Content-Type", "text/event-stream")
	var deltas []map[string]any
	deltas = append(deltas, map[string]any{"role": "assistant", "content": ""})
	text := []rune(a.Text)
	for i := 0; i < len(text); i += pieceLength {
		deltas = append(deltas, map[string]any{"content": string(text[i:min(i+pieceLength, len(text))])})
	}
	for i, call := range a.Calls {
		deltas = append(deltas, map[string]any{"tool_calls": []any{map[string]any{
			"index": i, "id": call.ID, "type": "function", "function": map[string]any{"name": call.Function.Name, "arguments": ""},
		}}})
		for _, part := range halves(call.Function.Arguments) {
			deltas = append(deltas, map[string]any{"tool_calls": []any{map[string]any{"index": i, "function": map[string]any{"arguments": part}}}})
		}
	}
	for i, delta := range deltas {
		if a.CutAfter > 0 && i >= a.CutAfter {
			panic(http.ErrAbortHandler)
		}
		if a.StallAfter > 0 && i >= a.StallAfter {
			<-r.Context().Done()
			return
		}
		s.chunk(w, req, delta, nil)
	}
	s.chunk(w, req, map[string]any{}, a.finish())
	if req.Options.IncludeUsage {
		data, _ := json.Marshal(map[string]any{
			"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": req.Model, "choices": []any{}, "usage": usage(req, a),
		})
		fmt.Fprintf(w, "data: %s\n\n", data)
	}
	fmt.Fprint(w, "data: [DONE]\n\n")
}

func halves(s string) []string { return []string{s[:len(s)/2], s[len(s)/2:]} }

func (s *Server) chunk(w http.ResponseWriter, req Request, delta map[string]any, finish any) {
	data, _ := json.Marshal(map[string]any{
		"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000, "model": req.Model,
		"choices": []any{map[string]any{"index": 0, "delta": delta, "finish_reason": finish}},
	})
	fmt.Fprintf(w, "data: %s\n\n", data)
	w.(http.Flusher).Flush()
}

func fail(w http.ResponseWriter, status int, message, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	write(w, map[string]any{"error": map[string]any{"message": message, "type": strings.ToLower(http.StatusText(status)), "param": nil, "code": code}})
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // a client that left needs no answer
}
