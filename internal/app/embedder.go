package app

import (
	"context"
	"fmt"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/embedding"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/health"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

// embedder adds search by meaning, if a model and a key for it are set.
func (s *service) embedder(o *rag.Options, t *teardown) error {
	c := s.o.Config
	if c.EmbeddingModel == "" || c.TogetherAPIKey == "" {
		return nil
	}
	client, err := embedding.New(embedding.Options{
		BaseURL: c.TogetherBaseURL, Key: c.TogetherAPIKey.Reveal(), Timeout: time.Duration(c.TogetherTimeout),
		Breakers: s.breakers(), Log: s.log, Registerer: s.registry,
	})
	if err != nil {
		return err
	}
	t.add("embeddings of "+string(s.name), client.Close)
	o.Vectors, o.Embedder, o.Model, o.Mask = s.store.Vectors(), switchedEmbedder{client, s.flags}, c.EmbeddingModel, s.maskQuestion
	return nil
}

// maskQuestion hides personal data from the embedder. The concierge sends masked
// text already; others may not. A text that can't be judged isn't sent.
func (s *service) maskQuestion(text string) string {
	v, err := s.guard.Check(context.Background(), guardrails.Request{Text: text, Direction: guardrails.Input, CheckPII: true})
	if err != nil {
		s.log.Warn("a question could not be masked for the embedder", "error", err)
		return ""
	}
	return v.MaskedText
}

// injected says whether an article gives orders to a model. One that can't be judged
// isn't trusted.
func (s *service) injected(ctx context.Context, text string) bool {
	v, err := s.guard.Check(ctx, guardrails.Request{Text: text, Direction: guardrails.Input, CheckInjection: true})
	if err != nil {
		s.log.WarnContext(ctx, "a passage could not be checked for orders to a model", "error", err)
	}
	return err != nil || v.IsInjection
}

// embeddings says how passages are found: by words alone, or by meaning, too.
func embeddings(core *rag.Service) health.Check {
	return health.Check{Name: "embeddings", Run: func(context.Context) (string, error) {
		e := core.Embedding()
		switch {
		case e.Model == "":
			return "not configured, passages are found by words alone", nil
		case e.Err != nil:
			return "", fault.New(fault.Connection, "%s; %s", fault.As(e.Err).Detail, serving(e)).WithCause(e.Err)
		case e.Total == 0:
			return "no passages to embed", nil
		case e.Serving != e.Model:
			incomplete := fault.New(fault.Connection, "%s is not complete yet; %s", e.Model, serving(e))
			return incomplete.Detail, health.Impaired(incomplete)
		case e.QuestionErr != nil:
			words := fault.New(fault.Connection, "%s; the last question was searched by words alone", fault.As(e.QuestionErr).Detail)
			return words.Detail, health.Impaired(words.WithCause(e.QuestionErr))
		}
		return serving(e), nil
	}}
}

func serving(e rag.Embedding) string {
	if e.Serving == "" {
		return "passages are found by words alone"
	}
	where := "in memory"
	switch {
	case e.InDatabase:
		where = "by the database's index"
	case e.NoIndex != nil:
		where = "in memory, as the database can't index them"
	}
	return fmt.Sprintf("%s, %d of %d passages, compared %s", e.Serving, e.Passages, e.Total, where)
}
