package httpserver

import (
	"reflect"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"
)

type family struct {
	Name     string            `json:"name" minLength:"1" maxLength:"9" doc:"Its name"`
	Age      int               `json:"age,omitempty" minimum:"0" maximum:"150" default:"3"`
	Kind     string            `json:"kind" enum:"a,b"`
	Tags     map[string]bool   `json:"tags"`
	Children []family          `json:"children" maxItems:"3"`
	Free     map[string]any    `json:"free,omitempty"`
	Any      any               `json:"any,omitempty"`
	Times    map[string]member `json:"times,omitempty"`
	Maybe    *bool             `json:"maybe" nullable:"true"`
}

type member struct {
	At string `json:"at" minLength:"2"`
}

func TestOutlineReadsLikeJSON(t *testing.T) {
	t.Parallel()
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	api := &huma.OpenAPI{Components: &huma.Components{Schemas: registry}}
	schema := registry.Schema(reflect.TypeFor[family](), true, "")
	want := `{
  "age": integer  // optional; at least 0; at most 150; default 3
  "any": any  // optional
  "children": [the same again, …]  // may be null; at most 3 items
  "free": { name: any, … }  // optional
  "kind": a | b
  "maybe": boolean  // may be null
  "name": string  // not empty; at most 9 characters; Its name
  "tags": { name: boolean, … }
  "times": { name: {
    "at": string  // at least 2 characters
  }, … }  // optional
}`
	if diff := cmp.Diff(want, outline(api, schema)); diff != "" {
		t.Error(diff)
	}
}
