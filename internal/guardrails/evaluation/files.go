package evaluation

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/attack"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/safety"
)

// model is a trained part of the guardrails and where its source tree keeps it.
type model struct {
	file  string
	train func(dir, tree string) ([]byte, error)
}

var models = []model{
	{"internal/guardrails/pii/names.model", func(dir, tree string) ([]byte, error) {
		m, err := TrainNames(dir)
		if err != nil {
			return nil, err
		}
		return m.Marshal()
	}},
	{"internal/guardrails/attack/attack.model", func(dir, tree string) ([]byte, error) {
		rows, err := ReadInjection(dir)
		if err != nil {
			return nil, err
		}
		others, err := OtherHarmless(dir)
		if err != nil {
			return nil, err
		}
		examples := AttackExamples(append(rows, others...))
		articles, err := paragraphs(tree)
		for _, text := range articles {
			examples = append(examples, attack.Example{Text: text, Weight: articleWeight})
		}
		if err != nil {
			return nil, err
		}
		return attack.Train(examples, trainSeed).Marshal()
	}},
	{"internal/guardrails/safety/safety.model", func(dir, tree string) ([]byte, error) {
		rows, err := ReadSafety(dir)
		if err != nil {
			return nil, err
		}
		others, err := OtherSafe(dir)
		if err != nil {
			return nil, err
		}
		examples := SafetyExamples(append(rows, others...))
		articles, err := paragraphs(tree)
		for _, text := range articles {
			examples = append(examples, safety.Example{Text: text, Weight: articleWeight})
		}
		if err != nil {
			return nil, err
		}
		return safety.Train(examples, trainSeed).Marshal()
	}},
}

// Train makes every model anew from a folder of labelled texts and writes them
// into a source tree. The same texts give the same files. say is told of each.
func Train(dir, tree string, say func(string)) error {
	for _, m := range models {
		data, err := m.train(dir, tree)
		if err != nil {
			return fmt.Errorf("train %s: %w", m.file, err)
		}
		if err := os.WriteFile(filepath.Join(tree, filepath.FromSlash(m.file)), data, 0o644); err != nil { //nolint:gosec // part of the source
			return err
		}
		say(fmt.Sprintf("%s: %d bytes", m.file, len(data)))
	}
	return nil
}

// articleWeight is how much a paragraph of our own articles counts: what the
// assistant quotes must pass.
const articleWeight = 3

// paragraphs are those of the articles in a source tree.
func paragraphs(tree string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(tree, "knowledge", "*.md"))
	if err != nil {
		return nil, err
	}
	var list []string
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for section := range strings.SplitSeq(string(data), "\n## ") {
			list = append(list, section)
			for paragraph := range strings.SplitSeq(section, "\n\n") {
				list = append(list, paragraph)
			}
		}
	}
	return list, nil
}
