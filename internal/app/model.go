package app

import (
	"context"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/breaker"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/concierge"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/health"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/modelengine"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/together"
)

// languageModel opens the engine that thinks with a model, or returns nil when no
// key is configured.
func (s *service) languageModel(guard concierge.Guard, breakers *breaker.Factory) (concierge.ModelEngine, error) {
	c := s.o.Config
	if c.TogetherAPIKey == "" {
		s.checks = append(s.checks, health.Check{Name: "together_ai", Run: func(context.Context) (string, error) {
			return "no TOGETHER_API_KEY, the local engine answers", nil
		}})
		return nil, nil
	}
	retries := c.TogetherRetries
	if retries == 0 {
		retries = -1
	}
	client := together.New(together.Options{
		BaseURL: c.TogetherBaseURL, APIKey: c.TogetherAPIKey.Reveal(), Models: append([]string{c.TogetherModel}, c.TogetherFallbackModels...),
		MaxTokens: c.TogetherMaxTokens, Temperature: c.TogetherTemperature, Timeout: time.Duration(c.TogetherTimeout),
		StallTimeout: time.Duration(c.TogetherStallTimeout), Retries: retries, MaxConcurrent: c.TogetherConcurrency,
		Breakers: breakers, Log: s.log, Registerer: s.registry, Tracing: s.tracing,
	})
	s.checks = append(s.checks, health.Check{Name: "together_ai", Run: func(context.Context) (string, error) {
		return c.TogetherModel, client.Available()
	}})
	engine, err := modelengine.New(modelengine.Options{
		Model: client, Guard: guard, Log: s.log, Tracing: s.tracing,
		Company:       modelengine.Company{Name: c.CompanyName, Tone: c.CompanyTone, Rules: c.CompanyRules},
		ContextTokens: c.TogetherContextTokens, AnswerTokens: c.TogetherMaxTokens,
	})
	if err != nil {
		return nil, err
	}
	s.log.Info("language model", "model", c.TogetherModel, "prompt_version", engine.PromptVersion())
	return engine, nil
}
