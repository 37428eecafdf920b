package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/trace"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

const card = "4111 1111 1111 1111"

// maskCard stands for the real masking in tests.
func maskCard(s string) string { return strings.ReplaceAll(s, card, "[CARD]") }

// logLine logs once and returns the line.
func logLine(t *testing.T, log func(*slog.Logger)) string {
	t.Helper()
	var out bytes.Buffer
	log(NewLogger(&out, LogOptions{Service: "rag", Version: "1.2", Level: slog.LevelDebug, Mask: maskCard}))
	line := out.String()
	if strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "}\n") || !json.Valid([]byte(line)) {
		t.Fatalf("want one JSON object on one line, got %q", line)
	}
	return strings.TrimSuffix(line, "\n")
}

// afterTime cuts the timestamp, which has a test of its own.
func afterTime(line string) string { return line[len(`{"timestamp":"2026-01-02T15:04:05.000Z",`):] }

func TestLineHasTheContractsFieldsInOrder(t *testing.T) {
	t.Parallel()
	line := logLine(t, func(log *slog.Logger) {
		ctx := WithRequest(t.Context(), "req-1")
		SetSession(ctx, "abc123")
		SetUser(ctx, "demo-alex")
		ctx = trace.ContextWithSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{
			TraceID: trace.TraceID{0xab, 1}, SpanID: trace.SpanID{1},
		}))
		log.With("first", 1).WarnContext(ctx, "turn ended", "tool", "balances", "duration", 1500*time.Microsecond,
			"error", fault.New(fault.Timeout, "too slow"))
	})
	want := `"level":"WARNING","message":"turn ended session_id=abc123","service":"rag","version":"1.2",` +
		`"request_id":"req-1","trace_id":"ab010000000000000000000000000000","session_id":"abc123","user_id":"demo-alex",` +
		`"error_type":"TimeoutError","duration_ms":1.5,"first":1,"tool":"balances","error":"TimeoutError: too slow"}`
	if diff := cmp.Diff(want, afterTime(line)); diff != "" {
		t.Error(diff)
	}
}

func TestTimestampIsUTCWithMilliseconds(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := NewLogger(&out, LogOptions{})
	at := time.Date(2026, 1, 2, 3, 4, 5, 67_890_000, time.FixedZone("east", 3600))
	if err := log.Handler().Handle(t.Context(), slog.NewRecord(at, slog.LevelInfo, "m", 0)); err != nil {
		t.Fatal(err)
	}
	if want := `{"timestamp":"2026-01-02T02:04:05.067Z",`; !strings.HasPrefix(out.String(), want) {
		t.Errorf("got %s, want the prefix %s", out.String(), want)
	}
}

func TestLevels(t *testing.T) {
	t.Parallel()
	for level, want := range map[slog.Level]string{
		slog.LevelDebug: "DEBUG", slog.LevelInfo: "INFO", slog.LevelWarn: "WARNING", slog.LevelError: "ERROR", slog.LevelError + 4: "ERROR",
	} {
		line := logLine(t, func(log *slog.Logger) { log.Log(t.Context(), level, "m") })
		if !strings.Contains(line, `"level":"`+want+`"`) {
			t.Errorf("%v: %s", level, line)
		}
	}
}

func TestLevelIsTheLowestPrinted(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := NewLogger(&out, LogOptions{})
	log.Debug("not me")
	if out.Len() > 0 {
		t.Errorf("DEBUG was printed at the default level: %s", out.String())
	}
}

type named struct{ name string }

func (n *named) String() string { return "named " + n.name }

type valuer struct{}

func (valuer) LogValue() slog.Value { return slog.StringValue("valued " + card) }

