package main

import (
	"cmp"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/incident"
)

type incidentCommand struct {
	List   incidentListCommand   `cmd:"" default:"withargs" help:"List incidents, newest first (the default)."`
	Report incidentReportCommand `cmd:"" help:"Write an incident's report as Markdown."`
}

type incidentListCommand struct {
	Open  bool `help:"Only those that aren't resolved."`
	Limit int  `help:"Most to list." default:"50"`
	JSON  bool `name:"json" help:"Print them as JSON."`
}

func (cmd incidentListCommand) Run(env *environment) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	s, err := openExisting(env, c, "incident")
	if err != nil {
		return err
	}
	defer s.Close()
	list, err := s.Incidents().List(env.ctx, cmd.Open, max(1, min(cmd.Limit, 10_000)))
	if err != nil {
		return err
	}
	if cmd.JSON {
		return writeJSON(env.stdout, list)
	}
	return printIncidents(env.stdout, list)
}

func printIncidents(w io.Writer, list []incident.Incident) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tBEGAN (UTC)\tSTATUS\tSEVERITY\tPRIORITY\tALERTS\tTITLE")
	for _, i := range list {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%d\t%s\n", i.ID, i.StartedAt.UTC().Format("2006-01-02 15:04:05"), i.Status,
			cmp.Or(i.Severity, "-"), cmp.Or(i.Priority, "-"), len(i.Alerts), i.Title)
	}
	return t.Flush()
}

type incidentReportCommand struct {
	ID string `arg:"" help:"The incident, as list shows it."`
}

// Help is shown by incident report --help.
func (incidentReportCommand) Help() string {
	return `Writes alerts and timeline as Markdown, with the headings that people fill in
afterwards.`
}

func (cmd incidentReportCommand) Run(env *environment) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	s, err := openExisting(env, c, "incident")
	if err != nil {
		return err
	}
	defer s.Close()
	i, err := s.Incidents().Get(env.ctx, cmd.ID)
	if err != nil {
		return err
	}
	_, err = io.WriteString(env.stdout, incident.Report(i, time.Now()))
	return err
}
