package report

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/audit"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/demo"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/event"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/feature"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/incident"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/pgtest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/store"
)

var (
	monthStart = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	monthEnd   = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
)

// step is between two samples.
const step = 4 * time.Minute

// samples writes a month of metrics: 40 minutes of outage, 0.2 % of errors, 1 %
// of slow requests.
func samples(w io.Writer) {
	n := int(monthEnd.Sub(monthStart) / step)
	series := func(family, kind, labels string, value func(i int) float64) {
		fmt.Fprintf(w, "# TYPE %s %s\n", strings.TrimSuffix(family, "_total"), kind)
		for i := range n {
			fmt.Fprintf(w, "%s{%s} %g %d\n", family, labels, value(i), monthStart.Add(time.Duration(i)*step).Unix())
		}
	}
	series("up", "gauge", `job="concierge"`, func(i int) float64 {
		if i >= 100 && i < 110 {
			return 0
		}
		return 1
	})
	grow := func(perStep float64) func(int) float64 { return func(i int) float64 { return perStep * float64(i) } }
	fmt.Fprintln(w, "# TYPE http_requests counter")
	for _, l := range []struct {
		labels  string
		perStep float64
	}{{`status="200",path="/api/v1/chat"`, 9.98}, {`status="500",path="/api/v1/chat"`, 0.02}, {`status="500",path="/health"`, 50}} {
		for i := range n {
			fmt.Fprintf(w, "http_requests_total{service=\"concierge\",%s} %g %d\n", l.labels, grow(l.perStep)(i), monthStart.Add(time.Duration(i)*step).Unix())
		}
	}
	fmt.Fprintln(w, "# TYPE http_request_duration_seconds histogram")
	for i := range n {
		at := monthStart.Add(time.Duration(i) * step).Unix()
		fmt.Fprintf(w, "http_request_duration_seconds_bucket{service=\"concierge\",path=\"/api/v1/accounts\",le=\"0.5\"} %g %d\n", grow(9.9)(i), at)
		fmt.Fprintf(w, "http_request_duration_seconds_bucket{service=\"concierge\",path=\"/api/v1/accounts\",le=\"+Inf\"} %g %d\n", grow(10)(i), at)
		fmt.Fprintf(w, "http_request_duration_seconds_count{service=\"concierge\",path=\"/api/v1/accounts\"} %g %d\n", grow(10)(i), at)
		fmt.Fprintf(w, "http_request_duration_seconds_sum{service=\"concierge\",path=\"/api/v1/accounts\"} %g %d\n", grow(1)(i), at)
	}
	series("guardrails_violations_total", "counter", `category="hate"`, grow(1))
	fmt.Fprintln(w, "# EOF")
}

// prometheus starts a real Prometheus that has the samples.
func prometheus(t *testing.T) (url string) {
	t.Helper()
	for _, program := range []string{"prometheus", "promtool"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("NOT TESTED: " + program + " is not on this machine (Debian: apt-get install prometheus)")
		}
	}
	dir := t.TempDir()
	write := func(name string, fill func(io.Writer)) string {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		b := bufio.NewWriter(f)
		fill(b)
		if err := errors.Join(b.Flush(), f.Close()); err != nil {
			t.Fatal(err)
		}
		return f.Name()
	}
	data := filepath.Join(dir, "data")
	out, err := exec.CommandContext(t.Context(), "promtool", "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=1000h", write("samples", samples), data).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	settings := write("prometheus.yml", func(w io.Writer) { fmt.Fprintln(w, "global: {scrape_interval: 1h}") })
	ctx, stop := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, "prometheus", "--config.file="+settings, "--storage.tsdb.path="+data,
		"--storage.tsdb.retention.time=20y", "--web.listen-address=127.0.0.1:0")
	logs, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = server.Wait()
	})
	address := regexp.MustCompile(`msg="Listening on" address=(127\.0\.0\.1:\d+)`)
	var said strings.Builder
	for lines := bufio.NewScanner(logs); lines.Scan(); {
		fmt.Fprintln(&said, lines.Text())
		if m := address.FindStringSubmatch(lines.Text()); m != nil {
			url = "http://" + m[1]
		}
		if strings.Contains(lines.Text(), "Server is ready") && url != "" {
			go func() { _, _ = io.Copy(io.Discard, logs) }()
			return url
		}
	}
	t.Fatalf("Prometheus didn't start:\n%s", said.String())
	return ""
}

