package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/swipesavvy/swipesavvy-ai-agents/internal/app"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/config"
	"github.com/swipesavvy/swipesavvy-ai-agents/internal/demo"
)

type upCommand struct{}

// Help is shown by up --help.
func (upCommand) Help() string {
	return `Starts concierge (8000), retrieval (8001) and guardrails (8002) in one process, on
this machine only unless BIND_ADDRESS says otherwise. Data is kept in ./data;
demo customers and help articles are loaded unless DEMO_DATA=false. Logs are
JSON lines on standard output. Stop it with Ctrl-C.`
}

func (upCommand) Run(env *environment) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	if c.BindAddress == "" {
		c.BindAddress = "127.0.0.1"
	}
	if c.DemoData == nil {
		demoData := !c.Production
		c.DemoData = &demoData
	}
	return serve(env, c, app.All, func(a *app.App) { banner(env.stderr, c, a) })
}

type conciergeCommand struct{}

func (conciergeCommand) Run(env *environment) error { return serveOne(env, app.Concierge) }

type guardrailsCommand struct {
	Serve guardrailsServeCommand `cmd:"" default:"1" help:"Start the service."`
	Eval  guardrailsEvalCommand  `cmd:"" help:"Measure precision and recall on labelled texts."`
	Train guardrailsTrainCommand `cmd:"" help:"Train the models anew and write them into a source tree."`

	Policy  guardrailsPolicyCommand  `cmd:"" help:"Print the built-in policy, or check a policy file."`
	Reviews guardrailsReviewsCommand `cmd:"" help:"Decide what becomes of texts that were blocked or flagged."`
}

type guardrailsServeCommand struct{}

func (guardrailsServeCommand) Run(env *environment) error { return serveOne(env, app.Guardrails) }

func serveOne(env *environment, name app.Name) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	return serve(env, c, []app.Name{name}, func(*app.App) {})
}

// serve runs services until the process is told to stop. ready is called once
// all of them are prepared.
func serve(env *environment, c config.Config, names []app.Name, ready func(*app.App)) error {
	a, err := app.New(env.ctx, app.Options{Config: c, Services: names, Logs: env.stdout, Version: version, Commit: commit()})
	if err != nil {
		return err
	}
	go func() {
		if a.WaitReady(env.ctx) == nil {
			ready(a)
		}
	}()
	return a.Run(env.ctx)
}

// banner tells a newcomer where to look and what to try.
func banner(w io.Writer, c config.Config, a *app.App) {
	var b strings.Builder
	fmt.Fprintf(&b, "\n  SwipeSavvy %s is ready.\n\n", version)
	chat := "chat"
	if c.ChatPage {
		chat = "chat: open it in a browser"
	}
	for _, s := range []struct {
		name app.Name
		what string
	}{{app.Concierge, chat}, {app.RAG, "search in the help articles"}, {app.Guardrails, "checks of texts"}} {
		fmt.Fprintf(&b, "  %-11s %s   %s; see /docs, /health, /ready, /metrics\n", s.name, a.URL(s.name), s.what)
	}
	fmt.Fprintf(&b, "  %-11s %s\n  %-11s %s\n", "data", c.Database(), "engine", engine(c))
	if !c.AuthRequired {
		fmt.Fprintf(&b, "  %-11s AUTH_REQUIRED is false: anybody who reaches the port may claim any user_id\n", "warning")
	}
	if *c.DemoData {
		who := demo.Customers()[0]
		fmt.Fprintf(&b, "\n  Try it as the demo customer %s (%s):\n\n", who.Name, who.ID)
		fmt.Fprintf(&b, "    curl -s %s/api/v1/chat -H 'Content-Type: application/json' \\\n", a.URL(app.Concierge))
		fmt.Fprintf(&b, "      -d '{\"message\":\"What is my balance?\",\"user_id\":%q}'\n\n", who.ID)
		fmt.Fprintf(&b, "    swipesavvy chat --user %s   (or: go run ./cmd/swipesavvy chat --user %s)\n", who.ID, who.ID)
	}
	fmt.Fprintln(&b)
	_, _ = io.WriteString(w, b.String()) // nobody may be looking
}

// engine says who answers.
func engine(c config.Config) string {
	if c.TogetherAPIKey != "" {
		return c.TogetherModel + ", and the local engine where that doesn't answer"
	}
	return "local (deterministic, needs no key and no network)"
}
