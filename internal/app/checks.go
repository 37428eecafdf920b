package app

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/health"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

// neighbour checks a service that runs elsewhere. It is never required: one
// replica's trouble with a neighbour must not take all replicas out.
func neighbour(name, url string, client *http.Client) health.Check {
	return health.Check{Name: name, Run: func(ctx context.Context) (string, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(url, "/")+"/health", http.NoBody)
		if err != nil {
			return "", err
		}
		answer, err := client.Do(r)
		if err != nil {
			return "", fault.New(fault.Connection, "not reachable").WithCause(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return "", fault.New(fault.Connection, "answers with status %d", answer.StatusCode)
		}
		return "reachable", nil
	}}
}

func inProcess(name string) health.Check {
	return health.Check{Name: name, Run: func(context.Context) (string, error) { return "in this process", nil }}
}

// knowledgeBase says how much there is to search. An empty one is degraded: the
// service works, and yet no question finds an answer.
func knowledgeBase(core *rag.Service) health.Check {
	return health.Check{Name: "knowledge_base", Run: func(context.Context) (string, error) {
		documents, chunks := core.Size()
		if documents == 0 {
			return "", fault.New(fault.NotFound, "no documents")
		}
		return fmt.Sprintf("%d documents, %d passages", documents, chunks), nil
	}}
}
