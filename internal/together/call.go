package together

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/openai/openai-go/v3"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/llm"
)

// errStalled ends a stream that is silent for too long.
var errStalled = errors.New("together: the stream stalled")

// call makes one call, and tells log, metrics and trace how it went.
func (c *Client) call(ctx context.Context, name string, r llm.Request, sink *guardedSink) (llm.Completion, error) {
	ctx, span := c.tracer.Start(ctx, "chat "+name, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("gen_ai.operation.name", "chat"), attribute.String("gen_ai.provider.name", "together_ai"),
		attribute.String("gen_ai.request.model", name), attribute.Int("gen_ai.request.max_tokens", c.o.MaxTokens)))
	defer span.End()
	began := time.Now()
	bounded, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	var completion llm.Completion
	var err error
	if r.Sink == nil {
		completion, err = c.whole(bounded, name, r)
	} else {
		completion, err = c.stream(bounded, name, r, sink)
	}
	completion.Model = name
	if err == nil {
		err = checked(r, completion)
	}
	if err != nil {
		err = classify(ctx, bounded, err)
	}
	c.record(ctx, span, completion, err, time.Since(began))
	return completion, err
}

// record tells how a call went, without a word of what was said.
func (c *Client) record(ctx context.Context, span trace.Span, answer llm.Completion, err error, took time.Duration) {
	status := statusOf(err)
	c.metrics.calls.WithLabelValues(answer.Model, status).Inc()
	c.metrics.latency.Observe(took.Seconds())
	c.metrics.tokens.WithLabelValues(answer.Model, "prompt").Add(float64(answer.Usage.Prompt))
	c.metrics.tokens.WithLabelValues(answer.Model, "completion").Add(float64(answer.Usage.Completion))
	span.SetAttributes(attribute.Int64("gen_ai.usage.input_tokens", answer.Usage.Prompt),
		attribute.Int64("gen_ai.usage.output_tokens", answer.Usage.Completion))
	c.o.Log.InfoContext(ctx, "together_api_latency", "model", answer.Model, "status", status, "duration", took,
		"prompt_tokens", answer.Usage.Prompt, "completion_tokens", answer.Usage.Completion)
	if err == nil {
		return
	}
	span.SetStatus(codes.Error, status)
	if fault.Is(err, fault.RateLimit) {
		c.o.Log.WarnContext(ctx, "rate_limit of together_api reached", "model", answer.Model,
			"retry_after_ms", fault.As(err).RetryAfter.Milliseconds())
	}
	c.o.Log.WarnContext(ctx, "together_api error", "model", answer.Model, "status", status, "error", err)
}

// whole asks for the answer in one piece.
func (c *Client) whole(ctx context.Context, name string, r llm.Request) (llm.Completion, error) {
	request, err := c.encode(name, r)
	if err != nil {
		return llm.Completion{}, err
	}
	answer, err := c.chat.New(ctx, openai.ChatCompletionNewParams{}, request)
	if err != nil {
		return llm.Completion{}, err
	}
	completion := llm.Completion{Usage: llm.Usage{Prompt: answer.Usage.PromptTokens, Completion: answer.Usage.CompletionTokens}}
	if len(answer.Choices) == 0 {
		return completion, errMalformed
	}
	choice := answer.Choices[0]
	completion.Text, completion.Truncated = choice.Message.Content, choice.FinishReason == "length"
	for _, call := range choice.Message.ToolCalls {
		completion.Calls = append(completion.Calls, llm.ToolCall{ID: call.ID, Name: call.Function.Name, Arguments: call.Function.Arguments})
	}
	if choice.FinishReason == "content_filter" {
		return completion, errFiltered
	}
	return completion, nil
}

// stream asks for the answer in pieces. A stream that is silent for too long is
// given up, and one that ends without saying so counts as broken.
func (c *Client) stream(ctx context.Context, name string, r llm.Request, sink *guardedSink) (llm.Completion, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(c.o.Timeout, func() { cancel(errStalled) })
	defer watch.Stop()
	request, err := c.encode(name, r)
	if err != nil {
		return llm.Completion{}, err
	}
	stream := c.chat.NewStreaming(ctx, openai.ChatCompletionNewParams{}, request)
	defer stream.Close()
	watch.Reset(c.o.StallTimeout) // the headers are here
	var a assembly
	for stream.Next() {
		watch.Reset(c.o.StallTimeout)
		if err := a.add(stream.Current(), sink); err != nil {
			return a.completion(), err
		}
	}
	err = stream.Err()
	switch {
	case errors.Is(context.Cause(ctx), errStalled):
		err = errStalled
	case err == nil && a.finish == "":
		err = errCut
	case err == nil && a.finish == "content_filter":
		err = errFiltered
	}
	return a.completion(), err
}

// What an assembly accepts of one answer. A server that sends more is broken.
const (
	maxCalls     = 32
	maxText      = 256 << 10
	maxArguments = 64 << 10
)

// assembly puts a streamed answer together.
type assembly struct {
	text   []byte
	calls  []llm.ToolCall
	usage  llm.Usage
	finish string
}

func (a *assembly) add(chunk openai.ChatCompletionChunk, sink *guardedSink) error {
	if u := chunk.Usage; u.PromptTokens > 0 || u.CompletionTokens > 0 {
		a.usage = llm.Usage{Prompt: u.PromptTokens, Completion: u.CompletionTokens}
	}
	if len(chunk.Choices) == 0 {
		return nil
	}
	choice := chunk.Choices[0]
	if choice.FinishReason != "" {
		a.finish = choice.FinishReason
	}
	if len(a.text)+len(choice.Delta.Content) > maxText {
		return errMalformed
	}
	a.text = append(a.text, choice.Delta.Content...)
	sink.text(choice.Delta.Content)
	for _, piece := range choice.Delta.ToolCalls {
		if piece.Index < 0 || piece.Index >= maxCalls {
			return errMalformed
		}
		for int(piece.Index) >= len(a.calls) {
			a.calls = append(a.calls, llm.ToolCall{})
		}
		call := &a.calls[piece.Index]
		call.ID += piece.ID
		call.Name += piece.Function.Name
		call.Arguments += piece.Function.Arguments
		if len(call.ID)+len(call.Name)+len(call.Arguments) > maxArguments {
			return errMalformed
		}
	}
	return nil
}

func (a *assembly) completion() llm.Completion {
	return llm.Completion{Text: string(a.text), Calls: a.calls, Usage: a.usage, Truncated: a.finish == "length"}
}

// checked refuses an answer that says nothing or too much. After a tool's result
// there may be nothing left to say. Calls without an id get one: their results
// must name it.
func checked(r llm.Request, answer llm.Completion) error {
	silent := answer.Text == "" && len(answer.Calls) == 0
	if silent && r.Messages[len(r.Messages)-1].Role != llm.ToolRole || len(answer.Text) > maxText || len(answer.Calls) > maxCalls {
		return errMalformed
	}
	for i := range answer.Calls {
		call := &answer.Calls[i]
		if call.Name == "" || len(call.Arguments) > maxArguments {
			return errMalformed
		}
		if call.ID == "" {
			call.ID = "call_" + strconv.Itoa(i)
		}
	}
	return nil
}
