package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/event"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/report"
)

type reportCommand struct {
	Since time.Duration `help:"How far back, such as 24h or 168h." default:"24h" placeholder:"SPAN"`
	JSON  bool          `name:"json" help:"Print it as JSON."`
}

// Help is shown by report --help.
func (reportCommand) Help() string {
	return `What happened: errors, guardrails violations, turns, transactions, hand-offs, backups,
incidents, deployments, and how much of the error budgets is used. It reads the
database, and Prometheus when PROMETHEUS_URL is set, and lists what it couldn't
learn.`
}

// Validate is called before Run.
func (cmd reportCommand) Validate() error {
	if cmd.Since < time.Minute {
		return errors.New("--since must be a minute or more")
	}
	return nil
}

func (cmd reportCommand) Run(env *environment) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	s, err := openExisting(env, c, "report")
	if err != nil {
		return err
	}
	defer s.Close()
	now := time.Now().UTC()
	r := report.Make(env.ctx, report.Options{Store: s, PrometheusURL: c.PrometheusURL, Since: now.Add(-cmd.Since), Until: now})
	if cmd.JSON {
		return writeJSON(env.stdout, r)
	}
	return r.Write(env.stdout)
}

type sloCommand struct {
	Month string `help:"The month, such as 2026-11; default is this one." placeholder:"YYYY-MM"`
	JSON  bool   `name:"json" help:"Print it as JSON."`
}

// Help is shown by slo --help.
func (sloCommand) Help() string {
	return `Availability, errors and latency of a month against what is promised, with the share
of each error budget that is used. It asks the Prometheus of PROMETHEUS_URL, and
says for how much of the time that has data.`
}

// Validate is called before Run.
func (cmd sloCommand) Validate() error {
	if cmd.Month == "" {
		return nil
	}
	_, _, err := report.Month(cmd.Month, time.Now())
	return err
}

func (cmd sloCommand) Run(env *environment) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	since, until, err := report.Month(cmp.Or(cmd.Month, now.Format("2006-01")), now)
	if err != nil {
		return err
	}
	s, err := report.MeasureSLO(env.ctx, c.PrometheusURL, since, until)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return writeJSON(env.stdout, s)
	}
	return s.Write(env.stdout)
}

type evidenceCommand struct {
	Export evidenceExportCommand `cmd:"" help:"Write what is needed to find out what happened into one archive."`
}

type evidenceExportCommand struct {
	Since time.Duration `help:"How far back, such as 72h." default:"72h" placeholder:"SPAN"`
	Out   string        `help:"The archive to make; it must not exist. Default is evidence_YYYYmmdd_HHMMSS.tar.gz here; - writes it to standard output." placeholder:"FILE"`
	Log   []string      `help:"Files of service logs to put in." placeholder:"FILE" type:"existingfile"`
}

// Help is shown by evidence export --help.
func (evidenceExportCommand) Help() string {
	return `Audit log with its verification, flags and their changes, events, incidents, schema,
version, settings (secrets hidden) and the given logs, with a SHA-256 of each file
and of the whole. The archive names customers by id and is readable by its owner
alone. The services may run; don't restart them before. What can't be read, such as
all of a database that is down, is listed, the rest is written all the same, and the
exit code is 1.`
}

// Validate is called before Run.
func (cmd evidenceExportCommand) Validate() error {
	if cmd.Since <= 0 {
		return errors.New("--since must be more than nothing")
	}
	return nil
}

func (cmd evidenceExportCommand) Run(env *environment) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	s, noStore := openExisting(env, c, "evidence")
	if noStore == nil {
		defer s.Close()
	}
	var settings strings.Builder
	if err := c.Print(&settings); err != nil {
		return err
	}
	now := time.Now().UTC()
	o := report.EvidenceOptions{
		Store: s, NoStore: noStore, AuditKey: c.AuditKey.Reveal(), Since: now.Add(-cmd.Since), Until: now, Logs: cmd.Log,
		Out: cmp.Or(cmd.Out, now.Format("evidence_20060102_150405.tar.gz")),
		Texts: map[string]string{
			"settings.txt": settings.String(),
			"version.txt":  fmt.Sprintf("swipesavvy %s (commit %s)\nexported %s\n", version, commit(), now.Format(time.RFC3339)),
		},
	}
	said := env.stdout
	if o.Out == "-" { // the figures must not get into the archive
		o.Out, o.W, said = "", env.stdout, env.stderr
	}
	e, err := report.ExportEvidence(env.ctx, o)
	if err != nil {
		return err
	}
	return printEvidence(said, cmp.Or(o.Out, "standard output"), e)
}

// printEvidence says what was preserved, and fails when something is missing.
func printEvidence(w io.Writer, where string, e report.Evidence) error {
	chain := fmt.Sprintf("whole: %d records, last link %.16s", e.Chain.Sealed, e.Chain.Link)
	switch {
	case e.Files["audit-verification.json"] == "":
		chain = "not read"
	case e.Chain.FirstBad != "":
		chain = "BROKEN: " + e.Chain.FirstBad
	}
	if _, err := fmt.Fprintf(w, "%s: %d files\nSHA-256 %s (note it elsewhere)\naudit chain %s\n", where, len(e.Files), e.SHA256, chain); err != nil {
		return err
	}
	if len(e.Missing) > 0 {
		return fmt.Errorf("the archive was written without\n  %s\nexport again when that can be read", strings.Join(e.Missing, "\n  "))
	}
	return nil
}

type eventsCommand struct {
	Since time.Duration `help:"How far back." default:"168h" placeholder:"SPAN"`
	Kind  []string      `help:"Only these kinds: deployment, configuration, start, stop, backup, backup_verify, restore, dr_test." placeholder:"KIND"`
	JSON  bool          `name:"json" help:"Print them as JSON."`
}

// Help is shown by events --help.
func (eventsCommand) Help() string {
	return `Deployments (another version was started), changes of the configuration (other
settings), starts and stops of instances, and how many instances of a service ran
then, by what is recorded: a killed one records no stop. Also backups, restores and
rehearsals. Oldest first.`
}

func (cmd eventsCommand) Run(env *environment) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	s, err := openExisting(env, c, "events")
	if err != nil {
		return err
	}
	defer s.Close()
	f := event.Filter{Since: time.Now().Add(-cmd.Since)}
	for _, k := range cmd.Kind {
		f.Kinds = append(f.Kinds, event.Kind(k))
	}
	list, err := s.Events().List(env.ctx, f)
	if err != nil {
		return err
	}
	slices.Reverse(list)
	if cmd.JSON {
		return writeJSON(env.stdout, list)
	}
	return printEvents(env.stdout, list)
}

func printEvents(w io.Writer, list []event.Event) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "TIME (UTC)\tKIND\tSERVICE\tRUNNING\tVERSION\tCONFIG\tRESULT\tSUMMARY")
	running := event.Running(list)
	for i, e := range list {
		result, instances := "ok", "-"
		if !e.OK {
			result = "FAILED"
		}
		if running[i] >= 0 {
			instances = fmt.Sprint(running[i])
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.At.UTC().Format("2006-01-02 15:04:05"), e.Kind, e.Service, instances,
			e.Version, cmp.Or(e.Config, "-"), result, e.Summary)
	}
	return t.Flush()
}
