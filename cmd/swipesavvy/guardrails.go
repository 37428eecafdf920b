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
}

// Help is shown by guardrails eval --help.
func (guardrailsEvalCommand) Help() string {
	return `Reads files with one JSON object a line and prints a report in Markdown: by type
of personal data, and by source. Offsets of spans are code points. A span is found
when matches of its type cover half of it.`
}

func (c guardrailsEvalCommand) Run(env *environment) error {
	if c.PII == "" && c.Injection == "" && c.Safety == "" {
		return errors.New("name at least one of --pii, --injection and --safety")
	}
	for _, report := range []struct {
		file  string
		write func(file string, w io.Writer) error
	}{{c.PII, reportPII}, {c.Injection, reportInjection}, {c.Safety, reportSafety}} {
		if report.file == "" {
			continue
		}
		if err := report.write(report.file, env.stdout); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(report.file), err)
		}
	}
	return nil
}

func reportPII(file string, w io.Writer) error {
	rows, err := evaluation.ReadLines[evaluation.PIIRow](file)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "# Personal data: %d texts\n\n", len(rows))
	evaluation.WritePII(w, evaluation.PII(rows, pii.Find))
	return nil
}

func reportInjection(file string, w io.Writer) error {
	rows, err := evaluation.ReadLines[evaluation.InjectionRow](file)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "# Injection: %d texts\n\n", len(rows))
	evaluation.Injection(rows, attack.Score).Write(w)
	return nil
}

func reportSafety(file string, w io.Writer) error {
	rows, err := evaluation.ReadLines[safety.Row](file)
	if err != nil {
		return err
	}
	tallies := safety.Evaluate(rows)
	all := tallies.Sum(func(string) bool { return true })
	_, err = fmt.Fprintf(w, "# Safety: %d texts\n\n```\n%s```\n\nRecall %.3f, F1 %.3f, over-blocking of safe texts %.4f\n",
		len(rows), tallies, all.Recall(), all.F1(), all.Overblocking())
	return err
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