// TestNoTextEscapesTheMask tries every way in which a text gets into a line.
func TestNoTextEscapesTheMask(t *testing.T) {
	t.Parallel()
	for name, log := range map[string]func(*slog.Logger){
		"message":        func(l *slog.Logger) { l.Info("card " + card) },
		"string":         func(l *slog.Logger) { l.Info("m", "k", card) },
		"error":          func(l *slog.Logger) { l.Info("m", "k", errors.New("no "+card)) },
		"wrapped error":  func(l *slog.Logger) { l.Info("m", "k", fmt.Errorf("a: %w", errors.New(card))) },
		"Stringer":       func(l *slog.Logger) { l.Info("m", "k", &named{card}) },
		"LogValuer":      func(l *slog.Logger) { l.Info("m", "k", valuer{}) },
		"group":          func(l *slog.Logger) { l.Info("m", slog.Group("g", slog.Group("h", "k", card))) },
		"open group":     func(l *slog.Logger) { l.WithGroup("g").Info("m", "k", card) },
		"With":           func(l *slog.Logger) { l.With("k", card).Info("m") },
		"list":           func(l *slog.Logger) { l.Info("m", "k", []string{"a", card}) },
		"nested list":    func(l *slog.Logger) { l.Info("m", "k", [][]any{{1, card}}) },
		"bytes":          func(l *slog.Logger) { l.Info("m", "k", []byte(card)) },
		"map value":      func(l *slog.Logger) { l.Info("m", "k", map[string]any{"a": map[string]string{"b": card}}) },
		"map key":        func(l *slog.Logger) { l.Info("m", "k", map[string]int{card: 1}) },
		"struct":         func(l *slog.Logger) { l.Info("m", "k", struct{ A string }{card}) },
		"text marshaler": func(l *slog.Logger) { l.Info("m", "k", mustText{}) },
		"raw JSON":       func(l *slog.Logger) { l.Info("m", "k", json.RawMessage(`{"a":"`+card+`"}`)) },
		"session":        func(l *slog.Logger) { c := WithRequest(t.Context(), "r"); SetSession(c, card); l.InfoContext(c, "m") },
		"user":           func(l *slog.Logger) { c := WithRequest(t.Context(), "r"); SetUser(c, card); l.InfoContext(c, "m") },
		"request id":     func(l *slog.Logger) { l.InfoContext(WithRequest(t.Context(), card), "m") },
		"trace id":       func(l *slog.Logger) { l.Info("m", "trace_id", card) },
		"error type":     func(l *slog.Logger) { l.Info("m", "error_type", card) },
		"unmarshalable":  func(l *slog.Logger) { l.Info("m", "k", map[string]any{"f": func() {}, "c": card}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if line := logLine(t, log); strings.Contains(line, "4111") {
				t.Errorf("the card number is in the log: %s", line)
			}
		})
	}
}

type mustText struct{}

func (mustText) MarshalText() ([]byte, error) { return []byte(card), nil }

func TestBytesAreTextNotBase64(t *testing.T) {
	t.Parallel()
	line := logLine(t, func(l *slog.Logger) { l.Info("m", "k", []byte("hello "+card)) })
	if want := `"k":"hello [CARD]"}`; !strings.HasSuffix(line, want) {
		t.Errorf("got %s, want it to end in %s", line, want)
	}
}

func TestSecretsAreHidden(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	for name, log := range map[string]func(*slog.Logger){
		"password":         func(l *slog.Logger) { l.Info("m", "password", secret) },
		"header":           func(l *slog.Logger) { l.Info("m", "Authorization", secret) },
		"api key":          func(l *slog.Logger) { l.Info("m", "TOGETHER_API_KEY", secret) },
		"token":            func(l *slog.Logger) { l.Info("m", "operator-token", secret) },
		"camel case":       func(l *slog.Logger) { l.Info("m", "accessToken", secret) },
		"in a group":       func(l *slog.Logger) { l.Info("m", slog.Group("config", "jwt_secret", secret)) },
		"a whole group":    func(l *slog.Logger) { l.Info("m", slog.Group("credentials", "a", secret)) },
		"in a struct":      func(l *slog.Logger) { l.Info("m", "config", struct{ Password string }{secret}) },
		"in a map":         func(l *slog.Logger) { l.Info("m", "config", map[string]any{"x": map[string]any{"pin": secret}}) },
		"any type":         func(l *slog.Logger) { l.Info("m", "cookie", []string{secret}) },
		"URL password":     func(l *slog.Logger) { l.Info("m", "url", "postgres://swipesavvy:hunter2@db:5432/x") },
		"URL in an error":  func(l *slog.Logger) { l.Info("m", "error", errors.New(`dial "redis://:hunter2@cache": refused`)) },
		"two URLs":         func(l *slog.Logger) { l.Info("m", "urls", "http://a/ postgres://u:hunter2@db") },
		"slash in the URL": func(l *slog.Logger) { l.Info("m", "url", "postgres://u:hunter2/x@db/name") },
		"bearer":           func(l *slog.Logger) { l.Info("m", "error", errors.New("sent Authorization: Bearer hunter2")) },
		"upper bearer":     func(l *slog.Logger) { l.Info("sent BEARER hunter2") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if line := logLine(t, log); strings.Contains(line, secret) {
				t.Errorf("the secret is in the log: %s", line)
			}
		})
	}
}

