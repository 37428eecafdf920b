package concierge

import (
	"context"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

const (
	// keptQuestions is how many earlier questions a search gets: as many as it looks
	// at.
	keptQuestions = 2
	// maxKeptQuestion bounds what is kept of one, in bytes.
	maxKeptQuestion = 500
)

// find searches the articles for the turn's message as the conversation has it.
func (s *Service) find(ctx context.Context, t *turn) ([]rag.Passage, error) {
	question := t.masked.String()
	passages, err := s.knowledge.Search(ctx, rag.Query{Text: question, Context: t.state.Asked, Limit: passagesPerQuestion})
	asked := append(t.state.Asked[:len(t.state.Asked):len(t.state.Asked)], strings.ToValidUTF8(question[:min(len(question), maxKeptQuestion)], ""))
	t.state.Asked = asked[max(0, len(asked)-keptQuestions):]
	return passages, err
}
