package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/adminhttp"
)

type handoffsCommand struct {
	List  handoffsListCommand  `cmd:"" default:"withargs" help:"List who waits, the longest first (the default)."`
	Show  handoffsShowCommand  `cmd:"" help:"Show one with what was said; that you did is recorded."`
	Claim handoffsClaimCommand `cmd:"" help:"Take one: the customer reads that you have joined."`
	Reply handoffsReplyCommand `cmd:"" help:"Write to the customer."`
	Close handoffsCloseCommand `cmd:"" help:"Give the conversation back to the assistant."`
}

// Help is shown by handoffs --help.
func (handoffsCommand) Help() string {
	return `Asks the concierge with the OPERATOR_TOKEN of the settings. A round goes: list,
show ID, claim ID, reply ID "…", show ID for what the customer wrote, close ID.`
}

// desk is where hand-offs are.
type desk struct {
	URL string `name:"url" help:"Where the concierge is; default this machine, at CONCIERGE_PORT." placeholder:"URL"`
}

func (d desk) client(env *environment) (*adminhttp.Client, error) {
	c, err := env.config()
	if err != nil {
		return nil, err
	}
	if c.OperatorToken == "" {
		return nil, errors.New("OPERATOR_TOKEN is not set: only operators may answer customers")
	}
	return adminClient(c, conciergeURL(c, d.URL))
}

type handoffsListCommand struct {
	State string `help:"waiting, human, closed or all." enum:"waiting,human,closed,all" default:"waiting"`
	Limit int    `help:"Most to list." default:"200"`
	JSON  bool   `name:"json" help:"Print them as JSON."`
	desk
}

// Run prints the inbox. It is asked for newest first, and read from its other end:
// who waits longest is next.
func (cmd handoffsListCommand) Run(env *environment) error {
	api, err := cmd.client(env)
	if err != nil {
		return err
	}
	list, err := inbox(env.ctx, api, cmd.State)
	if err != nil {
		return err
	}
	if cmd.State == "waiting" {
		slices.Reverse(list)
	}
	list = list[:min(len(list), max(1, cmd.Limit))]
	if cmd.JSON {
		return writeJSON(env.stdout, list)
	}
	return writeHandoffs(env.stdout, list, time.Now())
}

// inboxPage is how many hand-offs are asked for at once.
const inboxPage = 200

func inbox(ctx context.Context, api *adminhttp.Client, state string) ([]adminhttp.HandoffRecord, error) {
	if state == "all" {
		state = ""
	}
	list := []adminhttp.HandoffRecord{}
	for before := ""; ; {
		page, err := api.Inbox(ctx, state, before, inboxPage)
		list = append(list, page.Handoffs...)
		if before = page.Next; err != nil || before == "" {
			return list, err
		}
	}
}

func writeHandoffs(out io.Writer, list []adminhttp.HandoffRecord, now time.Time) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTATE\tSINCE\tREASON\tAGENT\tSUMMARY")
	for _, h := range list {
		since := now.Sub(fromSeconds(h.RequestedAt)).Truncate(time.Second)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", h.ID, h.State, since, h.Reason, cmp.Or(oneLine(h.Agent), "-"), oneLine(h.Summary))
	}
	return w.Flush()
}

func fromSeconds(s float64) time.Time { return time.UnixMicro(int64(s * 1e6)).UTC() }

type handoffsShowCommand struct {
	ID   string `arg:"" help:"The hand-off, as list shows it."`
	JSON bool   `name:"json" help:"Print it as JSON."`
	desk
}

func (cmd handoffsShowCommand) Run(env *environment) error {
	api, err := cmd.client(env)
	if err != nil {
		return err
	}
	t, err := api.Transcript(env.ctx, cmd.ID)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return writeJSON(env.stdout, t)
	}
	return writeTranscript(env.stdout, t)
}

func writeTranscript(out io.Writer, t adminhttp.Transcript) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s since %s", t.Reason, t.State, fromSeconds(t.RequestedAt).Format("2006-01-02 15:04:05Z"))
	if t.Agent != "" {
		fmt.Fprintf(&b, ", with %s", oneLine(t.Agent))
	}
	fmt.Fprintf(&b, "\ncustomer: %s\n%s\n", cmp.Or(t.UserID, "a visitor who isn't signed in"), legible(t.Summary))
	if earlier := t.MessageCount - len(t.Messages); earlier > 0 {
		fmt.Fprintf(&b, "\n(%d earlier messages are not shown)\n", earlier)
	}
	for _, m := range t.Messages {
		who := cmp.Or(oneLine(m.Author), map[string]string{"user": "customer"}[m.Role], m.Role)
		fmt.Fprintf(&b, "\n%s  %s:\n%s\n", fromSeconds(m.Timestamp).Format(time.TimeOnly), who, legible(m.Content))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// legible indents a text by others, so that none of its lines looks like one of
// ours, and takes out what would steer the terminal.
func legible(text string) string {
	text = strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, text)
	return "  " + strings.ReplaceAll(text, "\n", "\n  ")
}

// agentDeed is what an agent does to a hand-off, under a name that the customer
// reads.
type agentDeed struct {
	ID    string `arg:"" help:"The hand-off, as list shows it."`
	Agent string `help:"Your name, as the customer reads it." required:"" env:"SWIPESAVVY_AGENT" placeholder:"NAME"`
	desk
}

// do does it and says how the hand-off stands.
func (d agentDeed) do(env *environment, deed func(context.Context, *adminhttp.Client) (adminhttp.HandoffRecord, error)) error {
	api, err := d.client(env)
	if err != nil {
		return err
	}
	h, err := deed(env.ctx, api)
	if err != nil {
		return err
	}
	with := ""
	if h.State == "human" {
		with = " with " + oneLine(h.Agent)
	}
	_, err = fmt.Fprintf(env.stdout, "%s is %s%s\n", h.ID, h.State, with)
	return err
}

type handoffsClaimCommand struct {
	agentDeed
	TakeOver bool `help:"Take it from another agent."`
}

func (cmd handoffsClaimCommand) Run(env *environment) error {
	return cmd.do(env, func(ctx context.Context, api *adminhttp.Client) (adminhttp.HandoffRecord, error) {
		return api.Claim(ctx, cmd.ID, cmd.Agent, cmd.TakeOver)
	})
}

type handoffsReplyCommand struct {
	agentDeed
	Text string `arg:"" help:"What the customer reads."`
}

func (cmd handoffsReplyCommand) Run(env *environment) error {
	return cmd.do(env, func(ctx context.Context, api *adminhttp.Client) (adminhttp.HandoffRecord, error) {
		return api.Reply(ctx, cmd.ID, cmd.Agent, cmd.Text)
	})
}

type handoffsCloseCommand struct{ agentDeed }

func (cmd handoffsCloseCommand) Run(env *environment) error {
	return cmd.do(env, func(ctx context.Context, api *adminhttp.Client) (adminhttp.HandoffRecord, error) {
		return api.Close(ctx, cmd.ID, cmd.Agent)
	})
}
