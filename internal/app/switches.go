package app

import (
	"context"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/safety"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

// openFlags makes the service follow the flags of its database.
func (s *service) openFlags() (err error) {
	s.flags, err = feature.New(feature.Options{Store: s.store.Flags(), Log: s.log, Registerer: s.registry})
	s.tasks = append(s.tasks, s.oncePrepared(func(ctx context.Context) { s.flags.Follow(ctx) }))
	return err
}

// switchedEmbedder is an embedder that isn't asked while models are switched off:
// passages are found by words alone then.
type switchedEmbedder struct {
	rag.Embedder
	flags *feature.Flags
}

// Passages asks the embedder unless models are switched off.
func (e switchedEmbedder) Passages(ctx context.Context, model string, texts []string) ([][]float32, error) {
	if !e.flags.On(ctx, feature.LLM) {
		return nil, feature.ErrOff("the embedding model")
	}
	return e.Embedder.Passages(ctx, model, texts)
}

// Question asks the embedder unless models are switched off.
func (e switchedEmbedder) Question(ctx context.Context, model, text string) ([]float32, error) {
	if !e.flags.On(ctx, feature.LLM) {
		return nil, feature.ErrOff("the embedding model")
	}
	return e.Embedder.Question(ctx, model, text)
}

// switchedOpinion is a judging model that isn't asked while models are switched
// off: the detectors decide alone then.
type switchedOpinion struct {
	guardrails.Opinion
	flags *feature.Flags
}

// Unsafe asks the model unless models are switched off.
func (o switchedOpinion) Unsafe(ctx context.Context, text string, byAssistant bool) ([]safety.Category, error) {
	if !o.flags.On(ctx, feature.LLM) {
		return nil, feature.ErrOff("the judging model")
	}
	return o.Opinion.Unsafe(ctx, text, byAssistant)
}
