package internal_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestOnlyTheConciergeMakesConfirmations keeps the door to money where it is: a
// bank.Confirmation comes from the customer's words or button, in one file.
func TestOnlyTheConciergeMakesConfirmations(t *testing.T) {
	t.Parallel()
	var found []string
	err := filepath.WalkDir("..", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.Contains(file, "storetest") {
			return err
		}
		source, err := os.ReadFile(file)
		if err == nil && (strings.Contains(string(source), "bank.ConfirmedBy") || strings.Contains(string(source), "bank.Confirmation{")) {
			found = append(found, filepath.ToSlash(file))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(found, []string{"../internal/concierge/pending.go"}) {
		t.Errorf("confirmations are made in %v", found)
	}
}
