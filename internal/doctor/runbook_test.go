package doctor

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestSectionsAreInTheRunbook reads both: whoever follows a finding must arrive.
func TestSectionsAreInTheRunbook(t *testing.T) {
	t.Parallel()
	runbook, err := os.ReadFile("../../docs/RUNBOOK.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(string(runbook), -1) {
		anchor := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(m[1]), "")
		sections[strings.ReplaceAll(anchor, " ", "-")] = true
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`"([a-z-]+)"\)(?:\}|$)|section(?:, \w+)* :?= .*"([a-z-]+)"$`)
	found := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		source, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(source), "\n") {
			for _, m := range named.FindAllStringSubmatch(line, -1) {
				found++
				if section := m[1] + m[2]; !sections[section] {
					t.Errorf("%s names the section %q, which the runbook doesn't have", f.Name(), section)
				}
			}
		}
	}
	if found < 25 {
		t.Errorf("only %d sections were found: the test reads past them", found)
	}
}
