package internal_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// guides returns the project's own documents with their texts.
func guides(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"../*.md", "../docs/*.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			texts[file] = string(raw)
		}
	}
	if len(texts) == 0 {
		t.Fatal("no documents found")
	}
	return texts
}

func TestDocumentLinksResolve(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for file, text := range guides(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			if !exists(filepath.Join(filepath.Dir(file), target)) {
				t.Errorf("%s links to %s, which doesn't exist", file, m[1])
			}
		}
	}
}

// TestDocumentsNameWhatExists looks at the `paths` in documents: a renamed
// package leaves its old name behind in prose, where no compiler finds it.
func TestDocumentsNameWhatExists(t *testing.T) {
	t.Parallel()
	path := regexp.MustCompile("`((?:internal|cmd|docs|scripts|knowledge|deploy|test|\\.ci)/[\\w./-]*)`")
	for file, text := range guides(t) {
		for _, m := range path.FindAllStringSubmatch(text, -1) {
			if !exists(filepath.Join("..", m[1])) {
				t.Errorf("%s names %s, which doesn't exist", file, m[1])
			}
		}
	}
}

// TestDocumentsNameRealSettings compares with the file that is made from the
// settings themselves.
func TestDocumentsNameRealSettings(t *testing.T) {
	t.Parallel()
	notOurs := []string{"TEST_DATABASE_URL", "TEST_COMPOSE", "SWIPESAVVY_IMAGE"} // read by tests, scripts and Compose alone
	raw, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, m := range regexp.MustCompile(`(?m)^#?([A-Z][A-Z0-9_]+)=`).FindAllStringSubmatch(string(raw), -1) {
		known = append(known, m[1])
	}
	variable := regexp.MustCompile("`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`")
	for file, text := range guides(t) {
		for _, m := range variable.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(known, m[1]) && !slices.Contains(notOurs, m[1]) {
				t.Errorf("%s names %s, which is no setting", file, m[1])
			}
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