func TestInnocentKeysStayReadable(t *testing.T) {
	t.Parallel()
	line := logLine(t, func(l *slog.Logger) {
		l.Info("m", "max_tokens", 512, "prompt_tokens", 7, "shopping", "a", "passage", "b",
			"url", "https://help.example.com/a?mail=b@c.d", "note", "see http://x/y")
	})
	want := `"max_tokens":512,"prompt_tokens":7,"shopping":"a","passage":"b","url":"https://help.example.com/a?mail=b@c.d","note":"see http://x/y"}`
	if !strings.HasSuffix(line, want) {
		t.Errorf("got %s, want it to end in %s", line, want)
	}
}

func TestHostileValuesStayOneValidLine(t *testing.T) {
	t.Parallel()
	values := []string{
		"a\nb\r\nc", `{"level":"ERROR"}`, `"},{"x":"`, "\x00\x01\x1f\x7f", "broken \xff\xfe utf-8",
		"line\u2028paragraph\u2029next\u0085", "😀 emoji", strings.Repeat("ü", maxValueBytes), `back\slash`, "\x1b[31mred",
	}
	for _, value := range values {
		line := logLine(t, func(l *slog.Logger) { l.Info(value, "k", value, value, 1) })
		if strings.ContainsAny(line, "\n\r\x1b\x00\u2028\u2029\u0085") {
			t.Errorf("%.40q: raw control character in %.80q", value, line)
		}
		if len(line) > 4*maxValueBytes {
			t.Errorf("%.40q: the line has %d bytes", value, len(line))
		}
	}
}

func TestValuesKeepTheirJSONTypes(t *testing.T) {
	t.Parallel()
	line := logLine(t, func(l *slog.Logger) {
		l.Info("m", "i", -1, "u", uint8(2), "f", 0.25, "b", true, "d", time.Second, "took_ms", 2*time.Millisecond,
			"t", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), "n", nil, "empty", []string{},
			"violations", []map[string]any{{"category": "scam", "score": 0.5}}, "level", "fake", "nan", nan())
	})
	want := `"i":-1,"u":2,"f":0.25,"b":true,"d_ms":1000,"took_ms":2,"t":"2026-01-02T03:04:05.000Z","n":null,"empty":[],` +
		`"violations":[{"category":"scam","score":0.5}],"level_":"fake","nan":"NaN"}`
	if !strings.HasSuffix(line, want) {
		t.Errorf("got %s\nwant it to end in %s", line, want)
	}
}

func nan() float64 { zero := 0.0; return zero / zero }

func TestNilsInInterfacesDontPanic(t *testing.T) {
	t.Parallel()
	var err *fault.Error
	var n *named
	logLine(t, func(l *slog.Logger) { l.Info("m", "stringer", n, "error", error(err)) })
}

func TestGroupsBecomeDottedKeys(t *testing.T) {
	t.Parallel()
	line := logLine(t, func(l *slog.Logger) {
		l.With("a", 1).WithGroup("g").With("b", 2).WithGroup("h").Info("m", "c", 3, slog.Group("", "d", 4))
	})
	if want := `"a":1,"g.b":2,"g.h.c":3,"g.h.d":4}`; !strings.HasSuffix(line, want) {
		t.Errorf("got %s, want it to end in %s", line, want)
	}
}

func TestDerivedLoggersDontShareAttributes(t *testing.T) {
	t.Parallel()
	line := logLine(t, func(l *slog.Logger) {
		base := l.With("a", 1)
		base.With("b", 2)
		base.With("c", 3).Info("m")
	})
	if want := `"a":1,"c":3}`; !strings.HasSuffix(line, want) {
		t.Errorf("got %s, want it to end in %s", line, want)
	}
}

