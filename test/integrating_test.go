package test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
)

// TestIntegrationGuide runs the commands of docs/INTEGRATING.md, all in one shell as
// a reader would, and looks at what they print.
func TestIntegrationGuide(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl", "jq", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is missing: scripts/test installs it", tool)
		}
	}
	const secret = "0123456789abcdef0123456789abcdef"
	s := start(t, app.All, databases["sqlite"](t), "AUTH_REQUIRED=true", "JWT_SECRET="+secret, "OPERATOR_TOKEN="+operatorToken).ready(t)
	run := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", commands(t, "../docs/INTEGRATING.md"))
	run.Env = append(os.Environ(), "JWT_SECRET="+secret, "OPERATOR_TOKEN="+operatorToken,
		"CONCIERGE="+s.URL(app.Concierge), "RAG="+s.URL(app.RAG))
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"Everyday Checking: $", "Here are your balances", "on groceries in", `"type":"done"`, "data: [DONE]", "Move $5.00", "executed", `"error":"ValidationError"`,
		`"reason":"human_request"`, `"messages":[]`, `"status":"stored"`, "1,200 airport lounges", "Airport lounges",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in what the commands print:\n%s", want, out)
		}
	}
}

// commands are a document's fenced commands, but for those that a note before them
// in its source excepts.
func commands(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	for _, m := range regexp.MustCompile("(?s)(<!-- not run: [^>]*-->\n)?```bash\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		if m[1] == "" {
			script.WriteString(m[2])
		}
	}
	return script.String()
}
