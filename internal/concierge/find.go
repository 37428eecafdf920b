package concierge

import (
	"context"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

const (
	// keptQuestions is how many earlier questions a search gets: as many as it looks
	// at.
	keptQuestions = 2
	// maxKeptQuestion bounds what is kept of one, in bytes.
	maxKeptQuestion = 500
)

// found is what a turn's search gave: each question is searched once, whoever asks.
type found struct {
	question string
	passages []rag.Passage
	err      error
}

// find searches the articles for a question, which is the turn's message or, where
// that asks for several things, a part of it.
func (s *Service) find(ctx context.Context, t *turn, question string) ([]rag.Passage, error) {
	if t.found != nil && t.found.question == question {
		return t.found.passages, t.found.err
	}
	passages, err := s.knowledge.Search(ctx, rag.Query{Text: question, Context: t.state.Asked, Limit: passagesPerQuestion})
	if err == nil {
		passages, err = s.harmless(ctx, t, passages)
	}
	asked := append(t.state.Asked[:len(t.state.Asked):len(t.state.Asked)], strings.ToValidUTF8(question[:min(len(question), maxKeptQuestion)], ""))
	t.state.Asked = asked[max(0, len(asked)-keptQuestions):]
	t.found = &found{question, passages, err}
	return passages, err
}

// harmless leaves out passages that try to give instructions: no model reads them,
// and no customer. Together they cost one check, as nearly always none does.
func (s *Service) harmless(ctx context.Context, t *turn, passages []rag.Passage) ([]rag.Passage, error) {
	var all strings.Builder
	for _, p := range passages {
		all.WriteString(p.Title + "\n" + p.Content + "\n\n")
	}
	if all.Len() == 0 {
		return passages, nil
	}
	suspicious, err := s.instructs(ctx, t.req.UserID, all.String())
	if err != nil || !suspicious {
		return passages, err
	}
	var kept []rag.Passage
	for _, p := range passages {
		instructs, err := s.instructs(ctx, t.req.UserID, p.Title+"\n"+p.Content)
		if err != nil {
			return nil, err
		}
		if instructs {
			s.log.WarnContext(ctx, "an article is left out because it contains instructions", "document", p.DocumentID)
			continue
		}
		kept = append(kept, p)
	}
	return kept, nil
}

// instructs says whether a text that somebody else wrote tries to give orders.
func (s *Service) instructs(ctx context.Context, userID, text string) (bool, error) {
	v, err := s.guard.Check(ctx, guardrails.Request{Text: text, Direction: guardrails.Input, UserID: userID, CheckInjection: true})
	return v.IsInjection, err
}
