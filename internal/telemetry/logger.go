package telemetry

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// LogOptions says what every line of a logger carries and how much it says.
type LogOptions struct {
	// Service and Version go into every line.
	Service, Version string
	// Level is the lowest level printed; nil means INFO.
	Level slog.Leveler
	// Mask replaces personal data in a text. Every string that is printed passes
	// it: messages, values, error texts, ids. Nil masks nothing; secrets (values
	// under keys such as "password" or "authorization", passwords in URLs, bearer
	// tokens) are hidden in any case.
	Mask func(string) string
}

// NewLogger returns a logger that writes one JSON object a line to w, in one
// Write call each:
//
//	{"timestamp":"2026-01-02T15:04:05.000Z","level":"INFO","message":"…","service":"…","version":"…", …}
//
// After those come, where known, request_id, trace_id, session_id, user_id (from
// the context, or from attributes of those names), error_type, duration_ms, then
// the other attributes in their order. Inside a session the message ends in
// " session_id=<id>", so that a plain grep finds a session's lines. Groups become
// dotted keys. Durations are printed in milliseconds under a key that ends in
// "_ms". An error attribute sets error_type, by ErrorType, unless the call names
// one.
func NewLogger(w io.Writer, opts LogOptions) *slog.Logger {
	if opts.Mask == nil {
		opts.Mask = func(s string) string { return s }
	}
	if opts.Level == nil {
		opts.Level = slog.LevelInfo
	}
	h := &handler{out: &output{w: w}, level: opts.Level, mask: opts.Mask}
	h.origin = append(h.origin, `,"service":`...)
	h.origin = appendString(h.origin, opts.Service)
	h.origin = append(h.origin, `,"version":`...)
	h.origin = appendString(h.origin, opts.Version)
	return slog.New(h)
}

// output makes the lines of a logger and of all derived from it whole.
type output struct {
	mu sync.Mutex
	w  io.Writer
}

func (o *output) write(line []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, err := o.w.Write(line)
	return err
}

// handler implements slog.Handler. It is immutable but for its output.
type handler struct {
	out    *output
	level  slog.Leveler
	mask   func(string) string
	origin []byte // service and version, encoded
	prefix string // open groups, each followed by "."
	fixed  line   // attributes of WithAttrs, encoded
}

func (h *handler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level.Level() }

func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	c := *h
	c.prefix += name + "."
	return &c
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := *h
	c.fixed.rest = slices.Clone(h.fixed.rest)
	e := encoder{line: c.fixed, mask: h.mask}
	for _, a := range attrs {
		e.attr(h.prefix, a)
	}
	c.fixed = e.line
	return &c
}

// buffers hold the lines under construction. Large ones are not kept.
var buffers = sync.Pool{New: func() any { return &scratch{} }}

type scratch struct{ line, rest []byte }

const maxKeptBuffer = 16 << 10

func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	s := buffers.Get().(*scratch)
	e := encoder{line: h.fixed, mask: h.mask}
	e.line.rest = append(s.rest[:0], h.fixed.rest...)
	r.Attrs(func(a slog.Attr) bool {
		e.attr(h.prefix, a)
		return true
	})
	e.line.fill(ctx)
	buf := h.head(s.line[:0], r, &e)
	buf = e.line.appendKnown(buf, &e)
	buf = append(buf, e.line.rest...)
	buf = append(buf, '}', '\n')
	err := h.out.write(buf)
	if cap(buf) <= maxKeptBuffer && cap(e.line.rest) <= maxKeptBuffer {
		s.line, s.rest = buf, e.line.rest
		buffers.Put(s)
	}
	return err
}

// head appends the fields that every line has.
func (h *handler) head(buf []byte, r slog.Record, e *encoder) []byte {
	at := r.Time
	if at.IsZero() {
		at = time.Now()
	}
	buf = append(buf, `{"timestamp":"`...)
	buf = at.UTC().AppendFormat(buf, "2006-01-02T15:04:05.000Z")
	buf = append(buf, `","level":"`...)
	buf = append(buf, levelName(r.Level)...)
	buf = append(buf, `","message":`...)
	message := e.clean(r.Message)
	if e.line.sessionID != "" {
		message += " session_id=" + e.id(e.line.sessionID)
	}
	buf = appendString(buf, message)
	return append(buf, h.origin...)
}

func levelName(l slog.Level) string {
	switch {
	case l < slog.LevelInfo:
		return "DEBUG"
	case l < slog.LevelWarn:
		return "INFO"
	case l < slog.LevelError:
		return "WARNING"
	}
	return "ERROR"
}
