package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/evaluation"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/guardrailshttp"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/policy"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/guardrails/safety"
)

type guardrailsPolicyCommand struct {
	File string `arg:"" optional:"" help:"Policy to check." type:"existingfile"`
}

// Help is shown by guardrails policy --help.
func (guardrailsPolicyCommand) Help() string {
	return `Without a file it prints the built-in policy, with comments, to start one's own
from. With a file it says what is wrong with it, or its version.`
}

func (c guardrailsPolicyCommand) Run(env *environment) error {
	if c.File == "" {
		_, err := env.stdout.Write(policy.BuiltinYAML())
		return err
	}
	keeper, err := policy.Open(c.File, nil)
	if err != nil {
		return err
	}
	s := keeper.Current().Summary()
	_, err = fmt.Fprintf(env.stdout, "OK: version %s, %d allowed and %d denied phrases, %d patterns\n", s.Version, s.Allowed, s.Denied, s.Patterns)
	return err
}

type guardrailsReviewsCommand struct {
	List    reviewsListCommand    `cmd:"" help:"List texts that were blocked or flagged, those seen last first."`
	Approve reviewsApproveCommand `cmd:"" help:"Let a text pass from now on."`
	Confirm reviewsConfirmCommand `cmd:"" help:"Keep a text out, or take an approval back."`
	Export  reviewsExportCommand  `cmd:"" help:"Print the decisions as lines for training and evaluation."`
}

// Help is shown by guardrails reviews --help.
func (guardrailsReviewsCommand) Help() string {
	return "Asks the service at GUARDRAILS_SERVICE_URL with the OPERATOR_TOKEN of the settings."
}

// operator reaches the guardrails service with the operators' token.
func operator(env *environment) (*guardrailshttp.Operator, error) {
	c, err := env.config()
	if err != nil {
		return nil, err
	}
	if c.OperatorToken == "" {
		return nil, errors.New("OPERATOR_TOKEN is not set: only operators may see reviews")
	}
	client := guardrailshttp.NewClient(c.GuardrailsServiceURL, &http.Client{Timeout: 10 * time.Second})
	return guardrailshttp.NewOperator(client, c.OperatorToken.Reveal()), nil
}

// reviewPage is how many reviews are asked for at once.
const reviewPage = 200

// eachReview calls fn for every review of a status, at most limit of them; 0 for
// all.
func eachReview(env *environment, status string, limit int, fn func(guardrailshttp.Review) error) error {
	o, err := operator(env)
	if err != nil {
		return err
	}
	seen := 0
	for next := ""; ; {
		page, after, err := o.Reviews(env.ctx, status, next, reviewPage)
		if err != nil {
			return err
		}
		for _, r := range page {
			if limit > 0 && seen == limit {
				return nil
			}
			if err := fn(r); err != nil {
				return err
			}
			seen++
		}
		if after == "" {
			return nil
		}
		next = after
	}
}

type reviewsListCommand struct {
	Status string `help:"pending, approved, confirmed or all." enum:"pending,approved,confirmed,all" default:"pending"`
	Limit  int    `help:"Most reviews." default:"50"`
	JSON   bool   `name:"json" help:"One JSON object a line."`
}

func (c reviewsListCommand) Run(env *environment) error {
	status := c.Status
	if status == "all" {
		status = ""
	}
	w := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	if !c.JSON {
		fmt.Fprintln(w, "ID\tSTATUS\tSEEN\tTIMES\tDIRECTION\tFOUND\tTEXT")
	}
	err := eachReview(env, status, c.Limit, func(r guardrailshttp.Review) error {
		if c.JSON {
			return json.NewEncoder(env.stdout).Encode(r)
		}
		seen := time.UnixMicro(int64(r.LastSeen * 1e6)).UTC().Format("2006-01-02 15:04")
		_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\t%s\n", r.ID, r.Status, seen, r.Count, r.Direction, strings.Join(r.Categories, ","), oneLine(r.Text))
		return err
	})
	return errors.Join(err, w.Flush())
}

// oneLine shortens a text for a table.
func oneLine(text string) string {
	const width = 80
	points := []rune(plain(text))
	if len(points) > width {
		return string(points[:width-1]) + "…"
	}
	return string(points)
}

// plain keeps a text from steering the terminal, and makes a line of it.
func plain(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 }), " ")
}

type reviewDecision struct {
	ID       string `arg:"" help:"The review's id."`
	Note     string `help:"Why." required:""`
	Reviewer string `help:"Who decided." env:"USER" placeholder:"NAME"`
}

func (c reviewDecision) decide(env *environment, decision string) error {
	o, err := operator(env)
	if err != nil {
		return err
	}
	r, err := o.Decide(env.ctx, c.ID, decision, c.Note, c.Reviewer)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "%s is %s\n", r.ID, r.Status)
	return err
}

type reviewsApproveCommand struct{ reviewDecision }

// Run approves.
func (c reviewsApproveCommand) Run(env *environment) error { return c.decide(env, "approve") }

type reviewsConfirmCommand struct{ reviewDecision }

// Run confirms.
func (c reviewsConfirmCommand) Run(env *environment) error { return c.decide(env, "confirm") }

type reviewsExportCommand struct {
	Kind string `arg:"" enum:"injection,safety" help:"injection (text, label, source) or safety (text, labels, source)."`
	Out  string `help:"File instead of the terminal." placeholder:"FILE" type:"path"`
}

// Help is shown by guardrails reviews export --help.
func (reviewsExportCommand) Help() string {
	return `Only what people decided is printed: approved texts as harmless, confirmed ones as
what they were found to be. The lines are of the form that guardrails eval and
guardrails train read.`
}

func (c reviewsExportCommand) Run(env *environment) (err error) {
	var out io.Writer = env.stdout
	if c.Out != "" {
		f, err := os.OpenFile(c.Out, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		out = f
	}
	lines := json.NewEncoder(out)
	for _, status := range []string{"approved", "confirmed"} {
		if err := eachReview(env, status, 0, func(r guardrailshttp.Review) error {
			if row, ok := c.row(r); ok {
				return lines.Encode(row)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// row is a decided review as a line; false for one that is about something else.
func (c reviewsExportCommand) row(r guardrailshttp.Review) (any, bool) {
	const source = "reviews"
	confirmed := r.Status == string(guardrails.ReviewConfirmed)
	if c.Kind == guardrails.Injection {
		row := evaluation.InjectionRow{Text: r.Text, Source: source}
		if confirmed {
			row.Label = 1
		}
		return row, slices.Contains(r.Categories, guardrails.Injection)
	}
	row := safety.Row{Text: r.Text, Labels: []string{}, Source: source}
	unsafe := false
	for _, category := range r.Categories {
		if slices.Contains(safety.Categories, safety.Category(category)) {
			unsafe = true
			if confirmed {
				row.Labels = append(row.Labels, category)
			}
		}
	}
	return row, unsafe
}
