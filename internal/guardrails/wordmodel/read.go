package wordmodel

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// maxLine bounds a line of a data file, in bytes.
const maxLine = 1 << 20

// Read reads one row in every of a file that has a JSON object on each line.
func Read[T any](path string, every int) ([]T, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var rows []T
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxLine)
	for n := 0; lines.Scan(); n++ {
		if n%every != 0 {
			continue
		}
		var row T
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("read %s, line %d: %w", path, n+1, err)
		}
		rows = append(rows, row)
	}
	return rows, lines.Err()
}