func TestAttributesFillTheKnownFields(t *testing.T) {
	t.Parallel()
	line := logLine(t, func(l *slog.Logger) {
		ctx := WithRequest(t.Context(), "from-context")
		l.InfoContext(ctx, "m", "session_id", "s1", "request_id", "explicit", "error", io.EOF, "error_type", "TimeoutError")
	})
	if want := `"request_id":"explicit","session_id":"s1","error_type":"TimeoutError","error":"EOF"}`; !strings.HasSuffix(line, want) {
		t.Errorf("got %s, want it to end in %s", line, want)
	}
	if !strings.Contains(line, `"message":"m session_id=s1"`) {
		t.Errorf("the message doesn't name the session: %s", line)
	}
}

func TestGeneratedIDsAreNotMasked(t *testing.T) {
	t.Parallel()
	const id = "0b9f4111-1111-4111-8111-123456789abc"
	var out bytes.Buffer
	log := NewLogger(&out, LogOptions{Mask: func(s string) string { return strings.ReplaceAll(s, "4111", "****") }})
	ctx := WithRequest(t.Context(), "r")
	SetSession(ctx, id)
	log.InfoContext(ctx, "m")
	if !strings.Contains(out.String(), "session_id="+id) || !strings.Contains(out.String(), `"session_id":"`+id+`"`) {
		t.Errorf("the session can't be found in %s", out.String())
	}
	if isUUID("41111111-1111-1111-1111-111111111111") {
		t.Error("a number written like a UUID passes as an id")
	}
}

func TestErrorTypes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want fault.Class
	}{
		"fault":          {fmt.Errorf("load: %w", fault.New(fault.NotFound, "x")), fault.NotFound},
		"deadline":       {fmt.Errorf("call: %w", context.DeadlineExceeded), fault.Timeout},
		"network":        {&url.Error{Op: "Get", URL: "http://x", Err: io.ErrUnexpectedEOF}, fault.Connection},
		"anything else":  {errors.New("x"), fault.Internal},
		"fault of cause": {fault.New(fault.Connection, "x").WithCause(context.DeadlineExceeded), fault.Connection},
	} {
		if got := ErrorType(c.err); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

// TestConcurrentLinesStayWhole would show torn lines, and shared buffers under
// the race detector.
func TestConcurrentLinesStayWhole(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := NewLogger(&out, LogOptions{Service: "s"})
	done := make(chan struct{})
	for g := range 8 {
		go func() {
			defer func() { done <- struct{}{} }()
			for i := range 100 {
				log.With("g", g).Info("m", "i", i, "pad", strings.Repeat("x", i))
			}
		}()
	}
	for range 8 {
		<-done
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 800 {
		t.Fatalf("got %d lines, want 800", len(lines))
	}
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Fatalf("torn line %q", line)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "a\nb", "\xff", "\u2028", `"\`, "\x00", "😀"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		encoded := appendString(nil, s)
		var back string
		if err := json.Unmarshal(encoded, &back); err != nil {
			t.Fatalf("%q → %q: %v", s, encoded, err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); len(s) <= maxValueBytes && len(back) > len(want)+3*len(s) {
			t.Fatalf("%q grew to %q", s, back)
		}
		if bytes.ContainsAny(encoded, "\n\r") {
			t.Fatalf("line end in %q", encoded)
		}
	})
}

func FuzzScrub(f *testing.F) {
	f.Add("postgres://u:p@h/d", "x")
	f.Add("Bearer abc", "Bearer ")
	f.Fuzz(func(t *testing.T, before, after string) {
		_ = scrub(before + after) // must not panic, whatever the text
		if got := scrub("a://u:hunter2@h " + before); strings.HasPrefix(got, "a://u:hunter2") {
			t.Fatalf("secret in %q", got)
		}
	})
}

func BenchmarkLogger(b *testing.B) {
	log := NewLogger(io.Discard, LogOptions{Service: "concierge", Version: "1", Mask: maskCard})
	ctx := WithRequest(context.Background(), "req-1")
	SetSession(ctx, "0b9f4111-1111-4111-8111-123456789abc")
	b.ReportAllocs()
	for b.Loop() {
		log.LogAttrs(ctx, slog.LevelInfo, "request", slog.String("method", "POST"), slog.String("route", "/api/v1/chat"),
			slog.Int("status", 200), slog.Duration("duration_ms", 1234*time.Microsecond), slog.Int64("bytes", 512))
	}
}
