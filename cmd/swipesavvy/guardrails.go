package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/attack"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/evaluation"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/pii"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/safety"
)

type guardrailsEvalCommand struct {
	PII       string `name:"pii" help:"Lines of text, spans and source." placeholder:"FILE" type:"existingfile"`
	Injection string `help:"Lines of text, label (1 for an attack) and source." placeholder:"FILE" type:"existingfile"`
	Safety    string `help:"Lines of text, labels and source." placeholder:"FILE" type:"existingfile"`
	Format    string `help:"Form of the report: ${enum}." enum:"markdown,html" default:"markdown"`
	Out       string `help:"File to write the report to; default standard output." placeholder:"FILE" type:"path"`
}

// Help is shown by guardrails eval --help.
func (guardrailsEvalCommand) Help() string {
	return `Reads files with one JSON object a line and reports precision, recall and false
alarms by source and by type of personal data, and which share of labelled values
is still to be read in the masked text. Offsets of spans are code points. A span is
found when matches of its type cover half of it.`
}

func (c guardrailsEvalCommand) Run(env *environment) error {
	if c.PII == "" && c.Injection == "" && c.Safety == "" {
		return errors.New("name at least one of --pii, --injection and --safety")
	}
	var reports []evaluation.Report
	for _, part := range []struct {
		file   string
		report func(file string) (evaluation.Report, error)
	}{{c.PII, reportPII}, {c.Injection, reportInjection}, {c.Safety, reportSafety}} {
		if part.file == "" {
			continue
		}
		r, err := part.report(part.file)
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(part.file), err)
		}
		reports = append(reports, r)
	}
	return c.write(env.stdout, reports)
}

func (c guardrailsEvalCommand) write(w io.Writer, reports []evaluation.Report) error {
	write := evaluation.WriteMarkdown
	if c.Format == "html" {
		write = evaluation.WriteHTML
	}
	if c.Out == "" {
		return write(w, reports)
	}
	f, err := os.Create(c.Out)
	if err != nil {
		return err
	}
	return errors.Join(write(f, reports), f.Close())
}

func reportPII(file string) (evaluation.Report, error) {
	rows, err := evaluation.ReadLines[evaluation.PIIRow](file)
	if err != nil {
		return evaluation.Report{}, err
	}
	for i, r := range rows {
		if err := r.Check(); err != nil {
			return evaluation.Report{}, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return evaluation.PIIReport(rows, pii.Find), nil
}

func reportInjection(file string) (evaluation.Report, error) {
	rows, err := evaluation.ReadLines[evaluation.InjectionRow](file)
	if err != nil {
		return evaluation.Report{}, err
	}
	return evaluation.Injection(rows, attack.Score).Report(), nil
}

func reportSafety(file string) (evaluation.Report, error) {
	rows, err := evaluation.ReadLines[safety.Row](file)
	if err != nil {
		return evaluation.Report{}, err
	}
	return evaluation.SafetyReport(safety.Evaluate(rows)), nil
}

type guardrailsTrainCommand struct {
	Data string `arg:"" help:"Folder of the public development data." type:"existingdir"`
	Tree string `help:"Source tree that the models are written into." default:"." type:"existingdir"`
}

// Help is shown by guardrails train --help.
func (guardrailsTrainCommand) Help() string {
	return `Trains the models of attacks and unsafe content. The same data and sources
give the same files, byte for byte. Build the program again to use them.`
}

func (c guardrailsTrainCommand) Run(env *environment) error {
	if _, err := os.Stat(filepath.Join(c.Tree, "internal", "guardrails")); err != nil {
		return fmt.Errorf("%s is not a source tree of this program", c.Tree)
	}
	return evaluation.Train(c.Data, c.Tree, func(line string) { fmt.Fprintln(env.stdout, line) })
}
