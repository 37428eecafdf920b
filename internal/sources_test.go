package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pkg is one folder of Go files. Imports are those of the files that are part of
// the program; tests may use whatever they need.
type pkg struct {
	path    string // within the module, such as "internal/bank"
	name    string
	imports []string
	doc     string
}

// inner is the path below internal/, or empty for packages elsewhere.
func (p pkg) inner() string {
	inner, _ := strings.CutPrefix(p.path, "internal/")
	if inner == p.path {
		return ""
	}
	return inner
}

// packages parses every package of the program, those with only tests left out.
func packages(t *testing.T) []pkg {
	t.Helper()
	byPath := map[string]*pkg{}
	err := filepath.WalkDir("..", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skipped(entry.Name())
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		return add(byPath, file)
	})
	if err != nil {
		t.Fatal(err)
	}
	found := make([]pkg, 0, len(byPath))
	for _, p := range byPath {
		found = append(found, *p)
	}
	if len(found) < 5 {
		t.Fatalf("%d packages found: the walk is broken", len(found))
	}
	slices.SortFunc(found, func(a, b pkg) int { return strings.Compare(a.path, b.path) })
	return found
}

// skipped leaves out what the go command ignores too.
func skipped(dir string) error {
	if dir == "testdata" || dir == "vendor" || (strings.HasPrefix(dir, ".") && dir != "..") {
		return filepath.SkipDir
	}
	return nil
}

// add parses one file into the package of its folder.
func add(byPath map[string]*pkg, file string) error {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return err
	}
	dir, err := filepath.Rel("..", filepath.Dir(file))
	if err != nil {
		return err
	}
	p := byPath[dir]
	if p == nil {
		p = &pkg{path: filepath.ToSlash(dir), name: parsed.Name.Name}
		byPath[dir] = p
	}
	p.doc += docOf(parsed)
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		p.imports = append(p.imports, imported)
	}
	return nil
}

func docOf(file *ast.File) string {
	if file.Doc == nil {
		return ""
	}
	return file.Doc.Text()
}
