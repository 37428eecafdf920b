package telemetry

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
)

// any encodes what slog knows no kind for.
func (e *encoder) any(buf []byte, v any) []byte {
	if rv := reflect.ValueOf(v); !rv.IsValid() || (rv.Kind() == reflect.Pointer && rv.IsNil()) {
		return append(buf, "null"...)
	}
	switch v := v.(type) {
	case error:
		if !e.line.explicitType {
			e.line.errorType = string(ErrorType(v))
		}
		return appendString(buf, e.clean(text(v.Error)))
	case fmt.Stringer:
		return appendString(buf, e.clean(text(v.String)))
	case []string:
		return e.strings(buf, v)
	case []byte:
		return appendString(buf, e.clean(string(v))) // in base64 no mask would know it
	case encoding.TextMarshaler:
		return appendString(buf, e.clean(text(func() string { b, _ := v.MarshalText(); return string(b) })))
	}
	return e.tree(buf, v)
}

// text calls a method of a logged value. A log line must not take its caller
// down, whatever that method does.
func text(method func() string) (s string) {
	defer func() {
		if recover() != nil {
			s = "<unprintable>"
		}
	}()
	return method()
}

func (e *encoder) strings(buf []byte, values []string) []byte {
	buf = append(buf, '[')
	for i, s := range values {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = appendString(buf, e.clean(s))
	}
	return append(buf, ']')
}

// tree encodes a composite value as JSON with every string in it masked and the
// members with secret names hidden.
func (e *encoder) tree(buf []byte, v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		// What JSON can't say is not printed by other means: those know no keys.
		return appendString(buf, fmt.Sprintf("<%T>", v))
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var decoded any
	if err := decoder.Decode(&decoded); err != nil {
		return appendString(buf, fmt.Sprintf("<%T>", v))
	}
	masked, err := json.Marshal(e.maskTree(decoded))
	if err != nil || len(masked) > maxValueBytes {
		return appendString(buf, string(masked))
	}
	return append(buf, masked...)
}

func (e *encoder) maskTree(v any) any {
	switch v := v.(type) {
	case string:
		return e.clean(v)
	case []any:
		for i := range v {
			v[i] = e.maskTree(v[i])
		}
	case map[string]any:
		masked := make(map[string]any, len(v))
		for key, member := range v {
			if isSecret(key) {
				member = hidden
			}
			masked[e.clean(key)] = e.maskTree(member)
		}
		return masked
	}
	return v
}