func TestSLOOfAMonth(t *testing.T) {
	t.Parallel()
	url := prometheus(t)
	s, err := MeasureSLO(t.Context(), url, monthStart, monthEnd)
	if err != nil {
		t.Fatal(err)
	}
	outage := 40.0 / (31 * 24 * 60)
	for i, want := range []float64{outage, 0.002, 0.01} {
		if l := s.Levels[i]; !l.Known || math.Abs(l.Spent-want) > 0.15*want {
			t.Errorf("%+v, want %v spent", l, want)
		}
	}
	if s.Coverage < 0.99 {
		t.Errorf("covered %v", s.Coverage)
	}
	var b strings.Builder
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"availability  kept", "errors        BROKEN", "latency       kept"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
	half, err := MeasureSLO(t.Context(), url, monthStart.AddDate(0, 0, -31), monthEnd)
	if err != nil || half.Coverage > 0.51 || half.Coverage < 0.49 {
		t.Errorf("half of the time has data: %v, %v", half.Coverage, err)
	}
	const limits = "holds for the measured part"
	var partly strings.Builder
	if err := half.Write(&partly); err != nil || !strings.Contains(partly.String(), limits) || strings.Contains(b.String(), limits) {
		t.Errorf("%v\n%s\n%s", err, b.String(), partly.String())
	}
	before, err := MeasureSLO(t.Context(), url, monthStart.AddDate(0, -2, 0), monthStart.AddDate(0, -1, 0))
	if err != nil || before.Levels[0].Known || before.Levels[1].Known || before.Levels[2].Known {
		t.Errorf("without data: %+v, %v", before, err)
	}
}

func TestMonth(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	if since, until, err := Month("2026-11", now); err != nil || since.Day() != 1 || !until.Equal(now) {
		t.Errorf("this month: %v to %v, %v", since, until, err)
	}
	if _, until, err := Month("2026-02", now); err != nil || until.Sub(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)) != 0 {
		t.Errorf("February: to %v, %v", until, err)
	}
	for _, bad := range []string{"2026-12", "2026-13", "November", ""} {
		if _, _, err := Month(bad, now); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

// filled opens a database with something of everything.
func filled(t *testing.T, o store.Options) store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := demo.Seed(t.Context(), s.Bank(), time.Now()); err != nil {
		t.Fatal(err)
	}
	at := monthStart.Add(time.Hour)
	for _, e := range []event.Event{
		{At: at, Kind: event.Backup, Service: "operations", Summary: "failed: no space left"},
		{At: at.Add(time.Hour), Kind: event.Backup, Service: "operations", OK: true, Summary: "backup_1.sql.gz"},
		{At: at, Kind: event.Deployment, Service: "rag", OK: true, Summary: "was 1, is 2"},
	} {
		if err := event.Record(t.Context(), s.Events(), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Flags().SetFlag(t.Context(), feature.Change{
		ID: "c1", Name: feature.Lockdown, On: true, Reason: "suspected breach", Operator: "dana", At: at,
	}); err != nil {
		t.Fatal(err)
	}
	if err := incident.New(s.Incidents(), nil).Receive(t.Context(), incident.Notification{
		GroupKey: "g", Alerts: []incident.Alert{{Fingerprint: "a", Name: "RagDown", StartsAt: at}},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.NewChain(s.Audit(), "key", nil).Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func eachEngine(t *testing.T, test func(t *testing.T, o store.Options)) {
	for name, options := range map[string]func(t *testing.T) store.Options{
		"sqlite":   func(t *testing.T) store.Options { return store.Options{SQLitePath: filepath.Join(t.TempDir(), "db")} },
		"postgres": func(t *testing.T) store.Options { return store.Options{DatabaseURL: pgtest.URL(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, options(t))
		})
	}
}

func TestReportSaysWhatHappenedAndWhatItCannotKnow(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, o store.Options) {
		s := filled(t, o)
		var b strings.Builder
		if err := Make(t.Context(), Options{Store: s, Since: monthStart, Until: monthEnd}).Write(&b); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"backup        FAILED 0s, failed: no space left", "backup        ok", "RagDown, open", "deployment rag: was 1, is 2", `lockdown on by "dana": "suspected breach"`, "service levels: PROMETHEUS_URL is not set"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%q is not in\n%s", want, b.String())
			}
		}
		quiet := Make(t.Context(), Options{Store: s, Since: monthStart.AddDate(0, -1, 0), Until: monthStart})
		if len(quiet.Events)+len(quiet.Incidents)+len(quiet.Flags) > 0 || quiet.Activity.Turns != 0 {
			t.Errorf("a month before anything happened: %+v", quiet)
		}
		gone := Make(t.Context(), Options{Store: s, PrometheusURL: "http://127.0.0.1:1", Since: monthStart, Until: monthEnd})
		if gone.Traffic != nil || gone.SLO != nil || len(gone.Unknown) < 2 {
			t.Errorf("with a Prometheus that is down: %+v", gone.Unknown)
		}
	})
}

func TestReportWithPrometheus(t *testing.T) {
	t.Parallel()
	s := filled(t, store.Options{SQLitePath: filepath.Join(t.TempDir(), "db")})
	r := Make(t.Context(), Options{Store: s, PrometheusURL: prometheus(t), Since: monthEnd.Add(-24 * time.Hour), Until: monthEnd})
	if r.Traffic == nil || r.SLO == nil {
		t.Fatalf("%+v", r.Unknown)
	}
	if n := r.Traffic.Requests; math.Abs(n-3600) > 60 { // 10 in each of 360 steps
		t.Errorf("%v requests", n)
	}
	if len(r.Traffic.Errors) != 1 || r.Traffic.Errors[0].Labels["path"] != "/api/v1/chat" || len(r.Traffic.Violations) != 1 {
		t.Errorf("%+v", r.Traffic)
	}
}

func TestEvidence(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, o store.Options) {
		s := filled(t, o)
		dir := t.TempDir()
		logFile := filepath.Join(dir, "concierge.log")
		if err := os.WriteFile(logFile, []byte("{\"level\":\"ERROR\"}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		options := EvidenceOptions{
			Store: s, AuditKey: "key", Since: monthStart, Until: time.Now().Add(time.Hour), Logs: []string{logFile},
			Texts: map[string]string{"settings.txt": "AUDIT_KEY=[hidden]\n"}, Out: filepath.Join(dir, "evidence.tar.gz"),
		}
		e, err := ExportEvidence(t.Context(), options)
		if err != nil || e.Chain.FirstBad != "" || e.Chain.Sealed == 0 {
			t.Fatalf("%+v, %v", e, err)
		}
		files := unpack(t, options.Out, e.SHA256)
		for _, line := range strings.Split(strings.TrimSpace(files["SHA256SUMS"]), "\n") {
			sum, name, _ := strings.Cut(line, "  ")
			if got := sha256.Sum256([]byte(files[name])); hex.EncodeToString(got[:]) != sum {
				t.Errorf("%s has another checksum", name)
			}
			delete(files, name)
		}
		if len(files) != 1 {
			t.Errorf("without a checksum: %v", files)
		}
		if _, err := ExportEvidence(t.Context(), options); err == nil {
			t.Error("evidence was overwritten")
		}
		options.Out, options.Logs = filepath.Join(dir, "other.tar.gz"), []string{filepath.Join(dir, "gone.log")}
		if _, err := ExportEvidence(t.Context(), options); err == nil {
			t.Error("a log that isn't there was left out silently")
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*other*")); len(left) > 0 {
			t.Errorf("half an archive is left: %v", left)
		}
	})
}

