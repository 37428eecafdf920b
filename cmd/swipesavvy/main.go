// Command swipesavvy is the whole product in one binary: the three services,
// the database migrations and the tools of those who run them. It knows
// arguments, signals and exit codes; what runs is put together in internal/app.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // time zones where the system has none

	"github.com/alecthomas/kong"
	kongcompletion "github.com/jotaen/kong-completion"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/fault"
)

// Exit codes. Scripts and service managers depend on them.
const (
	exitOK          = 0
	exitFailure     = 1 // something failed while running
	exitUsage       = 2 // the command line is wrong
	exitConfig      = 3 // a setting is wrong
	exitCannotStart = 4 // a port, a file or the database schema is in the way
	exitUnreachable = 5 // the service that was called doesn't answer
)

const description = `SwipeSavvy AI Agents: a concierge for wallets and banks.

Settings are environment variables, optionally from a file named .env; see
"swipesavvy config". Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 wrong
setting, 4 can't start (port, data file or schema in the way), 5 service not
reachable.`

type commandLine struct {
	EnvFile string `help:"File with settings; the environment wins over it." default:".env" placeholder:"FILE" type:"path"`

	Up         upCommand                 `cmd:"" help:"Start all three services in this process."`
	Concierge  conciergeCommand          `cmd:"" help:"Start the concierge, which chats with customers."`
	Rag        ragCommand                `cmd:"" help:"Start the retrieval service, which searches the knowledge base; or measure it."`
	Guardrails guardrailsCommand         `cmd:"" help:"Start the guardrails service, which judges texts."`
	KB         kbCommand                 `cmd:"" name:"kb" help:"Feed the knowledge base: add, list, rm, search, sync."`
	Migrate    migrateCommand            `cmd:"" help:"Bring the database schema up to date."`
	Ledger     ledgerCommand             `cmd:"" help:"Prove the books."`
	Audit      auditCommand              `cmd:"" help:"Prove the audit log."`
	Lockdown   lockdownCommand           `cmd:"" help:"Stop everything that moves, at once and on every replica, or end that."`
	Flags      flagsCommand              `cmd:"" help:"Switch parts of the product off and on while it runs."`
	Handoffs   handoffsCommand           `cmd:"" help:"Answer customers who need a person: list, show, claim, reply, close."`
	Health     healthCommand             `cmd:"" help:"Ask the services on this machine whether they are well."`
	Backup     backupCommand             `cmd:"" help:"Back up the database, or verify a backup."`
	Restore    restoreCommand            `cmd:"" help:"Bring a backup back."`
	Doctor     doctorCommand             `cmd:"" help:"Find what is wrong, why, and what to do."`
	Report     reportCommand             `cmd:"" help:"What happened in the last hours or days."`
	SLO        sloCommand                `cmd:"" name:"slo" help:"How the service levels of a month stand."`
	Events     eventsCommand             `cmd:"" help:"Deployments, changes of settings, starts, stops, backups."`
	Incident   incidentCommand           `cmd:"" help:"Incidents that Alertmanager reported."`
	Evidence   evidenceCommand           `cmd:"" help:"Preserve evidence of what happened."`
	Profile    profileCommand            `cmd:"" help:"Take a profile of a running service: memory, processor, goroutines."`
	DRTest     drTestCommand             `cmd:"" name:"dr-test" help:"Rehearse a disaster: back up, restore beside, prove, drop."`
	Chat       chatCommand               `cmd:"" help:"Chat with a running concierge in the terminal."`
	Loadtest   loadtestCommand           `cmd:"" help:"Load a running concierge and judge how it holds up."`
	Config     configCommand             `cmd:"" help:"Print the effective settings, secrets hidden."`
	Version    versionCommand            `cmd:"" help:"Print version and commit."`
	Completion kongcompletion.Completion `cmd:"" help:"Print shell code for tab completion."`
}

// environment is what commands get from the process, so that tests can give
// them another one.
type environment struct {
	ctx     context.Context
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	vars    []string
	envFile string
}

func (e *environment) config() (config.Config, error) { return config.Load(e.vars, e.envFile) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	env := &environment{ctx: ctx, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, vars: os.Environ()}
	code := run(env, os.Args[1:])
	stop()
	os.Exit(code)
}

// run executes one command line and returns its exit code.
func run(env *environment, args []string) int {
	var cli commandLine
	exited := -1
	parser, err := kong.New(&cli, kong.Name("swipesavvy"), kong.Description(description),
		kong.Writers(env.stdout, env.stderr), kong.Exit(func(code int) { exited = code }))
	if err != nil {
		fmt.Fprintln(env.stderr, "swipesavvy:", err)
		return exitFailure
	}
	kongcompletion.Register(parser, kongcompletion.WithExitFunc(func(code int) { exited = code }))
	if exited >= 0 { // the shell asked for completions
		return exited
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // --help was printed
		return exited
	}
	if err != nil {
		fmt.Fprintf(env.stderr, "swipesavvy: %v (see swipesavvy --help)\n", err)
		return exitUsage
	}
	env.envFile = cli.EnvFile
	if err := command.Run(env); err != nil {
		fmt.Fprintln(env.stderr, "swipesavvy:", err)
		return exitCode(err)
	}
	return exitOK
}

func exitCode(err error) int {
	var bad *config.Error
	var start *app.StartError
	switch {
	case errors.As(err, &bad):
		return exitConfig
	case errors.As(err, &start):
		return exitCannotStart
	case fault.Is(err, fault.Connection):
		return exitUnreachable
	}
	return exitFailure
}
