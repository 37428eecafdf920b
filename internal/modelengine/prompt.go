package modelengine

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"strings"
	"text/template"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/llm"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/rag"
)

//go:embed prompts/*.tmpl
var promptFiles embed.FS

// Company is what the prompt says about whose assistant speaks.
type Company struct {
	Name string
	Tone string
	// Rules are further instructions, in the company's own words.
	Rules string
}

// prompt is the instructions, ready, and the form of what changes by the turn.
type prompt struct {
	instructions string
	context      *template.Template
	version      string
}

// newPrompt fills in the instructions. Its version is a digest of all that a
// model is told before a turn's own data: it changes whenever that does.
func newPrompt(c Company) (prompt, error) {
	files, err := template.ParseFS(promptFiles, "prompts/*.tmpl")
	if err != nil {
		return prompt{}, fmt.Errorf("prompt: %w", err)
	}
	var b strings.Builder
	if err := files.ExecuteTemplate(&b, "system.tmpl", c); err != nil {
		return prompt{}, fmt.Errorf("prompt: %w", err)
	}
	form, err := promptFiles.ReadFile("prompts/context.tmpl")
	if err != nil {
		return prompt{}, fmt.Errorf("prompt: %w", err)
	}
	sum := sha256.Sum256([]byte(b.String() + "\x00" + string(form)))
	return prompt{instructions: b.String(), context: files.Lookup("context.tmpl"), version: hex.EncodeToString(sum[:6])}, nil
}

type article struct {
	Number         int
	Title, Content string
}

// messages is the prompt of a turn: instructions, what the turn is about, as
// much of the conversation as fits, and the message.
func (e *Engine) messages(in Input) ([]llm.Message, error) {
	budget := e.o.ContextTokens - e.o.AnswerTokens - e.fixedTokens - tokens(in.Message.String())
	articles := make([]article, 0, len(in.Passages))
	for i, p := range in.Passages {
		budget -= tokens(p.Title + p.Content)
		articles = append(articles, article{Number: i + 1, Title: p.Title, Content: p.Content})
	}
	budget -= reservedForResults
	recent, summary := in.History.fit(budget)
	var b strings.Builder
	err := e.prompt.context.Execute(&b, struct {
		Today           string
		SignedIn        bool
		Summary         []string
		Articles        []article
		ArticlesMissing bool
	}{in.Now.Format("Monday, January 2, 2006 (2006-01-02), MST"), in.Caller.CustomerID != "", summary, articles, in.ArticlesMissing})
	if err != nil {
		return nil, fmt.Errorf("prompt: %w", err)
	}
	list := []llm.Message{{Role: llm.System, Text: e.prompt.instructions + "\n\n" + b.String()}}
	for _, x := range recent {
		if x.Customer != "" {
			list = append(list, llm.Message{Role: llm.User, Text: x.Customer})
		}
		list = append(list, llm.Message{Role: llm.Assistant, Text: x.Answer})
	}
	return append(list, llm.Message{Role: llm.User, Text: in.Message.String()}), nil
}

// reservedForResults is kept free for what tools will answer, in tokens.
const reservedForResults = 3000

// tokens is a careful estimate of how many tokens a text has: models' alphabets
// differ, and none of the common ones needs more than one for three bytes of
// prose.
func tokens(text string) int { return len(text)/3 + 4 }

func tokensOf(messages []llm.Message) int {
	n := 0
	for _, m := range messages {
		n += tokens(m.Text)
		for _, c := range m.Calls {
			n += tokens(c.Name + c.Arguments)
		}
	}
	return n
}

// sources are the texts of the passages, for checks.
func sources(passages []rag.Passage) string {
	var b strings.Builder
	for _, p := range passages {
		b.WriteString(p.Title + "\n" + p.Content + "\n")
	}
	return b.String()
}
