package evaluation

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
)

// data is a file of the public development data, or skips the test.
func data(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "..", "shared", "data", "guardrails", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("NOT MEASURED: the development data %s is not beside the project", name)
	}
	return path
}

func TestPIIOnDevelopmentData(t *testing.T) {
	t.Parallel()
	rows, err := ReadLines[PIIRow](data(t, "pii_dev.jsonl"))
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
	scores, err := CrossValidatePII(filepath.Dir(data(t, "pii_dev.jsonl")), 5, func(row PIIRow, kind string, start, end int, missed bool) {
		if kind == show {
			t.Logf("missed=%v %q in %.120q", missed, row.Text[start:end], row.Text[max(0, start-40):])
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	WritePII(t.Output(), scores)
}