// TestEvidenceWithoutADatabase preserves what there is and says what is missing.
func TestEvidenceWithoutADatabase(t *testing.T) {
	t.Parallel()
	closed := filled(t, store.Options{SQLitePath: filepath.Join(t.TempDir(), "db")})
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		store   store.Store
		missing []string
	}{
		"unreachable": {nil, []string{"everything of the database: it is down"}},
		"lost meanwhile": {closed, []string{
			"audit.jsonl: ", "audit-verification.json: ", "schema.json: ", "events.json: ", "incidents.json: ", "flags.jsonl: ", "flag_changes.jsonl: ",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "evidence.tar.gz")
			e, err := ExportEvidence(t.Context(), EvidenceOptions{
				Store: tc.store, NoStore: errors.New("it is down"), Out: out, Texts: map[string]string{"version.txt": "1\n"},
			})
			if err != nil || len(e.Missing) != len(tc.missing) {
				t.Fatalf("%+v, %v", e, err)
			}
			for i, want := range tc.missing {
				if !strings.HasPrefix(e.Missing[i], want) {
					t.Errorf("%q, want %q", e.Missing[i], want)
				}
			}
			files := unpack(t, out, e.SHA256)
			if files["version.txt"] != "1\n" || files["MISSING.txt"] != strings.Join(e.Missing, "\n")+"\n" || len(files) != 3 {
				t.Errorf("%v", files)
			}
		})
	}
}

// unpack reads an archive and compares its checksum.
func unpack(t *testing.T, path, sum string) map[string]string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := sha256.Sum256(content); hex.EncodeToString(got[:]) != sum {
		t.Error("the archive has another checksum")
	}
	gz, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for archive := tar.NewReader(gz); ; {
		header, err := archive.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimPrefix(header.Name, "evidence/")] = string(text)
	}
}
