package modelengine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/bank"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/grounding"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/llm"
)

// turn is one message on its way to its answer.
type turn struct {
	e        *Engine
	in       Input
	messages []llm.Message
	facts    grounding.Facts
	sources  strings.Builder // texts that personal data may come from
	runs     []Run
	proposal *bank.Proposal
	made     map[string]int    // calls by name and arguments
	answers  map[string]string // and what they got
	out      *gate
	model    string
	revised  bool
}

// Answer answers a message. When it fails the Outcome says what has been done
// and shown already, which the caller must build on and not repeat. The error is
// ctx's, the model's, a *ToolError, or one of this package.
func (e *Engine) Answer(ctx context.Context, in Input) (Outcome, error) {
	t, err := e.begin(in)
	if err != nil {
		return Outcome{}, err
	}
	err = t.steps(ctx)
	return t.outcome(), err
}

// begin collects what is known before the model is asked.
func (e *Engine) begin(in Input) (*turn, error) {
	var err error
	t := &turn{e: e, in: in, made: map[string]int{}, answers: map[string]string{}}
	if t.messages, err = e.messages(t.in); err != nil {
		return nil, err
	}
	t.facts.AddCustomer(in.Message.String())
	t.facts.AddCustomer(in.History.said(maxRecent))
	for _, p := range t.in.Passages {
		t.facts.AddText(p.Title + "\n" + p.Content + "\n" + p.URL)
	}
	t.facts.AddText(e.o.Company.Rules)
	for _, days := range []int{-1, 0, 1} {
		t.facts.AddDay(in.Now.AddDate(0, 0, days))
	}
	t.knowPlaceholders()
	t.sources.WriteString(sources(t.in.Passages) + e.o.Company.Name + "\n")
	t.out = newGate(t)
	return t, nil
}

func (t *turn) knowPlaceholders() {
	for name := range t.in.Vault.Values {
		t.facts.AddPlaceholder(name)
	}
}

// steps asks the model, runs what it calls, and asks again, until it has
// answered in words that pass their checks.
func (t *turn) steps(ctx context.Context) error {
	for step := 1; step <= maxSteps; step++ {
		if tokensOf(t.messages)+t.e.fixedTokens+t.e.o.AnswerTokens > t.e.o.ContextTokens {
			return ErrTooLong
		}
		answer, err := t.ask(ctx, step)
		switch {
		case err != nil:
			return err
		case len(answer.Calls) > 0 && step == maxSteps:
			return ErrEndless
		case len(answer.Calls) > 0:
			t.out.pause()
			if err := t.run(ctx, answer); err != nil {
				return err
			}
		default:
			again, err := t.conclude(ctx, answer)
			if !again || err != nil {
				return err
			}
		}
	}
	return ErrRejected
}

// ask asks the model once. In its last step it may call no tool.
func (t *turn) ask(ctx context.Context, step int) (llm.Completion, error) {
	ctx, span := t.e.tracer.Start(ctx, "model step")
	defer span.End()
	span.SetAttributes(attribute.Int("step", step), attribute.String("prompt.version", t.e.prompt.version))
	t.out.begin(ctx)
	r := llm.Request{Messages: t.messages, NoCalls: step == maxSteps}
	if t.in.Caller.CustomerID != "" {
		r.Tools = t.e.tools
	}
	if t.in.Show != nil {
		r.Sink = t.out
	}
	answer, err := t.e.o.Model.Complete(ctx, r)
	if err != nil {
		t.out.abandon()
		return answer, err
	}
	t.model = answer.Model
	if r.Sink == nil {
		t.out.Text(answer.Text)
	}
	return answer, nil
}

// conclude judges the end of an answer in words. The model gets one chance to
// correct what doesn't pass, as long as nothing of the answer is shown.
func (t *turn) conclude(ctx context.Context, answer llm.Completion) (again bool, err error) {
	t.out.end(answer.Truncated)
	if t.out.err != nil {
		return false, t.out.err
	}
	problem := t.out.problem
	if problem == "" {
		if t.out.accepted.Len() == 0 && t.proposal == nil {
			return false, ErrNothing
		}
		return false, nil
	}
	t.e.o.Log.WarnContext(ctx, "a model's answer did not pass its checks", "reason", t.out.kind, "model", t.model, "revised", t.revised)
	if t.revised || t.out.shownInStep {
		return false, ErrRejected
	}
	t.revised = true
	t.out.abandon()
	t.messages = append(t.messages, llm.Message{Role: llm.Assistant, Text: answer.Text},
		llm.Message{Role: llm.User, Text: "(From the service, not from the customer.) Your answer was not shown, because " + problem +
			" Write it again. Use only figures from tools' results of this turn or from the articles; call a tool if you need one. Don't mention this note."})
	return true, nil
}

