package incident

import (
	"fmt"
	"strings"
	"time"
)

// Report writes an incident as a document in Markdown, with what only people
// know left to fill in.
func Report(i Incident, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Incident %s: %s\n\n| | |\n|---|---|\n", i.ID, escape(i.Title))
	row := func(name, value string) { fmt.Fprintf(&b, "| %s | %s |\n", name, escape(value)) }
	row("Status", string(i.Status))
	row("Severity", i.Severity)
	row("Priority", i.Priority)
	row("Began", i.StartedAt.UTC().Format(time.RFC3339))
	end := now
	if i.Status == Resolved {
		end = i.ResolvedAt
		row("Resolved", i.ResolvedAt.UTC().Format(time.RFC3339))
	}
	row("Lasted", end.Sub(i.StartedAt).Round(time.Second).String())
	b.WriteString("\n## Alerts\n\n| alert | service | severity | from | to | runbook |\n|---|---|---|---|---|---|\n")
	for _, a := range i.Alerts {
		to := "still firing"
		if !a.firing() {
			to = a.EndsAt.UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", escape(a.Name), escape(a.Service), escape(a.Severity),
			a.StartsAt.UTC().Format(time.RFC3339), to, escape(a.RunbookURL))
	}
	b.WriteString("\n## Timeline\n\n")
	for _, e := range i.Timeline {
		fmt.Fprintf(&b, "- %s %s\n", e.At.UTC().Format(time.RFC3339), escape(e.Text))
	}
	b.WriteString("\n## To be filled in by people\n\n- What customers noticed:\n- Root cause:\n- What was done:\n- What is done so that it doesn't happen again:\n")
	return b.String()
}

// escape keeps texts from outside from becoming markup.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", "&lt;", "`", "\\`", "[", `\[`, "*", `\*`, "\n", " ").Replace(s)
}
