package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/breaker"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/embedding"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag/ranking"
)

type ragCommand struct {
	Serve ragServeCommand `cmd:"" default:"1" help:"Start the service."`
	Eval  ragEvalCommand  `cmd:"" help:"Measure the search on questions with judged answers."`
}

type ragServeCommand struct{}

func (ragServeCommand) Run(env *environment) error { return serveOne(env, app.RAG) }

type ragEvalCommand struct {
	Folders []string `arg:"" name:"folder" help:"Collections in BEIR's layout." type:"existingdir"`
}

// Help is shown by rag eval --help.
func (ragEvalCommand) Help() string {
	return `A collection is a folder with corpus.jsonl, queries.jsonl and qrels.tsv (or
qrels/test.tsv). Prints nDCG@10, recall@5, recall@10 and MRR@10 of search by words
and, where EMBEDDING_MODEL and TOGETHER_API_KEY are set, by vectors alone and by
both. All texts of the collections are sent to the embedder then.`
}

func (c ragEvalCommand) Run(env *environment) error {
	embed, note, end, err := evalEmbedder(env)
	if err != nil {
		return err
	}
	defer end()
	fmt.Fprintln(env.stdout, note)
	for _, folder := range c.Folders {
		began := time.Now()
		e, err := ranking.Evaluate(os.DirFS(folder), embed)
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(folder), err)
		}
		fmt.Fprintf(env.stdout, "\n%s, %.1f s, %s", filepath.Base(folder), time.Since(began).Seconds(), e)
	}
	return nil
}

// evalEmbedder returns the embedder that the settings name, or nil.
func evalEmbedder(env *environment) (embed ranking.Embedder, note string, end func(), err error) {
	c, err := env.config()
	if err != nil {
		return nil, "", nil, err
	}
	if c.EmbeddingModel == "" || c.TogetherAPIKey == "" {
		return nil, "No embedder: EMBEDDING_MODEL or TOGETHER_API_KEY is not set. Search by words alone is measured.", func() {}, nil
	}
	client, err := embedding.New(embedding.Options{
		BaseURL: c.TogetherBaseURL, Key: c.TogetherAPIKey.Reveal(), Timeout: time.Duration(c.TogetherTimeout),
		Breakers: breaker.NewFactory(breaker.Options{}),
	})
	if err != nil {
		return nil, "", nil, err
	}
	embed = func(texts []string) ([][]float32, error) {
		return client.Passages(env.ctx, c.EmbeddingModel, rag.Embeddable(texts))
	}
	return embed, "Embedder: " + c.EmbeddingModel, func() { _ = client.Close() }, nil
}
