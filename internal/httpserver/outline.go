package httpserver

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// outline writes a schema the way JSON would look, with remarks. What contains
// itself is written once.
func outline(api *huma.OpenAPI, s *huma.Schema) string {
	o := outliner{api: api}
	return o.value(s, 0)
}

type outliner struct {
	api  *huma.OpenAPI
	open []string // references being written
}

func (o *outliner) value(s *huma.Schema, depth int) string {
	if s != nil && s.Ref != "" {
		if slices.Contains(o.open, s.Ref) {
			return "the same again"
		}
		o.open = append(o.open, s.Ref)
		defer func() { o.open = o.open[:len(o.open)-1] }()
		s = o.api.Components.Schemas.SchemaFromRef(s.Ref)
	}
	switch {
	case s == nil:
		return "any"
	case s.Type == huma.TypeArray:
		return "[" + o.value(s.Items, depth) + ", …]"
	case len(s.Properties) > 0:
		return o.members(s, depth)
	}
	if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
		return "{ name: " + o.value(values, depth) + ", … }"
	}
	return typeName(s)
}

func (o *outliner) members(s *huma.Schema, depth int) string {
	indent := strings.Repeat("  ", depth)
	var b strings.Builder
	b.WriteString("{\n")
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		fmt.Fprintf(&b, "%s  %q: %s%s\n", indent, name, o.value(s.Properties[name], depth+1), remark(s, name))
	}
	return b.String() + indent + "}"
}

func remark(s *huma.Schema, name string) string {
	member := s.Properties[name]
	var parts []string
	if !slices.Contains(s.Required, name) {
		parts = append(parts, "optional")
	}
	if member.Nullable {
		parts = append(parts, "may be null")
	}
	parts = append(parts, constraints(member)...)
	if member.Description != "" {
		parts = append(parts, member.Description)
	}
	if len(parts) == 0 {
		return ""
	}
	return "  // " + strings.Join(parts, "; ")
}

// constraints are the constraints of a value in words.
func constraints(s *huma.Schema) (parts []string) {
	add := func(format string, value any) { parts = append(parts, fmt.Sprintf(format, value)) }
	if s.MinLength != nil && *s.MinLength == 1 {
		parts = append(parts, "not empty")
	} else if s.MinLength != nil {
		add("at least %d characters", *s.MinLength)
	}
	if s.MaxLength != nil {
		add("at most %d characters", *s.MaxLength)
	}
	if s.Minimum != nil {
		add("at least %g", *s.Minimum)
	}
	if s.Maximum != nil {
		add("at most %g", *s.Maximum)
	}
	if s.MaxItems != nil {
		add("at most %d items", *s.MaxItems)
	}
	if s.Default != nil {
		add("default %v", s.Default)
	}
	return parts
}

func typeName(s *huma.Schema) string {
	switch {
	case s == nil || (s.Type == "" && len(s.Enum) == 0):
		return "any"
	case len(s.Enum) > 0:
		values := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			values[i] = fmt.Sprint(v)
		}
		return strings.Join(values, " | ")
	case s.Type == huma.TypeArray && s.Items != nil:
		return typeName(s.Items) + ", …"
	}
	return s.Type
}
