package telemetry

import (
	"bytes"
	"encoding/json"
	"log/slog"
)

// maskedStructure masks the texts inside a list or a structure. It goes by way
// of JSON, which is what the line will hold anyway; what can't be written as
// JSON isn't shown.
func (h *handler) maskedStructure(v any) slog.Value {
	data, err := json.Marshal(v)
	if err != nil {
		return slog.StringValue(hidden)
	}
	var tree any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber() // a number must come out as it went in
	if err := d.Decode(&tree); err != nil {
		return slog.StringValue(hidden)
	}
	return slog.AnyValue(h.maskedTree(tree))
}

func (h *handler) maskedTree(v any) any {
	switch v := v.(type) {
	case string:
		return h.mask(v)
	case []any:
		for i := range v {
			v[i] = h.maskedTree(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = h.maskedTree(v[k])
		}
	}
	return v
}
