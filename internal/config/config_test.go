package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write .env.example anew")

func load(t *testing.T, file string, environ ...string) (Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	if file != "" {
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Load(environ, path)
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c, err := load(t, "")
	if err != nil {
		t.Fatal(err)
	}
	if c.ConciergePort != 8000 || c.RAGPort != 8001 || c.GuardrailsPort != 8002 || c.AuthRequired || c.DemoData != nil ||
		c.PostgresURL() != "" || c.TogetherModel != "meta-llama/Llama-3.3-70B-Instruct-Turbo" ||
		time.Duration(c.BreakerTimeout) != time.Minute {
		t.Errorf("%+v", c)
	}
}

func TestEnvironmentWinsOverFile(t *testing.T) {
	t.Parallel()
	c, err := load(t, "LOG_LEVEL=ERROR\nRAG_PORT=9001\nOTHER_PROGRAM=1\n", "LOG_LEVEL=DEBUG", "PATH=/bin", "POSTGRES_HOST=")
	if err != nil || c.LogLevel != "DEBUG" || c.RAGPort != 9001 {
		t.Errorf("%q, %d, %v", c.LogLevel, c.RAGPort, err)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("s", 32)
	production := []string{"PRODUCTION=true", "AUTH_REQUIRED=true", "JWT_SECRET=" + long, "OPERATOR_TOKEN=" + long, "TOGETHER_API_KEY=k"}
	for name, tc := range map[string]struct {
		file    string
		environ []string
		want    []string
	}{
		"a bad number":               {"", []string{"RAG_PORT=eighty"}, []string{`RAG_PORT is "eighty", allowed is a whole number`}},
		"a number out of range":      {"", []string{"RAG_PORT=70000"}, []string{`RAG_PORT is "70000", allowed is a port from 1 to 65535, or 0 for any free one`}},
		"a bad choice":               {"", []string{"LOG_LEVEL=LOUD"}, []string{`LOG_LEVEL is "LOUD", allowed is one of DEBUG, INFO, WARNING, ERROR`}},
		"a bad flag":                 {"", []string{"AUTH_REQUIRED=perhaps"}, []string{`AUTH_REQUIRED is "perhaps", allowed is true or false`}},
		"a bad span":                 {"", []string{"TOGETHER_TIMEOUT=soon"}, []string{`TOGETHER_TIMEOUT is "soon", allowed is a number of seconds such as 60, or a span such as 1m30s, at most a day`}},
		"a span that is not finite":  {"", []string{"TURN_TIMEOUT=NaN"}, []string{`TURN_TIMEOUT is "NaN", allowed is a number of seconds such as 60, or a span such as 1m30s, at most a day`}},
		"a bad amount":               {"", []string{"TRANSFER_LIMIT=1.234"}, []string{`TRANSFER_LIMIT is "1.234", allowed is an amount such as 2500.00`}},
		"a negative amount":          {"", []string{"BILL_LIMIT=-5"}, []string{`BILL_LIMIT is "-5", allowed is an amount such as 2500.00`}},
		"no age key":                 {"", []string{"BACKUP_AGE_RECIPIENT=age1x"}, []string{`BACKUP_AGE_RECIPIENT is "age1x", allowed is an age public key (age1...), never a secret one`}},
		"the wrong age key, hidden":  {"", []string{"BACKUP_AGE_RECIPIENT=AGE-SECRET-KEY-1QQ"}, []string{`BACKUP_AGE_RECIPIENT is "[hidden]", allowed is an age public key (age1...), never a secret one`}},
		"a password in an address":   {"", []string{"PROMETHEUS_URL=htp://u:hunter2@h"}, []string{`PROMETHEUS_URL is "htp://[hidden]@h", allowed is an http:// or https:// address`}},
		"all at once":                {"", []string{"RAG_PORT=x", "LOG_LEVEL=DEBUG", "CONCIERGE_PORT=y"}, []string{`CONCIERGE_PORT is "y", allowed is a whole number`, `RAG_PORT is "x", allowed is a whole number`}},
		"a short secret, hidden":     {"", []string{"JWT_SECRET=hunter2"}, []string{`JWT_SECRET is "[hidden]", allowed is a text of at least 32 characters`}},
		"a misspelt name":            {"TOGETHER_API_KEYS=k\n", nil, []string{"TOGETHER_API_KEYS in FILE is no setting: did you mean TOGETHER_API_KEY?"}},
		"no key to verify":           {"", []string{"AUTH_REQUIRED=true"}, []string{`AUTH_REQUIRED is "true", allowed is true only together with JWT_SECRET or JWKS_URL`}},
		"another database":           {"", []string{"DATABASE_URL=mysql://x"}, []string{`DATABASE_URL is "[hidden]", allowed is an address of the form postgres://user:password@host:port/database`}},
		"half of TLS":                {"", []string{"TLS_CERT_FILE=/nowhere"}, []string{`TLS_CERT_FILE is "/nowhere", allowed is a readable file, together with TLS_KEY_FILE`, `TLS_KEY_FILE is "", allowed is a readable file, together with TLS_CERT_FILE`}},
		"an address without scheme":  {"", []string{"RAG_SERVICE_URL=rag:8001"}, []string{`RAG_SERVICE_URL is "rag:8001", allowed is an http:// or https:// address`}},
		"a colour by name":           {"", []string{"CHAT_ACCENT=red"}, []string{`CHAT_ACCENT is "red", allowed is a colour as #rrggbb`}},
		"more than an origin":        {"", []string{"CHAT_EMBED_ORIGINS=https://a.example; script-src *"}, []string{`CHAT_EMBED_ORIGINS is "https://a.example; script-src *", allowed is origins such as https://www.example.com, in lower case and without a path`}},
		"production, well set up":    {"", production, nil},
		"production, weak password":  {"", append(production, "POSTGRES_HOST=db", "POSTGRES_PASSWORD=changeme"), []string{`POSTGRES_PASSWORD is "[hidden]", allowed is a password of your own with PRODUCTION=true`}},
		"production, weak in URL":    {"", append(production, "DATABASE_URL=postgres://u:postgres@db/d"), []string{`DATABASE_URL is "[hidden]", allowed is a password of your own with PRODUCTION=true`}},
		"production with demo data":  {"", append(production, "DEMO_DATA=true"), []string{`DEMO_DATA is "true", allowed is false with PRODUCTION=true`}},
		"production, nothing set up": {"", []string{"PRODUCTION=true"}, []string{`AUTH_REQUIRED is "false", allowed is true with PRODUCTION=true`, `OPERATOR_TOKEN is "", allowed is a token of at least 32 characters with PRODUCTION=true`, `TOGETHER_API_KEY is "", allowed is a key with PRODUCTION=true`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), ".env")
			if err := os.WriteFile(path, []byte(tc.file), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Load(tc.environ, path)
			var got []string
			if e := (*Error)(nil); errors.As(err, &e) {
				for _, p := range e.Problems {
					got = append(got, strings.ReplaceAll(p, path, "FILE"))
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPostgresURLKeepsOddPasswords(t *testing.T) {
	t.Parallel()
	const password = `p@ss/w:rd?#&%+ "`
	c, err := load(t, "", "POSTGRES_HOST=db", "POSTGRES_PASSWORD="+password)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(c.PostgresURL())
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := u.User.Password(); got != password || u.Host != "db:5432" || u.Path != "/swipesavvy_ai" || u.User.Username() != "swipesavvy" {
		t.Errorf("%s: password %q", u.Redacted(), got)
	}
}

func TestPasswordsOfAddressesAreNotPrinted(t *testing.T) {
	t.Parallel()
	c, err := load(t, "", "PROMETHEUS_URL=https://u:hunter2@prometheus/x", "CORS_ALLOWED_ORIGINS=https://u:hunter2@a.example,https://b.example")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := c.Print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\nPROMETHEUS_URL=https://[hidden]@prometheus/x  #", "\nCORS_ALLOWED_ORIGINS=https://[hidden]@a.example,https://b.example  #"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	const value = "hunter2-hunter2-hunter2-hunter2-hunter2"
	c, err := load(t, "", "JWT_SECRET="+value, "OPERATOR_TOKEN="+value, "DATABASE_URL=postgres://u:"+value+"@h/d")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb, c.JWTSecret)
		fmt.Fprintf(&out, verb, c)
	}
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(asJSON)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "secret", c.JWTSecret, "config", c)
	if err := c.Print(&out); err != nil {
		t.Fatal(err)
	}
	out.WriteString(c.Database())
	if strings.Contains(out.String(), "hunter2") {
		t.Errorf("a secret is visible in:\n%s", out.String())
	}
}

func TestPrintNamesTheSource(t *testing.T) {
	t.Parallel()
	c, err := load(t, "", "RAG_PORT=9001")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := c.Print(&out); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"RAG_PORT=9001  # environment\n", "GUARDRAILS_PORT=8002  # default\n"} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("%q is missing from\n%s", line, out.String())
		}
	}
}

func TestExampleFileIsUpToDate(t *testing.T) {
	t.Parallel()
	const path = "../../.env.example"
	var want bytes.Buffer
	if err := Example(&want); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), string(got)); diff != "" {
		t.Errorf("run go test ./internal/config -update\n%s", diff)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("RAG_PORT=1\n#x\nA='b'", "LOG_LEVEL=INFO")
	f.Fuzz(func(t *testing.T, file, variable string) {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Load([]string{variable}, path)
		if e := (*Error)(nil); err != nil && !errors.As(err, &e) {
			t.Errorf("an error of another kind: %v", err)
		}
	})
}
