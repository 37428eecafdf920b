package evaluation

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
)

// data is the folder of the public development data; without it the test is skipped.
func data(t *testing.T) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "..", "shared", "data")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("NOT MEASURED: the public development data is not beside the project")
	}
	return dir
}

func TestPIIOnDevelopmentData(t *testing.T) {
	t.Parallel()
	rows, err := ReadLines[PIIRow](filepath.Join(data(t), "guardrails", "pii_dev.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	show := os.Getenv("SHOW_PII")
	scores := PII(rows, pii.Find, func(row PIIRow, kind string, start, end int, missed bool) {
		if kind == show {
			t.Logf("missed=%v %q in %.160q", missed, row.Text[start:end], row.Text[max(0, start-50):])
		}
	})
	WritePII(t.Output(), scores)
}

func TestPIIOnUnseenTemplates(t *testing.T) {
	t.Parallel()
	show := os.Getenv("SHOW_PII")
	scores, err := CrossValidatePII(data(t), 5, func(row PIIRow, kind string, start, end int, missed bool) {
		if kind == show {
			t.Logf("missed=%v %q in %.120q", missed, row.Text[start:end], row.Text[max(0, start-40):])
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	WritePII(t.Output(), scores)
}
