package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/demo"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/loadtest"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/money"
)

type loadtestCommand struct {
	URL       string        `help:"Address of the concierge." default:"http://localhost:8000"`
	Profile   string        `help:"How the load goes over time." enum:"baseline,stress,spike,soak" default:"baseline"`
	Rate      float64       `help:"Steady load in operations a second; stress goes up to 20 times, spike to 10 times of it." default:"20"`
	Duration  time.Duration `help:"Length of the whole run; the profile's own without it." default:"0s"`
	Customers string        `help:"File with a line for each customer: id, and a bearer token where one is required. The demo customers without it." type:"existingfile"`
	Transfer  string        `help:"Message that proposes a transfer of the amount." default:"send 0.01 to Jordan"`
	Bill      string        `help:"Message that proposes a bill payment of the amount." default:"pay 0.01 to my electricity bill"`
	Amount    string        `help:"The amount in those messages." default:"0.01"`
	Patience  time.Duration `help:"How long a customer sends a failed request again, with its key." default:"0s"`
	MaxErrors float64       `help:"Most operations that may fail, in percent." default:"0.1"`
	MaxP95    time.Duration `name:"max-p95" help:"Slowest that one operation in twenty may be." default:"500ms"`
	Report    string        `help:"HTML file for the report." default:"loadtest.html" type:"path"`
}

// Help is shown by loadtest --help.
func (loadtestCommand) Help() string {
	return `Loads a running concierge with what customers do: 40 % balances, 25 % transactions,
15 % transfers, 10 % bill payments (both confirmed), 10 % health. It checks that the
answers are right, and afterwards that every acknowledged payment was carried out
once. Payments are real: use customers made for it. With RATE_LIMIT_TOKENS_PER_SECOND
in force, a few customers can't make much load. Exits with 1 if the run fails its
thresholds.`
}

func (cmd loadtestCommand) Run(env *environment) error {
	profile, err := loadtest.NewProfile(cmd.Profile, cmd.Rate, cmd.Duration)
	if err != nil {
		return err
	}
	customers, err := cmd.customers()
	if err != nil {
		return err
	}
	amount, err := money.Parse(cmd.Amount, "USD")
	if err != nil {
		return err
	}
	result, err := loadtest.Run(env.ctx, loadtest.Options{
		BaseURL: cmd.URL, Customers: customers, Profile: profile, Transfer: cmd.Transfer, Bill: cmd.Bill,
		Amount: amount.Minor, Patience: cmd.Patience, Progress: env.stderr,
	})
	if err != nil {
		return err
	}
	verdict := result.Judge(loadtest.Thresholds{ErrorRate: cmd.MaxErrors / 100, P95: cmd.MaxP95})
	if err := cmd.write(result, verdict); err != nil {
		return err
	}
	t, m := result.All(), result.Money
	fmt.Fprintf(env.stdout, "%d operations in %s: %d ok, %d failed, %d refused, %d wrong; P50 %s, P95 %s, P99 %s\n",
		t.Count(), result.Took.Round(time.Second), t.OK, t.Failed, t.Refused, t.Wrong,
		t.Quantile(.5).Round(100*time.Microsecond), t.Quantile(.95).Round(100*time.Microsecond), t.Quantile(.99).Round(100*time.Microsecond))
	fmt.Fprintf(env.stdout, "%d payments confirmed, %d acknowledged, %d executed, %d lost\n", m.Confirmed, m.Acknowledged, m.Executed, m.Lost)
	for _, note := range result.Notes() {
		fmt.Fprintln(env.stdout, note)
	}
	fmt.Fprintln(env.stdout, "report:", cmd.Report)
	return verdict
}

func (cmd loadtestCommand) write(result *loadtest.Result, verdict error) error {
	f, err := os.Create(cmd.Report)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := result.Report(f, verdict); err != nil {
		return err
	}
	return f.Close()
}

// customers reads the file of customers, or returns those of the demo.
func (cmd loadtestCommand) customers() ([]loadtest.Customer, error) {
	var list []loadtest.Customer
	if cmd.Customers == "" {
		for _, c := range demo.Customers() {
			list = append(list, loadtest.Customer{ID: c.ID})
		}
		return list, nil
	}
	f, err := os.Open(cmd.Customers)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		switch words := strings.Fields(lines.Text()); len(words) {
		case 0:
		case 1:
			list = append(list, loadtest.Customer{ID: words[0]})
		case 2:
			list = append(list, loadtest.Customer{ID: words[0], Token: words[1]})
		default: // the line may hold a token, so it isn't shown
			return nil, fault.New(fault.Validation, "%s: a line is a customer's id and perhaps a token", cmd.Customers)
		}
	}
	return list, lines.Err()
}
