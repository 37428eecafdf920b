package evaluation

import (
	"fmt"
	"os"
	"path/filepath"
)

// model is a trained part of the guardrails and where its source tree keeps it.
type model struct {
	file  string
	train func(dir string) ([]byte, error)
}

var models = []model{
	{"internal/guardrails/pii/names.model", func(dir string) ([]byte, error) {
		m, err := TrainNames(dir)
		if err != nil {
			return nil, err
		}
		return m.Marshal()
	}},
}

// Train makes every model anew from a folder of labelled texts and writes them
// into a source tree. The same texts give the same files. say is told of each.
func Train(dir, tree string, say func(string)) error {
	for _, m := range models {
		data, err := m.train(dir)
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
