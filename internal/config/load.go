package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/joho/godotenv"
)

// Error is everything that is wrong with the settings.
type Error struct{ Problems []string }

func (e *Error) Error() string { return strings.Join(e.Problems, "\n") }

// Load reads the settings from environ, which has the form of os.Environ, and
// from a file of NAME=value lines, which need not exist. The environment wins.
// All that is wrong is reported in one *Error, a line each.
func Load(environ []string, file string) (Config, error) {
	values, sources, problems := gather(environ, file)
	var c Config
	err := env.ParseWithOptions(&c, env.Options{Environment: values, FuncMap: map[reflect.Type]env.ParserFunc{
		reflect.TypeFor[[]string](): func(s string) (any, error) { return list(s), nil },
	}})
	problems = append(problems, parseProblems(err, values)...)
	c.sources = sources
	if len(problems) == 0 {
		problems = c.check()
	}
	if len(problems) > 0 {
		slices.Sort(problems)
		return Config{}, &Error{Problems: problems}
	}
	return c, nil
}

// gather joins file and environment. An empty value is as good as none.
func gather(environ []string, file string) (values, sources map[string]string, problems []string) {
	values, sources = map[string]string{}, map[string]string{}
	known := map[string]bool{}
	for _, s := range settings() {
		known[s.Variable] = true
	}
	fromFile, err := godotenv.Read(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		problems = append(problems, fmt.Sprintf("%s can't be read: it must have lines of the form NAME=value", file))
	}
	for name, value := range fromFile {
		if !known[name] && similar(name, known) != "" {
			problems = append(problems, fmt.Sprintf("%s in %s is no setting: did you mean %s?", name, file, similar(name, known)))
		}
		if value != "" {
			values[name], sources[name] = value, file
		}
	}
	for _, entry := range environ {
		if name, value, _ := strings.Cut(entry, "="); value != "" {
			values[name], sources[name] = value, "environment"
		}
	}
	return values, sources, problems
}

// similar finds the setting that a misspelt name was probably meant to be: one
// that differs in at most two places. Other programs' variables may stand in
// the same file, so a name like none of ours is let be.
func similar(name string, known map[string]bool) string {
	best, bestDistance := "", 3
	for k := range known {
		if d := distance(name, k); d < bestDistance || d == bestDistance && best != "" && k < best {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance is the number of insertions, deletions and replacements between two
// names (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func list(s string) []string {
	var items []string
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func parseProblems(err error, values map[string]string) []string {
	var all env.AggregateError
	if !errors.As(err, &all) {
		if err != nil {
			return []string{err.Error()}
		}
		return nil
	}
	var problems []string
	for _, e := range all.Errors {
		var p env.ParseError
		if !errors.As(e, &p) {
			problems = append(problems, e.Error())
			continue
		}
		for _, s := range settings() {
			if s.field.Name == p.Name {
				problems = append(problems, s.problem(values[s.Variable], s.allowedValues()))
			}
		}
	}
	return problems
}

// Setting describes one variable.
type Setting struct {
	Variable string
	Default  string
	Doc      string
	Group    string
	field    reflect.StructField
}

// settings lists all variables in the order of Config's fields.
func settings() []Setting {
	var all []Setting
	group := ""
	for field := range fields() {
		if g := field.Tag.Get("group"); g != "" {
			group = g
		}
		all = append(all, Setting{
			Variable: field.Tag.Get("env"), Default: field.Tag.Get("envDefault"),
			Doc: field.Tag.Get("doc"), Group: group, field: field,
		})
	}
	return all
}

func fields() func(yield func(reflect.StructField) bool) {
	t := reflect.TypeFor[Config]()
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && !yield(f) {
				return
			}
		}
	}
}

func (s Setting) secret() bool { return s.field.Type == reflect.TypeFor[Secret]() }

// allowedValues says in words what a variable may be.
func (s Setting) allowedValues() string {
	if allowed := s.field.Tag.Get("allowed"); allowed != "" {
		return "one of " + strings.ReplaceAll(allowed, ",", ", ")
	}
	switch t := s.field.Type; {
	case t == reflect.TypeFor[Duration]():
		return "a number of seconds such as 60, or a span such as 1m30s, at most a day"
	case t == reflect.TypeFor[Amount]():
		return "an amount such as 2500.00"
	case t.Kind() == reflect.Bool, t.Kind() == reflect.Pointer:
		return "true or false"
	case t.Kind() == reflect.Int:
		return "a whole number"
	case t.Kind() == reflect.Float64:
		return "a number"
	}
	return "a text"
}

func (s Setting) problem(value, allowed string) string {
	value = shown(value)
	if s.secret() {
		value = Secret(value).String()
	}
	if len(value) > 80 {
		value = value[:80] + "..."
	}
	return fmt.Sprintf("%s is %q, allowed is %s", s.Variable, value, allowed)
}

// fileExists says whether a path names a file that can be read.
func fileExists(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	return f.Close() == nil
}
