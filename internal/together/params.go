package together

import (
	"encoding/json"
	"fmt"

	"github.com/openai/openai-go/v3/option"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/llm"
)

// body is a request in the API's own words. It is written here and not with the
// library's types because the tools, which are most of it, are the same in every
// request and need encoding only once.
type body struct {
	Model         string         `json:"model"`
	Messages      []message      `json:"messages"`
	MaxTokens     int            `json:"max_tokens,omitempty"`
	Temperature   float64        `json:"temperature"`
	ToolChoice    string         `json:"tool_choice,omitempty"`
	StreamOptions *streamOptions `json:"stream_options,omitempty"`
}

type streamOptions struct {
	IncludeUsage bool `json:"include_usage"`
}

type message struct {
	Role       llm.Role   `json:"role"`
	Content    *string    `json:"content"` // null beside tool calls
	ToolCalls  []toolCall `json:"tool_calls,omitempty"`
	ToolCallID string     `json:"tool_call_id,omitempty"`
}

type toolCall struct {
	ID       string   `json:"id"`
	Type     string   `json:"type"`
	Function function `json:"function"`
}

type function struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

type tool struct {
	Type     string `json:"type"`
	Function struct {
		Name        string         `json:"name"`
		Description string         `json:"description"`
		Parameters  map[string]any `json:"parameters"`
	} `json:"function"`
}

// encode writes a request as the option that the library sends it with.
func (c *Client) encode(model string, r llm.Request) (option.RequestOption, error) {
	b := body{Model: model, MaxTokens: c.o.MaxTokens, Temperature: c.o.Temperature, Messages: make([]message, 0, len(r.Messages))}
	for _, m := range r.Messages {
		b.Messages = append(b.Messages, encodeMessage(m))
	}
	if len(r.Tools) > 0 && r.NoCalls {
		b.ToolChoice = "none"
	}
	if r.Sink != nil {
		b.StreamOptions = &streamOptions{IncludeUsage: true}
	}
	data, err := json.Marshal(b)
	if err == nil && len(r.Tools) > 0 {
		var tools []byte
		tools, err = c.encodedTools(r.Tools)
		data = append(append(append(data[:len(data)-1], `,"tools":`...), tools...), '}')
	}
	if err != nil {
		return nil, fmt.Errorf("encode request: %w", err)
	}
	return option.WithRequestBody("application/json", data), nil
}

func encodeMessage(m llm.Message) message {
	out := message{Role: m.Role, ToolCallID: m.CallID}
	if m.Text != "" || len(m.Calls) == 0 {
		out.Content = &m.Text
	}
	for _, call := range m.Calls {
		out.ToolCalls = append(out.ToolCalls, toolCall{call.ID, "function", function{call.Name, call.Arguments}})
	}
	return out
}

// toolSet is a list of tools with its encoding.
type toolSet struct {
	of      []llm.Tool
	encoded []byte
}

// encodedTools encodes tools, or returns what it encoded last: engines pass one
// and the same list with every request.
func (c *Client) encodedTools(tools []llm.Tool) ([]byte, error) {
	if last := c.tools.Load(); last != nil && len(last.of) == len(tools) && &last.of[0] == &tools[0] {
		return last.encoded, nil
	}
	list := make([]tool, len(tools))
	for i, t := range tools {
		list[i].Type = "function"
		list[i].Function.Name, list[i].Function.Description, list[i].Function.Parameters = t.Name, t.Description, t.Schema
	}
	encoded, err := json.Marshal(list)
	if err == nil {
		c.tools.Store(&toolSet{tools, encoded})
	}
	return encoded, err
}
