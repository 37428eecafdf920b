package telemetry

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
)

// line is what one record says beyond its head: the contract's known fields,
// which have a fixed place, and the rest, already encoded as `,"key":value…`.
type line struct {
	requestID, traceID, sessionID, userID, errorType string
	// explicitType is set when a call names error_type itself.
	explicitType bool
	durationMS   string
	rest         []byte
}

// fill takes what no attribute said from the context.
func (l *line) fill(ctx context.Context) {
	if ctx == nil {
		return
	}
	requestID, sessionID, userID := known(ctx)
	orElse(&l.requestID, requestID)
	orElse(&l.sessionID, sessionID)
	orElse(&l.userID, userID)
	if l.traceID == "" {
		l.traceID = TraceID(ctx)
	}
}

func orElse(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

func (l *line) appendKnown(buf []byte, e *encoder) []byte {
	buf = appendField(buf, "request_id", e.id(l.requestID))
	buf = appendField(buf, "trace_id", l.traceID)
	buf = appendField(buf, "session_id", e.id(l.sessionID))
	buf = appendField(buf, "user_id", e.id(l.userID))
	buf = appendField(buf, "error_type", e.clean(l.errorType))
	if l.durationMS != "" {
		buf = append(buf, `,"duration_ms":`...)
		buf = append(buf, l.durationMS...)
	}
	return buf
}

func appendField(buf []byte, key, value string) []byte {
	if value == "" {
		return buf
	}
	buf = append(buf, ',', '"')
	buf = append(buf, key...)
	buf = append(buf, '"', ':')
	return appendString(buf, value)
}

// encoder turns attributes into a line.
type encoder struct {
	line line
	mask func(string) string
}

// clean makes a text fit for the log. It is cut first, so that masking has a
// bounded cost.
func (e *encoder) clean(s string) string {
	if s == "" {
		return s
	}
	return e.mask(scrub(cut(s)))
}

// id cleans an id. A UUID is left as it is: its digit groups can look like a
// telephone number to a pattern, and a masked id finds nothing.
func (e *encoder) id(s string) string {
	if isUUID(s) {
		return s
	}
	return e.clean(s)
}

// isUUID reports whether s is written 8-4-4-4-12 in hex with at least one letter,
// so that no number of a card or an account passes for one.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	letters := false
	for i := range len(s) {
		c := s[i] | 0x20
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if s[i] != '-' {
				return false
			}
		case 'a' <= c && c <= 'f':
			letters = true
		case s[i] < '0' || s[i] > '9':
			return false
		}
	}
	return letters
}

func (e *encoder) attr(prefix string, a slog.Attr) {
	value := a.Value.Resolve()
	if a.Equal(slog.Attr{}) {
		return
	}
	if value.Kind() == slog.KindGroup && !isSecret(a.Key) {
		if a.Key != "" {
			prefix += a.Key + "."
		}
		for _, member := range value.Group() {
			e.attr(prefix, member)
		}
		return
	}
	if prefix == "" && e.known(a.Key, value) {
		return
	}
	e.plain(prefix, a.Key, value)
}

// known puts the contract's own fields in their place.
func (e *encoder) known(key string, v slog.Value) bool {
	switch key {
	case "request_id":
		e.line.requestID = v.String()
	case "trace_id":
		e.line.traceID = e.clean(v.String())
	case "session_id":
		e.line.sessionID = v.String()
	case "user_id":
		e.line.userID = v.String()
	case "error_type":
		e.line.errorType, e.line.explicitType = v.String(), true
	case "duration_ms", "duration":
		return e.duration(v)
	default:
		return false
	}
	return true
}

func (e *encoder) duration(v slog.Value) bool {
	switch v.Kind() {
	case slog.KindDuration:
		e.line.durationMS = string(appendMillis(nil, v.Duration()))
	case slog.KindFloat64:
		e.line.durationMS = string(appendFloat(nil, v.Float64()))
	case slog.KindInt64:
		e.line.durationMS = strconv.FormatInt(v.Int64(), 10)
	default:
		return false
	}
	return true
}

// reserved are the keys of a line's head. An attribute that takes one of them at
// the top level gets a "_" behind its name, for a JSON object has each key once.
func reserved(key string) bool {
	switch key {
	case "timestamp", "level", "message", "service", "version":
		return true
	}
	return false
}

func (e *encoder) plain(prefix, key string, v slog.Value) {
	if isSecret(key) {
		v = slog.StringValue(hidden)
	}
	e.key(prefix, key, v.Kind() == slog.KindDuration)
	buf := e.line.rest
	switch v.Kind() {
	case slog.KindString:
		buf = appendString(buf, e.clean(v.String()))
	case slog.KindInt64:
		buf = strconv.AppendInt(buf, v.Int64(), 10)
	case slog.KindUint64:
		buf = strconv.AppendUint(buf, v.Uint64(), 10)
	case slog.KindFloat64:
		buf = appendFloat(buf, v.Float64())
	case slog.KindBool:
		buf = strconv.AppendBool(buf, v.Bool())
	case slog.KindDuration:
		buf = appendMillis(buf, v.Duration())
	case slog.KindTime:
		buf = append(buf, '"')
		buf = v.Time().UTC().AppendFormat(buf, "2006-01-02T15:04:05.000Z")
		buf = append(buf, '"')
	default:
		buf = e.any(buf, v.Any())
	}
	e.line.rest = buf
}

func (e *encoder) key(prefix, key string, duration bool) {
	buf := append(e.line.rest, ',')
	if duration && !strings.HasSuffix(key, "_ms") {
		key += "_ms"
	}
	if prefix == "" && reserved(key) {
		key += "_"
	}
	if prefix != "" {
		key = prefix + key
	}
	e.line.rest = append(appendString(buf, key), ':')
}
