package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/doctor"
)

type doctorCommand struct {
	JSON       bool   `name:"json" help:"Print the findings as JSON."`
	Concierge  string `help:"Where the concierge is; default is this machine and CONCIERGE_PORT." placeholder:"URL"`
	Rag        string `help:"Where the retrieval service is; default is RAG_SERVICE_URL." placeholder:"URL"`
	Guardrails string `help:"Where the guardrails are; default is GUARDRAILS_SERVICE_URL." placeholder:"URL"`
	BackupDir  string `help:"Folder of the backups; default is BACKUP_DIR." placeholder:"DIR" type:"path"`
}

// Help is shown by doctor --help.
func (doctorCommand) Help() string {
	return `Looks at settings, database, migrations, the three services, breakers, connection
pools, Together.AI, backups, disks, clocks and memory, and says for each whether it
is well (✓), needs attention (!) or is broken (✗), why, what to do, and where the
runbook treats it. It changes nothing. Exit code 1 when anything is broken.`
}

func (cmd doctorCommand) Run(env *environment) error {
	c, err := env.config()
	var findings []doctor.Finding
	var bad *config.Error
	switch {
	case errors.As(err, &bad):
		findings = doctor.BadConfiguration(bad.Problems)
	case err != nil:
		return err
	default:
		findings = doctor.Examine(env.ctx, doctor.Options{
			Config: c, Concierge: cmd.Concierge, RAG: cmd.Rag, Guardrails: cmd.Guardrails, BackupDir: cmd.BackupDir,
		})
	}
	if cmd.JSON {
		err = writeJSON(env.stdout, map[string]any{"healthy": doctor.Healthy(findings), "findings": findings})
	} else {
		err = printFindings(env.stdout, findings)
	}
	if err == nil && !doctor.Healthy(findings) {
		err = errors.New("something is broken, see above")
	}
	return err
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func printFindings(w io.Writer, findings []doctor.Finding) error {
	mark := map[doctor.Outcome]string{doctor.OK: "✓", doctor.Skipped: "-", doctor.Warning: "!", doctor.Failed: "✗"}
	count := map[doctor.Outcome]int{}
	byProgram := false // something to do is a command of this program
	var b strings.Builder
	for _, f := range findings {
		count[f.Outcome]++
		fmt.Fprintf(&b, "%s %-28s %s\n", mark[f.Outcome], f.Check, f.Detail)
		byProgram = byProgram || strings.Contains(f.Do, "swipesavvy ")
		if f.Cause != "" {
			fmt.Fprintf(&b, "    why: %s\n    do:  %s\n    see: %s\n", f.Cause, f.Do, f.Runbook)
		}
	}
	fmt.Fprintf(&b, "%d well, %d to look at, %d broken\n", count[doctor.OK], count[doctor.Warning], count[doctor.Failed])
	if byProgram {
		b.WriteString("(in Compose, swipesavvy is docker-compose run --rm operator; for Kubernetes see the end of docs/RUNBOOK.md)\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