// run runs the tools that an answer calls and appends their results.
func (t *turn) run(ctx context.Context, answer llm.Completion) error {
	t.messages = append(t.messages, llm.Message{Role: llm.Assistant, Text: answer.Text, Calls: answer.Calls})
	for i, call := range answer.Calls {
		key := call.Name + "\x00" + call.Arguments
		t.made[key]++
		result, known := t.answers[key]
		switch {
		case t.made[key] > maxRepeats:
			return ErrEndless
		case known:
		case i >= maxCallsPerStep:
			result = problem("too many calls at once; make fewer")
		default:
			var err error
			if result, err = t.call(ctx, call); err != nil {
				return err
			}
			t.answers[key] = result
		}
		t.messages = append(t.messages, llm.Message{Role: llm.ToolRole, Text: result, CallID: call.ID})
	}
	return nil
}

// problem is what a model reads instead of a result.
func problem(text string) string {
	data, _ := json.Marshal(map[string]string{"error": text}) // a string always has a JSON form
	return string(data)
}

// call runs one tool and returns what the model reads of its result. What the
// model did wrong it reads as well; only failures of the bank are errors.
func (t *turn) call(ctx context.Context, call llm.ToolCall) (string, error) {
	if t.in.Caller.CustomerID == "" {
		return problem("the customer isn't signed in"), nil
	}
	proposes, known := t.e.proposes[call.Name]
	if !known {
		return problem("there is no such tool"), nil
	}
	masked := bytes.TrimSpace([]byte(call.Arguments))
	if len(masked) == 0 {
		masked = []byte("{}")
	}
	var object map[string]any
	if err := json.Unmarshal(masked, &object); err != nil {
		return problem("the arguments are no JSON object; send them again"), nil
	}
	if proposes {
		if objection := t.objection(call.Name, object); objection != "" {
			t.e.o.Log.WarnContext(ctx, "a model proposed what the customer did not ask for", "tool", call.Name)
			return problem(objection), nil
		}
	}
	args, err := t.in.Vault.UnmaskJSON(masked)
	if err != nil {
		return problem("the arguments are no JSON object; send them again"), nil
	}
	result, err := t.in.Run(ctx, call.Name, args)
	if err != nil && !t.in.Refused(err) {
		return "", &ToolError{err}
	}
	if err != nil {
		return t.refusal(ctx, call.Name, err)
	}
	return t.learn(ctx, call.Name, object, result)
}

// refusal is the bank's refusal as a model reads it.
func (t *turn) refusal(ctx context.Context, tool string, err error) (string, error) {
	detail := &text{value: fault.As(err).Detail}
	t.sources.WriteString(detail.value + "\n")
	if err := t.maskTexts(ctx, []*text{detail}); err != nil {
		return "", err
	}
	t.knowPlaceholders()
	t.facts.AddText(detail.value)
	if tool == bank.SetCardFrozen {
		t.facts.AddCards()
	}
	return problem(detail.value), nil
}

// learn adds a result to what is known and returns what the model reads of it.
func (t *turn) learn(ctx context.Context, tool string, args map[string]any, result any) (string, error) {
	t.runs = append(t.runs, Run{tool, result})
	if p, ok := result.(*bank.Proposal); ok {
		t.proposal = p
	}
	switch tool {
	case bank.ListTransactions, bank.GetTransaction:
		t.facts.AddHistory()
	case bank.ListCards:
		t.facts.AddCards()
	}
	raw, err := json.Marshal(result)
	if err != nil {
		return "", fmt.Errorf("encode result: %w", err)
	}
	var decoded any
	if err := json.Unmarshal(raw, &decoded); err != nil {
		return "", fmt.Errorf("decode result: %w", err)
	}
	t.sources.Write(raw)
	t.sources.WriteByte('\n')
	t.facts.AddResult(decoded, t.in.location())
	t.knowPeriod(args)
	read, err := t.view(ctx, decoded)
	t.knowPlaceholders()
	return read, err
}

// knowPeriod adds the days that a result was asked for.
func (t *turn) knowPeriod(args map[string]any) {
	for _, name := range []string{"from", "to"} {
		s, _ := args[name].(string)
		if day, err := time.ParseInLocation(time.DateOnly, s, t.in.location()); err == nil {
			t.facts.AddDay(day)
		}
	}
}

func (t *turn) outcome() Outcome {
	return Outcome{
		Text: t.out.accepted.String(), Shown: t.out.shown.String(), Runs: t.runs, Proposal: t.proposal,
		Cited: t.cited(), Model: t.model,
	}
}
