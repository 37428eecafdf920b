package evaluation

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/attack"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/safety"
)

// Train makes the models of attacks and unsafe content anew from a folder of public
// development data and writes it into a source tree. The same data gives the same
// files. say is told of each.
func Train(dir, tree string, say func(string)) error {
	files, err := train(dir, tree)
	if err != nil {
		return err
	}
	for name, data := range files {
		path := filepath.Join(tree, "internal", "guardrails", filepath.FromSlash(name))
		if err := os.WriteFile(path, data, 0o644); err != nil { //nolint:gosec // part of the source
			return err
		}
		say(fmt.Sprintf("%s: %d bytes", path, len(data)))
	}
	return nil
}

// train returns the models by file.
func train(dir, tree string) (map[string][]byte, error) {
	files := map[string][]byte{}
	put := func(name string, data []byte, err error) error {
		files[name] = data
		return err
	}
	examples, err := attackExamples(dir, tree)
	if err != nil {
		return nil, err
	}
	data, err := attack.Train(examples, trainSeed).Marshal()
	if err := put("attack/attack.model", data, err); err != nil {
		return nil, err
	}
	articles, err := paragraphs(tree)
	if err != nil {
		return nil, err
	}
	var rows []safety.Row
	for _, text := range articles {
		for range articleWeight {
			rows = append(rows, safety.Row{Text: text, Source: "articles"})
		}
	}
	models, err := safety.Train(dir, rows, safetySeed)
	if err != nil {
		return nil, err
	}
	data, err = models.Harm.Marshal()
	if err := put("safety/weights.bin", data, err); err != nil {
		return nil, err
	}
	data, err = models.Kind.Marshal()
	return files, put("safety/kinds.bin", data, err)
}

// Seeds make training reproducible.
const (
	trainSeed  = 7
	safetySeed = 1
)

// attackExamples are the labelled texts of a folder and, as harmless ones, the
// articles of a source tree: what the assistant quotes must pass.
func attackExamples(dir, tree string) ([]attack.Example, error) {
	rows, err := ReadInjection(dir)
	if err != nil {
		return nil, err
	}
	others, err := OtherHarmless(dir)
	if err != nil {
		return nil, err
	}
	articles, err := paragraphs(tree)
	if err != nil {
		return nil, err
	}
	examples := AttackExamples(append(rows, others...))
	for _, text := range articles {
		examples = append(examples, attack.Example{Text: text, Weight: articleWeight})
	}
	return examples, nil
}

// articleWeight is how much a paragraph of an article counts.
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
