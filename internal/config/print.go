package config

import (
	"bufio"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"
)

// Print writes the effective settings, a line each, with where they come from.
// Secrets are hidden.
func (c Config) Print(w io.Writer) error {
	b := bufio.NewWriter(w)
	v, group := reflect.ValueOf(c), ""
	for _, s := range settings() {
		if s.Group != group {
			group = s.Group
			fmt.Fprintf(b, "# %s\n", group)
		}
		source := c.sources[s.Variable]
		if source == "" {
			source = "default"
		}
		fmt.Fprintf(b, "%s=%s  # %s\n", s.Variable, text(v.FieldByIndex(s.field.Index)), source)
	}
	return b.Flush()
}

func text(v reflect.Value) string {
	switch {
	case v.Kind() == reflect.Pointer && v.IsNil():
		return ""
	case v.Kind() == reflect.Pointer:
		v = v.Elem()
	case v.Kind() == reflect.Slice:
		return shown(strings.Join(v.Interface().([]string), ","))
	}
	return shown(fmt.Sprint(v.Interface()))
}

// userInfo is what may stand before the host of an address.
var userInfo = regexp.MustCompile(`//[^\s@]*@`)

// shown hides the secrets that get into settings which are none: a password in an
// address, and the wrong half of a pair of age keys.
func shown(value string) string {
	if strings.HasPrefix(strings.ToUpper(value), "AGE-SECRET-KEY") {
		return hiddenSecret
	}
	return userInfo.ReplaceAllString(value, "//"+hiddenSecret+"@")
}

// Example writes all settings with their defaults and meanings, in the form of
// the file that Load reads. .env.example is made by it.
func Example(w io.Writer) error {
	b := bufio.NewWriter(w)
	b.WriteString("# Settings of swipesavvy. Copy to .env and change what you need; the environment\n" +
		"# wins over the file. \"swipesavvy config\" prints what is in force.\n")
	group := ""
	for _, s := range settings() {
		if s.Group != group {
			group = s.Group
			fmt.Fprintf(b, "\n# --- %s\n", group)
		}
		fmt.Fprintf(b, "\n# %s", s.Doc)
		if allowed := s.field.Tag.Get("allowed"); allowed != "" {
			fmt.Fprintf(b, " (%s)", strings.ReplaceAll(allowed, ",", ", "))
		}
		fmt.Fprintf(b, "\n#%s=%s\n", s.Variable, s.Default)
	}
	return b.Flush()
}
